//! What an event changes: the one place where state changes.
//!
//! Deterministic: the same events on the same state give the same rows. No rule is decided here;
//! an event that contradicts the state is refused.

use super::error::StoreError;
use super::txn::Changes;
use super::{
    accounts, conversations, drafts, files, groups, history, house, invites, members, messages,
    resets, sessions,
};
use crate::base::clock::Timestamp;
use crate::model::{AvatarOf, EventBody, FileId, Message};

/// Changes the rows as the event says.
pub(super) fn apply(
    changes: &mut Changes<'_>,
    at: Timestamp,
    body: &EventBody,
) -> Result<(), StoreError> {
    match body {
        EventBody::AccountCreated(_)
        | EventBody::ProfileChanged { .. }
        | EventBody::RoleChanged { .. }
        | EventBody::DisabledChanged { .. }
        | EventBody::PasswordChanged { .. }
        | EventBody::LastSeen { .. } => apply_to_accounts(changes, body),
        EventBody::SessionStarted(session) => sessions::start(changes, session),
        EventBody::SessionUsed { session, at } => sessions::used(changes, *session, *at),
        EventBody::SessionEnded { session, .. } => sessions::end(changes, *session),
        EventBody::ResetLinkMade(link) => resets::put(changes, link),
        EventBody::InviteCreated(invite) => invites::create(changes, invite),
        EventBody::InviteUsed { invite, .. } => invites::update(changes, *invite, |invite| {
            invite.uses = invite.uses.saturating_add(1);
        }),
        EventBody::InviteRevoked { invite } => invites::remove(changes, *invite),
        EventBody::ConversationCreated(conversation) => {
            conversations::create(changes, conversation)
        }
        EventBody::ConversationRenamed {
            conversation,
            title,
        } => conversations::update(changes, *conversation, |conversation| {
            conversation.title = Some(title.clone());
            conversation.updated_at = at;
            Ok(())
        })
        .map(drop),
        EventBody::MemberAdded(member) => members::add(changes, at, member),
        EventBody::MemberRemoved {
            conversation, user, ..
        } => members::remove(changes, at, *conversation, *user),
        EventBody::MemberRoleChanged {
            conversation,
            user,
            role,
        } => members::update(changes, *conversation, *user, |member| member.role = *role),
        EventBody::MessageSent(message) => send(changes, message),
        EventBody::MessageEdited(message) => {
            let before = messages::replace(changes, message)?;
            history::keep(changes, &before)
        }
        EventBody::MessageDeleted { message, .. } => delete(changes, message),
        EventBody::SettingsChanged {
            conversation,
            user,
            own,
        } => members::update(changes, *conversation, *user, |member| member.own = *own),
        EventBody::OwnReadMoved {
            conversation,
            user,
            unread_from,
            ..
        } => members::update(changes, *conversation, *user, |member| {
            member.unread_from = *unread_from;
        }),
        EventBody::DraftChanged(draft) => drafts::put(changes, draft),
        EventBody::MessageRead {
            conversation,
            user,
            seq,
            at,
        } => members::read(changes, *conversation, *user, *seq, *at),
        EventBody::FileAdded(file) => files::add(changes, file),
        EventBody::FileRemoved { file } => files::remove_loose(changes, *file),
        EventBody::AvatarChanged { of, file } => change_avatar(changes, at, *of, *file),
        EventBody::ReadOnlyChanged {
            conversation,
            read_only,
            ..
        } => groups::set_read_only(changes, *conversation, *read_only),
        EventBody::GroupDeleted { conversation, .. } => groups::delete(changes, *conversation),
        EventBody::GroupErased { conversation } => groups::erase(changes, *conversation),
        EventBody::QuotaChanged { user, bytes } => files::set_quota(changes, *user, *bytes),
        EventBody::HouseChanged(house) => house::put(changes, house),
    }
}

/// Gives a person or a group another face; the one before goes away.
fn change_avatar(
    changes: &mut Changes<'_>,
    at: Timestamp,
    of: AvatarOf,
    file: Option<FileId>,
) -> Result<(), StoreError> {
    let mut before = None;
    match of {
        AvatarOf::User(user) => accounts::update(changes, user, |account| {
            before = std::mem::replace(&mut account.avatar, file);
        })?,
        AvatarOf::Conversation(conversation) => {
            conversations::update(changes, conversation, |conversation| {
                before = std::mem::replace(&mut conversation.avatar, file);
                conversation.updated_at = at;
                Ok(())
            })?;
        }
    }
    if let Some(before) = before {
        files::release(changes, before)?;
    }
    match file {
        Some(file) => files::show(changes, file, of),
        None => Ok(()),
    }
}

fn apply_to_accounts(changes: &mut Changes<'_>, body: &EventBody) -> Result<(), StoreError> {
    match body {
        EventBody::AccountCreated(account) => accounts::create(changes, account),
        EventBody::ProfileChanged { user, display_name } => {
            accounts::update(changes, *user, |account| {
                account.display_name.clone_from(display_name);
            })
        }
        EventBody::RoleChanged { user, role } => {
            accounts::update(changes, *user, |account| account.role = *role)
        }
        EventBody::DisabledChanged { user, disabled } => {
            accounts::update(changes, *user, |account| account.disabled = *disabled)?;
            if *disabled {
                resets::remove(changes, *user)?;
                sessions::end_all(changes, *user, None)?;
            }
            Ok(())
        }
        EventBody::PasswordChanged {
            user,
            password_hash,
            keep,
        } => {
            accounts::update(changes, *user, |account| {
                account.password_hash.clone_from(password_hash);
            })?;
            resets::remove(changes, *user)?;
            sessions::end_all(changes, *user, *keep)
        }
        EventBody::LastSeen { user, at } => accounts::update(changes, *user, |account| {
            account.last_seen_at = account.last_seen_at.max(Some(*at));
        }),
        _ => Ok(()),
    }
}

/// Stores a message at the end of its conversation; its sender has read up to it.
fn send(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    let seq = message.id.seq;
    conversations::update(changes, message.id.conversation, |conversation| {
        if seq != conversation.last_seq.next() {
            return Err(StoreError::Contradiction("the message is not the next one"));
        }
        conversation.last_seq = seq;
        conversation.updated_at = message.created_at;
        Ok(())
    })?;
    members::read(
        changes,
        message.id.conversation,
        message.sender,
        seq,
        message.created_at,
    )?;
    files::attach(changes, message)?;
    messages::add(changes, message)
}

/// Leaves of a message what the event says, and nothing of what it said before.
fn delete(changes: &mut Changes<'_>, erased: &Message) -> Result<(), StoreError> {
    let before = messages::replace(changes, erased)?;
    files::detach(changes, &before)?;
    history::erase(changes, erased.id)
}
