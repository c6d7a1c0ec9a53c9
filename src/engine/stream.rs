//! The sockets below it all: the only place that knows which kinds of stream the
//! listener may hand over, and how to read and write each without waiting.

use std::io::{self, ErrorKind, IoSlice, Read, Write};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use parking_lot::Mutex;
use rustls::ServerConnection;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Plaintext of one TLS record at most.
const RECORD: usize = 16 * 1024;
/// Slices of one write.
pub(super) const SLICES: usize = 64;

/// A connection, stripped of everything that served its handshake.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(TcpStream, Box<Mutex<ServerConnection>>),
}

impl Stream {
    /// Takes the stream out of an upgraded HTTP connection, with the bytes that were read from
    /// it already. `None`: a kind of stream that isn't known here.
    pub fn from_upgraded(upgraded: Upgraded) -> Option<(Self, Bytes)> {
        let upgraded = match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => return Some((Self::Plain(parts.io.into_inner()), parts.read_buf)),
            Err(upgraded) => upgraded,
        };
        let parts = downcast::<TokioIo<TlsStream<TcpStream>>>(upgraded).ok()?;
        let (tcp, tls) = parts.io.into_inner().into_inner();
        Some((Self::Tls(tcp, Box::new(Mutex::new(tls))), parts.read_buf))
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) | Self::Tls(tcp, _) => tcp,
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
            Self::Tls(tcp, tls) => {
                let mut tls = tls.lock();
                loop {
                    match tls.reader().read(buffer) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        done => return done,
                    }
                    if tls.read_tls(&mut NoWait(tcp))? == 0 {
                        return Ok(0);
                    }
                    tls.process_new_packets().map_err(io::Error::other)?;
                }
            }
        }
    }

    /// Writes from the front of `slices`; for TLS at most one record. `WouldBlock`: nothing was
    /// taken.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => match slices {
                [one] => tcp.try_write(one),
                many => tcp.try_write_vectored(many),
            },
            Self::Tls(tcp, tls) => {
                let mut tls = tls.lock();
                push_records(tcp, &mut tls)?;
                let taken = write_record(&mut tls, slices)?;
                match push_records(tcp, &mut tls) {
                    Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
                    _ => Ok(taken),
                }
            }
        }
    }

    /// Whether something waits that no call of ours has written, like an answer of TLS itself.
    pub fn wants_flush(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(_, tls) => tls.lock().wants_write(),
        }
    }

    /// Pushes out what earlier calls have left in buffers. `WouldBlock`: not all of it.
    pub fn try_flush(&self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(tcp, tls) => push_records(tcp, &mut tls.lock()),
        }
    }

    /// Says that nothing more will be written.
    pub fn finish(&self) {
        if let Self::Tls(tcp, tls) = self {
            let mut tls = tls.lock();
            tls.send_close_notify();
            // The peer may be gone; then there is nobody to tell.
            let _ = push_records(tcp, &mut tls);
        }
        let _ = rustix::net::shutdown(self.tcp(), rustix::net::Shutdown::Write);
    }
}

/// Encrypts from the front of `slices` into one record.
fn write_record(tls: &mut ServerConnection, slices: &[IoSlice<'_>]) -> io::Result<usize> {
    let mut room = RECORD;
    let mut cut = [IoSlice::new(&[]); SLICES];
    let mut count = 0;
    for (to, from) in cut.iter_mut().zip(slices) {
        let len = from.len().min(room);
        *to = IoSlice::new(&from[..len]);
        room -= len;
        count += 1;
        if room == 0 {
            break;
        }
    }
    tls.writer().write_vectored(&cut[..count])
}

fn push_records(tcp: &TcpStream, tls: &mut ServerConnection) -> io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(&mut NoWait(tcp))?;
    }
    Ok(())
}

/// A TCP stream that says `WouldBlock` instead of waiting.
struct NoWait<'a>(&'a TcpStream);

impl Read for NoWait<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for NoWait<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
