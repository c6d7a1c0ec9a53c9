//! Read marks: everything up to here they have read.
//!
//! At most one mark of a session in a conversation is being stored at a time. Those that come
//! meanwhile wait together and are stored as one.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::decision::Decision;
use super::limits::{LimitKey, LimitedAction};
use super::own::move_own;
use super::rules::{require_member, require_session};
use super::{Answer, Caller, ReadUpTo, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::EventBody;
use crate::model::ids::{ConversationId, Seq};
use crate::store::Reads;

/// How many marks wait together; the next one is told that the server is busy.
const TOGETHER: usize = 64;

/// The highest position that anybody may name. Many languages hold numbers up to here only.
const SEQ_MAX: u64 = i64::MAX as u64;

type Done = Box<dyn FnOnce(Answer<()>) + Send>;
type Key = (ConversationId, Caller);

/// Marks that wait until the one before them is stored.
struct Waiting {
    seq: Seq,
    done: Vec<Done>,
}

/// The marks that are being stored, each with those that wait behind it.
#[derive(Default)]
pub struct Receipts(Mutex<HashMap<Key, Option<Waiting>>>);

impl Receipts {
    /// What is to be stored now, if anything.
    fn begin(&self, key: Key, seq: Seq, done: Done) -> Option<Waiting> {
        let mut marks = self.0.lock();
        let Some(waiting) = marks.get_mut(&key) else {
            marks.insert(key, None);
            let done = vec![done];
            return Some(Waiting { seq, done });
        };
        match waiting {
            Some(waiting) if waiting.done.len() >= TOGETHER => {
                drop(marks);
                done(Err(ServiceError::ServerBusy));
            }
            Some(waiting) => {
                waiting.seq = waiting.seq.max(seq);
                waiting.done.push(done);
            }
            None => {
                let done = vec![done];
                *waiting = Some(Waiting { seq, done });
            }
        }
        None
    }

    /// What is to be stored after the one before is done.
    fn next(&self, key: Key) -> Option<Waiting> {
        let mut marks = self.0.lock();
        let next = marks.get_mut(&key).and_then(Option::take);
        if next.is_none() {
            marks.remove(&key);
        }
        next
    }
}

impl Service {
    /// Marks everything up to a position as read by the caller. It never moves backwards and never
    /// beyond the newest message; marks that come while one is being stored are stored as one.
    /// Errors: `not_found`, `invalid_field` (`seq`), `rate_limited`.
    pub async fn mark_read(
        &self,
        caller: Caller,
        conversation: ConversationId,
        up_to: ReadUpTo,
    ) -> Answer<()> {
        let (tell, told) = oneshot::channel();
        self.mark_read_then(caller, conversation, up_to, move |answer| {
            // Who asked may have gone meanwhile.
            let _ = tell.send(answer);
        });
        told.await.unwrap_or(Err(ServiceError::ServerBusy))
    }

    /// The same with a callback, called exactly once. Must not block.
    pub fn mark_read_then(
        &self,
        caller: Caller,
        conversation: ConversationId,
        up_to: ReadUpTo,
        done: impl FnOnce(Answer<()>) + Send + 'static,
    ) {
        match self.require_readable(caller, conversation, up_to) {
            Ok(seq) => {
                let key = (conversation, caller);
                if let Some(mark) = self.0.receipts.begin(key, seq, Box::new(done)) {
                    self.store_mark(key, mark);
                }
            }
            Err(error) => done(Err(error)),
        }
    }

    /// Somebody who is no member learns nothing, also not whether there is such a message.
    fn require_readable(
        &self,
        caller: Caller,
        conversation: ConversationId,
        up_to: ReadUpTo,
    ) -> Answer<Seq> {
        self.limit(LimitedAction::Receipt, LimitKey::user(caller.user))?;
        let (found, _) = require_member(&self.0.store.view(), caller.user, conversation)?;
        match up_to {
            ReadUpTo::Seq(seq) if seq.0 > SEQ_MAX => Err(ServiceError::InvalidField {
                field: "seq",
                message: "No message has such a high number.",
            }),
            ReadUpTo::Seq(seq) => Ok(seq),
            ReadUpTo::Message(id) => {
                let there = id.conversation == conversation && id.seq <= found.last_seq;
                (there && id.seq > Seq(0))
                    .then_some(id.seq)
                    .ok_or(ServiceError::NotFound)
            }
        }
    }

    fn store_mark(&self, key: Key, mark: Waiting) {
        let service = self.clone();
        let Waiting { seq, done } = mark;
        let (conversation, caller) = key;
        let rule = move |state: &dyn Reads, now| read(state, now, caller, conversation, seq);
        self.0.committer.run_then(rule, move |answer| {
            for done in done {
                done(answer.clone());
            }
            if let Some(mark) = service.0.receipts.next(key) {
                service.store_mark(key, mark);
            }
        });
    }
}

fn read(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    conversation: ConversationId,
    seq: Seq,
) -> Answer<Decision<()>> {
    require_session(state, caller)?;
    let user = caller.user;
    let (found, member) = require_member(state, user, conversation)?;
    let seq = seq.min(found.last_seq);
    if seq <= member.last_read_seq {
        // Others know that; only what one has marked as unread goes on being read.
        let unread_from = member.unread_from.map(|from| from.max(seq.next()));
        let unread_from = unread_from.filter(|from| *from <= member.last_read_seq);
        return Ok(move_own(conversation, &member, unread_from));
    }
    let read = EventBody::MessageRead {
        conversation,
        user,
        seq,
        at: now,
    };
    Ok(Decision::events(vec![read], ()))
}
