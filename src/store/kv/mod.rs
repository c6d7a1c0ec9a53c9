//! The key-value seam: what the store asks of an engine.
//!
//! One ordered key space of bytes, atomic groups of changes, and an explicit moment at which they
//! are durable. One contract suite (`tests/it/store_kv.rs`) runs on every engine. Nothing here
//! knows tables or records, and no type of an engine leaves its file.

mod sled;

use std::ops::ControlFlow;

pub(super) use self::sled::LOG_FILE;
pub use self::sled::SledKv;
use super::error::StoreError;

/// In which order a scan visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Forward,
    /// Largest key first.
    Backward,
}

/// Called by a scan for each key and value; says whether to go on.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

/// One change of a group: a key with its new value, or with `None` to remove it.
pub type Change<'a> = (&'a [u8], Option<&'a [u8]>);

/// An embedded, ordered key-value engine.
///
/// Written by one thread, read by many. After any error the engine's state is suspect: the caller
/// writes no more.
pub trait Kv: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits the rows with `from <= key < to` in the order asked for, until the visitor breaks.
    /// An error of the visitor ends the scan and is returned.
    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError>;

    /// Makes all changes at once, for readers and over a crash: all of them or none.
    /// No key comes twice. They are durable only after [`Kv::sync`].
    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError>;

    /// Returns when everything written before would survive a loss of power.
    fn sync(&self) -> Result<(), StoreError>;
}
