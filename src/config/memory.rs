//! How much memory the server may use for its own comfort.

use super::ConfigError;
use super::topic::topic;

topic! {
    /// How much memory the server may use.
    pub struct Memory in "memory" {
        /// Mebibytes for caches and for what waits for slow clients, at least 64. The server
        /// needs some more for itself and a little for each connection.
        pub budget_mib: u64 = 128,
    }
}

impl Memory {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (64..=1_048_576).contains(&self.budget_mib) {
            Ok(())
        } else {
            Err(ConfigError::value(
                "memory.budget_mib",
                "a number from 64 to 1048576",
            ))
        }
    }

    /// Bytes for the store's page cache, between 8 and 64 MiB: an eighth of the budget, since the
    /// engine occupies twice of what it counts, and keeps tables of its own.
    pub fn store_cache_bytes(&self) -> u64 {
        (self.budget_mib / 8).clamp(8, 64) << 20
    }

    /// Bytes for the page cache of the search index, between 4 and 32 MiB: half of the store's.
    pub fn search_cache_bytes(&self) -> u64 {
        (self.budget_mib / 16).clamp(4, 32) << 20
    }

    /// Bytes that may wait for slow clients in all: a quarter of the budget.
    pub fn outbox_bytes(&self) -> u64 {
        (self.budget_mib / 4) << 20
    }
}
