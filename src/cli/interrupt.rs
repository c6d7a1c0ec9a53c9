//! Requests to end a command that has things to put away first.

use std::io::{self, Write};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use anyhow::Context;
use nix::sys::signal::{SIGINT, SIGTERM, SigSet};

/// What a program that was ended by a signal gives, less the signal's number.
const BY_SIGNAL: i32 = 128;

/// Whether Ctrl-C was pressed, or SIGTERM came. All clones are one.
#[derive(Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From here on the first request only asks, and a second one ends the process at once. To be called while
    /// there is one thread only.
    pub fn watch() -> anyhow::Result<Self> {
        let signals: SigSet = [SIGINT, SIGTERM].into_iter().collect();
        signals.thread_block().context("cannot hold signals back")?;
        let asked = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&asked);
        let watch = move || {
            while let Ok(signal) = signals.wait() {
                if seen.swap(true, Relaxed) {
                    process::exit(BY_SIGNAL + signal as i32);
                }
                // Nobody may be listening.
                let _ = writeln!(io::stderr(), "Stopping: what was begun is put away.");
            }
        };
        let watching = thread::Builder::new().name("signals".to_owned());
        watching.spawn(watch).context("cannot wait for signals")?;
        Ok(Self(asked))
    }

    /// Whether it is time to end.
    pub fn is_asked(&self) -> bool {
        self.0.load(Relaxed)
    }
}
