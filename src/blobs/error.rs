//! What can go wrong with blobs, in words that say what to do. No engine's error type leaves the
//! room.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::disk::PathError;

/// A failure of the room of blobs.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Bytes are appended at the end only, and the end is elsewhere.
    #[error("the upload has {len} bytes; go on from there")]
    Offset {
        /// Where the end is, in bytes from the start.
        len: u64,
    },
    /// There is no such stage: never begun, sealed or discarded.
    #[error("there is no such upload")]
    NoStage,
    /// A stage of this id is there already.
    #[error("an upload of this id has begun already")]
    Taken,
    /// There is no blob with this hash (any more).
    #[error("there is no such content")]
    Absent,
    /// The note of a stage is too long. Nothing was written.
    #[error("a note of {len} bytes is longer than the {limit} that it may have")]
    NoteTooLong {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Storing failed for somebody else meanwhile, so that what was not synced may be lost. Look at
    /// the stage and go on from where it is.
    #[error("storing was interrupted; try again")]
    Interrupted,
    /// The content lies in more pieces than can be noted.
    #[error("the upload lies in too many pieces; begin it again")]
    TooScattered,
    /// Less space is free than the floor. Nothing was written; reading goes on.
    #[error(
        "the disk is full: {free} bytes are free and {floor} are kept in reserve; free some space and try again"
    )]
    Full {
        /// Free bytes.
        free: u64,
        /// The floor, in bytes.
        floor: u64,
    },
    /// What is stored does not read as what was written. What else is stored is not concerned.
    #[error("{} is damaged: {what}; restore what it held from a backup", path.display())]
    Damaged {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another process uses the folder.
    #[error(
        "{} is in use by another inkspot process; stop that one first, or choose another folder with --data",
        dir.display()
    )]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder holds blobs that another kind of storage has written. Nothing was changed.
    #[error(
        "{} holds files stored as {found}; set files.storage = \"{found}\" again",
        dir.display()
    )]
    OtherKind {
        /// The folder.
        dir: PathBuf,
        /// The kind, as it is written in the settings.
        found: &'static str,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] PathError),
}

impl BlobError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let at = PathError::of(doing, path);
        move |error| Self::Io(at(error))
    }

    /// Whether the disk had no space left.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Io(error) => error.is_full(),
            _ => false,
        }
    }
}
