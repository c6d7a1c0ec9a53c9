//! The machine: its clock, its memory, how many connections it allows, who starts the server.

use std::fs;
use std::path::Path;

use rustix::process::{Resource, getrlimit};

use super::finding::{Bytes, Moment};
use super::findings::Finding;
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::base::process;
use crate::config::Config;

pub(super) const CLOCK: Topic = Topic("clock", "Clock");
pub(super) const MEMORY: Topic = Topic("memory", "Memory");
pub(super) const DESCRIPTORS: Topic = Topic("descriptors", "Connections");
pub(super) const SERVICE: Topic = Topic("service", "Service");

/// 2026-11-01, before which this program was not made.
const MADE: Timestamp = Timestamp(1_793_491_200_000);
/// Twenty years after that.
const FAR: Timestamp = Timestamp(MADE.0 + 20 * 365 * 24 * 3_600_000);
/// Where systemd-timesyncd notes, while it runs, whether it has set the clock.
const TIMESYNC: &str = "/run/systemd/timesync";
/// Fewer connections than this are soon used up: a browser has up to seven.
const FEW_DESCRIPTORS: u64 = 1024;
/// What the server needs besides its budget, and what should be left to others, in bytes.
const OWN_NEED: u64 = 64 << 20;
const LEAST_FREE: u64 = 32 << 20;

pub(super) fn examine(config: &Config, now: Timestamp) -> Vec<Check> {
    vec![
        CLOCK.found(clock(now, Path::new(TIMESYNC))),
        MEMORY.found(memory(config)),
        DESCRIPTORS.found(descriptors()),
        SERVICE.found(service()),
    ]
}

fn clock(at: Timestamp, timesync: &Path) -> Finding {
    let now = Moment(at);
    if at < MADE || at > FAR {
        return Finding::ClockWrong { now };
    }
    match (timesync.exists(), timesync.join("synchronized").exists()) {
        (_, true) => Finding::ClockKept { now },
        (true, false) => Finding::ClockUnkept { now },
        // Something else may keep it.
        (false, false) => Finding::ClockSeen { now },
    }
}

/// What this machine, or the group of processes that the server is in, may use.
fn memory(config: &Config) -> Finding {
    let Some(most) = process::memory_limit() else {
        return Finding::MemoryUnknown;
    };
    // The unit of the Debian package hides this file.
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    weigh(config, most, kib(&info, "MemAvailable:"))
}

fn weigh(config: &Config, most: u64, free: Option<u64>) -> Finding {
    let budget = config.memory.budget() << 20;
    let (most_bytes, budget_bytes) = (Bytes(most), Bytes(budget));
    if budget.saturating_add(OWN_NEED) > most {
        let fits = most.saturating_sub(OWN_NEED) >> 20;
        return Finding::MemoryExceeded {
            most_bytes,
            budget_bytes,
            fits_mib: fits.max(64),
        };
    }
    let Some(free) = free else {
        return Finding::MemorySized {
            most_bytes,
            budget_bytes,
        };
    };
    let free_bytes = Bytes(free);
    if free < LEAST_FREE {
        return Finding::MemoryShort {
            most_bytes,
            free_bytes,
            budget_bytes,
        };
    }
    Finding::MemoryGood {
        most_bytes,
        free_bytes,
        budget_bytes,
    }
}

fn kib(info: &str, name: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

fn descriptors() -> Finding {
    // The server raises the one limit to the other when it starts.
    match getrlimit(Resource::Nofile).maximum {
        None => Finding::DescriptorsUnlimited,
        Some(most) if most < FEW_DESCRIPTORS => Finding::DescriptorsFew { most },
        Some(most) => Finding::DescriptorsGood { most },
    }
}

fn service() -> Finding {
    if !Path::new("/run/systemd/system").exists() {
        return Finding::ServiceNoSystemd;
    }
    if std::env::var_os("NOTIFY_SOCKET").is_some() {
        return Finding::ServiceWatched;
    }
    let unit = ["/etc", "/lib", "/usr/lib"]
        .map(|root| Path::new(root).join("systemd/system/inkspot.service"))
        .into_iter()
        .find(|unit| unit.exists());
    if unit.is_none() {
        return Finding::ServiceNoUnit;
    }
    let wanted = "/etc/systemd/system/multi-user.target.wants/inkspot.service";
    if fs::symlink_metadata(wanted).is_err() {
        return Finding::ServiceNotEnabled;
    }
    Finding::ServiceEnabled
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_clock_from_before_the_program_or_long_after_is_wrong() {
        for (now, state) in [
            ("1970-01-01T00:00:05Z", State::Fail),
            ("2026-10-31T23:59:59Z", State::Fail),
            ("2026-11-01T00:00:00Z", State::Ok),
            ("2036-01-01T00:00:00Z", State::Ok),
            ("2099-01-01T00:00:00Z", State::Fail),
        ] {
            let nowhere = Path::new("/nonexistent");
            let found = CLOCK.found(clock(now.parse().unwrap(), nowhere));
            assert_eq!(found.state, state, "{now}");
        }
    }

    #[test]
    fn a_clock_that_nobody_has_set_since_the_start_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let code = || CLOCK.found(clock(now, folder.path())).code;
        assert_eq!(code(), "clock-unkept");
        fs::write(folder.path().join("synchronized"), "").unwrap();
        assert_eq!(code(), "clock-kept");
    }

    #[test]
    fn memory_is_told_also_where_nobody_says_how_much_is_free() {
        let mut config = Config::default();
        config.memory.budget_mib = Some(128);
        let code = |most: u64, free: Option<u64>| {
            let free = free.map(|mib| mib << 20);
            MEMORY.found(weigh(&config, most << 20, free)).code
        };
        assert_eq!(code(1024, None), "memory-sized");
        assert_eq!(code(1024, Some(500)), "memory-good");
        assert_eq!(code(1024, Some(20)), "memory-short");
        assert_eq!(code(150, None), "memory-exceeded");
    }

    #[test]
    fn a_budget_that_is_larger_than_the_machine_is_told_with_one_that_fits() {
        let mut config = Config::default();
        assert_ne!(MEMORY.found(memory(&config)).state, State::Fail);
        config.memory.budget_mib = Some(1 << 20);
        let check = MEMORY.found(memory(&config));
        assert_eq!(check.state, State::Fail);
        assert!(check.remedy.unwrap().contains("memory.budget_mib"));
    }
}
