//! What somebody settles for themselves alone: settings of a conversation, what counts as unread,
//! drafts.

use super::decision::{Decision, Weighing};
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::{require_member, require_session};
use super::{Answer, Caller, OwnChange, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, Seq};
use crate::model::view::{ConversationView, DraftView};
use crate::model::{Draft, EventBody, Member, OwnSettings};
use crate::store::{Reads, drafts};

/// How many drafts one person may have.
pub const DRAFTS_MAX: usize = 100;

impl Service {
    /// Changes the caller's own settings of a conversation. Errors: `not_found`, `rate_limited`,
    /// `server_busy`, `storage_full`.
    pub async fn change_own_settings(
        &self,
        caller: Caller,
        conversation: ConversationId,
        change: OwnChange,
    ) -> Answer<ConversationView> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        self.decide(move |state, _| change_own(state, caller, conversation, change))
            .await?;
        self.conversation_view(caller.user, conversation)
    }

    /// Lets a conversation count as unread for the caller from a message on. Nobody else hears of
    /// it. Errors: `not_found`, `invalid_field` (`seq`: there is no such message),
    /// `rate_limited`, `server_busy`, `storage_full`.
    pub async fn mark_unread(
        &self,
        caller: Caller,
        conversation: ConversationId,
        from: Seq,
    ) -> Answer<()> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        self.decide(move |state, _| unread(state, caller, conversation, from))
            .await
    }

    /// Keeps what the caller began to write; `""` lets it be. Errors: `not_found`, fields
    /// (`content`), `conflict` (too many drafts), `rate_limited`, `server_busy`, `storage_full`.
    pub async fn set_draft(
        &self,
        caller: Caller,
        conversation: ConversationId,
        content: String,
    ) -> Answer<()> {
        fields::caption(&content)?;
        self.limit(LimitedAction::Draft, LimitKey::user(caller.user))?;
        let bytes = content.len();
        let rule = move |state: &dyn Reads, now| draft(state, now, caller, conversation, content);
        self.0.committer.run(Weighing { bytes, rule }).await
    }

    /// All drafts of the caller. Errors: `rate_limited`.
    pub fn drafts(&self, caller: Caller) -> Answer<Vec<DraftView>> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let mut found = Vec::new();
        for conversation in drafts::places(&state, caller.user)? {
            found.extend(drafts::find(&state, caller.user, conversation)?);
        }
        Ok(found.iter().map(Self::draft_view).collect())
    }

    /// A draft as it goes over the wire.
    pub fn draft_view(draft: &Draft) -> DraftView {
        DraftView {
            conversation_id: draft.conversation,
            content: draft.content.clone(),
            updated_at: draft.updated_at,
        }
    }
}

fn change_own(
    state: &dyn Reads,
    caller: Caller,
    conversation: ConversationId,
    change: OwnChange,
) -> Answer<Decision<()>> {
    require_session(state, caller)?;
    let user = caller.user;
    let (found, member) = require_member(state, user, conversation)?;
    let archived = member.own.is_archived(found.last_seq);
    let own = OwnSettings {
        muted: change.muted.unwrap_or(member.own.muted),
        pinned: change.pinned.unwrap_or(member.own.pinned),
        // One that a message has brought back stays back, and one that was muted stays away.
        archived_at: change
            .archived
            .unwrap_or(archived)
            .then_some(found.last_seq),
    };
    if own == member.own {
        return Ok(Decision::nothing(()));
    }
    let changed = EventBody::SettingsChanged {
        conversation,
        user,
        own,
    };
    Ok(Decision::events(vec![changed], ()))
}

fn unread(
    state: &dyn Reads,
    caller: Caller,
    conversation: ConversationId,
    from: Seq,
) -> Answer<Decision<()>> {
    require_session(state, caller)?;
    let user = caller.user;
    let (found, member) = require_member(state, user, conversation)?;
    if from == Seq(0) || from > found.last_seq {
        return Err(ServiceError::InvalidField {
            field: "seq",
            message: "Please give the position of a message.",
        });
    }
    // What was never read need not be marked.
    let unread_from = (from <= member.last_read_seq).then_some(from);
    Ok(move_own(conversation, &member, unread_from))
}

/// Moves the caller's own read mark, if that changes it.
pub(super) fn move_own(
    conversation: ConversationId,
    member: &Member,
    unread_from: Option<Seq>,
) -> Decision<()> {
    if unread_from == member.unread_from {
        return Decision::nothing(());
    }
    let after = Member {
        unread_from,
        ..member.clone()
    };
    let moved = EventBody::OwnReadMoved {
        conversation,
        user: member.user,
        unread_from,
        read_up_to: after.own_read_seq(),
    };
    Decision::events(vec![moved], ())
}

fn draft(
    state: &dyn Reads,
    now: Timestamp,
    caller: Caller,
    conversation: ConversationId,
    content: String,
) -> Answer<Decision<()>> {
    require_session(state, caller)?;
    let user = caller.user;
    require_member(state, user, conversation)?;
    let before = drafts::find(state, user, conversation)?;
    if before.as_ref().map_or("", |draft| &draft.content) == content {
        return Ok(Decision::nothing(()));
    }
    if before.is_none() && drafts::places(state, user)?.len() >= DRAFTS_MAX {
        let message = "You have very many drafts. Please send or clear some first.";
        return Err(ServiceError::Conflict {
            field: "drafts",
            message,
        });
    }
    let changed = EventBody::DraftChanged(Draft {
        conversation,
        user,
        content,
        updated_at: now,
    });
    Ok(Decision::events(vec![changed], ()))
}
