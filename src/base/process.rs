//! This process as the system sees it.

use std::fs;

/// Bytes of memory that the process has in use; `None` where the system doesn't say.
pub fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_in_use() {
        assert!(resident_bytes().unwrap() > 1 << 20);
    }
}
