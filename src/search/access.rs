//! Who may find what: the conversations of a person, as a set that is tested for each posting.
//!
//! A set is made from the store, and kept for the next search. It is used again only if the log
//! says that nothing changed: when its reader has seen everything up to the head and no change
//! of that person's memberships since. So nothing of a conversation that somebody left is found,
//! however far the index lags behind.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::index::Index;
use crate::model::{Event, EventBody, EventSeq, UserId};
use crate::store::{Store, StoreError, conversations};

/// Bytes that the kept sets take at most; then all are dropped.
const MOST_BYTES: usize = 2 << 20;

/// What one set costs beside its bits, roughly.
const SET_BYTES: usize = 128;

/// The conversations of a person, by their numbers in the index.
pub(super) struct RoomSet {
    bits: Vec<u64>,
    /// How many conversations had a number when it was made.
    of: usize,
    /// The numbers, ascending.
    numbers: Vec<u32>,
}

impl RoomSet {
    /// The set of these, of `of` in all.
    pub(super) fn new(mut numbers: Vec<u32>, of: usize) -> Self {
        numbers.sort_unstable();
        let mut bits = vec![0; of.div_ceil(64)];
        for &number in &numbers {
            if let Some(word) = bits.get_mut(number as usize / 64) {
                *word |= 1 << (number % 64);
            }
        }
        Self { bits, of, numbers }
    }

    /// Whether it has this one.
    pub(super) fn has(&self, number: u32) -> bool {
        let word = self.bits.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// All of it.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    fn bytes(&self) -> usize {
        SET_BYTES + self.bits.len() * 8 + self.numbers.len() * 4
    }
}

/// See the module.
pub(super) struct Access(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Changes of memberships up to here are in the sets.
    known: EventSeq,
    sets: HashMap<UserId, Arc<RoomSet>>,
    bytes: usize,
}

impl Access {
    /// Without a set yet. Everything that happens after `seen` will be noted.
    pub(super) fn from(seen: EventSeq) -> Self {
        let kept = Kept {
            known: seen,
            ..Kept::default()
        };
        Self(Mutex::new(kept))
    }

    /// The conversations that this person is a member of now.
    pub(super) fn of(
        &self,
        store: &Store,
        index: &Index,
        user: UserId,
    ) -> Result<Arc<RoomSet>, StoreError> {
        let head = store.log().head();
        {
            let kept = self.0.lock();
            if kept.known >= head
                && let Some(set) = kept.sets.get(&user)
                && set.of == index.rooms()
            {
                return Ok(Arc::clone(set));
            }
        }
        let listed = conversations::of_user(&store.view(), user)?;
        let (numbers, of) = index.rooms_of(&listed);
        let set = Arc::new(RoomSet::new(numbers, of));
        let mut kept = self.0.lock();
        // Later changes will be noted; those up to the head are in the set.
        if kept.known <= head {
            if kept.bytes + set.bytes() > MOST_BYTES {
                kept.sets.clear();
                kept.bytes = 0;
            }
            if set.bytes() <= MOST_BYTES {
                kept.bytes += set.bytes();
                if let Some(old) = kept.sets.insert(user, Arc::clone(&set)) {
                    kept.bytes -= old.bytes();
                }
            }
        }
        Ok(set)
    }

    /// Drops all sets: what happened up to here isn't known.
    pub(super) fn forget(&self, seen: EventSeq) {
        *self.0.lock() = Kept {
            known: seen,
            ..Kept::default()
        };
    }

    /// Drops the sets that these events make wrong. They follow those that were noted before.
    pub(super) fn note(&self, events: &[Event]) {
        let Some(last) = events.last() else {
            return;
        };
        let mut kept = self.0.lock();
        for event in events {
            let user = match &event.body {
                EventBody::MemberAdded(member) => member.user,
                EventBody::MemberRemoved { user, .. } => *user,
                _ => continue,
            };
            if let Some(old) = kept.sets.remove(&user) {
                kept.bytes -= old.bytes();
            }
        }
        kept.known = last.seq;
    }
}
