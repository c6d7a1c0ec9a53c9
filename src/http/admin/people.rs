//! Accounts, with what they take: who is where signed in, how much they may keep.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::answer::{self, Answer};
use super::super::call::Call;
use super::super::error::Failure;
use super::super::paging;
use super::{ask, bad_cursor};
use crate::model::Role;
use crate::model::view::UserView;
use crate::service::{AdminPeople, AdminPerson, PeopleAsked, Quota};

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Accounts {
    /// By name.
    people: Vec<Person>,
    /// How many there are on all pages.
    total: usize,
    /// For the following page; `null` at the end.
    next: Option<String>,
}

/// An account, and what it takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Person {
    #[serde(flatten)]
    user: UserView,
    /// On how many devices they are signed in.
    sessions: usize,
    /// Bytes of all their files.
    file_bytes: u64,
    #[serde(flatten)]
    limit: Limit,
}

/// How much somebody may keep.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Limit {
    /// In bytes; `null` if only the disk ends it.
    quota: Option<u64>,
    /// Whether it was settled for this person; else it is everybody's.
    own_quota: bool,
}

/// What somebody may keep from now on.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct QuotaAsked {
    /// All their files together; at most a pebibyte.
    #[schema(maximum = 1_125_899_906_842_624_u64)]
    bytes: u64,
}

/// Which accounts.
#[derive(Deserialize)]
struct OfRole {
    role: Role,
}

impl From<AdminPerson> for Person {
    fn from(person: AdminPerson) -> Self {
        let AdminPerson {
            user,
            sessions,
            file_bytes,
            quota,
        } = person;
        Self {
            user,
            sessions,
            file_bytes,
            limit: quota.into(),
        }
    }
}

impl From<Quota> for Limit {
    fn from(quota: Quota) -> Self {
        Self {
            quota: quota.bytes,
            own_quota: quota.is_own,
        }
    }
}

pub(in crate::http) async fn people(call: Call) -> Answer {
    let query = call.query()?;
    let after = query.get("cursor").map(|id| id.parse()).transpose();
    let after = after.map_err(|_| bad_cursor())?;
    let asked = PeopleAsked {
        query: query.get("q").cloned().unwrap_or_default(),
        role: role(&query)?,
        after,
        limit: paging::limit(&query)?,
    };
    let AdminPeople {
        people,
        total,
        next,
    } = ask(&call, move |service, caller| {
        service.admin_people(caller, &asked)
    })
    .await?;
    answer::ok(&Accounts {
        people: people.into_iter().map(Person::from).collect(),
        total,
        next: next.map(|id| id.to_string()),
    })
}

fn role(query: &HashMap<String, String>) -> Result<Option<Role>, Failure> {
    let Some(role) = query.get("role") else {
        return Ok(None);
    };
    let pair = [("role", role)];
    let read = serde_urlencoded::to_string(pair).ok();
    let read = read.and_then(|text| serde_urlencoded::from_str::<OfRole>(&text).ok());
    let read = read.ok_or_else(|| Failure::invalid_field("role", "It is “admin” or “member”."))?;
    Ok(Some(read.role))
}

/// Ends all sessions of somebody.
pub(in crate::http) async fn end_sessions(call: Call) -> Answer {
    let actor = call.caller()?.actor();
    let user = call.id("id")?;
    call.service().end_sessions_of(actor, user).await?;
    answer::done()
}

/// Ends everybody's sessions but the one that asks.
pub(in crate::http) async fn end_all_sessions(call: Call) -> Answer {
    call.service().end_all_sessions(call.caller()?).await?;
    answer::done()
}

/// Lets somebody keep more or less than others.
pub(in crate::http) async fn set_quota(mut call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.id("id")?);
    let QuotaAsked { bytes } = call.json().await?;
    call.service().set_quota(caller, user, Some(bytes)).await?;
    answer::done()
}

/// Lets somebody keep what everybody may.
pub(in crate::http) async fn remove_quota(call: Call) -> Answer {
    let (caller, user) = (call.caller()?, call.id("id")?);
    call.service().set_quota(caller, user, None).await?;
    answer::done()
}
