//! The newest documents, in memory: which terms they have, as lists of 16-bit numbers in one
//! pool. Never written to; when it is full it becomes blocks on disk, and a new one begins.

use super::postings::Posting;
use super::terms::Terms;

/// Documents that a tail holds at most.
pub(super) const FULL: usize = 1 << 16;

/// Bytes from which a tail counts as full, whatever it holds.
pub(super) const FULL_BYTES: usize = 14 << 20;

/// Which conversation a document is in, and where there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The conversation's number.
    pub room: u32,
    /// The message's position in it.
    pub seq: u32,
}

/// Where a term's list is in the pool. Its room there is `2 << class`.
#[derive(Clone, Copy)]
struct List {
    start: u32,
    len: u32,
    class: u8,
}

/// The largest class: room for [`FULL`].
const CLASSES: usize = 16;

/// See the module.
pub(super) struct Tail {
    /// The number of its first document.
    base: u32,
    places: Vec<Place>,
    terms: Terms,
    /// By the term's number.
    lists: Vec<List>,
    /// Documents, counted from `base`, ascending in each list.
    pool: Vec<u16>,
    /// Places in the pool that were given up, by class.
    free: [Vec<u32>; CLASSES],
}

impl Tail {
    /// An empty one, whose first document will have this number.
    pub(super) fn new(base: u32) -> Self {
        Self {
            base,
            places: Vec::new(),
            terms: Terms::new(),
            lists: Vec::new(),
            pool: Vec::new(),
            free: [const { Vec::new() }; CLASSES],
        }
    }

    /// The number of its first document.
    pub(super) fn base(&self) -> u32 {
        self.base
    }

    /// The number that the next document gets.
    pub(super) fn end(&self) -> u32 {
        self.base + u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    /// Whether it should become blocks now: when it holds so many documents, or too many bytes.
    pub(super) fn is_full(&self, most: usize) -> bool {
        self.places.len() >= most.min(FULL) || self.bytes() >= FULL_BYTES
    }

    /// The memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.terms.bytes()
            + self.places.capacity() * size_of::<Place>()
            + self.lists.capacity() * size_of::<List>()
            + self.pool.capacity() * size_of::<u16>()
    }

    /// Its terms.
    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Adds a document. There must be room.
    pub(super) fn push<'a>(&mut self, place: Place, terms: impl Iterator<Item = &'a [u8]>) {
        let doc = self.end();
        self.places.push(place);
        self.amend(doc, terms);
    }

    /// Adds terms to a document that is in it; those that it has already change nothing.
    pub(super) fn amend<'a>(&mut self, doc: u32, terms: impl Iterator<Item = &'a [u8]>) {
        let Some(doc) = self.offset(doc) else {
            return;
        };
        for term in terms {
            let number = self.terms.intern(term);
            if number as usize == self.lists.len() {
                let start = self.take_room(0);
                let (len, class) = (0, 0);
                self.lists.push(List { start, len, class });
            }
            self.insert(number as usize, doc);
        }
    }

    /// The number of documents with a term.
    pub(super) fn count(&self, term: &[u8]) -> u32 {
        let list = self.terms.find(term).map(|one| self.lists[one as usize]);
        list.map_or(0, |list| list.len)
    }

    /// Gathers the newest documents with this term that aren't newer than `most`, about
    /// `limit` of them, and returns from which document on these are all.
    pub(super) fn newest(
        &self,
        term: &[u8],
        most: u32,
        limit: usize,
        into: &mut Vec<Posting>,
    ) -> u32 {
        let Some(number) = self.terms.find(term) else {
            return self.base;
        };
        let docs = self.docs(number);
        let to = docs.partition_point(|&doc| self.base + u32::from(doc) <= most);
        let from = to.saturating_sub(limit);
        into.extend(docs[from..to].iter().map(|&doc| self.posting(doc)));
        match docs.get(from) {
            Some(&first) if from > 0 => self.base + u32::from(first),
            _ => self.base,
        }
    }

    /// All documents with the term of this number.
    pub(super) fn all(&self, number: u32) -> impl Iterator<Item = Posting> {
        self.docs(number).iter().map(|&doc| self.posting(doc))
    }

    /// The document in a list of them that is at this position of its conversation.
    pub(super) fn at_seq(&self, term: &[u8], seq: u32) -> Option<u32> {
        let docs = self.docs(self.terms.find(term)?);
        let seq_of = |doc: &u16| self.places[usize::from(*doc)].seq;
        let at = docs.binary_search_by_key(&seq, seq_of).ok()?;
        Some(self.base + u32::from(docs[at]))
    }

    /// Where a document of it is.
    pub(super) fn place(&self, doc: u32) -> Option<Place> {
        let at = usize::try_from(doc.checked_sub(self.base)?).ok()?;
        self.places.get(at).copied()
    }

    fn offset(&self, doc: u32) -> Option<u16> {
        u16::try_from(doc.checked_sub(self.base)?).ok()
    }

    fn posting(&self, doc: u16) -> Posting {
        Posting {
            doc: self.base + u32::from(doc),
            value: self.places[usize::from(doc)].room,
        }
    }

    fn docs(&self, number: u32) -> &[u16] {
        let list = self.lists[number as usize];
        &self.pool[list.start as usize..][..list.len as usize]
    }

    fn insert(&mut self, number: usize, doc: u16) {
        let mut list = self.lists[number];
        let range = list.start as usize..(list.start + list.len) as usize;
        let docs = &self.pool[range.clone()];
        let at = match docs.last() {
            Some(&newest) if newest >= doc => match docs.binary_search(&doc) {
                Ok(_) => return,
                Err(at) => at,
            },
            _ => docs.len(),
        };
        if list.len == 2 << list.class {
            let start = self.take_room(list.class + 1);
            self.pool.copy_within(range, start as usize);
            self.free[usize::from(list.class)].push(list.start);
            list.start = start;
            list.class += 1;
        }
        let start = list.start as usize;
        let end = start + list.len as usize;
        self.pool.copy_within(start + at..end, start + at + 1);
        self.pool[start + at] = doc;
        list.len += 1;
        self.lists[number] = list;
    }

    /// A place in the pool for a list of this class.
    fn take_room(&mut self, class: u8) -> u32 {
        if let Some(start) = self.free[usize::from(class)].pop() {
            return start;
        }
        let start = self.pool.len();
        self.pool.resize(start + (2 << class), 0);
        u32::try_from(start).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn bytes(terms: &[usize]) -> impl Iterator<Item = &[u8]> {
        terms.iter().map(|&term| NAMES[term].as_bytes())
    }

    proptest! {
        #[test]
        fn lists_are_as_in_a_simple_map(
            docs in prop::collection::vec(prop::collection::vec(0_usize..6, 0..5), 1..200),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6), 0..40),
            base in 0_u32..1000,
            limit in 1_usize..20,
            most: prop::sample::Index,
        ) {
            let mut tail = Tail::new(base);
            let mut model: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
            for (doc, terms) in (base..).zip(&docs) {
                let place = Place { room: doc % 3, seq: doc };
                tail.push(place, bytes(terms));
                for &term in terms {
                    model.entry(term).or_default().insert(doc);
                }
            }
            for (doc, term) in changes {
                let doc = base + u32::try_from(doc.index(docs.len())).unwrap();
                tail.amend(doc, bytes(&[term]));
                model.entry(term).or_default().insert(doc);
            }
            let most = base + u32::try_from(most.index(docs.len())).unwrap();
            for (term, name) in NAMES.iter().enumerate() {
                let expected = model.remove(&term).unwrap_or_default();
                prop_assert_eq!(tail.count(name.as_bytes()) as usize, expected.len());
                let mut found = Vec::new();
                let low = tail.newest(name.as_bytes(), most, limit, &mut found);
                let expected: Vec<u32> = expected.range(low..=most).copied().collect();
                let docs: Vec<u32> = found.iter().map(|posting| posting.doc).collect();
                prop_assert_eq!(&docs, &expected);
                prop_assert!(docs.len() == limit || low == base);
                prop_assert!(found.iter().all(|posting| posting.value == posting.doc % 3));
            }
        }
    }

    #[test]
    fn a_term_in_every_document_of_a_full_tail_has_room() {
        let mut tail = Tail::new(7);
        for seq in 0..u32::try_from(FULL).unwrap() {
            assert!(!tail.is_full(FULL));
            tail.push(Place { room: 0, seq }, bytes(&[0, 1]));
        }
        assert!(tail.is_full(FULL));
        assert_eq!(tail.count(b"a") as usize, FULL);
        assert_eq!(tail.at_seq(b"a", 500), Some(507));
        assert!(tail.bytes() < 3 << 20, "{}", tail.bytes());
    }
}
