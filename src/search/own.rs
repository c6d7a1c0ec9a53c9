//! The database of one index, in a folder of its own. Its failures are kept apart from those of
//! the store, because only they are cured by making another index. Knows no keys.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::disk;
use crate::store::StoreError;
use crate::store::kv::{Change, Kv, Order, SledKv};

/// The index is damaged, or its database failed.
#[derive(Debug, thiserror::Error)]
#[error("the search index: {0}")]
pub struct IndexError(StoreError);

/// What went wrong while the index was made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The index itself.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// What it is made from.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IndexError {
    pub(super) fn io(doing: &'static str, path: &Path, error: std::io::Error) -> Self {
        Self(StoreError::io(doing, path)(error))
    }

    /// Whether the index is of no use any more. Otherwise it may be tried again.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.0, StoreError::Engine(_) | StoreError::Corrupt { .. })
    }
}

/// The error of a row that doesn't read.
pub(super) fn damaged(what: &'static str) -> IndexError {
    IndexError(StoreError::corrupt("part of the search index", what))
}

/// Called by a scan for each key and value; says whether to go on.
pub(super) type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, IndexError> + 'a;

/// See the module.
pub(super) struct Own {
    kv: SledKv,
    /// Goes after the database, which is closed by then.
    folder: Folder,
}

/// Where it is, and whether that goes with it.
struct Folder {
    path: PathBuf,
    goes: AtomicBool,
}

impl Own {
    /// Opens or creates the one in this folder, in a folder that is made if it isn't there.
    pub(super) fn open(path: &Path, cache_bytes: u64) -> Result<Self, IndexError> {
        if let Some(above) = path.parent() {
            disk::make_dir(above).map_err(|error| IndexError::io("create", above, error))?;
        }
        Ok(Self {
            kv: SledKv::open_for_lists(path, cache_bytes).map_err(IndexError)?,
            folder: Folder {
                path: path.to_path_buf(),
                goes: AtomicBool::new(false),
            },
        })
    }

    /// Says whether its folder is to be removed once nobody uses it any more.
    pub(super) fn set_goes(&self, goes: bool) {
        self.folder.goes.store(goes, Ordering::Release);
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.kv.get(key).map_err(IndexError)
    }

    /// Visits rows, see [`Kv::scan`].
    pub(super) fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), IndexError> {
        let mut visit = |key: &[u8], value: &[u8]| visit(key, value).map_err(|error| error.0);
        self.kv
            .scan(from, to, order, &mut visit)
            .map_err(IndexError)
    }

    /// Makes all changes at once, see [`Kv::write`].
    pub(super) fn write(
        &self,
        changes: &mut dyn Iterator<Item = Change<'_>>,
    ) -> Result<(), IndexError> {
        self.kv.write(changes).map_err(IndexError)
    }

    /// Returns when everything written before would survive a loss of power.
    pub(super) fn sync(&self) -> Result<(), IndexError> {
        self.kv.sync().map_err(IndexError)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if *self.goes.get_mut() {
            remove(&self.path);
        }
    }
}

/// Removes a file or folder. If that fails it is tried again at the next start.
pub(super) fn remove(path: &Path) {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        disk::remove_file(path)
    };
    if let Err(error) = removed {
        tracing::warn!(%error, path = %path.display(), "what is left of a search index could not be removed");
    }
}
