//! What goes over the wire: one shape per thing, the same through both doors.
//!
//! Field names are the origin's and never change; fields may be added.

use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

use super::account::Role;
use super::conversation::MemberRole;
use super::file::FileClass;
use super::ids::{ConversationId, FileId, InviteId, MessageId, SessionId, UserId};
use super::message::MessageKind;
use crate::base::clock::{Timestamp, iso, iso_option};

/// Who wrote a message, as it is embedded in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sender)]
#[ts(rename = "Sender")]
pub struct SenderView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: UserId,
    /// Unique name for signing in and mentions.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// The same as `displayName`, under the origin's name.
    pub name: String,
    /// Where their face is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar_url: Option<String>,
}

/// A smaller still of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[schema(as = Thumbnail)]
#[ts(rename = "Thumbnail")]
pub struct ThumbnailView {
    /// Where it is.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A file as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[schema(as = File)]
#[ts(rename = "File")]
pub struct FileView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: FileId,
    /// At most 255 bytes, safe as a file's name.
    pub name: String,
    /// Media type, told by its content.
    pub mime: String,
    /// In bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// `image`, `video`, `audio` or `file`.
    pub kind: FileClass,
    /// Where it is, for those who may see it.
    pub url: String,
    /// Of a picture, in pixels as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub width: Option<u32>,
    /// Of a picture, in pixels as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub height: Option<u32>,
    /// A blurred preview of a picture: a `ThumbHash` in base 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub placeholder: Option<String>,
    /// Smaller stills of a picture, the smallest first.
    pub thumbnails: Vec<ThumbnailView>,
}

/// The message that a file was sent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "FileSource")]
pub struct FileSource {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: MessageId,
    /// Its position in the conversation.
    #[ts(type = "number")]
    pub seq: u64,
    /// Who sent it.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub sender_id: UserId,
    /// Who sent it, in full.
    pub sender: SenderView,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
}

/// A file where it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[schema(as = SentFile)]
#[ts(rename = "SentFile")]
pub struct SentFileView {
    /// The file.
    #[serde(flatten)]
    pub file: FileView,
    /// Its message.
    pub message: FileSource,
}

/// A message as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
#[ts(rename = "Message")]
pub struct MessageView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: MessageId,
    /// Position in the conversation: 1, 2, 3 … without gaps.
    #[ts(type = "number")]
    pub seq: u64,
    /// Where it is.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub conversation_id: ConversationId,
    /// Who wrote it.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub sender_id: UserId,
    /// Who wrote it, in full.
    pub sender: SenderView,
    /// The words; empty when it is deleted.
    pub content: String,
    /// `text`, `image` or `file`.
    pub message_type: MessageKind,
    /// Files.
    pub attachments: Vec<FileView>,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub updated_at: Timestamp,
    /// When its words were last changed; ISO 8601, UTC.
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[ts(optional, type = "string")]
    pub edited_at: Option<Timestamp>,
    /// When it was deleted; nothing of what it said is left then. ISO 8601, UTC.
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[ts(optional, type = "string")]
    pub deleted_at: Option<Timestamp>,
    /// Ids of the members that it names, and `all` if it names everybody.
    pub mentions: Vec<String>,
    /// The sender's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_id: Option<String>,
}

/// What the caller began to write in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Draft)]
#[ts(rename = "Draft")]
pub struct DraftView {
    /// Where.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub conversation_id: ConversationId,
    /// The words; empty when there is no draft any more.
    pub content: String,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub updated_at: Timestamp,
}

/// What a message said for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[schema(as = MessageVersion)]
#[ts(rename = "MessageVersion")]
pub struct VersionView {
    /// The words.
    pub content: String,
    /// Since when; ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
#[ts(rename = "User")]
pub struct UserView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
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
    #[schema(value_type = Option<String>, format = DateTime)]
    #[ts(type = "string | null")]
    pub last_seen_at: Option<Timestamp>,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// Where their face is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar_url: Option<String>,
}

/// A member of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
#[ts(rename = "Member")]
pub struct MemberView {
    /// The person.
    #[serde(flatten)]
    pub user: UserView,
    /// `owner` or `member`.
    pub member_role: MemberRole,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub joined_at: Timestamp,
    /// ISO 8601, UTC.
    #[serde(with = "iso_option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[ts(type = "string | null")]
    pub last_read_at: Option<Timestamp>,
    /// Everything up to here they have read.
    #[ts(type = "number")]
    pub last_read_seq: u64,
}

/// A conversation as the caller sees it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the wire's names, each on its own"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Conversation)]
#[ts(rename = "Conversation")]
pub struct ConversationView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
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
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// Last activity; ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub updated_at: Timestamp,
    /// The newest message.
    pub last_message: Option<MessageView>,
    /// Position of the newest message; 0 when empty.
    #[ts(type = "number")]
    pub last_seq: u64,
    /// Everything up to here the caller has read, or left unmarked.
    #[ts(type = "number")]
    pub last_read_seq: u64,
    /// `lastSeq - lastReadSeq`.
    #[ts(type = "number")]
    pub unread: u64,
    /// Unread messages that name the caller; 100 stands for 100 or more.
    #[ts(type = "number")]
    pub mentions: u64,
    /// Whether the caller wants no noise from it.
    pub muted: bool,
    /// Whether the caller wants it on top.
    pub pinned: bool,
    /// Whether the caller put it away. A new message brings it back, unless it is muted.
    pub archived: bool,
    /// Whether an administrator archived it for everybody: it is read, and nobody writes.
    pub read_only: bool,
    /// The caller's own role.
    pub member_role: MemberRole,
    /// Where a group's face is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar_url: Option<String>,
}

/// One of the caller's signed-in devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
#[ts(rename = "Session")]
pub struct SessionView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// ISO 8601, UTC; about an hour's precision.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub last_used_at: Timestamp,
    /// The client's own description.
    pub user_agent: String,
    /// The address that signed in.
    pub address: String,
}

/// An invite, to those who may hand it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invite)]
#[ts(rename = "Invite")]
pub struct InviteView {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: InviteId,
    /// The secret in its link.
    pub code: String,
    /// What to send to the people that are invited.
    pub link: String,
    /// The group it leads to, besides "Everyone".
    #[schema(value_type = Option<String>)]
    #[ts(type = "string | null")]
    pub conversation_id: Option<ConversationId>,
    /// Who made it.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub created_by: UserId,
    /// ISO 8601, UTC.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// When it stops working; ISO 8601, UTC.
    #[serde(with = "iso_option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in.
    pub max_uses: Option<u32>,
    /// How many it let in so far.
    pub uses: u32,
}

/// What went wrong, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
#[schema(as = Error)]
#[ts(rename = "ErrorDetail")]
pub struct ErrorView {
    /// Stable name of the fault.
    pub code: String,
    /// A sentence for people that says what to do.
    pub message: String,
    /// The field or parameter to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// The limit that was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub limit: Option<u64>,
    /// Seconds until trying again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub retry_after: Option<u64>,
    /// Names the request in the server's log, where the fault is the server's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
}

/// The body of each answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[ts(rename = "ErrorBody")]
pub struct ErrorAnswer {
    /// What went wrong.
    pub error: ErrorView,
}
