//! What goes over the wire: one shape per thing, the same through both doors.
//!
//! Field names are the origin's and never change; fields may be added.

use serde::Serialize;

use super::account::Role;
use super::conversation::MemberRole;
use super::ids::{ConversationId, MessageId, SessionId, UserId};
use super::message::MessageKind;
use crate::base::clock::{Timestamp, iso, iso_option};

/// Who wrote a message, as it is embedded in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderView {
    /// Opaque id.
    pub id: UserId,
    /// Unique name for signing in and mentions.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// The same as `displayName`, under the origin's name.
    pub name: String,
}

/// A message as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Opaque id.
    pub id: MessageId,
    /// Position in the conversation: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// Where it is.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub sender_id: UserId,
    /// Who wrote it, in full.
    pub sender: SenderView,
    /// The words.
    pub content: String,
    /// `text`, `image` or `file`.
    pub message_type: MessageKind,
    /// Files; none yet.
    pub attachments: Vec<String>,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub created_at: Timestamp,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub updated_at: Timestamp,
    /// The sender's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// Opaque id.
    pub id: UserId,
    /// Unique name for signing in and mentions.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// The same as `displayName`, under the origin's name.
    pub name: String,
    /// `admin` or `member`.
    pub role: Role,
    /// Whether the account is disabled.
    pub disabled: bool,
    /// Whether they are here now.
    pub online: bool,
    /// When they were last here; ISO 8601, UTC.
    #[serde(with = "iso_option")]
    pub last_seen_at: Option<Timestamp>,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub created_at: Timestamp,
}

/// A member of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// The person.
    #[serde(flatten)]
    pub user: UserView,
    /// `owner` or `member`.
    pub member_role: MemberRole,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub joined_at: Timestamp,
    /// ISO 8601, UTC.
    #[serde(with = "iso_option")]
    pub last_read_at: Option<Timestamp>,
    /// Everything up to here they have read.
    pub last_read_seq: u64,
}

/// A conversation as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// Opaque id.
    pub id: ConversationId,
    /// A group's name.
    pub title: Option<String>,
    /// Group or direct.
    pub is_group: bool,
    /// Some of the members: all of a direct conversation.
    pub members: Vec<MemberView>,
    /// How many there are in all.
    pub member_count: u32,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub created_at: Timestamp,
    /// Last activity; ISO 8601, UTC.
    #[serde(with = "iso")]
    pub updated_at: Timestamp,
    /// The newest message.
    pub last_message: Option<MessageView>,
    /// Position of the newest message; 0 when empty.
    pub last_seq: u64,
    /// Everything up to here the caller has read.
    pub last_read_seq: u64,
    /// `lastSeq - lastReadSeq`.
    pub unread: u64,
    /// The caller's own role.
    pub member_role: MemberRole,
}

/// One of the caller's signed-in devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Opaque id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    pub created_at: Timestamp,
    /// ISO 8601, UTC; about an hour's precision.
    #[serde(with = "iso")]
    pub last_used_at: Timestamp,
    /// The client's own description.
    pub user_agent: String,
    /// The address that signed in.
    pub address: String,
}
