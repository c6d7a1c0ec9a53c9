//! Before a newer Inkspot writes what an older one can't read, all rows are kept in a file: the way back, by
//! `inkspot restore --rollback`. The contents of files are not in it: they stay where they are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::backup::{self, BackupError, Sources};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::config::Config;
use crate::store::{Store, Writer};

/// What the names of these files begin and end with; between stands when they were made.
const NAME: (&str, &str) = ("before-upgrade-", ".backup");

/// Brings the database to the format that this Inkspot writes, after its rows were kept.
pub(super) fn upgrade(
    config: &Config,
    store: &Store,
    writer: &mut Writer,
    clock: &Clock,
) -> Result<(), BackupError> {
    let Some((from, to)) = writer.older_format()? else {
        return Ok(());
    };
    let data = &config.server.data;
    let folder = config.backups.folder_beside(data);
    let moment = clock.now().to_string().replace(':', "-");
    let path = folder.join(format!("{}{moment}-{from}-to-{to}{}", NAME.0, NAME.1));
    let part = path.with_extension("part");
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::File { path, source }
    };
    disk::make_dir(&folder).map_err(at(&folder))?;
    require_room(store, &folder)?;
    let file = disk::make_file(&part).map_err(at(&part))?;
    let sources = Sources {
        store,
        blobs: None,
        data,
    };
    let written = backup::write(&sources, file).and_then(|(_, file)| {
        file.sync_all()
            .and_then(|()| fs::rename(&part, &path))
            .and_then(|()| disk::sync_dir(&folder))
            .map_err(at(&path))
    });
    if let Err(error) = written {
        // What is said is why it failed.
        let _ = disk::remove_file(&part);
        return Err(error);
    }
    writer.raise_format()?;
    tracing::info!(from, to, kept = %path.display(), "the database has a newer format now");
    Ok(())
}

/// What it takes at most is what is there; as much again stays free.
fn require_room(store: &Store, folder: &Path) -> Result<(), BackupError> {
    let fault = |source| BackupError::File {
        path: folder.to_owned(),
        source,
    };
    let free = fs::File::open(folder).and_then(|folder| disk::free(&folder));
    let free = free.map_err(fault)?;
    let needed = store.disk_bytes()?.saturating_mul(2);
    if free < needed {
        return Err(BackupError::NoRoom {
            folder: folder.to_owned(),
            free: free >> 20,
            needed: needed >> 20,
        });
    }
    Ok(())
}

/// The newest of these files in a folder.
pub fn newest(folder: &Path) -> Option<PathBuf> {
    let names = disk::names(folder).ok()?.into_iter();
    let ours = names.filter(|name| name.starts_with(NAME.0) && name.ends_with(NAME.1));
    ours.max().map(|name| folder.join(name))
}
