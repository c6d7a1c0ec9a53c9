//! What the operating system asks of the process.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT: the requests to end.
#[derive(Debug)]
pub struct EndSignals {
    term: Signal,
    int: Signal,
}

impl EndSignals {
    /// From now on these signals no longer end the process by themselves.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
        })
    }

    /// Returns at the next request to end, with the signal's name.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.int.recv() => "SIGINT",
        }
    }
}

/// SIGUSR2: the request to make way for the program that is installed now.
#[derive(Debug)]
pub struct SuccessionSignal(Signal);

impl SuccessionSignal {
    /// From now on this signal no longer ends the process by itself.
    pub fn listen() -> io::Result<Self> {
        signal(SignalKind::user_defined2()).map(Self)
    }

    /// Returns at the next request.
    pub async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// SIGHUP: the request to read the settings and the certificate files again.
#[derive(Debug)]
pub struct ReloadSignal(Signal);

impl ReloadSignal {
    /// From now on this signal no longer ends the process. Each who listens hears it.
    pub fn listen() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    /// Returns at the next request.
    pub async fn next(&mut self) {
        self.0.recv().await;
    }
}
