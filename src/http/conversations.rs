//! Conversations: making them, listing them, naming them.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use super::paging;
use crate::model::view::ConversationView;
use crate::service::NewConversation;

/// A conversation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationAsked {
    /// 1 to 100 characters, for a group.
    #[schema(min_length = 1, max_length = 100)]
    title: Option<String>,
    /// Group or direct.
    is_group: bool,
    /// Usernames of the others: one for a direct conversation, at most 200 for a group.
    #[schema(max_items = 200)]
    members: Vec<String>,
}

/// A new name.
#[derive(Deserialize, ToSchema)]
pub(super) struct Title {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    title: String,
}

/// A part of the caller's conversations.
#[derive(Serialize, ToSchema)]
pub(super) struct Conversations {
    /// The newest activity first, with up to 20 members each.
    conversations: Vec<ConversationView>,
    /// Ask with `cursor` for the following part; `null` at the end.
    next: Option<String>,
}

pub(super) async fn list(call: Call) -> Answer {
    let caller = call.caller()?;
    let query = call.query()?;
    let cursor = query.get("cursor").map(String::as_str);
    let page = call
        .service()
        .conversations(caller, paging::limit(&query)?, cursor)
        .await?;
    answer::ok(&Conversations {
        conversations: page.items,
        next: page.next,
    })
}

pub(super) async fn create(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let ConversationAsked {
        title,
        is_group,
        members,
    } = call.json().await?;
    let new = NewConversation {
        title,
        is_group,
        members,
    };
    let opened = call.service().create_conversation(caller, new).await?;
    let status = if opened.fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(answer::json(status, &opened.conversation))
}

pub(super) async fn show(call: Call) -> Answer {
    let caller = call.caller()?;
    answer::ok(&call.service().conversation(caller, call.id("id")?)?)
}

pub(super) async fn rename(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let Title { title } = call.json().await?;
    answer::ok(
        &call
            .service()
            .rename_conversation(caller, conversation, title)
            .await?,
    )
}
