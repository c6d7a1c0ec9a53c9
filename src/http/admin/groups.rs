//! Groups from outside: what they are called and how much they are used, never what was written.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::answer::{self, Answer};
use super::super::call::Call;
use super::super::error::Failure;
use super::super::paging;
use super::{ask, bad_cursor};
use crate::base::clock::{Timestamp, iso};
use crate::model::view::UserView;
use crate::model::{ConversationId, MemberRole, UserId};
use crate::service::{AdminGroup, GroupMember};

/// A page of groups.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Groups {
    /// The last active first, of the 20,000 newest conversations.
    groups: Vec<Group>,
    /// For the following page; `null` at the end.
    next: Option<String>,
}

/// A group from outside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Group {
    /// Opaque id.
    #[schema(value_type = String)]
    id: ConversationId,
    title: String,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
    /// Whether everybody joins it.
    everyone: bool,
    /// Whether it was archived for everybody in it.
    read_only: bool,
    member_count: u32,
    /// Its owners whose accounts are not disabled; `null` if there are too many members to look at.
    owners: Option<Vec<UserView>>,
    /// How many messages were sent in it, deleted ones too.
    messages: u64,
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    last_activity_at: Timestamp,
    /// Bytes of its files; `null` if there are too many to count.
    file_bytes: Option<u64>,
    /// Whether the caller is in it.
    member: bool,
}

/// A page of those who are in a group.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct GroupMembers {
    /// By when their accounts were made.
    members: Vec<InGroup>,
    /// For the following page; `null` at the end.
    next: Option<String>,
}

/// Somebody in a group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct InGroup {
    #[serde(flatten)]
    user: UserView,
    member_role: MemberRole,
}

/// What becomes of a group.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct GroupChange {
    /// Whether it is archived for everybody in it: it is read, and nobody writes.
    read_only: bool,
}

/// Who is to own a group.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct NewOwner {
    /// A member whose account is not disabled.
    user_id: String,
}

impl From<AdminGroup> for Group {
    fn from(group: AdminGroup) -> Self {
        Self {
            id: group.id,
            title: group.title,
            avatar_url: group.avatar_url,
            everyone: group.everyone,
            read_only: group.read_only,
            member_count: group.member_count,
            owners: group.owners,
            messages: group.messages,
            created_at: group.created_at,
            last_activity_at: group.last_activity_at,
            file_bytes: group.file_bytes,
            member: group.member,
        }
    }
}

pub(in crate::http) async fn list(call: Call) -> Answer {
    let query = call.query()?;
    let limit = paging::limit(&query)?;
    let offset = query.get("cursor").map_or(Ok(0), |text| text.parse());
    let offset = offset.map_err(|_| bad_cursor())?;
    let page = ask(&call, move |service, caller| {
        service.admin_groups(caller, limit, offset)
    })
    .await?;
    answer::ok(&Groups {
        groups: page.items.into_iter().map(Group::from).collect(),
        next: page.next,
    })
}

pub(in crate::http) async fn members(call: Call) -> Answer {
    call.caller()?;
    let query = call.query()?;
    let (group, limit) = (call.id("id")?, paging::limit(&query)?);
    let after = query.get("cursor").map(|id| id.parse()).transpose();
    let after = after.map_err(|_| bad_cursor())?;
    let page = ask(&call, move |service, caller| {
        service.admin_group_members(caller, group, limit, after)
    })
    .await?;
    let members = page.items.into_iter();
    answer::ok(&GroupMembers {
        members: members
            .map(|GroupMember { user, role }| InGroup {
                user,
                member_role: role,
            })
            .collect(),
        next: page.next,
    })
}

pub(in crate::http) async fn change(mut call: Call) -> Answer {
    let (caller, group) = (call.caller()?, call.id("id")?);
    let GroupChange { read_only } = call.json().await?;
    let group = call.service().set_read_only(caller, group, read_only);
    answer::ok(&Group::from(group.await?))
}

pub(in crate::http) async fn delete(call: Call) -> Answer {
    let (caller, group) = (call.caller()?, call.id("id")?);
    call.service().delete_group(caller, group).await?;
    answer::done()
}

pub(in crate::http) async fn give_owner(mut call: Call) -> Answer {
    let (caller, group) = (call.caller()?, call.id("id")?);
    let NewOwner { user_id } = call.json().await?;
    let nobody = || Failure::invalid_field("userId", "This is nobody's id.");
    let user: UserId = user_id.parse().map_err(|_| nobody())?;
    let group = call.service().give_owner(caller, group, user);
    answer::ok(&Group::from(group.await?))
}
