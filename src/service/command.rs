//! A command on its way: a rule, and who asked. Whatever becomes of it, they are told exactly once.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::decision::{Decision, Rule};
use super::{Answer, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::EventBody;
use crate::store::Reads;

/// Called when the group of a command is durable and published, or has failed.
pub type Ack = Box<dyn FnOnce(Answer<()>) + Send>;

/// A rule, and who is told what became of it.
pub trait Command: Send {
    /// Its events, and who is told.
    fn decide(self: Box<Self>, state: &dyn Reads, now: Timestamp) -> (Vec<EventBody>, Ack);
}

/// Calls back exactly once: what never gets an answer, because the server stops or has no room,
/// is told so when it is dropped.
struct Done<T, F: FnOnce(Answer<T>)>(Option<F>, PhantomData<fn(T)>);

impl<T, F: FnOnce(Answer<T>)> Done<T, F> {
    fn call(mut self, answer: Answer<T>) {
        if let Some(done) = self.0.take() {
            done(answer);
        }
    }
}

impl<T, F: FnOnce(Answer<T>)> Drop for Done<T, F> {
    fn drop(&mut self) {
        if let Some(done) = self.0.take() {
            done(Err(ServiceError::ServerBusy));
        }
    }
}

struct Asked<R: Rule, F: FnOnce(Answer<R::Outcome>)> {
    rule: R,
    done: Done<R::Outcome, F>,
}

/// A command of this rule; `done` is called exactly once, also when the command is dropped.
pub fn command<R: Rule>(
    rule: R,
    done: impl FnOnce(Answer<R::Outcome>) + Send + 'static,
) -> Box<dyn Command> {
    let done = Done(Some(done), PhantomData);
    Box::new(Asked { rule, done })
}

impl<R, F> Command for Asked<R, F>
where
    R: Rule,
    F: FnOnce(Answer<R::Outcome>) + Send + 'static,
{
    fn decide(self: Box<Self>, state: &dyn Reads, now: Timestamp) -> (Vec<EventBody>, Ack) {
        let Self { rule, done } = *self;
        let decided = catch_unwind(AssertUnwindSafe(|| rule.decide(state, now)))
            .unwrap_or_else(|_| Err(ServiceError::Internal("a rule failed by panic".into())));
        match decided {
            Ok(Decision { events, outcome }) => {
                let ack = move |committed: Answer<()>| done.call(committed.map(|()| outcome));
                (events, Box::new(ack))
            }
            Err(error) => {
                let ack = move |committed: Answer<()>| done.call(committed.and(Err(error)));
                (Vec::new(), Box::new(ack))
            }
        }
    }
}
