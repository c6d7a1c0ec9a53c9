//! The sockets below it all: the only place that knows which kinds of stream the
//! listener may hand over, and how to read and write each without waiting.

use std::io::{self, IoSlice};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use tokio::net::TcpStream;

use crate::tls::TlsStream;

/// Slices of one write.
pub(super) const SLICES: usize = 64;

/// A connection, stripped of everything that served its handshake.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(TlsStream),
}

impl Stream {
    /// Takes the stream out of an upgraded HTTP connection, with the bytes that were read from
    /// it already. `None`: a kind of stream that isn't known here.
    pub fn from_upgraded(upgraded: Upgraded) -> Option<(Self, Bytes)> {
        let upgraded = match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => return Some((Self::Plain(parts.io.into_inner()), parts.read_buf)),
            Err(upgraded) => upgraded,
        };
        let parts = downcast::<TokioIo<TlsStream>>(upgraded).ok()?;
        Some((Self::Tls(parts.io.into_inner()), parts.read_buf))
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.tcp(),
        }
    }

    /// Waits until a read may give something.
    pub async fn readable(&self) -> io::Result<()> {
        self.tcp().readable().await
    }

    /// Waits until a write may take something.
    pub async fn writable(&self) -> io::Result<()> {
        self.tcp().writable().await
    }

    /// Reads what is there; 0 is the end. `WouldBlock`: nothing is.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.try_read(buffer),
            Self::Tls(tls) => tls.try_read(buffer),
        }
    }

    /// Writes from the front of `slices`; for TLS at most one record. `WouldBlock`: nothing was
    /// taken.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, slices) {
            (Self::Plain(tcp), [one]) => tcp.try_write(one),
            (Self::Plain(tcp), many) => tcp.try_write_vectored(many),
            (Self::Tls(tls), slices) => tls.try_write(slices),
        }
    }

    /// Pushes out what earlier calls have left in buffers. `WouldBlock`: not all of it.
    pub fn try_flush(&self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(tls) => tls.try_flush(),
        }
    }

    /// Bytes that were taken but still wait in buffers of ours.
    pub fn unsent(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Tls(tls) => tls.unsent(),
        }
    }

    /// Says that nothing more will be written. What still comes is only to be
    /// [thrown away](Self::try_discard).
    pub fn finish(&self) {
        // The peer may be gone; then there is nobody to tell.
        if let Self::Tls(tls) = self {
            let _ = tls.try_finish();
        }
        let _ = rustix::net::shutdown(self.tcp(), rustix::net::Shutdown::Write);
    }

    /// Reads, without understanding it, what comes after the [end](Self::finish); 0 is the
    /// peer's. `WouldBlock`: nothing is there.
    pub fn try_discard(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.tcp().try_read(buffer)
    }
}
