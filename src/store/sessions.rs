//! Signed-in devices: the tables `Sessions`, `SessionTokens`, `UserSessions`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u128_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{Session, SessionId, UserId};

#[derive(Serialize, Deserialize)]
struct SessionV1 {
    id: u128,
    user: u64,
    token_hash: [u8; 32],
    created_at: u64,
    last_used_at: u64,
    user_agent: String,
    address: String,
}

impl From<&Session> for SessionV1 {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.0,
            user: session.user.0,
            token_hash: session.token_hash,
            created_at: session.created_at.0,
            last_used_at: session.last_used_at.0,
            user_agent: session.user_agent.clone(),
            address: session.address.clone(),
        }
    }
}

impl From<SessionV1> for Session {
    fn from(v1: SessionV1) -> Self {
        Self {
            id: SessionId(v1.id),
            user: UserId(v1.user),
            token_hash: v1.token_hash,
            created_at: Timestamp(v1.created_at),
            last_used_at: Timestamp(v1.last_used_at),
            user_agent: v1.user_agent,
            address: v1.address,
        }
    }
}

record_v1!(Session, "session", SessionV1);

fn key(session: SessionId) -> Key {
    Key::new(Table::Sessions).u128(session.0)
}

fn token_key(token_hash: &[u8; 32]) -> Key {
    Key::new(Table::SessionTokens).push(token_hash)
}

fn user_key(user: UserId) -> Key {
    Key::new(Table::UserSessions).u64(user.0)
}

/// The session with this public id.
pub fn find(reads: &dyn Reads, session: SessionId) -> Result<Option<Session>, StoreError> {
    rows::find(reads, &key(session))
}

/// The session whose token has this SHA-256.
pub fn find_by_token(
    reads: &dyn Reads,
    token_hash: &[u8; 32],
) -> Result<Option<Session>, StoreError> {
    match reads.get(&token_key(token_hash))? {
        Some(id) => find(reads, SessionId(u128_at("session token", &id, 0)?)),
        None => Ok(None),
    }
}

/// All sessions of a person, in no particular order.
pub fn of_user(reads: &dyn Reads, user: UserId) -> Result<Vec<Session>, StoreError> {
    let mut sessions = Vec::new();
    for id in ids_of_user(reads, user)? {
        sessions.extend(find(reads, id)?);
    }
    Ok(sessions)
}

fn ids_of_user(reads: &dyn Reads, user: UserId) -> Result<Vec<SessionId>, StoreError> {
    let span = Span::of(user_key(user));
    rows::collect(reads, &span, usize::MAX, |key, _| {
        Ok(SessionId(u128_at("session of a user", key, 9)?))
    })
}

pub(super) fn start(changes: &mut Changes<'_>, session: &Session) -> Result<(), StoreError> {
    if find(changes, session.id)?.is_some() {
        return Err(StoreError::Contradiction("the session exists already"));
    }
    let id = session.id.0.to_be_bytes().to_vec();
    changes.set(token_key(&session.token_hash), Some(id))?;
    changes.set(user_key(session.user).u128(session.id.0), Some(Vec::new()))?;
    changes.put(key(session.id), session)
}

/// A session that is gone stays gone: a use reported late changes nothing.
pub(super) fn used(
    changes: &mut Changes<'_>,
    session: SessionId,
    at: Timestamp,
) -> Result<(), StoreError> {
    match find(changes, session)? {
        Some(mut session) => {
            session.last_used_at = session.last_used_at.max(at);
            changes.put(key(session.id), &session)
        }
        None => Ok(()),
    }
}

pub(super) fn end(changes: &mut Changes<'_>, session: SessionId) -> Result<(), StoreError> {
    let Some(session) = find(changes, session)? else {
        return Ok(());
    };
    changes.set(token_key(&session.token_hash), None)?;
    changes.set(user_key(session.user).u128(session.id.0), None)?;
    changes.set(key(session.id), None)
}

pub(super) fn end_all(
    changes: &mut Changes<'_>,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<(), StoreError> {
    for id in ids_of_user(changes, user)? {
        if Some(id) != keep {
            end(changes, id)?;
        }
    }
    Ok(())
}
