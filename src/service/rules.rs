//! What most rules begin with: who may.
//!
//! All of it on the state that the committer decides on, or on the committed one for reading.
//! What somebody may not see is [`ServiceError::NotFound`], exactly as if it did not exist.

use super::{Answer, Caller, ServiceError};
use crate::model::ids::{ConversationId, UserId};
use crate::model::{Account, Actor, Conversation, GroupState, Member, MemberRole, Role, Session};
use crate::store::{Reads, accounts, conversations, groups, members, sessions};

/// The caller's session, which must still stand when the command is decided.
pub fn require_session(state: &dyn Reads, caller: Caller) -> Answer<Session> {
    sessions::find(state, caller.session)?
        .filter(|session| session.user == caller.user)
        .ok_or(ServiceError::Unauthorized)
}

/// The caller's account, whose session must still stand.
pub fn require_account(state: &dyn Reads, caller: Caller) -> Answer<Account> {
    require_session(state, caller)?;
    accounts::find(state, caller.user)?.ok_or(ServiceError::Unauthorized)
}

/// An administrator, or the installation itself.
pub fn require_admin(state: &dyn Reads, actor: Actor) -> Answer<()> {
    let Actor::User { user, session } = actor else {
        return Ok(());
    };
    match require_account(state, Caller { user, session })?.role {
        Role::Admin => Ok(()),
        Role::Member => Err(ServiceError::Forbidden(
            "Only an administrator can do this.",
        )),
    }
}

/// Somebody's place in a conversation: the membership is the permission.
pub fn require_member(
    state: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
) -> Answer<(Conversation, Member)> {
    let member = members::find(state, conversation, user)?.ok_or(ServiceError::NotFound)?;
    let conversation = conversations::find(state, conversation)?.ok_or(ServiceError::NotFound)?;
    Ok((conversation, member))
}

/// Somebody's place in a conversation in which something may be written.
pub fn require_writer(
    state: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
) -> Answer<(Conversation, Member)> {
    let found = require_member(state, user, conversation)?;
    require_open(state, conversation)?;
    Ok(found)
}

/// A conversation that is not archived for everybody.
pub fn require_open(state: &dyn Reads, conversation: ConversationId) -> Answer<()> {
    match groups::state(state, conversation)? {
        GroupState::Open => Ok(()),
        GroupState::ReadOnly | GroupState::Deleted => Err(ServiceError::Conflict {
            field: "readOnly",
            message: "This group was archived: it can be read, and nobody writes in it any more.",
        }),
    }
}

/// An owner's place in a group.
pub fn require_owner(
    state: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
) -> Answer<(Conversation, Member)> {
    let (conversation, member) = require_member(state, user, conversation)?;
    if !conversation.is_group {
        return Err(ServiceError::Conflict {
            field: "isGroup",
            message: "This works in groups only.",
        });
    }
    match member.role {
        MemberRole::Owner => Ok((conversation, member)),
        MemberRole::Member => Err(ServiceError::Forbidden(
            "Only an owner of this group can do this.",
        )),
    }
}
