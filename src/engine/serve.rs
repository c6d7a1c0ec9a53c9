//! The HTTP side: which request is what, and what is answered to those that are wrong.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use subtle::ConstantTimeEq;

use super::app::{App, Refusal};
use super::hub::Hub;
use super::outbox::Transport as Carrier;
use super::session::{Session, Sid};
use super::{polling, upgrade};
use crate::model::peer::Admission;
use crate::protocol::engineio::{Query, QueryError, Transport};
use crate::protocol::websocket;

/// Requests that are refused. The codes in the bodies are Engine.IO's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    UnknownTransport,
    UnknownSid,
    BadMethod,
    BadRequest,
    Version,
    Forbidden,
    TooLarge,
    TooMany(u32),
    Busy(u32),
}

impl Trouble {
    pub fn answer(self) -> Response<Full<Bytes>> {
        let (status, body) = match self {
            Self::UnknownTransport => (400, r#"{"code":0,"message":"Transport unknown"}"#),
            Self::UnknownSid => (400, r#"{"code":1,"message":"Session ID unknown"}"#),
            Self::BadMethod => (400, r#"{"code":2,"message":"Bad handshake method"}"#),
            Self::BadRequest => (400, r#"{"code":3,"message":"Bad request"}"#),
            Self::Version => (
                400,
                r#"{"code":5,"message":"Unsupported protocol version"}"#,
            ),
            Self::Forbidden => (403, r#"{"code":4,"message":"Forbidden"}"#),
            Self::TooLarge => (413, r#"{"code":3,"message":"Payload too large"}"#),
            Self::TooMany(_) => (429, r#"{"code":4,"message":"Too many connections"}"#),
            Self::Busy(_) => (503, r#"{"code":4,"message":"Server is busy"}"#),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = answer(status, body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Self::TooMany(seconds) | Self::Busy(seconds) = self {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self == Self::BadMethod {
            headers.insert(ALLOW, HeaderValue::from_static("GET, POST"));
        }
        response
    }
}

/// An answer with a body of text.
pub(super) fn answer(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let text = HeaderValue::from_static("text/plain; charset=UTF-8");
    headers.insert(CONTENT_TYPE, text);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Answers a request to the socket path.
pub(super) async fn serve<A: App>(
    hub: &Arc<Hub<A>>,
    mut request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let on_upgrade = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    if !hub.app.allow_origin(&parts) {
        return Trouble::Forbidden.answer();
    }
    let query = match Query::parse(parts.uri.query().unwrap_or_default()) {
        Ok(query) => query,
        Err(QueryError::Transport) => return Trouble::UnknownTransport.answer(),
        Err(QueryError::Version) => return Trouble::Version.answer(),
    };
    let session = match query.sid {
        None => None,
        Some(sid) => match find(hub, sid, &parts) {
            None => return Trouble::UnknownSid.answer(),
            session => session,
        },
    };
    match (query.transport, &parts.method, session) {
        (Transport::WebSocket, &Method::GET, session) => {
            open_websocket(hub, &parts, on_upgrade, session)
        }
        (Transport::Polling, &Method::GET, None) => open_polling(hub, &parts),
        (Transport::Polling, &Method::GET, Some(session)) => {
            drop((parts, body));
            polling::poll(&session).await
        }
        (Transport::Polling, &Method::POST, Some(session)) => {
            drop(parts);
            polling::post(&session, body).await
        }
        _ => Trouble::BadMethod.answer(),
    }
}

/// The session of that name, if it belongs to whoever asks.
fn find<A: App>(hub: &Hub<A>, sid: &str, parts: &Parts) -> Option<Arc<Session<A>>> {
    let session = hub.find(Sid::parse(sid)?)?;
    let owner = hub.app.owner(parts);
    bool::from(owner.0.ct_eq(&session.owner.0)).then_some(session)
}

/// Asks the program whether a new connection may be opened.
fn admit<A: App>(hub: &Hub<A>, parts: &Parts) -> Result<A::Handshake, Trouble> {
    if hub.is_full() || hub.ending.is_begun() {
        return Err(Trouble::Busy(5));
    }
    hub.app.open(parts).map_err(|refusal| match refusal {
        Refusal::Forbidden => Trouble::Forbidden,
        Refusal::TooMany(seconds) => Trouble::TooMany(seconds),
        Refusal::Busy(seconds) => Trouble::Busy(seconds),
    })
}

fn open_polling<A: App>(hub: &Arc<Hub<A>>, parts: &Parts) -> Response<Full<Bytes>> {
    let handshake = match admit(hub, parts) {
        Ok(handshake) => handshake,
        Err(trouble) => return trouble.answer(),
    };
    let session = hub.open(hub.app.owner(parts), handshake, None);
    answer(StatusCode::OK, session.hello(true))
}

fn open_websocket<A: App>(
    hub: &Arc<Hub<A>>,
    parts: &Parts,
    on_upgrade: OnUpgrade,
    session: Option<Arc<Session<A>>>,
) -> Response<Full<Bytes>> {
    let Some(key) = websocket_key(&parts.headers) else {
        return Trouble::BadRequest.answer();
    };
    let response = switching(key);
    // Kept for as long as the WebSocket is open.
    let admission = parts.extensions.get::<Admission>().cloned();
    match session {
        None => match admit(hub, parts) {
            Ok(handshake) => {
                let owner = hub.app.owner(parts);
                let hub = Arc::clone(hub);
                tokio::spawn(upgrade::open(hub, on_upgrade, owner, handshake, admission));
            }
            Err(trouble) => return trouble.answer(),
        },
        Some(session) => {
            // A session has one WebSocket in its life: a further one is closed at once.
            let mut out = session.out.lock();
            if out.transport == Carrier::Polling && !out.closed {
                out.transport = Carrier::Probing;
                drop(out);
                tokio::spawn(upgrade::probe(session, on_upgrade, admission));
            } else {
                drop(out);
                tokio::spawn(upgrade::turn_away(on_upgrade));
            }
        }
    }
    response
}

/// The key of a request that asks for a WebSocket as it should.
fn websocket_key(headers: &HeaderMap) -> Option<&HeaderValue> {
    let lists = |name: HeaderName, token: &str| {
        headers.get_all(name).iter().any(|value| {
            let mut tokens = value.as_bytes().split(|byte| *byte == b',');
            tokens.any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
        })
    };
    let key = headers.get(SEC_WEBSOCKET_KEY)?;
    let asks = lists(CONNECTION, "upgrade")
        && lists(UPGRADE, "websocket")
        && lists(SEC_WEBSOCKET_VERSION, "13")
        && websocket::is_key(key.as_bytes());
    asks.then_some(key)
}

fn switching(key: &HeaderValue) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    // Base64 is a valid header value.
    if let Ok(accept) = websocket::accept_key(key.as_bytes()).parse() {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}
