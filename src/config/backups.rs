//! Backups that are made by themselves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ConfigError;
use super::topic::topic;

topic! {
    /// Backups that the server makes by itself while it runs, and checks. `inkspot restore` reads them.
    pub struct Backups in "backups" {
        /// Hours from one to the next; 0 for none.
        pub every_hours: u32 = 24,
        /// How many are kept, 1 to 1000: the newest ones. One that follows another within half of the hours
        /// from one to the next takes its place.
        pub keep: u32 = 3,
        /// Where they are kept; best on another disk. Not set: "backups" in the data directory. None is
        /// made where there is no room for it. The Debian package's service may write to
        /// /var/backups/inkspot; for another folder, `systemctl edit inkspot` and add
        /// `ReadWritePaths=` with it.
        pub folder: Option<PathBuf> = None, like "\"/mnt/other/inkspot\"",
        /// A file whose only line is a passphrase of at least 12 characters: backups are encrypted with it,
        /// in the format of `age`. Keep a copy of it elsewhere: a lost passphrase is a lost backup.
        pub passphrase_file: Option<PathBuf> = None, like "\"/etc/inkspot/backup-passphrase\"",
        /// Whether administrators may fetch them in the browser, with their password. A backup holds what
        /// everybody has written, which administrators do not see otherwise.
        pub download: bool = false,
    }
}

impl Backups {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wanted = "a number from 0 to 8760";
        if self.every_hours > 8760 {
            return Err(ConfigError::value("backups.every_hours", wanted));
        }
        let wanted = "a number from 1 to 1000";
        if !(1..=1000).contains(&self.keep) {
            return Err(ConfigError::value("backups.keep", wanted));
        }
        Ok(())
    }

    /// From one to the next; `None` if there should be none.
    pub fn every(&self) -> Option<Duration> {
        let hours = u64::from(self.every_hours);
        (hours > 0).then(|| Duration::from_hours(hours))
    }

    /// Where they are kept.
    pub fn folder_beside(&self, data: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| data.join("backups"))
    }
}
