//! Going through the lists of an index, from the newest document to older ones, as a search asks
//! for: this term, any of these, all of these. The rarest list leads, the others are only
//! asked about what it has.

use super::index::{Index, Stored, damaged};
use super::places::PlaceRow;
use super::postings::{Posting, UNKNOWN};
use crate::store::StoreError;

/// What reading a block costs, in postings looked at.
const BLOCK_COST: u32 = 32;

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
}

/// The newest document that is asked for and not newer than a given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// This one. Its value is the number of its conversation.
    At(Posting),
    /// The purse was empty before it was known: none is newer than this one.
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
    Any(Vec<Branch>),
    /// Every document.
    Everything(PlaceRow),
}

/// One of several, and where it stands.
pub(super) struct Branch {
    node: Node,
    step: Option<Step>,
}

impl Node {
    /// What all of these have. The rarest comes first.
    pub(super) fn all(mut nodes: Vec<Self>) -> Self {
        nodes.sort_by_key(Self::size);
        if nodes.len() == 1
            && let Some(only) = nodes.pop()
        {
            return only;
        }
        if nodes.is_empty() {
            return Self::Everything(PlaceRow::default());
        }
        Self::All(nodes)
    }

    /// What any of these has.
    pub(super) fn any(mut nodes: Vec<Self>) -> Self {
        if nodes.len() == 1
            && let Some(only) = nodes.pop()
        {
            return only;
        }
        let branch = |node| Branch { node, step: None };
        Self::Any(nodes.into_iter().map(branch).collect())
    }

    /// About how many documents it has, at most.
    pub(super) fn size(&self) -> u32 {
        match self {
            Self::List(list) => list.size,
            Self::All(nodes) => nodes.first().map_or(0, Self::size),
            Self::Any(branches) => {
                let sizes = branches.iter().map(|branch| branch.node.size());
                sizes.fold(0, u32::saturating_add)
            }
            Self::Everything(_) => u32::MAX,
        }
    }

    /// The newest of its documents that isn't newer than `most`. From call to call `most` never
    /// grows.
    pub(super) fn next(
        &mut self,
        index: &Index,
        most: u32,
        purse: &mut Purse,
    ) -> Result<Step, StoreError> {
        match self {
            Self::List(list) => list.next(index, most, purse),
            Self::All(nodes) => next_of_all(nodes, index, most, purse),
            Self::Any(branches) => next_of_any(branches, index, most, purse),
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
) -> Result<Step, StoreError> {
    let Some((first, others)) = nodes.split_first_mut() else {
        return Ok(Step::End);
    };
    'found: loop {
        if purse.is_empty() {
            return Ok(Step::Spent(most));
        }
        let lead = match first.next(index, most, purse)? {
            Step::At(posting) => posting,
            step => return Ok(step),
        };
        for other in &mut *others {
            match other.next(index, lead.doc, purse)? {
                Step::At(posting) if posting.doc == lead.doc => {}
                Step::At(posting) => {
                    most = posting.doc;
                    continue 'found;
                }
                step => return Ok(step),
            }
        }
        return Ok(Step::At(lead));
    }
}

fn next_of_any(
    branches: &mut [Branch],
    index: &Index,
    most: u32,
    purse: &mut Purse,
) -> Result<Step, StoreError> {
    let mut newest = Step::End;
    for branch in branches {
        let step = match branch.step {
            Some(Step::At(posting)) if posting.doc <= most => Step::At(posting),
            Some(Step::End) => continue,
            _ => branch.node.next(index, most, purse)?,
        };
        branch.step = Some(step);
        newest = match (newest, step) {
            (Step::End, step) => step,
            (newest, Step::End) => newest,
            // What is known to be there comes before what may be there.
            (newest, step) if rank(step) > rank(newest) => step,
            (newest, _) => newest,
        };
    }
    Ok(newest)
}

fn rank(step: Step) -> Option<(u32, bool)> {
    match step {
        Step::At(posting) => Some((posting.doc, true)),
        Step::Spent(doc) => Some((doc, false)),
        Step::End => None,
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
    pub(super) fn of(index: &Index, term: Vec<u8>) -> Result<Self, StoreError> {
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
    pub(super) fn of_room(index: &Index, term: Vec<u8>, room: u32) -> Result<Self, StoreError> {
        let mut list = Self::of(index, term)?;
        list.room = Some(room);
        Ok(list)
    }

    fn next(
        &mut self,
        index: &Index,
        mut most: u32,
        purse: &mut Purse,
    ) -> Result<Step, StoreError> {
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
