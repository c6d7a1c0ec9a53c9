//! Why an export could not be made, each a plain sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// A failure of an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is there already.
    #[error("{} is not empty; name a directory that is, or is not there yet", dir.display())]
    Occupied {
        /// The directory.
        dir: PathBuf,
    },
    /// Somebody else is at it.
    #[error("another export is being written to {}; wait for it, or name another directory", dir.display())]
    Busy {
        /// The directory.
        dir: PathBuf,
    },
    /// Whoever asked for it wants it no more.
    #[error("it was interrupted")]
    Interrupted,
    /// It can't be written.
    #[error("cannot write {}: {source}; check its permissions and the free space", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What is exported can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(super) fn json(error: serde_json::Error) -> Self {
        Self::File {
            path: PathBuf::from(super::folder::WHOLE),
            source: error.into(),
        }
    }
}
