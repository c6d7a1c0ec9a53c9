//! How much memory the server may use, and what follows from it.

use super::ConfigError;
use super::topic::topic;
use crate::base::process;

topic! {
    /// How much memory the server may use.
    pub struct Memory in "memory" {
        /// Mebibytes for caches, connections, uploads and what waits for slow clients, at least 64.
        /// The server needs about 30 more for itself. Not set: an eighth of the memory that the
        /// machine or its container has, at least 64 and at most 256.
        pub budget_mib: Option<u64> = None, like "128",
    }
}

/// What is assumed where the system doesn't say how much memory there is, in mebibytes.
const UNKNOWN: u64 = 128;

impl Memory {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (64..=1_048_576).contains(&self.budget()) {
            Ok(())
        } else {
            Err(ConfigError::value(
                "memory.budget_mib",
                "a number from 64 to 1048576",
            ))
        }
    }

    /// The budget in mebibytes, as it is set or as the machine suggests it.
    pub fn budget(&self) -> u64 {
        let suggested = || process::memory_limit().map_or(UNKNOWN, suggested);
        self.budget_mib.unwrap_or_else(suggested)
    }

    /// Bytes for the store's page cache, between 8 and 64 MiB: an eighth of the budget, since the
    /// engine occupies twice of what it counts, and keeps tables of its own.
    pub fn store_cache_bytes(&self) -> u64 {
        (self.budget() / 8).clamp(8, 64) << 20
    }

    /// Bytes for the page cache of the search index, between 4 and 32 MiB: half of the store's.
    pub fn search_cache_bytes(&self) -> u64 {
        (self.budget() / 16).clamp(4, 32) << 20
    }

    /// Bytes that may wait for slow clients in all: a quarter of the budget.
    pub fn outbox_bytes(&self) -> u64 {
        (self.budget() / 4) << 20
    }

    /// Connections at once: a quarter of the budget at 8 KiB for each, which is what one costs that
    /// is open and quiet.
    pub fn connections(&self) -> usize {
        usize::try_from(self.budget() * 32).unwrap_or(usize::MAX)
    }

    /// Uploads that are written at the same time, at most 1 MiB each: between 8 and 64.
    pub fn upload_writers(&self) -> u32 {
        u32::try_from((self.budget() / 8).clamp(8, 64)).unwrap_or(64)
    }

    /// Passwords that are hashed at the same time, 19 MiB each: one for each 256 MiB, up to 8.
    pub fn password_turns(&self) -> usize {
        usize::try_from((self.budget() / 256).clamp(1, 8)).unwrap_or(1)
    }
}

/// A budget in mebibytes for a machine with so many bytes of memory.
fn suggested(memory: u64) -> u64 {
    ((memory >> 20) / 8).clamp(64, 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(budget: u64) -> Memory {
        Memory {
            budget_mib: Some(budget),
        }
    }

    #[test]
    fn a_machine_suggests_an_eighth_within_bounds() {
        const MIB: u64 = 1 << 20;
        for (memory, budget) in [
            (256, 64),
            (512, 64),
            (1024, 128),
            (2048, 256),
            (65_536, 256),
        ] {
            assert_eq!(suggested(memory * MIB), budget, "{memory} MiB");
        }
        assert!((64..=256).contains(&Memory::default().budget()));
    }

    /// The table in docs/OPERATIONS.md.
    #[test]
    fn the_budget_sizes_everything() {
        let table = include_str!("../../docs/OPERATIONS.md");
        for budget in [64, 128, 256, 512, 1024] {
            let memory = of(budget);
            let row = format!(
                "| {budget} | {} | {} | {} | {} | {} | {} |",
                memory.store_cache_bytes() >> 20,
                memory.search_cache_bytes() >> 20,
                memory.outbox_bytes() >> 20,
                memory.connections(),
                memory.upload_writers(),
                memory.password_turns(),
            );
            assert!(table.contains(&row), "docs/OPERATIONS.md lacks {row}");
        }
    }
}
