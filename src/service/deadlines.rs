//! Many deadlines for one timer.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::base::clock::Timestamp;

/// For each key at most one deadline.
pub struct Deadlines<K> {
    by_time: BTreeSet<(Timestamp, K)>,
    by_key: HashMap<K, Timestamp>,
}

impl<K> Default for Deadlines<K> {
    fn default() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_key: HashMap::new(),
        }
    }
}

impl<K: Copy + Ord + Hash> Deadlines<K> {
    /// Sets or moves a key's deadline. True when it is the next one of all now.
    pub fn set(&mut self, key: K, at: Timestamp) -> bool {
        self.remove(key);
        self.by_key.insert(key, at);
        self.by_time.insert((at, key));
        self.by_time.first() == Some(&(at, key))
    }

    /// Forgets a key's deadline. True when it had one.
    pub fn remove(&mut self, key: K) -> bool {
        let at = self.by_key.remove(&key);
        at.is_some_and(|at| self.by_time.remove(&(at, key)))
    }

    /// The next deadline of all.
    pub fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out a key whose deadline has come, the earliest first, with the deadline.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(K, Timestamp)> {
        let (at, key) = *self.by_time.first()?;
        (at <= now && self.remove(key)).then_some((key, at))
    }
}
