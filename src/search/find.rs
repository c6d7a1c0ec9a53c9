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
use super::document;
use super::index::Index;
use super::layout::Seconds;
use super::lists::Lists;
use super::own::{IndexError, damaged};
use super::places::PlaceRow;
use super::unreadable::Unreadable;
use super::walk::{Node, Purse, Step};
use super::{Ask, Cursor, Found, Hit, SearchError, Shared, names};
use crate::base::clock::Timestamp;
use crate::model::{Message, MessageId, Seq, UserId};
use crate::store::{View, messages};
use crate::text::{self, Filters, Matcher, Query};

/// What one page may cost. Whatever they are, each page gets on by at least a message.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Postings looked at. Looking up a term, and reading a part of its list, count as 32 of them,
    /// 16 steps of looking for words in a text as one.
    pub postings: u32,
    /// Messages read.
    pub records: usize,
    /// How long it may take.
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

/// Conversations whose lists are gone through one by one when nothing else is asked for.
const MOST_ROOMS: usize = 64;

/// Finds the newest messages that answer; see [`Search::find`](super::Search::find).
pub(super) fn find(
    shared: &Shared,
    index: &Index,
    ask: &Ask<'_>,
    cancelled: &AtomicBool,
) -> Result<Found, SearchError> {
    let (store, caps) = (&shared.store, shared.caps);
    let view = store.view();
    let filters = &ask.query.filters;
    let from = names::people(&view, ask, &filters.from)?;
    let inside = names::conversations(&view, &shared.unreadable, ask.user, &filters.inside)?;
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
        matcher: Matcher::of(ask.query),
        from,
        rooms,
    };
    if wanted.rooms.numbers().is_empty() {
        return Ok(Found::nothing());
    }
    let mut lists = Lists::new(index, Purse::of(caps.postings));
    let node = wanted.node(&mut lists, narrowed)?;
    let walk = Walk {
        view,
        index,
        unreadable: &shared.unreadable,
        wanted,
        row: PlaceRow::default(),
        purse: lists.into_purse(),
        records: caps.records,
        time: caps.time,
        cancelled,
    };
    walk.run(node, ask)
}

/// What a message must be to be found.
struct Wanted<'a> {
    query: &'a Query,
    matcher: Matcher<'a>,
    /// Empty when anybody may have sent it.
    from: HashSet<UserId>,
    rooms: Arc<RoomSet>,
}

impl Wanted<'_> {
    /// What to go through. It has at least all that are wanted, of whatever conversation.
    fn node(&self, lists: &mut Lists<'_>, narrowed: bool) -> Result<Node, IndexError> {
        let mut nodes = Vec::new();
        let rooms = self.rooms.numbers();
        let nothing_else =
            self.query.all.is_empty() && self.from.is_empty() && self.query.filters.has.is_empty();
        if rooms.len() <= MOST_ROOMS && (narrowed || nothing_else) {
            let rooms = rooms.iter().map(|&room| lists.of_room(room));
            nodes.push(Node::any(rooms.collect::<Result<_, _>>()?));
        }
        if !self.from.is_empty() {
            nodes.push(lists.any_of(self.from.iter().map(|&user| document::sender(user)))?);
        }
        for &has in &self.query.filters.has {
            nodes.push(lists.of(document::carrying(has))?);
        }
        for clause in &self.query.all {
            nodes.push(lists.of_clause(clause)?);
        }
        Ok(Node::all(nodes))
    }

    /// What to mark in the message, if it is wanted.
    fn marks(
        &self,
        (view, unreadable): (&View, &Unreadable),
        message: &Message,
        purse: &mut Purse,
    ) -> Result<Option<Vec<Range<usize>>>, SearchError> {
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
            let carried = Carried::by(view, unreadable, message)?;
            if !has.iter().all(|&has| carried.has(has)) {
                return Ok(None);
            }
        }
        let mut steps = 0;
        let marks = self.matcher.matches(&message.content, &mut steps);
        purse.pay_steps(steps);
        Ok(marks)
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

/// One search under way.
struct Walk<'a> {
    view: View,
    index: &'a Index,
    unreadable: &'a Unreadable,
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
        let mut first = None;
        while let Some(most) = next.checked_sub(1) {
            let most = match seconds {
                Some(seconds) => self.index.skip(most, seconds),
                None => Some(most),
            };
            let Some(most) = most else {
                break;
            };
            let first = *first.get_or_insert(most);
            let got_on = most < first;
            if got_on && (self.is_over() || begun.elapsed() > self.time)
                || self.cancelled.load(Ordering::Relaxed)
            {
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
        self.records == 0 || self.purse.is_empty()
    }

    /// The message of a document, if it is wanted.
    fn hit(&mut self, doc: u32, until: Option<Timestamp>) -> Result<Option<Hit>, SearchError> {
        self.records = self.records.saturating_sub(1);
        let Some(message) = self.message(doc)? else {
            return Ok(None);
        };
        if until.is_some_and(|until| message.created_at > until) {
            return Ok(None);
        }
        let reads = (&self.view, self.unreadable);
        let marks = self.wanted.marks(reads, &message, &mut self.purse)?;
        let Some(marks) = marks else {
            return Ok(None);
        };
        let highlights = text::highlights_utf16(&message.content, &marks);
        Ok(Some(Hit {
            message,
            highlights,
        }))
    }

    fn message(&mut self, doc: u32) -> Result<Option<Message>, SearchError> {
        let place = self.index.place(doc, &mut self.row)?;
        let conversation = self.index.conversation(place.room);
        let id = MessageId {
            conversation: conversation.ok_or_else(|| damaged("a conversation's number"))?,
            seq: Seq(u64::from(place.seq)),
        };
        let found = self.unreadable.or_skip(messages::find(&self.view, id))?;
        Ok(found.flatten())
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
