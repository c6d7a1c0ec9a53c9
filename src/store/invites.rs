//! Invites: the tables `Invites`, `InviteCodes`, `UserInvites`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u128_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{ConversationId, Invite, InviteId, UserId};

#[derive(Serialize, Deserialize)]
struct InviteV1 {
    id: u128,
    code: String,
    created_by: u64,
    conversation: Option<u64>,
    created_at: u64,
    expires_at: Option<u64>,
    max_uses: Option<u32>,
    uses: u32,
}

impl From<&Invite> for InviteV1 {
    fn from(invite: &Invite) -> Self {
        Self {
            id: invite.id.0,
            code: invite.code.clone(),
            created_by: invite.created_by.0,
            conversation: invite.conversation.map(|id| id.0),
            created_at: invite.created_at.0,
            expires_at: invite.expires_at.map(|at| at.0),
            max_uses: invite.max_uses,
            uses: invite.uses,
        }
    }
}

impl From<InviteV1> for Invite {
    fn from(v1: InviteV1) -> Self {
        Self {
            id: InviteId(v1.id),
            code: v1.code,
            created_by: UserId(v1.created_by),
            conversation: v1.conversation.map(ConversationId),
            created_at: Timestamp(v1.created_at),
            expires_at: v1.expires_at.map(Timestamp),
            max_uses: v1.max_uses,
            uses: v1.uses,
        }
    }
}

record_v1!(Invite, "invite", InviteV1);

fn key(invite: InviteId) -> Key {
    Key::new(Table::Invites).u128(invite.0)
}

fn code_key(code: &str) -> Key {
    Key::new(Table::InviteCodes).text(code)
}

fn by_user_key(invite: &Invite) -> Key {
    Key::new(Table::UserInvites)
        .u64(invite.created_by.0)
        .u128(invite.id.0)
}

/// The invite with this public id.
pub fn find(reads: &dyn Reads, invite: InviteId) -> Result<Option<Invite>, StoreError> {
    rows::find(reads, &key(invite))
}

/// The invite with this code, whether it still works or not.
pub fn find_by_code(reads: &dyn Reads, code: &str) -> Result<Option<Invite>, StoreError> {
    match reads.get(&code_key(code))? {
        Some(id) => find(reads, InviteId(u128_at("invite code", &id, 0)?)),
        None => Ok(None),
    }
}

/// All invites, expired and used-up ones included, in no particular order.
pub fn all(reads: &dyn Reads) -> Result<Vec<Invite>, StoreError> {
    let span = Span::of(Key::new(Table::Invites));
    rows::collect(reads, &span, usize::MAX, |_, value| {
        super::codec::decode(value)
    })
}

/// The invites that a person made, in no particular order.
pub fn of_user(reads: &dyn Reads, user: UserId) -> Result<Vec<Invite>, StoreError> {
    let span = Span::of(Key::new(Table::UserInvites).u64(user.0));
    let ids = rows::collect(reads, &span, usize::MAX, |key, _| {
        u128_at("invite of a user", key, 9)
    })?;
    let mut invites = Vec::new();
    for id in ids {
        invites.extend(find(reads, InviteId(id))?);
    }
    Ok(invites)
}

pub(super) fn create(changes: &mut Changes<'_>, invite: &Invite) -> Result<(), StoreError> {
    if find(changes, invite.id)?.is_some() || find_by_code(changes, &invite.code)?.is_some() {
        return Err(StoreError::Contradiction("the invite exists already"));
    }
    let id = invite.id.0.to_be_bytes().to_vec();
    changes.set(code_key(&invite.code), Some(id))?;
    changes.set(by_user_key(invite), Some(Vec::new()))?;
    changes.put(key(invite.id), invite)
}

/// Removes an invite, which must be there, with the rows that lead to it.
pub(super) fn remove(changes: &mut Changes<'_>, invite: InviteId) -> Result<(), StoreError> {
    let invite = require(changes, invite)?;
    changes.set(code_key(&invite.code), None)?;
    changes.set(by_user_key(&invite), None)?;
    changes.set(key(invite.id), None)
}

fn require(reads: &dyn Reads, invite: InviteId) -> Result<Invite, StoreError> {
    find(reads, invite)?.ok_or(StoreError::Contradiction("the invite is not there"))
}

pub(super) fn update(
    changes: &mut Changes<'_>,
    invite: InviteId,
    change: impl FnOnce(&mut Invite),
) -> Result<(), StoreError> {
    let mut invite = require(changes, invite)?;
    change(&mut invite);
    changes.put(key(invite.id), &invite)
}
