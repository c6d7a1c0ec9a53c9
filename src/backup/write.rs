//! Making a backup.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::format::{FILE_MAX, FRAME, Frames, Kind};
use super::{Amount, BackupError, SETTINGS};
use crate::base::disk;
use crate::blobs::{BlobHash, Blobs};
use crate::store::{Store, StoreError};

/// Folders whose files go along: the server's own authority and its certificates.
const FOLDERS: [&str; 1] = ["tls"];

/// What is backed up.
pub struct Sources<'a> {
    /// The database.
    pub store: &'a Store,
    /// The contents of files, of which none is deleted meanwhile. `None`: they are not backed up.
    pub blobs: Option<&'a dyn Blobs>,
    /// The data folder.
    pub data: &'a Path,
    /// The settings file, where there is one.
    pub settings: Option<&'a Path>,
}

impl<'a> Sources<'a> {
    /// Everything there is.
    pub fn all(
        store: &'a Store,
        blobs: &'a dyn Blobs,
        data: &'a Path,
        settings: Option<&'a Path>,
    ) -> Self {
        Self {
            store,
            blobs: Some(blobs),
            data,
            settings,
        }
    }

    /// About how many bytes that is, of rows and of contents, if all of it was counted and can be looked at.
    pub fn bytes(&self) -> Option<u64> {
        let contents = self
            .blobs
            .map_or(Ok(0), |all| all.usage().map(|it| it.live))
            .ok()?;
        let rows = self.store.occupied().ok()?.rows?;
        Some(rows.saturating_add(contents))
    }

    /// Refuses to write them where there is no room: they take what is there at most, and as much
    /// again must stay free.
    pub fn require_room(&self, folder: &Path) -> Result<(), BackupError> {
        let contents = self
            .blobs
            .map_or(Ok(0), |blobs| blobs.usage().map(|it| it.live))?;
        let rows = self.store.disk_bytes()?;
        let free = File::open(folder).and_then(|folder| disk::free(&folder));
        let free = free.map_err(BackupError::file(folder))?;
        let needed = contents.saturating_add(rows).saturating_mul(2);
        if free < needed {
            return Err(BackupError::NoRoom {
                folder: folder.to_owned(),
                free: free >> 20,
                needed: needed >> 20,
            });
        }
        Ok(())
    }
}

/// Writes everything as of one moment, which is when the rows are told; contents that came since may
/// be in it as well, where nothing refers to them. Blocks. Memory is bounded.
/// Gives back what it was written to.
pub fn write<W: Write>(sources: &Sources<'_>, out: W) -> Result<(Amount, W), BackupError> {
    write_telling(sources, out, &mut |_| {})
}

/// The same; `tell` hears over and over how many more bytes of [`Sources::bytes`] are done.
pub fn write_telling<W: Write>(
    sources: &Sources<'_>,
    out: W,
    tell: &mut dyn FnMut(usize),
) -> Result<(Amount, W), BackupError> {
    let mut amount = Amount::default();
    let mut frames = Frames::begin(out)?;
    for folder in FOLDERS {
        add_folder(&mut frames, sources.data, folder)?;
    }
    if let Some(path) = sources.settings {
        amount.settings = add_settings(&mut frames, path)?;
    }
    let mut failed = None;
    let told = sources.store.cut(&mut |row| {
        amount.rows += 1;
        let (key, value) = row;
        tell(key.len() + value.map_or(0, <[u8]>::len));
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
    while let Some(blobs) = sources.blobs {
        let hashes = blobs.hashes(after, 256)?;
        let Some(last) = hashes.last() else { break };
        after = Some(*last);
        for hash in hashes {
            frames.add(Kind::Content, &hash.0)?;
            match add_content(&mut frames, blobs, &hash, tell)? {
                Ok(bytes) => {
                    amount.bytes += bytes;
                    amount.contents += 1;
                }
                // The rest must be saved all the more. Restoring leaves it out.
                Err(why) => {
                    tracing::error!(%hash, why, "a stored file is damaged");
                    amount.damaged += 1;
                }
            }
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
        Err(error) => return Err(BackupError::file(&place)(error)),
    };
    names.sort();
    for name in names {
        let path = place.join(&name);
        let bytes = match fs::symlink_metadata(&path) {
            Ok(about) if about.is_file() && about.len() <= FILE_MAX => fs::read(&path),
            Ok(_) => continue,
            Err(error) => Err(error),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            // Something takes its place at this moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::file(&path)(error)),
        };
        add_file(frames, &format!("{folder}/{name}"), &bytes)?;
    }
    Ok(())
}

/// Adds the settings file as it is now; says whether it could be read. Without it, everything that is
/// needed to go on is there all the same.
fn add_settings(frames: &mut Frames<impl Write>, path: &Path) -> Result<bool, BackupError> {
    let read = fs::metadata(path).and_then(|about| {
        let fits = about.is_file() && about.len() <= FILE_MAX;
        fits.then(|| fs::read(path)).transpose()
    });
    let why = match read {
        Ok(Some(bytes)) => return add_file(frames, SETTINGS, &bytes).map(|()| true),
        Ok(None) => "it is no file, or too long".to_owned(),
        Err(error) => error.to_string(),
    };
    tracing::warn!(path = %path.display(), why, "the settings file is not in the backup");
    Ok(false)
}

fn add_file(frames: &mut Frames<impl Write>, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
    frames.add(Kind::File, name.as_bytes())?;
    for part in bytes.chunks(FRAME) {
        frames.add(Kind::Bytes, part)?;
    }
    Ok(())
}

/// Adds a content; gives its length, or why it is not what its name says.
fn add_content(
    frames: &mut Frames<impl Write>,
    blobs: &dyn Blobs,
    hash: &BlobHash,
    tell: &mut dyn FnMut(usize),
) -> Result<Result<u64, String>, BackupError> {
    let mut buffer = vec![0; FRAME];
    let (mut at, mut sum) = (0, Sha256::new());
    loop {
        match blobs.read(hash, at, &mut buffer) {
            Ok(0) if sum.clone().finalize()[..] == hash.0 => return Ok(Ok(at)),
            Ok(0) => return Ok(Err("it has another checksum".to_owned())),
            Ok(length) => {
                sum.update(&buffer[..length]);
                tell(length);
                frames.add(Kind::Bytes, &buffer[..length])?;
                at += length as u64;
            }
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
}
