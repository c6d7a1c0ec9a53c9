//! Places of which each person has some: who wants more waits.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::model::ids::UserId;

/// The places of everybody, each person's for themselves.
pub struct Places {
    each: usize,
    taken: Mutex<HashMap<UserId, Weak<Semaphore>>>,
}

impl Places {
    /// So many for each.
    pub fn new(each: usize) -> Self {
        let taken = Mutex::default();
        Self { each, taken }
    }

    /// Somebody's places. They are never closed.
    pub fn of(&self, user: UserId) -> Arc<Semaphore> {
        let mut all = self.taken.lock();
        if let Some(places) = all.get(&user).and_then(Weak::upgrade) {
            return places;
        }
        all.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.each));
        all.insert(user, Arc::downgrade(&places));
        places
    }
}
