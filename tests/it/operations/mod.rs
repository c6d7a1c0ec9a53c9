//! Looking after a server that runs: its log, its numbers, its settings.

mod debug;
mod logs;
mod metrics;
mod packaging;
mod reload;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Process, inkspot};

/// A real process with a settings file of its own, and its log as JSON.
struct Watched {
    process: Process,
    dir: TempDir,
}

impl Watched {
    /// Starts with these settings.
    async fn start(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(config(dir.path()), settings).unwrap();
        let mut command = inkspot();
        command
            .env("INKSPOT_CONFIG", config(dir.path()))
            .env("INKSPOT_LOG_FORMAT", "json")
            .stderr(File::create(log(dir.path())).unwrap());
        let process = Process::start_by(command, &dir.path().join("data")).await;
        Self { process, dir }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes other settings and has them read.
    fn reload(&self, settings: &str) {
        fs::write(config(self.dir.path()), settings).unwrap();
        self.process.signal(rustix::process::Signal::HUP);
    }

    /// All of its log so far.
    fn log(&self) -> String {
        fs::read_to_string(log(self.dir.path())).unwrap()
    }

    /// The lines of its log that `are_meant`, once there are so many.
    async fn lines(&self, count: usize, are_meant: impl Fn(&Value) -> bool) -> Vec<Value> {
        for _ in 0..6000 {
            let log = self.log();
            // The last one may be half written.
            let whole = &log[..log.rfind('\n').map_or(0, |at| at + 1)];
            let lines = whole
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap());
            let meant: Vec<_> = lines.filter(|line| are_meant(line)).collect();
            if meant.len() >= count {
                return meant;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no such lines in\n{}", self.log());
    }

    /// The line with this message, the newest of so many.
    async fn line(&self, count: usize, message: &str) -> Value {
        let mut lines = self
            .lines(count, |line| {
                line["message"].as_str().unwrap().starts_with(message)
            })
            .await;
        lines.pop().unwrap()
    }
}

fn config(dir: &Path) -> PathBuf {
    dir.join("config.toml")
}

fn log(dir: &Path) -> PathBuf {
    dir.join("log")
}
