//! Backups for administrators: which there are, making one now, fetching one.

use std::fs::File;
use std::io::{self, Read};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;
use warp::Reply;

use super::admin;
use super::answer::{self, Answer};
use super::call::Call;
use super::disposition::disposition;
use crate::backup::{self, Shelf};
use crate::base::clock::{Timestamp, iso};
use crate::service::{Purpose, ServiceError};

/// Bytes that are read at once.
const PIECE: usize = 256 * 1024;

/// The backups, and what goes on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BackupsNow {
    /// The finished ones, the newest first. Each was read to its end once it was made.
    backups: Vec<Kept>,
    /// What is done at the moment; `null` if nothing is.
    doing: Option<Doing>,
    /// Why the last try made none; `null` if it did, or none was made since the start.
    failed: Option<Failed>,
    /// Hours from one to the next; `null`: none is made by itself.
    every_hours: Option<u32>,
    /// How many are kept.
    keep: u32,
    /// Where, on the server.
    folder: String,
    /// Whether they can be fetched here.
    download: bool,
}

/// A finished backup.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    name: String,
    bytes: u64,
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// Whether the passphrase of the server's settings opens it.
    encrypted: bool,
}

/// A backup that is being made.
#[derive(Serialize, ToSchema)]
pub(super) struct Doing {
    step: Step,
    /// How many are written, or read again.
    bytes: u64,
    /// Of how many; `null` while that is not known.
    of: Option<u64>,
}

/// What is done with it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Step {
    Waiting,
    Writing,
    Checking,
}

/// A try that made none.
#[derive(Serialize, ToSchema)]
pub(super) struct Failed {
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// A sentence that says what to do.
    message: String,
}

impl BackupsNow {
    fn of(shelf: &Shelf) -> Result<Self, ServiceError> {
        let (settings, folder) = (shelf.settings(), shelf.folder());
        let (doing, failed) = shelf.state();
        let all = folder.all().map_err(|error| unreadable(&error))?;
        Ok(Self {
            backups: all.into_iter().map(Kept::from).collect(),
            doing: doing.map(Doing::from),
            failed: failed.map(|failed| Failed {
                at: failed.at,
                message: failed.why,
            }),
            every_hours: Some(settings.every_hours).filter(|hours| *hours > 0),
            keep: settings.keep,
            folder: folder.path().display().to_string(),
            download: settings.download,
        })
    }
}

impl From<backup::Kept> for Kept {
    fn from(kept: backup::Kept) -> Self {
        Self {
            name: kept.name,
            bytes: kept.bytes,
            made_at: kept.made_at,
            encrypted: kept.sealed,
        }
    }
}

impl From<backup::Doing> for Doing {
    fn from(doing: backup::Doing) -> Self {
        Self {
            step: match doing.step {
                backup::Step::Waiting => Step::Waiting,
                backup::Step::Writing => Step::Writing,
                backup::Step::Checking => Step::Checking,
            },
            bytes: doing.bytes,
            of: doing.of,
        }
    }
}

fn unreadable(error: &io::Error) -> ServiceError {
    ServiceError::Internal(format!("the backups can't be read: {error}").into())
}

pub(super) async fn list(call: Call) -> Answer {
    let shelf = call.settings().backups.clone();
    answer::ok(&admin::ask(&call, move |_, _| BackupsNow::of(&shelf)).await?)
}

/// Makes one now; where one is being made already, that is the one.
pub(super) async fn make(call: Call) -> Answer {
    let shelf = call.settings().backups.clone();
    let state = admin::ask(&call, move |_, _| {
        shelf.ask();
        BackupsNow::of(&shelf)
    });
    Ok(answer::json(StatusCode::ACCEPTED, &state.await?))
}

/// Gives one to who has just given their password again.
pub(super) async fn fetch(call: Call) -> Answer {
    let shelf = call.settings().backups.clone();
    let name = call.param("name").to_owned();
    let opened = admin::ask(&call, move |service, caller| {
        if !shelf.settings().download {
            return Err(ServiceError::Forbidden(
                "Backups can't be fetched here. Set backups.download in the server's settings, \
                 or copy them on the server.",
            ));
        }
        service.require_confirmed(caller, Purpose::Backups)?;
        let (file, bytes) = shelf
            .folder()
            .open(&name)
            .map_err(|error| unreadable(&error))?
            .ok_or(ServiceError::NotFound)?;
        tracing::info!(user = %caller.user, name, "an administrator fetches a backup");
        Ok((file, bytes, name))
    });
    let (file, bytes, name) = opened.await?;
    let mut response = warp::reply::stream(Box::pin(pieces(file))).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CONTENT_LENGTH, bytes.into());
    headers.insert(CONTENT_DISPOSITION, disposition(false, &name));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A file, a piece after the other as they are taken.
fn pieces(file: File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let count = file.read(&mut piece)?;
            piece.truncate(count);
            io::Result::Ok((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}
