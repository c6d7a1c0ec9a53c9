//! A group of changes in the making, and the one thread of writing that makes it durable.
//!
//! A [`Txn`] is an overlay over the committed state that sees its own changes. Committing it is
//! one atomic write and one sync; only when both are done do readers see it.

use std::cell::RefCell;
use std::sync::Arc;

use super::Shared;
use super::apply::apply;
use super::codec::Record;
use super::error::StoreError;
use super::kv::Kv;
use super::log::{self, LogLimits};
use super::rows::{self, Overlay, Rows, Side, Span, Visit};
use super::schema::Key;
use super::{conversations, installation, messages};
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Event, EventBody, EventSeq};

/// The rows that a group changes so far, and how to change more. Private to the store.
///
/// What it reads of the committed state it remembers: nobody else writes meanwhile, and a rule
/// and the event that it decides read the same rows.
pub struct Changes<'a> {
    kv: &'a dyn Kv,
    overlay: RefCell<Overlay>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(kv: &'a dyn Kv) -> Self {
        let overlay = RefCell::default();
        Self { kv, overlay }
    }

    pub(super) fn into_overlay(self) -> Overlay {
        self.overlay.into_inner()
    }

    /// Sets or removes a row.
    pub(super) fn set(&mut self, key: Key, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.overlay.get_mut().set(self.kv, key, value)
    }

    /// Sets a row to a record.
    pub(super) fn put(&mut self, key: Key, record: &impl Record) -> Result<(), StoreError> {
        self.set(key, Some(record.encode()?))
    }

    /// Adds a row that is known to be new.
    pub(super) fn add(&mut self, key: Key, value: Vec<u8>) {
        self.overlay.get_mut().add(key, value);
    }

    /// Changes a record that must be there, and returns it as it is then.
    pub(super) fn update<R: Record>(
        &mut self,
        key: Key,
        missing: &'static str,
        change: impl FnOnce(&mut R) -> Result<(), StoreError>,
    ) -> Result<R, StoreError> {
        let mut record: R = rows::find(self, &key)?.ok_or(StoreError::Contradiction(missing))?;
        change(&mut record)?;
        self.put(key, &record)?;
        Ok(record)
    }
}

impl Rows for Changes<'_> {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(row) = self.overlay.borrow().row(key) {
            return Ok(row.side(Side::New).map(<[u8]>::to_vec));
        }
        let value = self.kv.get(key.as_slice())?;
        // Within a scan of this group the overlay is in use; then it is read again next time.
        if let Ok(mut overlay) = self.overlay.try_borrow_mut() {
            overlay.remember(*key, value.clone());
        }
        Ok(value)
    }

    fn scan(&self, range: &Span, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.overlay.borrow().scan(self.kv, Side::New, range, visit)
    }
}

/// A group of changes: the committed state with the events applied so far.
///
/// Dropping it undoes everything.
pub struct Txn<'w> {
    writer: &'w Writer,
    changes: Changes<'w>,
    events: Vec<Event>,
    head: EventSeq,
    broken: bool,
}

impl Txn<'_> {
    /// Appends an event to the log and changes the state as it says: the one place where state
    /// changes. Deterministic. Returns the event's position.
    ///
    /// On an error the group is broken until it is taken back to an earlier point
    /// ([`Txn::take_back`]): [`Txn::commit`] refuses.
    pub fn apply(&mut self, at: Timestamp, body: EventBody) -> Result<EventSeq, StoreError> {
        if self.broken {
            return Err(StoreError::Contradiction("the group is broken already"));
        }
        self.writer.shared.require_trust()?;
        self.broken = true;
        let seq = EventSeq(self.head.0 + 1);
        apply(&mut self.changes, at, &body)?;
        log::append(&mut self.changes, seq, at, &body)?;
        self.head = seq;
        self.events.push(Event { seq, at, body });
        self.broken = false;
        Ok(seq)
    }

    /// Undoes everything but the first `len` events, which are applied anew: what a command
    /// did that failed, without what others did before it.
    pub fn take_back(&mut self, len: usize) -> Result<(), StoreError> {
        let events = std::mem::take(&mut self.events);
        self.changes = Changes::new(&*self.writer.kv);
        self.head = self.writer.shared.head();
        self.broken = false;
        events
            .into_iter()
            .take(len)
            .try_for_each(|event| self.apply(event.at, event.body).map(drop))
    }

    /// How many events the group has so far.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Makes the whole group durable and visible, and returns its events in order. Blocks for as
    /// long as the disk takes.
    ///
    /// # Errors
    /// [`StoreError::Full`] before anything was touched: the store goes on. After any other
    /// error it is unknown what is on disk; the writer refuses from then on, and the process
    /// should end.
    pub fn commit(self) -> Result<Vec<Event>, StoreError> {
        if self.broken {
            return Err(StoreError::Contradiction("the group is broken"));
        }
        let shared = &self.writer.shared;
        shared.commit(self.changes.into_overlay())?;
        shared.set_head(self.head);
        Ok(self.events)
    }
}

/// After a failed commit the engine holds rows that nobody was told of: no rule is decided on
/// them.
impl Rows for Txn<'_> {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        self.writer.shared.require_trust()?;
        self.changes.get(key)
    }

    fn scan(&self, range: &Span, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.writer.shared.require_trust()?;
        self.changes.scan(range, visit)
    }
}

/// The only one who writes. Owned by the committer.
pub struct Writer {
    /// The current generation, as readers see it.
    pub(super) kv: Arc<dyn Kv>,
    pub(super) shared: Arc<Shared>,
}

impl Writer {
    /// The format that the database has and the one that this Inkspot writes, if that is newer. Older rows are
    /// read as they are; what is written from here on an older Inkspot may not know.
    pub fn older_format(&self) -> Result<Option<(u32, u32)>, StoreError> {
        installation::upgrade(&Changes::new(&*self.kv))
    }

    /// Raises the format to the newest one, so that an older Inkspot refuses instead of misreading.
    pub fn raise_format(&mut self) -> Result<(), StoreError> {
        let mut changes = Changes::new(&*self.kv);
        installation::set_format(&mut changes)?;
        self.shared.commit(changes.into_overlay())
    }

    /// Starts a group of changes.
    pub fn begin(&mut self) -> Txn<'_> {
        Txn {
            changes: Changes::new(&*self.kv),
            events: Vec::new(),
            head: self.shared.head(),
            broken: false,
            writer: self,
        }
    }
}

/// How many log entries one call of [`Writer::trim`] removes at most: a few milliseconds of work.
const TRIM_SLICE: usize = 500;

/// How many conversations one call looks at.
const LOOKED_AT: usize = 100;

impl Writer {
    /// Removes the oldest part of the log that is over the limits, a bounded slice a call, and
    /// with it the rows that recognise a message sent twice. Returns whether more is left to do;
    /// when nothing is, it notes in the data folder how far the log has come.
    pub fn trim(&mut self, limits: &LogLimits, now: Timestamp) -> Result<bool, StoreError> {
        let shared = &self.shared;
        let first = shared.first();
        let mut changes = Changes::new(&*self.kv);
        let ends = (first, shared.head());
        let Some(left) = log::trim(&mut changes, ends, limits, now, TRIM_SLICE)? else {
            shared.note_head();
            return Ok(false);
        };
        shared.commit(changes.into_overlay())?;
        shared.set_first(left);
        Ok(left.0 - first.0 >= TRIM_SLICE as u64)
    }

    /// Moves older messages into pages, which occupy less: a bounded slice a call, conversation by
    /// conversation. Returns where to go on, or `None` at the end of a round.
    pub fn pack(
        &mut self,
        after: Option<ConversationId>,
    ) -> Result<Option<ConversationId>, StoreError> {
        let shared = &self.shared;
        let mut changes = Changes::new(&*self.kv);
        let mut done = after;
        let conversations = conversations::page(&changes, after, LOOKED_AT)?;
        for conversation in &conversations {
            match messages::pack(&mut changes, conversation) {
                Ok(true) => {
                    shared.commit(changes.into_overlay())?;
                    // It may have more.
                    return Ok(done.or(Some(ConversationId(0))));
                }
                Ok(false) => {}
                // The others must not wait for it.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::warn!(%error, "a conversation's older messages keep rows of their own");
                    changes = Changes::new(&*self.kv);
                }
                Err(error) => return Err(error),
            }
            done = Some(conversation.id);
        }
        let more = conversations.len() == LOOKED_AT;
        Ok(done.filter(|_| more))
    }
}
