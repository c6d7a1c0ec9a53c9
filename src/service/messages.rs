//! Messages: sending them and reading them back.

use super::decision::{Decision, Rule};
use super::fields;
use super::files::{attachments, kind_with};
use super::limits::{LimitKey, LimitedAction};
use super::mentions::Names;
use super::rules::{require_member, require_open, require_session};
use super::{Answer, Caller, MessagePage, NewMessage, PageAt, Sent, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::ids::{ClientId, ConversationId, FileId, MessageId, Seq};
use crate::model::view::MessageView;
use crate::model::{EventBody, Message, MessageKind};
use crate::store::{Reads, conversations, messages};

/// A message whose fields are valid. Whether its sender is a member, and whether it was sent
/// before, is decided at the commit.
struct SendMessage {
    caller: Caller,
    conversation: ConversationId,
    content: String,
    attachments: Vec<FileId>,
    names: Names,
    client_id: Option<ClientId>,
}

impl Rule for SendMessage {
    /// The stored message, and whether it was stored now.
    type Outcome = (Message, bool);

    fn weight(&self) -> usize {
        512 + self.content.len()
    }

    fn decide(self, state: &dyn Reads, now: Timestamp) -> Answer<Decision<Self::Outcome>> {
        require_session(state, self.caller)?;
        let sender = self.caller.user;
        let (conversation, _) = require_member(state, sender, self.conversation)?;
        if let Some(client_id) = &self.client_id
            && let Some(first) = messages::by_client_id(state, sender, client_id)?
        {
            if first.conversation != self.conversation {
                return Err(ServiceError::InvalidField {
                    field: "clientId",
                    message: "This clientId names a message in another conversation.",
                });
            }
            let first = messages::find(state, first)?.ok_or(ServiceError::NotFound)?;
            return Ok(Decision::nothing((first, false)));
        }
        require_open(state, self.conversation)?;
        let message = Message {
            id: MessageId {
                conversation: self.conversation,
                seq: conversation.last_seq.next(),
            },
            sender,
            kind: kind_with(state, self.caller, &self.attachments)?,
            content: self.content,
            attachments: self.attachments,
            mentions: self.names.find(state, &conversation, sender)?,
            client_id: self.client_id,
            reply_to: None,
            sealed: None,
            created_at: now,
            edited_at: None,
            deleted_at: None,
        };
        let sent = EventBody::MessageSent(message.clone());
        Ok(Decision::events(vec![sent], (message, true)))
    }
}

impl Service {
    /// Sends a message. Errors: `not_found`, fields (`content`, `clientId`, `attachments`),
    /// `rate_limited`, `server_busy`, `storage_full`.
    pub async fn send(&self, caller: Caller, new: NewMessage) -> Answer<Sent> {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.send_then(caller, new, move |answer| {
            // Who asked may have gone meanwhile.
            let _ = tell.send(answer);
        });
        told.await.unwrap_or(Err(ServiceError::ServerBusy))
    }

    /// The same with a callback: called exactly once, on the publisher's thread in commit order
    /// after the event was published, or at once when it is refused before that. Must not block.
    pub fn send_then(
        &self,
        caller: Caller,
        new: NewMessage,
        done: impl FnOnce(Answer<Sent>) + Send + 'static,
    ) {
        let rule = match self.new_message(caller, new) {
            Ok(rule) => rule,
            Err(error) => {
                self.0.meters.message_refused(error.code());
                return done(Err(error));
            }
        };
        let service = self.clone();
        self.0.committer.run_then(rule, move |answer| {
            match &answer {
                Ok((_, true)) => service.0.meters.message(),
                // It was stored before.
                Ok((_, false)) => {}
                Err(error) => service.0.meters.message_refused(error.code()),
            }
            done(answer.map(|(message, fresh)| Sent {
                message: service.message_view(&message),
                fresh,
            }));
        });
    }

    /// Checks what is typed. Fields come before the rate: who is refused anyway uses nothing up.
    fn new_message(&self, caller: Caller, new: NewMessage) -> Answer<SendMessage> {
        let attachments = attachments(&new.attachments)?;
        if attachments.is_empty() || !new.content.is_empty() {
            fields::content(&new.content)?;
        }
        if let Some(client_id) = &new.client_id {
            fields::bounded("clientId", client_id, 1, ClientId::MAX)?;
        }
        if new.kind != MessageKind::Text && attachments.is_empty() {
            return Err(ServiceError::InvalidField {
                field: "attachments",
                message: "A message of this type carries files. Please upload one first.",
            });
        }
        self.limit(LimitedAction::Send, LimitKey::user(caller.user))?;
        Ok(SendMessage {
            caller,
            conversation: new.conversation,
            names: Names::of(&new.content),
            content: new.content,
            attachments,
            client_id: new.client_id.map(ClientId),
        })
    }

    /// A page of a conversation's history. `limit` 1 to 100. Errors: `not_found`, `rate_limited`.
    pub fn messages(
        &self,
        caller: Caller,
        conversation: ConversationId,
        at: PageAt,
        limit: u32,
    ) -> Answer<MessagePage> {
        let limit = fields::page_limit(limit)?;
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let (found, _) = require_member(&state, caller.user, conversation)?;
        let last = found.last_seq;
        let page = match at {
            PageAt::Newest => messages::before(&state, conversation, None, limit),
            PageAt::Before(seq) => messages::before(&state, conversation, Some(seq), limit),
            PageAt::After(seq) => messages::after(&state, conversation, seq, limit),
            PageAt::Around(seq) => messages::around(&state, conversation, seq, limit),
        }?;
        // Of an empty page, the gap between messages that it looked into.
        let (oldest, newest) = match (page.first(), page.last(), at) {
            (Some(first), Some(last), _) => (first.id.seq, last.id.seq),
            (_, _, PageAt::Before(seq)) => (seq, Seq(seq.0.saturating_sub(1))),
            (_, _, PageAt::After(seq) | PageAt::Around(seq)) => (seq.next(), seq),
            (_, _, PageAt::Newest) => (Seq(1), last),
        };
        Ok(MessagePage {
            messages: page
                .iter()
                .map(|message| self.message_view(message))
                .collect(),
            before: (oldest.0 > 1 && last.0 > 0).then(|| oldest.min(last.next())),
            after: (newest < last).then_some(newest),
        })
    }

    /// For the realtime door: whether no message follows this one in its conversation.
    pub fn is_newest(&self, message: MessageId) -> bool {
        let found = self.find_conversation(message.conversation);
        found.is_ok_and(|found| found.is_some_and(|found| found.last_seq == message.seq))
    }

    /// For the realtime door: the newest message of a conversation, whoever asks.
    pub fn last_message(&self, conversation: ConversationId) -> Answer<Option<MessageView>> {
        let state = self.0.store.view();
        let last = match conversations::find(&state, conversation)? {
            Some(found) => newest(&state, conversation, found.last_seq)?,
            None => None,
        };
        Ok(last.map(|message| self.message_view(&message)))
    }
}

/// The message at the end of a conversation.
pub(super) fn newest(
    state: &dyn Reads,
    conversation: ConversationId,
    last_seq: Seq,
) -> Answer<Option<Message>> {
    let seq = last_seq;
    Ok(messages::find(state, MessageId { conversation, seq })?)
}
