//! Who is typing: seen for three seconds after the last sign of it.
//!
//! Nothing here is stored, and no permission is checked.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::SocketId;
use super::deadlines::Deadlines;
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, UserId};

/// How long somebody is seen typing after the last sign of it.
pub const SEEN_FOR: Duration = Duration::from_secs(3);

/// Signs that follow each other faster are told once.
pub const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Somebody in a conversation.
pub type Typist = (ConversationId, UserId);

struct Seen {
    /// Which of their sockets they type through.
    socket: SocketId,
    told: Timestamp,
}

/// Who is typing.
#[derive(Default)]
pub struct Typing {
    seen: HashMap<Typist, Seen>,
    by_socket: BTreeSet<(SocketId, Typist)>,
    until: Deadlines<Typist>,
}

impl Typing {
    /// A sign of typing. Returns whether it is told, and whether the timer has a nearer deadline.
    pub fn started(&mut self, typist: Typist, socket: SocketId, now: Timestamp) -> (bool, bool) {
        let seen = self.seen.get(&typist);
        if let Some(seen) = seen {
            self.by_socket.remove(&(seen.socket, typist));
        }
        let before = seen.map(|seen| seen.told);
        let fresh = before.is_none_or(|told| now.since(told) >= TOLD_EVERY);
        let told = before.filter(|_| !fresh).unwrap_or(now);
        self.seen.insert(typist, Seen { socket, told });
        self.by_socket.insert((socket, typist));
        (fresh, self.until.set(typist, now.plus(SEEN_FOR)))
    }

    /// A sign that somebody stopped, through one of their sockets. True when they were typing
    /// through it.
    pub fn stopped(&mut self, typist: Typist, socket: SocketId) -> bool {
        let through = self
            .seen
            .get(&typist)
            .is_some_and(|seen| seen.socket == socket);
        through && self.ended(typist)
    }

    /// Somebody types no more, for whatever reason. True when they did.
    pub fn ended(&mut self, typist: Typist) -> bool {
        self.until.remove(typist);
        let seen = self.seen.remove(&typist);
        seen.is_some_and(|seen| self.by_socket.remove(&(seen.socket, typist)))
    }

    /// Takes out one who was typing through a socket that closed.
    pub fn take_closed(&mut self, socket: SocketId) -> Option<Typist> {
        let from = (socket, (ConversationId(0), UserId(0)));
        let (through, typist) = *self.by_socket.range(from..).next()?;
        (through == socket && self.ended(typist)).then_some(typist)
    }

    /// When the next one may have stopped.
    pub fn next(&self) -> Option<Timestamp> {
        self.until.next()
    }

    /// Takes out one of whom there was no sign for too long.
    pub fn take_silent(&mut self, now: Timestamp) -> Option<Typist> {
        let (typist, _) = self.until.take_due(now)?;
        self.ended(typist).then_some(typist)
    }
}
