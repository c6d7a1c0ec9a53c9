//! Lists of documents as bytes: differences as numbers of variable length. Pure.

/// Postings that a block has at most.
pub(super) const BLOCK: usize = 512;

/// Bytes that a block has at most, so that a row stays within what the engine takes safely.
const BLOCK_BYTES: usize = 4000;

/// The most that one posting takes: two numbers of 32 bits.
const POSTING_BYTES: usize = 10;

/// A document in which a term occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    /// The document's number.
    pub doc: u32,
    /// The number of the conversation that it is in. In the list of a conversation's own
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

/// The bytes of a list in ascending order.
pub(super) fn encode(postings: &[Posting]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(postings.len() * 4);
    let mut before = 0;
    for posting in postings {
        put(posting.doc.wrapping_sub(before), &mut bytes);
        put(posting.value, &mut bytes);
        before = posting.doc;
    }
    bytes
}

/// Adds the list that `bytes` are to `into`.
pub(super) fn decode(mut bytes: &[u8], into: &mut Vec<Posting>) -> Result<(), Damaged> {
    let mut doc: u32 = 0;
    let mut first = true;
    while !bytes.is_empty() {
        let step = take(&mut bytes)?;
        if step == 0 && !first {
            return Err(Damaged);
        }
        first = false;
        doc = doc.checked_add(step).ok_or(Damaged)?;
        let value = take(&mut bytes)?;
        into.push(Posting { doc, value });
    }
    Ok(())
}

/// Cuts a list into blocks, each with its bytes.
pub(super) fn blocks(mut postings: &[Posting]) -> Vec<(u32, Vec<u8>)> {
    let mut blocks = Vec::new();
    while let Some(first) = postings.first() {
        let mut len = postings.len().min(BLOCK);
        let mut bytes = encode(&postings[..len]);
        if bytes.len() > BLOCK_BYTES {
            len = BLOCK_BYTES / POSTING_BYTES;
            bytes = encode(&postings[..len]);
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
        let docs = prop::collection::btree_map(any::<u32>(), any::<u32>(), 0..1200);
        docs.prop_map(|docs| {
            let postings = docs.into_iter();
            postings
                .map(|(doc, value)| Posting { doc, value })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_in_blocks_that_fit(list in lists()) {
            let mut read = Vec::new();
            for (first, bytes) in blocks(&list) {
                let from = read.len();
                decode(&bytes, &mut read).unwrap();
                prop_assert_eq!(first, read[from].doc);
                prop_assert!(read.len() - from <= BLOCK && bytes.len() <= BLOCK_BYTES);
            }
            prop_assert_eq!(read, list);
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
}
