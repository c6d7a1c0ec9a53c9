//! The bounded queue in front of the commit thread.
//!
//! Knows numbers and bytes of what waits, not what it is.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

/// How much may be queued, or taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Commands.
    pub commands: usize,
    /// Bytes of them, as far as they say so.
    pub bytes: usize,
}

/// Something that waits, with its weight in bytes.
struct Waiting<T> {
    item: T,
    weight: usize,
}

struct State<T> {
    waiting: VecDeque<Waiting<T>>,
    bytes: usize,
    closed: bool,
}

/// Many push, one takes. Never holds more than its [`Room`].
pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    room: Room,
}

impl<T> Queue<T> {
    /// An empty queue.
    pub fn new(room: Room) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                bytes: 0,
                closed: false,
            }),
            filled: Condvar::new(),
            room,
        }
    }

    /// Queues something, or gives it back when there is no room or the queue is closed.
    pub fn push(&self, item: T, weight: usize) -> Result<(), T> {
        let mut state = self.state.lock();
        let full = state.waiting.len() >= self.room.commands
            || state.bytes.saturating_add(weight) > self.room.bytes;
        if full || state.closed {
            return Err(item);
        }
        state.bytes += weight;
        state.waiting.push_back(Waiting { item, weight });
        let first = state.waiting.len() == 1;
        drop(state);
        if first {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits until something is there and takes as much of it as `most` allows, at least one
    /// piece. `None` once the queue is closed and empty.
    pub fn take(&self, most: Room) -> Option<Vec<T>> {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return None;
            }
            self.filled.wait(&mut state);
        }
        let mut taken = Vec::with_capacity(state.waiting.len().min(most.commands));
        let mut bytes = 0;
        while let Some(next) = state.waiting.front() {
            let fits = taken.len() < most.commands && bytes + next.weight <= most.bytes;
            if !(fits || taken.is_empty()) {
                break;
            }
            bytes += next.weight;
            taken.extend(state.waiting.pop_front().map(|next| next.item));
        }
        state.bytes -= bytes;
        Some(taken)
    }

    /// How much waits.
    pub fn waiting(&self) -> Room {
        let state = self.state.lock();
        Room {
            commands: state.waiting.len(),
            bytes: state.bytes,
        }
    }

    /// Takes nothing more in. What is queued can still be taken.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.filled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room {
        commands: 3,
        bytes: 100,
    };

    #[test]
    fn it_takes_in_what_has_room_and_gives_the_rest_back() {
        let queue = Queue::new(ROOM);
        for item in 1..=3 {
            assert_eq!(queue.push(item, 10), Ok(()));
        }
        assert_eq!(queue.push(4, 10), Err(4), "one command too many");
        assert_eq!(queue.take(ROOM), Some(vec![1, 2, 3]));
        assert_eq!(queue.push(5, 60), Ok(()));
        assert_eq!(queue.push(6, 41), Err(6), "one byte too many");
        assert_eq!(queue.push(7, 40), Ok(()));
        assert_eq!(queue.take(ROOM), Some(vec![5, 7]));
        assert_eq!(queue.push(8, 100), Ok(()), "the room is free again");
    }

    #[test]
    fn it_hands_out_groups_of_limited_size_in_order() {
        let queue = Queue::new(Room {
            commands: 9,
            bytes: 1000,
        });
        for (item, weight) in [(1, 10), (2, 10), (3, 10), (4, 95), (5, 5), (6, 200), (7, 1)] {
            assert_eq!(queue.push(item, weight), Ok(()));
        }
        assert_eq!(queue.take(ROOM), Some(vec![1, 2, 3]), "by number");
        assert_eq!(queue.take(ROOM), Some(vec![4, 5]), "by bytes");
        assert_eq!(queue.take(ROOM), Some(vec![6]), "a heavy one alone");
        assert_eq!(queue.take(ROOM), Some(vec![7]));
    }

    #[test]
    fn a_closed_queue_takes_nothing_in_and_ends_when_it_is_empty() {
        let queue = Queue::new(ROOM);
        assert_eq!(queue.push(1, 1), Ok(()));
        queue.close();
        assert_eq!(queue.push(2, 1), Err(2));
        assert_eq!(queue.take(ROOM), Some(vec![1]));
        assert_eq!(queue.take(ROOM), None);
    }
}
