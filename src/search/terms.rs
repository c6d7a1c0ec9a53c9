//! The words of the newest messages, each kept once: a number per term, found by the term or by
//! how it begins. Made for little memory: about 20 bytes a term beside its letters.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A place in the table that nobody took.
const FREE: u32 = u32::MAX;

/// How many terms may wait before they are sorted in among the others.
const UNSORTED: usize = 1024;

/// Terms by number, and numbers by term.
pub(super) struct Terms {
    letters: Vec<u8>,
    /// Where each term ends in `letters`.
    ends: Vec<u32>,
    /// Numbers by the hash of the term, open addressing; a power of two.
    slots: Vec<u32>,
    /// The first numbers, in the order of their terms. Later ones aren't sorted yet.
    sorted: Vec<u32>,
    hash: RandomState,
}

impl Terms {
    pub(super) fn new() -> Self {
        Self {
            letters: Vec::new(),
            ends: Vec::new(),
            slots: vec![FREE; 64],
            sorted: Vec::new(),
            hash: RandomState::new(),
        }
    }

    /// The memory that they take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.letters.capacity()
            + 4 * (self.ends.capacity() + self.slots.capacity() + self.sorted.capacity())
    }

    /// The term with a number.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        &self.letters[start as usize..self.ends[at] as usize]
    }

    /// The number of a term that is there.
    pub(super) fn find(&self, term: &[u8]) -> Option<u32> {
        let number = self.slots[self.slot(term)];
        (number != FREE).then_some(number)
    }

    /// The number of a term, new or not.
    pub(super) fn intern(&mut self, term: &[u8]) -> u32 {
        let slot = self.slot(term);
        if self.slots[slot] != FREE {
            return self.slots[slot];
        }
        let number = narrow(self.ends.len());
        self.letters.extend_from_slice(term);
        self.ends.push(narrow(self.letters.len()));
        self.slots[slot] = number;
        if self.ends.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        if self.ends.len() - self.sorted.len() >= UNSORTED {
            self.sort();
        }
        number
    }

    /// The terms that begin like this, in no order.
    pub(super) fn beginning<'a>(&'a self, start: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let from = self.sorted.partition_point(|&one| self.get(one) < start);
        let sorted = self.sorted[from..].iter().map(|&one| self.get(one));
        let unsorted = narrow(self.sorted.len())..narrow(self.ends.len());
        let unsorted = unsorted.map(|one| self.get(one));
        sorted
            .take_while(move |term| term.starts_with(start))
            .chain(unsorted.filter(move |term| term.starts_with(start)))
    }

    /// All numbers, in the order of their terms.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut all: Vec<u32> = (0..narrow(self.ends.len())).collect();
        all.sort_unstable_by(|&a, &b| self.get(a).cmp(self.get(b)));
        all
    }

    /// Where the term's number is in the table, or where it would be.
    fn slot(&self, term: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.hash_of(term) & mask;
        loop {
            let number = self.slots[at];
            if number == FREE || self.get(number) == term {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "any bits of the hash are as good as all"
    )]
    fn hash_of(&self, term: &[u8]) -> usize {
        self.hash.hash_one(term) as usize
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, FREE);
        for number in 0..narrow(self.ends.len()) {
            let slot = self.slot(self.get(number));
            self.slots[slot] = number;
        }
    }

    fn sort(&mut self) {
        let unsorted = narrow(self.sorted.len())..narrow(self.ends.len());
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.extend(unsorted);
        // Stable, because that sort is fast where most is in order.
        sorted.sort_by(|&a, &b| self.get(a).cmp(self.get(b)));
        self.sorted = sorted;
    }
}

/// The tail is emptied long before this many.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn terms_are_found_as_in_a_set(
            words in prop::collection::vec("[abc]{0,5}", 0..3000),
            start in "[abc]{0,3}",
        ) {
            let mut terms = Terms::new();
            for word in &words {
                let number = terms.intern(word.as_bytes());
                prop_assert_eq!(terms.get(number), word.as_bytes());
                prop_assert_eq!(terms.find(word.as_bytes()), Some(number));
            }
            let set: BTreeSet<&[u8]> = words.iter().map(String::as_bytes).collect();
            prop_assert_eq!(terms.ends.len(), set.len());
            let all = terms.in_order();
            let all: Vec<&[u8]> = all.into_iter().map(|one| terms.get(one)).collect();
            prop_assert!(all.iter().eq(set.iter()));
            let begin: BTreeSet<&[u8]> = terms.beginning(start.as_bytes()).collect();
            let expected = set.into_iter().filter(|term| term.starts_with(start.as_bytes()));
            prop_assert_eq!(begin, expected.collect());
            prop_assert_eq!(terms.find(b"d"), None);
        }
    }

    #[test]
    fn many_terms_are_sorted_as_they_come() {
        let mut terms = Terms::new();
        for number in 0..5000_u32 {
            terms.intern(format!("w{}", number.wrapping_mul(7919) % 5000).as_bytes());
        }
        assert_eq!(terms.ends.len(), 5000);
        assert_eq!(terms.beginning(b"w49").count(), 111);
        assert!(terms.bytes() < 5000 * 40);
    }
}
