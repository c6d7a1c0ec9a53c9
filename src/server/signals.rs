//! What the operating system asks of the process.
//!
//! Requests to end wait in the kernel until they are read, also while a program makes way for
//! another one in the same process: who was told to end does so.

use std::future;
use std::io;

use nix::sys::signal::{SIGHUP, SIGINT, SIGTERM, SIGUSR2, SigSet, Signal as Which};
use nix::sys::signalfd::{SfdFlags, SignalFd, siginfo};
use tokio::net::unix::pipe::Receiver;
use tokio::signal::unix::{Signal, SignalKind, signal};

fn to_end() -> SigSet {
    [SIGTERM, SIGINT].into_iter().collect()
}

fn to_change() -> SigSet {
    [SIGHUP, SIGUSR2].into_iter().collect()
}

/// Holds back all signals of this page from this thread, and from those that it starts from now
/// on. To be called while there is no other thread, and before another program takes over.
pub fn hold_signals() -> io::Result<()> {
    Ok((to_end() | to_change()).thread_block()?)
}

/// Lets through to this thread those that only change something, since somebody listens for them.
pub fn release_signals() -> io::Result<()> {
    Ok(to_change().thread_unblock()?)
}

/// SIGTERM and SIGINT: the requests to end.
#[derive(Debug)]
pub struct EndSignals(Receiver);

impl EndSignals {
    /// Listens for those that [`hold_signals`] holds back. Must be called within a tokio runtime.
    pub fn listen() -> io::Result<Self> {
        let kind = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let signals = SignalFd::with_flags(&to_end(), kind)?;
        // It is read as a pipe is.
        Receiver::from_owned_fd_unchecked(signals.into()).map(Self)
    }

    /// Returns at the next request to end, with the signal's name. Dropping the future loses none.
    pub async fn next(&mut self) -> &'static str {
        match self.read().await {
            Ok(signal) => signal.as_str(),
            Err(error) => {
                tracing::error!(%error, "signals can't be read any more");
                future::pending().await
            }
        }
    }

    async fn read(&self) -> io::Result<Which> {
        loop {
            self.0.readable().await?;
            // Each is a record, which begins with the number of the signal; see signalfd(2).
            let mut record = [0; size_of::<siginfo>()];
            match self.0.try_read(&mut record) {
                Ok(_) => {
                    let number = i32::from_ne_bytes([record[0], record[1], record[2], record[3]]);
                    return Ok(Which::try_from(number)?);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
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
