//! Uploads that can be resumed: tus 1.0.0 (creation, creation-with-upload, termination, checksum,
//! expiration).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use warp::Reply;
use warp::reply::Response;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::Failure;
use crate::base::clock::{Timestamp, iso};
use crate::model::FileId;
use crate::model::view::FileView;
use crate::service::{Checksum, Piece, ServiceError, UploadState};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,checksum,expiration";
const ALGORITHMS: &str = "sha1,sha256";
/// What bytes of an upload are announced as.
const BYTES: &str = "application/offset+octet-stream";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
/// The id of the file that an upload became.
const INKSPOT_FILE: HeaderName = HeaderName::from_static("inkspot-file");

/// How far an upload has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    /// Its id, and that of the file that it becomes.
    #[schema(value_type = String)]
    id: FileId,
    /// Its name as it is kept.
    name: String,
    /// Bytes that have arrived.
    offset: u64,
    /// Bytes that it has in all.
    length: u64,
    /// When it goes away if nothing more arrives, or when it is complete, if it is not sent;
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// What became of it; `null` until it is complete.
    file: Option<FileView>,
}

pub(super) async fn options(call: Call) -> Answer {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (TUS_RESUMABLE, VERSION),
        (TUS_VERSION, VERSION),
        (TUS_EXTENSION, EXTENSIONS),
        (TUS_ALGORITHM, ALGORITHMS),
        (ALLOW, "OPTIONS, POST, HEAD, GET, PATCH, DELETE"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(TUS_MAX_SIZE, call.service().largest_file().into());
    Ok(response)
}

pub(super) async fn create(call: Call) -> Answer {
    Ok(marked(begin(call).await))
}

pub(super) async fn show(call: Call) -> Answer {
    if call.method() == Method::HEAD {
        return Ok(marked(head(call).await));
    }
    let caller = call.caller()?;
    let state = call.service().upload(caller, call.id("id")?).await?;
    let UploadState {
        id,
        name,
        offset,
        length,
        expires_at,
        file,
    } = state;
    answer::ok(&Upload {
        id,
        name,
        offset,
        length,
        expires_at,
        file,
    })
}

pub(super) async fn append(call: Call) -> Answer {
    Ok(marked(write(call).await))
}

pub(super) async fn terminate(call: Call) -> Answer {
    Ok(marked(discard(call).await))
}

/// For those whose network lets only GET and POST pass.
pub(super) async fn overridden(call: Call) -> Answer {
    call.caller()?;
    let method = call.header(&OVERRIDE).map(str::to_ascii_uppercase);
    match method.as_deref() {
        Some("PATCH") => append(call).await,
        Some("DELETE") => terminate(call).await,
        Some("HEAD") => Ok(marked(head(call).await)),
        _ => Err(Failure::method_not_allowed()),
    }
}

/// Every answer says which version it speaks.
fn marked(answer: Answer) -> Response {
    let mut response = answer.unwrap_or_else(Failure::into_response);
    let version = HeaderValue::from_static(VERSION);
    response
        .headers_mut()
        .insert(TUS_RESUMABLE, version.clone());
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(TUS_VERSION, version);
    }
    response
}

async fn begin(mut call: Call) -> Answer {
    let caller = call.caller()?;
    require_version(&call)?;
    let length = number(&call, &UPLOAD_LENGTH)?;
    let length = length.ok_or_else(|| {
        Failure::invalid_field("Upload-Length", "Say how many bytes the file has.")
    })?;
    let name = file_name(call.header(&UPLOAD_METADATA).unwrap_or_default())?;
    let first = match call.header(&CONTENT_TYPE) {
        Some(BYTES) => Some(piece(&call, 0)?),
        _ => None,
    };
    let service = call.service().clone();
    let begun = service.begin_upload(caller, &name, length).await?;
    let state = match first {
        Some(piece) if begun.file.is_none() => {
            let (id, body) = (begun.id, call.stream()?);
            let written =
                call.detached(async move { service.write_upload(caller, id, piece, body).await });
            match written.await {
                Ok(state) => state,
                // As long as it is an upload, the client goes on with it from where it stands.
                Err(error) => {
                    let failure = Failure::from(error);
                    let kept = call.service().upload(caller, id).await;
                    kept.map_err(|_| failure)?
                }
            }
        }
        _ => begun,
    };
    let place = format!("{}/api/uploads/{}", call.settings().path_prefix, state.id);
    let mut response = StatusCode::CREATED.into_response();
    describe(response.headers_mut(), &state);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

async fn head(call: Call) -> Answer {
    let caller = call.caller()?;
    require_version(&call)?;
    let state = call.service().settle_upload(caller, call.id("id")?).await;
    let state = state.map_err(held_up)?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    describe(headers, &state);
    headers.insert(UPLOAD_LENGTH, state.length.into());
    let name = format!("filename {}", STANDARD.encode(&state.name));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(UPLOAD_METADATA, name);
    }
    Ok(response)
}

/// What passes is told as 423 to who asks how far an upload has come: after any other refusal a
/// client begins again from the start.
fn held_up(error: ServiceError) -> Failure {
    let passes = matches!(
        error,
        ServiceError::ServerBusy | ServiceError::StorageFull | ServiceError::Internal(_)
    );
    // A fault is logged on the way.
    let failure = Failure::from(error);
    if passes {
        return ServiceError::UploadBusy.into();
    }
    failure
}

async fn write(mut call: Call) -> Answer {
    let caller = call.caller()?;
    require_version(&call)?;
    let id = call.id("id")?;
    if call.header(&CONTENT_TYPE) != Some(BYTES) {
        return Err(Failure::not_upload_bytes());
    }
    let offset = number(&call, &UPLOAD_OFFSET)?;
    let offset = offset.ok_or_else(|| {
        Failure::invalid_field("Upload-Offset", "Say at which byte the upload goes on.")
    })?;
    let piece = piece(&call, offset)?;
    let (service, body) = (call.service().clone(), call.stream()?);
    // It goes on when the client has gone, until what has arrived is kept.
    let written = call.detached(async move { service.write_upload(caller, id, piece, body).await });
    let state = written.await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    describe(response.headers_mut(), &state);
    Ok(response)
}

async fn discard(call: Call) -> Answer {
    let caller = call.caller()?;
    require_version(&call)?;
    let id = call.id("id")?;
    call.service().discard_upload(caller, id).await?;
    answer::done()
}

/// Says how far an upload has come.
fn describe(headers: &mut HeaderMap, state: &UploadState) {
    headers.insert(UPLOAD_OFFSET, state.offset.into());
    let (name, value) = match &state.file {
        Some(file) => (INKSPOT_FILE, file.id.to_string()),
        None => (UPLOAD_EXPIRES, http_date(state.expires_at)),
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(name, value);
    }
}

fn require_version(call: &Call) -> Result<(), Failure> {
    match call.header(&TUS_RESUMABLE) {
        Some(VERSION) => Ok(()),
        _ => Err(Failure::other_tus_version()),
    }
}

/// A header that is a number of bytes.
fn number(call: &Call, name: &HeaderName) -> Result<Option<u64>, Failure> {
    let Some(text) = call.header(name) else {
        return Ok(None);
    };
    let digits = Some(text).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(Failure::invalid_field(
            name.as_str(),
            "This is a number of bytes.",
        )),
    }
}

/// What the headers say of the bytes that follow.
fn piece(call: &Call, offset: u64) -> Result<Piece, Failure> {
    let checksum = call.header(&UPLOAD_CHECKSUM).map(|text| {
        checksum(text).ok_or_else(|| {
            let message = "This is “sha1” or “sha256”, a space, and the sum in base 64.";
            Failure::invalid_field(UPLOAD_CHECKSUM.as_str(), message)
        })
    });
    Ok(Piece {
        offset,
        announced: number(call, &CONTENT_LENGTH)?,
        checksum: checksum.transpose()?,
    })
}

fn checksum(text: &str) -> Option<Checksum> {
    let (algorithm, sum) = text.split_once(' ')?;
    let sum = STANDARD.decode(sum.trim()).ok()?;
    match (algorithm, sum.len()) {
        ("sha1", 20) => Some(Checksum::Sha1(sum)),
        ("sha256", 32) => Some(Checksum::Sha256(sum)),
        _ => None,
    }
}

/// The file's name in the metadata: `filename dmFsdWU=,other dmFsdWU=`.
fn file_name(metadata: &str) -> Result<String, Failure> {
    let named = metadata.split(',').find_map(|pair| {
        let (key, value) = pair.trim_start().split_once(' ')?;
        (key == "filename").then(|| value.trim().trim_end_matches('='))
    });
    let bytes = named.and_then(|value| STANDARD_NO_PAD.decode(value).ok());
    let bytes = bytes.ok_or_else(|| {
        let message = "Give the file's name: “filename”, a space, and the name in base 64.";
        Failure::invalid_field("Upload-Metadata", message)
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A moment as HTTP writes it.
fn http_date(at: Timestamp) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(0);
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let (day, year) = (at.day(), at.year());
    let (hour, minute, second) = at.to_hms();
    format!("{weekday:.3}, {day:02} {month:.3} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_http_writes_it() {
        let at = Timestamp(1_795_359_600_123);
        assert_eq!(http_date(at), "Sun, 22 Nov 2026 15:00:00 GMT");
    }

    #[test]
    fn what_passes_makes_nobody_begin_again() {
        for passing in [
            ServiceError::ServerBusy,
            ServiceError::StorageFull,
            ServiceError::Internal("test".into()),
            ServiceError::UploadBusy,
        ] {
            assert_eq!(held_up(passing).status(), StatusCode::LOCKED);
        }
        let gone = held_up(ServiceError::NotFound);
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_name_is_found_in_the_metadata() {
        for (metadata, name) in [
            ("filename YS50eHQ=", Some("a.txt")),
            ("filetype dGV4dA==, filename YS50eHQ", Some("a.txt")),
            ("is_private,filename Zg==,other", Some("f")),
            ("filename ", Some("")),
            ("", None),
            ("filename", None),
            ("filename !!", None),
            ("name YS50eHQ=", None),
        ] {
            let found = file_name(metadata).ok();
            assert_eq!(found.as_deref(), name, "{metadata}");
        }
    }

    #[test]
    fn a_checksum_has_a_known_name_and_length() {
        assert!(checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").is_some());
        assert!(checksum("sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").is_some());
        for bad in [
            "",
            "sha1",
            "sha1 ",
            "sha1 AA==",
            "md5 AA==",
            "sha1 !",
            "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        ] {
            assert_eq!(checksum(bad), None, "{bad}");
        }
    }
}
