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
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::Failure;
use super::fields;
use crate::base::clock::Clock;
use crate::service::ServiceError;

/// Longest request body, in bytes.
pub(super) const LIMIT: usize = 64 * 1024;
/// How much of a body that is too long is read away, so that a client which is still sending gets
/// to see the answer, in bytes.
const DISCARDED: usize = 1024 * 1024;
/// What the bodies of all requests that are still arriving may hold together, in bytes: nobody
/// needs to be signed in to send one slowly.
const LIMIT_IN_ALL: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request body that nobody has read yet. `None` stands for one that broke off.
pub(super) type Body = Pin<Box<dyn Stream<Item = Option<Bytes>> + Send + Sync>>;

/// Room for the bodies that are arriving, shared by all requests: a permit is a byte.
pub(super) struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(LIMIT_IN_ALL))
    }
}

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
    room: &Room,
    clock: &Clock,
) -> Result<T, Failure> {
    Ok(fields::read(&text(headers, body, room, clock).await?)?)
}

/// Reads the text of a JSON object, for `fields` to look into.
pub(super) async fn text(
    headers: &HeaderMap,
    body: Body,
    room: &Room,
    clock: &Clock,
) -> Result<Vec<u8>, Failure> {
    if !is_json(headers) {
        return Err(Failure::unsupported_media_type());
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LIMIT + DISCARDED) {
        return Err(Failure::payload_too_large(LIMIT));
    }
    let arrived = clock.timeout(PATIENCE, collect(body, room)).await;
    arrived.unwrap_or_else(|| Err(Failure::request_timeout()))
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

async fn collect(mut body: Body, room: &Room) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut held: Option<SemaphorePermit<'_>> = None;
    let mut seen = 0_usize;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.ok_or_else(Failure::broken_body)?;
        seen = seen.saturating_add(chunk.len());
        if seen <= LIMIT {
            // A chunk that fits into the limit fits into a `u32`.
            let len = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            let permit = room.0.try_acquire_many(len);
            let permit = permit.map_err(|_| ServiceError::ServerBusy)?;
            match &mut held {
                Some(held) => held.merge(permit),
                None => held = Some(permit),
            }
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
        json(headers, body, &Room::default(), &Clock::system())
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
        let (clock, room) = (Clock::manual(Timestamp::default()), Room::default());
        let never = boxed(stream::pending::<Result<Bytes, Infallible>>());
        let headers = headers("application/json");
        let mut reading = Box::pin(json::<Value>(&headers, never, &room, &clock));
        assert!((&mut reading).now_or_never().is_none());
        clock.advance(PATIENCE);
        assert_eq!(
            reading.await.unwrap_err().status(),
            StatusCode::REQUEST_TIMEOUT
        );
    }

    #[tokio::test]
    async fn bodies_that_are_arriving_share_their_room() {
        let (clock, room) = (Clock::manual(Timestamp::default()), Room::default());
        let headers = headers("application/json");
        let slow = || {
            let begun = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![b' '; LIMIT]))]);
            boxed(begun.chain(stream::pending()))
        };
        let mut reading = Vec::new();
        for _ in 0..LIMIT_IN_ALL / LIMIT {
            let mut one = Box::pin(json::<Value>(&headers, slow(), &room, &clock));
            assert!((&mut one).now_or_never().is_none());
            reading.push(one);
        }
        let object = || {
            boxed(stream::iter([Ok::<_, Infallible>(Bytes::from_static(
                b"{}",
            ))]))
        };
        let refused = json::<Value>(&headers, object(), &room, &clock).await;
        let status = refused.map_err(|failure| failure.status());
        assert_eq!(status, Err(StatusCode::SERVICE_UNAVAILABLE));
        reading.pop();
        let read = json::<Value>(&headers, object(), &room, &clock).await;
        assert!(read.is_ok(), "who has gone makes room");
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
