//! Messages: sending, changing and deleting them, reading them back, having read them.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::Failure;
use super::paging;
use crate::model::view::{MessageView, VersionView};
use crate::model::{MessageKind, Seq};
use crate::service::{NewMessage, ReadUpTo};

/// A message to be sent. Who sends it is said by the session alone.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageAsked {
    conversation_id: String,
    /// 1 to 8,000 characters, not blank; may be missing or empty beside files.
    #[schema(max_length = 8000)]
    #[serde(default)]
    content: String,
    /// Follows from the files; `image` and `file` need some.
    message_type: Option<MessageKind>,
    /// Ids of the sender's own finished uploads, each in one message only.
    #[schema(max_items = 10)]
    #[serde(default)]
    attachments: Vec<String>,
    /// The sender's own name for it, 1 to 64 characters: sending it twice stores it once.
    #[schema(min_length = 1, max_length = 64)]
    client_id: Option<String>,
}

/// What a message is to say from now on.
#[derive(Deserialize, ToSchema)]
pub(super) struct Words {
    /// 1 to 8,000 characters, not blank; with files it may be empty.
    #[schema(max_length = 8000)]
    content: String,
}

/// What a message has said.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageHistory)]
pub(super) struct History {
    /// Oldest first, the present one last; none of a deleted message.
    versions: Vec<VersionView>,
}

/// How far the caller has read: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadMark {
    /// Position of the newest message that was read.
    seq: Option<u64>,
    /// That message's id.
    message_id: Option<String>,
}

/// A page of a history.
#[derive(Serialize, ToSchema)]
#[schema(as = MessagePage)]
pub(super) struct Page {
    /// Oldest first.
    messages: Vec<MessageView>,
    /// Ask with `before` for older ones; `null` when there are none.
    before: Option<String>,
    /// Ask with `after` for newer ones; `null` when the page ends at the newest.
    after: Option<String>,
}

pub(super) async fn list(call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let query = call.query()?;
    let (at, limit) = (paging::place(&query)?, paging::limit(&query)?);
    let page = call.service().messages(caller, conversation, at, limit)?;
    let cursor = |seq: Seq| seq.0.to_string();
    answer::ok(&Page {
        messages: page.messages,
        before: page.before.map(cursor),
        after: page.after.map(cursor),
    })
}

pub(super) async fn send(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let asked: MessageAsked = call.json().await?;
    let new = NewMessage {
        conversation: asked
            .conversation_id
            .parse()
            .map_err(|_| Failure::not_found())?,
        content: asked.content,
        kind: asked.message_type.unwrap_or_default(),
        attachments: asked.attachments,
        client_id: asked.client_id,
    };
    let sent = call.service().send(caller, new).await?;
    let status = if sent.fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(answer::json(status, &sent.message))
}

pub(super) async fn edit(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let message = call.id("id")?;
    let Words { content } = call.json().await?;
    answer::ok(
        &call
            .service()
            .edit_message(caller, message, content)
            .await?,
    )
}

pub(super) async fn delete(call: Call) -> Answer {
    let caller = call.caller()?;
    let message = call.id("id")?;
    call.service().delete_message(caller, message).await?;
    answer::done()
}

pub(super) async fn history(call: Call) -> Answer {
    let caller = call.caller()?;
    let versions = call.service().message_history(caller, call.id("id")?)?;
    answer::ok(&History { versions })
}

pub(super) async fn mark_read(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let up_to = match call.json().await? {
        ReadMark {
            seq: Some(seq),
            message_id: None,
        } => ReadUpTo::Seq(Seq(seq)),
        ReadMark {
            seq: None,
            message_id: Some(id),
        } => ReadUpTo::Message(id.parse().map_err(|_| Failure::not_found())?),
        _ => {
            return Err(Failure::invalid_field(
                "seq",
                "Give either “seq” or “messageId”.",
            ));
        }
    };
    call.service()
        .mark_read(caller, conversation, up_to)
        .await?;
    answer::done()
}
