//! What a rule is: a command that reads the state and says what happens.
//!
//! When and by whom it is decided is `commit`'s.

use super::Answer;
use crate::base::clock::Timestamp;
use crate::model::EventBody;
use crate::store::Reads;

/// What a rule makes of the state: what happens, and what is answered once it is durable.
#[derive(Debug)]
pub struct Decision<T> {
    /// Applied in this order, all or none.
    pub events: Vec<EventBody>,
    /// The answer.
    pub outcome: T,
}

impl<T> Decision<T> {
    /// Nothing happens.
    pub fn nothing(outcome: T) -> Self {
        Self {
            events: Vec::new(),
            outcome,
        }
    }

    /// This happens.
    pub fn events(events: Vec<EventBody>, outcome: T) -> Self {
        Self { events, outcome }
    }
}

/// A command with what it takes to decide it. Pure: it reads the state and returns events;
/// a rule that fails, also by a panic, leaves nothing behind.
pub trait Rule: Send + 'static {
    /// What is answered.
    type Outcome: Send + 'static;

    /// Decides on the state as all commands before have left it.
    fn decide(self, state: &dyn Reads, now: Timestamp) -> Answer<Decision<Self::Outcome>>;

    /// Roughly how many bytes wait while it waits.
    fn weight(&self) -> usize {
        512
    }
}

impl<F, T> Rule for F
where
    F: FnOnce(&dyn Reads, Timestamp) -> Answer<Decision<T>> + Send + 'static,
    T: Send + 'static,
{
    type Outcome = T;

    fn decide(self, state: &dyn Reads, now: Timestamp) -> Answer<Decision<T>> {
        self(state, now)
    }
}

/// A rule that keeps more bytes waiting than most.
pub struct Weighing<F> {
    /// How many.
    pub bytes: usize,
    /// The rule.
    pub rule: F,
}

impl<F: Rule> Rule for Weighing<F> {
    type Outcome = F::Outcome;

    fn decide(self, state: &dyn Reads, now: Timestamp) -> Answer<Decision<F::Outcome>> {
        self.rule.decide(state, now)
    }

    fn weight(&self) -> usize {
        self.rule.weight() + self.bytes
    }
}
