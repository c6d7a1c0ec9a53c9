//! Content on its way into the volumes and out of them.
//!
//! One volume is written at a time, by one thread at a time, and volumes are appended to only:
//! what nobody names any more stays until its volume is given up. A volume that is full, or of
//! which much was read to its end, is closed, as only that empties the engine's memory.

use std::collections::HashMap;
use std::ops::ControlFlow;

use parking_lot::Mutex;

use super::super::BlobError;
use super::extent::{CHUNK, Extent, key, run_of, total};
use super::pool::Pool;
use crate::base::database::{Database, DatabaseError};
use crate::base::disk;

/// How much is written before others may, in bytes.
const SLICE: usize = 1 << 20;

/// Bytes of one extent after which its volume is left when it has been read to its end.
const MUCH: u64 = 16 << 20;

/// Content that is being written.
#[derive(Default)]
pub struct Content {
    pub extents: Vec<Extent>,
    /// The bytes of the last chunk while it is not whole; empty if they are to be read first.
    tail: Vec<u8>,
}

impl Content {
    pub fn new(extents: Vec<Extent>) -> Self {
        let tail = Vec::new();
        Self { extents, tail }
    }

    pub fn len(&self) -> u64 {
        total(&self.extents)
    }

    /// Writes bytes behind the last extent, whose last chunk is in `tail`.
    fn fill(&mut self, mut bytes: &[u8], volume: &Database) -> Result<(), DatabaseError> {
        let Some(last) = self.extents.last_mut() else {
            return Ok(());
        };
        while !bytes.is_empty() {
            let count = bytes.len().min(CHUNK - self.tail.len());
            let (now, later) = bytes.split_at(count);
            let key = last.key(last.len);
            if count == CHUNK {
                volume.set(&key, now)?;
            } else {
                self.tail.extend(now);
                if self.tail.len() == CHUNK {
                    volume.set(&key, &self.tail)?;
                    self.tail.clear();
                }
            }
            last.len += count as u64;
            bytes = later;
        }
        Ok(())
    }
}

/// The volumes.
pub struct Shelf {
    pub pool: Pool,
    dir: std::path::PathBuf,
    /// The size on the disk at which a volume is closed.
    limit: u64,
    writer: Mutex<Writer>,
}

/// Where content is written.
#[derive(Default)]
struct Writer {
    /// The volume that is written, once there is one.
    active: Option<u32>,
    /// Volumes up to this number are not written any more.
    closed: u32,
    next_run: u64,
}

impl Shelf {
    pub fn new(dir: &std::path::Path, pool: Pool, limit: u64) -> Self {
        Self {
            pool,
            dir: dir.to_path_buf(),
            limit,
            writer: Mutex::default(),
        }
    }

    /// The numbers of the volumes there are, in order.
    pub fn numbers(&self) -> Result<Vec<u32>, BlobError> {
        let names = disk::names(&self.dir).map_err(BlobError::io("read", &self.dir))?;
        let mut numbers: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Whether a volume is the one that is written.
    pub fn is_active(&self, volume: u32) -> bool {
        self.writer.lock().active == Some(volume)
    }

    /// Writes into this volume no more.
    pub fn close(&self, volume: u32) -> Result<(), BlobError> {
        let mut writer = self.writer.lock();
        if writer.active == Some(volume) {
            self.pool.with(volume, Database::sync)?;
            writer.active = None;
        }
        writer.closed = writer.closed.max(volume);
        Ok(())
    }

    /// Appends to content. After an error how far it came is not known.
    pub fn append(&self, content: &mut Content, bytes: &[u8]) -> Result<(), BlobError> {
        for slice in bytes.chunks(SLICE) {
            let mut writer = self.writer.lock();
            self.write(&mut writer, content, |content, volume| {
                content.fill(slice, volume)
            })?;
            if let Some(volume) = writer.active
                && self.pool.with(volume, Database::size)? >= self.limit
            {
                self.pool.with(volume, Database::sync)?;
                writer.active = None;
                writer.closed = volume;
                self.pool.leave(volume);
            }
        }
        Ok(())
    }

    /// Returns when all of the content is durable.
    pub fn sync(&self, content: &mut Content) -> Result<(), BlobError> {
        if !content.tail.is_empty() {
            let mut writer = self.writer.lock();
            self.write(&mut writer, content, |content, volume| {
                match content.extents.last() {
                    Some(last) => volume.set(&last.key(last.len - 1), &content.tail),
                    None => Ok(()),
                }
            })?;
            content.tail = Vec::new();
        }
        match content.extents.last() {
            // A volume is synced before the next is written.
            Some(last) if self.is_active(last.volume) => {
                self.pool.with(last.volume, Database::sync)
            }
            _ => Ok(()),
        }
    }

    /// Writes into the active volume, where the content then goes on.
    fn write(
        &self,
        writer: &mut Writer,
        content: &mut Content,
        write: impl FnOnce(&mut Content, &Database) -> Result<(), DatabaseError>,
    ) -> Result<(), BlobError> {
        let volume = self.active(writer)?;
        self.go_on_in(writer, content, volume)?;
        let written = self.pool.with(volume, |volume| write(content, volume));
        if written.is_err() {
            // Looked at afresh before anything more is written.
            writer.active = None;
        }
        written
    }

    /// Sees to it that the last extent is in the active volume and its last chunk in memory.
    fn go_on_in(
        &self,
        writer: &mut Writer,
        content: &mut Content,
        volume: u32,
    ) -> Result<(), BlobError> {
        if let Some(last) = content.extents.last_mut() {
            let partial = last.partial();
            if content.tail.len() != partial {
                content.tail.resize(partial, 0);
                let at = last.len - partial as u64;
                self.read_extent(last, at, &mut content.tail)?;
            }
            if last.volume == volume {
                return Ok(());
            }
            last.len -= partial as u64;
            if last.len == 0 {
                content.extents.pop();
            }
        }
        let run = writer.next_run;
        writer.next_run += 1;
        content.extents.push(Extent {
            volume,
            run,
            first: 0,
            len: content.tail.len() as u64,
        });
        Ok(())
    }

    /// The volume that is written: the newest, or one more if that is full or damaged.
    fn active(&self, writer: &mut Writer) -> Result<u32, BlobError> {
        if let Some(volume) = writer.active {
            return Ok(volume);
        }
        let newest = self.numbers()?.pop().unwrap_or(0);
        if newest > writer.closed {
            let found = self.pool.with(newest, |volume| {
                let run = last_run(volume)?;
                Ok((volume.size()?, run))
            });
            match found {
                Ok((size, run)) if size < self.limit => {
                    writer.next_run = run + 1;
                    writer.active = Some(newest);
                    return Ok(newest);
                }
                Ok(_) | Err(BlobError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let next = newest.max(writer.closed) + 1;
        let path = self.pool.path(next);
        disk::make_dir(&path).map_err(BlobError::io("create", &path))?;
        writer.next_run = 1;
        writer.active = Some(next);
        Ok(next)
    }

    /// Reads extents as one content, from `offset` on; what `content` has in memory too.
    pub fn read_content(
        &self,
        content: &Content,
        offset: u64,
        buf: &mut [u8],
    ) -> Result<usize, BlobError> {
        let tail = content.tail.len() as u64;
        let end = content.len() - tail;
        let stored = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let (stored, rest) = buf.split_at_mut(stored.min(buf.len()));
        let mut count = self.read(&content.extents, offset, stored)?;
        let from = usize::try_from((offset + count as u64).saturating_sub(end));
        let left = content
            .tail
            .get(from.unwrap_or(usize::MAX)..)
            .unwrap_or(&[]);
        let more = left.len().min(rest.len());
        rest[..more].copy_from_slice(&left[..more]);
        count += more;
        Ok(count)
    }

    /// Reads extents as one content, from `offset` on; returns how many bytes it read, which are
    /// fewer than `buf` holds only at the end. Not by who holds the writer.
    pub fn read(
        &self,
        extents: &[Extent],
        offset: u64,
        buf: &mut [u8],
    ) -> Result<usize, BlobError> {
        let mut start = 0;
        let mut count = 0_usize;
        for extent in extents {
            let at = (offset.saturating_add(count as u64)).saturating_sub(start);
            start += extent.len;
            if at >= extent.len {
                continue;
            }
            let here = usize::try_from(extent.len - at).unwrap_or(usize::MAX);
            let end = buf.len().min(count.saturating_add(here));
            self.read_extent(extent, at, &mut buf[count..end])?;
            let is_read = end - count == here;
            count = end;
            if is_read && extent.len >= MUCH && !self.is_active(extent.volume) {
                self.pool.leave(extent.volume);
            }
            if count == buf.len() {
                break;
            }
        }
        Ok(count)
    }

    /// Fills `buf` from one extent, which holds as much from `at` on.
    fn read_extent(&self, extent: &Extent, at: u64, buf: &mut [u8]) -> Result<(), BlobError> {
        if buf.is_empty() {
            return Ok(());
        }
        let whole = self.pool.with(extent.volume, |volume| {
            let mut at = at;
            let mut buf = buf;
            while !buf.is_empty() {
                let within = usize::try_from(at % CHUNK as u64).unwrap_or(0);
                let count = buf.len().min(CHUNK - within);
                let (now, later) = buf.split_at_mut(count);
                let mut found = false;
                volume.look(&extent.key(at), |chunk| {
                    if let Some(bytes) = chunk.get(within..within + count) {
                        now.copy_from_slice(bytes);
                        found = true;
                    }
                })?;
                if !found {
                    return Ok(false);
                }
                buf = later;
                at += count as u64;
            }
            Ok(true)
        })?;
        if whole {
            return Ok(());
        }
        Err(BlobError::Damaged {
            path: self.pool.path(extent.volume),
            what: "a chunk is missing".to_owned(),
        })
    }
}

/// The last run in a volume, or 0.
fn last_run(volume: &Database) -> Result<u64, DatabaseError> {
    let mut run = 0;
    volume.scan(&key(0, 0), &[u8::MAX; 13], true, &mut |key, _| {
        run = run_of(key);
        Ok::<_, DatabaseError>(ControlFlow::Break(()))
    })?;
    Ok(run)
}

/// How many bytes of each volume somebody names.
#[derive(Default)]
pub struct Live(Mutex<HashMap<u32, u64>>);

impl Live {
    /// One content lay in `before` and lies in `after` now.
    pub fn change(&self, before: &[Extent], after: &[Extent]) {
        let mut live = self.0.lock();
        for extent in after {
            *live.entry(extent.volume).or_default() += extent.len;
        }
        for extent in before {
            let bytes = live.entry(extent.volume).or_default();
            *bytes = bytes.saturating_sub(extent.len);
        }
        live.retain(|_, bytes| *bytes > 0);
    }

    pub fn of(&self, volume: u32) -> u64 {
        self.0.lock().get(&volume).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.0.lock().values().sum()
    }
}
