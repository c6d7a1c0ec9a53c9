//! What people began to write: the table `Drafts`.
//!
//! A draft is a record with the first bytes of its body, and part rows for the rest, numbered
//! from 1.

use serde::{Deserialize, Serialize};

use super::body;
use super::codec;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Draft, UserId};

const NAME: &str = "draft";

#[derive(Serialize, Deserialize)]
struct DraftV1 {
    updated_at: u64,
    /// Length of the whole body in bytes.
    body_len: u32,
    /// The first bytes of the body.
    #[serde(with = "body::bytes")]
    head: Vec<u8>,
}

fn user_key(user: UserId) -> Key {
    Key::new(Table::Drafts).u64(user.0)
}

fn draft_key(user: UserId, conversation: ConversationId) -> Key {
    user_key(user).u64(conversation.0)
}

fn record_key(user: UserId, conversation: ConversationId) -> Key {
    draft_key(user, conversation).push(&0_u16.to_be_bytes())
}

/// Somebody's draft in a conversation.
pub fn find(
    reads: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
) -> Result<Option<Draft>, StoreError> {
    let key = record_key(user, conversation);
    let Some(value) = reads.get(&key)? else {
        return Ok(None);
    };
    let row: DraftV1 = match value.split_first() {
        Some((1, body)) => codec::unpack(NAME, body)?,
        Some((version, _)) => return codec::unknown_version(NAME, *version),
        None => return Err(StoreError::corrupt(NAME, "it is empty")),
    };
    let parts = Span::of(draft_key(user, conversation)).after(Some(key));
    let body = body::join(reads, row.head, row.body_len, &parts)?;
    Ok(Some(Draft {
        conversation,
        user,
        content: String::from_utf8(body)
            .map_err(|_| StoreError::corrupt(NAME, "its body is not text"))?,
        updated_at: Timestamp(row.updated_at),
    }))
}

/// Where somebody has a draft, in the order of the ids.
pub fn places(reads: &dyn Reads, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
    let rows = rows::collect(reads, &Span::of(user_key(user)), usize::MAX, |key, _| {
        let is_record = key.ends_with(&0_u16.to_be_bytes());
        Ok(is_record.then_some(ConversationId(u64_at(NAME, key, 9)?)))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Keeps a draft in place of the one before; an empty one is none.
pub(super) fn put(changes: &mut Changes<'_>, draft: &Draft) -> Result<(), StoreError> {
    let Draft {
        user, conversation, ..
    } = *draft;
    remove(changes, user, conversation)?;
    if draft.content.is_empty() {
        return Ok(());
    }
    let (head, rest) = body::split(draft.content.as_bytes());
    let row = DraftV1 {
        updated_at: draft.updated_at.0,
        body_len: u32::try_from(draft.content.len()).unwrap_or(u32::MAX),
        head: head.to_vec(),
    };
    let record = codec::pack(NAME, 1, &row)?;
    changes.set(record_key(user, conversation), Some(record))?;
    for part in body::parts(draft_key(user, conversation), 1, rest) {
        let (key, value) = part?;
        changes.set(key, Some(value))?;
    }
    Ok(())
}

/// Erases a draft, if there is one.
pub(super) fn remove(
    changes: &mut Changes<'_>,
    user: UserId,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    body::remove(changes, draft_key(user, conversation))
}
