//! Folders and files as everybody on the floors above makes them: private, and durable when it is
//! said so. Nothing here knows what lies in them.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often, and how long apart, [`lock`] tries.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// What could not be done to a file or folder, and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}", path.display())]
pub struct PathError {
    /// As a verb: "create", "lock".
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl PathError {
    /// The error of doing that with this path, once the system says why.
    pub fn of(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self {
            doing,
            path,
            source,
        }
    }

    /// Whether the disk had no space left, or what one may have of it.
    pub fn is_full(&self) -> bool {
        let kind = self.source.kind();
        matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
    }
}

/// Makes the entries of a folder durable.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a folder for this user alone (0700), if it is not there, and its entry durable. The
/// folder above it must be there.
pub fn make_dir(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_dir),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a new file for this user alone (0600), open for writing. It is an error if it is there.
pub fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Removes a file; one that is not there is no error.
pub fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Takes the lock of an open file or folder, which is held until it is closed. Waits two seconds
/// at most for another to let go; says whether it got the lock.
pub fn lock(file: &File) -> io::Result<bool> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// Free bytes, for this process, on the disk of an open file or folder.
pub fn free(file: &File) -> io::Result<u64> {
    let stat = rustix::fs::fstatvfs(file)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// The names in a folder, in no order.
pub fn names(path: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(path)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// Bytes that the files in a folder, and in those below it, take on the disk. What vanishes
/// meanwhile counts as nothing.
pub fn size(path: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let found = match entry.metadata() {
            Ok(found) if found.is_dir() => size(&entry.path()),
            Ok(found) => Ok(found.blocks() * 512),
            Err(error) => Err(error),
        };
        bytes += match found {
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            found => found?,
        };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_space_left_and_a_quota_used_up_are_one() {
        let failed = |kind: ErrorKind| PathError::of("write", Path::new("/f"))(kind.into());
        assert!(failed(ErrorKind::StorageFull).is_full());
        assert!(failed(ErrorKind::QuotaExceeded).is_full());
        let denied = failed(ErrorKind::PermissionDenied);
        assert!(!denied.is_full());
        assert_eq!(denied.to_string(), "cannot write /f: permission denied");
    }
}
