//! Room on the disk: a floor under which nothing is written, and a ballast that is thrown off
//! when the disk is full at start, because the engine can't open its database without room.

use std::fs::{self, File};
use std::path::Path;

use super::error::StoreError;
use super::folder::Folder;

/// The ballast's file.
const BALLAST: &str = "ballast";

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Free bytes on the disk of the database.
    pub free: u64,
    /// Free bytes under which nothing is written.
    pub floor: u64,
    /// Bytes that the disk has in all.
    pub total: u64,
}

impl Space {
    /// Refuses when less is free than the floor.
    pub fn require(&self) -> Result<(), StoreError> {
        let Self { free, floor, .. } = *self;
        if free < floor {
            return Err(StoreError::Full { free, floor });
        }
        Ok(())
    }
}

/// Throws the ballast off if there is less free than it weighs: to be called before the engine
/// opens.
pub(super) fn make_room(folder: &Folder, ballast_bytes: u64) -> Result<(), StoreError> {
    let path = folder.path().join(BALLAST);
    if folder.free()? < ballast_bytes && path.exists() {
        tracing::warn!(
            ballast_bytes,
            "the disk is full; the reserve was released so that the database can be opened"
        );
        fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
    }
    Ok(())
}

/// Takes the ballast on (again) when the disk has room for it twice above the floor. That it
/// could not is no reason not to start.
pub(super) fn take_ballast(folder: &Folder, ballast_bytes: u64, floor: u64) {
    let path = folder.path().join(BALLAST);
    let room = folder.free().unwrap_or(0);
    let wanted = floor.saturating_add(ballast_bytes.saturating_mul(2));
    if path.exists() || ballast_bytes == 0 || room < wanted {
        return;
    }
    if let Err(error) = write_ballast(&path, ballast_bytes) {
        tracing::warn!(%error, "could not keep a reserve for a full disk");
        // An incomplete ballast would be taken for a whole one.
        let _ = fs::remove_file(&path);
    }
}

fn write_ballast(path: &Path, bytes: u64) -> Result<(), StoreError> {
    let file = File::create(path).map_err(StoreError::io("create", path))?;
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes)
        .map_err(|error| StoreError::io("reserve room in", path)(error.into()))?;
    file.sync_all().map_err(StoreError::io("sync", path))
}
