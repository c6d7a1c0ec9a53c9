//! The engine of the product: sled 0.34.7, one tree.
//!
//! Its sharp edges are blunted here and nowhere else: `flush()` is not fsync, so that the `db`
//! file is synced by a handle of our own; no timed flush; a bounded cache; a panic of the engine
//! becomes an error; closing waits until the engine has let go of its file.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use sled::{Batch, Db, IVec, Tree};

use super::{Change, Kv, Order, Visit};
use crate::store::error::StoreError;

/// The file in which sled keeps everything; its other files it can make again from this one.
pub const LOG_FILE: &str = "db";

/// The one tree.
const TREE: &[u8] = b"inkspot";

/// How often, and how long apart, an opener or a closer looks whether the file is free.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// sled behind the seam.
pub struct SledKv {
    /// `None` only while dropping.
    open: Option<(Db, Tree)>,
    /// Our own handle for `sync_data`.
    file: File,
    path: PathBuf,
}

impl SledKv {
    /// Opens or creates the database in `dir`, which is used for nothing else. The directory
    /// entries are durable when this returns.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(cache_bytes)
            .flush_every_ms(None);
        let path = dir.join(LOG_FILE);
        wait_until_free(&path)?;
        let (db, tree) = guarded(&path, || {
            let db = config.open()?;
            let tree = db.open_tree(TREE)?;
            db.flush()?;
            Ok((db, tree))
        })?;
        let file = File::open(&path).map_err(StoreError::io("open", &path))?;
        file.sync_data().map_err(StoreError::io("sync", &path))?;
        sync_dir(dir)?;
        Ok(Self {
            open: Some((db, tree)),
            file,
            path,
        })
    }

    fn parts(&self) -> Result<&(Db, Tree), StoreError> {
        self.open.as_ref().ok_or(StoreError::Poisoned)
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let (_, tree) = self.parts()?;
        guarded(&self.path, || {
            Ok(tree.get(key)?.map(|value| value.to_vec()))
        })
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        let (_, tree) = self.parts()?;
        let mut rows = tree.range(from..to);
        loop {
            let row = guarded(&self.path, || match order {
                Order::Forward => rows.next().transpose(),
                Order::Backward => rows.next_back().transpose(),
            })?;
            let Some((key, value)) = row else {
                return Ok(());
            };
            if let ControlFlow::Break(()) = visit(&key, &value)? {
                return Ok(());
            }
        }
    }

    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
        let (_, tree) = self.parts()?;
        let mut batch = Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, IVec::from(value)),
                None => batch.remove(key),
            }
        }
        guarded(&self.path, || tree.apply_batch(batch))
    }

    fn sync(&self) -> Result<(), StoreError> {
        let (db, _) = self.parts()?;
        guarded(&self.path, || db.flush())?;
        self.file
            .sync_data()
            .map_err(StoreError::io("sync", &self.path))
    }
}

impl Drop for SledKv {
    /// Closing sled goes on in its own threads after the drop; who opens next must not meet them.
    fn drop(&mut self) {
        let open = self.open.take();
        if guarded(&self.path, || {
            drop(open);
            Ok(())
        })
        .is_err()
            || wait_until_free(&self.path).is_err()
        {
            tracing::warn!("the database did not close cleanly; it will recover when it is opened");
        }
    }
}

/// Runs a call into the engine. A panic in there becomes an error, as it says the same: the
/// database is suspect. What the system refuses is told apart from what is damaged.
fn guarded<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) if is_refusal(error.kind()) => {
            Err(StoreError::io("write", path)(error))
        }
        Ok(Err(sled::Error::Corruption { .. })) => {
            Err(StoreError::Engine("a checksum does not match".to_owned()))
        }
        Ok(Err(error)) => Err(StoreError::Engine(error.to_string())),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("it gave no reason");
            Err(StoreError::Engine(format!("it panicked: {text}")))
        }
    }
}

/// Whether the system refuses to do what was asked, whatever the file is like.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
    )
}

/// Waits, for two seconds at most, until nobody holds sled's lock on its file.
fn wait_until_free(path: &Path) -> Result<(), StoreError> {
    for _ in 0..LOCK_TRIES {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StoreError::io("open", path)(error)),
        };
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", path)(error)),
        }
    }
    Err(StoreError::Locked {
        dir: path.parent().unwrap_or(path).to_path_buf(),
    })
}

/// Makes the entries of a directory durable.
fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .and_then(|file| file.sync_all())
        .map_err(StoreError::io("sync", dir))
}
