//! `inkspot restart`: the installed program takes over from a running server.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::net::unix::pipe::Receiver;

use super::command::Command;
use super::{control, print, serve};
use crate::base::clock::Clock;
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
    serve::runtime()?.block_on(hand_over(data, &before))
}

async fn hand_over(data: &Path, before: &str) -> anyhow::Result<()> {
    let process = control::process_of(data)?.and_then(watch);
    if control::ask(data, &Command::Restart)?.is_none() {
        bail!("the server has just ended; `inkspot serve` starts it");
    }
    let clock = Clock::system();
    let now = clock.timeout(PATIENCE, async {
        tokio::select! {
            now = another_run(data, before, &clock) => Ok(now),
            () = has_ended(process) => Err(()),
        }
    });
    match now.await {
        Some(Ok(now)) => {
            let version = now.split_whitespace().next().unwrap_or("?");
            print(format!("Inkspot {version} has taken over.\n").as_bytes())
        }
        Some(Err(())) => bail!(
            "the server has ended, and the new program does not serve; its log says why \
             (journalctl -u inkspot under systemd, which starts it again)"
        ),
        None => bail!(
            "the new server does not answer yet; its log says what it does (journalctl -u inkspot under systemd)"
        ),
    }
}

/// Returns when another run than this one answers, with what it says of itself.
async fn another_run(data: &Path, before: &str, clock: &Clock) -> String {
    loop {
        // Between the two nobody may be there, or somebody who is just leaving.
        match control::ask(data, &Command::WhichRun) {
            Ok(Some(now)) if now != before => return now,
            _ => clock.sleep(PAUSE).await,
        }
    }
}

/// The process, which stays the same when another program takes over. `None` where the system can't
/// tell of its end.
fn watch(process: Pid) -> Option<Receiver> {
    let process = pidfd_open(process, PidfdFlags::NONBLOCK).ok()?;
    // As a pipe does, it becomes readable at the end.
    Receiver::from_owned_fd_unchecked(process).ok()
}

/// Returns when there is no such process any more.
async fn has_ended(process: Option<Receiver>) {
    match &process {
        Some(process) if process.readable().await.is_ok() => {}
        _ => std::future::pending().await,
    }
}
