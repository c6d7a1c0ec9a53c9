//! The engine of the product: [`Database`], which is sled, behind the store's seam.

use std::path::Path;

use super::{Change, Kv, Order, Visit};
use crate::base::database::{Database, DatabaseError, Tuning};
use crate::store::error::StoreError;

pub use crate::base::database::LOG_FILE;

/// sled behind the seam.
pub struct SledKv(Database);

impl SledKv {
    /// Opens or creates the database in `dir`, which is used for nothing else. The directory
    /// entries are durable when this returns.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        Ok(Self(Database::open(dir, Tuning::with_cache(cache_bytes))?))
    }

    /// The same for rows that are read again and again: what was read once may stay in memory.
    pub fn open_for_lists(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        let tuning = Tuning {
            sparing: false,
            ..Tuning::with_cache(cache_bytes)
        };
        Ok(Self(Database::open(dir, tuning)?))
    }

    /// Makes one change of many, by itself: unlike a group it keeps nobody else in the process waiting.
    pub fn change(&self, (key, value): Change<'_>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.0.put_away(key, value)?,
            None => self.0.remove(key)?,
        }
        Ok(())
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key)?)
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.0.scan(from, to, order == Order::Backward, visit)
    }

    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
        Ok(self.0.write(changes)?)
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(self.0.sync()?)
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Locked { dir } => Self::Locked { dir },
            DatabaseError::Engine(what) => Self::Engine(what),
            DatabaseError::Io(error) => Self::Io(error),
        }
    }
}
