//! Who asks on a connection, and what they are answered.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use tokio::sync::Notify;

use super::connection::{Answers, Shared};
use super::gate::NoRoom;
use super::handler::BoxBody;
use super::requests::RequestId;
use super::{answer, peer, requests};
use crate::model::peer::{Admission, Progress};

/// Whether somebody has asked for something on a connection.
#[derive(Default)]
pub(super) struct Asked {
    anything: AtomicBool,
    /// Told once, the first time.
    pub first: Notify,
}

impl Asked {
    fn tell(&self) {
        if !self.anything.swap(true, Ordering::Relaxed) {
            self.first.notify_one();
        }
    }

    pub fn anything(&self) -> bool {
        self.anything.load(Ordering::Relaxed)
    }
}

/// Who asks on a connection, and whether there is a place for them.
pub(super) struct Guest {
    pub from: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
    pub place: Result<Admission, NoRoom>,
    pub asked: Arc<Asked>,
}

/// Answers a guest. One function for whoever has a place and whoever has none: for each kind of
/// service there would be both protocols once more in the program.
pub(super) fn service(
    guest: Guest,
    shared: Arc<Shared>,
) -> impl Service<
    Request<Incoming>,
    Response = Response<BoxBody>,
    Error = Infallible,
    Future: Send + 'static,
> + Send
+ 'static {
    service_fn(move |mut request: Request<Incoming>| {
        guest.asked.tell();
        let shared = shared.clone();
        let place = guest.place.clone().map(|admission| {
            let (peer, id) = {
                let trusted = shared.trusted_proxies.borrow();
                let is_trusted = peer::is_trusted(guest.from.ip(), &trusted);
                (
                    peer::peer(guest.from.ip(), guest.tls, request.headers(), &trusted),
                    RequestId::of(request.headers(), is_trusted, &shared.rng),
                )
            };
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(id);
            request.extensions_mut().insert(admission);
        });
        async move {
            Ok(match place {
                Ok(()) => respond(request, &shared).await,
                Err(full) => answer::full(full),
            })
        }
    })
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
    if let Some(place) = folder(request.uri(), prefix) {
        return answer::folder(place);
    }
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

/// The place of the app, for who leaves its slash out: what the page names relative to itself, and the
/// worker, are below that.
fn folder(uri: &Uri, prefix: &str) -> Option<HeaderValue> {
    if prefix.is_empty() || uri.path() != prefix {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}"));
    let place = format!("{prefix}/{}", query.unwrap_or_default());
    HeaderValue::from_str(&place).ok()
}

/// Takes the prefix away under which a proxy shows this server.
fn strip_prefix(uri: &mut Uri, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    let Some(rest) = uri.path().strip_prefix(prefix) else {
        return;
    };
    if !rest.starts_with('/') {
        return;
    }
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{rest}{query}").parse().ok();
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
            ("/chatter/x", "/chatter/x"),
            ("/api/health", "/api/health"),
            ("https://a.example/chat/x", "https://a.example/x"),
            ("/chat//x", "//x"),
        ] {
            let mut found: Uri = uri.parse().unwrap();
            assert_eq!(folder(&found, "/chat"), None);
            strip_prefix(&mut found, "/chat");
            assert_eq!(found.to_string(), stripped);
        }
    }

    #[test]
    fn who_leaves_the_slash_out_is_led_to_the_app() {
        for (uri, place) in [("/chat", "/chat/"), ("/chat?a=1", "/chat/?a=1")] {
            let found = folder(&uri.parse().unwrap(), "/chat").unwrap();
            assert_eq!(found, place);
        }
        assert_eq!(folder(&"/".parse().unwrap(), ""), None);
    }
}
