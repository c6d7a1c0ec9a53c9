//! The program that takes over from this one without closing the doors.
//!
//! It is whatever lies where this program was started from, so that an upgrade is the new file and
//! a word to the running server. It is tried before anything ends.

use std::env;
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
    program: Result<PathBuf, String>,
    clock: Clock,
    wanted: Arc<Notify>,
}

impl Successor {
    /// What lies where this program lies. To be called before that is replaced.
    pub fn of_this(clock: Clock) -> Self {
        let program = env::current_exe().map_err(|error| {
            format!("where this program lies can't be told without /proc ({error}); stop it and start the other")
        });
        Self {
            program,
            clock,
            wanted: Arc::default(),
        }
    }

    /// Where it lies, if it runs on this machine and understands the settings of this process.
    /// Otherwise a sentence that says why not.
    pub async fn check(&self) -> Result<PathBuf, String> {
        let path = self.program.clone()?;
        let program = path.display();
        let tried = Command::new(&path)
            .args(env::args_os().skip(1))
            .arg("--try-settings")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        match self.clock.timeout(PATIENCE, tried).await {
            None => Err(format!("{program} did not read its settings in time")),
            Some(Err(error)) => Err(format!("{program} can't be started: {error}")),
            Some(Ok(done)) if done.status.success() => Ok(path.clone()),
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

    /// Returns when somebody asked, with where it lies.
    pub async fn called(&self) -> PathBuf {
        loop {
            self.wanted.notified().await;
            if let Ok(program) = &self.program {
                return program.clone();
            }
        }
    }
}
