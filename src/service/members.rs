//! Who belongs to a conversation, and what they may do in it.

use super::decision::{Decision, Weighing};
use super::fields::{self, MEMBERS_MAX};
use super::limits::{LimitKey, LimitedAction};
use super::rules::{require_member, require_open, require_owner, require_session};
use super::setup::join;
use super::{Answer, Caller, Page, Place, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, UserId};
use crate::model::name::fold;
use crate::model::view::MemberView;
use crate::model::{Account, Conversation, EventBody, Member, MemberRole};
use crate::store::{Reads, accounts, members};

impl Service {
    /// The members, by id. `limit` 1 to 100; `cursor` from the page before.
    pub fn members(
        &self,
        caller: Caller,
        conversation: ConversationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Answer<Page<MemberView>> {
        let limit = fields::page_limit(limit)?;
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        require_member(&state, caller.user, conversation)?;
        let after = cursor.map(str::parse).transpose();
        let after = after.map_err(|_| ServiceError::InvalidField {
            field: "cursor",
            message: "Please use the cursor that came with the page before.",
        })?;
        let mut found = members::page(&state, conversation, after, limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|member| member.user.to_string());
        let items = found.iter().map(|member| self.member_view(member));
        Ok(Page {
            items: items.collect::<Answer<_>>()?,
            next,
        })
    }

    /// Adds people by username, at most 200 a call: owners of a group. Returns those who were
    /// not members before. Errors: `not_found`, `forbidden`, fields (`members` for a name that
    /// nobody has), `conflict` (the group is full).
    pub async fn add_members(
        &self,
        caller: Caller,
        conversation: ConversationId,
        usernames: Vec<String>,
    ) -> Answer<Vec<MemberView>> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        let names = fields::names(&usernames);
        let bytes = names.as_deref().map_or(0, bytes_of);
        let rule = move |state: &dyn Reads, now| {
            require_session(state, caller)?;
            let (group, _) = require_owner(state, caller.user, conversation)?;
            require_open(state, conversation)?;
            let events = add(state, now, &group, &names?)?;
            let added = events.iter().filter_map(added_member).collect::<Vec<_>>();
            Ok(Decision::events(events, added))
        };
        let added = self.0.committer.run(Weighing { bytes, rule }).await?;
        added
            .iter()
            .map(|member| self.member_view(member))
            .collect()
    }

    /// Makes a member owner, or an owner member: owners of a group. The last owner stays one
    /// (`conflict`).
    pub async fn set_member_role(
        &self,
        caller: Caller,
        conversation: ConversationId,
        user: UserId,
        role: MemberRole,
    ) -> Answer<MemberView> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        let member = self
            .decide(move |state, _| {
                require_session(state, caller)?;
                require_owner(state, caller.user, conversation)?;
                let found = members::find(state, conversation, user)?;
                let member = found.ok_or(ServiceError::NotFound)?;
                if member.role == role {
                    return Ok(Decision::nothing(member));
                }
                if role == MemberRole::Member && members::owners(state, conversation)? <= 1 {
                    let message = "A group needs an owner. Please make somebody else owner first.";
                    return Err(ServiceError::Conflict {
                        field: "owners",
                        message,
                    });
                }
                let changed = EventBody::MemberRoleChanged {
                    conversation,
                    user,
                    role,
                };
                Ok(Decision::events(vec![changed], Member { role, ..member }))
            })
            .await?;
        self.member_view(&member)
    }

    /// Removes a member: owners of a group; everybody themselves, which is leaving it. When the
    /// last owner leaves, the longest member becomes owner. Nobody leaves a direct conversation
    /// (`conflict`). Errors: `not_found`, `forbidden`.
    pub async fn remove_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        user: UserId,
    ) -> Answer<()> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        self.decide(move |state, _| {
            require_session(state, caller)?;
            let member = if user == caller.user {
                let (found, member) = require_member(state, user, conversation)?;
                if !found.is_group {
                    let message = "A direct conversation can't be left.";
                    return Err(ServiceError::Conflict {
                        field: "isGroup",
                        message,
                    });
                }
                member
            } else {
                require_owner(state, caller.user, conversation)?;
                members::find(state, conversation, user)?.ok_or(ServiceError::NotFound)?
            };
            let mut events = vec![EventBody::MemberRemoved {
                conversation,
                user,
                by: Some(caller.user),
            }];
            events.extend(heir(state, &member)?);
            Ok(Decision::events(events, ()))
        })
        .await
    }

    /// For the realtime door: somebody's place in a conversation, if they have one now.
    pub fn place(&self, user: UserId, conversation: ConversationId) -> Answer<Option<Place>> {
        let member = members::find(&self.0.store.view(), conversation, user)?;
        Ok(member.map(|member| Place {
            role: member.role,
            last_read_seq: member.last_read_seq,
        }))
    }

    /// For the realtime door: ids of all members now.
    pub fn member_ids(&self, conversation: ConversationId) -> Answer<Vec<UserId>> {
        Ok(members::ids(&self.0.store.view(), conversation)?)
    }
}

/// Roughly how many bytes a list of names takes.
pub(super) fn bytes_of(names: &[String]) -> usize {
    names
        .iter()
        .map(|name| size_of::<String>() + name.len())
        .sum()
}

/// The accounts with these names, each once. A name that nobody has, or only somebody disabled,
/// is an error.
pub(super) fn people_named(state: &dyn Reads, names: &[String]) -> Answer<Vec<Account>> {
    let mut people: Vec<Account> = Vec::with_capacity(names.len());
    for name in names {
        let found = accounts::find_by_username(state, &fold(name))?;
        let person = found.filter(|account| !account.disabled);
        let person = person.ok_or(ServiceError::InvalidField {
            field: "members",
            message: "Nobody here has one of these names.",
        })?;
        if people.iter().all(|known| known.id != person.id) {
            people.push(person);
        }
    }
    Ok(people)
}

/// Whether so many more have room. "Everyone" has room for everybody.
pub(super) fn require_room(group: &Conversation, more: usize) -> Answer<()> {
    let most = MEMBERS_MAX as usize;
    if !group.everyone && (group.member_count as usize).saturating_add(more) > most {
        return Err(ServiceError::Conflict {
            field: "members",
            message: "This group has its 5,000 members.",
        });
    }
    Ok(())
}

fn add(
    state: &dyn Reads,
    now: Timestamp,
    group: &Conversation,
    names: &[String],
) -> Answer<Vec<EventBody>> {
    let mut events = Vec::new();
    for person in people_named(state, names)? {
        if members::find(state, group.id, person.id)?.is_none() {
            events.push(join(group, person.id, MemberRole::Member, now));
        }
    }
    require_room(group, events.len())?;
    Ok(events)
}

fn added_member(event: &EventBody) -> Option<Member> {
    match event {
        EventBody::MemberAdded(member) => Some(member.clone()),
        _ => None,
    }
}

/// Who owns the group when this member, if its last owner, is gone: the longest member, one who
/// is not disabled if there is one.
fn heir(state: &dyn Reads, leaving: &Member) -> Answer<Option<EventBody>> {
    let conversation = leaving.conversation;
    if leaving.role != MemberRole::Owner || members::owners(state, conversation)? > 1 {
        return Ok(None);
    }
    let mut others = members::page(state, conversation, None, usize::MAX)?;
    others.retain(|member| member.user != leaving.user);
    others.sort_by_key(|member| (member.joined_at, member.user));
    let mut heir = others.first().map(|member| member.user);
    for member in &others {
        if accounts::find(state, member.user)?.is_some_and(|account| !account.disabled) {
            heir = Some(member.user);
            break;
        }
    }
    Ok(heir.map(|user| EventBody::MemberRoleChanged {
        conversation,
        user,
        role: MemberRole::Owner,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::setup::new_group;

    #[test]
    fn a_group_has_room_for_five_thousand_and_everyone_for_everybody() {
        let mut group = new_group(ConversationId(1), "Group".into(), false, Timestamp(0));
        for (members, more, fits) in [
            (0, 5000, true),
            (0, 5001, false),
            (4999, 1, true),
            (5000, 0, true),
            (5000, 1, false),
            (u32::MAX, usize::MAX, false),
        ] {
            group.member_count = members;
            assert_eq!(require_room(&group, more).is_ok(), fits, "{members} {more}");
        }
        group.everyone = true;
        assert!(require_room(&group, 1).is_ok());
    }
}
