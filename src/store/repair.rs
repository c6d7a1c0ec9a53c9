//! A database that does not open, or opens with less than it had: repaired without risk, or
//! refused with advice. Nothing is ever deleted; a damaged generation is set aside.

use std::fs::{self, File};
use std::path::Path;

use super::aside::{Mark, mark};
use super::error::StoreError;
use super::folder::Folder;
use super::kv::{Kv, LOG_FILE, Order, SledKv};
use super::schema::{Key, Meta};
use super::txn::Changes;
use super::{installation, log};
use crate::model::EventSeq;

/// What is too short when the newest events are missing.
const LOG: &str = "log";

/// Opens a generation. If the engine finds it damaged, a copy of its log alone is tried, without
/// the files that the engine can make again, and takes its place if everything in it reads.
pub(super) fn open_or_repair(
    folder: &Folder,
    path: &Path,
    cache_bytes: u64,
) -> Result<SledKv, StoreError> {
    if !path.join(LOG_FILE).is_file() {
        return Err(damaged(folder, path, "its file is missing", false));
    }
    let (what, readable) = match SledKv::open(path, cache_bytes) {
        Ok(kv) => match sound(folder, kv) {
            Err(error @ (StoreError::Engine(_) | StoreError::Corrupt { .. })) => {
                (error.to_string(), is_short(&error))
            }
            sound => return sound,
        },
        Err(error @ (StoreError::Engine(_) | StoreError::Corrupt { .. })) => {
            (error.to_string(), false)
        }
        failed => return failed,
    };
    tracing::warn!(what, "the database is damaged; trying to repair a copy");
    let copy = match copy_log(folder, path) {
        Ok(copy) => copy,
        // What is in it is not known then: nothing may take its place.
        Err(error) => {
            tracing::error!(%error, "it could not be copied");
            return Err(error);
        }
    };
    let repaired = SledKv::open(&copy, cache_bytes)
        .and_then(|kv| sound(folder, kv))
        .and_then(|kv| read_all(&kv));
    if let Err(error) = repaired {
        fs::remove_dir_all(&copy).map_err(StoreError::io("remove", &copy))?;
        return Err(match error {
            StoreError::Engine(_) | StoreError::Corrupt { .. } => {
                damaged(folder, path, &what, readable)
            }
            refused => refused,
        });
    }
    let why = format!("{what}; a copy made from its own log alone took its place");
    mark(path, Mark::Damaged, &why)?;
    let repaired = folder.switch(&copy)?;
    tracing::warn!("the database was repaired from its own log; everything in it reads");
    SledKv::open(&repaired, cache_bytes)
}

/// Looks whether what opened is a database of ours with as much in it as was noted.
fn sound(folder: &Folder, kv: SledKv) -> Result<SledKv, StoreError> {
    {
        let reads = Changes::new(&kv);
        if installation::format(&reads)?.is_none() {
            let noted = super::rows::Rows::get(&reads, &Key::meta(Meta::Installation))?;
            if noted.is_some() || log::ends(&reads)?.is_some() || folder.has_noted_head() {
                return Err(StoreError::corrupt("format number", "it is missing"));
            }
            return Ok(kv);
        }
        let epoch = installation::load(&reads)?.epoch;
        let noted = folder.noted_head(epoch);
        let head = log::ends(&reads)?.map_or(EventSeq(0), |(_, head)| head);
        if head < noted {
            let lost = noted.0 - head.0;
            return Err(StoreError::corrupt(
                LOG,
                format!("its newest {lost} events are missing"),
            ));
        }
    }
    Ok(kv)
}

/// Whether all reads but the newest events.
fn is_short(error: &StoreError) -> bool {
    matches!(error, StoreError::Corrupt { record, .. } if *record == LOG)
}

/// Reads every row, so that the engine compares every checksum.
fn read_all(kv: &dyn Kv) -> Result<(), StoreError> {
    kv.scan(&[], &[u8::MAX], Order::Forward, &mut |_, _| {
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

fn copy_log(folder: &Folder, path: &Path) -> Result<std::path::PathBuf, StoreError> {
    let copy = folder.prepare_next()?;
    let to = copy.join(LOG_FILE);
    fs::copy(path.join(LOG_FILE), &to)
        .and_then(|_| File::open(&to)?.sync_all())
        .map_err(StoreError::io("copy", &to))?;
    Ok(copy)
}

fn damaged(folder: &Folder, path: &Path, what: &str, readable: bool) -> StoreError {
    let advice = match folder.newest_backup() {
        Some(backup) => format!(
            "restore the newest backup with `inkspot restore --replace {}`; the damaged files are kept",
            backup.display()
        ),
        None => {
            "restore a backup with `inkspot restore --replace FILE`; the damaged files are kept"
                .to_owned()
        }
    };
    StoreError::Damaged {
        dir: path.to_path_buf(),
        what: what.to_owned(),
        advice,
        readable,
    }
}
