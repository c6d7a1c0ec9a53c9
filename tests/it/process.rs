//! The real binary, to be killed, stopped and starved.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Client, PASSWORD};

/// A running `inkspot serve`, without limits of rate. Killed when dropped.
pub struct Process {
    child: Child,
    ready: serde_json::Value,
}

/// The binary, untouched by the settings of who runs the tests.
pub fn inkspot() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkspot"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INKSPOT_")) {
        command.env_remove(name);
    }
    command.env("INKSPOT_CONFIG", "/dev/null");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Makes an account in a data folder, or through the server that runs on it.
pub fn add_user(data: &Path, name: &str) {
    use std::io::Write;
    let mut child = inkspot()
        .args(["user", "add", name, "--password-stdin", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let line = format!("{PASSWORD}\n");
    let mut input = child.stdin.take().unwrap();
    input.write_all(line.as_bytes()).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// Waits for what a process does. Fails by name if it ends before, or never does it.
pub async fn until(child: &mut Child, what: &str, mut done: impl FnMut() -> bool) {
    // Far longer than any machine takes.
    for _ in 0..12_000 {
        if done() {
            return;
        }
        assert_eq!(child.try_wait().unwrap(), None, "it ended before {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came that {what}");
}

impl Process {
    /// Starts on a data folder and waits until it serves.
    pub async fn start(data: &Path) -> Self {
        Self::start_by(inkspot(), data).await
    }

    /// The same by a command of one's own, to which the arguments are added.
    pub async fn start_by(command: Command, data: &Path) -> Self {
        Self::start_with(command, data, &[]).await
    }

    /// The same with more arguments.
    pub async fn start_with(mut command: Command, data: &Path, args: &[&str]) -> Self {
        let file = data.with_extension("ready");
        let _ = fs::remove_file(&file);
        let mut child = command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--limits",
                "off",
                "--data",
            ])
            .arg(data)
            .arg("--ready-file")
            .arg(&file)
            .args(args)
            .spawn()
            .unwrap();
        let ready = loop {
            match fs::read(&file) {
                Ok(line) => break serde_json::from_slice(&line).unwrap(),
                Err(_) => assert_eq!(child.try_wait().unwrap(), None, "it ended too early"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        Self { child, ready }
    }

    /// Waits for what it does, as [`until`] does.
    pub async fn until(&mut self, what: &str, done: impl FnMut() -> bool) {
        until(&mut self.child, what, done).await;
    }

    /// Nobody yet.
    pub fn visitor(&self) -> Client {
        let ca = self.ready["caFile"].as_str().map(Path::new);
        Client::nobody(self.ready["url"].as_str().unwrap(), ca, "http/1.1")
    }

    /// The port that serves the product.
    pub fn port(&self) -> u16 {
        let url = self.ready["url"].as_str().unwrap();
        url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The server's process.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Kills it, and returns when it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// Ends it in order; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Returns when it is gone, with the exit code.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Seconds of processor time that it has used.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks: f64 = fields[11..13]
            .iter()
            .map(|t| t.parse::<f64>().unwrap())
            .sum();
        ticks / 100.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server with two people, Ada and Bob, who are signed in.
pub async fn two_people(data: &Path) -> (Process, Client, Client) {
    for name in ["ada", "bob"] {
        add_user(data, name);
    }
    let server = Process::start(data).await;
    let ada = server.visitor().sign_in("ada", PASSWORD).await;
    let bob = server.visitor().sign_in("bob", PASSWORD).await;
    (server, ada, bob)
}
