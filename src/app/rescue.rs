//! A database that can't be read when the server starts: the newest backup that is whole takes its place.
//!
//! Nothing is deleted. What was damaged is set aside, and the log and the administrators' page say what
//! happened until somebody has moved it away. A database of which only the newest events are missing is not
//! replaced: it has more than a backup has, and a person decides.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::{open_blobs, open_store, store_options};
use crate::backup::{self, BackupError, Folder, In, Passphrase, Restored};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::store::{Mark, Store, StoreError, Writer};

/// Takes the data directory for this process and opens the store in it, whatever it takes.
pub(super) fn open(
    config: &Config,
    clock: &Clock,
    rng: &Rng,
) -> Result<(Store, Writer), StoreError> {
    let error = match open_store(config, clock, rng) {
        Err(
            error @ StoreError::Damaged {
                readable: false, ..
            },
        ) => error,
        opened => return opened,
    };
    tracing::error!(%error, "the database can't be read; the newest backup is tried");
    let folder = Folder::new(config.backups.folder_beside(&config.server.data));
    for path in folder.newest_first() {
        let name = path.display().to_string();
        let why = format!("{error}; restored from {name}");
        let restored = open_backup(&path, || configured_passphrase(config))
            .and_then(|from| replace(config, from, (clock, rng), (Mark::Damaged, &why)));
        match restored {
            Ok(restored) => {
                tracing::error!(
                    backup = name,
                    messages = restored.tally.messages,
                    "the database was damaged and is restored from a backup; what came after that is \
                     missing, and everybody has to sign in again; the damaged one is kept"
                );
                return open_store(config, clock, rng);
            }
            Err(failure) => {
                tracing::error!(%failure, backup = name, "this backup could not be restored");
            }
        }
    }
    Err(error)
}

/// What opens the backups of this server, if its settings say it.
pub fn configured_passphrase(config: &Config) -> Result<Option<Passphrase>, BackupError> {
    let file = config.backups.passphrase_file.as_deref();
    file.map(Passphrase::read).transpose()
}

/// Puts a backup in the place of the database, which is set aside with a mark and a reason.
pub fn replace(
    config: &Config,
    from: impl Read,
    tools: (&Clock, &Rng),
    mark: (Mark, &str),
) -> Result<Restored, BackupError> {
    let open_blobs = || open_blobs(config, 0).map_err(BackupError::from);
    let (data, options) = (&config.server.data, store_options(config));
    backup::restore_over(from, data, &options, open_blobs, tools, mark)
}

/// Opens a backup. `passphrase` is asked if it takes one.
pub fn open_backup<E: From<BackupError>>(
    path: &Path,
    passphrase: impl FnOnce() -> Result<Option<Passphrase>, E>,
) -> Result<In<BufReader<File>>, E> {
    let file = File::open(path).map_err(BackupError::file(path))?;
    In::begin(BufReader::with_capacity(256 << 10, file), passphrase)
}
