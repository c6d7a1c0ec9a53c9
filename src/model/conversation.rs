//! Conversations and who belongs to them.

use super::ids::{ConversationId, FileId, Seq, UserId};
use crate::base::clock::Timestamp;

/// Two people, or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Never changes.
    pub id: ConversationId,
    /// A group's name; a direct conversation has none.
    pub title: Option<String>,
    /// Direct conversations have exactly two members and exist once per pair.
    pub is_group: bool,
    /// Whether everybody who gets an account becomes a member.
    pub everyone: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Time of the newest message or change.
    pub updated_at: Timestamp,
    /// Position of the newest message; 0 when empty.
    pub last_seq: Seq,
    /// How many members it has.
    pub member_count: u32,
    /// A group's face.
    pub avatar: Option<FileId>,
}

/// Whether anything may be written in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupState {
    /// It may.
    Open,
    /// An administrator archived it: its members read it, and nobody writes.
    ReadOnly,
    /// It was deleted: nobody is in it, and what is left of it goes.
    Deleted,
}

/// What a member may do in a group.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "lowercase")]
pub enum MemberRole {
    /// Reads and writes.
    Member,
    /// Also renames, invites and removes.
    Owner,
}

/// Somebody's place in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where.
    pub conversation: ConversationId,
    /// Who.
    pub user: UserId,
    /// Owner or member.
    pub role: MemberRole,
    /// Since when.
    pub joined_at: Timestamp,
    /// Everything up to here they have read.
    pub last_read_seq: Seq,
    /// When they read it.
    pub last_read_at: Option<Timestamp>,
    /// From here on it counts as unread for themselves, though others know better.
    pub unread_from: Option<Seq>,
    /// What they settled for themselves alone.
    pub own: OwnSettings,
}

impl Member {
    /// Up to where it counts as read for themselves.
    pub fn own_read_seq(&self) -> Seq {
        let before = |from: Seq| Seq(from.0.saturating_sub(1));
        let marked = self.unread_from.map(before);
        marked.map_or(self.last_read_seq, |seq| seq.min(self.last_read_seq))
    }
}

/// What a member settles about a conversation for themselves alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnSettings {
    /// It makes no noise.
    pub muted: bool,
    /// It stands on top.
    pub pinned: bool,
    /// It was put away when this was its newest message; see [`OwnSettings::is_archived`].
    pub archived_at: Option<Seq>,
}

impl OwnSettings {
    /// Whether it is put away: a newer message brings it back, unless it is muted.
    pub fn is_archived(&self, newest: Seq) -> bool {
        self.archived_at
            .is_some_and(|seq| self.muted || newest <= seq)
    }
}

/// What somebody began to write in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub conversation: ConversationId,
    /// Who.
    pub user: UserId,
    /// Up to 8,000 characters; empty when there is no draft any more.
    pub content: String,
    /// When.
    pub updated_at: Timestamp,
}
