//! The log: every event of the installation, in order. The table `Log`.
//!
//! An entry refers to what it is about rather than repeating it: deleting a message erases it
//! from here too. [`Log::tail`] puts the events together again from the present state; what is
//! gone by then comes back as little as is known of it. Secrets (hashes, codes) are never read
//! back from here.

use std::time::Duration;

use super::codec::{self, Record};
use super::entry::Entry;
use super::error::StoreError;
use super::messages;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{Event, EventBody, EventSeq};

/// Why the log cannot be read on from a position.
#[derive(Debug, thiserror::Error)]
pub enum TailError {
    /// What follows that position was trimmed: start again from the present state.
    #[error("the log before event {} was trimmed", first.0)]
    Trimmed {
        /// The oldest event still there.
        first: EventSeq,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one log of an installation, as its readers see it. Only durable events are seen.
pub trait Log: Send + Sync {
    /// Which log this is: positions of another epoch mean nothing here.
    fn epoch(&self) -> u32;

    /// Position of the oldest event still there; one more than [`Log::head`] when there is none.
    fn first(&self) -> EventSeq;

    /// Position of the newest durable event; 0 when there is none.
    fn head(&self) -> EventSeq;

    /// At most `limit` events after `after`, in order and without gaps. Empty at the head, or
    /// beyond it.
    fn tail(&self, after: EventSeq, limit: usize) -> Result<Vec<Event>, TailError>;
}

fn key(seq: EventSeq) -> Key {
    Key::new(Table::Log).u64(seq.0)
}

pub(super) fn append(
    changes: &mut Changes<'_>,
    seq: EventSeq,
    at: Timestamp,
    body: &EventBody,
) -> Result<(), StoreError> {
    changes.add(key(seq), Entry::new(at, body).encode()?);
    Ok(())
}

/// The positions of the oldest and the newest entry.
pub(super) fn ends(reads: &dyn Reads) -> Result<Option<(EventSeq, EventSeq)>, StoreError> {
    let all = Span::of(Key::new(Table::Log));
    let seq = |key: &[u8], _: &[u8]| u64_at(Entry::NAME, key, 1).map(EventSeq);
    let first = rows::collect(reads, &all, 1, seq)?;
    let last = rows::collect(reads, &all.backward(), 1, seq)?;
    Ok(first.first().copied().zip(last.first().copied()))
}

/// The entries after a position. The caller checks that they follow it without a gap.
pub(super) fn entries(
    reads: &dyn Reads,
    after: EventSeq,
    limit: usize,
) -> Result<Vec<(EventSeq, Entry)>, StoreError> {
    let span = Span::of(Key::new(Table::Log)).after(Some(key(after)));
    rows::collect(reads, &span, limit, |key, value| {
        let seq = EventSeq(u64_at(Entry::NAME, key, 1)?);
        Ok((seq, codec::decode(value)?))
    })
}

/// The events after a position.
pub(super) fn tail(
    reads: &dyn Reads,
    after: EventSeq,
    limit: usize,
) -> Result<Vec<Event>, TailError> {
    let entries = entries(reads, after, limit)?;
    let mut events = Vec::with_capacity(entries.len());
    let mut expected = EventSeq(after.0.saturating_add(1));
    for (seq, entry) in entries {
        if seq != expected {
            return Err(TailError::Trimmed { first: seq });
        }
        events.push(entry.event(reads, seq)?);
        expected = EventSeq(seq.0 + 1);
    }
    Ok(events)
}

/// How much of the log is kept.
#[derive(Clone, Copy, Debug)]
pub struct LogLimits {
    /// Events older than this go.
    pub max_age: Duration,
    /// Of younger ones, at most this many stay.
    pub max_events: u64,
}

/// Removes the oldest entries that are over the limits, `most` at a time, and with each the row
/// by which its message was known to its sender. The newest entry always stays: it says where
/// the log goes on. Returns the oldest position left, or `None` when nothing was to be done.
pub(super) fn trim(
    changes: &mut Changes<'_>,
    (first, head): (EventSeq, EventSeq),
    limits: &LogLimits,
    now: Timestamp,
    most: usize,
) -> Result<Option<EventSeq>, StoreError> {
    let mut left = None;
    let before_first = EventSeq(first.0.saturating_sub(1));
    for (seq, entry) in entries(changes, before_first, most)? {
        let too_old = now.since(entry.at()) > limits.max_age;
        let too_many = head.0 - seq.0 >= limits.max_events;
        if seq >= head || !(too_old || too_many) {
            break;
        }
        if let Some(message) = entry.sent() {
            messages::forget_client_id(changes, message)?;
        }
        changes.set(key(seq), None)?;
        left = Some(EventSeq(seq.0 + 1));
    }
    Ok(left)
}
