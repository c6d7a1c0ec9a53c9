//! The real binary under systemd's eyes: ready, watched over, stopping.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::{Process, inkspot};

/// Seconds after which the test fails rather than waits.
const PATIENCE: u64 = 60;

/// Everything that systemd is told, one message a line.
pub struct Ear(UnixDatagram);

impl Ear {
    /// Listens at this path, which `NOTIFY_SOCKET` names.
    pub fn at(path: &Path) -> Self {
        let ear = Self(UnixDatagram::bind(path).unwrap());
        let limit = Some(Duration::from_secs(PATIENCE));
        ear.0.set_read_timeout(limit).unwrap();
        ear
    }

    fn next(&self) -> String {
        let mut buffer = [0; 512];
        let length = self.0.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// Passes over everything until something that holds this.
    pub fn until(&self, wanted: &str) -> String {
        loop {
            let said = self.next();
            if said.contains(wanted) {
                return said;
            }
        }
    }

    /// Whether something more is said within some intervals.
    fn hears_more(&self) -> bool {
        let limit = |seconds| self.0.set_read_timeout(Some(Duration::from_secs(seconds)));
        limit(2).unwrap();
        let heard = self.0.recv(&mut [0; 512]).is_ok();
        limit(PATIENCE).unwrap();
        heard
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_hears_that_it_serves_lives_and_stops() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notify");
    let ear = Ear::at(&path);
    let mut command = inkspot();
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "600000");
    let mut server = Process::start_by(command, &folder.path().join("data")).await;
    // However long the start takes.
    ear.until("EXTEND_TIMEOUT_USEC=60000000");
    let ready = ear.until("READY=1");
    assert!(ready.contains("STATUS=Serving https://"), "{ready}");
    for _ in 0..3 {
        ear.until("WATCHDOG=1");
    }
    // One that stands still says nothing after what is under way.
    server.signal(Signal::STOP);
    while ear.hears_more() {}
    server.signal(Signal::CONT);
    ear.until("WATCHDOG=1");
    // To make way for a successor is no end.
    server.signal(Signal::USR2);
    let said = ear.until("RELOADING=1");
    assert!(said.contains("MONOTONIC_USEC="), "{said}");
    // Nobody feeds the watchdog between two programs.
    assert!(said.contains("WATCHDOG_USEC=600000000"), "{said}");
    let ready = ear.until("READY=1");
    assert!(ready.contains("WATCHDOG_USEC=600000\n"), "{ready}");
    ear.until("WATCHDOG=1");
    assert_eq!(server.end(), Some(0));
    ear.until("STOPPING=1");
}
