//! Conversations: making, listing and naming them. Who belongs to them is in `members`.

use std::cmp::Reverse;

use tokio::task::spawn_blocking;

use super::decision::{Decision, Weighing};
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::members::{bytes_of, people_named};
use super::rules::{require_open, require_owner, require_session};
use super::setup::{join, new_group};
use super::{Answer, Caller, NewConversation, Opened, Page, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::ConversationView;
use crate::model::{Conversation, EventBody, GroupState, MemberRole};
use crate::store::{Reads, conversations, groups};

/// Members that are embedded in each conversation of a list, and in a single one.
pub(super) const EMBEDDED_IN_LIST: usize = 20;
const EMBEDDED: usize = 200;

impl Service {
    /// Makes a conversation; a direct one is made once per pair. The creator of a group owns it.
    /// Errors: fields (`members` for a name that nobody has), `rate_limited`.
    pub async fn create_conversation(
        &self,
        caller: Caller,
        new: NewConversation,
    ) -> Answer<Opened> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        let id = ConversationId(self.next_id());
        let names = fields::names(&new.members)?;
        let bytes = bytes_of(&names);
        let (conversation, fresh) = if new.is_group {
            let title = fields::title(new.title.as_deref().unwrap_or_default())?;
            let rule =
                move |state: &dyn Reads, now| create_group(state, now, caller, id, title, &names);
            self.0.committer.run(Weighing { bytes, rule }).await?
        } else {
            let rule = move |state: &dyn Reads, now| create_direct(state, now, caller, id, &names);
            self.0.committer.run(Weighing { bytes, rule }).await?
        };
        let conversation = self.conversation_view(caller.user, conversation)?;
        Ok(Opened {
            conversation,
            fresh,
        })
    }

    /// The caller's conversations, newest activity first, with up to 20 members embedded.
    /// `limit` 1 to 100; `cursor` from the page before.
    pub async fn conversations(
        &self,
        caller: Caller,
        limit: u32,
        cursor: Option<&str>,
    ) -> Answer<Page<ConversationView>> {
        let limit = fields::page_limit(limit)?;
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let after = cursor.map(parse_cursor).transpose()?;
        let service = self.clone();
        // Which are the newest is said by the rows of all of them: no work for a thread that others
        // wait for.
        let page = move || service.conversations_after(caller.user, limit, after);
        spawn_blocking(page)
            .await
            .unwrap_or_else(|error| Err(ServiceError::Internal(error.to_string().into())))
    }

    fn conversations_after(
        &self,
        user: UserId,
        limit: usize,
        after: Option<(Timestamp, ConversationId)>,
    ) -> Answer<Page<ConversationView>> {
        let state = self.0.store.view();
        let mut places = Vec::new();
        for id in conversations::of_user(&state, user)? {
            if let Some(conversation) = conversations::find(&state, id)? {
                places.push((conversation.updated_at, id));
            }
        }
        places.sort_by_key(|place| Reverse(*place));
        let from = after.map_or(0, |after| places.partition_point(|place| *place >= after));
        let rest = places.len() - from;
        let places = &places[from..from + rest.min(limit)];
        let mut items = Vec::with_capacity(places.len());
        for (_, id) in places {
            // Who leaves meanwhile has one less.
            items.extend(self.embed(&state, user, *id, EMBEDDED_IN_LIST)?);
        }
        let next = places.last().filter(|_| rest > limit);
        let next = next.map(|(at, id)| format!("{}.{id}", at.0));
        Ok(Page { items, next })
    }

    /// One conversation, with up to 200 members embedded. Errors: `not_found`.
    pub fn conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Answer<ConversationView> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        self.conversation_view(caller.user, conversation)
    }

    pub(super) fn conversation_view(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Answer<ConversationView> {
        let view = self.embed(&self.0.store.view(), user, conversation, EMBEDDED)?;
        view.ok_or(ServiceError::NotFound)
    }

    /// Gives a group another name: its owners. Errors: `not_found`, `forbidden`, fields.
    pub async fn rename_conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
        title: String,
    ) -> Answer<ConversationView> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        let title = fields::title(&title);
        self.decide(move |state, _| {
            require_session(state, caller)?;
            let (group, _) = require_owner(state, caller.user, conversation)?;
            // Whether the title is good is no affair of who may not see the group.
            let title = title?;
            require_open(state, conversation)?;
            if group.title.as_ref() == Some(&title) {
                return Ok(Decision::nothing(()));
            }
            let renamed = EventBody::ConversationRenamed {
                conversation,
                title,
            };
            Ok(Decision::events(vec![renamed], ()))
        })
        .await?;
        self.conversation_view(caller.user, conversation)
    }

    /// For the realtime door: ids of all conversations that somebody is in now.
    pub fn conversation_ids(&self, user: UserId) -> Answer<Vec<ConversationId>> {
        Ok(conversations::of_user(&self.0.store.view(), user)?)
    }

    /// For the realtime door: some of them, in the order of their ids, from behind `after`.
    pub fn conversation_ids_after(
        &self,
        user: UserId,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Answer<Vec<ConversationId>> {
        let state = self.0.store.view();
        Ok(conversations::of_user_after(&state, user, after, limit)?)
    }

    /// For the realtime door: whether a group is archived for everybody now.
    pub fn is_read_only(&self, conversation: ConversationId) -> Answer<bool> {
        let state = groups::state(&self.0.store.view(), conversation)?;
        Ok(state == GroupState::ReadOnly)
    }

    /// For the realtime door: a conversation row now, whoever asks.
    pub fn find_conversation(&self, conversation: ConversationId) -> Answer<Option<Conversation>> {
        Ok(conversations::find(&self.0.store.view(), conversation)?)
    }
}

/// A place in the list: when something last happened, and the id.
fn parse_cursor(cursor: &str) -> Answer<(Timestamp, ConversationId)> {
    let parsed = cursor.split_once('.').and_then(|(at, id)| {
        let at = at.parse().map(Timestamp).ok()?;
        Some((at, id.parse().ok()?))
    });
    parsed.ok_or(ServiceError::InvalidField {
        field: "cursor",
        message: "Please use the cursor that came with the page before.",
    })
}

fn create_group(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    id: ConversationId,
    title: String,
    names: &[String],
) -> Answer<Decision<(ConversationId, bool)>> {
    require_session(state, caller)?;
    require_new(state, id)?;
    let group = new_group(id, title, false, now);
    let mut events = vec![
        EventBody::ConversationCreated(group.clone()),
        join(&group, caller.user, MemberRole::Owner, now),
    ];
    let others = people_named(state, names)?.into_iter();
    let others = others.filter(|person| person.id != caller.user);
    events.extend(others.map(|other| join(&group, other.id, MemberRole::Member, now)));
    Ok(Decision::events(events, (id, true)))
}

fn create_direct(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    id: ConversationId,
    names: &[String],
) -> Answer<Decision<(ConversationId, bool)>> {
    require_session(state, caller)?;
    let mut others = people_named(state, names)?;
    others.retain(|person| person.id != caller.user);
    let [other] = others.as_slice() else {
        return Err(ServiceError::InvalidField {
            field: "members",
            message: "A direct conversation is with exactly one other person.",
        });
    };
    if let Some(existing) = conversations::direct(state, caller.user, other.id)? {
        return Ok(Decision::nothing((existing, false)));
    }
    require_new(state, id)?;
    let direct = Conversation {
        title: None,
        is_group: false,
        ..new_group(id, String::new(), false, now)
    };
    let events = vec![
        EventBody::ConversationCreated(direct.clone()),
        join(&direct, caller.user, MemberRole::Member, now),
        join(&direct, other.id, MemberRole::Member, now),
    ];
    Ok(Decision::events(events, (id, true)))
}

fn require_new(state: &dyn Reads, id: ConversationId) -> Answer<()> {
    match conversations::find(state, id)? {
        // Two of the same millisecond with the same random bits, from before a restart.
        Some(_) => Err(ServiceError::ServerBusy),
        None => Ok(()),
    }
}
