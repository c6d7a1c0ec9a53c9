//! The folder that is written: for whoever made it alone, each file once.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ExportError;
use crate::base::disk;

/// Takes an empty folder, or makes it, for this user alone.
pub fn prepare(dir: &Path) -> Result<(), ExportError> {
    match disk::names(dir) {
        Ok(names) if names.is_empty() => {
            // Some file systems know no modes.
            let _ = fs::set_permissions(dir, Permissions::from_mode(0o700));
            Ok(())
        }
        Ok(_) => Err(ExportError::Occupied {
            dir: dir.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            disk::make_dir(dir).map_err(ExportError::at(dir))
        }
        Err(error) => Err(ExportError::at(dir)(error)),
    }
}

/// The root of an export. Paths are below it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn make_dir(&self, path: impl AsRef<Path>) -> Result<(), ExportError> {
        let path = self.0.join(path);
        disk::make_dir(&path).map_err(ExportError::at(&path))
    }

    pub fn write(&self, path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.0.join(path);
        disk::make_file(&path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(ExportError::at(&path))
    }

    /// Begins a file of JSON lines.
    pub fn lines(&self, path: impl AsRef<Path>) -> Result<Lines, ExportError> {
        let path = self.0.join(path);
        let file = disk::make_file(&path).map_err(ExportError::at(&path))?;
        let out = BufWriter::new(file);
        Ok(Lines { path, out })
    }

    /// Puts a file there that lies on the same disk as a rule; whether it was there.
    pub fn link(&self, from: &Path, path: &str) -> Result<bool, ExportError> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            disk::make_dir(folder).map_err(ExportError::at(folder))?;
        }
        match fs::hard_link(from, &path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            // Not every file system can, nor as often as one likes.
            Err(_) => copy(from, &path)
                .map(|()| true)
                .map_err(ExportError::at(&path)),
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, disk::make_file(to)?);
    io::copy(&mut from, &mut to).map(drop)
}

/// A file of JSON lines.
pub struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    pub fn add(&mut self, row: &impl Serialize) -> Result<(), ExportError> {
        serde_json::to_writer(&mut self.out, row)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(ExportError::at(&self.path))
    }

    pub fn end(mut self) -> Result<(), ExportError> {
        self.out.flush().map_err(ExportError::at(&self.path))
    }
}
