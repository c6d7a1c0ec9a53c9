//! What the acquaintances of somebody are to hear: that they came or went, or have another name.
//!
//! It waits here and is told a slice at a time by the hub's own task: whoever connects, or publishes,
//! does not wait for it. Of each person the newest of a kind waits, and nothing else.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::engine::Event;
use crate::model::ids::UserId;

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// Whether they are here.
    Presence,
    /// Who they are.
    Profile,
}

/// News that nobody was told yet.
#[derive(Default)]
pub(super) struct News {
    waiting: Mutex<Waiting>,
    any: Notify,
}

#[derive(Default)]
struct Waiting {
    order: VecDeque<(UserId, Topic)>,
    newest: HashMap<(UserId, Topic), Event>,
}

impl News {
    /// Something is new about a person; what waits of the same kind is outdated.
    pub(super) fn push(&self, user: UserId, topic: Topic, event: Event) {
        let mut waiting = self.waiting.lock();
        if waiting.newest.insert((user, topic), event).is_none() {
            waiting.order.push_back((user, topic));
        }
        drop(waiting);
        self.any.notify_one();
    }

    /// Waits for what has waited longest.
    pub(super) async fn next(&self) -> (UserId, Event) {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.any.notified().await;
        }
    }

    fn take(&self) -> Option<(UserId, Event)> {
        let mut waiting = self.waiting.lock();
        let next = waiting.order.pop_front()?;
        let event = waiting.newest.remove(&next)?;
        Some((next.0, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::outbound;

    fn here(user: u64, online: bool) -> Event {
        outbound::user_status(UserId(user), online, None)
    }

    #[tokio::test]
    async fn of_each_person_the_newest_of_a_kind_is_told_in_their_order() {
        let news = News::default();
        for round in 0..1_000 {
            for user in [1, 2] {
                news.push(UserId(user), Topic::Presence, here(user, round % 2 == 1));
            }
            news.push(UserId(1), Topic::Profile, here(1, true));
        }
        let expected = [(1, here(1, true)), (2, here(2, true)), (1, here(1, true))];
        for (user, event) in expected {
            let (about, told) = news.next().await;
            assert_eq!((about, told.wire_len()), (UserId(user), event.wire_len()));
        }
        assert!(news.take().is_none());
        news.push(UserId(1), Topic::Presence, here(1, false));
        assert_eq!(news.next().await.0, UserId(1));
    }
}
