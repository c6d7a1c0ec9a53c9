//! What administrators see of the installation: people, groups, room on the disk. Never what
//! somebody wrote, and of direct conversations nothing.
//!
//! All of it blocks and may read a lot, within bounds: call it on a thread for that.

use std::cmp::Reverse;

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::require_admin;
use super::{
    AdminGroup, AdminPeople, AdminPerson, AdminStorage, Answer, Caller, Page, PeopleAsked, Service,
    ServiceError, SetAside,
};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, UserId};
use crate::model::{Actor, AvatarOf, Conversation, EventBody, FileClass, SessionEnd};
use crate::store::{Reads, conversations, files, members, sessions};

/// How many conversations are looked at for the list of groups: the newest ones.
const CONVERSATIONS_MOST: usize = 20_000;

/// How many files are weighed for one page of groups.
const FILES_MOST: usize = 20_000;

/// How many of those who keep most are named.
const TOP: usize = 20;

impl Service {
    /// Whether the caller may ask any of this. Errors: `forbidden`.
    pub fn may_administrate(&self, caller: Caller) -> Answer<()> {
        require_admin(&self.0.store.view(), caller.actor())
    }

    fn require_admin_now(&self, caller: Caller) -> Answer<()> {
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
        let (now, idle) = (self.0.clock.now(), self.settings().session_idle);
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
            let all = sessions::of_user(state, user)?.into_iter();
            let ended = all.filter(|session| Some(session.id) != own);
            let end = |session: crate::model::Session| EventBody::SessionEnded {
                session: session.id,
                user,
                end: SessionEnd::Elsewhere,
            };
            Ok(Decision::events(ended.map(end).collect(), ()))
        })
        .await
    }

    /// Groups, the last active first: what they are called and how much they are used. `offset`
    /// from the page before. Errors: `forbidden`, fields.
    pub fn admin_groups(
        &self,
        caller: Caller,
        limit: u32,
        offset: usize,
    ) -> Answer<Page<AdminGroup>> {
        self.require_admin_now(caller)?;
        let limit = fields::page_limit(limit)?;
        let state = self.0.store.view();
        let mut groups = conversations::newest(&state, CONVERSATIONS_MOST)?;
        groups.retain(|conversation| conversation.is_group);
        groups.sort_by_key(|group| Reverse((group.updated_at, group.id)));
        let next = offset.saturating_add(limit);
        let next = (next < groups.len()).then(|| next.to_string());
        let mut files_left = FILES_MOST;
        let page = groups.into_iter().skip(offset).take(limit);
        let items: Answer<Vec<_>> = page
            .map(|group| self.admin_group(&state, caller.user, group, &mut files_left))
            .collect();
        Ok(Page {
            items: items?,
            next,
        })
    }

    fn admin_group(
        &self,
        state: &dyn Reads,
        admin: UserId,
        group: Conversation,
        files_left: &mut usize,
    ) -> Answer<AdminGroup> {
        Ok(AdminGroup {
            id: group.id,
            avatar_url: self.avatar_url(AvatarOf::Conversation(group.id), group.avatar),
            title: group.title.unwrap_or_default(),
            everyone: group.everyone,
            member_count: group.member_count,
            messages: group.last_seq.0,
            created_at: group.created_at,
            last_activity_at: group.updated_at,
            file_bytes: weigh(state, group.id, files_left)?,
            member: members::find(state, group.id, admin)?.is_some(),
        })
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
        let space = self.0.store.space()?;
        let usage = self.0.uploads.blobs.usage();
        let usage = usage.map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        Ok(AdminStorage {
            messages: self.0.store.occupied()?,
            compacting: self.is_compacting(),
            files_bytes: usage.disk,
            people_bytes,
            free_bytes: space.free,
            total_bytes: space.total,
            reserve_bytes: settings.reserve(&space),
            max_file_bytes: settings.max_bytes,
            quota_bytes: settings.quota_bytes,
            since: self.0.store.installation().created_at,
            now: self.now(),
            top: top
                .into_iter()
                .map(|(bytes, person)| (self.person_view(person), bytes))
                .collect(),
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

/// The bytes of a group's files; `None` if there are more than may still be looked at.
fn weigh(state: &dyn Reads, group: ConversationId, files_left: &mut usize) -> Answer<Option<u64>> {
    let all = [
        FileClass::Image,
        FileClass::Video,
        FileClass::Audio,
        FileClass::File,
    ];
    let sent = files::sent_before(state, group, &all, None, *files_left + 1)?;
    if sent.len() > *files_left {
        return Ok(None);
    }
    *files_left -= sent.len();
    let mut bytes = 0;
    for (_, file) in sent {
        bytes += files::find(state, file)?.map_or(0, |file| file.size);
    }
    Ok(Some(bytes))
}
