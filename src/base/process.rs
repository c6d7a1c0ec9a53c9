//! This process, and the machine under it, as the system sees them.

use std::fs;
use std::path::Path;

use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Bytes of memory that the process has in use; `None` where the system doesn't say.
pub fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Seconds of processor time that the process has used.
pub fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "centuries fit")]
    let seconds = used.tv_sec as f64;
    #[expect(clippy::cast_precision_loss, reason = "less than a thousand million")]
    let rest = used.tv_nsec as f64 / 1e9;
    seconds + rest
}

/// Files, sockets and all else that the process has open; `None` where the system doesn't say.
pub fn open_files() -> Option<u64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    // The folder itself is one of them while it is read.
    u64::try_from(open).ok()?.checked_sub(1)
}

/// How many it may have open; `None` if that is not limited.
pub fn open_files_most() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Bytes of memory that there is for the process: what its container may use, else what the machine
/// has. `None` where the system doesn't say.
pub fn memory_limit() -> Option<u64> {
    let info = rustix::system::sysinfo();
    // Their types differ between machines.
    let unit = u64::from(info.mem_unit).max(1);
    #[expect(clippy::useless_conversion, reason = "not on machines of 32 bits")]
    let machine = u64::try_from(info.totalram)
        .ok()?
        .checked_mul(unit)
        .filter(|bytes| *bytes > 0);
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let container = container_limit(&own, |path| fs::read_to_string(path).ok());
    machine.into_iter().chain(container).min()
}

/// The least limit of the process's control group and of those above it. `own` is what the system
/// says in `/proc/self/cgroup`.
fn container_limit(own: &str, read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let limit = |path: &Path| read(path)?.trim().parse::<u64>().ok();
    let mut least = None;
    for line in own.lines() {
        // ID:CONTROLLERS:PATH; the second version has no controllers here.
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (root, file) = if controllers.is_empty() {
            ("/sys/fs/cgroup", "memory.max")
        } else if controllers.split(',').any(|name| name == "memory") {
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
        } else {
            continue;
        };
        for group in Path::new(path).ancestors() {
            let inside = group.strip_prefix("/").unwrap_or(group);
            let found = limit(&Path::new(root).join(inside).join(file));
            least = least.into_iter().chain(found).min();
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_time_and_files_in_use() {
        assert!(resident_bytes().unwrap() > 1 << 20);
        assert!(cpu_seconds() > 0.0);
        assert!(open_files().unwrap() >= 3);
        assert!(open_files_most().is_none_or(|most| most > 3));
        assert!(memory_limit().unwrap() > 1 << 24);
    }

    #[track_caller]
    fn check(own: &str, files: &[(&str, &str)], limit: Option<u64>) {
        let read = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        assert_eq!(container_limit(own, read), limit);
    }

    #[test]
    fn the_least_limit_of_a_container_counts() {
        let groups = [
            ("/sys/fs/cgroup/system.slice/memory.max", "1073741824\n"),
            ("/sys/fs/cgroup/system.slice/a.service/memory.max", "max\n"),
        ];
        check("0::/system.slice/a.service\n", &groups, Some(1 << 30));
        let inside = [("/sys/fs/cgroup/memory.max", "536870912\n")];
        check("0::/\n", &inside, Some(512 << 20));
        let first = [(
            "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes",
            "268435456\n",
        )];
        let own = "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n";
        check(own, &first, Some(256 << 20));
        check("", &[], None);
        check("nonsense", &[], None);
    }
}
