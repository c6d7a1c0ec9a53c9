//! Files to those who may see them: whole or one range of it, shown in place or saved.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{FutureExt, Stream};
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, IF_RANGE,
    RANGE,
};
use http::{Method, StatusCode};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};
use serde::Serialize;
use tokio::task::JoinHandle;
use utoipa::ToSchema;
use warp::Reply;
use warp::reply::Response;

use super::answer::{self, Answer};
use super::call::Call;
use super::disposition::disposition;
use super::error::Failure;
use super::paging;
use crate::model::view::SentFileView;
use crate::service::{Content, FileFilter, FilePart, Reading, Service, ServiceError, StorageUsage};

/// Bytes that are read at once; twice as many are held for each who reads.
const PIECE: usize = 128 * 1024;
/// A file is nobody's page: it runs nothing and loads nothing.
const CSP: &str = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Kept by browsers, but asked for again each time: who may see it can change.
const ASKED_AGAIN: &str = "private, no-cache";

/// How much room the caller has. All in bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Usage {
    /// What the caller's files take.
    used: u64,
    /// What they may take; `null` without a limit.
    quota: Option<u64>,
    /// The largest file that is taken.
    max_file: u64,
}

/// A part of a conversation's files.
#[derive(Serialize, ToSchema)]
pub(super) struct SentFiles {
    /// The newest first.
    files: Vec<SentFileView>,
    /// Ask with `cursor` for the following part; `null` at the end.
    next: Option<String>,
}

pub(super) async fn show(call: Call) -> Answer {
    let caller = call.caller()?;
    let part = FilePart::Whole;
    let content = call.service().open_file(caller, call.id("id")?, part)?;
    let save = call.query()?.get("download").is_some_and(|on| on == "1");
    let shown = content.inline && !save;
    let how = disposition(shown, &content.name);
    let mut response = send(&call, content, ASKED_AGAIN).await?;
    response.headers_mut().insert(CONTENT_DISPOSITION, how);
    Ok(response)
}

pub(super) async fn thumbnail(call: Call) -> Answer {
    let caller = call.caller()?;
    let part = FilePart::Thumbnail(call.id("side")?);
    let content = call.service().open_file(caller, call.id("id")?, part)?;
    send(&call, content, ASKED_AGAIN).await
}

pub(super) async fn remove(call: Call) -> Answer {
    let caller = call.caller()?;
    call.service().delete_file(caller, call.id("id")?).await?;
    answer::done()
}

pub(super) async fn usage(call: Call) -> Answer {
    let StorageUsage {
        used,
        quota,
        max_file,
    } = call.service().storage_usage(call.caller()?)?;
    answer::ok(&Usage {
        used,
        quota,
        max_file,
    })
}

pub(super) async fn list(call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let query = call.query()?;
    let kind = match query.get("kind").map(String::as_str) {
        None | Some("all") => FileFilter::All,
        Some("image") => FileFilter::Image,
        Some("video") => FileFilter::Video,
        Some("audio") => FileFilter::Audio,
        Some("file") => FileFilter::File,
        Some("media") => FileFilter::Media,
        Some(_) => {
            let message = "“kind” is all, image, video, audio, file or media.";
            return Err(Failure::invalid_field("kind", message));
        }
    };
    let cursor = query.get("cursor").map(String::as_str);
    let limit = paging::limit(&query)?;
    let service = call.service();
    let page = service.conversation_files(caller, conversation, kind, limit, cursor)?;
    answer::ok(&SentFiles {
        files: page.items,
        next: page.next,
    })
}

/// Sends a content, or the one range of it that is asked for, or that nothing has changed.
pub(super) async fn send(call: &Call, content: Content, keep: &'static str) -> Answer {
    let tag = format!("\"{}\"", content.tag());
    let asked = call.headers();
    let (status, range) = if is_known(asked, &tag) {
        (StatusCode::NOT_MODIFIED, 0..0)
    } else {
        // Only a GET has a range.
        let range = match *call.method() {
            Method::GET => range(asked, &tag, content.size),
            _ => Asked::Whole,
        };
        match range {
            Asked::Whole => (StatusCode::OK, 0..content.size),
            Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            Asked::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
        }
    };
    let size = content.size;
    let kind = content.mime.clone();
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        StatusCode::RANGE_NOT_SATISFIABLE => Failure::range_not_satisfiable().into_response(),
        _ => {
            let mut response = body(call, content, range.clone()).await?;
            *response.status_mut() = status;
            describe(response.headers_mut(), &kind, range.end - range.start);
            response
        }
    };
    let headers = response.headers_mut();
    let of_range = match status {
        StatusCode::PARTIAL_CONTENT => {
            Some(format!("bytes {}-{}/{size}", range.start, range.end - 1))
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{size}")),
        _ => None,
    };
    let of_range = of_range.and_then(|text| HeaderValue::from_str(&text).ok());
    of_range.map(|of_range| headers.insert(CONTENT_RANGE, of_range));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    Ok(response)
}

fn describe(headers: &mut HeaderMap, kind: &str, length: u64) {
    let bytes = HeaderValue::from_static("application/octet-stream");
    let kind = HeaderValue::from_str(kind).unwrap_or(bytes);
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CONTENT_LENGTH, length.into());
}

async fn body(
    call: &Call,
    content: Content,
    range: std::ops::Range<u64>,
) -> Result<Response, Failure> {
    if call.method() == Method::HEAD {
        return Ok(StatusCode::OK.into_response());
    }
    let reading = call.service().begin_reading(call.caller()?).await?;
    let pieces = Pieces::new(call.service().clone(), reading, content, range);
    Ok(warp::reply::stream(pieces).into_response())
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// What of a content is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// All of it: also when several ranges are asked for, or what is no range.
    Whole,
    /// These bytes.
    Part(std::ops::Range<u64>),
    /// Bytes that it doesn't have.
    Nothing,
}

fn range(headers: &HeaderMap, tag: &str, size: u64) -> Asked {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(asked) = headers.get(RANGE) else {
        return Asked::Whole;
    };
    let changed = headers.contains_key(IF_RANGE) && text(IF_RANGE) != Some(tag);
    let once = headers.get_all(RANGE).iter().count() == 1;
    let ranges = asked.to_str().ok().map(parse_range_header);
    let Some(Ok(ranges)) = ranges.filter(|_| once && !changed) else {
        return Asked::Whole;
    };
    if ranges.len() != 1 {
        return Asked::Whole;
    }
    match ranges.validate(size) {
        Ok(valid) => match &valid[..] {
            [only] => Asked::Part(*only.start()..only.end().saturating_add(1)),
            _ => Asked::Whole,
        },
        Err(RangeUnsatisfiableError::Unsatisfiable) => Asked::Nothing,
        Err(_) => Asked::Whole,
    }
}

/// Reads a content for its answer: the next piece while one is sent.
struct Pieces {
    service: Service,
    content: Content,
    at: u64,
    end: u64,
    next: Option<JoinHandle<Result<Bytes, ServiceError>>>,
    /// Its place among those who read.
    _reading: Reading,
}

impl Pieces {
    fn new(
        service: Service,
        reading: Reading,
        content: Content,
        range: std::ops::Range<u64>,
    ) -> Self {
        let mut pieces = Self {
            service,
            content,
            at: range.start,
            end: range.end,
            next: None,
            _reading: reading,
        };
        pieces.read();
        pieces
    }

    fn read(&mut self) {
        let most = usize::try_from(self.end - self.at).unwrap_or(PIECE);
        let most = most.min(PIECE);
        if most == 0 {
            return;
        }
        let (service, content, at) = (self.service.clone(), self.content.clone(), self.at);
        self.next = Some(tokio::task::spawn_blocking(move || {
            service.read_content(&content, at, most)
        }));
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, ServiceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let Poll::Ready(read) = next.poll_unpin(cx) else {
            return Poll::Pending;
        };
        self.next = None;
        // The panic hook has logged it.
        let broke = |_| ServiceError::Internal("reading a file broke off".into());
        let piece = match read.unwrap_or_else(|error| Err(broke(error))) {
            Ok(piece) if piece.is_empty() => Err(ServiceError::Internal(
                "a file is shorter than noted".into(),
            )),
            piece => piece,
        };
        match &piece {
            Ok(piece) => {
                self.at += piece.len() as u64;
                self.read();
            }
            Err(error) => tracing::error!(%error, "a file could not be read to its end"),
        }
        Poll::Ready(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: &str, size: u64, expected: &Asked) {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, asked.parse().unwrap());
        assert_eq!(&range(&headers, "\"tag\"", size), expected, "{asked}");
        headers.insert(IF_RANGE, HeaderValue::from_static("\"tag\""));
        assert_eq!(&range(&headers, "\"tag\"", size), expected, "{asked}");
        for other in ["\"other\"", "W/\"tag\"", "Sun, 22 Nov 2026 15:00:00 GMT"] {
            headers.insert(IF_RANGE, other.parse().unwrap());
            assert_eq!(range(&headers, "\"tag\"", size), Asked::Whole, "{asked}");
        }
    }

    #[test]
    fn case_43_one_range_is_given_and_everything_else_is_the_whole() {
        check("bytes=0-0", 10, &Asked::Part(0..1));
        check("bytes=2-", 10, &Asked::Part(2..10));
        check("bytes=-3", 10, &Asked::Part(7..10));
        check("bytes=-100", 10, &Asked::Part(0..10));
        check("bytes=5-18446744073709551615", 10, &Asked::Part(5..10));
        check("bytes=5-99999999999999999999", 10, &Asked::Part(5..10));
        for nothing in [
            "bytes=10-",
            "bytes=10-20",
            "bytes=-0",
            "bytes=18446744073709551615-",
        ] {
            check(nothing, 10, &Asked::Nothing);
        }
        for whole in [
            "bytes=0-1,3-4",
            "bytes=0-5,2-7",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=-",
            "lines=0-1",
            "",
            "bytes=",
        ] {
            check(whole, 10, &Asked::Whole);
        }
        check(
            &format!("bytes={}0-1", "0-1,".repeat(500)),
            10,
            &Asked::Whole,
        );
        assert_eq!(range(&HeaderMap::new(), "", 10), Asked::Whole);
    }
}
