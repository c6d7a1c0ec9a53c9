//! The index made from the messages themselves: when there is none, or none that can be used.
//!
//! Conversations are merged by the time of their messages, so that documents get numbers in about
//! the order in which they were sent. In memory is one row per conversation. What is cut off goes on
//! where the disk had come to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::indexer::Indexer;
use super::own::Failure;
use super::unreadable::Unreadable;
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Message, Seq};
use crate::store::{Store, StoreError, View, conversations, messages};

/// Messages that are read at once when they follow each other in one conversation.
const MOST_AT_ONCE: usize = 64;

/// Conversations that are read at once.
const PAGE: usize = 500;

/// The next message of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    at: Timestamp,
    conversation: ConversationId,
    seq: u64,
    /// The last one to take. Later ones come by the log.
    last: u64,
}

/// A build under way.
pub(super) struct Build {
    heap: BinaryHeap<Reverse<Next>>,
    /// How many there will be in all.
    messages: u64,
}

impl Build {
    /// Looks which messages are missing.
    pub(super) fn begin(store: &Store, indexer: &mut Indexer) -> Result<Self, Failure> {
        let view = store.view();
        let mut heap = BinaryHeap::new();
        let mut after = None;
        let mut messages_in_all = 0;
        loop {
            let page = conversations::page(&view, after, PAGE)?;
            for conversation in &page {
                messages_in_all += conversation.last_seq.0;
                let newest = Seq(indexer.newest(conversation.id)?.into());
                let (id, last) = (conversation.id, conversation.last_seq);
                let next = next_readable(&view, indexer.unreadable(), id, newest, last)?;
                heap.extend(next.map(|next| {
                    Reverse(Next {
                        at: next.created_at,
                        conversation: id,
                        seq: next.id.seq.0,
                        last: last.0,
                    })
                }));
            }
            after = page.last().map(|conversation| conversation.id);
            if page.len() < PAGE {
                return Ok(Self {
                    heap,
                    messages: messages_in_all,
                });
            }
        }
    }

    /// How many messages the index will have.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// Adds about `most` messages. Returns whether none is left.
    pub(super) fn step(
        &mut self,
        store: &Store,
        indexer: &mut Indexer,
        most: usize,
    ) -> Result<bool, Failure> {
        let mut left = most;
        while left > 0 {
            let Some(Reverse(next)) = self.heap.pop() else {
                return Ok(true);
            };
            left = left.saturating_sub(self.take(store, indexer, next)?);
        }
        Ok(self.heap.is_empty())
    }

    /// Adds messages of one conversation for as long as no other has an older one.
    fn take(
        &mut self,
        store: &Store,
        indexer: &mut Indexer,
        mut next: Next,
    ) -> Result<usize, Failure> {
        let view = store.view();
        let mut taken = 0;
        let mut at_once = 2;
        loop {
            let before = Seq(next.seq.saturating_sub(1));
            let read = messages::after(&view, next.conversation, before, at_once);
            let read = match read {
                Err(StoreError::Corrupt { .. }) if at_once > 1 => {
                    at_once = 1;
                    continue;
                }
                read => indexer.unreadable().or_skip(read)?,
            };
            let Some(read) = read else {
                next.seq += 1;
                if next.seq > next.last {
                    return Ok(taken);
                }
                continue;
            };
            for message in &read {
                next.at = message.created_at;
                next.seq = message.id.seq.0;
                if next.seq > next.last {
                    return Ok(taken);
                }
                let is_oldest = self.heap.peek().is_none_or(|Reverse(other)| next <= *other);
                if taken >= MOST_AT_ONCE || (taken > 0 && !is_oldest) {
                    self.heap.push(Reverse(next));
                    return Ok(taken);
                }
                indexer.add(message)?;
                taken += 1;
            }
            if read.len() < at_once {
                return Ok(taken);
            }
            next.seq += 1;
            at_once = (at_once * 2).min(MOST_AT_ONCE);
        }
    }
}

/// The first message behind `after`, up to `last`, that can be read.
fn next_readable(
    view: &View,
    unreadable: &Unreadable,
    conversation: ConversationId,
    mut after: Seq,
    last: Seq,
) -> Result<Option<Message>, StoreError> {
    while after < last {
        let read = messages::after(view, conversation, after, 1);
        if let Some(mut read) = unreadable.or_skip(read)? {
            return Ok(read.pop());
        }
        after = after.next();
    }
    Ok(None)
}
