//! What can go wrong with a backup, each a plain sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::passphrase::Fault;
use crate::blobs::BlobError;
use crate::store::StoreError;

/// Why a backup could not be made, or not be read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is something else.
    #[error("this is not a backup of Inkspot; name the file that `inkspot backup` wrote")]
    Foreign,
    /// The file is not as it was written.
    #[error("the backup is damaged or not whole: {0}; take another one")]
    Damaged(&'static str),
    /// What a newer Inkspot wrote.
    #[error("the backup has parts that this Inkspot does not know; restore it with a newer one")]
    Newer,
    /// It takes a passphrase.
    #[error(
        "the backup is encrypted; name the file that holds its passphrase with --passphrase-file, or in the setting backups.passphrase_file"
    )]
    Sealed,
    /// It takes another one.
    #[error("this is not the passphrase of the backup; it was made with another one")]
    WrongPassphrase,
    /// It was encrypted by somebody else.
    #[error(
        "the backup is encrypted for a key and not with a passphrase; decrypt it with `age` first"
    )]
    OtherKey,
    /// It can't be one.
    #[error(
        "the passphrase for backups can't be used: {0}; put one line of at least 12 characters into its file"
    )]
    Passphrase(Fault),
    /// Its file can't be read.
    #[error("cannot read the passphrase for backups from {}: {source}; encrypted backups are neither made nor read without it", path.display())]
    NoPassphrase {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It would fill the disk.
    #[error("{} has {free} MiB free and a backup needs {needed} of them, half of which stay free; free some space, or name a folder on another disk in backups.folder", folder.display())]
    NoRoom {
        /// Where it should be.
        folder: PathBuf,
        /// Free mebibytes.
        free: u64,
        /// Mebibytes that should be free.
        needed: u64,
    },
    /// It can't be read or written.
    #[error("the backup can't be {doing}: {source}")]
    Stream {
        /// "read" or "written".
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the data folder.
    #[error("cannot use {}: {source}; check its owner, its permissions and the free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The contents of files.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

impl BackupError {
    /// The error of using this file or folder, once the system says why.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    pub(super) fn reading(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Damaged("it ends too early"),
            // What the decompression finds wrong.
            io::ErrorKind::InvalidData | io::ErrorKind::Other | io::ErrorKind::InvalidInput => {
                Self::Damaged("it can't be unpacked")
            }
            _ => Self::Stream {
                doing: "read",
                source: error,
            },
        }
    }

    pub(super) fn writing(source: io::Error) -> Self {
        let doing = "written";
        Self::Stream { doing, source }
    }
}
