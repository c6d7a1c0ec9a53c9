//! What administrators see of the installation: people, room on the disk. Groups are in `groups`.
//!
//! All of it blocks and may read a lot, within bounds: call it on a thread for that.

use std::cmp::Reverse;

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::require_admin;
use super::{
    AdminKeeper, AdminPeople, AdminPerson, AdminStorage, Answer, Caller, PeopleAsked, Service,
    ServiceError, SetAside,
};
use crate::base::clock::Timestamp;
use crate::model::ids::{SessionId, UserId};
use crate::model::{Actor, EventBody, Session, SessionEnd};
use crate::store::{Reads, files, sessions};

/// How many of those who keep most are named.
const TOP: usize = 20;

/// Of how many people the sessions end together.
const PEOPLE_AT_ONCE: usize = 50;

impl Service {
    /// Whether the caller may ask any of this. Errors: `forbidden`.
    pub fn may_administrate(&self, caller: Caller) -> Answer<()> {
        require_admin(&self.0.store.view(), caller.actor())
    }

    pub(super) fn require_admin_now(&self, caller: Caller) -> Answer<()> {
        self.limit(LimitedAction::Manage, LimitKey::user(caller.user))?;
        require_admin(&self.0.store.view(), caller.actor())
    }

    /// Accounts by name, with what they take. Errors: `forbidden`, fields.
    pub fn admin_people(&self, caller: Caller, asked: &PeopleAsked) -> Answer<AdminPeople> {
        self.require_admin_now(caller)?;
        let limit = fields::page_limit(asked.limit)?;
        fields::bounded("q", &asked.query, 0, fields::DISPLAY_NAME_MAX)?;
        let found = self.0.directory.search(&asked.query, usize::MAX, true);
        let mut found: Vec<_> = found
            .into_iter()
            .filter(|person| asked.role.is_none_or(|role| person.role == role))
            .collect();
        let total = found.len();
        if let Some(after) = asked.after {
            let known = found.iter().position(|person| person.id == after);
            let message = "This is not from the page before.";
            let field = "cursor";
            let at = known.ok_or(ServiceError::InvalidField { field, message })?;
            found.drain(..=at);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| last.id);
        let state = self.0.store.view();
        let people: Answer<Vec<_>> = found
            .into_iter()
            .map(|person| {
                Ok(AdminPerson {
                    sessions: self.open_sessions(&state, person.id)?,
                    file_bytes: files::usage(&state, person.id)?,
                    quota: self.quota_of(&state, person.id)?,
                    user: self.person_view(person),
                })
            })
            .collect();
        Ok(AdminPeople {
            people: people?,
            total,
            next,
        })
    }

    fn open_sessions(&self, state: &dyn Reads, user: UserId) -> Answer<usize> {
        let (now, idle) = (self.0.clock.now(), self.session_idle());
        let open = sessions::of_user(state, user)?.into_iter();
        Ok(open
            .filter(|session| now.since(session.last_used_at) < idle)
            .count())
    }

    /// Ends all sessions of somebody; of the caller's own all but the one that asks.
    /// Errors: `forbidden`, `not_found`.
    pub async fn end_sessions_of(&self, actor: Actor, user: UserId) -> Answer<()> {
        self.limit_manager(actor)?;
        let own = match actor {
            Actor::User { session, .. } => Some(session),
            Actor::System => None,
        };
        self.decide(move |state, _| {
            require_admin(state, actor)?;
            super::accounts::require_found(state, user)?;
            Ok(Decision::events(ended(state, user, own)?, ()))
        })
        .await
    }

    /// Ends everybody's sessions but the one that asks. Errors: `forbidden`.
    pub async fn end_all_sessions(&self, caller: Caller) -> Answer<()> {
        let actor = caller.actor();
        self.limit_manager(actor)?;
        let people: Vec<_> = self.0.directory.all().iter().map(|it| it.id).collect();
        for some in people.chunks(PEOPLE_AT_ONCE) {
            let some = some.to_vec();
            self.decide(move |state, _| {
                require_admin(state, actor)?;
                let own = Some(caller.session);
                let all = some.iter().map(|user| ended(state, *user, own));
                let all = all.collect::<Answer<Vec<_>>>()?;
                Ok(Decision::events(all.concat(), ()))
            })
            .await?;
        }
        Ok(())
    }

    /// What lies on the disk, and how much more may. Errors: `forbidden`.
    pub fn admin_storage(&self, caller: Caller) -> Answer<AdminStorage> {
        self.require_admin_now(caller)?;
        let (state, settings) = (self.0.store.view(), self.settings());
        let settings = &settings.files;
        let mut top = Vec::new();
        for person in self.0.directory.all() {
            let bytes = files::usage(&state, person.id)?;
            if bytes > 0 {
                top.push((bytes, person));
            }
        }
        top.sort_by_key(|(bytes, person)| (Reverse(*bytes), person.id));
        let people_bytes = top.iter().map(|(bytes, _)| *bytes).sum();
        top.truncate(TOP);
        let keepers: Answer<Vec<_>> = top
            .into_iter()
            .map(|(file_bytes, person)| {
                Ok(AdminKeeper {
                    quota: self.quota_of(&state, person.id)?,
                    user: self.person_view(person),
                    file_bytes,
                })
            })
            .collect();
        let space = self.0.store.space()?;
        let usage = self.0.uploads.blobs.usage();
        let usage = usage.map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        Ok(AdminStorage {
            messages: self.0.store.occupied()?,
            compaction: self.compaction_progress(),
            files_bytes: usage.disk,
            people_bytes,
            free_bytes: space.free,
            total_bytes: space.total,
            reserve_bytes: settings.reserve(&space),
            max_file_bytes: settings.max_bytes,
            quota_bytes: settings.quota_bytes,
            since: self.0.store.installation().created_at,
            now: self.now(),
            top: keepers?,
        })
    }

    /// Whether the caller may look after the installation; then how many people are here, how
    /// many sockets they have open, and how far the log has come. Errors: `forbidden`.
    pub fn admin_presence(&self, caller: Caller) -> Answer<(usize, usize, u64)> {
        self.require_admin_now(caller)?;
        let (people, sockets) = self.0.live.count();
        Ok((people, sockets, self.0.store.log().head().0))
    }

    /// Databases that were damaged or replaced and are kept in the data folder.
    pub fn set_asides(&self) -> Vec<SetAside> {
        self.0.store.set_asides()
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

/// The ends of all sessions of somebody but one.
fn ended(state: &dyn Reads, user: UserId, own: Option<SessionId>) -> Answer<Vec<EventBody>> {
    let all = sessions::of_user(state, user)?.into_iter();
    let ended = all.filter(|session| Some(session.id) != own);
    let end = |session: Session| EventBody::SessionEnded {
        session: session.id,
        user,
        end: SessionEnd::Elsewhere,
    };
    Ok(ended.map(end).collect())
}
