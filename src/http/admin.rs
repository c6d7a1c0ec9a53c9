//! What administrators see of the installation: people, groups, storage, health. No content.

use std::collections::HashMap;

use http::header::{CONTENT_TYPE, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use warp::reply::Response;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::Failure;
use super::paging;
use crate::base::clock::{Timestamp, iso};
use crate::base::{logging, process};
use crate::doctor::Check;
use crate::metrics::CONTENT_TYPE as CONTENT_TYPE_OF_METRICS;
use crate::model::certificate::CertificateState;
use crate::model::view::UserView;
use crate::model::{ConversationId, Role};
use crate::service::{
    AdminGroup, AdminPeople, AdminPerson, AdminStorage, Caller, PeopleAsked, Service, ServiceError,
    SetAside,
};

/// How many of these questions are answered at the same time.
pub(super) const TURNS: usize = 2;

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct Accounts {
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
pub(super) struct Person {
    #[serde(flatten)]
    user: UserView,
    /// On how many devices they are signed in.
    sessions: usize,
    /// Bytes of all their files.
    file_bytes: u64,
}

/// A page of groups.
#[derive(Serialize, ToSchema)]
pub(super) struct Groups {
    /// The last active first, of the 20,000 newest conversations.
    groups: Vec<Group>,
    /// For the following page; `null` at the end.
    next: Option<String>,
}

/// A group from outside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    /// Opaque id.
    #[schema(value_type = String)]
    id: ConversationId,
    title: String,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
    /// Whether everybody joins it.
    everyone: bool,
    member_count: u32,
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

/// What lies on the disk, in bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StorageState {
    /// The database: messages, accounts, the log.
    messages: u64,
    /// What of it is rows, in bytes; the rest is dead, or the engine's. `null` until it is counted.
    message_rows: Option<u64>,
    /// Whether space is being given back.
    compacting: bool,
    /// The contents of files, each once.
    files: u64,
    /// The search index.
    search_index: u64,
    /// Free on the disk.
    free: u64,
    /// The disk.
    total: u64,
    /// When less is free, uploads stop.
    reserve: u64,
    /// The largest file that is taken.
    max_file: u64,
    /// What one person's files may take; `null` if only the disk ends it.
    quota: Option<u64>,
    /// What all files count to those who sent them.
    counted: u64,
    /// How many days the free room lasts, at the pace of all days so far; `null` in the first days,
    /// and when nothing is used.
    lasts_days: Option<u64>,
    /// When this installation was made.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Up to twenty who keep most.
    people: Vec<Keeper>,
}

/// Somebody and their files.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keeper {
    user: UserView,
    /// Bytes of all their files.
    file_bytes: u64,
}

/// How the server is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerHealth {
    version: &'static str,
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// How many people are here.
    people_online: usize,
    /// How many realtime connections they have.
    connections: usize,
    /// Bytes of memory in use; `null` where the system doesn't say.
    memory: Option<u64>,
    /// How many events have happened.
    events: u64,
    /// How many of them the search index doesn't have yet.
    search_lag: u64,
    /// Whether the index is still being built.
    indexing: bool,
    /// How many failures were logged since the start.
    errors: u64,
    /// What is around the server, and what to do about it; at most twenty seconds old.
    checks: Vec<Check>,
    /// Databases that were damaged or replaced, and are kept in the data folder until somebody moves them
    /// away.
    set_aside: Vec<KeptDatabase>,
    /// The certificate of a public authority; `null` when none is asked for.
    certificate: Option<CertificateState>,
}

/// A database that is kept and not used.
#[derive(Serialize, ToSchema)]
pub(super) struct KeptDatabase {
    /// The name of its folder.
    name: String,
    /// What happened, for people.
    why: String,
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
        } = person;
        Self {
            user,
            sessions,
            file_bytes,
        }
    }
}

impl From<AdminGroup> for Group {
    fn from(group: AdminGroup) -> Self {
        Self {
            id: group.id,
            title: group.title,
            avatar_url: group.avatar_url,
            everyone: group.everyone,
            member_count: group.member_count,
            messages: group.messages,
            created_at: group.created_at,
            last_activity_at: group.last_activity_at,
            file_bytes: group.file_bytes,
            member: group.member,
        }
    }
}

/// Asks the service on a thread that may block; few do at a time, the others wait.
pub(super) async fn ask<T: Send + 'static>(
    call: &Call,
    work: impl FnOnce(&Service, Caller) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Failure> {
    let caller = call.caller()?;
    // Nobody else stands in their way.
    call.service().may_administrate(caller)?;
    let turn = call.admin_turn().await;
    let service = call.service().clone();
    let asked = tokio::task::spawn_blocking(move || {
        let answer = work(&service, caller);
        drop(turn);
        answer
    });
    // The panic hook has logged it.
    let broke = |_| ServiceError::Internal("an administrator's question broke off".into());
    Ok(asked.await.map_err(broke)??)
}

pub(super) async fn people(call: Call) -> Answer {
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

fn bad_cursor() -> Failure {
    Failure::invalid_field("cursor", "This is not from the page before.")
}

pub(super) async fn groups(call: Call) -> Answer {
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

pub(super) async fn storage(call: Call) -> Answer {
    let search = call.searches().search().clone();
    let (state, search_index) = ask(&call, move |service, caller| {
        let state = service.admin_storage(caller)?;
        Ok((state, search.disk_bytes()))
    })
    .await?;
    let lasts_days = lasts_days(&state, search_index);
    let keepers = state.top.into_iter();
    answer::ok(&StorageState {
        messages: state.messages.disk,
        message_rows: state.messages.rows,
        compacting: state.compacting,
        files: state.files_bytes,
        search_index,
        free: state.free_bytes,
        total: state.total_bytes,
        reserve: state.reserve_bytes,
        max_file: state.max_file_bytes,
        quota: state.quota_bytes,
        counted: state.people_bytes,
        lasts_days,
        since: state.since,
        people: keepers
            .map(|(user, file_bytes)| Keeper { user, file_bytes })
            .collect(),
    })
}

/// The least age of an installation of which a pace can be told, in days.
const DAYS_LEAST: u64 = 3;

/// How many days the room lasts that is free above the reserve, if as much is added each day as
/// was on average so far.
fn lasts_days(state: &AdminStorage, search_index: u64) -> Option<u64> {
    let days = state.now.since(state.since).as_secs() / (24 * 60 * 60);
    let used = state.messages.disk + state.files_bytes + search_index;
    let room = state.free_bytes.saturating_sub(state.reserve_bytes);
    let lasts = u128::from(room) * u128::from(days) / u128::from(used.max(1));
    (days >= DAYS_LEAST && used > 0).then(|| u64::try_from(lasts).unwrap_or(u64::MAX))
}

pub(super) async fn health(call: Call) -> Answer {
    let search = call.searches().search().clone();
    let (started_at, certificate) = (call.started_at(), call.certificate());
    let seen = ask(&call, move |service, caller| {
        let seen = service.admin_presence(caller)?;
        let set_aside = service.set_asides().into_iter();
        let set_aside = set_aside.map(|SetAside { name, why }| KeptDatabase { name, why });
        Ok((seen, process::resident_bytes(), set_aside.collect()))
    });
    let ((people_online, connections, events), memory, set_aside) = seen.await?;
    let mut checks = call.settings().doctor.recent().await;
    checks.insert(0, call.settings().doctor.of_request(call.way()));
    answer::ok(&ServerHealth {
        version: env!("CARGO_PKG_VERSION"),
        started_at,
        people_online,
        connections,
        memory,
        events,
        search_lag: search.lag(),
        indexing: search.is_indexing(),
        errors: logging::errors(),
        set_aside,
        checks,
        certificate,
    })
}

/// Begins to give space back.
pub(super) async fn compact(call: Call) -> Answer {
    ask(&call, Service::compact).await?;
    answer::done()
}

/// The page of numbers that a monitoring system reads.
pub(super) async fn metrics(call: Call) -> Answer {
    call.service().may_administrate(call.caller()?)?;
    let scrape = call.settings().scrape.as_ref();
    let scrape = scrape.ok_or_else(Failure::not_found)?;
    let broke = || Failure::internal("composing the numbers broke off");
    let page = scrape.page().await.ok_or_else(broke)?;
    let mut response = Response::new(page.into());
    let kind = HeaderValue::from_static(CONTENT_TYPE_OF_METRICS);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

/// Ends all sessions of somebody.
pub(super) async fn end_sessions(call: Call) -> Answer {
    let actor = call.caller()?.actor();
    let user = call.id("id")?;
    call.service().end_sessions_of(actor, user).await?;
    answer::done()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::service::Occupied;

    const DAY: u64 = 86_400_000;
    const GIB: u64 = 1 << 30;

    fn state(days: u64, used: u64, free: u64) -> AdminStorage {
        AdminStorage {
            messages: Occupied {
                rows: None,
                disk: used,
                born: 0,
            },
            compacting: false,
            files_bytes: 0,
            people_bytes: 0,
            free_bytes: free,
            total_bytes: 100 * GIB,
            reserve_bytes: GIB,
            max_file_bytes: 0,
            quota_bytes: None,
            since: Timestamp(5 * DAY),
            now: Timestamp((5 + days) * DAY),
            top: Vec::new(),
        }
    }

    #[test]
    fn room_lasts_as_long_as_the_pace_so_far_says() {
        assert_eq!(lasts_days(&state(10, GIB, 11 * GIB), 0), Some(100));
        assert_eq!(lasts_days(&state(10, GIB, 11 * GIB), GIB), Some(50));
        assert_eq!(lasts_days(&state(10, GIB, GIB / 2), 0), Some(0));
        assert_eq!(lasts_days(&state(2, GIB, 11 * GIB), 0), None, "too young");
        assert_eq!(lasts_days(&state(10, 0, 11 * GIB), 0), None, "nothing used");
        assert_eq!(
            lasts_days(&state(10, 1, u64::MAX), 0),
            Some(u64::MAX),
            "no overflow"
        );
    }
}
