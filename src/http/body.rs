//! Request bodies: read with our own count of bytes and our own patience.
//!
//! What the bytes say is the affair of `fields`.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use serde::de::DeserializeOwned;

use super::error::Failure;
use super::fields;
use crate::base::clock::Clock;

/// Longest request body, in bytes.
pub(super) const LIMIT: usize = 64 * 1024;
/// How much of a body that is too long is read away, so that a client which is still sending gets
/// to see the answer, in bytes.
const DISCARDED: usize = 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request body that nobody has read yet. `None` stands for one that broke off.
pub(super) type Body = Pin<Box<dyn Stream<Item = Option<Bytes>> + Send + Sync>>;

/// Makes a [`Body`] of what warp gives.
pub(super) fn boxed<B: Buf, E>(
    stream: impl Stream<Item = Result<B, E>> + Send + Sync + 'static,
) -> Body {
    let chunk = |chunk: Result<B, E>| chunk.ok().map(|mut b| b.copy_to_bytes(b.remaining()));
    Box::pin(stream.map(chunk))
}

/// Reads a JSON object into the fields that `T` knows.
pub(super) async fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    clock: &Clock,
) -> Result<T, Failure> {
    if !is_json(headers) {
        return Err(Failure::unsupported_media_type());
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LIMIT + DISCARDED) {
        return Err(Failure::payload_too_large(LIMIT));
    }
    let bytes = match clock.timeout(PATIENCE, collect(body)).await {
        Some(bytes) => bytes?,
        None => return Err(Failure::request_timeout()),
    };
    Ok(fields::read(&bytes)?)
}

/// JSON and nothing else: a form or a plain text can be sent by any site without asking.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    let parameters = parameters.trim();
    let plain = headers
        .get(CONTENT_ENCODING)
        .is_none_or(|v| v.as_bytes().eq_ignore_ascii_case(b"identity"));
    let utf8 = parameters.is_empty()
        || parameters.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset")
                && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        });
    plain && utf8 && kind.trim().eq_ignore_ascii_case("application/json")
}

async fn collect(mut body: Body) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.ok_or_else(Failure::broken_body)?;
        seen = seen.saturating_add(chunk.len());
        if seen <= LIMIT {
            bytes.extend_from_slice(&chunk);
        } else if seen > LIMIT + DISCARDED {
            break;
        }
    }
    if seen > LIMIT {
        return Err(Failure::payload_too_large(LIMIT));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use futures_util::{FutureExt, stream};
    use http::{HeaderValue, StatusCode};
    use serde_json::Value;
    use std::convert::Infallible;

    fn headers(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    fn chunks(sizes: &[usize]) -> Body {
        let mut chunks = vec![Bytes::from_static(b"{")];
        chunks.extend(sizes.iter().map(|&size| Bytes::from(vec![b' '; size])));
        chunks.push(Bytes::from_static(b"}"));
        boxed(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
    }

    async fn status(
        headers: &HeaderMap,
        body: Body,
    ) -> Result<serde_json::Map<String, Value>, StatusCode> {
        json(headers, body, &Clock::system())
            .await
            .map_err(|failure| failure.status())
    }

    #[tokio::test]
    async fn a_body_is_counted_while_it_arrives() {
        let json = headers("application/json");
        assert_eq!(
            status(&json, chunks(&[LIMIT - 2])).await,
            Ok(serde_json::Map::new())
        );
        assert_eq!(
            status(&json, chunks(&[LIMIT - 3, 1])).await,
            Ok(serde_json::Map::new())
        );
        for too_long in [
            &[LIMIT - 1][..],
            &[LIMIT, 1],
            &[DISCARDED, DISCARDED, DISCARDED],
        ] {
            let refused = status(&json, chunks(too_long)).await;
            assert_eq!(refused, Err(StatusCode::PAYLOAD_TOO_LARGE));
        }
        let endless =
            boxed(stream::repeat(Bytes::from_static(&[b' '; 4096])).map(Ok::<_, Infallible>));
        assert_eq!(
            status(&json, endless).await,
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        );
    }

    #[tokio::test]
    async fn a_declared_giant_is_refused_unread() {
        let mut giant = headers("application/json");
        giant.insert(CONTENT_LENGTH, HeaderValue::from_static("10000000000"));
        let never = boxed(stream::pending::<Result<Bytes, Infallible>>());
        assert_eq!(
            status(&giant, never).await,
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        );
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let clock = Clock::manual(Timestamp::default());
        let never = boxed(stream::pending::<Result<Bytes, Infallible>>());
        let headers = headers("application/json");
        let mut reading = Box::pin(json::<Value>(&headers, never, &clock));
        assert!((&mut reading).now_or_never().is_none());
        clock.advance(PATIENCE);
        assert_eq!(
            reading.await.unwrap_err().status(),
            StatusCode::REQUEST_TIMEOUT
        );
    }

    #[tokio::test]
    async fn case_32_only_json_is_taken_as_json() {
        for kind in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(status(&headers(kind), chunks(&[])).await.is_ok(), "{kind}");
        }
        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=utf-16",
            "text/plain; application/json",
            "application/jsonx",
        ] {
            let refused = status(&headers(kind), chunks(&[])).await;
            assert_eq!(refused, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{kind}");
        }
        let mut packed = headers("application/json");
        packed.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let refused = status(&packed, chunks(&[])).await;
        assert_eq!(refused, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
}
