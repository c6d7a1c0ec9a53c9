//! What the load client and its peers share: WebSocket frames as a client sees them, and what
//! the kernel says about a process.

use std::fs;
use std::io;

/// Appends `payload` as a masked text frame.
pub fn push_masked(out: &mut Vec<u8>, payload: &[u8]) {
    const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
    out.push(0x81);
    if let Ok(len) = u8::try_from(payload.len())
        && len < 126
    {
        out.push(0x80 | len);
    } else {
        let len = u16::try_from(payload.len()).expect("benches send short messages");
        out.push(0x80 | 126);
        out.extend_from_slice(&len.to_be_bytes());
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// Takes the first frame of `bytes`, unmasked: its length on the wire and its payload.
pub fn first_frame(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (header, len) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => return None,
        len => (2, usize::from(len)),
    };
    Some((header + len, bytes.get(header..header + len)?))
}

/// CPU time that a process has used, in nanoseconds, over all its threads.
pub fn cpu_ns(pid: u32) -> io::Result<u64> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else {
            continue;
        };
        let first = stat.split(' ').next().unwrap_or_default();
        total += first.parse::<u64>().unwrap_or(0);
    }
    Ok(total)
}

/// Resident memory of a process in KiB.
pub fn rss_kib(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))
}
