//! The way of the newest documents to the disk: a frozen tail becomes blocks, slice by slice, and
//! only the last slice says that they are valid. Doing it again, after it was cut off
//! anywhere, gives the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document;
use super::index::Index;
use super::layout::{self, Mark};
use super::own::{IndexError, Own, damaged};
use super::places::PlaceRow;
use super::postings::{self, Posting, UNKNOWN};
use super::tail::Tail;
use crate::store::kv::Order;

/// How many rows, and how many bytes of them, are written at once: a few milliseconds of work.
const SLICE_ROWS: usize = 256;
const SLICE_BYTES: usize = 256 << 10;

/// After how many slices all is synced, so that the engine holds little of it in memory.
const SYNC_EVERY: u32 = 64;

/// Changes of one slice; each key once.
#[derive(Default)]
pub(super) struct Changes {
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
}

impl Changes {
    fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.rows.insert(key, value);
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= SLICE_ROWS || self.bytes >= SLICE_BYTES
    }

    /// Writes them, all or none.
    pub(super) fn write(self, kv: &Own) -> Result<(), IndexError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = self.rows.iter();
        kv.write(&mut rows.map(|(key, value)| (key.as_slice(), value.as_deref())))
    }
}

/// A tail on its way.
pub(super) struct Flush {
    tail: Arc<Tail>,
    mark: Mark,
    /// Its terms, in their order.
    terms: Vec<u32>,
    /// How many of these are written.
    written: usize,
    /// The first row of places that isn't written, once the others are.
    places: Option<u32>,
    slices: u32,
}

impl Flush {
    /// Freezes the live tail. When it is on disk the index has come as far as `mark` says, whose
    /// number of documents is set here.
    pub(super) fn begin(index: &Index, mark: Mark) -> Self {
        let tail = index.freeze();
        let docs = tail.end();
        Self {
            terms: tail.terms().in_order(),
            places: Some(tail.base() / layout::PLACES),
            tail,
            mark: Mark { docs, ..mark },
            written: 0,
            slices: 0,
        }
    }

    /// Writes the next slice. Returns whether that was the last one. `stored_rooms` is how many
    /// conversations are on disk already.
    pub(super) fn step(
        &mut self,
        index: &Index,
        stored_rooms: &mut usize,
    ) -> Result<bool, IndexError> {
        let kv = index.kv();
        let mut changes = Changes::default();
        if let Some(row) = self.places {
            self.places = self.add_places(kv, row, &mut changes)?;
            if self.places.is_none() {
                self.add_times(index, &mut changes);
            }
            *stored_rooms = add_rooms(index, *stored_rooms, &mut changes);
        } else if self.written < self.terms.len() {
            while let Some(&number) = self.terms.get(self.written)
                && !changes.is_full()
            {
                self.add_term(index, number, &mut changes)?;
                self.written += 1;
            }
        } else {
            kv.sync()?;
            changes.set(layout::mark_key(), Some(self.mark.encode()));
            changes.write(kv)?;
            kv.sync()?;
            index.thawed(self.mark);
            return Ok(true);
        }
        changes.write(kv)?;
        self.slices += 1;
        if self.slices.is_multiple_of(SYNC_EVERY) {
            kv.sync()?;
        }
        Ok(false)
    }

    /// Adds rows of places from `row` on, and returns where to go on.
    fn add_places(
        &self,
        kv: &Own,
        mut row: u32,
        changes: &mut Changes,
    ) -> Result<Option<u32>, IndexError> {
        let (base, end) = (self.tail.base(), self.tail.end());
        while row * layout::PLACES < end {
            if changes.is_full() {
                return Ok(Some(row));
            }
            let first = row * layout::PLACES;
            let mut bytes = Vec::new();
            if first < base {
                // The beginning of the row is there already.
                let known = kv.get(&layout::places_key(row))?.unwrap_or_default();
                let len = 8 * (base - first) as usize;
                let known = known.get(..len).ok_or_else(|| damaged("places"))?;
                bytes.extend_from_slice(known);
            }
            let docs = first.max(base)..end.min(first + layout::PLACES);
            for place in docs.filter_map(|doc| self.tail.place(doc)) {
                layout::put_place(place, &mut bytes);
            }
            changes.set(layout::places_key(row), Some(bytes));
            row += 1;
        }
        Ok(None)
    }

    fn add_times(&self, index: &Index, changes: &mut Changes) {
        let row = self.tail.base() / layout::TIMES;
        let times = index.times_from(row);
        let per_row = (layout::TIMES / layout::PLACES) as usize;
        for (row, times) in (row..).zip(times.chunks(per_row)) {
            changes.set(layout::times_key(row), Some(layout::encode_times(times)));
        }
    }

    fn add_term(
        &self,
        index: &Index,
        number: u32,
        changes: &mut Changes,
    ) -> Result<(), IndexError> {
        let term = self.tail.terms().get(number);
        let in_room = document::is_room(term);
        let postings = self.tail.all(number).map(|mut posting| {
            if in_room && let Some(place) = self.tail.place(posting.doc) {
                posting.value = place.seq;
            }
            posting
        });
        append(index, term, self.tail.base(), postings, changes)
    }
}

fn add_rooms(index: &Index, stored: usize, changes: &mut Changes) -> usize {
    let rooms = index.rooms_from(stored);
    let mut number = stored;
    for conversation in rooms {
        let value = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        changes.set(layout::room_key(conversation.0), Some(value.to_vec()));
        number += 1;
    }
    number
}

/// Adds documents, all of them `base` or newer, to the list of a term. What the list has of such
/// already is left from an attempt that was cut off.
fn append(
    index: &Index,
    term: &[u8],
    base: u32,
    new: impl Iterator<Item = Posting>,
    changes: &mut Changes,
) -> Result<(), IndexError> {
    let kv = index.kv();
    let row = kv.get(&layout::term_key(term))?;
    let row = match &row {
        Some(row) => layout::decode_term(row).ok_or_else(|| damaged("a term"))?,
        None => (0, &[][..]),
    };
    let (count, short) = row;
    let mut list = Vec::new();
    let in_blocks = count > 0 && short.is_empty();
    if in_blocks {
        remove_newer(kv, term, base, changes)?;
        if let Some(most) = base.checked_sub(1) {
            index.newest_block(term, most, &mut list)?;
        }
    } else {
        postings::decode(short, &mut list).map_err(|_| damaged("a short list"))?;
    }
    list.retain(|posting| posting.doc < base);
    let known = list.len();
    list.extend(new);
    let added = u32::try_from(list.len() - known).unwrap_or(u32::MAX);
    resolve(index, term, &mut list[..known])?;
    if in_blocks {
        put_blocks(term, &list, changes);
        put_term(term, count.saturating_add(added), &[], changes);
    } else {
        put_list(term, &list, changes);
    }
    Ok(())
}

/// Adds a document that is on disk to the lists of these terms.
pub(super) fn amend<'a>(
    index: &Index,
    posting: Posting,
    terms: impl Iterator<Item = &'a [u8]>,
) -> Result<(), IndexError> {
    let mut changes = Changes::default();
    for term in terms.filter(|term| !document::is_room(term)) {
        amend_term(index, posting, term, &mut changes)?;
        if changes.is_full() {
            std::mem::take(&mut changes).write(index.kv())?;
        }
    }
    changes.write(index.kv())
}

fn amend_term(
    index: &Index,
    posting: Posting,
    term: &[u8],
    changes: &mut Changes,
) -> Result<(), IndexError> {
    let kv = index.kv();
    let row = kv.get(&layout::term_key(term))?;
    let row = match &row {
        Some(row) => layout::decode_term(row).ok_or_else(|| damaged("a term"))?,
        None => (0, &[][..]),
    };
    let (count, short) = row;
    let mut list = Vec::new();
    if count == 0 || !short.is_empty() {
        postings::decode(short, &mut list).map_err(|_| damaged("a short list"))?;
        if postings::insert(&mut list, posting) {
            resolve(index, term, &mut list)?;
            put_list(term, &list, changes);
        }
        return Ok(());
    }
    let mut first = index.newest_block(term, posting.doc, &mut list)?;
    if first.is_none() {
        first = oldest_block(kv, term, &mut list)?;
    }
    if !postings::insert(&mut list, posting) {
        return Ok(());
    }
    if let Some(first) = first {
        changes.set(layout::block_key(term, first), None);
    }
    resolve(index, term, &mut list)?;
    put_blocks(term, &list, changes);
    put_term(term, count.saturating_add(1), &[], changes);
    Ok(())
}

/// Looks up the conversations that a list did without.
fn resolve(index: &Index, term: &[u8], list: &mut [Posting]) -> Result<(), IndexError> {
    if document::is_room(term) {
        return Ok(());
    }
    let mut row = PlaceRow::default();
    for posting in list.iter_mut().filter(|one| one.value == UNKNOWN) {
        posting.value = index.place(posting.doc, &mut row)?.room;
    }
    Ok(())
}

/// Removes the blocks of a term that begin with this document or a newer one.
fn remove_newer(kv: &Own, term: &[u8], base: u32, changes: &mut Changes) -> Result<(), IndexError> {
    let from = layout::block_key(term, base);
    let to = layout::behind(layout::block_key(term, u32::MAX));
    kv.scan(&from, &to, Order::Forward, &mut |key, _| {
        changes.set(key.to_vec(), None);
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

fn oldest_block(kv: &Own, term: &[u8], into: &mut Vec<Posting>) -> Result<Option<u32>, IndexError> {
    let from = layout::block_key(term, 0);
    let to = layout::behind(layout::block_key(term, u32::MAX));
    let mut first = None;
    kv.scan(&from, &to, Order::Forward, &mut |key, block| {
        first = layout::first_of_block(key);
        postings::decode(block, into).map_err(|_| damaged("a block"))?;
        Ok(std::ops::ControlFlow::Break(()))
    })?;
    Ok(first)
}

/// Puts a whole list where its length says.
fn put_list(term: &[u8], list: &[Posting], changes: &mut Changes) {
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    let bytes = postings::encode(list, document::is_room(term));
    if bytes.len() <= layout::SHORT {
        put_term(term, count, &bytes, changes);
    } else {
        put_blocks(term, list, changes);
        put_term(term, count, &[], changes);
    }
}

fn put_blocks(term: &[u8], list: &[Posting], changes: &mut Changes) {
    for (first, bytes) in postings::blocks(list, document::is_room(term)) {
        changes.set(layout::block_key(term, first), Some(bytes));
    }
}

fn put_term(term: &[u8], count: u32, short: &[u8], changes: &mut Changes) {
    let value = layout::encode_term(count, short);
    changes.set(layout::term_key(term), Some(value));
}
