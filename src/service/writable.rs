//! Whether anything can be stored. On a full disk nothing is, until there is room again: people read on,
//! and are told so before they write.
//!
//! How much room there must be is the store's. Uploads end long before it
//! ([`FileSettings::reserve`](super::FileSettings::reserve)).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Service, Signal};

/// How often the disk is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What was last seen.
#[derive(Default)]
pub struct Writable {
    full: AtomicBool,
}

impl Service {
    /// Whether there was room on the disk a moment ago. When that changes, [`Signal::Writable`] says so.
    pub fn is_writable(&self) -> bool {
        !self.0.writable.full.load(Ordering::Acquire)
    }

    /// Looks, and tells what has changed.
    pub(super) fn look_at_room(&self) {
        let room = match self.0.store.has_room() {
            Ok(room) => room,
            Err(error) => return tracing::warn!(%error, "the room on the disk is not known"),
        };
        if self.is_writable() == room {
            return;
        }
        self.0.writable.full.store(!room, Ordering::Release);
        if room {
            tracing::info!("there is room on the disk again; writing goes on");
        } else {
            tracing::error!(
                "the disk is full: nothing is written until there is room; reading goes on"
            );
        }
        self.0.live.tell(Signal::Writable);
    }

    /// Looks from time to time, and at once when something was refused; runs until it is dropped.
    pub(super) async fn run_looking_at_room(self) {
        loop {
            tokio::select! {
                () = self.0.clock.sleep(LOOK_EVERY) => {}
                () = self.0.committer.refused() => {}
            }
            self.look_at_room();
        }
    }
}
