//! Where indexes lie: each numbering of the documents in a folder of its own, `0001`, `0002` …,
//! so that one is made beside the one in use.
//!
//! The newest one that is whole is the one to use; what else is there is left from what was cut
//! off. So a process may end at any moment.

use std::fs;
use std::path::PathBuf;

use super::own::{self, IndexError};

/// See the module.
pub(super) struct Folders(PathBuf);

impl Folders {
    /// Those in this folder, which need not be there.
    pub(super) fn within(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The numbers that are there, ascending.
    pub(super) fn numbers(&self) -> Result<Vec<u32>, IndexError> {
        let mut numbers: Vec<u32> = self
            .names()?
            .iter()
            .filter_map(|name| number(name))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// A number that is greater than all that are there.
    pub(super) fn next(&self) -> Result<u32, IndexError> {
        Ok(self.numbers()?.last().map_or(1, |newest| newest + 1))
    }

    /// The folder with a number.
    pub(super) fn path(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number:04}"))
    }

    /// Removes everything but the one with this number, and those up to `given_up`, which go by
    /// themselves.
    pub(super) fn keep_only(&self, kept: u32, given_up: u32) -> Result<(), IndexError> {
        for name in self.names()? {
            if number(&name).is_none_or(|number| number != kept && number > given_up) {
                own::remove(&self.0.join(name));
            }
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>, IndexError> {
        let read = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.and_then(Iterator::collect::<Result<Vec<_>, _>>),
        };
        let entries = read.map_err(|error| IndexError::io("read", &self.0, error))?;
        let names = entries.iter().map(fs::DirEntry::file_name);
        Ok(names
            .map(|name| name.to_string_lossy().into_owned())
            .collect())
    }
}

/// The number that a name is.
fn number(name: &str) -> Option<u32> {
    let number: u32 = name.parse().ok()?;
    (number > 0 && format!("{number:04}") == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_count_and_all_but_one_go() {
        let dir = tempfile::tempdir().unwrap();
        let folders = Folders::within(dir.path().join("search"));
        assert_eq!(
            (folders.numbers().unwrap(), folders.next().unwrap()),
            (vec![], 1)
        );
        for name in ["0003", "0012", "12345", "0000", "3", "x"] {
            fs::create_dir_all(dir.path().join("search").join(name)).unwrap();
        }
        fs::write(dir.path().join("search/db"), "").unwrap();
        assert_eq!(folders.numbers().unwrap(), [3, 12, 12345]);
        assert_eq!(folders.next().unwrap(), 12346);
        folders.keep_only(12, 3).unwrap();
        assert_eq!(folders.numbers().unwrap(), [3, 12]);
        folders.keep_only(12, 0).unwrap();
        assert_eq!(folders.names().unwrap(), ["0012"]);
    }
}
