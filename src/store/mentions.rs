//! Who was named where: the table `Mentions`. Rows live as long as the words that name somebody.

use super::error::StoreError;
use super::rows::{self, Reads, Span};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::model::{ConversationId, Message, MessageId, Seq, UserId};

/// Stands for everybody in a group; nobody's id.
const ALL: UserId = UserId(0);

fn key(user: UserId, id: MessageId) -> Key {
    conversation_key(user, id.conversation).u64(id.seq.0)
}

fn conversation_key(user: UserId, conversation: ConversationId) -> Key {
    Key::new(Table::Mentions).u64(user.0).u64(conversation.0)
}

/// How many messages after a position name somebody, or everybody; at most `limit`.
pub fn count(
    reads: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<usize, StoreError> {
    let mut found = 0;
    for named in [user, ALL] {
        let seq = after;
        let behind = key(named, MessageId { conversation, seq });
        let span = Span::of(conversation_key(named, conversation)).after(Some(behind));
        found += rows::collect(reads, &span, limit - found, |_, _| Ok(()))?.len();
    }
    Ok(found)
}

/// Notes whom a message names.
pub(super) fn add(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    set(changes, message, Some(&[]))
}

/// Forgets whom a message names.
pub(super) fn remove(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    set(changes, message, None)
}

fn set(
    changes: &mut Changes<'_>,
    message: &Message,
    value: Option<&[u8]>,
) -> Result<(), StoreError> {
    let all = message.mentions.all.then_some(ALL);
    for user in message.mentions.users.iter().copied().chain(all) {
        changes.set(key(user, message.id), value.map(<[u8]>::to_vec))?;
    }
    Ok(())
}
