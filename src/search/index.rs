//! The index as it stands: lists of documents by term, in three parts that follow each other.
//! Blocks on disk hold the oldest documents, then comes a tail that is on its way to the disk, if
//! there is one, then the live tail. Read by every search, changed by one thread.

use std::ops::ControlFlow;
use std::sync::Arc;

use parking_lot::RwLock;

use super::access::Access;
use super::layout::{self, Mark, Seconds};
use super::own::{IndexError, Own, damaged};
use super::places::{PlaceRow, PlaceRows};
use super::postings::{self, BLOCK, Posting};
use super::rooms::Rooms;
use super::tail::{Place, Tail};
use crate::model::ConversationId;
use crate::store::kv::Order;

/// See the module.
pub(super) struct Index {
    kv: Own,
    state: RwLock<State>,
    access: Access,
    places: PlaceRows,
    /// Documents that a tail holds at most.
    tail: usize,
}

/// What changes while the index is used.
struct State {
    mark: Mark,
    /// Between the disk and the live tail, while it is being written.
    frozen: Option<Arc<Tail>>,
    live: Tail,
    /// Of each 256 documents.
    times: Vec<Seconds>,
    rooms: Rooms,
}

/// What the disk has of a term.
pub(super) enum Stored {
    /// All of it: the documents below the second number.
    Short(Vec<u8>, u32),
    /// It is in blocks.
    Blocks,
}

impl Index {
    /// The index that is in this database, if there is one that this Inkspot can read. Its tails
    /// hold `tail` documents at most.
    pub(super) fn load(kv: Own, tail: usize) -> Result<Option<Self>, IndexError> {
        let mark = kv.get(&layout::mark_key())?;
        let Some(mark) = mark.and_then(|bytes| Mark::decode(&bytes)) else {
            return Ok(None);
        };
        let rooms = Rooms::load(&kv)?;
        let times = load_times(&kv, mark.docs)?;
        Ok(Some(Self::with(kv, tail, mark, rooms, times)))
    }

    /// An empty one in an empty database.
    pub(super) fn begin(kv: Own, tail: usize, mark: Mark) -> Result<Self, IndexError> {
        let (key, value) = (layout::mark_key(), mark.encode());
        kv.write(&mut std::iter::once((
            key.as_slice(),
            Some(value.as_slice()),
        )))?;
        Ok(Self::with(kv, tail, mark, Rooms::default(), Vec::new()))
    }

    fn with(kv: Own, tail: usize, mark: Mark, rooms: Rooms, times: Vec<Seconds>) -> Self {
        let state = RwLock::new(State {
            mark,
            frozen: None,
            live: Tail::new(mark.docs),
            times,
            rooms,
        });
        Self {
            kv,
            state,
            access: Access::from(mark.seen),
            places: PlaceRows::default(),
            tail,
        }
    }

    /// The database.
    pub(super) fn kv(&self) -> &Own {
        &self.kv
    }

    /// Says that its folder is to be removed once nobody uses it any more.
    pub(super) fn let_go(&self) {
        self.kv.set_goes(true);
    }

    /// Says that its folder is to stay after all.
    pub(super) fn keep(&self) {
        self.kv.set_goes(false);
    }

    /// Who may find what in it.
    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// How far the part on disk has come.
    pub(super) fn mark(&self) -> Mark {
        self.state.read().mark
    }

    /// How many documents there are.
    pub(super) fn docs(&self) -> u32 {
        self.state.read().live.end()
    }

    /// How many conversations have a number.
    pub(super) fn rooms(&self) -> usize {
        self.state.read().rooms.len()
    }

    /// The conversations whose numbers are this one and above.
    pub(super) fn rooms_from(&self, number: usize) -> Vec<ConversationId> {
        self.state.read().rooms.from(number).to_vec()
    }

    /// The number of a conversation that has one.
    pub(super) fn room(&self, conversation: ConversationId) -> Option<u32> {
        self.state.read().rooms.number(conversation)
    }

    /// The numbers of those of these conversations that have one, and how many have one in all.
    pub(super) fn rooms_of(&self, conversations: &[ConversationId]) -> (Vec<u32>, usize) {
        let state = self.state.read();
        let numbers = conversations.iter();
        let numbers = numbers.filter_map(|&one| state.rooms.number(one));
        (numbers.collect(), state.rooms.len())
    }

    /// The conversation with a number.
    pub(super) fn conversation(&self, room: u32) -> Option<ConversationId> {
        self.state.read().rooms.conversation(room)
    }

    /// Where a document is.
    pub(super) fn place(&self, doc: u32, row: &mut PlaceRow) -> Result<Place, IndexError> {
        {
            let state = self.state.read();
            let frozen = state.frozen.as_ref().and_then(|tail| tail.place(doc));
            if let Some(place) = state.live.place(doc).or(frozen) {
                return Ok(place);
            }
        }
        self.places.of(&self.kv, doc, row)
    }

    /// The newest document, not newer than `doc`, whose time may be within `seconds`.
    pub(super) fn skip(&self, mut doc: u32, seconds: Seconds) -> Option<u32> {
        let state = self.state.read();
        loop {
            let row = doc / layout::PLACES;
            let may = match state.times.get(row as usize) {
                Some(of) => of.oldest <= seconds.newest && of.newest >= seconds.oldest,
                None => true,
            };
            if may {
                return Some(doc);
            }
            doc = (row * layout::PLACES).checked_sub(1)?;
        }
    }

    /// What the disk has of a term, and about how many documents have it, in all.
    pub(super) fn look_up(&self, term: &[u8]) -> Result<(Stored, u32), IndexError> {
        let (tails, flushed) = {
            let state = self.state.read();
            let frozen = state.frozen.as_ref().map_or(0, |tail| tail.count(term));
            (state.live.count(term) + frozen, state.mark.docs)
        };
        let row = self.kv.get(&layout::term_key(term))?;
        let Some(row) = row else {
            return Ok((Stored::Short(Vec::new(), flushed), tails));
        };
        let (count, short) =
            layout::decode_term(&row).ok_or_else(|| damaged("a term is cut off"))?;
        let stored = if short.is_empty() {
            Stored::Blocks
        } else {
            Stored::Short(short.to_vec(), flushed)
        };
        Ok((stored, count.saturating_add(tails)))
    }

    /// Gathers documents with this term that aren't newer than `most`, the newest ones, and
    /// returns from which document on these are all.
    pub(super) fn newest(
        &self,
        term: &[u8],
        stored: &mut Stored,
        most: u32,
        into: &mut Vec<Posting>,
    ) -> Result<u32, IndexError> {
        into.clear();
        let flushed = {
            let state = self.state.read();
            if most >= state.live.base() {
                return Ok(state.live.newest(term, most, BLOCK, into));
            }
            if let Some(frozen) = &state.frozen
                && most >= frozen.base()
            {
                return Ok(frozen.newest(term, most, BLOCK, into));
            }
            state.mark.docs
        };
        if let Stored::Short(_, below) = stored
            && *below != flushed
        {
            *stored = self.look_up(term)?.0;
        }
        let most = most.min(flushed.saturating_sub(1));
        let low = match stored {
            Stored::Short(bytes, _) => {
                postings::decode(bytes, into).map_err(|_| damaged("a short list"))?;
                0
            }
            Stored::Blocks => self.newest_block(term, most, into)?.unwrap_or(0),
        };
        into.truncate(into.partition_point(|posting| posting.doc <= most));
        Ok(low)
    }

    /// Reads the newest block of a term that begins at `most` or before, and returns its first
    /// document.
    pub(super) fn newest_block(
        &self,
        term: &[u8],
        most: u32,
        into: &mut Vec<Posting>,
    ) -> Result<Option<u32>, IndexError> {
        let from = layout::block_key(term, 0);
        let to = layout::behind(layout::block_key(term, most));
        let mut first = None;
        self.kv
            .scan(&from, &to, Order::Backward, &mut |key, block| {
                first = layout::first_of_block(key);
                postings::decode(block, into).map_err(|_| damaged("a block"))?;
                Ok(ControlFlow::Break(()))
            })?;
        Ok(first)
    }

    /// At most `limit` terms that begin like this, and whether these are all.
    pub(super) fn beginning(
        &self,
        start: &[u8],
        limit: usize,
    ) -> Result<(Vec<Vec<u8>>, bool), IndexError> {
        let mut terms: Vec<Vec<u8>> = Vec::new();
        {
            let state = self.state.read();
            let frozen = state.frozen.iter();
            let frozen = frozen.flat_map(|tail| tail.terms().beginning(start));
            let all = state.live.terms().beginning(start).chain(frozen);
            terms.extend(all.take(2 * limit + 1).map(<[u8]>::to_vec));
        }
        let (from, to) = layout::terms_beginning(start);
        let mut stored = 0;
        self.kv.scan(&from, &to, Order::Forward, &mut |key, _| {
            terms.push(layout::term(key).to_vec());
            stored += 1;
            Ok(if stored > limit {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })?;
        terms.sort_unstable();
        terms.dedup();
        let all = terms.len() <= limit;
        terms.truncate(limit);
        Ok((terms, all))
    }
}

/// The changes, for the one thread that makes them.
impl Index {
    /// The number of a conversation, a new one if it has none.
    pub(super) fn number(&self, conversation: ConversationId) -> u32 {
        if let Some(number) = self.room(conversation) {
            return number;
        }
        self.state.write().rooms.add(conversation)
    }

    /// Adds a document of this moment to the live tail. Returns whether that is full now.
    pub(super) fn push<'a>(
        &self,
        place: Place,
        millis: u64,
        terms: impl Iterator<Item = &'a [u8]>,
    ) -> bool {
        let mut state = self.state.write();
        let row = (state.live.end() / layout::PLACES) as usize;
        if row >= state.times.len() {
            state.times.resize(row + 1, Seconds::NONE);
        }
        state.times[row] = state.times[row].with(millis);
        state.live.push(place, terms);
        state.live.is_full(self.tail)
    }

    /// Adds terms to a document of the live tail.
    pub(super) fn amend<'a>(&self, doc: u32, terms: impl Iterator<Item = &'a [u8]>) {
        self.state.write().live.amend(doc, terms);
    }

    /// Where documents of this number are kept.
    pub(super) fn part(&self, doc: u32) -> Part {
        let state = self.state.read();
        if doc >= state.live.base() {
            Part::Live
        } else if doc >= state.mark.docs {
            Part::Frozen
        } else {
            Part::Disk
        }
    }

    /// The document of a tail at this position of a conversation, whose term is given.
    pub(super) fn at_seq(&self, term: &[u8], seq: u32) -> Option<u32> {
        let state = self.state.read();
        let frozen = state.frozen.as_ref();
        let frozen = frozen.and_then(|tail| tail.at_seq(term, seq));
        state.live.at_seq(term, seq).or(frozen)
    }

    /// Freezes the live tail, and lets a new one begin. No other may be frozen.
    pub(super) fn freeze(&self) -> Arc<Tail> {
        let mut state = self.state.write();
        let next = Tail::new(state.live.end());
        let frozen = Arc::new(std::mem::replace(&mut state.live, next));
        state.frozen = Some(Arc::clone(&frozen));
        frozen
    }

    /// Says that the frozen tail is on disk, which has come this far by it.
    pub(super) fn thawed(&self, mark: Mark) {
        let mut state = self.state.write();
        state.mark = mark;
        state.frozen = None;
    }

    /// The times from this row of 65,536 documents on.
    pub(super) fn times_from(&self, row: u32) -> Vec<Seconds> {
        let from = (row * (layout::TIMES / layout::PLACES)) as usize;
        let state = self.state.read();
        state.times.get(from..).unwrap_or_default().to_vec()
    }
}

/// Where a document is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Live,
    Frozen,
    Disk,
}

fn load_times(kv: &Own, docs: u32) -> Result<Vec<Seconds>, IndexError> {
    let (from, to) = layout::all_times();
    let mut times = Vec::new();
    kv.scan(&from, &to, Order::Forward, &mut |_, row| {
        times.extend(layout::decode_times(row));
        Ok(ControlFlow::Continue(()))
    })?;
    let rows = docs.div_ceil(layout::PLACES) as usize;
    if times.len() < rows {
        return Err(damaged("times are missing"));
    }
    times.truncate(rows);
    Ok(times)
}
