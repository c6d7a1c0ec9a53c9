//! Events that wait together, as one block: it is written with less work than many slices, and
//! the sockets of a room mostly have the same events waiting, so that it is put together once.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use super::event::Event;

/// Bytes of a block at most: those of a TLS record.
pub(super) const MAX: usize = 16 * 1024;

#[derive(Default)]
struct Block {
    /// What is in it. Held, so that no other event can take an address of theirs.
    events: Vec<Event>,
    bytes: Vec<u8>,
}

thread_local! {
    /// The newest of this thread.
    static NEWEST: RefCell<Block> = RefCell::default();
}

/// Calls `write` with the bytes of all `events`, one behind the other.
pub(super) fn with<T>(events: &VecDeque<Event>, write: impl FnOnce(&[u8]) -> T) -> T {
    NEWEST.with_borrow_mut(|block| {
        let same = |(one, other): (&Event, &Event)| Arc::ptr_eq(&one.0, &other.0);
        if block.events.len() != events.len() || !block.events.iter().zip(events).all(same) {
            block.events.clear();
            block.bytes.clear();
            for event in events {
                block.bytes.extend_from_slice(&event.0.wire);
                block.events.push(event.clone());
            }
        }
        write(&block.bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_always_that_of_the_events_asked_for() {
        let [a, b, c] = ["4a", "4b", "4c"].map(Event::packet);
        for events in [vec![&a, &b], vec![&a, &b], vec![&a, &c], vec![&a], vec![&b]] {
            let wire: Vec<&[u8]> = events.iter().map(|event| &*event.0.wire).collect();
            let queue = events.into_iter().cloned().collect();
            assert_eq!(with(&queue, <[u8]>::to_vec), wire.concat());
        }
    }
}
