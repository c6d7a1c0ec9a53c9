//! The data folder: whose it is, who uses it, and which generation of the database is current.
//!
//! `CURRENT` names the generation (`db-0001`) and is replaced atomically. What ends in `.new` is
//! unfinished and may be removed; a generation that `CURRENT` doesn't name is a leftover of an
//! interrupted switch. Nothing else is ever removed here. Knows no engine.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::aside::Mark;
use super::error::StoreError;
use crate::base::disk;
use crate::model::EventSeq;

/// The pointer to the current generation.
const CURRENT: &str = "CURRENT";

/// The note how far the log has come.
const HEAD: &str = "HEAD";

/// What else may lie in a data folder without a database: made by other rooms before the store
/// is opened, or by the system.
const NEIGHBOURS: [&str; 10] = [
    "ballast",
    "backups",
    "blobs",
    "ca",
    "control.sock",
    "inkspot.toml",
    "lost+found",
    "ready.json",
    "search",
    "tls",
];

const LOCK_TRIES: u32 = 60;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// A data folder that this process holds the lock of.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Holds the lock for as long as it is open.
    lock: File,
}

impl Folder {
    /// Takes the folder for this process, making it if it doesn't exist. Waits about three
    /// seconds for another process to let go. Changes nothing in a folder that is not Inkspot's.
    pub fn claim(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(StoreError::io("create", path))?;
            if let Some(parent) = path.canonicalize().ok().as_deref().and_then(Path::parent) {
                sync_dir(parent)?;
            }
        }
        refuse_foreign(path)?;
        let lock = File::open(path).map_err(StoreError::io("open", path))?;
        for _ in 0..LOCK_TRIES {
            match lock.try_lock() {
                Ok(()) => {
                    let path = path.to_path_buf();
                    return Ok(Self { path, lock });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", path)(error)),
            }
        }
        Err(StoreError::Locked {
            dir: path.to_path_buf(),
        })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the current generation; `None` before there is one.
    pub fn current(&self) -> Result<Option<PathBuf>, StoreError> {
        Ok(current_name(&self.path)?.map(|name| self.path.join(name)))
    }

    /// An empty folder for the generation after the current one. It is unfinished until
    /// [`Folder::switch`].
    pub fn prepare_next(&self) -> Result<PathBuf, StoreError> {
        let number = match current_name(&self.path)? {
            Some(name) => number_of(&name).unwrap_or(0) + 1,
            None => 1,
        };
        let path = self.path.join(format!("{}.new", name_of(number)));
        // One that was given up.
        for left in [path.clone(), self.path.join(name_of(number))] {
            remove_dir(&left)?;
        }
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(StoreError::io("create", &path))?;
        Ok(path)
    }

    /// Makes a prepared generation, complete and closed, the current one.
    pub fn switch(&self, prepared: &Path) -> Result<PathBuf, StoreError> {
        let path = self.name(prepared)?;
        self.point_at(&path)?;
        Ok(path)
    }

    /// Gives a prepared generation, complete and closed, its name. Until [`Folder::point_at`] it is a
    /// leftover all the same.
    pub fn name(&self, prepared: &Path) -> Result<PathBuf, StoreError> {
        let path = prepared.with_extension("");
        fs::rename(prepared, &path).map_err(StoreError::io("rename", prepared))?;
        sync_dir(&self.path)?;
        Ok(path)
    }

    /// Makes a generation that has its name the current one. After an error [`Folder::current`] says which
    /// one is.
    pub fn point_at(&self, generation: &Path) -> Result<(), StoreError> {
        let name = generation.file_name().and_then(|name| name.to_str());
        self.replace(CURRENT, &format!("{}\n", name.unwrap_or_default()))
    }

    /// Removes what an interrupted switch left. Call it only when the current generation is open.
    pub fn remove_leftovers(&self) -> Result<(), StoreError> {
        let Some(current) = current_name(&self.path)? else {
            return Ok(());
        };
        for name in names(&self.path)? {
            let unfinished = name.strip_suffix(".new").unwrap_or(&name);
            let path = self.path.join(&name);
            let mark = Mark::of(&path);
            if let (Some(_), Some(mark), true) = (number_of(&name), mark, name != current) {
                self.set_aside(&name, mark)?;
            } else if number_of(unfinished).is_some() && name != current {
                fs::remove_dir_all(&path).map_err(StoreError::io("remove", &path))?;
            } else if name != unfinished && (unfinished == CURRENT || unfinished == HEAD) {
                fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
            }
        }
        sync_dir(&self.path)
    }
}

impl Folder {
    /// Free bytes on its disk, for this process.
    pub fn free(&self) -> Result<u64, StoreError> {
        let stat = rustix::fs::fstatvfs(&self.lock)
            .map_err(|error| StoreError::io("look at the disk of", &self.path)(error.into()))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// Bytes that its disk has in all.
    pub fn total(&self) -> Result<u64, StoreError> {
        let stat = rustix::fs::fstatvfs(&self.lock)
            .map_err(|error| StoreError::io("look at the disk of", &self.path)(error.into()))?;
        Ok(stat.f_blocks.saturating_mul(stat.f_frsize))
    }

    /// Notes in a file beside the database how far the log has come at least. The engine repairs
    /// a damaged end of its file by cutting it off; by this note that does not go unnoticed.
    /// In a second line, if they are known, the bytes of all rows and those on the disk when the
    /// generation began. Without it nothing is lost, so that a failure is only logged.
    pub fn note(&self, epoch: u32, head: EventSeq, weight: Option<(u64, u64)>) {
        let mut note = format!("{epoch:08x} {}\n", head.0);
        if let (Some((rows, disk)), Ok(Some(generation))) = (weight, current_name(&self.path)) {
            // Writing to a string can't fail.
            let _ = writeln!(note, "{generation} {rows} {disk}");
        }
        if let Err(error) = self.replace(HEAD, &note) {
            tracing::warn!(%error, "could not note how far the log has come");
        }
    }

    /// Whether any log was noted.
    pub fn has_noted_head(&self) -> bool {
        self.path.join(HEAD).exists()
    }

    /// How far the log of this epoch had come at least.
    pub fn noted_head(&self, epoch: u32) -> EventSeq {
        let noted = fs::read_to_string(self.path.join(HEAD)).unwrap_or_default();
        let head = noted
            .lines()
            .next()
            .unwrap_or_default()
            .strip_prefix(&format!("{epoch:08x} "))
            .and_then(|head| head.parse().ok());
        EventSeq(head.unwrap_or(0))
    }

    /// What was noted of the current generation: the bytes of all rows, and those on the disk when it began.
    pub fn noted_weight(&self) -> Option<(u64, u64)> {
        let noted = fs::read_to_string(self.path.join(HEAD)).ok()?;
        let current = current_name(&self.path).ok()??;
        let numbers = noted.lines().nth(1)?.strip_prefix(&current)?;
        let mut numbers = numbers.split_whitespace().map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    /// The newest backup in the folder, by name.
    pub fn newest_backup(&self) -> Option<PathBuf> {
        let folder = self.path.join("backups");
        let newest = names(&folder).ok()?.into_iter().max()?;
        Some(folder.join(newest))
    }

    /// Replaces a small file: its old text or its new one is there, never a part.
    fn replace(&self, name: &str, text: &str) -> Result<(), StoreError> {
        let path = self.path.join(name);
        let draft = self.path.join(format!("{name}.new"));
        File::create(&draft)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .map_err(StoreError::io("write", &draft))?;
        fs::rename(&draft, &path).map_err(StoreError::io("replace", &path))?;
        sync_dir(&self.path)
    }
}

/// Refuses a folder that holds something of somebody else's and no database of ours.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let foreign = |found: String| StoreError::Foreign {
        dir: path.to_path_buf(),
        found,
    };
    if !path.is_dir() {
        return Err(foreign("it is not a folder".to_owned()));
    }
    if let Some(name) = current_name(path)? {
        return if path.join(&name).is_dir() {
            Ok(())
        } else {
            Err(foreign(format!(
                "{CURRENT} names {name}, which is not there"
            )))
        };
    }
    for name in names(path)? {
        if number_of(&name).is_some() {
            return Err(foreign(format!(
                "it holds {name} but no {CURRENT} to say that it is in use (if it should be, write {name} into a file {CURRENT})"
            )));
        }
        let unfinished = name.strip_suffix(".new").unwrap_or(&name);
        let ours = number_of(unfinished).is_some()
            || unfinished == CURRENT
            || NEIGHBOURS.contains(&name.as_str());
        if !ours {
            return Err(foreign(format!("it holds {name}")));
        }
    }
    Ok(())
}

/// The generation that `CURRENT` names.
fn current_name(path: &Path) -> Result<Option<String>, StoreError> {
    let pointer = path.join(CURRENT);
    let text = match fs::read(&pointer) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", &pointer)(error)),
    };
    let text = String::from_utf8_lossy(&text);
    let name = text.trim_end();
    if number_of(name).is_some() {
        Ok(Some(name.to_owned()))
    } else {
        Err(StoreError::Foreign {
            dir: path.to_path_buf(),
            found: format!(
                "its file {CURRENT} does not name a database (if it is yours, write the name of the right one, such as db-0001, into it)"
            ),
        })
    }
}

/// Bytes that the database in a data folder takes on its disk; 0 if there is none. A server may use it, and
/// switch to another generation meanwhile.
pub fn database_bytes(data: &Path) -> Result<u64, StoreError> {
    let mut current = current_name(data)?;
    loop {
        let Some(name) = &current else { return Ok(0) };
        let bytes = size(&data.join(name));
        let now = current_name(data)?;
        if now == current {
            return bytes;
        }
        current = now;
    }
}

pub fn names(path: &Path) -> Result<Vec<String>, StoreError> {
    let entries = fs::read_dir(path).map_err(StoreError::io("read", path))?;
    entries
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()
        .map_err(StoreError::io("read", path))
}

fn name_of(number: u32) -> String {
    format!("db-{number:04}")
}

/// The number in `db-0001`; `None` for any other name.
fn number_of(name: &str) -> Option<u32> {
    let number = name.strip_prefix("db-")?.parse().ok()?;
    (name == name_of(number)).then_some(number)
}

/// Removes a folder with what is in it, if it is there.
pub fn remove_dir(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Makes the entries of a directory durable.
pub fn sync_dir(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(StoreError::io("sync", path))
}

/// Bytes that the files in a folder take on disk.
pub fn size(path: &Path) -> Result<u64, StoreError> {
    disk::size(path).map_err(StoreError::io("look into", path))
}
