//! The passphrase of backups, and the file in which it is kept.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::super::BackupError;

/// The shortest for a new backup, in characters: whoever has the file can try as many as they like.
const LEAST: usize = 12;
/// The longest, in bytes.
const MOST: u64 = 1024;

/// What a sealed backup is opened with.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

impl Passphrase {
    /// For a new backup.
    ///
    /// # Errors
    /// [`BackupError::Passphrase`] if it is too short.
    pub fn for_new(text: String) -> Result<Self, BackupError> {
        if text.chars().count() < LEAST {
            return Err(BackupError::Passphrase(
                "it has fewer than 12 characters, and who has the file can try as many as they like",
            ));
        }
        Ok(Self(text))
    }

    /// For a backup that is there.
    pub fn given(text: String) -> Self {
        Self(text)
    }

    /// What the only line of a file says, for a new backup.
    pub fn read_for_new(path: &Path) -> Result<Self, BackupError> {
        Self::for_new(Self::read(path)?.0)
    }

    /// What the only line of a file says.
    ///
    /// # Errors
    /// [`BackupError::NoPassphrase`] if it can't be read, [`BackupError::Passphrase`] if it says none.
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(MOST + 1).read_to_string(&mut text))
            .map_err(|source| BackupError::NoPassphrase {
                path: path.to_owned(),
                source,
            })?;
        if text.len() as u64 > MOST {
            return Err(BackupError::Passphrase("it is longer than 1024 bytes"));
        }
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() || line.contains(['\n', '\r']) {
            return Err(BackupError::Passphrase("it must be one line"));
        }
        Ok(Self(line.to_owned()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_line_of_enough_characters() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Passphrase::read_for_new(&path)
        };
        for text in ["twelve chars", "twelve chars\n", "twelve chars\r\n"] {
            assert_eq!(read(text).unwrap().bytes(), b"twelve chars");
        }
        for text in [
            "",
            "\n",
            "eleven char",
            "one line long\nand another",
            "x\ry z x y z x y z",
        ] {
            assert!(
                matches!(read(text), Err(BackupError::Passphrase(_))),
                "{text}"
            );
        }
        assert!(read(&"x".repeat(1025)).is_err());
        assert_eq!(read(&"é".repeat(12)).unwrap().bytes().len(), 24);
        let missing = Passphrase::read(&folder.path().join("none"));
        assert!(matches!(missing, Err(BackupError::NoPassphrase { .. })));
    }
}
