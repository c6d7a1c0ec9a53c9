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

    /// How many are known.
    pub fn count(&self) -> usize {
        self.0.lock().by_token.len()
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

    /// A use that was stored, by whatever way it was noted.
    fn note(&self, session: SessionId, at: Timestamp) {
        let mut state = self.0.lock();
        let of_session = |known: &&mut Known| known.caller.session == session;
        if let Some(known) = state.by_token.values_mut().find(of_session) {
            known.last_used_at = known.last_used_at.max(at);
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
                EventBody::SessionUsed { session, at } => self.note(*session, *at),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SessionEnd;
    use crate::model::ids::EventSeq;

    fn known(user: u64, session: u128) -> Known {
        Known {
            caller: Caller {
                user: UserId(user),
                session: SessionId(session),
            },
            last_used_at: Timestamp(0),
        }
    }

    fn token(n: usize) -> TokenHash {
        let mut token = [0; 32];
        token[..8].copy_from_slice(&n.to_be_bytes());
        token
    }

    fn commit(cache: &SessionCache, body: EventBody) {
        let (seq, at) = (EventSeq(1), Timestamp(0));
        cache.committed(&[Event { seq, at, body }]);
    }

    fn missed(cache: &SessionCache, token: &TokenHash) -> Moment {
        cache.find(token).expect_err("not known")
    }

    #[test]
    fn what_was_read_before_a_session_ended_is_not_remembered_after_it() {
        let cache = SessionCache::default();
        let (one, session, user) = (token(1), SessionId(7), UserId(1));
        let moment = missed(&cache, &one);
        let end = SessionEnd::SignedOut;
        commit(&cache, EventBody::SessionEnded { session, user, end });
        cache.remember(one, known(1, 7), moment);
        assert!(cache.find(&one).is_err());
        cache.remember(one, known(1, 7), missed(&cache, &one));
        assert_eq!(cache.find(&one).ok(), Some(known(1, 7)));
    }

    #[test]
    fn events_take_out_the_sessions_that_they_end() {
        let cache = SessionCache::default();
        for (n, known) in [(1, known(1, 1)), (2, known(1, 2)), (3, known(2, 3))] {
            cache.remember(token(n), known, missed(&cache, &token(n)));
        }
        let stand = |cache: &SessionCache| [1, 2, 3].map(|n| cache.find(&token(n)).is_ok());
        let changed = EventBody::PasswordChanged {
            user: UserId(1),
            password_hash: String::new(),
            keep: Some(SessionId(2)),
        };
        commit(&cache, changed);
        assert_eq!(stand(&cache), [false, true, true]);
        let (user, disabled) = (UserId(1), true);
        commit(&cache, EventBody::DisabledChanged { user, disabled });
        assert_eq!(stand(&cache), [false, false, true]);
    }

    #[test]
    fn it_holds_no_more_than_its_most() {
        let cache = SessionCache::default();
        for n in 0..MOST + 10 {
            cache.remember(token(n), known(1, 1), missed(&cache, &token(n)));
        }
        assert_eq!(cache.0.lock().by_token.len(), MOST);
        assert!(cache.find(&token(MOST + 9)).is_ok(), "the newest is there");
    }
}
