//! Giving space back: the engine never shrinks its file, so that the rows are copied into the
//! next generation, compared, and the old generation is removed.
//!
//! At rest: nobody else uses the folder meanwhile. Memory is bounded by one slice of rows.

use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::folder::Folder;
use super::kv::{Change, Kv, Order, SledKv};
use super::open::{StoreOptions, open_engine};
use super::rows::Visit;
use super::{Space, folder};

/// How many rows, and how many bytes of them, are written at once.
const SLICE_ROWS: usize = 500;
const SLICE_BYTES: usize = 256 << 10;

/// After how many slices the copy is synced, so that the engine holds little of it in memory. More
/// than a mebibyte at once can bring its writing threads to wait for each other for ever.
const SYNC_EVERY: usize = 4;

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Rows copied, all there are.
    pub rows: u64,
    /// Size on disk before, in bytes.
    pub bytes_before: u64,
    /// Size on disk after, in bytes.
    pub bytes_after: u64,
}

/// Copies the database of a data folder that nobody uses into a fresh one and removes the old.
///
/// # Errors
/// [`StoreError::Locked`] while a server runs on it, [`StoreError::Full`] when the disk has no
/// room for the copy beside the original. After any error the original is in place, untouched.
pub fn compact(dir: &Path, options: &StoreOptions) -> Result<Compacted, StoreError> {
    let nothing = || StoreError::Foreign {
        dir: dir.to_path_buf(),
        found: "it holds no database".to_owned(),
    };
    if !dir.exists() {
        return Err(nothing());
    }
    let folder = Folder::claim(dir)?;
    if folder.current()?.is_none() {
        return Err(nothing());
    }
    let old = open_engine(&folder, options)?;
    folder.remove_leftovers()?;
    let old_path = folder.current()?.unwrap_or_default();
    let bytes_before = folder::size(&old_path)?;
    Space {
        free: folder.free()?,
        floor: bytes_before.saturating_add(options.floor_bytes),
        total: folder.total()?,
    }
    .require()?;
    let prepared = folder.prepare_next()?;
    let new = SledKv::open(&prepared, options.cache_bytes)?;
    let copied = copy(&old, &new)?;
    let arrived = sum(&new)?;
    drop((old, new));
    if copied != arrived {
        return Err(StoreError::Engine(
            "the compacted copy differs from the original, which stays in use".to_owned(),
        ));
    }
    let path = folder.switch(&prepared)?;
    let bytes_after = folder::size(&path)?;
    folder.remove_leftovers()?;
    Ok(Compacted {
        rows: copied.rows,
        bytes_before,
        bytes_after,
    })
}

/// How many rows there are, and a sum over all of them.
#[derive(PartialEq, Eq)]
struct Sum {
    rows: u64,
    hash: [u8; 32],
}

/// Rows on their way into the copy.
struct Slice<'a> {
    to: &'a dyn Kv,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
    written: usize,
}

impl Slice<'_> {
    fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.bytes += key.len() + value.len();
        self.rows.push((key.to_vec(), value.to_vec()));
        if self.rows.len() >= SLICE_ROWS || self.bytes >= SLICE_BYTES {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let mut changes = self.rows.iter().map(as_change);
        self.to.write(&mut changes)?;
        self.rows.clear();
        self.bytes = 0;
        self.written += 1;
        if self.written.is_multiple_of(SYNC_EVERY) {
            self.to.sync()?;
        }
        Ok(())
    }
}

fn as_change((key, value): &(Vec<u8>, Vec<u8>)) -> Change<'_> {
    (key, Some(value))
}

fn copy(from: &dyn Kv, to: &dyn Kv) -> Result<Sum, StoreError> {
    let mut slice = Slice {
        to,
        rows: Vec::with_capacity(SLICE_ROWS),
        bytes: 0,
        written: 0,
    };
    let sum = summed(from, &mut |key, value| {
        slice.push(key, value)?;
        Ok(ControlFlow::Continue(()))
    })?;
    slice.write()?;
    to.sync()?;
    Ok(sum)
}

fn sum(kv: &dyn Kv) -> Result<Sum, StoreError> {
    summed(kv, &mut |_, _| Ok(ControlFlow::Continue(())))
}

/// Visits every row and sums them up.
fn summed(kv: &dyn Kv, each: &mut Visit<'_>) -> Result<Sum, StoreError> {
    let mut rows = 0;
    let mut hash = Sha256::new();
    kv.scan(&[], &[u8::MAX], Order::Forward, &mut |key, value| {
        rows += 1;
        for part in [key, value] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        each(key, value)
    })?;
    let hash = hash.finalize().into();
    Ok(Sum { rows, hash })
}
