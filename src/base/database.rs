//! An ordered key-value database on the disk: sled 0.34.7, one tree.
//!
//! Its sharp edges are blunted here and nowhere else, and no type of it leaves this file:
//! `flush()` is not fsync, so that its file is synced by a handle of our own; no timed flush; a
//! bounded cache; a panic of the engine becomes an error; closing waits until the engine has let
//! go of its file. Knows no keys and no values.
//!
//! # Why it does not stand still
//!
//! The engine writes its log by the segment, with seven threads and one queue for all databases of
//! the process; it starts no more threads while these are busy. Whoever has filled a segment asks
//! for the next one under a lock of the database, and if that is to lie where the file is just cut
//! shorter, waits there for the cut, which is a job in the same queue. Each thread that has written
//! a segment needs that lock for a moment, too. When all seven wait for it before the cut has its
//! turn, nobody ever goes on, in no database.
//!
//! Two facts of the engine make this avoidable. The queue is taken from in order. And a cut leaves
//! one free segment behind, which is taken first: a whole segment is written between ordering a
//! cut and waiting for it. So it is enough that within each segment one [`Database::flush`] has
//! returned: it has waited for a write ordered after the cut, so that the cut has had its turn and
//! ends by itself. Therefore a database is written by one at a time and flushes by itself after
//! every eighth part of a segment (`FLUSHES`): the log takes about four times the rows (they are
//! written again when leaves split and segments are cleaned), so that this holds up to six.
//!
//! A group of changes can't be cut into parts, and a large one may fill several segments. It begins
//! with everything before it flushed, and the engine lets nobody else in the process change or read
//! anything meanwhile, so that only its own segments are under way. The largest groups of the store
//! and the index fill a few; of the seven threads enough are left, unless several are held up
//! between a write that was waited for and their moment with the lock, for as long as a whole
//! segment takes.
//!
//! `flush_async()` is never called: it waits in one of the seven threads for the others.
//!
//! # Why it does not hold everything
//!
//! The engine's cache has 256 parts, and each looks at what to let go of after 64 uses only. A use
//! is a look at a leaf, whatever it holds: who reads a long history once leaves 16,384 leaves behind,
//! each with up to 16 rows, however small the cache is to be. Therefore who reads much from a leaf, or
//! puts much into it for good, uses it several times ([`Tuning::sparing`]): the parts look as often as
//! there is much to look at.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use sled::{Batch, Db, IVec, Tree};

use super::disk::{self, PathError};

/// The file in which sled keeps everything; its other files it can make again from this one.
pub const LOG_FILE: &str = "db";

/// The one tree.
const TREE: &[u8] = b"inkspot";

/// How often what was written is flushed while a segment's worth of rows is.
const FLUSHES: usize = 8;

/// What a row takes beside its key and value, in bytes.
const ROW: usize = 64;

/// A leaf is used once more for each so many bytes that are read of it. Most rows have less.
const READ: usize = 1024;

/// How much that is more in a scan: the neighbours are held as well, and who scans may go on elsewhere.
const SCANNED: usize = 4;

/// A failure of the database. After any of them its state is suspect.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Another process uses it.
    #[error("{} is in use by another process", dir.display())]
    Locked {
        /// Its folder.
        dir: PathBuf,
    },
    /// The engine failed: its words.
    #[error("the database engine failed: {0}")]
    Engine(String),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] PathError),
}

impl DatabaseError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let at = PathError::of(doing, path);
        move |error| Self::Io(at(error))
    }
}

/// How a database uses memory and disk.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// What the engine may keep in memory, in bytes; it takes more.
    pub cache_bytes: u64,
    /// In what pieces its file grows, in bytes, a power of two. A fourth of it is the most that
    /// 17 rows that lie side by side may take, or they are never made durable.
    pub segment_bytes: usize,
    /// Whether who reads much uses it often, so that little stays in memory (above). Not for what
    /// is read again and again.
    pub sparing: bool,
}

impl Tuning {
    /// The engine's usual pieces of 512 KiB.
    pub fn with_cache(cache_bytes: u64) -> Self {
        Self {
            cache_bytes,
            segment_bytes: 512 << 10,
            sparing: true,
        }
    }
}

/// One change of a group: a key with its new value, or with `None` to remove it.
pub type Change<'a> = (&'a [u8], Option<&'a [u8]>);

/// Called by a scan for each key and value; says whether to go on.
pub type Visit<'a, E> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, E> + 'a;

/// An open database.
pub struct Database {
    /// `None` only while dropping.
    open: Option<(Db, Tree)>,
    /// Bytes of rows that were not flushed. Held by who writes.
    unflushed: Mutex<usize>,
    /// How many of these there may be.
    budget: usize,
    sparing: bool,
    /// Our own handle for `sync_data`.
    file: File,
    path: PathBuf,
}

impl Database {
    /// Opens or creates the database in `dir`, which is used for nothing else. The directory
    /// entries are durable, and its files private, when this returns.
    pub fn open(dir: &Path, tuning: Tuning) -> Result<Self, DatabaseError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(tuning.cache_bytes)
            .segment_size(tuning.segment_bytes)
            .flush_every_ms(None);
        let path = dir.join(LOG_FILE);
        wait_until_free(&path)?;
        let (db, tree) = guarded(&path, || {
            let db = config.open()?;
            let tree = db.open_tree(TREE)?;
            db.flush()?;
            Ok((db, tree))
        })?;
        let file = File::open(&path).map_err(DatabaseError::io("open", &path))?;
        file.sync_data().map_err(DatabaseError::io("sync", &path))?;
        make_private(dir).map_err(DatabaseError::io("make private", dir))?;
        disk::sync_dir(dir).map_err(DatabaseError::io("sync", dir))?;
        Ok(Self {
            open: Some((db, tree)),
            unflushed: Mutex::new(0),
            budget: tuning.segment_bytes / FLUSHES,
            sparing: tuning.sparing,
            file,
            path,
        })
    }

    fn parts(&self) -> Result<&(Db, Tree), DatabaseError> {
        let closed = || DatabaseError::Engine("it is closed".to_owned());
        self.open.as_ref().ok_or_else(closed)
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DatabaseError> {
        let mut found = None;
        self.look(key, |value| found = Some(value.to_vec()))?;
        Ok(found)
    }

    /// Shows the value of a key, if there is one, without copying it.
    pub fn look(&self, key: &[u8], see: impl FnOnce(&[u8])) -> Result<(), DatabaseError> {
        let (_, tree) = self.parts()?;
        let value = guarded(&self.path, || tree.get(key))?;
        if let Some(value) = value {
            see(&value);
            self.use_again(tree, key, value.len() / READ)?;
        }
        Ok(())
    }

    /// Visits the rows with `from <= key < to`, from the largest key down if `backward`, until
    /// the visitor breaks. An error of the visitor ends the scan and is returned.
    pub fn scan<E: From<DatabaseError>>(
        &self,
        from: &[u8],
        to: &[u8],
        backward: bool,
        visit: &mut Visit<'_, E>,
    ) -> Result<(), E> {
        if from >= to {
            return Ok(());
        }
        let (_, tree) = self.parts()?;
        let mut rows = tree.range(from..to);
        let mut read = 0;
        loop {
            let row = guarded(&self.path, || {
                if backward {
                    rows.next_back().transpose()
                } else {
                    rows.next().transpose()
                }
            })?;
            let Some((key, value)) = row else {
                return Ok(());
            };
            let done = visit(&key, &value)?.is_break();
            read += value.len();
            if read >= READ {
                self.use_again(tree, &key, SCANNED * read / READ)?;
                read = 0;
            }
            if done {
                return Ok(());
            }
        }
    }

    /// Looks at the leaf with this key so many times more, which says how much of it is held.
    fn use_again(&self, tree: &Tree, key: &[u8], uses: usize) -> Result<(), DatabaseError> {
        let uses = if self.sparing { uses } else { 0 };
        guarded(&self.path, || {
            (0..uses).try_for_each(|_| tree.contains_key(key).map(drop))
        })
    }

    /// Sets the value of one key.
    pub fn set(&self, key: &[u8], value: &[u8]) -> Result<(), DatabaseError> {
        let weight = ROW + key.len() + value.len();
        self.change(weight, |tree| tree.insert(key, value).map(drop))
    }

    /// The same for one of many that are written one after the other and not read soon: little of them stays in
    /// memory.
    pub fn put_away(&self, key: &[u8], value: &[u8]) -> Result<(), DatabaseError> {
        self.set(key, value)?;
        let (_, tree) = self.parts()?;
        self.use_again(tree, key, SCANNED * value.len() / READ)
    }

    /// Removes one key.
    pub fn remove(&self, key: &[u8]) -> Result<(), DatabaseError> {
        self.change(ROW + key.len(), |tree| tree.remove(key).map(drop))
    }

    /// Makes all changes at once, for readers and over a crash: all of them or none. No key comes
    /// twice. To stay below a few segments.
    pub fn write(
        &self,
        changes: &mut dyn Iterator<Item = Change<'_>>,
    ) -> Result<(), DatabaseError> {
        let (mut batch, mut weight) = (Batch::default(), 0);
        for (key, value) in changes {
            weight += ROW + key.len() + value.map_or(0, <[u8]>::len);
            match value {
                Some(value) => batch.insert(key, IVec::from(value)),
                None => batch.remove(key),
            }
        }
        self.change(weight, |tree| tree.apply_batch(batch))
    }

    /// Makes a change of about so many bytes, alone, and keeps within what may be unflushed.
    fn change(
        &self,
        weight: usize,
        change: impl FnOnce(&Tree) -> sled::Result<()>,
    ) -> Result<(), DatabaseError> {
        let (_, tree) = self.parts()?;
        let mut unflushed = self.unflushed.lock();
        if *unflushed > 0 && *unflushed + weight > self.budget {
            self.flush_alone(&mut unflushed)?;
        }
        *unflushed += weight;
        guarded(&self.path, || change(tree))?;
        if *unflushed > self.budget {
            self.flush_alone(&mut unflushed)?;
        }
        Ok(())
    }

    /// Hands everything written before to the system, so that the engine holds little of it in
    /// memory. It survives the end of the process, not a loss of power.
    pub fn flush(&self) -> Result<(), DatabaseError> {
        self.flush_alone(&mut self.unflushed.lock())
    }

    fn flush_alone(&self, unflushed: &mut usize) -> Result<(), DatabaseError> {
        let (db, _) = self.parts()?;
        guarded(&self.path, || db.flush().map(drop))?;
        *unflushed = 0;
        Ok(())
    }

    /// Returns when everything written before would survive a loss of power.
    pub fn sync(&self) -> Result<(), DatabaseError> {
        self.flush()?;
        self.file
            .sync_data()
            .map_err(DatabaseError::io("sync", &self.path))
    }

    /// The size of its file in bytes.
    pub fn size(&self) -> Result<u64, DatabaseError> {
        let found = self.file.metadata();
        let found = found.map_err(DatabaseError::io("look at", &self.path))?;
        Ok(found.len())
    }
}

impl Drop for Database {
    /// Closing sled goes on in its own threads after the drop; who opens next must not meet them.
    fn drop(&mut self) {
        // Watched, which closing is not.
        let flushed = self.flush();
        let open = self.open.take();
        if flushed.is_err()
            || guarded(&self.path, || {
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
fn guarded<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, DatabaseError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) if is_refusal(&error) => {
            Err(DatabaseError::io("use", path)(error))
        }
        Ok(Err(sled::Error::Corruption { .. })) => Err(DatabaseError::Engine(
            "a checksum does not match".to_owned(),
        )),
        Ok(Err(error)) => Err(DatabaseError::Engine(error.to_string())),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("it gave no reason");
            Err(DatabaseError::Engine(format!("it panicked: {text}")))
        }
    }
}

/// Whether the system refuses to do what was asked, whatever is in the file. What the engine finds
/// wrong in it comes as an error of its own making, and a part that is missing as "not found".
fn is_refusal(error: &io::Error) -> bool {
    let refused = matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
    );
    // Of some refusals the engine keeps the kind only.
    refused || (error.raw_os_error().is_some() && error.kind() != ErrorKind::NotFound)
}

/// Waits, for two seconds at most, until nobody holds sled's lock on its file.
fn wait_until_free(path: &Path) -> Result<(), DatabaseError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DatabaseError::io("open", path)(error)),
    };
    if disk::lock(&file).map_err(DatabaseError::io("lock", path))? {
        // By closing alone a process that is just begun from here would keep it, until it is another program.
        return file.unlock().map_err(DatabaseError::io("unlock", path));
    }
    let dir = path.parent().unwrap_or(path).to_path_buf();
    Err(DatabaseError::Locked { dir })
}

/// Takes from others what sled's files and folders allow them.
fn make_private(dir: &Path) -> io::Result<()> {
    for name in disk::names(dir)? {
        let path = dir.join(name);
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        match fs::set_permissions(&path, Permissions::from_mode(mode)) {
            // An old snapshot that the engine is just removing.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}
