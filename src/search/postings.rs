//! Lists of documents as bytes: differences as numbers of variable length. Pure.
//!
//! A list of documents that are close together does without their conversations, which are then
//! found by their places: those are in the few rows that are read anyway.

/// Postings that a block has at most.
pub(super) const BLOCK: usize = 512;

/// Bytes that a block has at most, so that a row stays within what the engine takes safely.
const BLOCK_BYTES: usize = 4000;

/// The most that one posting takes: two numbers of 32 bits.
const POSTING_BYTES: usize = 10;

/// Postings from which on a list may do without values.
const DENSE_FROM: usize = 32;

/// How far apart documents are at most, on average, in a list without values.
const DENSE_GAP: usize = 64;

/// The first byte of a list with values, and of one without.
const WITH_VALUES: u8 = 0;
const WITHOUT_VALUES: u8 = 1;

/// A value that the list does without.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// A document in which a term occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    /// The document's number.
    pub doc: u32,
    /// The number of the conversation that it is in, or [`UNKNOWN`]. In the list of a conversation's own
    /// documents: its position there.
    pub value: u32,
}

/// The bytes are no list of postings: the index is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

fn put(mut number: u32, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    into.push(number.to_le_bytes()[0]);
}

fn take(bytes: &mut &[u8]) -> Result<u32, Damaged> {
    let mut number: u32 = 0;
    for shift in (0..35).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Damaged)?;
        *bytes = rest;
        let part = u32::from(byte & 0x7f);
        if shift == 28 && part > 0x0f {
            return Err(Damaged);
        }
        number |= part << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Damaged)
}

/// The bytes of a list in ascending order. With `keep` its values are always kept; otherwise all of
/// them must be known, too.
pub(super) fn encode(postings: &[Posting], keep: bool) -> Vec<u8> {
    let values = keep || !is_dense(postings);
    let mut bytes = Vec::with_capacity(postings.len() * 4);
    bytes.push(if values { WITH_VALUES } else { WITHOUT_VALUES });
    let mut before = 0;
    for posting in postings {
        put(posting.doc.wrapping_sub(before), &mut bytes);
        if values {
            put(posting.value, &mut bytes);
        }
        before = posting.doc;
    }
    bytes
}

fn is_dense(postings: &[Posting]) -> bool {
    let (Some(first), Some(last)) = (postings.first(), postings.last()) else {
        return false;
    };
    let span = (last.doc - first.doc) as usize;
    postings.len() >= DENSE_FROM && span <= postings.len() * DENSE_GAP
}

/// Adds the list that `bytes` are to `into`. No bytes are an empty list.
pub(super) fn decode(bytes: &[u8], into: &mut Vec<Posting>) -> Result<(), Damaged> {
    let Some((&kind, mut bytes)) = bytes.split_first() else {
        return Ok(());
    };
    if kind > WITHOUT_VALUES {
        return Err(Damaged);
    }
    let mut doc: u32 = 0;
    let mut first = true;
    while !bytes.is_empty() {
        let step = take(&mut bytes)?;
        if step == 0 && !first {
            return Err(Damaged);
        }
        first = false;
        doc = doc.checked_add(step).ok_or(Damaged)?;
        let value = if kind == WITH_VALUES {
            take(&mut bytes)?
        } else {
            UNKNOWN
        };
        into.push(Posting { doc, value });
    }
    Ok(())
}

/// Cuts a list into blocks, each with its first document. See [`encode`].
pub(super) fn blocks(mut postings: &[Posting], keep: bool) -> Vec<(u32, Vec<u8>)> {
    let mut blocks = Vec::new();
    while let Some(first) = postings.first() {
        let mut len = postings.len().min(BLOCK);
        let mut bytes = encode(&postings[..len], keep);
        if bytes.len() > BLOCK_BYTES {
            len = (BLOCK_BYTES - 1) / POSTING_BYTES;
            bytes = encode(&postings[..len], keep);
        }
        blocks.push((first.doc, bytes));
        postings = &postings[len..];
    }
    blocks
}

/// Puts a posting in its place, if its document isn't there yet.
pub(super) fn insert(postings: &mut Vec<Posting>, posting: Posting) -> bool {
    match postings.binary_search_by_key(&posting.doc, |posting| posting.doc) {
        Ok(_) => false,
        Err(at) => {
            postings.insert(at, posting);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lists() -> impl Strategy<Value = Vec<Posting>> {
        let far = prop::collection::btree_map(any::<u32>(), any::<u32>(), 0..1200);
        let close = prop::collection::btree_map(0..9000_u32, 0..100_u32, 0..1200);
        prop_oneof![far, close].prop_map(|docs| {
            let postings = docs.into_iter();
            postings
                .map(|(doc, value)| Posting { doc, value })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_in_blocks_that_fit(list in lists(), keep: bool) {
            let mut read = Vec::new();
            for (first, bytes) in blocks(&list, keep) {
                let from = read.len();
                decode(&bytes, &mut read).unwrap();
                prop_assert_eq!(first, read[from].doc);
                prop_assert!(read.len() - from <= BLOCK && bytes.len() <= BLOCK_BYTES);
            }
            for (read, posting) in read.iter().zip(&list) {
                prop_assert_eq!(read.doc, posting.doc);
                let unknown = read.value == UNKNOWN && !keep;
                prop_assert!(unknown || read.value == posting.value);
            }
            prop_assert_eq!(read.len(), list.len());
        }

        #[test]
        fn any_bytes_are_a_list_in_order_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut read = Vec::new();
            if decode(&bytes, &mut read).is_ok() {
                prop_assert!(read.is_sorted_by(|a, b| a.doc < b.doc));
                prop_assert!(read.len() <= bytes.len());
            }
        }

        #[test]
        fn a_posting_is_put_in_its_place_once(list in lists(), doc: u32) {
            let posting = Posting { doc, value: 1 };
            let known = list.iter().any(|posting| posting.doc == doc);
            let mut longer = list.clone();
            prop_assert_eq!(insert(&mut longer, posting), !known);
            prop_assert!(!insert(&mut longer, posting));
            prop_assert!(longer.is_sorted_by(|a, b| a.doc < b.doc));
            prop_assert_eq!(longer.len(), list.len() + usize::from(!known));
        }
    }

    #[test]
    fn close_documents_take_a_byte_each() {
        let list: Vec<_> = (0..400)
            .map(|doc| Posting {
                doc: doc * 15,
                value: 700,
            })
            .collect();
        assert_eq!(encode(&list, false).len(), 401);
        assert_eq!(encode(&list, true).len(), 1201);
        assert_eq!(encode(&list[..31], false).len(), 94);
    }
}
