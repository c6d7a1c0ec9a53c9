//! What can go wrong, in words for people and in codes for programs.
//!
//! No status codes and no wire shapes here: the doors translate. What goes into the log is kept
//! apart from what the caller is told.

use std::borrow::Cow;
use std::time::Duration;

use super::limits::LimitedAction;

/// Why a command was refused or failed. Nothing of it happened then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// A field's value can't be accepted.
    #[error("{field}: {message}")]
    InvalidField {
        /// The field, in its wire name.
        field: &'static str,
        /// What would be accepted.
        message: &'static str,
    },
    /// A field's value is longer, larger or more than its limit.
    #[error("{field} is over {limit}")]
    TooLong {
        /// The field, in its wire name.
        field: &'static str,
        /// The most that is accepted, in characters or pieces.
        limit: u64,
    },
    /// A field's value is shorter than its limit.
    #[error("{field} is under {limit}")]
    TooShort {
        /// The field, in its wire name.
        field: &'static str,
        /// The least that is accepted, in characters or pieces.
        limit: u64,
    },
    /// Nobody is signed in with this token (any more).
    #[error("not signed in")]
    Unauthorized,
    /// The caller may see the thing, but may not do this with it.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// It does not exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// Somebody else has this name, or one that is equal to it after folding.
    #[error("username taken")]
    UsernameTaken,
    /// The state of things does not allow it.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Unknown user, wrong password or disabled account: which of them is not told.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// Too often.
    #[error("{action:?} is limited for another {wait:?}")]
    RateLimited {
        /// What was done too often.
        action: LimitedAction,
        /// When it is allowed again.
        wait: Duration,
    },
    /// The server has been set up already, or the setup link is not the right one.
    #[error("setup is done")]
    SetupDone,
    /// The invite does not exist, has expired, is used up or was taken back.
    #[error("invite is not valid")]
    InviteInvalid,
    /// Too much is waiting, or the server is stopping. Trying again later is safe.
    #[error("busy")]
    ServerBusy,
    /// The disk has no room for more.
    #[error("storage is full")]
    StorageFull,
    /// A fault of the server. The text is for the log only.
    #[error("internal: {0}")]
    Internal(Cow<'static, str>),
}

impl ServiceError {
    /// The stable name that programs go by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidField { .. } => "invalid_field",
            Self::TooLong { .. } => "too_long",
            Self::TooShort { .. } => "too_short",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound => "not_found",
            Self::UsernameTaken => "username_taken",
            Self::Conflict(_) => "conflict",
            Self::InvalidCredentials => "invalid_credentials",
            Self::RateLimited { .. } => "rate_limited",
            Self::SetupDone => "setup_done",
            Self::InviteInvalid => "invite_invalid",
            Self::ServerBusy => "server_busy",
            Self::StorageFull => "storage_full",
            Self::Internal(_) => "internal",
        }
    }

    /// A sentence for people that says what to do.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::InvalidField { message, .. }
            | Self::Forbidden(message)
            | Self::Conflict(message) => message,
            Self::TooLong { field, limit } => {
                return format!("Please shorten this: {field} can be {limit} at most.").into();
            }
            Self::TooShort { field, limit } => {
                return format!("Please use more: {field} must be {limit} at least.").into();
            }
            Self::RateLimited { action, .. } => {
                let wait = self.retry_after().unwrap_or(1);
                return format!("{} Try again in {wait} s.", action.text()).into();
            }
            Self::Unauthorized => "Please sign in.",
            Self::NotFound => "This does not exist, or not for you.",
            Self::UsernameTaken => "Somebody has this name already. Please choose another one.",
            Self::InvalidCredentials => "The name or the password is wrong. Please try again.",
            Self::SetupDone => {
                "This server is set up already. Please sign in, or ask for an invite."
            }
            Self::InviteInvalid => "This invite is not valid (any more). Please ask for a new one.",
            Self::ServerBusy => "The server is busy. Please try again in a moment.",
            Self::StorageFull => "The server's disk is full. Please tell its administrator.",
            Self::Internal(_) => "The server failed. Please try again, or tell its administrator.",
        })
    }

    /// The field that is at fault, in its wire name.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::InvalidField { field, .. }
            | Self::TooLong { field, .. }
            | Self::TooShort { field, .. } => Some(field),
            Self::UsernameTaken => Some("username"),
            _ => None,
        }
    }

    /// The limit that was passed, in characters or pieces.
    pub fn limit(&self) -> Option<u64> {
        match self {
            Self::TooLong { limit, .. } | Self::TooShort { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    /// Whole seconds until trying again makes sense, at least 1.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { wait, .. } => {
                Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).map(|s| s.max(1))
            }
            Self::ServerBusy => Some(1),
            _ => None,
        }
    }

    /// What the log should say, for those errors that somebody should look at.
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::Internal(text) => Some(text),
            Self::StorageFull => Some("the disk is full"),
            _ => None,
        }
    }
}
