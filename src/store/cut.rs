//! All rows as of one moment, told while commits go on.
//!
//! A scan of everything takes its time, and what is committed meanwhile may or may not be in what it
//! passes. So all of that is also kept, in a file without a name, and told after it: setting the same
//! row twice is no harm, and in the end each row is as the last commit before the cut has left it.
//! Commits wait for nothing but for that file to take their rows.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::error::StoreError;
use super::folder::Folder;
use super::kv::{Change, Order};
use super::rows::{Rows, Span};
use super::schema::Key;
use super::{Shared, Store};
use crate::base::disk;

/// The most that may be committed while a cut is told, in bytes.
const ROOM: u64 = 4 << 30;

/// How many rows are held at a time.
const PAGE: usize = 256;

/// Told each row, or what became of it.
pub type Each<'a> = dyn FnMut(Change<'_>) -> Result<(), StoreError> + 'a;

/// Keeps what is committed.
pub(super) struct Tee {
    spool: BufWriter<File>,
    room: u64,
    failed: Option<io::Error>,
}

impl Tee {
    /// Keeps the changes of a group that was made durable. A failure is the cut's, not the group's.
    pub fn keep<'a>(&mut self, changes: impl Iterator<Item = Change<'a>>) {
        if self.failed.is_none() {
            let kept = changes.into_iter().try_for_each(|change| self.add(change));
            self.failed = kept.err();
        }
    }

    fn add(&mut self, (key, value): Change<'_>) -> io::Result<()> {
        let bytes = key.len() + value.map_or(0, <[u8]>::len);
        self.room = self.room.checked_sub(bytes as u64).ok_or_else(|| {
            io::Error::other("too much was written meanwhile for the room on the disk")
        })?;
        self.spool
            .write_all(&[u8::try_from(key.len()).unwrap_or(u8::MAX)])?;
        self.spool.write_all(key)?;
        let length = value.map_or(REMOVED, |value| {
            u32::try_from(value.len()).unwrap_or(REMOVED)
        });
        self.spool.write_all(&length.to_be_bytes())?;
        self.spool.write_all(value.unwrap_or_default())
    }
}

/// Stands for the length of a row that is gone.
const REMOVED: u32 = u32::MAX;

/// Removes the tee, however the cut ends.
struct Teeing<'a>(Option<&'a Shared>);

impl Teeing<'_> {
    fn end(&mut self) -> Option<Tee> {
        self.0.take().and_then(|shared| shared.tee.lock().take())
    }
}

impl Drop for Teeing<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

impl Store {
    /// Tells all rows as of one moment, which is when the last of them is told: a row that comes
    /// again replaces the one before, `None` removes it. Blocks; others read and write meanwhile.
    /// One at a time.
    ///
    /// # Errors
    /// Whatever `each` returns; [`StoreError::Busy`] while another cut is told; a database that can't
    /// be read, a disk without room for what is committed meanwhile.
    pub fn cut(&self, each: &mut Each<'_>) -> Result<(), StoreError> {
        let shared = &self.0;
        let spool = nameless(shared.folder.as_ref())?;
        // Messages need room, too.
        let space = shared.space()?;
        let room = ROOM.min(space.free.saturating_sub(space.floor) / 2);
        {
            let mut tee = shared.tee.lock();
            if tee.is_some() {
                return Err(StoreError::Busy);
            }
            *tee = Some(Tee {
                spool: BufWriter::new(spool),
                room,
                failed: None,
            });
        }
        let mut teeing = Teeing(Some(shared));
        self.tell_rows(each)?;
        // From here on it is what it is.
        match teeing.end() {
            Some(Tee {
                failed: Some(error),
                ..
            }) => Err(fault(error)),
            Some(Tee { spool, .. }) => tell(spool, each),
            None => Err(StoreError::Busy),
        }
    }

    /// A page at a time, so that no commit waits for whoever hears of it.
    fn tell_rows(&self, each: &mut Each<'_>) -> Result<(), StoreError> {
        let view = self.view();
        let mut rest = Span {
            from: Key::from_slice(&[]),
            to: Key::from_slice(&[u8::MAX]),
            order: Order::Forward,
        };
        let mut page: Vec<(Vec<u8>, Vec<u8>)> = Vec::with_capacity(PAGE);
        loop {
            page.clear();
            view.scan(&rest, &mut |key, value| {
                page.push((key.to_vec(), value.to_vec()));
                Ok(match page.len() {
                    PAGE => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                })
            })?;
            for (key, value) in &page {
                each((key, Some(value)))?;
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => rest.from = Key::behind(last),
                _ => return Ok(()),
            }
        }
    }
}

/// A file in the data folder that nobody else sees, and that is gone when it is closed.
fn nameless(folder: Option<&Folder>) -> Result<File, StoreError> {
    let path = folder.map_or_else(std::env::temp_dir, |folder| folder.path().to_path_buf());
    let path = path.join("backup.new");
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

fn tell(spool: BufWriter<File>, each: &mut Each<'_>) -> Result<(), StoreError> {
    let mut file = spool
        .into_inner()
        .map_err(|error| fault(error.into_error()))?;
    file.rewind().map_err(fault)?;
    let mut from = BufReader::new(file);
    let (mut key, mut value) = (Vec::new(), Vec::new());
    loop {
        let mut byte = [0];
        if from.read(&mut byte).map_err(fault)? == 0 {
            return Ok(());
        }
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
}

fn fill(from: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> Result<(), StoreError> {
    buffer.resize(length, 0);
    from.read_exact(buffer).map_err(fault)
}

fn fault(error: io::Error) -> StoreError {
    StoreError::io("write", Path::new("what is committed during a backup"))(error)
}
