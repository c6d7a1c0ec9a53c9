//! A server as a process: started, measured by the kernel's books, and ended.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

/// A running server. Dropping it ends it and waits for its end.
pub struct Process(Child);

impl Process {
    /// Starts a server.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).spawn().map(Self)
    }

    /// Starts a server that prints one line when it listens. Returns that line too.
    pub fn start_talking(command: &mut Command) -> io::Result<(Self, String)> {
        let mut process = Self::start(command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        if let Some(out) = process.0.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        if line.is_empty() {
            return Err(io::Error::other(format!("{command:?} did not start")));
        }
        Ok((process, line))
    }

    /// CPU seconds that it has used: user and system, all threads.
    pub fn cpu(&self) -> io::Result<f64> {
        cpu_of(self.0.id())
    }

    /// Its resident memory in KiB.
    pub fn rss_kib(&self) -> io::Result<f64> {
        rss_kib_of(self.0.id())
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(self.0.id().cast_signed()) {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// CPU seconds that a process has used: user and system, all threads.
pub fn cpu_of(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // Behind the name, which may hold anything: utime and stime are the 12th and 13th.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / rustix::param::clock_ticks_per_second() as f64)
}

/// The resident memory of a process in KiB.
pub fn rss_kib_of(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    kib.and_then(|kib| kib.parse().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))
}

/// Lets this process and those that it starts open as many files as the system allows.
pub fn raise_file_limit() -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    Ok(setrlimit(Resource::Nofile, wanted)?)
}

/// A program of this package.
pub fn sibling(name: &str) -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// The folder of the peers that Node runs.
pub fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Starts one of the Node peers; returns it and its port.
pub fn node(script: &str, arguments: &[&str]) -> io::Result<(Process, u16)> {
    let mut command = Command::new("node");
    command.arg(peers().join(script)).args(arguments);
    let (process, line) = Process::start_talking(&mut command)?;
    let ready: serde_json::Value = serde_json::from_str(&line).map_err(io::Error::other)?;
    let port = ready["port"].as_u64().and_then(|port| port.try_into().ok());
    let port = port.ok_or_else(|| io::Error::other("a peer did not tell its port"))?;
    Ok((process, port))
}
