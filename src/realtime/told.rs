//! Up to where all sockets were told what happened, and the proof that it stays there for a moment.
//!
//! Who was taken out of a conversation must not hear it any more, and the offsets that a client
//! gets must never go back. So nobody is let in, and nobody is told the present state, while an
//! event is published: between reading who may hear something and letting them hear it, their
//! removal could be published, and they would hear all that comes after it.
//!
//! A test could only hope to hit that moment. Instead it doesn't compile: what must happen while
//! nothing is published takes a [`Still`], what is published takes a [`Telling`], only [`Told`]
//! makes the two, and never both at once.

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::model::ids::EventSeq;

/// The newest event that all sockets have been told.
///
/// Nothing of it is to be held while presence or typing is called: they call the hub, which waits
/// for it.
pub(super) struct Told(RwLock<EventSeq>);

/// While this lives, nothing is published.
#[must_use = "without it something may be published meanwhile"]
pub(super) struct Still<'a>(RwLockReadGuard<'a, EventSeq>);

/// While this lives, one event is published, and nobody else tells anything or is let in.
#[must_use = "without it somebody may be let in meanwhile"]
pub(super) struct Telling<'a>(RwLockWriteGuard<'a, EventSeq>);

impl Told {
    pub(super) fn new(newest: EventSeq) -> Self {
        Self(RwLock::new(newest))
    }

    /// The newest event that all were told; more may have been told since.
    pub(super) fn newest(&self) -> EventSeq {
        *self.0.read()
    }

    /// Waits until nothing is published. Many may be still at once.
    pub(super) fn still(&self) -> Still<'_> {
        Still(self.0.read())
    }

    /// Waits until nobody is still.
    pub(super) fn telling(&self) -> Telling<'_> {
        Telling(self.0.write())
    }
}

impl Still<'_> {
    /// The newest event that all were told.
    pub(super) fn newest(&self) -> EventSeq {
        *self.0
    }
}

impl Telling<'_> {
    /// All were told this event.
    pub(super) fn done(mut self, event: EventSeq) {
        *self.0 = event;
    }
}
