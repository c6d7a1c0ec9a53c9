//! Who belongs to a conversation and how far they have read: the tables `Members` and
//! `UserConversations`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::conversations;
use super::drafts;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Member, MemberRole, OwnSettings, Seq, UserId};

#[derive(Serialize, Deserialize)]
pub(super) struct MemberV1 {
    conversation: u64,
    user: u64,
    owner: bool,
    joined_at: u64,
    last_read_seq: u64,
    last_read_at: Option<u64>,
    unread_from: Option<u64>,
    muted: bool,
    pinned: bool,
    archived_at: Option<u64>,
}

impl From<&Member> for MemberV1 {
    fn from(member: &Member) -> Self {
        Self {
            conversation: member.conversation.0,
            user: member.user.0,
            owner: member.role == MemberRole::Owner,
            joined_at: member.joined_at.0,
            last_read_seq: member.last_read_seq.0,
            last_read_at: member.last_read_at.map(|at| at.0),
            unread_from: member.unread_from.map(|seq| seq.0),
            muted: member.own.muted,
            pinned: member.own.pinned,
            archived_at: member.own.archived_at.map(|seq| seq.0),
        }
    }
}

impl From<MemberV1> for Member {
    fn from(v1: MemberV1) -> Self {
        Self {
            conversation: ConversationId(v1.conversation),
            user: UserId(v1.user),
            role: if v1.owner {
                MemberRole::Owner
            } else {
                MemberRole::Member
            },
            joined_at: Timestamp(v1.joined_at),
            last_read_seq: Seq(v1.last_read_seq),
            last_read_at: v1.last_read_at.map(Timestamp),
            unread_from: v1.unread_from.map(Seq),
            own: OwnSettings {
                muted: v1.muted,
                pinned: v1.pinned,
                archived_at: v1.archived_at.map(Seq),
            },
        }
    }
}

record_v1!(Member, "member", MemberV1);

fn conversation_key(conversation: ConversationId) -> Key {
    Key::new(Table::Members).u64(conversation.0)
}

fn key(conversation: ConversationId, user: UserId) -> Key {
    conversation_key(conversation).u64(user.0)
}

fn by_user_key(user: UserId, conversation: ConversationId) -> Key {
    Key::new(Table::UserConversations)
        .u64(user.0)
        .u64(conversation.0)
}

/// Somebody's place in a conversation. That there is one *is* the permission to be there.
pub fn find(
    reads: &dyn Reads,
    conversation: ConversationId,
    user: UserId,
) -> Result<Option<Member>, StoreError> {
    rows::find(reads, &key(conversation, user))
}

/// Members in the order of their user ids, from behind `after`.
pub fn page(
    reads: &dyn Reads,
    conversation: ConversationId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<Member>, StoreError> {
    let span =
        Span::of(conversation_key(conversation)).after(after.map(|user| key(conversation, user)));
    rows::collect(reads, &span, limit, |_, value| super::codec::decode(value))
}

/// The ids of all members, ascending.
pub fn ids(reads: &dyn Reads, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
    let span = Span::of(conversation_key(conversation));
    rows::collect(reads, &span, usize::MAX, |key, _| {
        u64_at("member", key, 9).map(UserId)
    })
}

/// Whether the member finds the conversation in their own list, as they must.
pub(super) fn is_listed(reads: &dyn Reads, member: &Member) -> Result<bool, StoreError> {
    let listed = reads.get(&by_user_key(member.user, member.conversation))?;
    Ok(listed.is_some())
}

/// How many owners there are. Reads every member: for rules that act seldom.
pub fn owners(reads: &dyn Reads, conversation: ConversationId) -> Result<usize, StoreError> {
    let members = page(reads, conversation, None, usize::MAX)?;
    let owners = members.iter().filter(|m| m.role == MemberRole::Owner);
    Ok(owners.count())
}

/// Who has been a member the longest, apart from `except`. Reads every member.
pub fn eldest(
    reads: &dyn Reads,
    conversation: ConversationId,
    except: UserId,
) -> Result<Option<Member>, StoreError> {
    let members = page(reads, conversation, None, usize::MAX)?;
    let others = members.into_iter().filter(|m| m.user != except);
    Ok(others.min_by_key(|m| (m.joined_at, m.user)))
}

pub(super) fn add(
    changes: &mut Changes<'_>,
    at: Timestamp,
    member: &Member,
) -> Result<(), StoreError> {
    if find(changes, member.conversation, member.user)?.is_some() {
        return Err(StoreError::Contradiction("they are a member already"));
    }
    let conversation = conversations::update(changes, member.conversation, |conversation| {
        conversation.member_count = conversation.member_count.saturating_add(1);
        conversation.updated_at = at;
        Ok(())
    })?;
    if !conversation.is_group {
        for other in ids(changes, member.conversation)? {
            conversations::pair(changes, other, member.user, member.conversation)?;
        }
    }
    changes.set(
        by_user_key(member.user, member.conversation),
        Some(Vec::new()),
    )?;
    changes.put(key(member.conversation, member.user), member)
}

pub(super) fn remove(
    changes: &mut Changes<'_>,
    at: Timestamp,
    conversation: ConversationId,
    user: UserId,
) -> Result<(), StoreError> {
    if find(changes, conversation, user)?.is_none() {
        return Err(StoreError::Contradiction("they are no member"));
    }
    conversations::update(changes, conversation, |conversation| {
        conversation.member_count = conversation.member_count.saturating_sub(1);
        conversation.updated_at = at;
        Ok(())
    })?;
    drafts::remove(changes, user, conversation)?;
    changes.set(by_user_key(user, conversation), None)?;
    changes.set(key(conversation, user), None)
}

pub(super) fn update(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    user: UserId,
    change: impl FnOnce(&mut Member),
) -> Result<(), StoreError> {
    changes
        .update(
            key(conversation, user),
            "they are no member",
            |member: &mut Member| {
                change(member);
                Ok(())
            },
        )
        .map(drop)
}

/// Moves somebody's read mark forward, never back.
pub(super) fn read(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    user: UserId,
    seq: Seq,
    at: Timestamp,
) -> Result<(), StoreError> {
    update(changes, conversation, user, |member| {
        if seq > member.last_read_seq {
            member.last_read_seq = seq;
            member.last_read_at = Some(at);
            member.unread_from = None;
        }
    })
}
