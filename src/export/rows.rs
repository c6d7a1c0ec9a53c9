//! The lines for programs. Field names are those of the protocol where it has the thing; nothing is ever
//! renamed or removed, fields may be added. No secrets: neither passwords nor links, sessions, drafts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::base::clock::{Timestamp, iso, iso_option};
use crate::model::{
    self, Account, ConversationId, FileClass, FileId, FileUse, MemberRole, MessageId, MessageKind,
    Role, Seq, UserId, Version,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person<'a> {
    id: UserId,
    username: &'a str,
    display_name: &'a str,
    role: Role,
    disabled: bool,
    #[serde(with = "iso")]
    created_at: Timestamp,
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<FileId>,
}

impl<'a> From<&'a Account> for Person<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            id: account.id,
            username: &account.username,
            display_name: &account.display_name,
            role: account.role,
            disabled: account.disabled,
            created_at: account.created_at,
            last_seen_at: account.last_seen_at,
            avatar: account.avatar,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[serde(rename = "userId")]
    pub user: UserId,
    role: MemberRole,
    #[serde(with = "iso")]
    joined_at: Timestamp,
    last_read_seq: Seq,
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    last_read_at: Option<Timestamp>,
}

impl From<&model::Member> for Member {
    fn from(member: &model::Member) -> Self {
        Self {
            user: member.user,
            role: member.role,
            joined_at: member.joined_at,
            last_read_seq: member.last_read_seq,
            last_read_at: member.last_read_at,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation<'a> {
    id: ConversationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    is_group: bool,
    everyone: bool,
    #[serde(with = "iso")]
    created_at: Timestamp,
    #[serde(with = "iso")]
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<FileId>,
    messages: u64,
    members: &'a [Member],
}

impl<'a> Conversation<'a> {
    pub fn new(conversation: &'a model::Conversation, members: &'a [Member]) -> Self {
        Self {
            id: conversation.id,
            title: conversation.title.as_deref(),
            is_group: conversation.is_group,
            everyone: conversation.everyone,
            created_at: conversation.created_at,
            updated_at: conversation.updated_at,
            avatar: conversation.avatar,
            messages: conversation.last_seq.0,
            members,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    id: MessageId,
    conversation_id: ConversationId,
    seq: Seq,
    sender_id: UserId,
    #[serde(rename = "type")]
    kind: MessageKind,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    files: &'a [FileId],
    #[serde(skip_serializing_if = "Mentions::is_empty")]
    mentions: Mentions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(with = "iso")]
    created_at: Timestamp,
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    edited_at: Option<Timestamp>,
    #[serde(with = "iso_option", skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<Before<'a>>,
}

/// Whom a message names.
#[derive(Serialize)]
struct Mentions<'a> {
    users: &'a [UserId],
    all: bool,
}

impl Mentions<'_> {
    fn is_empty(&self) -> bool {
        self.users.is_empty() && !self.all
    }
}

/// What a message said before it was changed, the oldest first.
#[derive(Serialize)]
struct Before<'a> {
    content: &'a str,
    #[serde(with = "iso")]
    at: Timestamp,
}

impl<'a> Message<'a> {
    pub fn new(message: &'a model::Message, versions: &'a [Version]) -> Self {
        let conversation = message.id.conversation;
        let place = |seq| MessageId { conversation, seq };
        let before = |version: &'a Version| Before {
            content: &version.content,
            at: version.at,
        };
        Self {
            id: message.id,
            conversation_id: conversation,
            seq: message.id.seq,
            sender_id: message.sender,
            kind: message.kind,
            content: &message.content,
            encrypted: message.sealed.as_ref().map(|body| STANDARD.encode(body)),
            files: &message.attachments,
            mentions: Mentions {
                users: &message.mentions.users,
                all: message.mentions.all,
            },
            reply_to: message.reply_to.map(place),
            created_at: message.created_at,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            versions: versions.iter().map(before).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File<'a> {
    id: FileId,
    name: &'a str,
    /// Where it is, below the folder; `null` if its content is lost.
    path: Option<&'a str>,
    mime_type: &'a str,
    kind: FileClass,
    bytes: u64,
    sha256: String,
    owner_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(with = "iso")]
    created_at: Timestamp,
}

impl<'a> File<'a> {
    pub fn new(file: &'a model::File, path: Option<&'a str>) -> Self {
        Self {
            id: file.id,
            name: &file.name,
            path,
            mime_type: &file.mime,
            kind: file.class,
            bytes: file.size,
            sha256: crate::blobs::BlobHash(file.hash).to_string(),
            owner_id: file.owner,
            message_id: match file.used {
                FileUse::Message(id) => Some(id),
                _ => None,
            },
            width: file.sides.map(|(width, _)| width),
            height: file.sides.map(|(_, height)| height),
            created_at: file.created_at,
        }
    }
}
