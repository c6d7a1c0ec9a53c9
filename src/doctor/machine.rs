//! The machine: its clock, its memory, how many connections it allows, who starts the server.

use std::fs;
use std::path::Path;

use rustix::process::{Resource, getrlimit};

use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::base::process;
use crate::config::Config;

const CLOCK: Topic = Topic("clock", "Clock");
const MEMORY: Topic = Topic("memory", "Memory");
const DESCRIPTORS: Topic = Topic("descriptors", "Connections");
const SERVICE: Topic = Topic("service", "Service");

/// 2026-11-01, before which this program was not made.
const MADE: Timestamp = Timestamp(1_793_491_200_000);
/// Twenty years after that.
const FAR: Timestamp = Timestamp(MADE.0 + 20 * 365 * 24 * 3_600_000);
/// Fewer connections than this are soon used up: a browser has up to seven.
const FEW_DESCRIPTORS: u64 = 1024;
/// What the server needs besides its budget, and what should be left to others, in bytes.
const OWN_NEED: u64 = 64 << 20;
const LEAST_FREE: u64 = 32 << 20;

pub(super) fn examine(config: &Config, now: Timestamp) -> Vec<Check> {
    vec![clock(now), memory(config), descriptors(), service()]
}

fn clock(now: Timestamp) -> Check {
    let seen = format!("This machine says that it is {}.", now.to_minute());
    if now < MADE || now > FAR {
        let remedy = "Set the time, for instance by `timedatectl set-ntp true`; certificates and \
            signing in depend on it.";
        return CLOCK.fail(seen, remedy);
    }
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        return CLOCK.ok(format!("{seen} systemd-timesyncd keeps it right."));
    }
    CLOCK.ok(seen)
}

/// What this machine, or the group of processes that the server is in, may use.
fn memory(config: &Config) -> Check {
    let budget = config.memory.budget();
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let (Some(total), Some(free)) = (kib(&info, "MemTotal:"), kib(&info, "MemAvailable:")) else {
        return MEMORY.ok("The system does not say how much memory there is.");
    };
    let most = process::memory_limit().map_or(total, |limit| limit.min(total));
    let seen = format!(
        "{} MiB may be used and {} MiB are free; the budget of the server is {budget} MiB.",
        most >> 20,
        free >> 20
    );
    if (budget << 20).saturating_add(OWN_NEED) > most {
        let fits = most.saturating_sub(OWN_NEED) >> 20;
        let remedy = format!("Set memory.budget_mib to {} or less.", fits.max(64));
        return MEMORY.fail(seen, remedy);
    }
    if free < LEAST_FREE {
        let remedy = "Stop what is not needed, or set memory.budget_mib lower.";
        return MEMORY.warn(seen, remedy);
    }
    MEMORY.ok(seen)
}

fn kib(info: &str, name: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

fn descriptors() -> Check {
    let limit = getrlimit(Resource::Nofile);
    // The server raises the one to the other when it starts.
    let Some(most) = limit.maximum else {
        return DESCRIPTORS.ok("The system does not limit how many connections are open.");
    };
    let seen = format!("The system allows {most} open files, nearly all of them for connections.");
    if most < FEW_DESCRIPTORS {
        let remedy = "Raise the limit: `LimitNOFILE=65536` in the unit (`systemctl edit \
            inkspot`), `--ulimit nofile=65536` for a container.";
        return DESCRIPTORS.warn(seen, remedy);
    }
    DESCRIPTORS.ok(seen)
}

fn service() -> Check {
    if !Path::new("/run/systemd/system").exists() {
        return SERVICE.ok("systemd does not run here; whatever starts Inkspot should restart it.");
    }
    if std::env::var_os("NOTIFY_SOCKET").is_some() {
        return SERVICE.ok("systemd has started this server and watches it.");
    }
    let unit = ["/etc", "/lib", "/usr/lib"]
        .map(|root| Path::new(root).join("systemd/system/inkspot.service"))
        .into_iter()
        .find(|unit| unit.exists());
    if unit.is_none() {
        return SERVICE.ok("There is no unit inkspot.service; who starts Inkspot is unknown.");
    }
    let wanted = "/etc/systemd/system/multi-user.target.wants/inkspot.service";
    if fs::symlink_metadata(wanted).is_err() {
        let seen = "The unit inkspot.service does not start with the machine.";
        return SERVICE.warn(seen, "`systemctl enable --now inkspot`");
    }
    SERVICE.ok("The unit inkspot.service starts with the machine.")
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
            assert_eq!(clock(now.parse().unwrap()).state, state, "{now}");
        }
    }

    #[test]
    fn a_budget_that_is_larger_than_the_machine_is_told_with_one_that_fits() {
        let mut config = Config::default();
        assert_ne!(memory(&config).state, State::Fail);
        config.memory.budget_mib = Some(1 << 20);
        let check = memory(&config);
        assert_eq!(check.state, State::Fail);
        assert!(check.remedy.unwrap().contains("memory.budget_mib"));
    }
}
