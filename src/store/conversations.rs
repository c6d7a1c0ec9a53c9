//! Conversations: the tables `Conversations`, `Directs` and the row that names "Everyone".

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Meta, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{Conversation, ConversationId, FileId, Seq, UserId};

#[derive(Serialize, Deserialize)]
struct ConversationV1 {
    id: u64,
    title: Option<String>,
    is_group: bool,
    everyone: bool,
    created_at: u64,
    updated_at: u64,
    last_seq: u64,
    member_count: u32,
    avatar: Option<u128>,
}

impl From<&Conversation> for ConversationV1 {
    fn from(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id.0,
            title: conversation.title.clone(),
            is_group: conversation.is_group,
            everyone: conversation.everyone,
            created_at: conversation.created_at.0,
            updated_at: conversation.updated_at.0,
            last_seq: conversation.last_seq.0,
            member_count: conversation.member_count,
            avatar: conversation.avatar.map(|file| file.0),
        }
    }
}

impl From<ConversationV1> for Conversation {
    fn from(v1: ConversationV1) -> Self {
        Self {
            id: ConversationId(v1.id),
            title: v1.title,
            is_group: v1.is_group,
            everyone: v1.everyone,
            created_at: Timestamp(v1.created_at),
            updated_at: Timestamp(v1.updated_at),
            last_seq: Seq(v1.last_seq),
            member_count: v1.member_count,
            avatar: v1.avatar.map(FileId),
        }
    }
}

record_v1!(Conversation, "conversation", ConversationV1);

fn key(conversation: ConversationId) -> Key {
    Key::new(Table::Conversations).u64(conversation.0)
}

fn direct_key(one: UserId, other: UserId) -> Key {
    Key::new(Table::Directs)
        .u64(one.0.min(other.0))
        .u64(one.0.max(other.0))
}

/// The conversation with this id.
pub fn find(
    reads: &dyn Reads,
    conversation: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    rows::find(reads, &key(conversation))
}

/// The direct conversation of two people, in either order.
pub fn direct(
    reads: &dyn Reads,
    one: UserId,
    other: UserId,
) -> Result<Option<ConversationId>, StoreError> {
    let found = reads.get(&direct_key(one, other))?;
    found
        .map(|id| u64_at("direct conversation", &id, 0).map(ConversationId))
        .transpose()
}

/// The conversations of a person, in the order of their ids (that is: of their making).
pub fn of_user(reads: &dyn Reads, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
    of_user_after(reads, user, None, usize::MAX)
}

/// At most `limit` of them, from behind `after`.
pub fn of_user_after(
    reads: &dyn Reads,
    user: UserId,
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<ConversationId>, StoreError> {
    let all = Key::new(Table::UserConversations).u64(user.0);
    let span = Span::of(all).after(after.map(|id| all.u64(id.0)));
    rows::collect(reads, &span, limit, |key, _| {
        u64_at("conversation of a user", key, 9).map(ConversationId)
    })
}

/// The conversation that everybody who gets an account joins.
pub fn everyone(reads: &dyn Reads) -> Result<Option<ConversationId>, StoreError> {
    let found = reads.get(&Key::meta(Meta::Everyone))?;
    found
        .map(|id| u64_at("name of the common room", &id, 0).map(ConversationId))
        .transpose()
}

/// Every conversation, in the order of the ids, from behind `after`: for checks and exports.
pub fn page(
    reads: &dyn Reads,
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<Conversation>, StoreError> {
    let span = Span::of(Key::new(Table::Conversations)).after(after.map(key));
    rows::collect(reads, &span, limit, |_, value| super::codec::decode(value))
}

/// The conversations with the largest ids (that is: the last made), newest first.
pub fn newest(reads: &dyn Reads, limit: usize) -> Result<Vec<Conversation>, StoreError> {
    let span = Span::of(Key::new(Table::Conversations)).backward();
    rows::collect(reads, &span, limit, |_, value| super::codec::decode(value))
}

/// Adds a conversation without members or messages, whatever the event says about them: they
/// follow as events of their own.
pub(super) fn create(
    changes: &mut Changes<'_>,
    conversation: &Conversation,
) -> Result<(), StoreError> {
    if find(changes, conversation.id)?.is_some() {
        return Err(StoreError::Contradiction("the conversation exists already"));
    }
    if conversation.everyone {
        let id = conversation.id.0.to_be_bytes().to_vec();
        changes.set(Key::meta(Meta::Everyone), Some(id))?;
    }
    let empty = Conversation {
        last_seq: Seq(0),
        member_count: 0,
        ..conversation.clone()
    };
    changes.put(key(conversation.id), &empty)
}

/// Changes a conversation, which must exist, and returns it as it is then.
pub(super) fn update(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    change: impl FnOnce(&mut Conversation) -> Result<(), StoreError>,
) -> Result<Conversation, StoreError> {
    changes.update(
        key(conversation),
        "the conversation is not there",
        |conversation: &mut Conversation| change(conversation),
    )
}

/// Removes a conversation that nobody is in and in which nothing is left.
pub(super) fn remove(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    changes.set(key(conversation), None)
}

/// Says that this is the direct conversation of these two.
pub(super) fn pair(
    changes: &mut Changes<'_>,
    one: UserId,
    other: UserId,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    let id = conversation.0.to_be_bytes().to_vec();
    changes.set(direct_key(one, other), Some(id))
}
