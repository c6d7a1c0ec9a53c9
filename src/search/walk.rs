//! Going through the lists of an index, from the newest document to older ones, as a search asks
//! for: this term, any of these, all of these. The rarest list leads, the others are only
//! asked about what it has.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::index::{Index, Stored};
use super::own::{IndexError, damaged};
use super::places::PlaceRow;
use super::postings::{Posting, UNKNOWN};

/// What reading a block, or looking up a term, costs, in postings looked at.
const BLOCK_COST: u32 = 32;

/// Steps of looking for words in a text that cost as much as a posting.
const STEPS: u64 = 16;

/// How much a search may still look at.
pub(super) struct Purse(u32);

impl Purse {
    /// With so many postings in it.
    pub(super) fn of(postings: u32) -> Self {
        Self(postings)
    }

    /// Whether it is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.0 == 0
    }

    fn pay(&mut self, cost: u32) {
        self.0 = self.0.saturating_sub(cost);
    }

    /// Pays for looking for words in a text.
    pub(super) fn pay_steps(&mut self, steps: u64) {
        self.pay(u32::try_from(steps / STEPS).unwrap_or(u32::MAX));
    }
}

/// The newest document that is asked for and not newer than a given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// This one. Its value is the number of its conversation.
    At(Posting),
    /// The purse was empty before it was known: none is newer than this one, which is older than
    /// what was asked for, so that who goes on there gets on.
    Spent(u32),
    /// There is none.
    End,
}

/// What a search goes through.
pub(super) enum Node {
    /// The documents with a term.
    List(List),
    /// The documents that all of these have.
    All(Vec<Node>),
    /// The documents that any of these has.
    Any(Any),
    /// Every document.
    Everything(PlaceRow),
}

/// Several, of which the one that stands at the newest document is at hand.
pub(super) struct Any {
    nodes: Vec<Node>,
    /// About how many documents they have in all.
    size: u32,
    /// Each that has something left, by where it stands.
    heads: BinaryHeap<Head>,
}

/// Where one of several stands.
#[derive(PartialEq, Eq)]
struct Head {
    step: Step,
    node: usize,
}

impl Node {
    /// What all of these have. The rarest comes first.
    pub(super) fn all(mut nodes: Vec<Self>) -> Self {
        nodes.retain(|node| !matches!(node, Self::Everything(_)));
        nodes.sort_by_key(Self::size);
        if nodes.len() == 1
            && let Some(only) = nodes.pop()
        {
            return only;
        }
        if nodes.is_empty() {
            return Self::everything();
        }
        Self::All(nodes)
    }

    /// What any of these has.
    pub(super) fn any(mut nodes: Vec<Self>) -> Self {
        if nodes.iter().any(|node| matches!(node, Self::Everything(_))) {
            return Self::everything();
        }
        if nodes.len() == 1
            && let Some(only) = nodes.pop()
        {
            return only;
        }
        // Nothing is known yet of where they stand.
        let step = Step::Spent(u32::MAX);
        Self::Any(Any {
            size: nodes.iter().map(Self::size).fold(0, u32::saturating_add),
            heads: (0..nodes.len()).map(|node| Head { step, node }).collect(),
            nodes,
        })
    }

    /// Every document.
    pub(super) fn everything() -> Self {
        Self::Everything(PlaceRow::default())
    }

    /// About how many documents it has, at most.
    pub(super) fn size(&self) -> u32 {
        match self {
            Self::List(list) => list.size,
            Self::All(nodes) => nodes.first().map_or(0, Self::size),
            Self::Any(any) => any.size,
            Self::Everything(_) => u32::MAX,
        }
    }

    /// The newest of its documents that isn't newer than `most`. From call to call `most` never
    /// grows. However empty the purse is, it gets on by at least a document.
    pub(super) fn next(
        &mut self,
        index: &Index,
        most: u32,
        purse: &mut Purse,
    ) -> Result<Step, IndexError> {
        match self {
            Self::List(list) => list.next(index, most, purse),
            Self::All(nodes) => next_of_all(nodes, index, most, purse),
            Self::Any(any) => any.next(index, most, purse),
            Self::Everything(row) => {
                purse.pay(1);
                let room = index.place(most, row)?.room;
                Ok(Step::At(Posting {
                    doc: most,
                    value: room,
                }))
            }
        }
    }
}

fn next_of_all(
    nodes: &mut [Node],
    index: &Index,
    mut most: u32,
    purse: &mut Purse,
) -> Result<Step, IndexError> {
    let Some((first, others)) = nodes.split_first_mut() else {
        return Ok(Step::End);
    };
    'found: loop {
        let lead = match first.next(index, most, purse)? {
            Step::At(posting) => posting,
            step => return Ok(step),
        };
        for other in &mut *others {
            match other.next(index, lead.doc, purse)? {
                Step::At(posting) if posting.doc == lead.doc => {}
                Step::At(posting) => {
                    most = posting.doc;
                    if purse.is_empty() {
                        return Ok(Step::Spent(most));
                    }
                    continue 'found;
                }
                step => return Ok(step),
            }
        }
        return Ok(Step::At(lead));
    }
}

impl Any {
    fn next(&mut self, index: &Index, most: u32, purse: &mut Purse) -> Result<Step, IndexError> {
        while let Some(mut head) = self.heads.peek_mut() {
            match head.step {
                Step::At(posting) if posting.doc <= most => return Ok(head.step),
                Step::Spent(doc) if doc < most => return Ok(head.step),
                _ => {}
            }
            // Changed in its place, from which it sinks to where it belongs.
            head.step = self.nodes[head.node].next(index, most, purse)?;
            if head.step == Step::End {
                PeekMut::pop(head);
            }
        }
        Ok(Step::End)
    }
}

impl Head {
    /// What is known to be there comes before what may be there.
    fn rank(&self) -> (u32, bool) {
        match self.step {
            Step::At(posting) => (posting.doc, true),
            Step::Spent(doc) => (doc, false),
            Step::End => (0, false),
        }
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The documents with a term, of which a part is in memory.
pub(super) struct List {
    term: Vec<u8>,
    stored: Stored,
    size: u32,
    /// The conversation that all are in, if the term is that of a conversation.
    room: Option<u32>,
    /// For documents whose conversation isn't in the list.
    places: PlaceRow,
    /// All that there are from `low` to `high`.
    part: Vec<Posting>,
    low: u32,
    high: Option<u32>,
}

impl List {
    /// The list of a term.
    pub(super) fn of(index: &Index, term: Vec<u8>, purse: &mut Purse) -> Result<Self, IndexError> {
        purse.pay(BLOCK_COST);
        let (stored, size) = index.look_up(&term)?;
        Ok(Self {
            term,
            stored,
            size,
            room: None,
            places: PlaceRow::default(),
            part: Vec::new(),
            low: 0,
            high: None,
        })
    }

    /// The list of a conversation, whose term this is.
    pub(super) fn of_room(
        index: &Index,
        term: Vec<u8>,
        room: u32,
        purse: &mut Purse,
    ) -> Result<Self, IndexError> {
        let mut list = Self::of(index, term, purse)?;
        list.room = Some(room);
        Ok(list)
    }

    fn next(
        &mut self,
        index: &Index,
        mut most: u32,
        purse: &mut Purse,
    ) -> Result<Step, IndexError> {
        purse.pay(1);
        loop {
            if self.high.is_none_or(|high| most > high || most < self.low) {
                purse.pay(BLOCK_COST);
                self.low = index.newest(&self.term, &mut self.stored, most, &mut self.part)?;
                self.high = Some(most);
                if self.low > most {
                    return Err(damaged("a list is out of order"));
                }
            }
            // What is newer is never asked for again.
            while self.part.pop_if(|newest| newest.doc > most).is_some() {}
            self.high = Some(most);
            if let Some(&found) = self.part.last() {
                let doc = found.doc;
                let value = match self.room {
                    Some(room) => room,
                    None if found.value == UNKNOWN => index.place(doc, &mut self.places)?.room,
                    None => found.value,
                };
                return Ok(Step::At(Posting { doc, value }));
            }
            match self.low.checked_sub(1) {
                Some(lower) => most = lower,
                None => return Ok(Step::End),
            }
        }
    }
}
