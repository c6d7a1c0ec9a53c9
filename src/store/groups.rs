//! Groups that are not open: archived for everybody, or deleted and on their way out. The table
//! `GroupStates`.
//!
//! What was said in a deleted group goes in pieces, the newest first, so that what is left of it is
//! a whole conversation at each moment, only shorter.

use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use super::{conversations, files, history, mentions, messages, pages};
use crate::model::{Conversation, ConversationId, GroupState, MessageId, Seq};

/// How many messages go at once, at least; what shares a row with the last of them goes too.
const ERASED_AT_ONCE: usize = 100;

const READ_ONLY: u8 = 1;
const DELETED: u8 = 2;

fn key(conversation: ConversationId) -> Key {
    Key::new(Table::GroupStates).u64(conversation.0)
}

/// Whether anything may be written in a conversation.
pub fn state(reads: &dyn Reads, conversation: ConversationId) -> Result<GroupState, StoreError> {
    match reads.get(&key(conversation))?.as_deref() {
        None => Ok(GroupState::Open),
        Some([READ_ONLY]) => Ok(GroupState::ReadOnly),
        Some([DELETED]) => Ok(GroupState::Deleted),
        Some(_) => Err(StoreError::corrupt("state of a group", "it is not known")),
    }
}

/// The deleted groups of which something is left.
pub fn deleted(reads: &dyn Reads) -> Result<Vec<ConversationId>, StoreError> {
    let span = Span::of(Key::new(Table::GroupStates));
    let found = rows::collect(reads, &span, usize::MAX, |key, state| {
        let id = ConversationId(u64_at("state of a group", key, 1)?);
        Ok((state == [DELETED]).then_some(id))
    })?;
    Ok(found.into_iter().flatten().collect())
}

pub(super) fn set_read_only(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    read_only: bool,
) -> Result<(), StoreError> {
    changes.set(key(conversation), read_only.then(|| vec![READ_ONLY]))
}

/// Takes a group's name and face away, and notes that the rest is to go.
pub(super) fn delete(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    let mut face = None;
    conversations::update(changes, conversation, |group| {
        if group.member_count > 0 {
            return Err(StoreError::Contradiction("somebody is still in the group"));
        }
        group.title = Some(String::new());
        face = group.avatar.take();
        Ok(())
    })?;
    if let Some(face) = face {
        files::release(changes, face)?;
    }
    changes.set(key(conversation), Some(vec![DELETED]))
}

/// Erases the newest messages of a deleted group, or the group itself when none is left.
pub(super) fn erase(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    if state(changes, conversation)? != GroupState::Deleted {
        return Err(StoreError::Contradiction("the group was not deleted"));
    }
    let left = erase_newest(changes, conversation)?;
    if left > Seq(0) {
        let shorter = |group: &mut Conversation| {
            group.last_seq = left;
            Ok(())
        };
        return conversations::update(changes, conversation, shorter).map(drop);
    }
    changes.set(key(conversation), None)?;
    conversations::remove(changes, conversation)
}

/// Erases the newest messages with all that leads to them. Returns the newest position that is left.
fn erase_newest(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
) -> Result<Seq, StoreError> {
    let id = |seq| MessageId { conversation, seq };
    let own = messages::newest_own(changes, conversation, ERASED_AT_ONCE)?;
    let mut oldest = own.last().copied();
    let mut count = own.len();
    for seq in own {
        erase_message(changes, id(seq))?;
    }
    while count < ERASED_AT_ONCE {
        let Some(page) = pages::last(changes, conversation)? else {
            break;
        };
        for (seq, _) in &page {
            erase_message(changes, id(*seq))?;
        }
        pages::remove(changes, conversation, &page)?;
        count += page.len();
        oldest = page.first().map(|(seq, _)| *seq);
    }
    Ok(Seq(oldest.map_or(0, |seq| seq.0.saturating_sub(1))))
}

/// Erases a message but for its row in a page.
fn erase_message(changes: &mut Changes<'_>, id: MessageId) -> Result<(), StoreError> {
    let missing = StoreError::Contradiction("the message is not there");
    let message = messages::find(changes, id)?.ok_or(missing)?;
    messages::forget_client_id(changes, id)?;
    mentions::remove(changes, &message)?;
    files::detach(changes, &message)?;
    history::erase(changes, id)?;
    messages::remove_rows(changes, id)
}
