//! How the index lies in its own database: every key, every value. Nothing else knows a byte of
//! it. The index can always be built again, so that a change here only raises [`FORMAT`].
//!
//! | table | key | value |
//! |---|---|---|
//! | `Mark` | – | how far the index has come: [`Mark`] |
//! | `Rooms` | conversation (8) | its number (4) |
//! | `Places` | document / 256 (4) | for each of the 256: number of the conversation (4), position (4) |
//! | `Times` | document / 65,536 (4) | for each 256 documents of them: oldest, newest second (4, 4) |
//! | `Terms` | term | how many documents have it (4), then its list if that is short |
//! | `Blocks` | length of the term (1), term, first document (4) | a part of its list, at most 512 documents |
//!
//! Numbers are big-endian. Lists are ascending pairs of document and conversation number (in the
//! list of a conversation: position), as [`postings`](super::postings) writes them.

use crate::base::clock::Timestamp;
use crate::model::EventSeq;
use crate::text;

use super::tail::Place;

/// Raised when anything in this room changes what is stored.
const FORMAT: u32 = 3;

/// Documents whose places are in one row.
pub(super) const PLACES: u32 = 256;

/// Documents whose times are in one row.
pub(super) const TIMES: u32 = 1 << 16;

/// A list of at most this many bytes is kept with its term.
pub(super) const SHORT: usize = 96;

const MARK: u8 = 0x01;
const ROOMS: u8 = 0x10;
const PLACE_ROWS: u8 = 0x20;
const TIME_ROWS: u8 = 0x21;
const TERMS: u8 = 0x30;
const BLOCKS: u8 = 0x40;

/// Bytes that the mark takes.
const MARK_BYTES: usize = 45;

/// How far the index has come. What is in the database beyond it is not valid yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The log that it was made from.
    pub epoch: u32,
    /// Everything up to here is in it.
    pub seen: EventSeq,
    /// How many documents there are.
    pub docs: u32,
    /// Whether it has all messages that were there before `seen`. Otherwise it is being built.
    pub whole: bool,
    /// Tells this numbering of the documents from others.
    pub numbering: u64,
    /// How many messages were deleted whose words may still be in it.
    pub erased: u32,
    /// When the first of them was.
    pub erased_since: Timestamp,
}

impl Mark {
    /// The bytes to store.
    pub(super) fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MARK_BYTES);
        bytes.extend_from_slice(&FORMAT.to_be_bytes());
        bytes.extend_from_slice(&text::VERSION.to_be_bytes());
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        bytes.extend_from_slice(&self.seen.0.to_be_bytes());
        bytes.extend_from_slice(&self.docs.to_be_bytes());
        bytes.push(u8::from(self.whole));
        bytes.extend_from_slice(&self.numbering.to_be_bytes());
        bytes.extend_from_slice(&self.erased.to_be_bytes());
        bytes.extend_from_slice(&self.erased_since.0.to_be_bytes());
        bytes
    }

    /// Reads what [`Mark::encode`] wrote; `None` when another format, or other words, wrote it.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let known = bytes.len() == MARK_BYTES
            && u32_at(bytes, 0)? == FORMAT
            && u32_at(bytes, 4)? == text::VERSION;
        known.then_some(Self {
            epoch: u32_at(bytes, 8)?,
            seen: EventSeq(u64_at(bytes, 12)?),
            docs: u32_at(bytes, 20)?,
            whole: *bytes.get(24)? == 1,
            numbering: u64_at(bytes, 25)?,
            erased: u32_at(bytes, 33)?,
            erased_since: Timestamp(u64_at(bytes, 37)?),
        })
    }
}

/// The oldest and the newest second of some documents. Empty when the first is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds {
    pub oldest: u32,
    pub newest: u32,
}

impl Seconds {
    /// Of no document.
    pub(super) const NONE: Self = Self {
        oldest: u32::MAX,
        newest: 0,
    };

    /// The same with one more document, of this moment.
    #[must_use]
    pub(super) fn with(self, millis: u64) -> Self {
        let second = u32::try_from(millis / 1000).unwrap_or(u32::MAX);
        Self {
            oldest: self.oldest.min(second),
            newest: self.newest.max(second),
        }
    }
}

/// The key of the mark.
pub(super) fn mark_key() -> Vec<u8> {
    vec![MARK]
}

/// The key of a conversation's number.
pub(super) fn room_key(conversation: u64) -> Vec<u8> {
    key(ROOMS, &conversation.to_be_bytes())
}

/// All numbers of conversations.
pub(super) fn all_rooms() -> (Vec<u8>, Vec<u8>) {
    (vec![ROOMS], vec![ROOMS + 1])
}

/// A conversation and its number, from its row.
pub(super) fn room(key: &[u8], value: &[u8]) -> Option<(u64, u32)> {
    Some((u64_at(key, 1)?, u32_at(value, 0)?))
}

/// The key of the row with the places of these documents.
pub(super) fn places_key(row: u32) -> Vec<u8> {
    key(PLACE_ROWS, &row.to_be_bytes())
}

/// Adds a place to a row.
pub(super) fn put_place(place: Place, into: &mut Vec<u8>) {
    into.extend_from_slice(&place.room.to_be_bytes());
    into.extend_from_slice(&place.seq.to_be_bytes());
}

/// The place at an index of a row.
pub(super) fn place_at(row: &[u8], index: u32) -> Option<Place> {
    let at = usize::try_from(index).ok()? * 8;
    Some(Place {
        room: u32_at(row, at)?,
        seq: u32_at(row, at + 4)?,
    })
}

/// The key of the row with the times of these documents.
pub(super) fn times_key(row: u32) -> Vec<u8> {
    key(TIME_ROWS, &row.to_be_bytes())
}

/// All times.
pub(super) fn all_times() -> (Vec<u8>, Vec<u8>) {
    (vec![TIME_ROWS], vec![TIME_ROWS + 1])
}

/// The bytes of some times.
pub(super) fn encode_times(times: &[Seconds]) -> Vec<u8> {
    let pair = |seconds: &Seconds| [seconds.oldest.to_be_bytes(), seconds.newest.to_be_bytes()];
    times.iter().flat_map(pair).flatten().collect()
}

/// The times in a row.
pub(super) fn decode_times(row: &[u8]) -> impl Iterator<Item = Seconds> {
    row.chunks_exact(8).filter_map(|pair| {
        Some(Seconds {
            oldest: u32_at(pair, 0)?,
            newest: u32_at(pair, 4)?,
        })
    })
}

/// The key of a term.
pub(super) fn term_key(term: &[u8]) -> Vec<u8> {
    key(TERMS, term)
}

/// The keys of all terms that begin like this. No term has a byte of 0xff.
pub(super) fn terms_beginning(start: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let from = key(TERMS, start);
    let mut to = from.clone();
    to.push(u8::MAX);
    (from, to)
}

/// The term of a key.
pub(super) fn term(key: &[u8]) -> &[u8] {
    key.get(1..).unwrap_or_default()
}

/// What is kept with a term: how many documents have it, and its list unless that is in blocks.
pub(super) fn encode_term(count: u32, list: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4 + list.len());
    bytes.extend_from_slice(&count.to_be_bytes());
    bytes.extend_from_slice(list);
    bytes
}

/// Reads what [`encode_term`] wrote.
pub(super) fn decode_term(value: &[u8]) -> Option<(u32, &[u8])> {
    Some((u32_at(value, 0)?, value.get(4..)?))
}

/// The key of the block of a term that begins with this document.
pub(super) fn block_key(term: &[u8], first: u32) -> Vec<u8> {
    let mut key = Vec::with_capacity(6 + term.len());
    key.push(BLOCKS);
    key.push(u8::try_from(term.len()).unwrap_or(u8::MAX));
    key.extend_from_slice(term);
    key.extend_from_slice(&first.to_be_bytes());
    key
}

/// The first document of a block, from its key.
pub(super) fn first_of_block(key: &[u8]) -> Option<u32> {
    u32_at(key, key.len().checked_sub(4)?)
}

/// The smallest key greater than this one.
pub(super) fn behind(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

fn key(table: u8, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + rest.len());
    key.push(table);
    key.extend_from_slice(rest);
    key
}

/// The number in four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at + 4)?;
    part.try_into().ok().map(u32::from_be_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at + 8)?;
    part.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mark_reads_what_it_writes_and_nothing_else(
            (epoch, seen, docs, whole, numbering) in any::<(u32, u64, u32, bool, u64)>(),
            (erased, since) in any::<(u32, u64)>(),
            cut in 0_usize..MARK_BYTES,
            flipped in 0_usize..8,
        ) {
            let (seen, erased_since) = (EventSeq(seen), Timestamp(since));
            let mark = Mark { epoch, seen, docs, whole, numbering, erased, erased_since };
            let mut bytes = mark.encode();
            prop_assert_eq!(Mark::decode(&bytes), Some(mark));
            prop_assert_eq!(Mark::decode(&bytes[..cut]), None);
            bytes[flipped] ^= 1;
            prop_assert_eq!(Mark::decode(&bytes), None);
        }

        #[test]
        fn blocks_sort_by_term_and_document(
            one in ("[a-c]{0,3}", any::<u32>()),
            other in ("[a-c]{0,3}", any::<u32>()),
        ) {
            let key = |(term, doc): &(String, u32)| block_key(term.as_bytes(), *doc);
            if one.0 == other.0 {
                prop_assert_eq!(key(&one).cmp(&key(&other)), one.1.cmp(&other.1));
            }
            let ends = (block_key(one.0.as_bytes(), 0), behind(block_key(one.0.as_bytes(), u32::MAX)));
            let inside = (ends.0..ends.1).contains(&key(&other));
            prop_assert_eq!(inside, one.0 == other.0);
            prop_assert_eq!(first_of_block(&key(&one)), Some(one.1));
        }
    }
}
