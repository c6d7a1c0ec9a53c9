//! The data directory: made for its owner only, used by one process at a time.
//!
//! Its rooms own what lies in it; this file knows only the directory, its lock and how to write a
//! file so that a power cut leaves the old or the new one.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::StartError;

/// Marks the directory as ours; locked while a process uses it.
const LOCK: &str = "inkspot.lock";

/// The data directory, held by this process until dropped.
#[derive(Debug)]
pub struct Home {
    path: PathBuf,
    _lock: File,
}

impl Home {
    /// Takes the directory at `path`, making it if nothing is there. A directory with other
    /// people's files is refused and stays untouched.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let is_new = match fs::read_dir(path) {
            Ok(entries) => holds_nothing_of_others(path, entries)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(StartError::NotADirectory {
                    dir: path.to_owned(),
                });
            }
            Err(error) => return Err(StartError::file("read", path, error)),
        };
        if is_new {
            create_private_dir(path)?;
        }
        let lock_path = path.join(LOCK);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let lock = options
            .open(&lock_path)
            .map_err(|e| StartError::file("write", &lock_path, e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StartError::InUse {
                    dir: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => {
                return Err(StartError::file("lock", &lock_path, error));
            }
        }
        if is_new {
            sync_dir(path)?;
        }
        let path = path
            .canonicalize()
            .map_err(|e| StartError::file("read", path, e))?;
        Ok(Self { path, _lock: lock })
    }

    /// The directory, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Whether the directory is still empty; an error if somebody else uses it.
fn holds_nothing_of_others(path: &Path, entries: fs::ReadDir) -> Result<bool, StartError> {
    let mut is_empty = true;
    for entry in entries {
        let name = entry
            .map_err(|e| StartError::file("read", path, e))?
            .file_name();
        if name == LOCK {
            return Ok(false);
        }
        // A file system's own folder, when the directory is a mount of its own.
        is_empty &= name == "lost+found";
    }
    if is_empty {
        Ok(true)
    } else {
        Err(StartError::Foreign {
            dir: path.to_owned(),
        })
    }
}

/// Makes a directory with its parents, readable for the owner only; one that is there stays as
/// it is.
pub(super) fn create_private_dir(path: &Path) -> Result<(), StartError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| StartError::file("create", path, e))
}

/// Writes a file for the owner only, so that a reader or a power cut meets the old or the new
/// content, never a part.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), StartError> {
    let fault = |error| StartError::file("write", path, error);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
        _ => {}
    }
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(fault)?;
    sync_dir(path.parent().unwrap_or(Path::new(".")))
}

fn sync_dir(path: &Path) -> Result<(), StartError> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let sync = || File::open(path)?.sync_all();
    sync().map_err(|e| StartError::file("write", path, e))
}
