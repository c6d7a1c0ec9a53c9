//! Blobs: large content, named by its hash, beside the store.
//!
//! Bytes come in through a *stage* (an upload): begun, appended to, synced, and at last sealed
//! into a blob that never changes. Equal contents are one blob. There is one seam, [`Blobs`], with
//! two implementations and one contract suite (`tests/it/blobs.rs`): `volumes`, the default,
//! and `files`.
//!
//! Nothing here knows what a blob is, whose it is or who refers to it: references are counted
//! above. No type of an engine leaves the room.

mod error;
mod files;
mod hashing;
mod stages;
mod volumes;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::error::BlobError;
use self::files::Files;
use self::volumes::Volumes;
use crate::base::clock::Timestamp;
use crate::base::disk;

/// The longest note that a stage may have, in bytes.
pub const MAX_NOTE: usize = 3 << 10;

/// Refuses a note that is longer.
fn require_short(note: &[u8]) -> Result<(), BlobError> {
    let (len, limit) = (note.len(), MAX_NOTE);
    if len > limit {
        return Err(BlobError::NoteTooLong { len, limit });
    }
    Ok(())
}

/// The SHA-256 of a blob's content, which is its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash(pub [u8; 32]);

impl fmt::Display for BlobHash {
    /// Writes 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

/// The name of a stage: its upload's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId(pub u128);

/// A stage as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Bytes so far. After a crash, those of the last [`Blobs::sync`] at least.
    pub len: u64,
    /// When it was begun or last appended to.
    pub touched: Timestamp,
    /// What the caller noted when it was begun.
    pub note: Vec<u8>,
}

/// What a slice of tidying did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Bytes of content copied to where they stay.
    pub copied: u64,
    /// Bytes of disk given back.
    pub freed: u64,
    /// Whether more is left to do: call it again.
    pub more: bool,
}

/// How much space blobs and stages take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlobUsage {
    /// Bytes of content that can be read.
    pub live: u64,
    /// Bytes on the disk.
    pub disk: u64,
}

/// Content-addressed storage.
///
/// All methods block, so that async callers use a thread for it. All may be called from many
/// threads at once; calls on one stage wait for each other. Content is durable after
/// [`Blobs::seal`], a stage after [`Blobs::begin`] and as far as [`Blobs::sync`] has come.
pub trait Blobs: Send + Sync {
    /// Begins an empty stage, durable when this returns. `note` is the caller's, [`MAX_NOTE`]
    /// bytes at most. [`BlobError::Taken`] if there is a stage of this id.
    fn begin(&self, stage: StageId, note: &[u8], now: Timestamp) -> Result<(), BlobError>;

    /// Appends bytes, as many as one likes, and returns the new length. [`BlobError::Offset`]
    /// unless `offset` is the length so far: of two who append at one offset, one fails.
    fn append(
        &self,
        stage: StageId,
        offset: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64, BlobError>;

    /// Returns when everything appended before survives a loss of power.
    fn sync(&self, stage: StageId) -> Result<(), BlobError>;

    /// A stage, or `None` if there is none of this id. After a write that failed, its length may
    /// have gone back to that of the last sync.
    fn staged(&self, stage: StageId) -> Result<Option<Staged>, BlobError>;

    /// All stages, in no order.
    fn stages(&self) -> Result<Vec<(StageId, Staged)>, BlobError>;

    /// Reads a stage from `offset` into `buf`, and returns how many bytes it read; fewer than
    /// `buf` holds only at the end.
    fn read_staged(&self, stage: StageId, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError>;

    /// Turns a stage into a blob, durable when this returns, and names its hash and length. If
    /// that blob is there already the stage is dropped; this can't be told from outside, by the
    /// work either. The blob is complete or absent, whenever the power goes.
    fn seal(&self, stage: StageId) -> Result<(BlobHash, u64), BlobError>;

    /// Drops a stage. One that is not there is no error.
    fn discard(&self, stage: StageId) -> Result<(), BlobError>;

    /// The length of a blob in bytes, or `None` if it is not there.
    fn len(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError>;

    /// Reads a blob from `offset` into `buf`, and returns how many bytes it read: 0 at the end
    /// and beyond it, and fewer than `buf` holds only there. [`BlobError::Absent`] if it was
    /// deleted meanwhile.
    fn read(&self, hash: &BlobHash, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError>;

    /// Deletes a blob. One that is not there is no error. The caller sees to it that nobody has
    /// sealed the same content since it was found to be without references.
    fn delete(&self, hash: &BlobHash) -> Result<(), BlobError>;

    /// The hashes of blobs in ascending order: `limit` of them at most, those above `after`.
    fn hashes(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobHash>, BlobError>;

    /// Does a bounded slice of the work that gives the space of deleted content back. Call it
    /// from one place, now and then, and again while there is more to do.
    fn tidy(&self) -> Result<Tidied, BlobError>;

    /// How much space is taken. Reads folders: not for each request.
    fn usage(&self) -> Result<BlobUsage, BlobError>;
}

/// How blobs are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobKind {
    /// In databases of bounded size.
    Volumes,
    /// Each in a file of its own, `ab/cdef…`.
    Files,
}

impl BlobKind {
    /// The name in the settings, and that of the folder.
    fn name(self) -> &'static str {
        match self {
            Self::Volumes => "volumes",
            Self::Files => "files",
        }
    }
}

/// How to open blobs.
#[derive(Clone, Debug)]
pub struct BlobOptions {
    /// Free bytes on the disk under which nothing is appended.
    pub floor_bytes: u64,
    /// The size on the disk at which a volume is closed, in bytes.
    pub volume_bytes: u64,
}

impl Default for BlobOptions {
    fn default() -> Self {
        Self {
            floor_bytes: 64 << 20,
            volume_bytes: 512 << 20,
        }
    }
}

/// Opens the blobs in a folder, making it if it is not there. The folder is free again when the
/// last reference is dropped.
///
/// # Errors
/// [`BlobError::Locked`] while another process uses it, [`BlobError::OtherKind`] if its blobs are
/// of another kind.
pub fn open(
    folder: &Path,
    kind: BlobKind,
    options: &BlobOptions,
) -> Result<Arc<dyn Blobs>, BlobError> {
    let place = Place::claim(folder, kind, options)?;
    match kind {
        BlobKind::Volumes => Ok(Arc::new(Volumes::open(place, options)?)),
        BlobKind::Files => Ok(Arc::new(Files::open(place)?)),
    }
}

/// Where a content lies in a folder of blobs that are of the kind [`BlobKind::Files`]: for who reads it when
/// nobody uses that folder.
pub fn place_of_content(folder: &Path, hash: &BlobHash) -> PathBuf {
    files::path_in(&folder.join(BlobKind::Files.name()), hash)
}

/// The folder of an implementation, held for this process, and the floor of its disk.
#[derive(Debug)]
struct Place {
    dir: PathBuf,
    /// Holds the lock for as long as it is open.
    lock: File,
    floor: u64,
}

impl Place {
    fn claim(folder: &Path, kind: BlobKind, options: &BlobOptions) -> Result<Self, BlobError> {
        disk::make_dir(folder).map_err(BlobError::io("create", folder))?;
        let lock = File::open(folder).map_err(BlobError::io("open", folder))?;
        if !disk::lock(&lock).map_err(BlobError::io("lock", folder))? {
            let dir = folder.to_path_buf();
            return Err(BlobError::Locked { dir });
        }
        for other in [BlobKind::Volumes, BlobKind::Files] {
            if other != kind && folder.join(other.name()).exists() {
                let (dir, found) = (folder.to_path_buf(), other.name());
                return Err(BlobError::OtherKind { dir, found });
            }
        }
        let dir = folder.join(kind.name());
        disk::make_dir(&dir).map_err(BlobError::io("create", &dir))?;
        let floor = options.floor_bytes;
        Ok(Self { dir, lock, floor })
    }

    /// Refuses to write when less is free than the floor.
    fn require_space(&self) -> Result<(), BlobError> {
        let free =
            disk::free(&self.lock).map_err(BlobError::io("look at the disk of", &self.dir))?;
        if free < self.floor {
            let floor = self.floor;
            return Err(BlobError::Full { free, floor });
        }
        Ok(())
    }
}
