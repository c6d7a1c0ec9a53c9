//! The one who changes the index: takes messages in the order of their documents, and hands what
//! is full to the disk, a slice at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::carried::Carried;
use super::document::{self, Terms};
use super::flush::{self, Flush};
use super::index::{Index, Part};
use super::layout::Mark;
use super::own::{Failure, IndexError, damaged};
use super::postings::Posting;
use super::tail::Place;
use super::unreadable::Unreadable;
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Event, EventBody, EventSeq, Message};
use crate::store::{Store, View};

/// How long events may wait for the disk. The log keeps them much longer; what waits when the
/// server ends is read from there again.
const MOST_AGE: Duration = Duration::from_hours(7 * 24);

/// How many events may wait for the disk: half of what the log keeps.
const MOST_EVENTS: u64 = 100_000;

/// See the module.
pub(super) struct Indexer {
    view: View,
    unreadable: Arc<Unreadable>,
    index: Arc<Index>,
    terms: Terms,
    /// The newest position of each conversation that is in the index, by the conversation's number.
    newest: HashMap<u32, u32>,
    flush: Option<Flush>,
    /// Conversations whose numbers are on disk.
    stored_rooms: usize,
    /// Everything up to here is in the index.
    seen: EventSeq,
    /// Whether the messages that were there before `seen` are.
    whole: bool,
    /// How many messages were deleted whose words may be in it, and when the first of them was.
    erased: (u32, Timestamp),
    /// When the first event happened that waits for the disk.
    waiting_since: Option<Timestamp>,
}

impl Indexer {
    /// The one of this index, which was just loaded, for the messages of `store`.
    pub(super) fn new(store: &Store, unreadable: &Arc<Unreadable>, index: Index) -> Self {
        let mark = index.mark();
        Self {
            view: store.view(),
            unreadable: Arc::clone(unreadable),
            terms: Terms::default(),
            newest: HashMap::new(),
            flush: None,
            stored_rooms: index.rooms(),
            seen: mark.seen,
            whole: mark.whole,
            erased: (mark.erased, mark.erased_since),
            waiting_since: None,
            index: Arc::new(index),
        }
    }

    /// The index.
    pub(super) fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// The newest event that is in the index.
    pub(super) fn seen(&self) -> EventSeq {
        self.seen
    }

    /// Whether all older messages are in it too.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Says that all older messages are in it.
    pub(super) fn set_whole(&mut self) {
        self.whole = true;
    }

    /// What of the store couldn't be read.
    pub(super) fn unreadable(&self) -> &Unreadable {
        &self.unreadable
    }

    /// How many messages were deleted whose words may still be in it, and when the first of them
    /// was.
    pub(super) fn erased(&self) -> (u32, Timestamp) {
        self.erased
    }

    /// Goes on behind an event that can't be read.
    pub(super) fn skip(&mut self) {
        self.seen = EventSeq(self.seen.0 + 1);
        self.index.access().forget(self.seen);
    }

    /// Takes the next events of the log.
    pub(super) fn take(&mut self, events: &[Event]) -> Result<(), Failure> {
        self.index.access().note(events);
        for event in events {
            self.waiting_since.get_or_insert(event.at);
            match &event.body {
                EventBody::MessageSent(message) => self.add(message)?,
                EventBody::MessageEdited(message) => self.amend(message)?,
                // Nothing of it is found any more, as its record says.
                EventBody::MessageDeleted { .. } => self.lose(1, event.at),
                EventBody::GroupDeleted { conversation, .. } => {
                    let count = self.newest(*conversation)?;
                    self.lose(count, event.at);
                }
                _ => {}
            }
            self.seen = event.seq;
        }
        Ok(())
    }

    /// Words of so many messages are in it that should not be.
    fn lose(&mut self, count: u32, at: Timestamp) {
        let (before, since) = self.erased;
        let since = if before == 0 { at } else { since };
        self.erased = (before.saturating_add(count), since);
    }

    /// The newest position of a conversation that is in the index; 0 if none is.
    pub(super) fn newest(&mut self, conversation: ConversationId) -> Result<u32, IndexError> {
        let room = self.index.number(conversation);
        if let Some(&seq) = self.newest.get(&room) {
            return Ok(seq);
        }
        let mut block = Vec::new();
        if let Some(most) = self.index.mark().docs.checked_sub(1) {
            self.last_on_disk(&document::room(room), most, &mut block)?;
        }
        let seq = block.last().map_or(0, |posting| posting.value);
        self.newest.insert(room, seq);
        Ok(seq)
    }

    /// Adds a message, unless it is there already.
    pub(super) fn add(&mut self, message: &Message) -> Result<(), Failure> {
        let conversation = message.id.conversation;
        let mut newest = self.newest(conversation)?;
        let room = self.index.number(conversation);
        let Ok(seq) = u32::try_from(message.id.seq.0) else {
            return Err(damaged("a position that is too large").into());
        };
        // Positions have no gaps. If the database had one, it would be kept here too.
        while newest + 1 < seq {
            newest += 1;
            let place = Place { room, seq: newest };
            self.push(place, message.created_at, &[document::room(room)])?;
        }
        if seq > newest {
            if message.deleted_at.is_none() && message.sealed.is_none() {
                let carried = Carried::by(&self.view, &self.unreadable, message)?;
                self.terms.take(message, carried);
            } else {
                self.terms.clear();
            }
            self.terms.add_room(room);
            let terms = std::mem::take(&mut self.terms);
            let place = Place { room, seq };
            let pushed = self.push_terms(place, message.created_at, terms.iter());
            self.terms = terms;
            pushed?;
            self.newest.insert(room, seq);
        }
        Ok(())
    }

    /// Takes the terms of a changed message. Those of its old text stay, but the record decides.
    pub(super) fn amend(&mut self, message: &Message) -> Result<(), Failure> {
        let conversation = message.id.conversation;
        let known = self.newest(conversation)?;
        let Some(seq) = u32::try_from(message.id.seq.0)
            .ok()
            .filter(|&seq| seq <= known)
        else {
            return self.add(message);
        };
        let room = self.index.number(conversation);
        let term = document::room(room);
        let doc = match self.index.at_seq(&term, seq) {
            Some(doc) => Some(doc),
            None => self.at_seq_on_disk(&term, seq)?,
        };
        let doc = doc.ok_or_else(|| damaged("a message is missing"))?;
        let carried = Carried::by(&self.view, &self.unreadable, message)?;
        self.terms.take(message, carried);
        if self.index.part(doc) == Part::Frozen {
            self.finish_flush()?;
        }
        if self.index.part(doc) == Part::Live {
            self.index.amend(doc, self.terms.iter());
            return Ok(());
        }
        let posting = Posting { doc, value: room };
        Ok(flush::amend(&self.index, posting, self.terms.iter())?)
    }

    /// Writes a slice of what waits for the disk, if something is on its way there or is due at
    /// this moment. Returns whether there is more to write.
    pub(super) fn write(&mut self, now: Timestamp) -> Result<bool, IndexError> {
        if self.flush.is_none() && self.is_due(now) {
            self.begin_flush();
        }
        let Some(flush) = &mut self.flush else {
            return Ok(false);
        };
        if flush.step(&self.index, &mut self.stored_rooms)? {
            self.flush = None;
        }
        Ok(self.flush.is_some())
    }

    /// Writes everything.
    pub(super) fn write_all(&mut self) -> Result<(), IndexError> {
        self.finish_flush()?;
        self.begin_flush();
        self.finish_flush()
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let events = self.seen.0.saturating_sub(self.index.mark().seen.0);
        let old = self
            .waiting_since
            .is_some_and(|since| now.since(since) > MOST_AGE);
        old || events > MOST_EVENTS
    }

    fn begin_flush(&mut self) {
        let mark = Mark {
            seen: self.seen,
            whole: self.whole,
            erased: self.erased.0,
            erased_since: self.erased.1,
            ..self.index.mark()
        };
        self.waiting_since = None;
        self.flush = Some(Flush::begin(&self.index, mark));
    }

    fn finish_flush(&mut self) -> Result<(), IndexError> {
        while let Some(flush) = &mut self.flush {
            if flush.step(&self.index, &mut self.stored_rooms)? {
                self.flush = None;
            }
        }
        Ok(())
    }

    fn push(&mut self, place: Place, at: Timestamp, terms: &[Vec<u8>]) -> Result<(), IndexError> {
        self.push_terms(place, at, terms.iter().map(Vec::as_slice))
    }

    fn push_terms<'a>(
        &mut self,
        place: Place,
        at: Timestamp,
        terms: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), IndexError> {
        if self.index.push(place, at.0, terms) {
            self.finish_flush()?;
            self.begin_flush();
        }
        Ok(())
    }

    /// Reads the newest block of a conversation's list, up to this document.
    fn last_on_disk(
        &self,
        term: &[u8],
        most: u32,
        block: &mut Vec<Posting>,
    ) -> Result<(), IndexError> {
        block.clear();
        let (mut stored, _) = self.index.look_up(term)?;
        self.index.newest(term, &mut stored, most, block)?;
        Ok(())
    }

    /// The document on disk at a position of a conversation, whose term is given.
    fn at_seq_on_disk(&self, term: &[u8], seq: u32) -> Result<Option<u32>, IndexError> {
        let mut block = Vec::new();
        let (mut low, mut high) = (0, self.index.mark().docs);
        while low < high {
            let middle = low + (high - low) / 2;
            self.last_on_disk(term, middle, &mut block)?;
            match (block.first(), block.last()) {
                (Some(first), Some(last)) if (first.value..=last.value).contains(&seq) => {
                    let at = block.binary_search_by_key(&seq, |posting| posting.value);
                    return Ok(at.ok().map(|at| block[at].doc));
                }
                (Some(first), _) if seq < first.value => high = first.doc,
                _ => low = middle + 1,
            }
        }
        Ok(None)
    }
}
