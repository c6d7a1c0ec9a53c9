//! One connection: from the accepted stream to its end. Who asks over it is answered in `guest`.
//!
//! Everything that a client can do slowly has a limit here: the handshake, the first request,
//! each request's header, each answer.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustix::net::sockopt::set_tcp_user_timeout;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::Timeouts;
use super::gate::{NoRoom, Slot};
use super::guest::{Asked, Guest, service};
use super::handler::Handler;
use super::redirect::Plain;
use super::requests::Requests;
use crate::acme;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::shutdown::{Shutdown, Working};
use crate::config::Network;
use crate::model::peer::Admission;
use crate::tls::TlsStream;

/// The most that all headers of one request may take.
const HEADER_BYTES: u32 = 64 * 1024;
const HEADERS: usize = 100;

/// What may be under way to one body, and to all bodies of a connection, in bytes. It bounds an
/// upload: at 50 ms there and back 1 MiB lets 20 MB a second come in. Only what was sent and is not
/// read yet takes memory.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 2 << 20;

/// The builders for both protocols with our limits.
pub(super) struct Protocols {
    http1: auto::Builder<TokioExecutor>,
    http2: auto::Builder<TokioExecutor>,
}

impl Protocols {
    pub fn new(timeouts: &Timeouts) -> Self {
        let mut http1 = auto::Builder::new(TokioExecutor::new()).http1_only();
        http1
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(timeouts.header)
            .max_headers(HEADERS)
            .max_buf_size(HEADER_BYTES as usize);
        let mut http2 = auto::Builder::new(TokioExecutor::new()).http2_only();
        http2
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(HEADER_BYTES)
            .max_concurrent_streams(128)
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(128)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(64 * 1024)
            .keep_alive_interval(timeouts.keep_alive)
            .keep_alive_timeout(timeouts.keep_alive);
        Self { http1, http2 }
    }

    fn of(&self, http2: bool) -> &auto::Builder<TokioExecutor> {
        if http2 { &self.http2 } else { &self.http1 }
    }
}

/// Who answers on a listener.
pub(super) enum Answers {
    /// The product.
    Product {
        http: Handler,
        socket: Handler,
        socket_path: String,
        path_prefix: String,
        /// Answers about trust over TLS, too.
        plain: Option<Arc<Plain>>,
    },
    /// The way to it.
    Plain(Arc<Plain>),
}

/// What all connections of a listener share.
pub(super) struct Shared {
    pub answers: Answers,
    /// `None` on a listener without TLS.
    pub tls: Option<Arc<ServerConfig>>,
    /// What to tell clients that speak plain HTTP to the TLS listener.
    pub plain: Option<Arc<Shared>>,
    pub trusted_proxies: watch::Receiver<Vec<Network>>,
    pub requests: Arc<Requests>,
    pub rng: Rng,
    pub protocols: Protocols,
    pub timeouts: Timeouts,
    pub clock: Clock,
    pub shutdown: Shutdown,
}

impl Shared {
    /// Returns a moment after the shutdown has begun: when who came in before it, and wanted
    /// something, has said so.
    async fn last_words(&self) {
        self.shutdown.begun().await;
        self.clock.sleep(self.timeouts.last_words).await;
    }
}

/// Serves one connection until it ends or is taken over by a handler.
pub(super) async fn serve(stream: TcpStream, from: SocketAddr, slot: Slot, shared: Arc<Shared>) {
    // Answers are written whole; waiting for more to send only adds delay.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // Who takes nothing of what is sent is let go by the system (RFC 5482; Linux also counts a window
    // that stays closed).
    let unread = u32::try_from(shared.timeouts.unread.as_millis()).unwrap_or(u32::MAX);
    if set_tcp_user_timeout(&stream, unread).is_err() {
        return;
    }
    // Also while hands are shaken.
    let working = shared.shutdown.working();
    let Some(config) = &shared.tls else {
        return serve_http(stream, false, false, from, (slot, working), &shared).await;
    };
    let Some(mut handshake) = slot.handshake() else {
        return shared.requests.meters.connection_refused("handshakes");
    };
    let shaken = async {
        let mut first = [0];
        if stream.peek(&mut first).await.is_ok_and(|read| read == 1)
            && first[0].is_ascii_uppercase()
        {
            return Ok(Err(stream));
        }
        handshake.wait().await;
        TlsStream::accept(stream, config.clone()).await.map(Ok)
    };
    let shaken = tokio::select! {
        shaken = shared.clock.timeout(shared.timeouts.handshake, shaken) => shaken,
        () = shared.last_words() => return,
    };
    drop(handshake);
    match shaken {
        // A public authority has seen what it looked for.
        Some(Ok(Ok(stream))) if stream.speaks(acme::ALPN) => {
            let _ = stream.try_finish();
        }
        Some(Ok(Ok(stream))) => {
            let http2 = stream.speaks(b"h2");
            serve_http(stream, true, http2, from, (slot, working), &shared).await;
        }
        Some(Ok(Err(stream))) => {
            if let Some(plain) = &shared.plain {
                serve_http(stream, false, false, from, (slot, working), plain).await;
            }
        }
        Some(Err(error)) => {
            shared.requests.meters.handshake_failed();
            tracing::debug!(peer = %from.ip(), %error, "TLS handshake failed");
        }
        None => {
            shared.requests.meters.handshake_failed();
            tracing::debug!(peer = %from.ip(), "TLS handshake took too long");
        }
    }
}

async fn serve_http<I>(
    io: I,
    tls: bool,
    http2: bool,
    from: SocketAddr,
    place: (Slot, Working),
    shared: &Arc<Shared>,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(Asked::default());
    let guest = Guest {
        from,
        tls,
        place: Ok(Admission::new(place)),
        asked: asked.clone(),
    };
    let service = service(guest, shared.clone());
    let builder = shared.protocols.of(http2);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(io), service);
    tokio::pin!(connection);
    let first_request = shared.clock.sleep(shared.timeouts.first_request);
    tokio::pin!(first_request);
    // Who has just come in is not sent away without an answer.
    let leave = async {
        shared.shutdown.begun().await;
        if !asked.anything() {
            shared.last_words().await;
        }
    };
    tokio::pin!(leave);
    let (mut waiting, mut ending) = (true, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(peer = %from.ip(), %error, "connection ended");
                }
                return;
            }
            () = &mut leave, if !ending => {
                ending = true;
                connection.as_mut().graceful_shutdown();
            }
            () = &mut first_request, if waiting => {
                waiting = false;
                if !asked.anything() {
                    return;
                }
            }
        }
    }
}

/// Tells somebody for whom there is no room so, in the language of the connection, and closes it.
pub(super) async fn turn_away(
    stream: TcpStream,
    from: SocketAddr,
    full: NoRoom,
    shared: Arc<Shared>,
    place: OwnedSemaphorePermit,
) {
    let told = async {
        let Some(config) = &shared.tls else {
            return tell_full(stream, false, from, full, &shared).await;
        };
        let mut first = [0];
        if stream.peek(&mut first).await.is_ok_and(|read| read == 1)
            && first[0].is_ascii_uppercase()
        {
            return tell_full(stream, false, from, full, &shared).await;
        }
        if let Ok(stream) = TlsStream::accept(stream, config.clone()).await {
            let http2 = stream.speaks(b"h2");
            tell_full(stream, http2, from, full, &shared).await;
        }
    };
    let limit = shared.timeouts.handshake;
    // Who doesn't listen isn't told.
    let _ = shared.clock.timeout(limit, told).await;
    drop(place);
}

async fn tell_full<I>(io: I, http2: bool, from: SocketAddr, full: NoRoom, shared: &Arc<Shared>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(Asked::default());
    let guest = Guest {
        from,
        tls: false,
        place: Err(full),
        asked: asked.clone(),
    };
    let service = service(guest, shared.clone());
    let builder = shared.protocols.of(http2);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(io), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = asked.first.notified() => connection.as_mut().graceful_shutdown(),
    }
    // What goes wrong from here on is the affair of who is not let in.
    let _ = connection.await;
}
