//! Sockets that listen, and accepting from them without ever spinning.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::StartError;
use crate::base::clock::Clock;
use crate::base::succession;
use crate::config::Listen;

const BACKLOG: u32 = 4096;
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Sockets that listen already, given to this process by who was there before.
pub(super) struct Given(Vec<std::net::TcpListener>);

impl Given {
    /// All that there are; see [`succession::inherited`].
    pub fn all() -> Self {
        Self(succession::inherited())
    }

    /// None, for doors that may be closed for a moment.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// One that listens where it is wanted.
    fn take(&mut self, wanted: SocketAddr) -> Option<std::net::TcpListener> {
        let fits = |given: &std::net::TcpListener| {
            given.local_addr().is_ok_and(|given| {
                given.ip() == wanted.ip() && (given.port() == wanted.port() || wanted.port() == 0)
            })
        };
        let found = self.0.iter().position(fits)?;
        Some(self.0.remove(found))
    }
}

/// Listens on each address, with what was given where it fits. One that is not required is left
/// out when the machine lacks its address family.
pub(super) fn bind_all(
    wanted: &[Listen],
    given: &mut Given,
) -> Result<Vec<TcpListener>, StartError> {
    let mut bound = Vec::with_capacity(wanted.len());
    for listen in wanted {
        let listening = match given.take(listen.addr) {
            Some(given) => adopt(given),
            None => bind(listen.addr),
        };
        match listening {
            Ok(listener) => bound.push(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(StartError::Taken { addr: listen.addr });
            }
            Err(source) if listen.required => {
                return Err(StartError::Listen {
                    addr: listen.addr,
                    source,
                });
            }
            Err(error) => {
                tracing::info!(addr = %listen.addr, %error, "not listening there");
            }
        }
    }
    Ok(bound)
}

fn adopt(given: std::net::TcpListener) -> io::Result<TcpListener> {
    given.set_nonblocking(true)?;
    TcpListener::from_std(given)
}

fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.set_reuseaddr(true)?;
    if addr.is_ipv6() {
        // So that [::] and 0.0.0.0 can share a port and IPv4 clients keep their form.
        rustix::net::sockopt::set_ipv6_v6only(&socket, true)?;
    }
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Accepts connections; when the machine is out of descriptors or memory it pauses, longer each
/// time, instead of asking again at once.
pub(super) struct Acceptor {
    listener: TcpListener,
    clock: Clock,
    pause: Duration,
}

impl Acceptor {
    pub fn new(listener: TcpListener, clock: Clock) -> Self {
        Self {
            listener,
            clock,
            pause: FIRST_PAUSE,
        }
    }

    /// The next connection. Dropping the future loses none.
    pub async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => {
                    self.pause = FIRST_PAUSE;
                    return accepted;
                }
                // The client was gone before we came.
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(
                        %error,
                        pause_ms = self.pause.as_millis(),
                        "cannot accept connections; raise the limit of open files if this repeats"
                    );
                    self.clock.sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
