//! Messages: sending them and reading them back.
use crate::model::Message;
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::{MessageView, SenderView};

use super::{Answer, Caller, MessagePage, NewMessage, PageAt, Sent, Service, ServiceError};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// Sends a message. Errors: `not_found`, fields (`content`, `clientId`, `messageType`),
    /// `rate_limited`, `server_busy`, `storage_full`.
    pub async fn send(&self, caller: Caller, new: NewMessage) -> Answer<Sent> {
        Err(ServiceError::ServerBusy)
    }

    /// The same with a callback: called exactly once, on the publisher's thread in commit order
    /// after the event was published, or at once when it is refused before that. Must not block.
    pub fn send_then(
        &self,
        caller: Caller,
        new: NewMessage,
        done: impl FnOnce(Answer<Sent>) + Send + 'static,
    ) {
        done(Err(ServiceError::ServerBusy));
    }

    /// A page of a conversation's history. `limit` 1 to 100. Errors: `not_found`, `rate_limited`.
    pub fn messages(
        &self,
        caller: Caller,
        conversation: ConversationId,
        at: PageAt,
        limit: u32,
    ) -> Answer<MessagePage> {
        Err(ServiceError::NotFound)
    }

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
            attachments: Vec::new(),
            created_at: message.created_at,
            updated_at: message.updated_at,
            client_id: message.client_id.as_ref().map(|c| c.0.clone()),
        }
    }

    /// For the realtime door: the newest message of a conversation, whoever asks.
    pub fn last_message(&self, conversation: ConversationId) -> Answer<Option<MessageView>> {
        Err(ServiceError::NotFound)
    }

    /// Who somebody is, as it is embedded in messages and typing signals. Never fails: a person
    /// that is not known has empty names.
    pub fn sender_view(&self, user: UserId) -> SenderView {
        SenderView {
            id: user,
            username: String::new(),
            display_name: String::new(),
            name: String::new(),
        }
    }
}
