//! Restoring a backup into an empty data folder.

use std::fs;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::format::{FILE_MAX, Kind, Source, rows};
use super::{Amount, BackupError};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::blobs::{BlobHash, Blobs, StageId};
use crate::store::{self, Restoring, StoreOptions, Tally};

/// What was restored, and what the check of it has found.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// How much there was.
    pub amount: Amount,
    /// What is there now.
    pub tally: Tally,
}

/// Reads a backup into a data folder that holds no database, making the folder if it is not there, and
/// checks everything. `open_blobs` opens the contents in it, of the kind that the settings want. Nobody
/// is signed in afterwards.
///
/// # Errors
/// After any of them the folder holds no database.
pub fn restore(
    from: impl Read,
    data: &Path,
    options: &StoreOptions,
    open_blobs: impl FnOnce() -> Result<Arc<dyn Blobs>, BackupError>,
    (clock, rng): (&Clock, &Rng),
) -> Result<Restored, BackupError> {
    let mut source = Source::begin(from)?;
    let mut database = Restoring::begin(data, options)?;
    let mut into = Contents {
        blobs: open_blobs()?,
        amount: Amount::default(),
        open: Open::Nothing,
        data,
        clock,
        rng,
    };
    while let Some((kind, bytes)) = source.next()? {
        match kind {
            Kind::Rows => {
                for row in rows(bytes) {
                    into.amount.rows += 1;
                    database.take(row?)?;
                }
            }
            Kind::File => into.begin_file(bytes)?,
            Kind::Content => into.begin_content(bytes)?,
            Kind::Bytes => into.add(bytes)?,
            Kind::End => {}
        }
    }
    into.close()?;
    let amount = into.amount;
    drop(into);
    database.finish(rng)?;
    let checked = store::open(data, options, rng, clock).and_then(|(store, _)| store.check());
    match checked {
        Ok(tally) => Ok(Restored { amount, tally }),
        Err(error) => {
            Restoring::forget(data)?;
            Err(error.into())
        }
    }
}

/// Reads a backup to its end: it is whole, as it was written.
pub fn check(from: impl Read) -> Result<(), BackupError> {
    let mut source = Source::begin(from)?;
    while source.next()?.is_some() {}
    Ok(())
}

/// What bytes belong to.
enum Open {
    Nothing,
    File(PathBuf, Vec<u8>),
    Content(BlobHash, StageId, u64),
}

/// Where files and contents go.
struct Contents<'a> {
    blobs: Arc<dyn Blobs>,
    amount: Amount,
    open: Open,
    data: &'a Path,
    clock: &'a Clock,
    rng: &'a Rng,
}

impl Contents<'_> {
    /// A file may lie in a folder of the data folder and nowhere else.
    fn begin_file(&mut self, name: &[u8]) -> Result<(), BackupError> {
        self.close()?;
        let strange = BackupError::Damaged("a file of it has a strange name");
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(strange);
        };
        let path = Path::new(name);
        let plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !plain || path.components().count() != 2 {
            return Err(strange);
        }
        self.open = Open::File(self.data.join(path), Vec::new());
        Ok(())
    }

    fn begin_content(&mut self, hash: &[u8]) -> Result<(), BackupError> {
        self.close()?;
        let hash = hash
            .try_into()
            .map_err(|_| BackupError::Damaged("a content of it has no name"))?;
        let stage = StageId(u128::from_le_bytes(self.rng.bytes()));
        self.blobs.begin(stage, &[], self.clock.now())?;
        self.open = Open::Content(BlobHash(hash), stage, 0);
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        match &mut self.open {
            Open::Nothing => Err(BackupError::Damaged("bytes of it belong to nothing")),
            Open::File(_, all) if (all.len() + bytes.len()) as u64 > FILE_MAX => {
                Err(BackupError::Damaged("a file of it is too long"))
            }
            Open::File(_, all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            Open::Content(_, stage, at) => {
                *at = self.blobs.append(*stage, *at, bytes, self.clock.now())?;
                Ok(())
            }
        }
    }

    /// Ends what has begun.
    fn close(&mut self) -> Result<(), BackupError> {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => Ok(()),
            Open::File(path, bytes) => {
                put(&path, &bytes).map_err(|source| BackupError::File { path, source })
            }
            Open::Content(hash, stage, length) => {
                // One that was damaged before the backup; what it is now has no use.
                let (found, _) = self.blobs.seal(stage)?;
                if found == hash {
                    self.amount.contents += 1;
                    self.amount.bytes += length;
                } else {
                    self.blobs.delete(&found)?;
                    self.amount.damaged += 1;
                }
                Ok(())
            }
        }
    }
}

/// Writes a file for this user alone, durable when this returns.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    disk::make_dir(folder)?;
    disk::remove_file(path)?;
    let mut file = disk::make_file(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::File::open(folder)?.sync_all()
}
