//! Links to a new password: the table `ResetLinks`, one row a person at most.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{ResetLink, UserId};

#[derive(Serialize, Deserialize)]
struct ResetLinkV1 {
    user: u64,
    token_hash: [u8; 32],
    created_by: Option<u64>,
    created_at: u64,
    expires_at: u64,
}

impl From<&ResetLink> for ResetLinkV1 {
    fn from(link: &ResetLink) -> Self {
        Self {
            user: link.user.0,
            token_hash: link.token_hash,
            created_by: link.created_by.map(|user| user.0),
            created_at: link.created_at.0,
            expires_at: link.expires_at.0,
        }
    }
}

impl From<ResetLinkV1> for ResetLink {
    fn from(v1: ResetLinkV1) -> Self {
        Self {
            user: UserId(v1.user),
            token_hash: v1.token_hash,
            created_by: v1.created_by.map(UserId),
            created_at: Timestamp(v1.created_at),
            expires_at: Timestamp(v1.expires_at),
        }
    }
}

record_v1!(ResetLink, "reset link", ResetLinkV1);

fn key(user: UserId) -> Key {
    Key::new(Table::ResetLinks).u64(user.0)
}

/// The link by which this person may choose a new password, whether it has expired or not.
pub fn find(reads: &dyn Reads, user: UserId) -> Result<Option<ResetLink>, StoreError> {
    rows::find(reads, &key(user))
}

/// Takes the place of the one before.
pub(super) fn put(changes: &mut Changes<'_>, link: &ResetLink) -> Result<(), StoreError> {
    changes.put(key(link.user), link)
}

/// One that is not there is no error.
pub(super) fn remove(changes: &mut Changes<'_>, user: UserId) -> Result<(), StoreError> {
    changes.set(key(user), None)
}
