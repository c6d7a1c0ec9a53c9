//! Refusals and failures, and how they look: one shape, and a status for each code.
//!
//! What goes wrong inside goes with the answer to the listener, which logs it, and is told to the
//! client without its details.

use http::StatusCode;
use http::header::{CONNECTION, HeaderValue, RETRY_AFTER};
use warp::reply::Response;

use super::answer;
use super::fields::BadFields;
use crate::model::Code;
use crate::model::peer::Refused;
use crate::model::view::{ErrorAnswer, ErrorView};
use crate::service::ServiceError;

/// An answer that is not the one asked for.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    refused: Box<Refused>,
}

impl Failure {
    fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let error = ErrorView {
            code: code.as_str().to_owned(),
            message: message.into(),
            field: None,
            limit: None,
            retry_after: None,
            request_id: None,
        };
        let reason = None;
        Self {
            status,
            refused: Box::new(Refused { error, reason }),
        }
    }

    fn about(mut self, field: &str) -> Self {
        self.refused.error.field = Some(field.to_owned());
        self
    }

    /// Names the limit that was passed.
    pub(super) fn over(mut self, limit: u64) -> Self {
        self.refused.error.limit = Some(limit);
        self
    }

    /// The status of the answer.
    #[cfg(test)]
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// A field or query parameter can't be used. `message` says what would be right.
    pub(super) fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidField, message).about(field)
    }

    /// What was asked for does not exist, or is not for the caller to see.
    pub(super) fn not_found() -> Self {
        ServiceError::NotFound.into()
    }

    /// The path exists, but not for this method.
    pub(super) fn method_not_allowed() -> Self {
        const MESSAGE: &str = "This address takes other methods only; see the Allow header.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::MethodNotAllowed,
            MESSAGE,
        )
    }

    /// Nobody is signed in.
    pub(super) fn unauthorized() -> Self {
        ServiceError::Unauthorized.into()
    }

    /// Whether this says that nobody is signed in.
    pub(super) fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            && self.refused.error.code == Code::Unauthorized.as_str()
    }

    /// Another site made the browser send this.
    pub(super) fn origin_refused() -> Self {
        const MESSAGE: &str = "Requests that change something are taken from this server's own \
            pages only. Programs send a bearer token instead of the cookie.";
        Self::new(StatusCode::FORBIDDEN, Code::OriginRefused, MESSAGE)
    }

    /// The body is not announced as JSON.
    pub(super) fn unsupported_media_type() -> Self {
        const MESSAGE: &str = "Send the body as JSON, with the header Content-Type: \
            application/json and no Content-Encoding.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::UnsupportedMediaType,
            MESSAGE,
        )
    }

    /// The body is longer than `limit` bytes.
    pub(super) fn payload_too_large(limit: usize) -> Self {
        let message = format!("The request body is longer than {limit} bytes.");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::PayloadTooLarge,
            message,
        )
        .over(u64::try_from(limit).unwrap_or(u64::MAX))
    }

    /// The body did not arrive in time.
    pub(super) fn request_timeout() -> Self {
        const MESSAGE: &str = "The request body took too long to arrive. Try again.";
        Self::new(StatusCode::REQUEST_TIMEOUT, Code::RequestTimeout, MESSAGE)
    }

    /// The body is not announced as bytes of an upload.
    pub(super) fn not_upload_bytes() -> Self {
        const MESSAGE: &str = "Send the bytes with the header Content-Type: \
            application/offset+octet-stream.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::UnsupportedMediaType,
            MESSAGE,
        )
    }

    /// The body is no form with files.
    pub(super) fn not_multipart() -> Self {
        const MESSAGE: &str = "Send the files as multipart/form-data, with a boundary.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::UnsupportedMediaType,
            MESSAGE,
        )
    }

    /// The client speaks another version of the protocol of uploads, or doesn't say which.
    pub(super) fn other_tus_version() -> Self {
        const MESSAGE: &str = "Uploads speak tus 1.0.0: send the header Tus-Resumable: 1.0.0.";
        Self::new(StatusCode::PRECONDITION_FAILED, Code::OtherVersion, MESSAGE)
    }

    /// The file has no byte of those that are asked for.
    pub(super) fn range_not_satisfiable() -> Self {
        const MESSAGE: &str = "The file has fewer bytes; see the Content-Range header.";
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        Self::new(status, Code::RangeNotSatisfiable, MESSAGE)
    }

    /// The body broke off.
    pub(super) fn broken_body() -> Self {
        const MESSAGE: &str = "The request body broke off. Try again.";
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidJson, MESSAGE)
    }

    /// Something failed that is not the client's doing. `log` is for the log only.
    pub(super) fn internal(log: &str) -> Self {
        const MESSAGE: &str = "Something went wrong on the server. It has been logged.";
        let mut failure = Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, MESSAGE);
        failure.refused.reason = Some(log.to_owned());
        failure
    }

    /// The answer in the one shape.
    pub(super) fn into_response(self) -> Response {
        let Refused { error, reason } = *self.refused;
        let retry_after = error.retry_after;
        let body = ErrorAnswer { error };
        let mut response = answer::json(self.status, &body);
        let error = body.error;
        response.extensions_mut().insert(Refused { error, reason });
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::REQUEST_TIMEOUT {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<BadFields> for Failure {
    fn from(bad: BadFields) -> Self {
        match bad.field() {
            Some(field) => Self::invalid_field(field, bad.to_string()),
            None => Self::new(StatusCode::BAD_REQUEST, Code::InvalidJson, bad.to_string()),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(refused: ServiceError) -> Self {
        let error = ErrorView {
            code: refused.code().to_owned(),
            message: refused.message().into_owned(),
            field: refused.field().map(str::to_owned),
            limit: refused.limit(),
            retry_after: refused.retry_after(),
            request_id: None,
        };
        Self {
            status: status_of(&refused),
            refused: Box::new(Refused {
                error,
                reason: refused.log().map(str::to_owned),
            }),
        }
    }
}

fn status_of(refused: &ServiceError) -> StatusCode {
    match refused {
        ServiceError::InvalidField { .. }
        | ServiceError::TooLong { .. }
        | ServiceError::TooShort { .. } => StatusCode::BAD_REQUEST,
        ServiceError::Unauthorized | ServiceError::InvalidCredentials => StatusCode::UNAUTHORIZED,
        ServiceError::Forbidden(_)
        | ServiceError::RegistrationClosed
        | ServiceError::HouseFull { .. } => StatusCode::FORBIDDEN,
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        ServiceError::UsernameTaken
        | ServiceError::Conflict { .. }
        | ServiceError::WrongOffset { .. } => StatusCode::CONFLICT,
        ServiceError::BrokenOff => StatusCode::REQUEST_TIMEOUT,
        ServiceError::FileTooLarge { .. } | ServiceError::BeyondLength { .. } => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        ServiceError::PictureRefused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::UploadBusy => StatusCode::LOCKED,
        // As tus has it; it has no name.
        ServiceError::ChecksumMismatch => {
            StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
        }
        ServiceError::RateLimited { .. } | ServiceError::RegistrationBusy { .. } => {
            StatusCode::TOO_MANY_REQUESTS
        }
        ServiceError::SetupDone
        | ServiceError::InviteInvalid
        | ServiceError::ResetInvalid
        | ServiceError::HandoffInvalid => StatusCode::GONE,
        ServiceError::ServerBusy => StatusCode::SERVICE_UNAVAILABLE,
        ServiceError::StorageFull | ServiceError::QuotaExceeded { .. } => {
            StatusCode::INSUFFICIENT_STORAGE
        }
        ServiceError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
