//! The few answers that the server gives by itself. They carry the same protective headers as
//! everything else.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use super::handler::{BoxBody, boxed};

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

/// A request failed inside. The log says more.
pub(super) fn internal() -> Response<BoxBody> {
    let body = r#"{"error":{"code":"internal","message":"Something went wrong on the server."}}"#;
    content(StatusCode::INTERNAL_SERVER_ERROR, "application/json", body)
}

/// A request took too long: its body came too slowly, or the server has too much to do.
pub(super) fn too_slow() -> Response<BoxBody> {
    let body = concat!(
        r#"{"error":{"code":"server_busy","message":"The request took too long. "#,
        r#"Please try again.","retryAfter":5}}"#
    );
    let mut response = content(StatusCode::SERVICE_UNAVAILABLE, "application/json", body);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
