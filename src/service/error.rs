//! What can go wrong, in words for people and in codes for programs.
//!
//! No status codes and no wire shapes here: the doors translate. What goes into the log is kept
//! apart from what the caller is told.

use std::borrow::Cow;
use std::time::Duration;

use super::limits::LimitedAction;
use crate::model::Code;

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
    #[error("conflict over {field}: {message}")]
    Conflict {
        /// What stands in the way, in its wire name.
        field: &'static str,
        /// What to do about it.
        message: &'static str,
    },
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
    /// Nobody can make an account by themselves here, or nobody at all.
    #[error("registration is closed")]
    RegistrationClosed,
    /// Many have made an account by themselves just now.
    #[error("registration is busy for another {wait:?}")]
    RegistrationBusy {
        /// When the next one is let in.
        wait: Duration,
    },
    /// Nobody makes an account by themselves any more: there are too many.
    #[error("the house has {limit} accounts")]
    HouseFull {
        /// With how many it is full.
        limit: u64,
    },
    /// The invite does not exist, has expired, is used up or was taken back.
    #[error("invite is not valid")]
    InviteInvalid,
    /// The link to a new password does not exist, has expired, was used or replaced.
    #[error("reset link is not valid")]
    ResetInvalid,
    /// The hand-off does not exist, has expired, was used, replaced or taken back, or whoever made it is
    /// not signed in any more.
    #[error("hand-off is not valid")]
    HandoffInvalid,
    /// Too much is waiting, or the server is stopping. Trying again later is safe.
    #[error("busy")]
    ServerBusy,
    /// The disk has no room for more.
    #[error("storage is full")]
    StorageFull,
    /// The file is larger than any may be.
    #[error("file over {limit} bytes")]
    FileTooLarge {
        /// The most that is accepted, in bytes.
        limit: u64,
    },
    /// The caller's files would take more than they may.
    #[error("over the quota of {limit} bytes")]
    QuotaExceeded {
        /// What they may take, in bytes.
        limit: u64,
    },
    /// A picture that can't be shown safely. The sentence says why and what to do.
    #[error("picture refused: {0}")]
    PictureRefused(Cow<'static, str>),
    /// Somebody else writes this upload right now.
    #[error("upload busy")]
    UploadBusy,
    /// An upload goes on from where it stands, and nowhere else.
    #[error("upload stands at {offset}")]
    WrongOffset {
        /// Where it stands, in bytes.
        offset: u64,
    },
    /// There is more than the upload was said to have.
    #[error("beyond the upload's length by more than {limit} bytes")]
    BeyondLength {
        /// What was still missing, in bytes.
        limit: u64,
    },
    /// What arrived is not what was sent.
    #[error("checksum mismatch")]
    ChecksumMismatch,
    /// The sending broke off. What arrived is kept.
    #[error("broken off")]
    BrokenOff,
    /// A fault of the server. The text is for the log only.
    #[error("internal: {0}")]
    Internal(Cow<'static, str>),
}

impl ServiceError {
    /// The stable name that programs go by.
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// What went wrong, without the values in it.
    pub fn kind(&self) -> Code {
        match self {
            Self::InvalidField { .. } => Code::InvalidField,
            Self::TooLong { .. } => Code::TooLong,
            Self::TooShort { .. } => Code::TooShort,
            Self::Unauthorized => Code::Unauthorized,
            Self::Forbidden(_) => Code::Forbidden,
            Self::NotFound => Code::NotFound,
            Self::UsernameTaken => Code::UsernameTaken,
            Self::Conflict { .. } => Code::Conflict,
            Self::InvalidCredentials => Code::InvalidCredentials,
            Self::RateLimited { .. } => Code::RateLimited,
            Self::SetupDone => Code::SetupDone,
            Self::RegistrationClosed => Code::RegistrationClosed,
            Self::RegistrationBusy { .. } => Code::RegistrationBusy,
            Self::HouseFull { .. } => Code::HouseFull,
            Self::InviteInvalid => Code::InviteInvalid,
            Self::ResetInvalid => Code::ResetInvalid,
            Self::HandoffInvalid => Code::HandoffInvalid,
            Self::ServerBusy => Code::ServerBusy,
            Self::StorageFull => Code::StorageFull,
            Self::FileTooLarge { .. } => Code::FileTooLarge,
            Self::QuotaExceeded { .. } => Code::QuotaExceeded,
            Self::PictureRefused(_) => Code::PictureRefused,
            Self::UploadBusy => Code::UploadBusy,
            Self::WrongOffset { .. } => Code::WrongOffset,
            Self::BeyondLength { .. } => Code::PayloadTooLarge,
            Self::ChecksumMismatch => Code::ChecksumMismatch,
            Self::BrokenOff => Code::BrokenOff,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// A sentence for people that says what to do.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::InvalidField { message, .. }
            | Self::Forbidden(message)
            | Self::Conflict { message, .. } => message,
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
            Self::FileTooLarge { limit } => {
                let most = mebibytes(*limit);
                return format!("A file can have {most} at most. Please make it smaller.").into();
            }
            Self::QuotaExceeded { limit } => {
                let most = mebibytes(*limit);
                return format!(
                    "Your files would take more than the {most} that you may keep here. Please \
                     delete messages with files that nobody needs any more."
                )
                .into();
            }
            Self::PictureRefused(message) => return message.clone(),
            Self::WrongOffset { offset } => {
                return format!("This upload goes on at byte {offset}. Ask for its offset first.")
                    .into();
            }
            Self::BeyondLength { limit } => {
                return format!("Only {limit} bytes of this upload were missing.").into();
            }
            Self::UploadBusy => "Another connection goes on with this upload. Please try again.",
            Self::ChecksumMismatch => "What arrived is not what was sent. Please send it again.",
            Self::BrokenOff => "The sending broke off. Please go on from where it stands.",
            Self::Unauthorized => "Please sign in.",
            Self::NotFound => "This does not exist, or not for you.",
            Self::UsernameTaken => "Somebody has this name already. Please choose another one.",
            Self::InvalidCredentials => "The name or the password is wrong. Please try again.",
            Self::SetupDone => {
                "This server is set up already. Please sign in, or ask for an invite."
            }
            Self::RegistrationClosed => {
                "This server makes no new accounts now. Please ask its administrator."
            }
            Self::RegistrationBusy { .. } => {
                let minutes = self.retry_after().unwrap_or(1).div_ceil(60);
                return format!(
                    "Many people have made an account here within the last hour. Try again in {minutes} min, or \
                     ask for an invite."
                )
                .into();
            }
            Self::HouseFull { limit } => {
                return format!(
                    "This server has {limit} accounts, and nobody can make one by themselves any more. Please \
                     ask its administrator for an invite."
                )
                .into();
            }
            Self::InviteInvalid => "This invite is not valid (any more). Please ask for a new one.",
            Self::ResetInvalid => {
                "This link does not work (any more). Please ask an administrator for a new one."
            }
            Self::HandoffInvalid => {
                "This link does not work (any more). Please make a new one on the device where you are \
                 signed in."
            }
            Self::ServerBusy => "The server is busy. Please try again in a moment.",
            Self::StorageFull => "The server's disk is full. Please tell its administrator.",
            Self::Internal(_) => "The server failed. Please try again, or tell its administrator.",
        })
    }

    /// The field that is at fault, in its wire name.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::InvalidField { field, .. }
            | Self::Conflict { field, .. }
            | Self::TooLong { field, .. }
            | Self::TooShort { field, .. } => Some(field),
            Self::UsernameTaken => Some("username"),
            Self::PictureRefused(_) => Some("file"),
            _ => None,
        }
    }

    /// The limit that was passed, in characters, pieces or bytes.
    pub fn limit(&self) -> Option<u64> {
        match self {
            Self::TooLong { limit, .. }
            | Self::TooShort { limit, .. }
            | Self::FileTooLarge { limit }
            | Self::QuotaExceeded { limit }
            | Self::HouseFull { limit }
            | Self::BeyondLength { limit } => Some(*limit),
            _ => None,
        }
    }

    /// Whole seconds until trying again makes sense, at least 1.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { wait, .. } | Self::RegistrationBusy { wait } => {
                Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).map(|s| s.max(1))
            }
            Self::ServerBusy | Self::UploadBusy => Some(1),
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

/// Bytes for people.
fn mebibytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        whole => format!("{whole} MiB"),
    }
}
