//! What happens now: followers, the log's head, presence, typing.
use std::sync::Arc;

use tokio::sync::watch;

use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, EventSeq, Offset, UserId};

use super::{Answer, Caller, Follower, Service, ServiceError, Signal, SocketId, Tail};

#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    clippy::unused_self,
    reason = "signatures come first"
)]
impl Service {
    /// Registers who follows all events from now on. Followers are called in the order in which
    /// they registered; the service's own (directory, session cache) come first.
    pub fn on_commit(&self, follower: Arc<dyn Follower>) {}

    /// Registers who hears typing and presence. Called on any thread; must not block.
    pub fn on_signal(&self, listener: Arc<dyn Fn(Signal) + Send + Sync>) {}

    /// The newest event that all followers have seen.
    pub fn published(&self) -> watch::Receiver<EventSeq> {
        watch::channel(EventSeq(0)).1
    }

    /// The newest event that is on disk; followers may be about to see it.
    pub fn head(&self) -> EventSeq {
        EventSeq(0)
    }

    /// An event's position as clients know it.
    pub fn offset(&self, seq: EventSeq) -> Offset {
        Offset { epoch: 0, seq }
    }

    /// What happened after a client's position, at most `limit` events. A position of another
    /// epoch or beyond the head is [`Tail::Trimmed`].
    pub fn tail(&self, after: Offset, limit: usize) -> Answer<Tail> {
        Err(ServiceError::ServerBusy)
    }

    /// The name of this server.
    pub fn server_name(&self) -> &str {
        ""
    }

    /// A socket of somebody opened: they are online.
    pub fn socket_opened(&self, caller: Caller, socket: SocketId) {}

    /// It closed, however it did. They are offline when the last one is closed for as long as the
    /// grace period; what they typed through this one stops at once. Twice is once.
    pub fn socket_closed(&self, caller: Caller, socket: SocketId) {}

    /// Whether somebody is online.
    pub fn is_online(&self, user: UserId) -> bool {
        false
    }

    /// When somebody was last here; `None` while they are, or if they never were.
    pub fn last_seen(&self, user: UserId) -> Option<Timestamp> {
        None
    }

    /// Somebody types, seen for 3 s from now. Errors: `not_found` (not a member),
    /// `rate_limited`.
    pub fn typing_started(
        &self,
        caller: Caller,
        socket: SocketId,
        conversation: ConversationId,
    ) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// Somebody stopped typing. Errors: `not_found`, `rate_limited`.
    pub fn typing_stopped(
        &self,
        caller: Caller,
        socket: SocketId,
        conversation: ConversationId,
    ) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }
}
