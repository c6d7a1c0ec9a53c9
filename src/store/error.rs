//! What can go wrong with the store, in words that say what to do.
//!
//! One enum for the whole room. No engine's error type leaves it: an engine's words are kept as
//! text.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::disk::PathError;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses the data folder.
    #[error(
        "{} is in use by another inkspot process; stop that one first, or choose another folder with --data",
        dir.display()
    )]
    Locked {
        /// The data folder.
        dir: PathBuf,
    },
    /// The folder holds a database where there should be none. Nothing was changed.
    #[error(
        "{} holds a database already; nothing was changed, name an empty folder with --data, or put the backup in its place with --replace",
        dir.display()
    )]
    Occupied {
        /// The data folder.
        dir: PathBuf,
    },
    /// One backup is made at a time, and one copy of the database.
    #[error("a backup, or a copy of the database, is being made already; wait until it is done")]
    Busy,
    /// Whoever asked for it wants it no more. Nothing was changed.
    #[error("it was stopped before its end; nothing was changed")]
    Stopped,
    /// The folder holds something that is not Inkspot's. Nothing was changed.
    #[error(
        "{} is not an Inkspot data folder: {found}; nothing was changed, choose another folder with --data",
        dir.display()
    )]
    Foreign {
        /// The data folder.
        dir: PathBuf,
        /// What was found there.
        found: String,
    },
    /// The database was written by a newer Inkspot. Nothing was changed.
    #[error(
        "the database has format {found} and this Inkspot knows formats up to {known}; start the newer Inkspot that wrote it, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// The database cannot be opened as it is.
    #[error("the database in {} is damaged: {what}; {advice}", dir.display())]
    Damaged {
        /// The generation's folder.
        dir: PathBuf,
        /// What is wrong, in the engine's words.
        what: String,
        /// What to do.
        advice: String,
        /// Whether all but the newest events can be read.
        readable: bool,
    },
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
    /// There is no room for a second database beside the one that is there. Nothing was changed.
    #[error(
        "{} has {free} MiB free, and a database in the place of the one that is there, which is kept, needs {needed}; free some space and try again",
        dir.display()
    )]
    NoRoom {
        /// The data folder.
        dir: PathBuf,
        /// Free mebibytes.
        free: u64,
        /// Mebibytes that should be free.
        needed: u64,
    },
    /// A stored row does not read as what it should be.
    #[error("a stored {record} is unreadable: {what}; run `inkspot check`")]
    Corrupt {
        /// What it should be.
        record: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// An event contradicts the stored state; the rule that decided it is wrong. Nothing of its
    /// group is written.
    #[error("an event contradicts the stored state: {0}")]
    Contradiction(&'static str),
    /// A row would be larger than the engine takes safely. Nothing of its group is written.
    #[error("a {record} of {len} bytes is larger than the {limit} that a row may have")]
    TooLarge {
        /// What it is.
        record: &'static str,
        /// Its size in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// An earlier write failed, so that what is on disk is not known. Restart.
    #[error("an earlier write failed and the database is not trusted any more; restart inkspot")]
    Poisoned,
    /// The engine failed. The database is suspect.
    #[error("the database engine failed: {0}")]
    Engine(String),
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] PathError),
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let at = PathError::of(doing, path);
        move |error| Self::Io(at(error))
    }

    pub(crate) fn corrupt(record: &'static str, what: impl Display) -> Self {
        Self::Corrupt {
            record,
            what: what.to_string(),
        }
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
