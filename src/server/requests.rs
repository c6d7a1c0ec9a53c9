//! What becomes of each request, for those who look after the server: its name, its place in the
//! numbers, and one line in the log when it got no good answer.
//!
//! The path is never logged: it can hold a code that lets somebody in. What stands for it is its kind.

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use parking_lot::Mutex;

use super::handler::{BoxBody, boxed};
use crate::base::clock::Stopwatch;
use crate::base::rng::Rng;
use crate::metrics::Meters;
use crate::model::Peer;
use crate::model::peer::{Asker, Refused};
use crate::model::view::ErrorAnswer;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name that a proxy may give, in characters.
const ID_MAX: usize = 64;
/// Refusals that are logged in one second; whoever knocks without end shall not fill the disk.
const REFUSALS_A_SECOND: u32 = 20;

/// A request's name, from a trusted proxy or made here.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The name that `headers` of a trusted proxy give, else a new one.
    pub fn of(headers: &HeaderMap, trusted: bool, rng: &Rng) -> Self {
        let given = headers.get(&REQUEST_ID).filter(|given| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            trusted && (1..=ID_MAX).contains(&given.len()) && given.as_bytes().iter().all(plain)
        });
        let new = || HeaderValue::from_str(&format!("{:016x}", rng.u64()));
        let id = given.cloned().map_or_else(new, Ok);
        // Digits can always be a header.
        Self(id.unwrap_or_else(|_| HeaderValue::from_static("-")))
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap_or("-")
    }
}

/// The kind of an address, out of a short list: for numbers and lines.
pub(super) fn kind(path: &str) -> &'static str {
    const OF_API: [&str; 17] = [
        "admin",
        "attachments",
        "auth",
        "avatars",
        "conversations",
        "drafts",
        "files",
        "handoffs",
        "health",
        "invites",
        "messages",
        "openapi.json",
        "resets",
        "search",
        "setup",
        "uploads",
        "users",
    ];
    match path.strip_prefix("/api/") {
        Some(rest) => {
            let first = rest.split('/').next().unwrap_or("");
            let known = OF_API.into_iter().find(|known| *known == first);
            known.unwrap_or("unknown")
        }
        None if path == "/up" => "up",
        None => "app",
    }
}

/// What the requests of a server share.
#[derive(Debug)]
pub(super) struct Requests {
    pub meters: Meters,
    refusals: Mutex<Refusals>,
}

/// How many refusals were logged in the present second.
#[derive(Debug, Default)]
struct Refusals {
    second: Option<Stopwatch>,
    logged: u32,
    left_out: u64,
}

impl Refusals {
    /// How many were left out before the one that may be logged now; `None`: this one is left out.
    fn take(&mut self) -> Option<u64> {
        if self.second.is_none_or(|at| at.elapsed().as_secs() >= 1) {
            (self.second, self.logged) = (Some(Stopwatch::start()), 0);
        }
        if self.logged >= REFUSALS_A_SECOND {
            self.left_out += 1;
            return None;
        }
        self.logged += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

/// A request under way.
pub(super) struct Watched<'r> {
    requests: &'r Requests,
    id: Option<RequestId>,
    address: Option<IpAddr>,
    kind: &'static str,
    method: Method,
    asker: Asker,
    took: Stopwatch,
}

impl Requests {
    pub fn new(meters: Meters) -> Self {
        let refusals = Mutex::default();
        Self { meters, refusals }
    }

    /// Begins to watch a request, which carries its [`RequestId`] and its [`Peer`].
    pub fn watch(&self, request: &mut Request<Incoming>, kind: &'static str) -> Watched<'_> {
        let asker = Asker::default();
        let extensions = request.extensions_mut();
        extensions.insert(asker.clone());
        Watched {
            requests: self,
            id: extensions.remove(),
            address: extensions.get::<Peer>().map(|peer| peer.addr),
            kind,
            method: request.method().clone(),
            asker,
            took: Stopwatch::start(),
        }
    }
}

impl Watched<'_> {
    /// The answer begins: counts it, names the request in it, and logs what went wrong.
    pub fn end(self, response: &mut Response<BoxBody>) {
        let Some(id) = &self.id else { return };
        let status = response.status();
        let meters = &self.requests.meters;
        meters.request(self.kind, status.as_u16(), self.took.elapsed());
        response.headers_mut().insert(REQUEST_ID, id.0.clone());
        let refused = response.extensions_mut().remove::<Refused>();
        if status.is_client_error() || status.is_server_error() {
            self.log(id.text(), status.as_u16(), refused.as_ref());
        }
        if let Some(refused) = refused
            && status.is_server_error()
        {
            name(response, refused, id.text());
        }
    }

    fn log(&self, id: &str, status: u16, refused: Option<&Refused>) {
        let code = refused.map_or("-", |refused| refused.error.code.as_str());
        let reason = refused.and_then(|refused| refused.reason.as_deref());
        let (route, method) = (self.kind, self.method.as_str());
        let duration_ms = u64::try_from(self.took.elapsed().as_millis()).unwrap_or(u64::MAX);
        let user = self.asker.known().map(tracing::field::display);
        let address = self.address.map(tracing::field::display);
        macro_rules! line {
            ($level:ident, $message:literal $(, $more:ident)*) => {
                tracing::$level!(
                    request = id, method, route, status, code, user, duration_ms $(, $more)*, $message
                )
            };
        }
        match (status, code) {
            (503 | 507, _) => line!(warn, "a request was turned away", reason),
            (500.., _) => line!(error, "a request failed", reason),
            // What somebody who guards the door wants to see, with where it came from.
            (_, "invalid_credentials" | "rate_limited" | "origin_refused") => {
                let left_out = self.requests.refusals.lock().take();
                if let Some(left_out) = left_out {
                    let left_out = (left_out > 0).then_some(left_out);
                    line!(info, "a request was refused", address, left_out);
                }
            }
            _ => line!(debug, "a request was refused", address),
        }
    }
}

/// Puts the request's name into the body of an answer that says that the server failed.
fn name(response: &mut Response<BoxBody>, refused: Refused, id: &str) {
    if response.body().size_hint().exact() == Some(0) {
        return; // Only the head was asked for.
    }
    let mut error = refused.error;
    error.request_id = Some(id.to_owned());
    if let Ok(body) = serde_json::to_vec(&ErrorAnswer { error }) {
        let headers = response.headers_mut();
        if headers.contains_key(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        *response.body_mut() = boxed(Full::new(Bytes::from(body)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_names_a_request_and_only_plainly() {
        let given = |text: &'static str, trusted| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(text));
            let id = RequestId::of(&headers, trusted, &Rng::seeded(1));
            id.text().to_owned()
        };
        assert_eq!(given("edge-7.Q_1", true), "edge-7.Q_1");
        for (text, trusted) in [("edge-7", false), ("a b", true), ("", true), ("a\"b", true)] {
            let own = given(text, trusted);
            assert_eq!(own.len(), 16, "{text:?} {own:?}");
            assert!(own.bytes().all(|byte| byte.is_ascii_hexdigit()), "{own:?}");
        }
    }

    #[test]
    fn each_address_of_the_api_is_of_a_known_kind() {
        for (_, pattern) in crate::http::addresses() {
            assert_ne!(kind(pattern), "unknown", "{pattern}");
        }
        assert_eq!(kind("/api/invites/SECRET/accept"), "invites");
        assert_eq!(kind("/api/SECRET"), "unknown");
        assert_eq!(kind("/setup"), "app");
    }

    #[test]
    fn refusals_without_end_are_counted_and_not_logged() {
        let mut refusals = Refusals::default();
        let logged = (0..1000).filter_map(|_| refusals.take()).count();
        // A second may end while this runs.
        assert!((20..200).contains(&logged), "{logged}");
        assert!(refusals.left_out > 0);
    }
}
