//! Who belongs to a conversation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use super::paging;
use crate::model::MemberRole;
use crate::model::view::MemberView;

/// A part of the members.
#[derive(Serialize, ToSchema)]
pub(super) struct Members {
    members: Vec<MemberView>,
    /// Ask with `cursor` for the following part; `null` at the end.
    next: Option<String>,
}

/// People to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct MembersAsked {
    /// Usernames, at most 200.
    #[schema(max_items = 200)]
    members: Vec<String>,
}

/// Who was added.
#[derive(Serialize, ToSchema)]
pub(super) struct MembersAdded {
    /// Those who were not members before.
    members: Vec<MemberView>,
}

/// What a member becomes.
#[derive(Deserialize, ToSchema)]
pub(super) struct MemberChange {
    role: MemberRole,
}

pub(super) async fn list(call: Call) -> Answer {
    let caller = call.caller()?;
    let query = call.query()?;
    let cursor = query.get("cursor").map(String::as_str);
    let limit = paging::limit(&query)?;
    let page = call
        .service()
        .members(caller, call.id("id")?, limit, cursor)?;
    answer::ok(&Members {
        members: page.items,
        next: page.next,
    })
}

pub(super) async fn add(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let MembersAsked { members } = call.json().await?;
    let members = call
        .service()
        .add_members(caller, conversation, members)
        .await?;
    answer::ok(&MembersAdded { members })
}

pub(super) async fn change(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let (conversation, user) = (call.id("id")?, call.id("userId")?);
    let MemberChange { role } = call.json().await?;
    answer::ok(
        &call
            .service()
            .set_member_role(caller, conversation, user, role)
            .await?,
    )
}

pub(super) async fn remove(call: Call) -> Answer {
    let caller = call.caller()?;
    let (conversation, user) = (call.id("id")?, call.id("userId")?);
    call.service()
        .remove_member(caller, conversation, user)
        .await?;
    answer::done()
}
