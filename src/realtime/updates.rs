//! `conversation-updated`: the newest state of a conversation, for the lists of all its members.
//!
//! Coalesced: a busy conversation is told a few times a second, always with the newest state
//! (`docs/adr/0002-conversation-updated-is-coalesced.md`).

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::outbound::{Reason, Update};
use crate::model::ids::ConversationId;
use crate::service::Service;

/// The pause between two tellings of one conversation.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// Conversations that changed since they were last told.
#[derive(Default)]
pub(super) struct Pending {
    changed: Mutex<HashMap<ConversationId, Reason>>,
    any: Notify,
}

impl Pending {
    /// A conversation changed. Of several reasons the weightier one is told.
    pub(super) fn mark(&self, conversation: ConversationId, reason: Reason) {
        let mut changed = self.changed.lock();
        let first = changed.is_empty();
        let kept = changed.entry(conversation).or_insert(reason);
        if *kept == Reason::Message {
            *kept = reason;
        }
        if first {
            self.any.notify_one();
        }
    }

    /// Waits until there is one.
    pub(super) async fn any(&self) {
        self.any.notified().await;
    }

    /// Takes all of them.
    pub(super) fn take(&self) -> HashMap<ConversationId, Reason> {
        std::mem::take(&mut *self.changed.lock())
    }
}

/// The state of a conversation now. `None` when it can't be read.
pub(super) fn load(service: &Service, conversation: ConversationId) -> Option<Update> {
    let row = service.find_conversation(conversation).ok()??;
    let last_message = service.last_message(conversation).ok()?;
    Some(Update {
        conversation_id: conversation,
        avatar_url: service.group_avatar_url(&row),
        title: row.title,
        is_group: row.is_group,
        last_seq: row.last_seq.0,
        last_message,
        updated_at: row.updated_at,
        member_count: row.member_count,
        read_only: service.is_read_only(conversation).ok()?,
        reason: Reason::Message,
    })
}

/// The same, told for another reason.
pub(super) fn with_reason(update: Update, reason: Reason) -> Update {
    Update { reason, ..update }
}
