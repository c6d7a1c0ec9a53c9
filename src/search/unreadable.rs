//! What of the store can't be read is left out: the index goes on without it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::StoreError;

/// How often something was left out.
#[derive(Default)]
pub(super) struct Unreadable(AtomicU64);

impl Unreadable {
    /// What was read; `None`, and counted, if it is damaged. The first one is logged.
    pub(super) fn or_skip<T>(&self, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error @ StoreError::Corrupt { .. }) => {
                if self.0.fetch_add(1, Ordering::Relaxed) == 0 {
                    tracing::warn!(%error, "the search leaves out what can't be read; more of it isn't logged");
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// How often so far.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
