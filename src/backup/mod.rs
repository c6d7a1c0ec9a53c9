//! Backups: everything that a server keeps as of one moment, in one file, made while it runs.
//!
//! The file is a stream that can go through a pipe: a name, then frames, compressed, with a checksum
//! over all of them at the end (`format`). It holds rows, contents and keys, and knows no engine, so
//! that it is also the way to another kind of storage. What the rows mean is the store's.
//!
//! Under a passphrase that file is inside another one, in the format of age ([`Out`], [`In`]).
//!
//! Searching is not in it: the index is made again.

mod error;
mod folder;
mod format;
mod read;
mod sealed;
mod shelf;
mod write;

pub use error::BackupError;
pub use folder::{Folder, Kept};
pub use read::{Restored, check, examine, restore, restore_over, restore_rows};
pub use sealed::{In, Out, Passphrase};
pub use shelf::{Doing, Failed, Shelf, Step};
pub use write::{Sources, write, write_telling};

/// The settings file, as a backup names it and as restoring gives it out, below the data folder: what the
/// server is started with is never replaced.
pub const SETTINGS: &str = "restored/config.toml";

/// How much a backup holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Rows of the database, those counted again that changed meanwhile.
    pub rows: u64,
    /// Bytes of them; counted when a backup is read.
    pub row_bytes: u64,
    /// Contents of files.
    pub contents: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Contents that are not what they were, and so are not counted above: what a disk has damaged.
    pub damaged: u64,
    /// Whether the settings file is in it.
    pub settings: bool,
}
