//! Conversations and who belongs to them.
use crate::model::MemberRole;
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::{ConversationView, MemberView};

use super::{Answer, Caller, NewConversation, Opened, Page, Place, Service, ServiceError};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// Makes a conversation; a direct one is made once per pair. The creator of a group owns it.
    /// Errors: fields (`members` for a name that nobody has), `rate_limited`.
    pub async fn create_conversation(
        &self,
        caller: Caller,
        new: NewConversation,
    ) -> Answer<Opened> {
        Err(ServiceError::ServerBusy)
    }

    /// The caller's conversations, newest activity first, with up to 20 members embedded.
    /// `limit` 1 to 100; `cursor` from the page before.
    pub fn conversations(
        &self,
        caller: Caller,
        limit: u32,
        cursor: Option<&str>,
    ) -> Answer<Page<ConversationView>> {
        Err(ServiceError::ServerBusy)
    }

    /// One conversation, with up to 200 members embedded. Errors: `not_found`.
    pub fn conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Answer<ConversationView> {
        Err(ServiceError::NotFound)
    }

    /// Gives a group another name: its owners. Errors: `not_found`, `forbidden`, fields.
    pub async fn rename_conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
        title: String,
    ) -> Answer<ConversationView> {
        Err(ServiceError::ServerBusy)
    }

    /// The members, by id. `limit` 1 to 100; `cursor` from the page before.
    pub fn members(
        &self,
        caller: Caller,
        conversation: ConversationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Answer<Page<MemberView>> {
        Err(ServiceError::NotFound)
    }

    /// Adds people by username, at most 200 a call: owners of a group. Returns those who were
    /// not members before. Errors: `not_found`, `forbidden`, fields.
    pub async fn add_members(
        &self,
        caller: Caller,
        conversation: ConversationId,
        usernames: Vec<String>,
    ) -> Answer<Vec<MemberView>> {
        Err(ServiceError::ServerBusy)
    }

    /// Makes a member owner, or an owner member: owners of a group. The last owner stays one.
    pub async fn set_member_role(
        &self,
        caller: Caller,
        conversation: ConversationId,
        user: UserId,
        role: MemberRole,
    ) -> Answer<MemberView> {
        Err(ServiceError::ServerBusy)
    }

    /// Removes a member: owners of a group; everybody themselves, which is leaving it. When the
    /// last owner leaves, the longest member becomes owner. Nobody leaves a direct conversation
    /// (`conflict`).
    pub async fn remove_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        user: UserId,
    ) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// For the realtime door: somebody's place in a conversation, if they have one now.
    pub fn place(&self, user: UserId, conversation: ConversationId) -> Answer<Option<Place>> {
        Err(ServiceError::NotFound)
    }

    /// For the realtime door: ids of all members now.
    pub fn member_ids(&self, conversation: ConversationId) -> Answer<Vec<UserId>> {
        Err(ServiceError::NotFound)
    }

    /// For the realtime door: ids of all conversations that somebody is in now.
    pub fn conversation_ids(&self, user: UserId) -> Answer<Vec<ConversationId>> {
        Err(ServiceError::NotFound)
    }

    /// For the realtime door: a conversation row now, whoever asks.
    pub fn find_conversation(
        &self,
        conversation: ConversationId,
    ) -> Answer<Option<crate::model::Conversation>> {
        Err(ServiceError::NotFound)
    }
}
