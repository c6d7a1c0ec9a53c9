//! A TLS connection with its socket: for hyper as a stream to await, for others as one that never
//! waits.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::session::Session;

/// The server's side of a TLS connection over TCP, its handshake done.
///
/// One may read while another writes. Dropping it closes the socket without a word; see
/// [`TlsStream::try_finish`].
pub struct TlsStream {
    tcp: TcpStream,
    session: Box<Mutex<Session>>,
}

impl TlsStream {
    /// Shakes hands, as long as the client takes: the caller has the clock.
    ///
    /// # Errors
    /// Those of [`TlsStream::try_read`].
    pub async fn accept(tcp: TcpStream, config: Arc<ServerConfig>) -> io::Result<Self> {
        let mut session = Session::new(config).map_err(io::Error::other)?;
        loop {
            match session.shake_hands(&mut NoWait(&tcp)) {
                Ok(()) => break,
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(_) if session.unsent() > 0 => tcp.writable().await?,
                Err(_) => tcp.readable().await?,
            }
        }
        let session = Box::new(Mutex::new(session));
        Ok(Self { tcp, session })
    }

    /// The socket below. What is read from it or written to it goes past TLS.
    pub fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// Whether both sides want to speak `protocol` over it.
    pub fn speaks(&self, protocol: &[u8]) -> bool {
        self.session.lock().alpn() == Some(protocol)
    }

    /// Bytes of encrypted records that wait for the socket to take them: one record's at most.
    pub fn unsent(&self) -> usize {
        self.session.lock().unsent()
    }

    /// Reads what is there; `Ok(0)` is the client's announced end, or our own.
    ///
    /// # Errors
    /// `WouldBlock`: nothing is there. `UnexpectedEof`: the client is gone without announcing it.
    /// `InvalidData`: it broke the protocol, and has been told. Others are the socket's.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.session.lock().read(&mut NoWait(&self.tcp), buffer)
    }

    /// Writes from the front of `slices`, one record at most. Returns how many bytes were taken;
    /// they need a [`TlsStream::try_flush`] to be on their way for sure.
    ///
    /// # Errors
    /// `WouldBlock`: nothing was taken. `BrokenPipe`: it is finished, or was ended by a violation.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.session.lock().write(&mut NoWait(&self.tcp), slices)
    }

    /// Hands what is left of earlier writes to the socket.
    ///
    /// # Errors
    /// `WouldBlock`: something is still left.
    pub fn try_flush(&self) -> io::Result<()> {
        self.session.lock().flush(&mut NoWait(&self.tcp))
    }

    /// Announces that nothing more will be written, and closes the socket's own side. What comes
    /// from the client afterwards is not looked at any more.
    ///
    /// # Errors
    /// `WouldBlock`: the announcement is not on its way yet; ask again when the socket takes more.
    pub fn try_finish(&self) -> io::Result<()> {
        self.session.lock().finish(&mut NoWait(&self.tcp))?;
        rustix::net::shutdown(&self.tcp, rustix::net::Shutdown::Write)?;
        Ok(())
    }

    /// Tries until it is done or fails, pausing until the socket takes more.
    fn poll_writable<T>(
        &self,
        context: &mut Context<'_>,
        mut attempt: impl FnMut(&Self) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            match attempt(self) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(self.tcp.poll_write_ready(context))?;
                }
                done => return Poll::Ready(done),
            }
        }
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.try_read(buffer.initialize_unfilled()) {
                Ok(len) => {
                    buffer.advance(len);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(self.tcp.poll_read_ready(context))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_writable(context, |stream| stream.try_write(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_writable(context, Self::try_flush)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_writable(context, Self::try_finish)
    }
}

/// A TCP stream for reading and writing that says `WouldBlock` instead of waiting.
struct NoWait<'s>(&'s TcpStream);

impl Read for NoWait<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for NoWait<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
