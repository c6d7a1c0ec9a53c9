//! From what is stored to what goes over the wire, the same for both doors.

use super::directory::Person;
use super::messages::newest;
use super::{Answer, Service, ServiceError};
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::{
    ConversationView, MemberView, MessageView, SenderView, UserView, VersionView,
};
use crate::model::{AvatarOf, GroupState, Member, Mentions, Message, Version};
use crate::store::{Reads, conversations, groups, members, mentions};

/// How many unread mentions are counted.
const MENTIONS_MAX: usize = 100;

impl Service {
    /// A stored message as it goes over the wire.
    pub fn message_view(&self, message: &Message) -> MessageView {
        MessageView {
            id: message.id,
            seq: message.id.seq.0,
            conversation_id: message.id.conversation,
            sender_id: message.sender,
            sender: self.sender_view(message.sender),
            content: message.content.clone(),
            message_type: message.kind,
            attachments: self.attachment_views(&message.attachments),
            created_at: message.created_at,
            updated_at: message.changed_at(),
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            mentions: mention_views(&message.mentions),
            client_id: message.client_id.as_ref().map(|id| id.0.clone()),
        }
    }

    /// What a message said for a while, as it goes over the wire.
    pub(super) fn version_view(version: Version) -> VersionView {
        VersionView {
            content: version.content,
            at: version.at,
        }
    }

    /// Who somebody is, as it is embedded in messages and typing signals. Never fails: a person
    /// that is not known has empty names.
    pub fn sender_view(&self, user: UserId) -> SenderView {
        self.0.directory.sender(user)
    }

    pub(super) fn user_view(&self, user: UserId) -> Answer<UserView> {
        let person = self.0.directory.find(user).ok_or(ServiceError::NotFound)?;
        Ok(self.person_view(person))
    }

    pub(super) fn person_view(&self, person: Person) -> UserView {
        UserView {
            id: person.id,
            username: person.username,
            name: person.display_name.clone(),
            display_name: person.display_name,
            role: person.role,
            disabled: person.disabled,
            online: self.is_online(person.id),
            last_seen_at: person.last_seen_at,
            created_at: person.created_at,
            avatar_url: self.avatar_url(AvatarOf::User(person.id), person.avatar),
        }
    }

    pub(super) fn member_view(&self, member: &Member) -> Answer<MemberView> {
        Ok(MemberView {
            user: self.user_view(member.user)?,
            member_role: member.role,
            joined_at: member.joined_at,
            last_read_at: member.last_read_at,
            last_read_seq: member.last_read_seq.0,
        })
    }

    /// A conversation as one of its members sees it, with at most `most` members embedded. `None`
    /// for who is none.
    pub(super) fn embed(
        &self,
        state: &dyn Reads,
        user: UserId,
        id: ConversationId,
        most: usize,
    ) -> Answer<Option<ConversationView>> {
        let (Some(own), Some(found)) = (
            members::find(state, id, user)?,
            conversations::find(state, id)?,
        ) else {
            return Ok(None);
        };
        let members = members::page(state, id, None, most)?;
        let members = members.iter().map(|member| self.member_view(member));
        let last_message = newest(state, id, found.last_seq)?;
        let read = own.own_read_seq();
        let mentions = mentions::count(state, user, id, read, MENTIONS_MAX)?;
        Ok(Some(ConversationView {
            id,
            title: found.title,
            is_group: found.is_group,
            members: members.collect::<Answer<_>>()?,
            member_count: found.member_count,
            created_at: found.created_at,
            updated_at: found.updated_at,
            last_message: last_message.map(|message| self.message_view(&message)),
            last_seq: found.last_seq.0,
            last_read_seq: read.0,
            unread: found.last_seq.0.saturating_sub(read.0),
            mentions: mentions as u64,
            muted: own.own.muted,
            pinned: own.own.pinned,
            archived: own.own.is_archived(found.last_seq),
            read_only: groups::state(state, id)? == GroupState::ReadOnly,
            member_role: own.role,
            avatar_url: self.avatar_url(AvatarOf::Conversation(id), found.avatar),
        }))
    }
}

/// Ids of people, and the word for everybody.
fn mention_views(mentions: &Mentions) -> Vec<String> {
    let users = mentions.users.iter().map(ToString::to_string);
    users
        .chain(mentions.all.then(|| "all".to_owned()))
        .collect()
}
