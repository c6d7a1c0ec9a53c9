//! `inkspot restart`: the installed program takes over from a running server.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::command::Command;
use super::{control, print};
use crate::config::Config;

/// How long the successor may take until it answers; a large database is recovered first.
const PATIENCE: Duration = Duration::from_mins(5);
const PAUSE: Duration = Duration::from_millis(20);

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let data = &config.server.data;
    let Some(before) = control::ask(data, &Command::WhichRun)? else {
        bail!(
            "no server runs on {}; `inkspot serve` starts one",
            data.display()
        );
    };
    if control::ask(data, &Command::Restart)?.is_none() {
        bail!("the server has just ended; `inkspot serve` starts it");
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        // Between the two nobody may be there, or somebody who is just leaving.
        match control::ask(data, &Command::WhichRun) {
            Ok(Some(now)) if now != before => {
                let version = now.split_whitespace().next().unwrap_or("?");
                return print(format!("Inkspot {version} has taken over.\n").as_bytes());
            }
            _ => thread::sleep(PAUSE),
        }
    }
    bail!(
        "the new server does not answer yet; its log says what it does (journalctl -u inkspot under systemd)"
    )
}
