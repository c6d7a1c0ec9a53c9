//! The program that takes over from this one without closing the doors.
//!
//! It is whatever lies where this program was started from, so that an upgrade is the new file and
//! a word to the running server. It is tried before anything ends.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Notify;

use crate::base::clock::Clock;

/// How long it may take to read its settings.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who takes over, and when. All clones are one.
#[derive(Clone)]
pub(super) struct Successor {
    program: PathBuf,
    clock: Clock,
    wanted: Arc<Notify>,
}

impl Successor {
    /// What lies where this program lies. To be called before that is replaced.
    pub fn of_this(clock: Clock) -> io::Result<Self> {
        Ok(Self {
            program: env::current_exe()?,
            clock,
            wanted: Arc::default(),
        })
    }

    /// Whether it runs on this machine and understands the settings of this process. If not, a
    /// sentence that says why.
    pub async fn check(&self) -> Result<(), String> {
        let program = self.program.display();
        let tried = Command::new(&self.program)
            .args(env::args_os().skip(1))
            .arg("--try-settings")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        match self.clock.timeout(PATIENCE, tried).await {
            None => Err(format!("{program} did not read its settings in time")),
            Some(Err(error)) => Err(format!("{program} can't be started: {error}")),
            Some(Ok(done)) if done.status.success() => Ok(()),
            Some(Ok(done)) => {
                let said = String::from_utf8_lossy(&done.stderr);
                let said = said.trim().trim_start_matches("inkspot: ");
                Err(format!("{program} can't take over: {said}"))
            }
        }
    }

    /// Asks that it takes over.
    pub fn call(&self) {
        self.wanted.notify_one();
    }

    /// Returns when somebody asked.
    pub async fn called(&self) {
        self.wanted.notified().await;
    }

    /// Where it lies.
    pub fn program(&self) -> PathBuf {
        self.program.clone()
    }
}
