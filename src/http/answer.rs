//! Good answers: JSON, or nothing.

#![expect(
    clippy::unnecessary_wraps,
    reason = "a handler ends with one of these, and handlers may fail"
)]

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, SET_COOKIE};
use serde::Serialize;
use warp::Reply;
use warp::reply::Response;

use super::error::Failure;
use crate::protocol::credentials::set_cookie;

/// What a handler gives.
pub(super) type Answer = Result<Response, Failure>;

/// `value` as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let Ok(body) = serde_json::to_vec(value) else {
        // Our own shapes are plain structs with string keys: they can't fail to be written.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    with_status(status, body.into())
}

fn with_status(status: StatusCode, json: Bytes) -> Response {
    let mut response = Response::new(json.into());
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// 200 and what is JSON already.
pub(super) fn json_text(json: Bytes) -> Answer {
    Ok(with_status(StatusCode::OK, json))
}

/// 200 and `value`.
pub(super) fn ok(value: &impl Serialize) -> Answer {
    Ok(json(StatusCode::OK, value))
}

/// 201 and `value`.
pub(super) fn created(value: &impl Serialize) -> Answer {
    Ok(json(StatusCode::CREATED, value))
}

/// 204.
pub(super) fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Adds a cookie to an answer; an empty `value` removes it.
pub(super) fn with_cookie(mut response: Response, name: &str, value: &str) -> Response {
    if let Some(cookie) = set_cookie(name, value) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
