//! Files in one simple request, as scripts and forms send them: `multipart/form-data`.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream;
use futures_util::{Stream, StreamExt};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use multer::{Field, Multipart};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::body::Body;
use super::call::Call;
use super::error::Failure;
use crate::model::view::FileView;
use crate::service::{Caller, Service, ServiceError};

/// Most bytes of a request beside the files' own.
const AROUND_FILES: usize = 256 * 1024;
/// Most parts of a request.
const PARTS: usize = 100;

/// What arrived.
#[derive(Serialize, ToSchema)]
pub(super) struct Uploaded {
    /// In the order of the request.
    files: Vec<FileView>,
}

/// What a form with files holds.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the form is read piece by piece")]
pub(super) struct Form {
    /// Any part with a file name is a file, whatever its field is called.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<u8>,
}

pub(super) async fn create(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let boundary = call.header(&CONTENT_TYPE).unwrap_or_default();
    let boundary = multer::parse_boundary(boundary).map_err(|_| Failure::not_multipart())?;
    let (service, body) = (call.service().clone(), call.stream()?);
    let taken = call.detached(async move { take_all(&service, caller, boundary, body).await });
    let files = taken.await?;
    if files.is_empty() {
        let message = "Send at least one part with a file name.";
        return Err(Failure::invalid_field("file", message));
    }
    answer::created(&Uploaded { files })
}

async fn take_all(
    service: &Service,
    caller: Caller,
    boundary: String,
    body: Body,
) -> Result<Vec<FileView>, ServiceError> {
    let around = Arc::new(AtomicUsize::new(AROUND_FILES));
    let mut form = Multipart::new(Measured::new(body, &around), boundary);
    let mut files = Vec::new();
    for _ in 0..PARTS {
        let part = form.next_field().await.map_err(refusal)?;
        let Some(mut part) = part else {
            return Ok(files);
        };
        let Some(name) = file_name(&part) else {
            // A field that is no file; the next one skips over it.
            continue;
        };
        let mut first = None;
        if name.is_empty() {
            first = first_bytes(&mut part).await?;
            if first.is_none() {
                // How a browser says that nothing was chosen.
                continue;
            }
        }
        around.store(usize::MAX, Ordering::Relaxed);
        let bytes = stream::iter(first.map(Ok)).chain(part).map(Result::ok);
        files.push(service.take_file(caller, &name, bytes).await?);
        around.store(AROUND_FILES, Ordering::Relaxed);
    }
    Err(ServiceError::TooLong {
        field: "file",
        limit: PARTS as u64,
    })
}

/// The first bytes of a part, if it has any.
async fn first_bytes(part: &mut Field<'_>) -> Result<Option<Bytes>, ServiceError> {
    while let Some(bytes) = part.chunk().await.map_err(refusal)? {
        if !bytes.is_empty() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The name of a part that is a file: `filename*` (RFC 8187) goes before `filename`.
fn file_name(part: &Field<'_>) -> Option<String> {
    let header = part.headers().get(CONTENT_DISPOSITION);
    let header = header.and_then(|header| std::str::from_utf8(header.as_bytes()).ok());
    let extended = header.and_then(extended_name);
    extended.or_else(|| part.file_name().map(str::to_owned))
}

fn extended_name(header: &str) -> Option<String> {
    let mut values = header.split(';').map(str::trim);
    let value = values.find_map(|pair| pair.strip_prefix("filename*="))?;
    let (charset, value) = value.split_once('\'')?;
    let (_language, value) = value.split_once('\'')?;
    let is_known = charset.eq_ignore_ascii_case("utf-8");
    is_known.then(|| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// What is wrong with a form: it broke off, or is none.
fn refusal(error: multer::Error) -> ServiceError {
    use multer::Error::{
        IncompleteFieldData, IncompleteHeaders, IncompleteStream, StreamReadFailed,
    };
    match error {
        IncompleteFieldData { .. } | IncompleteHeaders | IncompleteStream => {
            ServiceError::BrokenOff
        }
        StreamReadFailed(cause) if matches!(cause.downcast_ref(), Some(Unread::BrokenOff)) => {
            ServiceError::BrokenOff
        }
        _ => ServiceError::InvalidField {
            field: "file",
            message: "This form can't be read, or holds too much beside its files.",
        },
    }
}

/// A body that comes a piece at a time and ends in an error when too much of it is around files:
/// the parser gathers whatever it gets until it finds what it looks for.
struct Measured {
    body: Body,
    around: Arc<AtomicUsize>,
    /// After each piece it is asked again, so that the parser looks at that one first.
    given: bool,
}

impl Measured {
    fn new(body: Body, around: &Arc<AtomicUsize>) -> Self {
        Self {
            body,
            around: Arc::clone(around),
            given: false,
        }
    }
}

impl Stream for Measured {
    type Item = Result<Bytes, Unread>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.given) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = match self.body.poll_next_unpin(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(piece)) => piece.ok_or(Unread::BrokenOff),
        };
        self.given = true;
        let piece = piece.and_then(|piece| {
            let left = self.around.load(Ordering::Relaxed);
            if left == usize::MAX {
                return Ok(piece);
            }
            let left = left.checked_sub(piece.len()).ok_or(Unread::TooMuch)?;
            self.around.store(left, Ordering::Relaxed);
            Ok(piece)
        });
        Poll::Ready(Some(piece))
    }
}

/// Why a body is not read on.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("the body broke off")]
    BrokenOff,
    #[error("the body is more form than files")]
    TooMuch,
}
