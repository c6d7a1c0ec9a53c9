//! Before a newer Inkspot writes what an older one can't read, all rows are kept in a file: the way back, by
//! `inkspot restore --rollback`. The contents of files are not in it: they stay where they are.
//!
//! A passphrase that can't be read holds no upgrade up: the file is then kept as it is, in the data directory, where
//! the same rows lie anyway, and never in the folder of backups, which may be on somebody else's disk.

use std::fs;
use std::path::{Path, PathBuf};

use crate::backup::{self, BackupError, Out, Passphrase, Sources};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::store::{Store, Writer};

/// What the names of these files begin and end with; between stands when they were made.
const NAME: (&str, &str) = ("before-upgrade-", ".backup");
/// What such a name ends with besides when a passphrase is needed.
const SEALED: &str = ".age";
/// An unfinished one.
const PART: &str = ".part";

/// Brings the database to the format that this Inkspot writes, after its rows were kept.
pub(super) fn upgrade(
    config: &Config,
    store: &Store,
    writer: &mut Writer,
    (clock, rng): (&Clock, &Rng),
) -> Result<(), BackupError> {
    let Some((from, to)) = writer.older_format()? else {
        return Ok(());
    };
    let data = &config.server.data;
    let passphrase = config.backups.passphrase_file.as_deref();
    let (folder, passphrase) = match passphrase.map(Passphrase::read_for_new).transpose() {
        Ok(passphrase) => (config.backups.folder_beside(data), passphrase),
        Err(error) => {
            tracing::error!(
                %error,
                kept_in = %data.display(),
                "what was before the upgrade is kept without a passphrase, and no backup is made until there is one"
            );
            (data.clone(), None)
        }
    };
    let moment = clock.now().to_string().replace(':', "-");
    let seal = passphrase.as_ref().map_or("", |_| SEALED);
    let name = format!("{}{moment}-{from}-to-{to}{}{seal}", NAME.0, NAME.1);
    let (path, part) = (folder.join(&name), folder.join(name + PART));
    let at = BackupError::file;
    fs::create_dir_all(folder.parent().unwrap_or(&folder)).map_err(at(&folder))?;
    disk::make_dir(&folder).map_err(at(&folder))?;
    remove_unfinished(&folder);
    let sources = Sources {
        store,
        blobs: None,
        data,
        settings: config.file.as_deref(),
    };
    sources.require_room(&folder)?;
    let file = disk::make_file(&part).map_err(at(&part))?;
    let written = Out::begin(file, passphrase.as_ref(), rng)
        .and_then(|out| backup::write(&sources, out))
        .and_then(|(_, out)| out.finish())
        .and_then(|file| {
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

/// Removes what was being written when the power went.
fn remove_unfinished(folder: &Path) {
    for name in disk::names(folder).unwrap_or_default() {
        if name.starts_with(NAME.0) && name.ends_with(PART) {
            let path = folder.join(name);
            if let Err(error) = disk::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "an unfinished backup stays");
            }
        }
    }
}

/// The newest of these files, where backups are kept or in the data directory.
pub fn newest(config: &Config) -> Option<PathBuf> {
    let data = &config.server.data;
    let whole = |name: &str| name.strip_suffix(SEALED).unwrap_or(name).ends_with(NAME.1);
    let folders = [config.backups.folder_beside(data), data.clone()].into_iter();
    let all = folders.flat_map(|folder| {
        let names = disk::names(&folder).unwrap_or_default().into_iter();
        let ours = names.filter(move |name| name.starts_with(NAME.0) && whole(name));
        ours.map(move |name| (folder.join(&name), name))
    });
    all.max_by(|(_, one), (_, other)| one.cmp(other))
        .map(|(path, _)| path)
}
