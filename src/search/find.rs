//! Searches: from what is asked to the messages that answer it.
//!
//! The index proposes, the record decides: each proposed message is read, and is found only if
//! it is there, not deleted, and has what is asked for. What a search costs is capped; where the
//! cap stopped it, the next page goes on.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::access::RoomSet;
use super::carried::Carried;
use super::document::{self, Beginning};
use super::index::{Index, damaged};
use super::layout::Seconds;
use super::places::PlaceRow;
use super::walk::{List, Node, Purse, Step};
use super::{Ask, Cursor, Found, Hit, SearchError, names};
use crate::base::clock::Timestamp;
use crate::model::{Message, MessageId, Seq, UserId};
use crate::store::{Store, StoreError, View, messages};
use crate::text::{self, Clause, Filters, Pattern, Query};

/// What one page may cost.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Postings looked at.
    pub postings: u32,
    /// Messages read.
    pub records: usize,
    /// How long it may take. At least one message is looked at, so that the next page goes on.
    pub time: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            postings: 400_000,
            records: 2_000,
            time: Duration::from_secs(2),
        }
    }
}

/// Terms with the same beginning that are gone through one by one.
const MOST_TERMS: usize = 256;

/// Conversations whose lists are gone through one by one when nothing else is asked for.
const MOST_ROOMS: usize = 64;

/// Finds the newest messages that answer; see [`Search::find`](super::Search::find).
pub(super) fn find(
    store: &Store,
    index: &Index,
    ask: &Ask<'_>,
    caps: Caps,
    cancelled: &AtomicBool,
) -> Result<Found, SearchError> {
    let view = store.view();
    let filters = &ask.query.filters;
    let from = names::people(&view, ask.user, &filters.from)?;
    let inside = names::conversations(&view, ask.user, &filters.inside)?;
    let mut rooms = index.access().of(store, index, ask.user)?;
    let narrowed = !filters.inside.is_empty() || ask.within.is_some();
    if narrowed {
        let wanted = |&room: &u32| {
            let conversation = index.conversation(room);
            (filters.inside.is_empty() || conversation.is_some_and(|id| inside.contains(&id)))
                && ask.within.is_none_or(|id| conversation == Some(id))
        };
        let numbers = rooms.numbers().iter().copied().filter(wanted).collect();
        rooms = Arc::new(RoomSet::new(numbers, index.rooms()));
    }
    let wanted = Wanted {
        query: ask.query,
        from,
        rooms,
    };
    if wanted.rooms.numbers().is_empty() {
        return Ok(Found::nothing());
    }
    let node = wanted.node(index, narrowed)?;
    let walk = Walk {
        view,
        index,
        wanted,
        row: PlaceRow::default(),
        purse: Purse::of(caps.postings),
        records: caps.records,
        time: caps.time,
        cancelled,
    };
    walk.run(node, ask)
}

/// What a message must be to be found.
struct Wanted<'a> {
    query: &'a Query,
    /// Empty when anybody may have sent it.
    from: HashSet<UserId>,
    rooms: Arc<RoomSet>,
}

impl Wanted<'_> {
    /// What to go through. It has at least all that are wanted, of whatever conversation.
    fn node(&self, index: &Index, narrowed: bool) -> Result<Node, StoreError> {
        let mut nodes = Vec::new();
        for clause in &self.query.all {
            nodes.push(clause_node(index, clause)?);
        }
        if !self.from.is_empty() {
            let terms = self.from.iter().map(|&user| document::sender(user));
            nodes.push(any_of(index, terms)?);
        }
        for &has in &self.query.filters.has {
            nodes.push(any_of(index, [document::carrying(has)])?);
        }
        let rooms = self.rooms.numbers();
        if rooms.len() <= MOST_ROOMS && (narrowed || nodes.is_empty()) {
            let lists = rooms
                .iter()
                .map(|&room| List::of_room(index, document::room(room), room).map(Node::List));
            nodes.push(Node::any(lists.collect::<Result<_, _>>()?));
        }
        Ok(Node::all(nodes))
    }

    /// What to mark in the message, if it is wanted.
    fn marks(
        &self,
        view: &View,
        message: &Message,
    ) -> Result<Option<Vec<Range<usize>>>, StoreError> {
        let Filters {
            has, since, until, ..
        } = &self.query.filters;
        let at = message.created_at;
        let fits = message.deleted_at.is_none()
            && message.sealed.is_none()
            && (self.from.is_empty() || self.from.contains(&message.sender))
            && since.is_none_or(|since| at >= since)
            && until.is_none_or(|until| at < until);
        if !fits {
            return Ok(None);
        }
        if !has.is_empty() {
            let carried = Carried::by(view, message)?;
            if !has.iter().all(|&has| carried.has(has)) {
                return Ok(None);
            }
        }
        Ok(text::matches(self.query, &message.content))
    }

    /// The seconds that it may have been sent in.
    fn seconds(&self) -> Option<Seconds> {
        let Filters { since, until, .. } = self.query.filters;
        let second = |at: Timestamp| u32::try_from(at.0 / 1000).unwrap_or(u32::MAX);
        (since.is_some() || until.is_some()).then(|| Seconds {
            oldest: since.map_or(0, second),
            newest: until.map_or(u32::MAX, second),
        })
    }
}

fn any_of(index: &Index, terms: impl IntoIterator<Item = Vec<u8>>) -> Result<Node, StoreError> {
    let lists = terms
        .into_iter()
        .map(|term| List::of(index, term).map(Node::List));
    Ok(Node::any(lists.collect::<Result<_, _>>()?))
}

fn clause_node(index: &Index, clause: &Clause) -> Result<Node, StoreError> {
    let mut any = Vec::with_capacity(clause.any.len());
    for patterns in &clause.any {
        let nodes = patterns.iter().map(|pattern| pattern_node(index, pattern));
        any.push(Node::all(nodes.collect::<Result<_, _>>()?));
    }
    Ok(Node::any(any))
}

fn pattern_node(index: &Index, pattern: &Pattern) -> Result<Node, StoreError> {
    let start = match pattern {
        Pattern::Word(word) => return any_of(index, [word.as_bytes().to_vec()]),
        Pattern::Prefix(start) => start,
    };
    match document::beginning(start) {
        Beginning::Term(term) => any_of(index, [term]),
        Beginning::Terms { start, word, wider } => {
            let (mut terms, all) = index.beginning(&start, MOST_TERMS)?;
            if all {
                if !terms.contains(&word) {
                    terms.push(word);
                }
                any_of(index, terms)
            } else if let Some(wider) = wider {
                any_of(index, [wider])
            } else {
                Ok(Node::all(Vec::new()))
            }
        }
    }
}

/// One search under way.
struct Walk<'a> {
    view: View,
    index: &'a Index,
    wanted: Wanted<'a>,
    row: PlaceRow,
    purse: Purse,
    records: usize,
    time: Duration,
    cancelled: &'a AtomicBool,
}

impl Walk<'_> {
    fn run(mut self, mut node: Node, ask: &Ask<'_>) -> Result<Found, SearchError> {
        let numbering = self.index.mark().numbering;
        let mut next = self.index.docs();
        let mut until = None;
        if let Some(at) = ask.at {
            if at.numbering == numbering {
                next = next.min(at.doc);
            } else {
                // The documents have other numbers now: what was sent then may be found again.
                until = Some(at.at);
            }
        }
        let seconds = self.seconds(until);
        let mut hits: Vec<Hit> = Vec::new();
        let mut last = None;
        let begun = Instant::now();
        // What a cursor tells of times is the caller's own, never that of where it stopped.
        let mut at = ask.at.map_or(Timestamp(u64::MAX), |at| at.at);
        while let Some(most) = next.checked_sub(1) {
            let most = match seconds {
                Some(seconds) => self.index.skip(most, seconds),
                None => Some(most),
            };
            let Some(most) = most else {
                break;
            };
            if self.is_over() || begun.elapsed() > self.time {
                return Ok(stopped(hits, numbering, most, at));
            }
            let posting = match node.next(self.index, most, &mut self.purse)? {
                Step::At(posting) => posting,
                Step::Spent(doc) => return Ok(stopped(hits, numbering, doc, at)),
                Step::End => break,
            };
            next = posting.doc;
            if seconds.is_some_and(|seconds| self.index.skip(next, seconds) != Some(next))
                || !self.wanted.rooms.has(posting.value)
            {
                continue;
            }
            let Some(hit) = self.hit(posting.doc, until)? else {
                continue;
            };
            if hits.len() == ask.limit {
                let next = last;
                return Ok(Found {
                    hits,
                    next,
                    ..Found::nothing()
                });
            }
            at = hit.message.created_at;
            last = Some(Cursor {
                numbering,
                doc: posting.doc,
                at,
            });
            hits.push(hit);
        }
        Ok(Found {
            hits,
            ..Found::nothing()
        })
    }

    fn seconds(&self, until: Option<Timestamp>) -> Option<Seconds> {
        let wanted = self.wanted.seconds();
        let Some(until) = until else {
            return wanted;
        };
        let newest = u32::try_from(until.0 / 1000).unwrap_or(u32::MAX);
        let all = Seconds {
            oldest: 0,
            newest: u32::MAX,
        };
        let wanted = wanted.unwrap_or(all);
        Some(Seconds {
            newest: wanted.newest.min(newest),
            ..wanted
        })
    }

    fn is_over(&self) -> bool {
        self.records == 0 || self.purse.is_empty() || self.cancelled.load(Ordering::Relaxed)
    }

    /// The message of a document, if it is wanted.
    fn hit(&mut self, doc: u32, until: Option<Timestamp>) -> Result<Option<Hit>, StoreError> {
        self.records = self.records.saturating_sub(1);
        let Some(message) = self.message(doc)? else {
            return Ok(None);
        };
        if until.is_some_and(|until| message.created_at > until) {
            return Ok(None);
        }
        let Some(marks) = self.wanted.marks(&self.view, &message)? else {
            return Ok(None);
        };
        let highlights = text::highlights_utf16(&message.content, &marks);
        Ok(Some(Hit {
            message,
            highlights,
        }))
    }

    fn message(&mut self, doc: u32) -> Result<Option<Message>, StoreError> {
        let place = self.index.place(doc, &mut self.row)?;
        let conversation = self.index.conversation(place.room);
        let id = MessageId {
            conversation: conversation.ok_or_else(|| damaged("a conversation's number"))?,
            seq: Seq(u64::from(place.seq)),
        };
        messages::find(&self.view, id)
    }
}

/// What was found until it was stopped, with a cursor that goes on at this document.
fn stopped(hits: Vec<Hit>, numbering: u64, doc: u32, at: Timestamp) -> Found {
    let next = Some(Cursor {
        numbering,
        doc: doc.saturating_add(1),
        at,
    });
    Found {
        hits,
        next,
        ..Found::nothing()
    }
}
