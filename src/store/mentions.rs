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

/// How many messages of others after a position name somebody, or everybody; at most `limit`.
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
        let by_others = |_: &[u8], sender: &[u8]| Ok(sender != user.0.to_be_bytes());
        let rows = rows::collect(reads, &span, limit - found, by_others)?;
        found += rows.into_iter().filter(|by_others| *by_others).count();
    }
    Ok(found)
}

/// Notes whom a message names: everybody, or some, with its sender.
pub(super) fn add(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    for key in keys(message) {
        changes.set(key, Some(message.sender.0.to_be_bytes().to_vec()))?;
    }
    Ok(())
}

/// Forgets whom a message names.
pub(super) fn remove(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    for key in keys(message) {
        changes.set(key, None)?;
    }
    Ok(())
}

fn keys(message: &Message) -> Vec<Key> {
    let named = if message.mentions.all {
        &[ALL][..]
    } else {
        &message.mentions.users
    };
    named.iter().map(|user| key(*user, message.id)).collect()
}
