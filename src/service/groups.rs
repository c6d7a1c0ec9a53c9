//! Groups as administrators look after them: seen from outside, archived for everybody, deleted for good,
//! given an owner when nobody is left who could do it. Never what somebody wrote, and of direct
//! conversations nothing.
//!
//! What only reads blocks and may read a lot, within bounds: call it on a thread for that.

use std::cmp::Reverse;

use tokio::task::spawn_blocking;

use super::accounts::require_found;
use super::decision::Decision;
use super::fields;
use super::rules::require_admin;
use super::{AdminGroup, Answer, Caller, GroupMember, Page, Purpose, Service, ServiceError};
use crate::model::ids::{ConversationId, UserId};
use crate::model::{
    AvatarOf, Conversation, EventBody, FileClass, GroupState, Invite, Member, MemberRole,
};
use crate::store::{Reads, accounts, conversations, files, groups, invites, members};

/// How many conversations are looked at for the list of groups: the newest ones.
const CONVERSATIONS_MOST: usize = 20_000;

/// How many files are weighed for one page of groups.
const FILES_MOST: usize = 20_000;

/// How many members are looked through for the owners of one page of groups.
const MEMBERS_MOST: usize = 20_000;

/// What may still be read for a page.
struct Budget {
    files: usize,
    members: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            files: FILES_MOST,
            members: MEMBERS_MOST,
        }
    }
}

impl Service {
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
        let mut found = conversations::newest(&state, CONVERSATIONS_MOST)?;
        found.retain(|conversation| conversation.is_group);
        let mut left = Vec::with_capacity(found.len());
        for group in found {
            if groups::state(&state, group.id)? != GroupState::Deleted {
                left.push(group);
            }
        }
        left.sort_by_key(|group| Reverse((group.updated_at, group.id)));
        let next = offset.saturating_add(limit);
        let next = (next < left.len()).then(|| next.to_string());
        let mut budget = Budget::default();
        let page = left.into_iter().skip(offset).take(limit);
        let items: Answer<Vec<_>> = page
            .map(|group| self.admin_group(&state, caller.user, group, &mut budget))
            .collect();
        Ok(Page {
            items: items?,
            next,
        })
    }

    /// Who is in a group, by id. `after` from the page before. Errors: `forbidden`, `not_found`, fields.
    pub fn admin_group_members(
        &self,
        caller: Caller,
        group: ConversationId,
        limit: u32,
        after: Option<UserId>,
    ) -> Answer<Page<GroupMember>> {
        self.require_admin_now(caller)?;
        let limit = fields::page_limit(limit)?;
        let state = self.0.store.view();
        require_group(&state, group)?;
        let mut found = members::page(&state, group, after, limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|member| member.user.to_string());
        let items = found.into_iter().map(|member| {
            Ok(GroupMember {
                user: self.user_view(member.user)?,
                role: member.role,
            })
        });
        Ok(Page {
            items: items.collect::<Answer<_>>()?,
            next,
        })
    }

    /// Archives a group for everybody in it, or opens it again. Errors: `forbidden`, `not_found`.
    pub async fn set_read_only(
        &self,
        caller: Caller,
        group: ConversationId,
        read_only: bool,
    ) -> Answer<AdminGroup> {
        self.limit_manager(caller.actor())?;
        self.decide(move |state, _| {
            require_admin(state, caller.actor())?;
            let (_, before) = require_group(state, group)?;
            if (before == GroupState::ReadOnly) == read_only {
                return Ok(Decision::nothing(()));
            }
            let changed = EventBody::ReadOnlyChanged {
                conversation: group,
                read_only,
                by: Some(caller.user),
            };
            Ok(Decision::events(vec![changed], ()))
        })
        .await?;
        self.find_admin_group(caller, group).await
    }

    /// Deletes a group for good, but not the one that everybody joins (`conflict`). It is gone for its
    /// members at once; what was said in it, its files and what the search knows of it follow in the
    /// background. The caller must have confirmed their password. Errors: `forbidden`, `not_found`.
    pub async fn delete_group(&self, caller: Caller, group: ConversationId) -> Answer<()> {
        self.limit_manager(caller.actor())?;
        require_deletable(&self.0.store.view(), caller, group)?;
        self.require_confirmed(caller, Purpose::DeleteGroup)?;
        self.decide(move |state, _| {
            require_deletable(state, caller, group)?;
            let leads_here = |invite: &Invite| invite.conversation == Some(group);
            let invites = invites::all(state)?.into_iter().filter(leads_here);
            let mut events: Vec<_> = invites
                .map(|invite| EventBody::InviteRevoked { invite: invite.id })
                .collect();
            let members = members::ids(state, group)?.into_iter();
            events.extend(members.map(|user| EventBody::MemberRemoved {
                conversation: group,
                user,
                by: None,
            }));
            events.push(EventBody::GroupDeleted {
                conversation: group,
                by: Some(caller.user),
            });
            Ok(Decision::events(events, ()))
        })
        .await
    }

    /// Makes a member the owner of a group that has none, or none whose account is enabled
    /// (`conflict`). Errors: `forbidden`, `not_found`, fields (`userId`).
    pub async fn give_owner(
        &self,
        caller: Caller,
        group: ConversationId,
        user: UserId,
    ) -> Answer<AdminGroup> {
        self.limit_manager(caller.actor())?;
        self.decide(move |state, _| {
            require_admin(state, caller.actor())?;
            require_group(state, group)?;
            let all = members::page(state, group, None, usize::MAX)?;
            if owners(state, &all)?.next().is_some() {
                let message = "This group has an owner, who can make others owners too.";
                return Err(ServiceError::Conflict {
                    field: "owners",
                    message,
                });
            }
            let member = all.iter().any(|member| member.user == user);
            if !member || require_found(state, user)?.disabled {
                return Err(ServiceError::InvalidField {
                    field: "userId",
                    message: "Please choose a member of the group whose account is not disabled.",
                });
            }
            let changed = EventBody::MemberRoleChanged {
                conversation: group,
                user,
                role: MemberRole::Owner,
            };
            Ok(Decision::events(vec![changed], ()))
        })
        .await?;
        self.find_admin_group(caller, group).await
    }

    /// Erases what is left of deleted groups, a piece at a time. Ends early when uploads end.
    /// One that can't be erased keeps no other; the first error is told at the end.
    pub(super) async fn erase_groups(&self) -> Answer<()> {
        let mut done = Ok(());
        for conversation in groups::deleted(&self.0.store.view())? {
            done = done.and(self.erase_group(conversation).await);
        }
        done
    }

    async fn erase_group(&self, conversation: ConversationId) -> Answer<()> {
        while !self.0.uploads.is_ending()
            && groups::state(&self.0.store.view(), conversation)? == GroupState::Deleted
        {
            self.decide(move |_, _| {
                let erased = EventBody::GroupErased { conversation };
                Ok(Decision::events(vec![erased], ()))
            })
            .await?;
        }
        Ok(())
    }

    /// Counts members and files: no work for a thread that others wait for.
    async fn find_admin_group(&self, caller: Caller, group: ConversationId) -> Answer<AdminGroup> {
        let service = self.clone();
        let found = spawn_blocking(move || {
            let state = service.0.store.view();
            let (found, _) = require_group(&state, group)?;
            service.admin_group(&state, caller.user, found, &mut Budget::default())
        });
        found
            .await
            .unwrap_or_else(|error| Err(ServiceError::Internal(error.to_string().into())))
    }

    fn admin_group(
        &self,
        state: &dyn Reads,
        admin: UserId,
        group: Conversation,
        budget: &mut Budget,
    ) -> Answer<AdminGroup> {
        let all = members::page(state, group.id, None, budget.members + 1)?;
        let owners = if all.len() > budget.members {
            None
        } else {
            budget.members -= all.len();
            let found = owners(state, &all)?;
            Some(
                found
                    .map(|owner| self.user_view(owner))
                    .collect::<Answer<_>>()?,
            )
        };
        Ok(AdminGroup {
            id: group.id,
            avatar_url: self.avatar_url(AvatarOf::Conversation(group.id), group.avatar),
            title: group.title.unwrap_or_default(),
            everyone: group.everyone,
            read_only: groups::state(state, group.id)? == GroupState::ReadOnly,
            member_count: group.member_count,
            owners,
            messages: group.last_seq.0,
            created_at: group.created_at,
            last_activity_at: group.updated_at,
            file_bytes: weigh(state, group.id, &mut budget.files)?,
            member: members::find(state, group.id, admin)?.is_some(),
        })
    }
}

/// A group that is there, whoever is in it. Direct conversations are not told of.
fn require_group(state: &dyn Reads, group: ConversationId) -> Answer<(Conversation, GroupState)> {
    let found = conversations::find(state, group)?.filter(|found| found.is_group);
    let found = found.ok_or(ServiceError::NotFound)?;
    match groups::state(state, group)? {
        GroupState::Deleted => Err(ServiceError::NotFound),
        state => Ok((found, state)),
    }
}

/// A group that this administrator may delete.
fn require_deletable(state: &dyn Reads, caller: Caller, group: ConversationId) -> Answer<()> {
    require_admin(state, caller.actor())?;
    let (found, _) = require_group(state, group)?;
    if found.everyone {
        return Err(ServiceError::Conflict {
            field: "everyone",
            message: "This is the group that everybody joins; it can be archived only.",
        });
    }
    Ok(())
}

/// The owners among these whose accounts are enabled.
fn owners(state: &dyn Reads, all: &[Member]) -> Answer<impl Iterator<Item = UserId>> {
    let mut found = Vec::new();
    for member in all.iter().filter(|member| member.role == MemberRole::Owner) {
        if accounts::find(state, member.user)?.is_some_and(|account| !account.disabled) {
            found.push(member.user);
        }
    }
    Ok(found.into_iter())
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
