//! Blobs in volumes: databases of bounded size, with a catalogue of what lies where.
//!
//! Chunks go into the volumes first and are synced; then one atomic, synced change of the
//! catalogue names them. So a crash leaves chunks that nobody names, and never a name without its
//! chunks. Space is given back by the volume: of one that is mostly dead what lives is copied into
//! the volume being written, and its folder is removed (`tidy`).

mod catalogue;
mod extent;
mod pool;
mod shelf;
mod tidy;

use std::fs;

use parking_lot::Mutex;

use self::catalogue::{Catalogue, Name};
use self::extent::Row;
use self::pool::{CATALOGUE, Pool};
use self::shelf::{Content, Live, Shelf};
use self::tidy::Tidying;
use super::hashing::Hashing;
use super::stages::{Stages, if_there};
use super::{
    BlobError, BlobHash, BlobOptions, BlobUsage, Blobs, Place, StageId, Staged, Tidied,
    require_short,
};
use crate::base::clock::Timestamp;
use crate::base::disk;

/// How many volumes are open at most: the one that is written, and some that are read.
const OPEN_VOLUMES: usize = 3;

/// Volumes behind the seam.
pub struct Volumes {
    // Declared before the place, so that everything is closed before its lock is let go of.
    shelf: Shelf,
    stages: Stages<Stage>,
    live: Live,
    /// Held while the row of a blob is looked at and then changed.
    changing: Mutex<()>,
    tidying: Mutex<Tidying>,
    /// The size under which a volume is not worth giving up while anything lives in it.
    small: u64,
    place: Place,
}

/// What is kept of a stage in memory.
struct Stage {
    content: Content,
    touched: Timestamp,
    /// Whether the catalogue says all this too.
    synced: bool,
    hashing: Hashing,
    /// The pool's failures when this was known to be so; `None` if it is not.
    known_at: Option<u64>,
}

impl Stage {
    fn new(row: Row, failures: u64) -> Self {
        Self {
            content: Content::new(row.extents),
            touched: row.touched,
            synced: true,
            hashing: Hashing::default(),
            known_at: Some(failures),
        }
    }

    fn row(&self) -> Row {
        Row {
            touched: self.touched,
            extents: self.content.extents.clone(),
        }
    }
}

impl Volumes {
    /// Opens the catalogue. Volumes are opened when they are needed.
    pub fn open(place: Place, options: &BlobOptions) -> Result<Self, BlobError> {
        let pool = Pool::new(&place.dir, OPEN_VOLUMES);
        let path = pool.path(CATALOGUE);
        disk::make_dir(&path).map_err(BlobError::io("create", &path))?;
        let names = disk::names(&place.dir).map_err(BlobError::io("read", &place.dir))?;
        for name in names.iter().filter(|name| name.ends_with(tidy::GONE)) {
            let path = place.dir.join(name);
            fs::remove_dir_all(&path).map_err(BlobError::io("remove", &path))?;
        }
        let live = Live::default();
        let mut after = None;
        loop {
            let page = Catalogue(&pool).blobs(after, 1_000)?;
            let Some((last, _)) = page.last() else {
                break;
            };
            after = Some(*last);
            for (_, row) in &page {
                live.change(&[], &row.extents);
            }
        }
        let failures = pool.failures();
        let mut stages = Vec::new();
        for (id, row) in Catalogue(&pool).stages()? {
            live.change(&[], &row.extents);
            stages.push((id, Stage::new(row, failures)));
        }
        Ok(Self {
            shelf: Shelf::new(&place.dir, pool, options.volume_bytes),
            stages: Stages::new(stages),
            live,
            changing: Mutex::default(),
            tidying: Mutex::default(),
            small: options.volume_bytes / 64,
            place,
        })
    }

    fn catalogue(&self) -> Catalogue<'_> {
        Catalogue(&self.shelf.pool)
    }

    /// Works on a stage, alone, having looked again at what is left of it after a failure.
    fn with<T>(
        &self,
        id: StageId,
        work: impl FnOnce(&mut Stage) -> Result<T, BlobError>,
    ) -> Result<T, BlobError> {
        self.stages.with(id, |stage| {
            self.refresh(id, stage)?;
            work(stage)
        })
    }

    fn refresh(&self, id: StageId, stage: &mut Stage) -> Result<(), BlobError> {
        let failures = self.shelf.pool.failures();
        if stage.known_at == Some(failures) {
            return Ok(());
        }
        let row = self.catalogue().find(Name::Stage(id))?;
        let row = row.ok_or(BlobError::NoStage)?;
        self.live.change(&stage.content.extents, &row.extents);
        *stage = Stage::new(row, failures);
        Ok(())
    }

    /// Changes the content of a stage, of which nothing is known if that fails.
    fn change<T>(
        &self,
        stage: &mut Stage,
        work: impl FnOnce(&mut Content) -> Result<T, BlobError>,
    ) -> Result<T, BlobError> {
        let before = stage.content.extents.clone();
        let done = work(&mut stage.content);
        self.live.change(&before, &stage.content.extents);
        if done.is_err() {
            stage.known_at = None;
        }
        done
    }

    /// Makes the content of a stage durable, in the volumes only.
    fn sync_content(&self, stage: &mut Stage) -> Result<(), BlobError> {
        self.change(stage, |content| self.shelf.sync(content))?;
        if stage.known_at == Some(self.shelf.pool.failures()) {
            return Ok(());
        }
        // Something failed meanwhile, so that it is not known what the sync has reached.
        Err(BlobError::Interrupted)
    }

    /// Makes a stage durable, and the catalogue say so.
    fn sync_stage(&self, id: StageId, stage: &mut Stage) -> Result<(), BlobError> {
        if stage.synced {
            return Ok(());
        }
        self.sync_content(stage)?;
        self.catalogue().set(Name::Stage(id), &stage.row())?;
        stage.synced = true;
        Ok(())
    }
}

impl Blobs for Volumes {
    fn begin(&self, stage: StageId, note: &[u8], now: Timestamp) -> Result<(), BlobError> {
        require_short(note)?;
        self.place.require_space()?;
        self.stages.add(stage, || {
            let failures = self.shelf.pool.failures();
            let row = Row {
                touched: now,
                extents: Vec::new(),
            };
            self.catalogue().begin(stage, &row, note)?;
            Ok(Stage::new(row, failures))
        })
    }

    fn append(
        &self,
        stage: StageId,
        offset: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64, BlobError> {
        self.with(stage, |state| {
            let len = state.content.len();
            if offset != len {
                return Err(BlobError::Offset { len });
            }
            self.place.require_space()?;
            self.change(state, |content| self.shelf.append(content, bytes))?;
            state.hashing.note(offset, bytes);
            state.touched = now;
            state.synced = false;
            Ok(state.content.len())
        })
    }

    fn sync(&self, stage: StageId) -> Result<(), BlobError> {
        self.with(stage, |state| self.sync_stage(stage, state))
    }

    fn staged(&self, stage: StageId) -> Result<Option<Staged>, BlobError> {
        let found = self.with(stage, |state| {
            let note = self.catalogue().note(stage)?;
            Ok(Staged {
                len: state.content.len(),
                touched: state.touched,
                note: note.ok_or(BlobError::NoStage)?,
            })
        });
        if_there(found)
    }

    fn stages(&self) -> Result<Vec<(StageId, Staged)>, BlobError> {
        self.stages.all(|stage| self.staged(stage))
    }

    fn read_staged(&self, stage: StageId, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        self.with(stage, |state| {
            self.shelf.read_content(&state.content, offset, buf)
        })
    }

    /// The row is set even if there is one: the same work, and what had been damaged is whole
    /// again.
    fn seal(&self, stage: StageId) -> Result<(BlobHash, u64), BlobError> {
        self.stages.end(stage, |state| {
            self.refresh(stage, state)?;
            self.sync_content(state)?;
            let row = state.row();
            let read = |offset, buf: &mut [u8]| self.shelf.read(&row.extents, offset, buf);
            let hash = state.hashing.clone().finish(row.len(), read)?;
            let _alone = self.changing.lock();
            let before = self.catalogue().find(Name::Blob(hash))?;
            let done = self.catalogue().end(stage, Some((hash, &row)));
            if done.is_err() {
                state.known_at = None;
            }
            done?;
            let before = before.map(|row| row.extents);
            self.live.change(&before.unwrap_or_default(), &[]);
            Ok((hash, row.len()))
        })
    }

    fn discard(&self, stage: StageId) -> Result<(), BlobError> {
        let dropped = self.stages.end(stage, |state| {
            self.catalogue().end(stage, None)?;
            self.live.change(&state.content.extents, &[]);
            Ok(())
        });
        if_there(dropped).map(drop)
    }

    fn len(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        let row = self.catalogue().find(Name::Blob(*hash))?;
        Ok(row.map(|row| row.len()))
    }

    fn read(&self, hash: &BlobHash, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        let mut failed = None;
        loop {
            let row = self.catalogue().find(Name::Blob(*hash))?;
            let row = row.ok_or(BlobError::Absent)?;
            match self.shelf.read(&row.extents, offset, buf) {
                // It may have been moved or deleted after its row was read.
                Err(BlobError::Damaged { .. }) if failed.as_ref() != Some(&row) => {
                    failed = Some(row);
                }
                read => return read,
            }
        }
    }

    fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        let _alone = self.changing.lock();
        if let Some(row) = self.catalogue().find(Name::Blob(*hash))? {
            self.catalogue().remove_blob(*hash)?;
            self.live.change(&row.extents, &[]);
        }
        Ok(())
    }

    fn hashes(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobHash>, BlobError> {
        let found = self.catalogue().blobs(after, limit)?;
        Ok(found.into_iter().map(|(hash, _)| hash).collect())
    }

    fn tidy(&self) -> Result<Tidied, BlobError> {
        self.tidy_slice()
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        let dir = &self.place.dir;
        let disk = disk::size(dir).map_err(BlobError::io("read", dir))?;
        let live = self.live.total();
        Ok(BlobUsage { live, disk })
    }
}
