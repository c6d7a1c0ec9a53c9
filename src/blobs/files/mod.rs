//! Blobs as plain files: `ab/cdef…` by hash, and `stages/` for what is being uploaded.
//!
//! The file system holds all state. A stage is two files: its bytes, and a note (`note`) that
//! says how many of them are durable. Sealing renames the bytes to their hash, over an equal
//! content if there is one: the same work either way.

mod note;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use self::note::Note;
use super::hashing::Hashing;
use super::stages::{Stages, if_there};
use super::{BlobError, BlobHash, BlobUsage, Blobs, Place, StageId, Staged, Tidied, require_short};
use crate::base::clock::Timestamp;
use crate::base::disk;

/// The folder of stages; two-letter folders beside it hold the blobs.
const STAGES: &str = "stages";

/// Where a blob lies in the folder of them.
pub fn path_in(dir: &Path, hash: &BlobHash) -> PathBuf {
    let name = hash.to_string();
    let (folder, rest) = name.split_at(2);
    dir.join(folder).join(rest)
}

/// Plain files behind the seam.
pub struct Files {
    place: Place,
    stages: Stages<Stage>,
}

/// What is kept of a stage in memory.
struct Stage {
    len: u64,
    touched: Timestamp,
    /// Whether all of it is durable.
    synced: bool,
    hashing: Hashing,
}

impl Files {
    /// Opens the folder. Stages are cut to what their notes say is durable, and what was on its
    /// way when the process ended is removed.
    pub fn open(place: Place) -> Result<Self, BlobError> {
        let dir = place.dir.join(STAGES);
        disk::make_dir(&dir).map_err(BlobError::io("create", &dir))?;
        let mut there = Vec::new();
        for name in disk::names(&dir).map_err(BlobError::io("read", &dir))? {
            let path = dir.join(&name);
            match name.strip_suffix(".note") {
                Some(id) => there.extend(resume(&dir, id)?),
                None if note_path(&path).exists() => {}
                None => disk::remove_file(&path).map_err(BlobError::io("remove", &path))?,
            }
        }
        let stages = Stages::new(there);
        Ok(Self { place, stages })
    }

    fn stage_path(&self, stage: StageId) -> PathBuf {
        let dir = self.place.dir.join(STAGES);
        dir.join(format!("{:032x}", stage.0))
    }

    fn blob_path(&self, hash: &BlobHash) -> PathBuf {
        path_in(&self.place.dir, hash)
    }

    fn sync_stages(&self) -> Result<(), BlobError> {
        let dir = self.place.dir.join(STAGES);
        disk::sync_dir(&dir).map_err(BlobError::io("sync", &dir))
    }

    /// Makes what lies in the file of a stage durable, cut to its length: a write that failed may
    /// have left something behind it.
    fn sync_bytes(&self, id: StageId, stage: &mut Stage) -> Result<(), BlobError> {
        let path = self.stage_path(id);
        open_to_write(&path)
            .and_then(|file| {
                file.set_len(stage.len)?;
                file.sync_all()
            })
            .map_err(BlobError::io("sync", &path))?;
        note::set_len(&note_path(&path), stage.len, stage.touched)?;
        stage.synced = true;
        Ok(())
    }

    /// The folders named by the first two digits of the hashes in them, in order.
    fn folders(&self) -> Result<Vec<String>, BlobError> {
        let dir = &self.place.dir;
        let mut names = disk::names(dir).map_err(BlobError::io("read", dir))?;
        names.retain(|name| name.len() == 2);
        names.sort_unstable();
        Ok(names)
    }

    /// The hashes of the blobs in one folder, in no order.
    fn hashes_in(&self, folder: &str) -> Result<Vec<BlobHash>, BlobError> {
        let path = self.place.dir.join(folder);
        let names = disk::names(&path).map_err(BlobError::io("read", &path))?;
        let hash = |name: String| parse_hash(&format!("{folder}{name}"));
        Ok(names.into_iter().filter_map(hash).collect())
    }
}

impl Blobs for Files {
    fn begin(&self, stage: StageId, note: &[u8], now: Timestamp) -> Result<(), BlobError> {
        require_short(note)?;
        self.place.require_space()?;
        self.stages.add(stage, || {
            let path = self.stage_path(stage);
            // What a failed attempt may have left.
            for left in [note_path(&path), path.clone()] {
                disk::remove_file(&left).map_err(BlobError::io("remove", &left))?;
            }
            disk::make_file(&path)
                .and_then(|file| file.sync_all())
                .map_err(BlobError::io("create", &path))?;
            note::create(&note_path(&path), note, now)?;
            self.sync_stages()?;
            Ok(Stage {
                len: 0,
                touched: now,
                synced: true,
                hashing: Hashing::default(),
            })
        })
    }

    fn append(
        &self,
        stage: StageId,
        offset: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64, BlobError> {
        self.stages.with(stage, |state| {
            if offset != state.len {
                return Err(BlobError::Offset { len: state.len });
            }
            self.place.require_space()?;
            let path = self.stage_path(stage);
            open_to_write(&path)
                .and_then(|file| file.write_all_at(bytes, offset))
                .map_err(BlobError::io("write", &path))?;
            state.hashing.note(offset, bytes);
            state.len += bytes.len() as u64;
            state.touched = now;
            state.synced = false;
            Ok(state.len)
        })
    }

    fn sync(&self, stage: StageId) -> Result<(), BlobError> {
        self.stages.with(stage, |state| {
            if state.synced {
                return Ok(());
            }
            self.sync_bytes(stage, state)
        })
    }

    fn staged(&self, stage: StageId) -> Result<Option<Staged>, BlobError> {
        let found = self.stages.with(stage, |state| {
            let Note { said, .. } = note::read(&note_path(&self.stage_path(stage)))?;
            Ok(Staged {
                len: state.len,
                touched: state.touched,
                note: said,
            })
        });
        if_there(found)
    }

    fn stages(&self) -> Result<Vec<(StageId, Staged)>, BlobError> {
        self.stages.all(|stage| self.staged(stage))
    }

    fn read_staged(&self, stage: StageId, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        self.stages.with(stage, |state| {
            let buf = within(buf, offset, state.len);
            let path = self.stage_path(stage);
            File::open(&path)
                .and_then(|file| fill(&file, offset, buf))
                .map_err(BlobError::io("read", &path))
        })
    }

    fn seal(&self, stage: StageId) -> Result<(BlobHash, u64), BlobError> {
        self.stages.end(stage, |state| {
            let path = self.stage_path(stage);
            self.sync_bytes(stage, state)?;
            let file = File::open(&path).map_err(BlobError::io("open", &path))?;
            let hash = state.hashing.clone().finish(state.len, |offset, buf| {
                fill(&file, offset, buf).map_err(BlobError::io("read", &path))
            })?;
            let blob = self.blob_path(&hash);
            let folder = blob.parent().unwrap_or(&blob);
            disk::make_dir(folder).map_err(BlobError::io("create", folder))?;
            fs::rename(&path, &blob).map_err(BlobError::io("rename", &path))?;
            disk::sync_dir(folder).map_err(BlobError::io("sync", folder))?;
            let note = note_path(&path);
            disk::remove_file(&note).map_err(BlobError::io("remove", &note))?;
            self.sync_stages()?;
            Ok((hash, state.len))
        })
    }

    fn discard(&self, stage: StageId) -> Result<(), BlobError> {
        let dropped = self.stages.end(stage, |_| {
            let path = self.stage_path(stage);
            for gone in [note_path(&path), path] {
                disk::remove_file(&gone).map_err(BlobError::io("remove", &gone))?;
            }
            self.sync_stages()
        });
        if_there(dropped).map(drop)
    }

    fn len(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        let path = self.blob_path(hash);
        match fs::metadata(&path) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BlobError::io("look at", &path)(error)),
        }
    }

    fn read(&self, hash: &BlobHash, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        let path = self.blob_path(hash);
        let read = File::open(&path).and_then(|file| {
            let len = file.metadata()?.len();
            fill(&file, offset, within(buf, offset, len))
        });
        match read {
            Ok(count) => Ok(count),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(BlobError::Absent),
            Err(error) => Err(BlobError::io("read", &path)(error)),
        }
    }

    fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        let path = self.blob_path(hash);
        match fs::remove_file(&path) {
            Ok(()) => {
                let folder = path.parent().unwrap_or(&path);
                disk::sync_dir(folder).map_err(BlobError::io("sync", folder))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(BlobError::io("remove", &path)(error)),
        }
    }

    fn hashes(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobHash>, BlobError> {
        let first = after.map(|hash| format!("{:02x}", hash.0[0]));
        let mut found = Vec::new();
        for folder in self.folders()? {
            if found.len() >= limit {
                break;
            }
            if first.as_ref().is_some_and(|first| folder < *first) {
                continue;
            }
            let mut hashes = self.hashes_in(&folder)?;
            hashes.retain(|hash| after.is_none_or(|after| *hash > after));
            hashes.sort_unstable();
            found.extend(hashes);
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Files give their space back when they are deleted.
    fn tidy(&self) -> Result<Tidied, BlobError> {
        Ok(Tidied::default())
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        let mut live = 0;
        for folder in self.folders()? {
            for hash in self.hashes_in(&folder)? {
                live += self.len(&hash)?.unwrap_or(0);
            }
        }
        for (_, staged) in self.stages()? {
            live += staged.len;
        }
        let dir = &self.place.dir;
        let disk = disk::size(dir).map_err(BlobError::io("read", dir))?;
        Ok(BlobUsage { live, disk })
    }
}

/// Takes up the stage that a note names; `None` if it was sealed or never began.
fn resume(dir: &Path, id: &str) -> Result<Option<(StageId, Stage)>, BlobError> {
    let path = dir.join(id);
    let note = note_path(&path);
    let stage = match (u128::from_str_radix(id, 16), note::read(&note)) {
        (Ok(id), Ok(read)) if path.exists() => Some((id, read)),
        (_, Ok(_) | Err(BlobError::Damaged { .. })) => None,
        (_, Err(error)) => return Err(error),
    };
    let Some((id, Note { len, touched, .. })) = stage else {
        disk::remove_file(&note).map_err(BlobError::io("remove", &note))?;
        disk::remove_file(&path).map_err(BlobError::io("remove", &path))?;
        return Ok(None);
    };
    open_to_write(&path)
        .and_then(|file| file.set_len(len))
        .map_err(BlobError::io("cut", &path))?;
    let stage = Stage {
        len,
        touched,
        synced: true,
        hashing: Hashing::default(),
    };
    Ok(Some((StageId(id), stage)))
}

fn note_path(stage: &Path) -> PathBuf {
    stage.with_extension("note")
}

fn open_to_write(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

/// As much of `buf` as there are bytes from `offset` to `len`.
fn within(buf: &mut [u8], offset: u64, len: u64) -> &mut [u8] {
    let left = usize::try_from(len.saturating_sub(offset)).unwrap_or(usize::MAX);
    let count = buf.len().min(left);
    &mut buf[..count]
}

/// Reads until `buf` is full or the file ends.
fn fill(file: &File, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buf.len() {
        match file.read_at(&mut buf[count..], offset + count as u64) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

fn parse_hash(name: &str) -> Option<BlobHash> {
    let mut hash = [0; 32];
    if name.len() != 64 || !name.is_ascii() {
        return None;
    }
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&name[2 * at..2 * at + 2], 16).ok()?;
    }
    let hash = BlobHash(hash);
    (hash.to_string() == name).then_some(hash)
}
