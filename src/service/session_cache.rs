//! Who is signed in by which token, for the hot path of every request.
//!
//! Bounded. Kept true by following the log: what ends a session takes it out before the end is
//! acknowledged.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::{Caller, Follower};
use crate::base::clock::Timestamp;
use crate::model::ids::{SessionId, UserId};
use crate::model::{Event, EventBody};

/// The most sessions that are kept in memory.
const MOST: usize = 16_384;

/// SHA-256 of a session's token.
pub type TokenHash = [u8; 32];

/// A session that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who it signs in.
    pub caller: Caller,
    /// Its last use, as far as it was noted.
    pub last_used_at: Timestamp,
}

#[derive(Default)]
struct State {
    by_token: HashMap<TokenHash, Known>,
    /// How many times something was taken out: what was read from the store before that may be
    /// outdated and is not remembered.
    ended: u64,
}

/// Sessions by token.
#[derive(Default)]
pub struct SessionCache(Mutex<State>);

/// A moment of the cache; see [`SessionCache::remember`].
#[derive(Clone, Copy)]
pub struct Moment(u64);

impl SessionCache {
    /// The session of this token, or the moment at which it wasn't known.
    pub fn find(&self, token: &TokenHash) -> Result<Known, Moment> {
        let state = self.0.lock();
        let known = state.by_token.get(token).copied();
        known.ok_or(Moment(state.ended))
    }

    /// Keeps what was read from the store after `moment`, unless a session ended since.
    pub fn remember(&self, token: TokenHash, known: Known, moment: Moment) {
        let mut state = self.0.lock();
        if state.ended != moment.0 {
            return;
        }
        if state.by_token.len() >= MOST {
            // Whichever: it is read from the store again when it is used.
            let any = state.by_token.keys().next().copied();
            any.and_then(|token| state.by_token.remove(&token));
        }
        state.by_token.insert(token, known);
    }

    /// Notes a use. True when it is the first to note one at this time.
    pub fn used(&self, token: &TokenHash, before: Timestamp, now: Timestamp) -> bool {
        let mut state = self.0.lock();
        match state.by_token.get_mut(token) {
            Some(known) if known.last_used_at == before => {
                known.last_used_at = now;
                true
            }
            _ => false,
        }
    }

    fn forget(&self, ended: impl Fn(&Caller) -> bool) {
        let mut state = self.0.lock();
        state.ended += 1;
        state.by_token.retain(|_, known| !ended(&known.caller));
    }

    fn forget_user(&self, user: UserId, keep: Option<SessionId>) {
        self.forget(|caller| caller.user == user && Some(caller.session) != keep);
    }
}

impl Follower for SessionCache {
    fn committed(&self, events: &[Event]) {
        for event in events {
            match &event.body {
                EventBody::SessionEnded { session, .. } => {
                    self.forget(|caller| caller.session == *session);
                }
                EventBody::DisabledChanged { user, .. } => self.forget_user(*user, None),
                EventBody::PasswordChanged { user, keep, .. } => self.forget_user(*user, *keep),
                _ => {}
            }
        }
    }
}
