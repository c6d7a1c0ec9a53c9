//! The passphrase of backups, and the file in which it is kept.

use std::fmt;
use std::path::Path;

use super::super::BackupError;
use crate::base::passphrase::{self, Fault};

/// What a sealed backup is opened with.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(String);

impl Passphrase {
    /// For a new backup.
    ///
    /// # Errors
    /// [`BackupError::Passphrase`] if it is too short.
    pub fn for_new(text: String) -> Result<Self, BackupError> {
        passphrase::check_new(&text).map_err(BackupError::Passphrase)?;
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
        passphrase::read(path)
            .map(Self)
            .map_err(|fault| match fault {
                Fault::Unreadable(source) => BackupError::NoPassphrase {
                    path: path.to_owned(),
                    source,
                },
                fault => BackupError::Passphrase(fault),
            })
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
