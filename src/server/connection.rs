//! One connection: from the accepted stream to the handler's answers.
//!
//! Everything that a client can do slowly has a limit here: the handshake, the first request,
//! each request's header, each answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustix::net::sockopt::set_tcp_user_timeout;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};

use super::gate::{NoRoom, Slot};
use super::handler::{BoxBody, Handler};
use super::redirect::Plain;
use super::requests::{RequestId, Requests};
use super::{Timeouts, answer, peer, requests};
use crate::acme;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::shutdown::{Shutdown, Working};
use crate::config::Network;
use crate::model::peer::{Admission, Progress};
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
    let admission = Admission::new(place);
    let asked = Arc::new(AtomicBool::new(false));
    let service = {
        let (asked, shared) = (asked.clone(), shared.clone());
        service_fn(move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            let (peer, id) = {
                let trusted = shared.trusted_proxies.borrow();
                let is_trusted = peer::is_trusted(from.ip(), &trusted);
                (
                    peer::peer(from.ip(), tls, request.headers(), &trusted),
                    RequestId::of(request.headers(), is_trusted, &shared.rng),
                )
            };
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(id);
            request.extensions_mut().insert(admission.clone());
            let shared = shared.clone();
            async move { Ok::<_, Infallible>(respond(request, &shared).await) }
        })
    };
    let builder = shared.protocols.of(http2);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(io), service);
    tokio::pin!(connection);
    let first_request = shared.clock.sleep(shared.timeouts.first_request);
    tokio::pin!(first_request);
    // Who has just come in is not sent away without an answer.
    let leave = async {
        shared.shutdown.begun().await;
        if !asked.load(Ordering::Relaxed) {
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
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    }
}

/// Tells somebody for whom there is no room so, in the language of the connection, and closes it.
pub(super) async fn turn_away(
    stream: TcpStream,
    full: NoRoom,
    shared: Arc<Shared>,
    place: OwnedSemaphorePermit,
) {
    let told = async {
        let Some(config) = &shared.tls else {
            return tell_full(stream, false, full, &shared).await;
        };
        let mut first = [0];
        if stream.peek(&mut first).await.is_ok_and(|read| read == 1)
            && first[0].is_ascii_uppercase()
        {
            return tell_full(stream, false, full, &shared).await;
        }
        if let Ok(stream) = TlsStream::accept(stream, config.clone()).await {
            let http2 = stream.speaks(b"h2");
            tell_full(stream, http2, full, &shared).await;
        }
    };
    let limit = shared.timeouts.handshake;
    // Who doesn't listen isn't told.
    let _ = shared.clock.timeout(limit, told).await;
    drop(place);
}

async fn tell_full<I>(io: I, http2: bool, full: NoRoom, shared: &Shared)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(Notify::new());
    let service = {
        let asked = asked.clone();
        service_fn(move |_: Request<Incoming>| {
            asked.notify_one();
            async move { Ok::<_, Infallible>(answer::full(full)) }
        })
    };
    let builder = shared.protocols.of(http2);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(io), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = asked.notified() => connection.as_mut().graceful_shutdown(),
    }
    // What goes wrong from here on is the affair of who is not let in.
    let _ = connection.await;
}

/// The answer to one request. A handler that panics or takes too long costs its request only.
async fn respond(mut request: Request<Incoming>, shared: &Shared) -> Response<BoxBody> {
    let (http, socket, socket_path, prefix, plain) = match &shared.answers {
        Answers::Plain(plain) => return plain.answer(&request),
        Answers::Product {
            http,
            socket,
            socket_path,
            path_prefix,
            plain,
        } => (http, socket, socket_path, path_prefix, plain),
    };
    strip_prefix(request.uri_mut(), prefix);
    if let Some(about_trust) = plain.as_ref().and_then(|plain| plain.over_tls(&request)) {
        return about_trust;
    }
    let path = request.uri().path();
    let is_socket = path.strip_suffix('/').unwrap_or(path) == socket_path;
    let (handler, kind) = if is_socket {
        (socket, "socket")
    } else {
        (http, requests::kind(path))
    };
    let watched = shared.requests.watch(&mut request, kind);
    let progress = Progress::default();
    request.extensions_mut().insert(progress.clone());
    let work = AssertUnwindSafe(async { handler.answer(request).await }).catch_unwind();
    tokio::pin!(work);
    let limit: Duration = shared.timeouts.answer;
    let mut response = loop {
        break match shared.clock.timeout(limit, work.as_mut()).await {
            Some(Ok(response)) => response,
            // The panic hook has logged it.
            Some(Err(_)) => answer::internal(),
            None if progress.take() => continue,
            None => answer::too_slow(),
        };
    };
    watched.end(&mut response);
    response
}

/// Takes the prefix away under which a proxy shows this server.
fn strip_prefix(uri: &mut Uri, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    let Some(rest) = uri.path().strip_prefix(prefix) else {
        return;
    };
    if !(rest.is_empty() || rest.starts_with('/')) {
        return;
    }
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let path = if rest.is_empty() { "/" } else { rest };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{path}{query}").parse().ok();
    if let Ok(stripped) = Uri::from_parts(parts) {
        *uri = stripped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_taken_away_only_where_it_is_a_whole_part_of_the_path() {
        for (uri, stripped) in [
            ("/chat/api/health?a=1", "/api/health?a=1"),
            ("/chat", "/"),
            ("/chat?x", "/?x"),
            ("/chatter/x", "/chatter/x"),
            ("/api/health", "/api/health"),
            ("https://a.example/chat/x", "https://a.example/x"),
            ("/chat//x", "//x"),
        ] {
            let mut found: Uri = uri.parse().unwrap();
            strip_prefix(&mut found, "/chat");
            assert_eq!(found.to_string(), stripped);
        }
    }
}
