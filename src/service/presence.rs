//! Who is here: somebody with a live socket, or who had one a moment ago.
//!
//! Sockets are kept by their ids, so that no count can drift. Nothing here is stored; that
//! somebody went is returned to who asks.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::SocketId;
use super::deadlines::Deadlines;
use crate::base::clock::Timestamp;
use crate::model::ids::UserId;

/// Who is here.
pub struct Presence {
    /// Everybody who is online. Without a socket they are about to go.
    here: HashMap<UserId, HashSet<SocketId>>,
    going: Deadlines<UserId>,
    grace: Duration,
}

impl Presence {
    /// Nobody is here. Who has no socket for `grace` has gone.
    pub fn new(grace: Duration) -> Self {
        Self {
            here: HashMap::new(),
            going: Deadlines::default(),
            grace,
        }
    }

    /// A socket opened. True when its owner was not here before.
    pub fn opened(&mut self, user: UserId, socket: SocketId) -> bool {
        self.going.remove(user);
        let came = !self.here.contains_key(&user);
        self.here.entry(user).or_default().insert(socket);
        came
    }

    /// A socket closed. True when the timer has a nearer deadline now.
    pub fn closed(&mut self, user: UserId, socket: SocketId, now: Timestamp) -> bool {
        let Some(sockets) = self.here.get_mut(&user) else {
            return false;
        };
        sockets.remove(&socket) && sockets.is_empty() && self.going.set(user, now.plus(self.grace))
    }

    /// Whether somebody is here.
    pub fn is_here(&self, user: UserId) -> bool {
        self.here.contains_key(&user)
    }

    /// Everybody who is here.
    pub fn everybody(&self) -> Vec<UserId> {
        self.here.keys().copied().collect()
    }

    /// How many people are here, and how many sockets all of them have open.
    pub fn count(&self) -> (usize, usize) {
        let sockets = self.here.values().map(HashSet::len).sum();
        (self.here.len(), sockets)
    }

    /// How many sockets somebody has open.
    pub fn sockets_of(&self, user: UserId) -> usize {
        self.here.get(&user).map_or(0, HashSet::len)
    }

    /// When the next one may have gone.
    pub fn next(&self) -> Option<Timestamp> {
        self.going.next()
    }

    /// Takes out one who has gone, with the moment when their last socket closed.
    pub fn take_gone(&mut self, now: Timestamp) -> Option<(UserId, Timestamp)> {
        let (user, at) = self.going.take_due(now)?;
        self.here.remove(&user);
        Some((user, at.minus(self.grace)))
    }

    /// Takes everybody out, for the end of the process.
    pub fn take_all(&mut self) -> Vec<UserId> {
        self.going = Deadlines::default();
        self.here.drain().map(|(user, _)| user).collect()
    }
}
