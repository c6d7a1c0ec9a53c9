//! Messages as they are kept.

use super::ids::{ClientId, FileId, MessageId, Seq, UserId};
use crate::base::clock::Timestamp;

/// What a message is, in the origin's words.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageType)]
#[ts(rename = "MessageType")]
pub enum MessageKind {
    /// Words.
    #[default]
    Text,
    /// One or more pictures.
    Image,
    /// Any other files.
    File,
}

/// A message, stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place: conversation and position.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: UserId,
    /// What kind.
    pub kind: MessageKind,
    /// Up to 8,000 characters; empty when it carries files only, or is deleted.
    pub content: String,
    /// Files that it carries.
    pub attachments: Vec<FileId>,
    /// Whom it names.
    pub mentions: Mentions,
    /// The sender's own name for it.
    pub client_id: Option<ClientId>,
    /// The message it answers, in the same conversation.
    pub reply_to: Option<Seq>,
    /// An end-to-end encrypted body in place of `content`.
    pub sealed: Option<Vec<u8>>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When its content was last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted. What it said and carried is gone then.
    pub deleted_at: Option<Timestamp>,
}

impl Message {
    /// Since when it has been what it is.
    pub fn changed_at(&self) -> Timestamp {
        self.deleted_at
            .or(self.edited_at)
            .unwrap_or(self.created_at)
    }

    /// What is left of it when it is deleted: its place, its sender and the sender's name for it.
    #[must_use]
    pub fn erased(self, at: Timestamp) -> Self {
        Self {
            kind: MessageKind::Text,
            content: String::new(),
            attachments: Vec::new(),
            mentions: Mentions::default(),
            reply_to: None,
            sealed: None,
            edited_at: None,
            deleted_at: Some(at),
            ..self
        }
    }
}

/// Whom a message names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Members, each once; never its sender.
    pub users: Vec<UserId>,
    /// Everybody in the group.
    pub all: bool,
}

/// What a message said for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its words.
    pub content: String,
    /// Since when.
    pub at: Timestamp,
}

impl From<Message> for Version {
    fn from(message: Message) -> Self {
        let at = message.changed_at();
        let content = message.content;
        Self { content, at }
    }
}
