//! The few answers that the server gives by itself. They carry the same protective headers as
//! everything else.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use super::gate::NoRoom;
use super::handler::{BoxBody, boxed};
use crate::model::Code;
use crate::model::peer::Refused;
use crate::model::view::{ErrorAnswer, ErrorView};

const CLOSED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Any content, with a policy that loads nothing.
pub(super) fn content(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<Bytes>,
) -> Response<BoxBody> {
    let mut response = Response::new(boxed(Full::new(body.into())));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, CLOSED_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// One sentence for people and programs.
pub(super) fn sentence(status: StatusCode, text: &'static str) -> Response<BoxBody> {
    content(status, "text/plain; charset=utf-8", text)
}

/// Sends the client elsewhere, for now: browsers must not remember a port that may change.
pub(super) fn redirect(to: HeaderValue) -> Response<BoxBody> {
    let mut response = sentence(
        StatusCode::TEMPORARY_REDIRECT,
        "This server speaks HTTPS.\n",
    );
    response.headers_mut().insert(LOCATION, to);
    response
}

/// Sends the client to the folder that it named without its slash.
pub(super) fn folder(to: HeaderValue) -> Response<BoxBody> {
    let mut response = sentence(StatusCode::PERMANENT_REDIRECT, "It ends with a slash.\n");
    response.headers_mut().insert(LOCATION, to);
    response
}

/// What went wrong, in the one shape of errors.
pub(super) fn failure(status: StatusCode, error: ErrorView) -> Response<BoxBody> {
    let retry_after = error.retry_after;
    let body = ErrorAnswer {
        error: error.clone(),
    };
    // A plain struct with string keys can't fail to be written.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = content(status, "application/json", body);
    if let Some(seconds) = retry_after {
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    let reason = None;
    response.extensions_mut().insert(Refused { error, reason });
    response
}

fn error(code: Code, message: &str, retry_after: Option<u64>) -> ErrorView {
    ErrorView {
        code: code.as_str().to_owned(),
        message: message.to_owned(),
        field: None,
        limit: None,
        retry_after,
        request_id: None,
    }
}

/// A request failed inside. The log says more.
pub(super) fn internal() -> Response<BoxBody> {
    let error = error(
        Code::Internal,
        "Something went wrong on the server. It has been logged.",
        None,
    );
    failure(StatusCode::INTERNAL_SERVER_ERROR, error)
}

/// A request took too long: its body came too slowly, or the server has too much to do.
pub(super) fn too_slow() -> Response<BoxBody> {
    let message = "The request took too long. Please try again.";
    let error = error(Code::ServerBusy, message, Some(5));
    failure(StatusCode::SERVICE_UNAVAILABLE, error)
}

/// There is no room for one more connection.
pub(super) fn full(full: NoRoom) -> Response<BoxBody> {
    let message = match full {
        NoRoom::Total => {
            "The server has as many connections as it can carry. Please try again soon."
        }
        NoRoom::Address => {
            "Your network has as many connections to this server as it may. Please close some."
        }
    };
    let error = error(Code::ServerBusy, message, Some(10));
    failure(StatusCode::SERVICE_UNAVAILABLE, error)
}
