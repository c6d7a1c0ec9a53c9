//! From what is asked to the lists of the index that a search goes through: at least all that are
//! wanted, and no more lists than are good for the memory.

use super::document::{self, Beginning};
use super::index::Index;
use super::own::IndexError;
use super::walk::{List, Node, Purse};
use crate::text::{Clause, Pattern};

/// Terms with the same beginning that are gone through one by one.
const MOST_TERMS: usize = 256;

/// Lists that one search goes through, which take up to 4 KiB each.
const MOST_LISTS: usize = 512;

/// Lists of one phrase: those of its first words, which are rarely all common.
const MOST_OF_PHRASE: usize = 8;

/// Where the lists of a search come from. When there are enough, it goes through everything for
/// what else is asked, which leaves that to the record.
pub(super) struct Lists<'a> {
    index: &'a Index,
    left: usize,
    purse: Purse,
}

impl<'a> Lists<'a> {
    /// As many as one search may have, paid from this purse.
    pub(super) fn new(index: &'a Index, purse: Purse) -> Self {
        Self {
            index,
            left: MOST_LISTS,
            purse,
        }
    }

    /// What is left to pay with.
    pub(super) fn into_purse(self) -> Purse {
        self.purse
    }

    /// Whether there may be one more.
    fn take(&mut self) -> bool {
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_left
    }

    /// The documents with a term.
    pub(super) fn of(&mut self, term: Vec<u8>) -> Result<Node, IndexError> {
        if !self.take() {
            return Ok(Node::everything());
        }
        List::of(self.index, term, &mut self.purse).map(Node::List)
    }

    /// Those of the conversation with this number.
    pub(super) fn of_room(&mut self, room: u32) -> Result<Node, IndexError> {
        if !self.take() {
            return Ok(Node::everything());
        }
        let term = document::room(room);
        List::of_room(self.index, term, room, &mut self.purse).map(Node::List)
    }

    /// The documents with any of these terms.
    pub(super) fn any_of(
        &mut self,
        terms: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<Node, IndexError> {
        let lists = terms.into_iter().map(|term| self.of(term));
        Ok(Node::any(lists.collect::<Result<_, _>>()?))
    }

    /// At least the documents that satisfy a clause.
    pub(super) fn of_clause(&mut self, clause: &Clause) -> Result<Node, IndexError> {
        let mut any = Vec::with_capacity(clause.any.len());
        for patterns in &clause.any {
            let mut asked: Vec<&Pattern> = Vec::new();
            for pattern in patterns {
                if asked.len() < MOST_OF_PHRASE && !asked.contains(&pattern) {
                    asked.push(pattern);
                }
            }
            let nodes = asked.into_iter().map(|pattern| self.of_pattern(pattern));
            any.push(Node::all(nodes.collect::<Result<_, _>>()?));
        }
        Ok(Node::any(any))
    }

    fn of_pattern(&mut self, pattern: &Pattern) -> Result<Node, IndexError> {
        let start = match pattern {
            Pattern::Word(word) => return self.of(word.as_bytes().to_vec()),
            Pattern::Prefix(start) => start,
        };
        match document::beginning(start) {
            Beginning::Term(term) => self.of(term),
            Beginning::Terms { start, word, wider } => {
                let most = MOST_TERMS.min(self.left);
                let (mut terms, all) = self.index.beginning(&start, most)?;
                if all {
                    if !terms.contains(&word) {
                        terms.push(word);
                    }
                    self.any_of(terms)
                } else if let Some(wider) = wider {
                    self.of(wider)
                } else {
                    Ok(Node::everything())
                }
            }
        }
    }
}
