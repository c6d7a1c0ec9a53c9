//! A folder of backups that a server has made. The names are the server's own: nobody else's files are
//! touched or given away.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::base::clock::Timestamp;
use crate::base::disk;

/// What their names begin and end with; between stands when they were begun, so that they sort by it.
const NAME: (&str, &str) = ("inkspot-", ".backup");
/// What a name ends with besides when a passphrase is needed.
const SEALED: &str = ".age";
/// An unfinished one.
const PART: &str = ".part";

/// A finished backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When it was finished.
    pub made_at: Timestamp,
    /// Whether a passphrase opens it.
    pub sealed: bool,
}

/// Where backups are kept. It is made with the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// The one at this path.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the one of this moment is written, until it is checked; then `.part` goes.
    pub fn part(&self, now: Timestamp, sealed: bool) -> PathBuf {
        let moment = now.to_string().replace(':', "-");
        let seal = if sealed { SEALED } else { "" };
        let name = format!("{}{moment}{}{seal}{PART}", NAME.0, NAME.1);
        self.0.join(name)
    }

    /// All finished ones, the newest first.
    pub fn all(&self) -> io::Result<Vec<Kept>> {
        let mut all = Vec::new();
        for name in self.names(false)?.into_iter().rev() {
            let about = match fs::metadata(self.0.join(&name)) {
                Ok(about) => about,
                // It is the oldest, and another took its place.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let since = about.modified()?.duration_since(SystemTime::UNIX_EPOCH);
            let millis = since.map_or(0, |since| since.as_millis());
            all.push(Kept {
                sealed: name.ends_with(SEALED),
                name,
                bytes: about.len(),
                made_at: Timestamp(u64::try_from(millis).unwrap_or(u64::MAX)),
            });
        }
        Ok(all)
    }

    /// The paths of all finished ones, the newest first; none if the folder can't be read.
    pub fn newest_first(&self) -> Vec<PathBuf> {
        let names = self.names(false).unwrap_or_default();
        names.iter().rev().map(|name| self.0.join(name)).collect()
    }

    /// Opens a finished one, and says how long it is. `None`: there is none of this name.
    pub fn open(&self, name: &str) -> io::Result<Option<(File, u64)>> {
        if !is_ours(name, false) {
            return Ok(None);
        }
        match File::open(self.0.join(name)) {
            Ok(file) => {
                let bytes = file.metadata()?.len();
                Ok(Some((file, bytes)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes all but the newest ones, and what was not finished. Of those that were begun within less than
    /// `apart` only the newest stays: who makes many at once does not lose what was before.
    pub fn tidy(&self, keep: usize, apart: Duration) {
        let mut left = keep;
        let mut newer: Option<Timestamp> = None;
        let mut whole = self.names(false).unwrap_or_default();
        whole.reverse();
        whole.retain(|name| {
            let begun = begun(name);
            let near = newer
                .zip(begun)
                .is_some_and(|(newer, begun)| newer.since(begun) < apart);
            let stays = left > 0 && !near;
            if stays {
                left -= 1;
                newer = begun;
            }
            !stays
        });
        let unfinished = self.names(true).unwrap_or_default();
        for name in whole.into_iter().chain(unfinished) {
            let path = self.0.join(name);
            if let Err(error) = disk::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "an old backup stays");
            }
        }
    }

    /// The names of finished or of unfinished ones, the oldest first. A folder that is not there has none.
    fn names(&self, unfinished: bool) -> io::Result<Vec<String>> {
        let mut names = match disk::names(&self.0) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        names.retain(|name| is_ours(name, unfinished));
        names.sort();
        Ok(names)
    }
}

/// When a finished one was begun, by its name.
fn begun(name: &str) -> Option<Timestamp> {
    let moment = name.strip_prefix(NAME.0)?.split(NAME.1).next()?;
    let (day, time) = moment.split_once('T')?;
    format!("{day}T{}", time.replace('-', ":")).parse().ok()
}

/// Whether the server has given this name to a finished one, or to an unfinished one.
fn is_ours(name: &str, unfinished: bool) -> bool {
    const MOMENT: &str = "0000-00-00T00-00-00.000Z";
    let name = if unfinished {
        name.strip_suffix(PART)
    } else {
        Some(name)
    };
    let inner = name
        .map(|name| name.strip_suffix(SEALED).unwrap_or(name))
        .and_then(|name| name.strip_prefix(NAME.0))
        .and_then(|rest| rest.strip_suffix(NAME.1));
    inner.is_some_and(|inner| {
        let digits_as_0 = |c: char| if c.is_ascii_digit() { '0' } else { c };
        inner.chars().map(digits_as_0).eq(MOMENT.chars())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_names_are_opened() {
        let outer = tempfile::tempdir().unwrap();
        let folder = Folder::new(outer.path().join("backups"));
        assert_eq!(folder.all().unwrap(), []);
        fs::create_dir(folder.path()).unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        for (at, text) in [(1_000, "old"), (2_000, "newer")] {
            let part = folder.part(Timestamp(at), at == 2_000);
            fs::write(&part, "unfinished").unwrap();
            assert!(folder.all().unwrap().iter().all(|one| one.bytes < 6));
            fs::rename(&part, part.with_extension("")).unwrap();
            fs::write(part.with_extension(""), text).unwrap();
        }
        fs::write(folder.part(Timestamp(3_000), true), "unfinished").unwrap();
        let all = folder.all().unwrap();
        assert_eq!([all[0].sealed, all[1].sealed], [true, false]);
        assert_eq!(all.iter().map(|one| one.bytes).collect::<Vec<_>>(), [5, 3]);
        assert_eq!(folder.open(&all[0].name).unwrap().unwrap().1, 5);
        let hostile = "inkspot-../../secret.backup";
        for name in ["../secret", "secret", "", ".", hostile] {
            assert!(folder.open(name).unwrap().is_none(), "{name}");
        }
        folder.tidy(1, Duration::ZERO);
        assert_eq!(folder.all().unwrap().len(), 1);
        assert_eq!(disk::names(folder.path()).unwrap().len(), 1);
        assert!(folder.open(&all[1].name).unwrap().is_none());
    }

    #[test]
    fn many_that_are_made_at_once_take_the_place_of_one() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().to_owned());
        let hour = 3_600_000;
        for at in [1, 25, 49, 58, 59, 60].map(|hours| hours * hour) {
            let part = folder.part(Timestamp(at), false);
            fs::write(part.with_extension(""), at.to_string()).unwrap();
        }
        let half_a_day = Duration::from_hours(12);
        let left = || {
            let paths = folder.newest_first().into_iter();
            paths
                .map(|path| fs::read_to_string(path).unwrap().parse::<u64>().unwrap() / hour)
                .collect::<Vec<_>>()
        };
        folder.tidy(3, half_a_day);
        assert_eq!(left(), [60, 25, 1]);
        folder.tidy(2, half_a_day);
        assert_eq!(left(), [60, 25]);
        folder.tidy(usize::MAX, Duration::ZERO);
        assert_eq!(left(), [60, 25]);
    }
}
