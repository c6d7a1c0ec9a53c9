//! Sockets that listen, and accepting from them without ever spinning.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV6};
use std::os::fd::AsFd;
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
#[derive(Default)]
pub(super) struct Given {
    sockets: Vec<std::net::TcpListener>,
    /// Ports of those that were taken and listen on all addresses of both families.
    wide: Vec<u16>,
}

/// What is there of an address that is wanted.
enum Found {
    Socket(std::net::TcpListener),
    /// One that was taken before listens there too.
    Served,
    Nothing,
}

impl Given {
    /// All that there are; see [`succession::inherited`].
    pub fn all() -> Self {
        Self {
            sockets: succession::inherited(),
            wide: Vec::new(),
        }
    }

    /// None, for doors that may be closed for a moment.
    pub fn none() -> Self {
        Self::default()
    }

    /// One that listens where it is wanted. A systemd unit makes one socket for all addresses, IPv4
    /// included, where the settings name two.
    fn take(&mut self, wanted: SocketAddr) -> Found {
        let everywhere = wanted.ip().is_unspecified();
        if everywhere && self.wide.contains(&wanted.port()) {
            return Found::Served;
        }
        let fits = |given: &std::net::TcpListener| {
            given.local_addr().is_ok_and(|at| {
                (at.ip() == wanted.ip() || everywhere && is_wide(given))
                    && (at.port() == wanted.port() || wanted.port() == 0)
            })
        };
        let Some(found) = self.sockets.iter().position(fits) else {
            return Found::Nothing;
        };
        let socket = self.sockets.remove(found);
        if is_wide(&socket) {
            self.wide.extend(socket.local_addr().map(|at| at.port()));
        }
        Found::Socket(socket)
    }
}

impl Drop for Given {
    /// What nobody wanted is closed, and said.
    fn drop(&mut self) {
        for socket in &self.sockets {
            let addr = socket.local_addr().map(|at| at.to_string());
            tracing::warn!(
                addr = addr.unwrap_or_default(),
                "a socket that was handed to this program is closed: it listens where neither \
                 server.listen nor server.plain_listen says"
            );
        }
    }
}

/// Whether it listens on all addresses of both families.
fn is_wide(socket: &impl AsFd) -> bool {
    let address = rustix::net::getsockname(socket).ok();
    let address = address.and_then(|at| SocketAddrV6::try_from(at).ok());
    address.is_some_and(|at| at.ip().is_unspecified())
        && rustix::net::sockopt::ipv6_v6only(socket) == Ok(false)
}

/// Where it listens: one address, or all of both families.
pub(super) fn addresses(listener: &TcpListener) -> Vec<SocketAddr> {
    let Ok(at) = listener.local_addr() else {
        return Vec::new();
    };
    if is_wide(listener) {
        vec![(Ipv4Addr::UNSPECIFIED, at.port()).into(), at]
    } else {
        vec![at]
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
            Found::Socket(given) => adopt(given),
            Found::Served => continue,
            Found::Nothing => bind(listen.addr),
        };
        match listening {
            Ok(listener) => bound.push(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(StartError::Taken { addr: listen.addr });
            }
            Err(cause) if listen.required => {
                return Err(StartError::Listen {
                    addr: listen.addr,
                    cause,
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
                Ok((stream, from)) => {
                    self.pause = FIRST_PAUSE;
                    // At a socket for both families, IPv4 comes in the clothes of IPv6.
                    let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                    return (stream, from);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As systemd makes it for `ListenStream=PORT`.
    fn wide() -> std::net::TcpListener {
        let socket = TcpSocket::new_v6().unwrap();
        rustix::net::sockopt::set_ipv6_v6only(&socket, false).unwrap();
        socket.bind("[::]:0".parse().unwrap()).unwrap();
        socket.listen(1).unwrap().into_std().unwrap()
    }

    fn at(ip: &str, port: u16) -> Listen {
        Listen {
            addr: SocketAddr::new(ip.parse().unwrap(), port),
            required: true,
        }
    }

    #[tokio::test]
    async fn one_socket_for_both_families_does_for_two_that_are_wanted() {
        let socket = wide();
        let port = socket.local_addr().unwrap().port();
        let mut given = Given {
            sockets: vec![socket],
            wide: Vec::new(),
        };
        // In this order the settings name them.
        let wanted = [at("0.0.0.0", port), at("::", port)];
        let bound = bind_all(&wanted, &mut given).unwrap();
        assert_eq!(bound.len(), 1);
        let both = addresses(&bound[0]);
        assert_eq!(both, wanted.map(|wanted| wanted.addr));
        // Who comes by IPv4 is known by that address.
        let mut acceptor = Acceptor::new(bound.into_iter().next().unwrap(), Clock::system());
        let (came, ()) = tokio::join!(acceptor.accept(), async {
            TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        });
        assert_eq!(came.1.ip(), Ipv4Addr::LOCALHOST);
    }

    #[tokio::test]
    async fn a_socket_is_taken_for_its_own_address_only() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = socket.local_addr().unwrap();
        let mut given = Given {
            sockets: vec![socket],
            wide: Vec::new(),
        };
        for other in [at("127.0.0.2", own.port()), at("0.0.0.0", own.port())] {
            assert!(matches!(given.take(other.addr), Found::Nothing));
        }
        assert!(matches!(given.take(own), Found::Socket(_)));
        assert!(matches!(given.take(own), Found::Nothing));
        let kept = bind_all(&[at("127.0.0.1", 0)], &mut given).unwrap();
        assert_eq!(addresses(&kept[0]), [kept[0].local_addr().unwrap()]);
    }
}
