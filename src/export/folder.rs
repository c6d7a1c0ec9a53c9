//! The folder that is written: for whoever made it alone, each file once.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ExportError;
use crate::base::disk;

/// Where what is exported is unpacked first; gone at the end. Where it is without `export.json`, an export was cut.
const UNPACKED: &str = ".unpacked";

/// What says that an export is whole.
pub const WHOLE: &str = "export.json";

/// What else an export has at its root, but for the pages that list conversations.
const PARTS: [&str; 7] = [
    "people.jsonl",
    "conversations.jsonl",
    "files.jsonl",
    "messages",
    "conversations",
    "files",
    "README.txt",
];

/// A folder that is taken for an export: for this user alone, and by nobody else at the same time.
#[derive(Debug)]
pub struct Prepared {
    dir: PathBuf,
    /// Its lock.
    _held: File,
}

impl Prepared {
    /// Where the export goes.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Where what is exported is unpacked.
    pub fn unpacked(&self) -> PathBuf {
        self.dir.join(UNPACKED)
    }

    /// Removes what was unpacked.
    pub fn tidy(&self) -> Result<(), ExportError> {
        let path = self.unpacked();
        remove(&path).map_err(ExportError::at(&path))
    }

    /// Removes what an export that was not finished has left; the folder is empty again.
    pub fn clear(&self) -> Result<(), ExportError> {
        let mut names = self.names()?;
        // By it the next one would know that it may do the same.
        names.sort_by_key(|name| name == UNPACKED);
        for name in names.into_iter().filter(|name| is_ours(name)) {
            let path = self.dir.join(name);
            remove(&path).map_err(ExportError::at(&path))?;
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>, ExportError> {
        disk::names(&self.dir).map_err(ExportError::at(&self.dir))
    }
}

/// Takes an empty folder, or makes it, for this user alone. What a run before that was killed has left in it is
/// removed.
pub fn prepare(dir: &Path) -> Result<Prepared, ExportError> {
    disk::make_dir(dir).map_err(ExportError::at(dir))?;
    let held = File::open(dir).map_err(ExportError::at(dir))?;
    let dir = dir.to_owned();
    match disk::lock(&held) {
        Ok(true) => {}
        Ok(false) => return Err(ExportError::Busy { dir }),
        Err(error) => return Err(ExportError::at(&dir)(error)),
    }
    let prepared = Prepared { dir, _held: held };
    let names = prepared.names()?;
    let has = |name: &str| names.iter().any(|it| it == name);
    if has(UNPACKED) && has(WHOLE) {
        prepared.tidy()?;
    } else if has(UNPACKED) && names.iter().all(|name| is_ours(name)) {
        prepared.clear()?;
    }
    let dir = prepared.path().to_owned();
    if !prepared.names()?.is_empty() {
        return Err(ExportError::Occupied { dir });
    }
    // Some file systems know no modes.
    let _ = fs::set_permissions(&dir, Permissions::from_mode(0o700));
    // From here on the next run knows whose all of this is.
    let unpacked = prepared.unpacked();
    disk::make_dir(&unpacked).map_err(ExportError::at(&unpacked))?;
    Ok(prepared)
}

/// Whether an export has something of this name at its root.
fn is_ours(name: &str) -> bool {
    let lists = name.starts_with("index") && Path::new(name).extension() == Some("html".as_ref());
    lists || [UNPACKED, WHOLE].contains(&name) || PARTS.contains(&name)
}

/// Removes a file, or a folder with all that is in it; what is not there is gone already.
fn remove(path: &Path) -> io::Result<()> {
    let done = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
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

    /// Makes all that was written so far durable.
    pub fn sync(&self) -> Result<(), ExportError> {
        File::open(&self.0)
            .and_then(|folder| Ok(rustix::fs::syncfs(folder)?))
            .map_err(ExportError::at(&self.0))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names = disk::names(dir).unwrap();
        names.sort();
        names
    }

    #[test]
    fn what_a_cut_export_left_goes_and_nothing_of_anybody_elses() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("out");
        let begin = |more: &str| {
            let prepared = prepare(&dir).unwrap();
            fs::write(prepared.unpacked().join("db"), "rows").unwrap();
            fs::create_dir_all(dir.join("messages/1")).unwrap();
            for name in ["people.jsonl", "index-2.html", more] {
                fs::write(dir.join(name), "x").unwrap();
            }
        };
        begin("files.jsonl");
        let prepared = prepare(&dir).unwrap();
        assert_eq!(names(&dir), [UNPACKED]);
        assert_eq!(names(&prepared.unpacked()), [""; 0]);
        prepared.clear().unwrap();
        assert_eq!(names(&dir), [""; 0]);
        drop(prepared);

        // Somebody else's file: nothing is touched.
        begin("mine.txt");
        let before = names(&dir);
        assert!(matches!(prepare(&dir), Err(ExportError::Occupied { .. })));
        assert_eq!(names(&dir), before);
        fs::remove_file(dir.join("mine.txt")).unwrap();
        drop(prepare(&dir).unwrap());

        // One that is whole stays, but for what was not put away.
        begin(WHOLE);
        assert!(matches!(prepare(&dir), Err(ExportError::Occupied { .. })));
        assert!(names(&dir).contains(&WHOLE.to_owned()) && !dir.join(UNPACKED).exists());
        fs::remove_dir_all(&dir).unwrap();

        // One at a time.
        let held = prepare(&dir).unwrap();
        assert!(matches!(prepare(&dir), Err(ExportError::Busy { .. })));
        drop(held);
        prepare(&dir).unwrap();
    }
}
