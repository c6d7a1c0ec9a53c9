//! Giving space back: a volume that is mostly dead is given up. What lives in it is copied into
//! the volume being written, a slice at a time; when nobody names it any more its folder goes.
//!
//! Stages are moved first. From then on no stage lies in the volume, and none comes into it since
//! it is not written any more, so that one pass over the blobs finds everything that is left.

use std::collections::HashSet;
use std::fs;

use super::super::{BlobError, BlobHash, StageId, Tidied};
use super::catalogue::Name;
use super::extent::{CHUNK, Extent, Row};
use super::shelf::Content;
use super::{Stage, Volumes};
use crate::base::disk;

/// How the name of a volume ends that is being removed.
pub const GONE: &str = ".gone";

/// How much is copied in a slice, in bytes, and how much at once.
const SLICE: u64 = 16 << 20;
const COPY: usize = 1 << 20;

/// How many rows of the catalogue are looked at in a slice.
const ROWS: usize = 1_000;

/// How far it has come.
#[derive(Default)]
pub struct Tidying {
    giving_up: Option<GivingUp>,
    /// Volumes that could not be read, left as they are until the next start.
    left: HashSet<u32>,
}

/// A volume on its way out.
#[derive(Clone, Copy)]
struct GivingUp {
    volume: u32,
    /// Whether no stage lies in it any more.
    without_stages: bool,
    /// The blobs up to this one don't lie in it.
    after: Option<BlobHash>,
}

impl Volumes {
    /// A slice of giving up one volume.
    pub(super) fn tidy_slice(&self) -> Result<Tidied, BlobError> {
        let mut tidying = self.tidying.lock();
        let found = match tidying.giving_up {
            Some(giving_up) => Some(giving_up),
            None => self.mostly_dead(&tidying.left)?,
        };
        let Some(mut giving_up) = found else {
            return Ok(Tidied::default());
        };
        tidying.giving_up = Some(giving_up);
        let mut tidied = Tidied {
            more: true,
            ..Tidied::default()
        };
        match self.empty(&mut giving_up, &mut tidied.copied) {
            Ok(false) => tidying.giving_up = Some(giving_up),
            Ok(true) => {
                tidied.freed = self.remove(giving_up.volume)?;
                tidying.giving_up = None;
            }
            Err(BlobError::Damaged { path, what }) => {
                tracing::warn!(volume = %path.display(), %what, "a volume can't be tidied");
                tidying.left.insert(giving_up.volume);
                tidying.giving_up = None;
            }
            Err(error) => return Err(error),
        }
        Ok(tidied)
    }

    /// A volume of which little lives beside its size on the disk, closed if it was being
    /// written. Whole content takes less than twice its size.
    fn mostly_dead(&self, left: &HashSet<u32>) -> Result<Option<GivingUp>, BlobError> {
        for volume in self.shelf.numbers()? {
            if left.contains(&volume) {
                continue;
            }
            let path = self.shelf.pool.path(volume);
            let size = disk::size(&path).map_err(BlobError::io("read", &path))?;
            let live = self.live.of(volume);
            let dead = live == 0 && !self.shelf.is_active(volume);
            if dead || (size >= self.small && live.saturating_mul(4) <= size) {
                self.shelf.close(volume)?;
                return Ok(Some(GivingUp {
                    volume,
                    without_stages: false,
                    after: None,
                }));
            }
        }
        Ok(None)
    }

    /// Moves out of a volume what a slice allows. Whether nothing is left in it.
    fn empty(&self, giving_up: &mut GivingUp, copied: &mut u64) -> Result<bool, BlobError> {
        let volume = giving_up.volume;
        if !giving_up.without_stages {
            for id in self.stages.ids() {
                match self.with(id, |stage| self.move_stage(id, stage, volume, copied)) {
                    Ok(true) | Err(BlobError::NoStage) => {}
                    Ok(false) => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
            giving_up.without_stages = true;
        }
        let page = self.catalogue().blobs(giving_up.after, ROWS)?;
        let last = page.len() < ROWS;
        for (hash, row) in page {
            if !self.move_blob(hash, row, volume, copied)? {
                return Ok(false);
            }
            giving_up.after = Some(hash);
        }
        Ok(last)
    }

    /// Whether nothing of the stage is left in the volume.
    fn move_stage(
        &self,
        id: StageId,
        stage: &mut Stage,
        volume: u32,
        copied: &mut u64,
    ) -> Result<bool, BlobError> {
        while lies_in(&stage.content.extents, volume) {
            if *copied >= SLICE {
                return Ok(false);
            }
            self.sync_content(stage)?;
            self.change(stage, |content| {
                let moved = self.copy_out(&content.extents, volume, copied)?;
                *content = Content::new(moved);
                Ok(())
            })?;
            stage.synced = false;
            self.sync_stage(id, stage)?;
        }
        // What the catalogue knows may be older.
        self.sync_stage(id, stage)?;
        Ok(true)
    }

    /// Whether nothing of the blob is left in the volume.
    fn move_blob(
        &self,
        hash: BlobHash,
        mut row: Row,
        volume: u32,
        copied: &mut u64,
    ) -> Result<bool, BlobError> {
        while lies_in(&row.extents, volume) {
            if *copied >= SLICE {
                return Ok(false);
            }
            let moved = Row {
                touched: row.touched,
                extents: self.copy_out(&row.extents, volume, copied)?,
            };
            let _alone = self.changing.lock();
            match self.catalogue().find(Name::Blob(hash))? {
                Some(now) if now == row => {
                    self.catalogue().set(Name::Blob(hash), &moved)?;
                    self.live.change(&row.extents, &moved.extents);
                    row = moved;
                }
                // Sealed again meanwhile, or deleted.
                Some(now) => row = now,
                None => return Ok(true),
            }
        }
        Ok(true)
    }

    /// Copies the first of the extents that lie in a volume, or a part of it, into the volume
    /// being written. Returns all of the extents as they are then, durable.
    fn copy_out(
        &self,
        extents: &[Extent],
        volume: u32,
        copied: &mut u64,
    ) -> Result<Vec<Extent>, BlobError> {
        self.place.require_space()?;
        let at = extents.iter().position(|extent| extent.volume == volume);
        let (before, rest) = extents.split_at(at.unwrap_or(extents.len()));
        let Some((moving, behind)) = rest.split_first() else {
            return Ok(extents.to_vec());
        };
        let failures = self.shelf.pool.failures();
        let mut content = Content::new(before.to_vec());
        let mut done = 0;
        let mut buf = vec![0; COPY];
        while done < moving.len && *copied < SLICE {
            let count = self.shelf.read(&[*moving], done, &mut buf)?;
            self.shelf.append(&mut content, &buf[..count])?;
            done += count as u64;
            *copied += count as u64;
        }
        self.shelf.sync(&mut content)?;
        if self.shelf.pool.failures() != failures {
            return Err(BlobError::Interrupted);
        }
        let mut moved = content.extents;
        if done < moving.len {
            // Copied by the chunk, so that the rest begins with a whole one.
            let chunks = u32::try_from(done / CHUNK as u64).unwrap_or(u32::MAX);
            moved.push(Extent {
                first: moving.first.saturating_add(chunks),
                len: moving.len - done,
                ..*moving
            });
        }
        moved.extend(behind);
        Ok(moved)
    }

    /// Removes a volume that nobody names, and returns the bytes of disk that this gave back.
    fn remove(&self, volume: u32) -> Result<u64, BlobError> {
        self.shelf.pool.retire(volume);
        let path = self.shelf.pool.path(volume);
        let size = disk::size(&path).map_err(BlobError::io("read", &path))?;
        let gone = self.place.dir.join(format!("{volume:06}{GONE}"));
        fs::rename(&path, &gone).map_err(BlobError::io("rename", &path))?;
        disk::sync_dir(&self.place.dir).map_err(BlobError::io("sync", &self.place.dir))?;
        fs::remove_dir_all(&gone).map_err(BlobError::io("remove", &gone))?;
        Ok(size)
    }
}

fn lies_in(extents: &[Extent], volume: u32) -> bool {
    extents.iter().any(|extent| extent.volume == volume)
}
