//! What people may upload, and how it is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::topic::topic;

topic! {
    /// Files that people send.
    pub struct Files in "files" {
        /// How they are kept in the data directory. "volumes": in a few large databases. "files":
        /// each in a file of its own, for large disks. It can't be changed after the first start.
        pub storage: FileStorage = FileStorage::Volumes,
        /// The largest file that is taken, in mebibytes.
        pub max_file_mib: u64 = 100,
        /// How much one person may keep here in all, in mebibytes; 0 for no limit.
        pub quota_mib: u64 = 2048,
        /// How long an unfinished upload waits to be resumed, in hours.
        pub upload_expires_hours: u64 = 24,
        /// Uploads stop while less than this is free on the disk, in mebibytes, so that messages
        /// can still be stored. Not set: 1024, or a tenth of the disk if that is less.
        pub disk_reserve_mib: Option<u64> = None, like "1024",
    }
}

/// How files are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileStorage {
    /// In a few large databases.
    #[default]
    Volumes,
    /// Each in a file of its own.
    Files,
}

const MOST_MIB: u64 = 1 << 30;

impl Files {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let within = |key, value: u64, least: u64, most: u64, words| {
            let fits = (least..=most).contains(&value);
            fits.then_some(()).ok_or(ConfigError::value(key, words))
        };
        within(
            "files.max_file_mib",
            self.max_file_mib,
            1,
            MOST_MIB,
            "a number from 1 to 1073741824",
        )?;
        within(
            "files.quota_mib",
            self.quota_mib,
            0,
            MOST_MIB,
            "a number from 0 to 1073741824",
        )?;
        within(
            "files.upload_expires_hours",
            self.upload_expires_hours,
            1,
            24 * 365,
            "a number from 1 to 8760",
        )?;
        within(
            "files.disk_reserve_mib",
            self.disk_reserve_mib.unwrap_or(0),
            0,
            MOST_MIB,
            "a number from 0 to 1073741824",
        )
    }

    /// The largest file, in bytes.
    pub fn max_file_bytes(&self) -> u64 {
        self.max_file_mib << 20
    }

    /// What one person may keep, in bytes.
    pub fn quota_bytes(&self) -> Option<u64> {
        (self.quota_mib > 0).then_some(self.quota_mib << 20)
    }

    /// How long an unfinished upload waits.
    pub fn upload_expires(&self) -> Duration {
        Duration::from_secs(self.upload_expires_hours * 3600)
    }

    /// Free bytes below which uploads stop, as it is set.
    pub fn disk_reserve_bytes(&self) -> Option<u64> {
        self.disk_reserve_mib.map(|mib| mib << 20)
    }
}
