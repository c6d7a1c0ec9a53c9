//! Making a backup.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::format::{FRAME, Frames, Kind};
use super::{Amount, BackupError};
use crate::base::disk;
use crate::blobs::Blobs;
use crate::store::{Store, StoreError};

/// Folders whose files go along: the server's own authority and its certificates.
const FOLDERS: [&str; 1] = ["tls"];

/// What is backed up.
pub struct Sources<'a> {
    /// The database.
    pub store: &'a Store,
    /// The contents of files, of which none is deleted meanwhile.
    pub blobs: &'a dyn Blobs,
    /// The data folder.
    pub data: &'a Path,
}

/// Writes everything as of one moment, which is when the rows are told; contents that came since may
/// be in it as well, where nothing refers to them. Blocks. Memory is bounded.
/// Gives back what it was written to.
pub fn write<W: Write>(sources: &Sources<'_>, out: W) -> Result<(Amount, W), BackupError> {
    let mut amount = Amount::default();
    let mut frames = Frames::begin(out)?;
    for folder in FOLDERS {
        add_folder(&mut frames, sources.data, folder)?;
    }
    let mut failed = None;
    let told = sources.store.cut(&mut |row| {
        amount.rows += 1;
        frames.add_row(row).map_err(|error| {
            failed = Some(error);
            StoreError::Engine("the backup could not be written".to_owned())
        })
    });
    match (failed, told) {
        (Some(error), _) => return Err(error),
        (None, told) => told?,
    }
    let mut after = None;
    loop {
        let hashes = sources.blobs.hashes(after, 256)?;
        let Some(last) = hashes.last() else { break };
        after = Some(*last);
        for hash in hashes {
            frames.add(Kind::Content, &hash.0)?;
            let read = |at: u64, buffer: &mut [u8]| Ok(sources.blobs.read(&hash, at, buffer)?);
            amount.bytes += add_bytes(&mut frames, read)?;
            amount.contents += 1;
        }
    }
    Ok((amount, frames.end()?))
}

fn add_folder(
    frames: &mut Frames<impl Write>,
    data: &Path,
    folder: &str,
) -> Result<(), BackupError> {
    let place = data.join(folder);
    let mut names = match disk::names(&place) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(BackupError::File {
                path: place,
                source,
            });
        }
    };
    names.sort();
    for name in names {
        let path = place.join(&name);
        let fault = |source| BackupError::File {
            path: path.clone(),
            source,
        };
        if !fs::symlink_metadata(&path).map_err(fault)?.is_file() {
            continue;
        }
        let bytes = fs::read(&path).map_err(fault)?;
        frames.add(Kind::File, format!("{folder}/{name}").as_bytes())?;
        for part in bytes.chunks(FRAME) {
            frames.add(Kind::Bytes, part)?;
        }
    }
    Ok(())
}

fn add_bytes(
    frames: &mut Frames<impl Write>,
    read: impl Fn(u64, &mut [u8]) -> Result<usize, BackupError>,
) -> Result<u64, BackupError> {
    let mut buffer = vec![0; FRAME];
    let mut at = 0;
    loop {
        match read(at, &mut buffer)? {
            0 => return Ok(at),
            length => {
                frames.add(Kind::Bytes, &buffer[..length])?;
                at += length as u64;
            }
        }
    }
}
