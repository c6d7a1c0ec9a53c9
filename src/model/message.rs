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
    /// 1 to 8,000 characters.
    pub content: String,
    /// Files that it carries.
    pub attachments: Vec<FileId>,
    /// The sender's own name for it.
    pub client_id: Option<ClientId>,
    /// The message it answers, in the same conversation.
    pub reply_to: Option<Seq>,
    /// An end-to-end encrypted body in place of `content`.
    pub sealed: Option<Vec<u8>>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it was last changed; equals `created_at` if never.
    pub updated_at: Timestamp,
    /// When its author took it back. The content is gone then.
    pub deleted_at: Option<Timestamp>,
}
