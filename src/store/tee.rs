//! What is committed while everything is read: kept in a file without a name, to be told after it.
//!
//! A scan of everything takes its time, and what is committed meanwhile may or may not be in what it
//! passes. So all of that is also kept here: setting the same row twice is no harm, and in the end each
//! row is as the last commit has left it. Commits wait for nothing but for that file to take their rows.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::Shared;
use super::error::StoreError;
use super::folder::Folder;
use super::kv::Change;
use crate::base::disk;

/// The most that is kept, in bytes.
const ROOM: u64 = 4 << 30;

/// Stands for the length of a row that is gone.
const REMOVED: u32 = u32::MAX;

/// Told each row, or what became of it.
pub type Each<'a> = dyn FnMut(Change<'_>) -> Result<(), StoreError> + 'a;

/// For whom it is kept: each is one at a time.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// A backup.
    Cut,
    /// The next generation.
    Generation,
}

/// For whom is kept at present.
#[derive(Default)]
pub struct Tees([Option<Tee>; 2]);

impl Tees {
    /// Keeps the changes of a group that was made durable.
    pub fn keep<'a, I: Iterator<Item = Change<'a>>>(&mut self, changes: impl Fn() -> I) {
        for tee in self.0.iter_mut().flatten() {
            tee.keep(changes());
        }
    }
}

/// Keeps what is committed.
struct Tee {
    spool: BufWriter<File>,
    written: u64,
    room: u64,
    failed: Option<io::Error>,
}

impl Tee {
    /// A failure is the reader's, not the group's.
    fn keep<'a>(&mut self, mut changes: impl Iterator<Item = Change<'a>>) {
        if self.failed.is_none() {
            self.failed = changes.try_for_each(|change| self.add(change)).err();
        }
    }

    fn add(&mut self, (key, value): Change<'_>) -> io::Result<()> {
        let length = value.unwrap_or_default().len();
        let bytes = (1 + key.len() + 4 + length) as u64;
        self.room = self.room.checked_sub(bytes).ok_or_else(|| {
            io::Error::other("too much was written meanwhile for the room on the disk")
        })?;
        let size = match value {
            Some(_) => u32::try_from(length).unwrap_or(REMOVED),
            None => REMOVED,
        };
        self.spool
            .write_all(&[u8::try_from(key.len()).unwrap_or(u8::MAX)])?;
        self.spool.write_all(key)?;
        self.spool.write_all(&size.to_be_bytes())?;
        self.spool.write_all(value.unwrap_or_default())?;
        self.written += bytes;
        Ok(())
    }

    /// How much of it can be read.
    fn settle(&mut self) -> io::Result<u64> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.spool.flush().map(|()| self.written),
        }
    }
}

/// Reads what is kept, from its beginning. Dropping it ends the keeping.
pub struct Kept {
    shared: Arc<Shared>,
    purpose: Purpose,
    file: File,
    read: u64,
}

impl Kept {
    /// Keeps everything that is committed from now on.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while it is done for the same purpose already.
    pub fn begin(shared: &Arc<Shared>, purpose: Purpose) -> Result<Self, StoreError> {
        let file = nameless(shared.folder.as_ref(), purpose)?;
        // Messages need room, too.
        let space = shared.space()?;
        let room = ROOM.min(space.free.saturating_sub(space.floor) / 2);
        let spool = file.try_clone().map_err(fault)?;
        let mut tees = shared.tees.lock();
        let place = &mut tees.0[purpose as usize];
        if place.is_some() {
            return Err(StoreError::Busy);
        }
        *place = Some(Tee {
            spool: BufWriter::new(spool),
            written: 0,
            room,
            failed: None,
        });
        Ok(Self {
            shared: Arc::clone(shared),
            purpose,
            file,
            read: 0,
        })
    }

    /// Bytes that were kept and not read.
    pub fn left(&self) -> Result<u64, StoreError> {
        let mut tees = self.shared.tees.lock();
        let tee = tees.0[self.purpose as usize].as_mut();
        let settled = tee.ok_or(StoreError::Busy)?.settle().map_err(fault)?;
        Ok(settled - self.read)
    }

    /// Tells what was kept until now and not told.
    pub fn tell(&mut self, each: &mut Each<'_>) -> Result<(), StoreError> {
        let left = self.left()?;
        let piece = Piece {
            file: &self.file,
            at: self.read,
        };
        let mut from = BufReader::new(piece.take(left));
        let (mut key, mut value) = (Vec::new(), Vec::new());
        let mut byte = [0];
        while from.read(&mut byte).map_err(fault)? > 0 {
            let mut length = [0; 4];
            fill(&mut from, &mut key, usize::from(byte[0]))?;
            from.read_exact(&mut length).map_err(fault)?;
            match u32::from_be_bytes(length) {
                REMOVED => each((&key, None))?,
                length => {
                    fill(&mut from, &mut value, length as usize)?;
                    each((&key, Some(&value)))?;
                }
            }
        }
        self.read += left;
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let tee = self.shared.tees.lock().0[self.purpose as usize].take();
        drop(tee);
    }
}

/// A place in a file that others write.
struct Piece<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Piece<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// A file in the data folder that nobody else sees, and that is gone when it is closed.
fn nameless(folder: Option<&Folder>, purpose: Purpose) -> Result<File, StoreError> {
    let path = folder.map_or_else(std::env::temp_dir, |folder| folder.path().to_path_buf());
    let path = path.join(match purpose {
        Purpose::Cut => "backup.new",
        Purpose::Generation => "generation.new",
    });
    disk::remove_file(&path)
        .and_then(|()| disk::make_file(&path))
        .and_then(|made| {
            // Opened once more, since the first is for writing only.
            let file = File::options().read(true).write(true).open(&path)?;
            drop(made);
            disk::remove_file(&path)?;
            Ok(file)
        })
        .map_err(StoreError::io("create", &path))
}

fn fill(from: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> Result<(), StoreError> {
    buffer.resize(length, 0);
    from.read_exact(buffer).map_err(fault)
}

fn fault(error: io::Error) -> StoreError {
    StoreError::io("write", Path::new("what is committed meanwhile"))(error)
}
