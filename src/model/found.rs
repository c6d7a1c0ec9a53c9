//! What a search found, as it goes over the wire.

use serde::Serialize;
use ts_rs::TS;
use utoipa::ToSchema;

use super::ids::ConversationId;
use super::view::{MessageView, SenderView};

/// A conversation as it stands beside a message that was found there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationBrief {
    /// Opaque id.
    #[schema(value_type = String)]
    #[ts(type = "string")]
    pub id: ConversationId,
    /// A group's name.
    pub title: Option<String>,
    /// Group or direct.
    pub is_group: bool,
    /// How many members there are.
    pub member_count: u32,
    /// The other person of a direct one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub with: Option<SenderView>,
    /// Where a group's face is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar_url: Option<String>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
pub struct SearchHit {
    /// As it is now.
    pub message: MessageView,
    /// Where it is.
    pub conversation: ConversationBrief,
    /// What to mark in the message's content: from and to, in UTF-16 units, in order, apart from
    /// each other.
    #[ts(type = "[number, number][]")]
    pub highlights: Vec<[usize; 2]>,
}

/// A page of what a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// The newest first. There may be fewer than asked for, even none, although more follow.
    pub hits: Vec<SearchHit>,
    /// Ask with `cursor` for the following page; `null` when nothing more is there.
    pub next: Option<String>,
    /// How long the search took, in milliseconds.
    #[ts(type = "number")]
    pub took_ms: u64,
    /// Whether some messages can't be found yet, because the index is being built.
    pub indexing: bool,
}
