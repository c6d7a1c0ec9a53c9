//! Finding people and conversations by name, and what a search of messages needs of the rules. The
//! index of messages is `search`'s.

use std::cmp::Reverse;

use super::conversations::EMBEDDED_IN_LIST;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::{Answer, Caller, Service};
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::{ConversationView, UserView};
use crate::model::{AvatarOf, Conversation, ConversationBrief, Role};
use crate::store::{Reads, conversations, members};
use crate::text::{MAX_QUERY, NameQuery, name_terms};

impl Service {
    /// Whether the caller may search now. Errors: `rate_limited`.
    pub fn allow_search(&self, caller: Caller) -> Answer<()> {
        self.limit(LimitedAction::Search, LimitKey::user(caller.user))
    }

    /// The people who are called so: by beginnings of the words of their names, in any order. By
    /// name; disabled ones only for administrators. `limit` 1 to 100. Errors: fields (`q`,
    /// `limit`).
    pub fn find_people(&self, caller: Caller, typed: &str, limit: u32) -> Answer<Vec<UserView>> {
        let limit = fields::page_limit(limit)?;
        fields::bounded("q", typed, 0, MAX_QUERY)?;
        let leads = self.user_view(caller.user)?.role == Role::Admin;
        let found = self.0.directory.search(typed, limit, leads).into_iter();
        Ok(found.map(|person| self.person_view(person)).collect())
    }

    /// Everybody with this displayed name, given as [`fold`](crate::model::name::fold) makes it.
    pub fn people_called(&self, folded: &str) -> Vec<UserId> {
        self.0.directory.called(folded)
    }

    /// The caller's own conversations that are called so: by beginnings of the words of the title,
    /// or of the other person's names. The newest activity first, with up to 20 members each.
    /// `limit` 1 to 100. Blocks as long as reading all of them takes. Errors: fields (`q`,
    /// `limit`).
    pub fn find_conversations(
        &self,
        caller: Caller,
        typed: &str,
        limit: u32,
    ) -> Answer<Vec<ConversationView>> {
        let limit = fields::page_limit(limit)?;
        fields::bounded("q", typed, 0, MAX_QUERY)?;
        let Some(query) = NameQuery::read(typed) else {
            return Ok(Vec::new());
        };
        let state = self.0.store.view();
        let mut places = Vec::new();
        for id in conversations::of_user(&state, caller.user)? {
            if let Some(found) = conversations::find(&state, id)?
                && query.fits(&self.names_of(&state, caller.user, &found)?)
            {
                places.push((found.updated_at, id));
            }
        }
        places.sort_unstable_by_key(|place| Reverse(*place));
        let places = places.into_iter().take(limit);
        let views = places.map(|(_, id)| self.embed(&state, caller.user, id, EMBEDDED_IN_LIST));
        // Who leaves meanwhile has one less.
        views.filter_map(Result::transpose).collect()
    }

    /// A conversation as it stands beside a message that was found. `None` for who is no member.
    pub fn conversation_brief(
        &self,
        caller: Caller,
        id: ConversationId,
    ) -> Answer<Option<ConversationBrief>> {
        let state = self.0.store.view();
        let own = members::find(&state, id, caller.user)?;
        let (Some(_), Some(found)) = (own, conversations::find(&state, id)?) else {
            return Ok(None);
        };
        let with = other_of(&state, caller.user, &found)?;
        Ok(Some(ConversationBrief {
            id,
            avatar_url: self.avatar_url(AvatarOf::Conversation(id), found.avatar),
            title: found.title,
            is_group: found.is_group,
            member_count: found.member_count,
            with: with.map(|other| self.sender_view(other)),
        }))
    }

    /// What a conversation is called by one of its members.
    fn names_of(
        &self,
        state: &dyn Reads,
        user: UserId,
        conversation: &Conversation,
    ) -> Answer<Vec<String>> {
        if let Some(title) = &conversation.title {
            return Ok(name_terms(title));
        }
        let other = other_of(state, user, conversation)?;
        let other = other.map(|other| self.sender_view(other));
        Ok(other.map_or_else(Vec::new, |other| {
            name_terms(&format!("{} {}", other.display_name, other.username))
        }))
    }
}

/// The other person of a direct conversation.
fn other_of(
    state: &dyn Reads,
    user: UserId,
    conversation: &Conversation,
) -> Answer<Option<UserId>> {
    if conversation.is_group {
        return Ok(None);
    }
    let ids = members::ids(state, conversation.id)?;
    Ok(ids.into_iter().find(|&id| id != user))
}
