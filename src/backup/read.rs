//! Restoring a backup into an empty data folder.

use std::fs;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::format::{FILE_MAX, Kind, Source, rows};
use super::{Amount, BackupError, SETTINGS};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::blobs::{BlobHash, Blobs, StageId};
use crate::store::{Mark, Restoring, StoreOptions, Tally};

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
    tools: (&Clock, &Rng),
) -> Result<Restored, BackupError> {
    let source = Source::begin(from)?;
    let database = Restoring::begin(data, options)?;
    let into = Contents::within(data, open_blobs()?, tools, false);
    into.fill(source, database, (Mark::Replaced, ""))
}

/// Reads a backup in the place of the database that a data folder holds, which is set aside with a mark and
/// the reason for it. Contents and keys that are there stay.
///
/// # Errors
/// After any of them the folder has the database that it had. Contents and keys that it lacked may have come.
pub fn restore_over(
    from: impl Read,
    data: &Path,
    options: &StoreOptions,
    open_blobs: impl FnOnce() -> Result<Arc<dyn Blobs>, BackupError>,
    tools: (&Clock, &Rng),
    mark: (Mark, &str),
) -> Result<Restored, BackupError> {
    let source = Source::begin(from)?;
    let database = Restoring::begin_over(data, options)?;
    let into = Contents::within(data, open_blobs()?, tools, true);
    into.fill(source, database, mark)
}

/// Reads a backup to its end: it is whole, as it was written.
pub fn check(from: impl Read) -> Result<(), BackupError> {
    let mut source = Source::begin(from)?;
    while source.next()?.is_some() {}
    Ok(())
}

/// Does so, and compares all contents with their checksums. Says how much there is.
pub fn examine(from: impl Read) -> Result<Amount, BackupError> {
    let mut source = Source::begin(from)?;
    let mut amount = Amount::default();
    let mut content: Option<(BlobHash, Sha256, u64)> = None;
    loop {
        let frame = source.next()?;
        if let Some((Kind::Bytes, bytes)) = frame {
            if let Some((_, sum, length)) = &mut content {
                sum.update(bytes);
                *length += bytes.len() as u64;
            }
            continue;
        }
        match content.take() {
            Some((hash, sum, length)) if sum.clone().finalize()[..] == hash.0 => {
                amount.contents += 1;
                amount.bytes += length;
            }
            Some(_) => amount.damaged += 1,
            None => {}
        }
        match frame {
            Some((Kind::Rows, bytes)) => {
                amount.row_bytes += bytes.len() as u64;
                for row in rows(bytes) {
                    row?;
                    amount.rows += 1;
                }
            }
            Some((Kind::File, name)) => {
                let is_settings = place_of(name)? == Path::new(SETTINGS);
                amount.settings |= is_settings;
            }
            Some((Kind::Content, hash)) => content = Some((hash_of(hash)?, Sha256::new(), 0)),
            Some(_) => {}
            None => return Ok(amount),
        }
    }
}

/// Makes a database of the rows in a data folder that holds none, and checks it: a trial.
pub fn restore_rows(
    from: impl Read,
    data: &Path,
    options: &StoreOptions,
    tools: (&Clock, &Rng),
) -> Result<Restored, BackupError> {
    let mut source = Source::begin(from)?;
    let mut database = Restoring::begin(data, options)?;
    let mut amount = Amount::default();
    while let Some((kind, bytes)) = source.next()? {
        if kind == Kind::Rows {
            amount.row_bytes += bytes.len() as u64;
            for row in rows(bytes) {
                amount.rows += 1;
                database.take(row?)?;
            }
        }
    }
    let tally = database.finish(tools, (Mark::Replaced, ""))?;
    Ok(Restored { amount, tally })
}

/// A file may lie in a folder of the data folder and nowhere else.
fn place_of(name: &[u8]) -> Result<&Path, BackupError> {
    let path = std::str::from_utf8(name).map(Path::new).ok();
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    path.filter(|path| path.components().count() == 2 && path.components().all(plain))
        .ok_or(BackupError::Damaged("a file of it has a strange name"))
}

fn hash_of(bytes: &[u8]) -> Result<BlobHash, BackupError> {
    let hash = bytes.try_into();
    hash.map(BlobHash)
        .map_err(|_| BackupError::Damaged("a content of it has no name"))
}

/// What bytes belong to.
enum Open {
    Nothing,
    /// To what is there already.
    Spared,
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
    /// Whether what is there stays as it is.
    sparing: bool,
}

impl<'a> Contents<'a> {
    fn within(
        data: &'a Path,
        blobs: Arc<dyn Blobs>,
        (clock, rng): (&'a Clock, &'a Rng),
        sparing: bool,
    ) -> Self {
        Self {
            blobs,
            amount: Amount::default(),
            open: Open::Nothing,
            data,
            clock,
            rng,
            sparing,
        }
    }

    fn fill<R: Read>(
        mut self,
        mut source: Source<R>,
        mut database: Restoring,
        mark: (Mark, &str),
    ) -> Result<Restored, BackupError> {
        while let Some((kind, bytes)) = source.next()? {
            match kind {
                Kind::Rows => {
                    self.amount.row_bytes += bytes.len() as u64;
                    for row in rows(bytes) {
                        self.amount.rows += 1;
                        database.take(row?)?;
                    }
                }
                Kind::File => self.begin_file(bytes)?,
                Kind::Content => self.begin_content(bytes)?,
                Kind::Bytes => self.add(bytes)?,
                Kind::End => {}
            }
        }
        self.close()?;
        let (amount, tools) = (self.amount, (self.clock, self.rng));
        // Closed before anybody opens them again.
        drop(self);
        let tally = database.finish(tools, mark)?;
        Ok(Restored { amount, tally })
    }

    fn begin_file(&mut self, name: &[u8]) -> Result<(), BackupError> {
        self.close()?;
        let name = place_of(name)?;
        let is_settings = name == Path::new(SETTINGS);
        self.amount.settings |= is_settings;
        let path = self.data.join(name);
        // Those of an earlier backup have no use.
        self.open = if self.sparing && path.exists() && !is_settings {
            Open::Spared
        } else {
            Open::File(path, Vec::new())
        };
        Ok(())
    }

    fn begin_content(&mut self, hash: &[u8]) -> Result<(), BackupError> {
        self.close()?;
        let hash = hash_of(hash)?;
        if self.sparing && self.blobs.len(&hash)?.is_some() {
            self.open = Open::Spared;
            return Ok(());
        }
        let stage = StageId(u128::from_le_bytes(self.rng.bytes()));
        self.blobs.begin(stage, &[], self.clock.now())?;
        self.open = Open::Content(hash, stage, 0);
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        match &mut self.open {
            Open::Nothing => Err(BackupError::Damaged("bytes of it belong to nothing")),
            Open::Spared => Ok(()),
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
            Open::Nothing | Open::Spared => Ok(()),
            Open::File(path, bytes) => put(&path, &bytes).map_err(BackupError::file(&path)),
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
