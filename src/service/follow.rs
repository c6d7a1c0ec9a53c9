//! For those who follow the log: the doors, and later search, bots and backups.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Answer, Follower, Service, Tail};
use crate::model::ids::{EventSeq, Offset};
use crate::store::TailError;

impl Service {
    /// Registers who follows all events from now on. Followers are called in the order in which
    /// they registered; the service's own (directory, session cache) come first.
    pub fn on_commit(&self, follower: Arc<dyn Follower>) {
        self.0.committer.follow(follower);
    }

    /// The newest event that all followers have seen.
    pub fn published(&self) -> watch::Receiver<EventSeq> {
        self.0.committer.head()
    }

    /// The newest event that is on disk; followers may be about to see it.
    pub fn head(&self) -> EventSeq {
        self.0.store.log().head()
    }

    /// An event's position as clients know it.
    pub fn offset(&self, seq: EventSeq) -> Offset {
        Offset {
            epoch: self.0.store.log().epoch(),
            seq,
        }
    }

    /// What happened after a client's position, at most `limit` events. A position of another
    /// epoch or beyond the head is [`Tail::Trimmed`].
    pub fn tail(&self, after: Offset, limit: usize) -> Answer<Tail> {
        let log = self.0.store.log();
        if after.epoch != log.epoch() || after.seq > log.head() {
            return Ok(Tail::Trimmed);
        }
        match log.tail(after.seq, limit) {
            Ok(events) => Ok(Tail::Events(events)),
            Err(TailError::Trimmed { .. }) => Ok(Tail::Trimmed),
            Err(TailError::Store(error)) => Err(error.into()),
        }
    }

    /// Whether people are held to limits; loads are driven without.
    pub fn is_limited(&self) -> bool {
        self.settings().limited
    }

    /// The name of this server.
    pub fn server_name(&self) -> String {
        self.settings().server_name.clone()
    }
}
