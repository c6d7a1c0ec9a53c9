//! Changing and deleting messages, and what they said before.

use super::decision::{Decision, Rule, Weighing};
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::mentions::Names;
use super::rules::{require_member, require_session, require_writer};
use super::{Answer, Caller, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::ids::MessageId;
use crate::model::view::{MessageView, VersionView};
use crate::model::{EventBody, Member, MemberRole, Message};
use crate::store::{Reads, history, messages};

/// How often one message can be changed.
pub const EDITS_MAX: u16 = 50;

/// How often its versions are read anew when it is changed meanwhile.
const READ_AGAIN: usize = 3;

impl Service {
    /// Changes what one of the caller's own messages says. Errors: `not_found`, `forbidden`,
    /// `conflict` for one that is deleted or was changed too often, fields (`content`),
    /// `rate_limited`, `server_busy`, `storage_full`.
    pub async fn edit_message(
        &self,
        caller: Caller,
        message: MessageId,
        content: String,
    ) -> Answer<MessageView> {
        let rule = self.edited(caller, message, content)?;
        let edited = self.0.committer.run(rule).await?;
        Ok(self.message_view(&edited))
    }

    /// The same with a callback, as [`Service::send_then`] has it.
    pub fn edit_message_then(
        &self,
        caller: Caller,
        message: MessageId,
        content: String,
        done: impl FnOnce(Answer<MessageView>) + Send + 'static,
    ) {
        let rule = match self.edited(caller, message, content) {
            Ok(rule) => rule,
            Err(error) => return done(Err(error)),
        };
        let service = self.clone();
        self.0.committer.run_then(rule, move |answer| {
            done(answer.map(|edited| service.message_view(&edited)));
        });
    }

    /// Erases a message: its sender, and in groups their owners. Erasing what is erased already
    /// is no error. Errors: `not_found`, `forbidden`, `rate_limited`, `server_busy`,
    /// `storage_full`.
    pub async fn delete_message(&self, caller: Caller, message: MessageId) -> Answer<()> {
        self.limit(LimitedAction::Edit, LimitKey::user(caller.user))?;
        self.decide(move |state, now| delete(state, now, caller, message))
            .await
    }

    /// The same with a callback, as [`Service::send_then`] has it.
    pub fn delete_message_then(
        &self,
        caller: Caller,
        message: MessageId,
        done: impl FnOnce(Answer<()>) + Send + 'static,
    ) {
        if let Err(error) = self.limit(LimitedAction::Edit, LimitKey::user(caller.user)) {
            return done(Err(error));
        }
        let rule = move |state: &dyn Reads, now| delete(state, now, caller, message);
        self.0.committer.run_then(rule, done);
    }

    /// What a message has said, oldest first, the present last; nothing of one that is deleted.
    /// Errors: `not_found`, `rate_limited`.
    pub fn message_history(&self, caller: Caller, id: MessageId) -> Answer<Vec<VersionView>> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let (mut message, _) = require_message(&state, caller, id)?;
        for _ in 0..READ_AGAIN {
            let versions = history::all(&state, id);
            let before = message;
            (message, _) = require_message(&state, caller, id)?;
            if message.deleted_at.is_some() {
                return Ok(Vec::new());
            }
            if message == before {
                let mut versions = versions?;
                versions.push(message.into());
                return Ok(versions.into_iter().map(Self::version_view).collect());
            }
        }
        Err(ServiceError::ServerBusy)
    }

    fn edited(
        &self,
        caller: Caller,
        message: MessageId,
        content: String,
    ) -> Answer<impl Rule<Outcome = Message>> {
        fields::caption(&content)?;
        self.limit(LimitedAction::Edit, LimitKey::user(caller.user))?;
        let bytes = content.len();
        let names = Names::of(&content);
        let rule = move |state: &dyn Reads, now| edit(state, now, caller, message, content, &names);
        Ok(Weighing { bytes, rule })
    }
}

fn edit(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    id: MessageId,
    content: String,
    names: &Names,
) -> Answer<Decision<Message>> {
    require_session(state, caller)?;
    let (conversation, _) = require_writer(state, caller.user, id.conversation)?;
    let message = messages::find(state, id)?.ok_or(ServiceError::NotFound)?;
    if message.sender != caller.user {
        return Err(ServiceError::Forbidden(
            "Only who wrote a message can change it.",
        ));
    }
    if message.deleted_at.is_some() {
        return Err(ServiceError::Conflict {
            field: "messageId",
            message: "This message was deleted.",
        });
    }
    if message.attachments.is_empty() || !content.is_empty() {
        fields::content(&content)?;
    }
    if message.content == content {
        return Ok(Decision::nothing(message));
    }
    if history::count(state, id)? >= EDITS_MAX {
        return Err(ServiceError::Conflict {
            field: "content",
            message: "This message was changed too often. Please write a new one.",
        });
    }
    let edited = Message {
        mentions: names.find(state, &conversation, caller.user)?,
        content,
        edited_at: Some(now),
        ..message
    };
    let events = vec![EventBody::MessageEdited(edited.clone())];
    Ok(Decision::events(events, edited))
}

fn delete(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    id: MessageId,
) -> Answer<Decision<()>> {
    require_session(state, caller)?;
    let (message, member) = require_message(state, caller, id)?;
    if message.sender != caller.user && member.role != MemberRole::Owner {
        return Err(ServiceError::Forbidden(
            "Only who wrote a message, or an owner of the group, can delete it.",
        ));
    }
    if message.deleted_at.is_some() {
        return Ok(Decision::nothing(()));
    }
    let deleted = EventBody::MessageDeleted {
        message: message.erased(now),
        by: caller.user,
    };
    Ok(Decision::events(vec![deleted], ()))
}

/// A message, with the caller's place in its conversation.
fn require_message(state: &dyn Reads, caller: Caller, id: MessageId) -> Answer<(Message, Member)> {
    let (_, member) = require_member(state, caller.user, id.conversation)?;
    let message = messages::find(state, id)?.ok_or(ServiceError::NotFound)?;
    Ok((message, member))
}
