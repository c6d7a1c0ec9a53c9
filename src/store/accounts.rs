//! People: the tables `Accounts`, `Usernames`, `Admins`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Meta, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::name::fold;
use crate::model::{Account, FileId, Role, UserId};

#[derive(Serialize, Deserialize)]
struct AccountV1 {
    id: u64,
    username: String,
    display_name: String,
    admin: bool,
    disabled: bool,
    password_hash: String,
    created_at: u64,
    last_seen_at: Option<u64>,
    avatar: Option<u128>,
}

impl From<&Account> for AccountV1 {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.0,
            username: account.username.clone(),
            display_name: account.display_name.clone(),
            admin: account.role == Role::Admin,
            disabled: account.disabled,
            password_hash: account.password_hash.clone(),
            created_at: account.created_at.0,
            last_seen_at: account.last_seen_at.map(|at| at.0),
            avatar: account.avatar.map(|file| file.0),
        }
    }
}

impl From<AccountV1> for Account {
    fn from(v1: AccountV1) -> Self {
        Self {
            id: UserId(v1.id),
            username: v1.username,
            display_name: v1.display_name,
            role: if v1.admin { Role::Admin } else { Role::Member },
            disabled: v1.disabled,
            password_hash: v1.password_hash,
            created_at: Timestamp(v1.created_at),
            last_seen_at: v1.last_seen_at.map(Timestamp),
            avatar: v1.avatar.map(FileId),
        }
    }
}

record_v1!(Account, "account", AccountV1);

fn key(user: UserId) -> Key {
    Key::new(Table::Accounts).u64(user.0)
}

/// The form in which usernames are compared.
pub fn fold_username(username: &str) -> String {
    fold(username)
}

/// The account with this id.
pub fn find(reads: &dyn Reads, user: UserId) -> Result<Option<Account>, StoreError> {
    rows::find(reads, &key(user))
}

/// The account with this username, given as [`fold_username`] makes it.
pub fn find_by_username(reads: &dyn Reads, folded: &str) -> Result<Option<Account>, StoreError> {
    match reads.get(&Key::new(Table::Usernames).text(folded))? {
        Some(user) => find(reads, UserId(u64_at("username", &user, 0)?)),
        None => Ok(None),
    }
}

/// Accounts in the order of their ids (that is: of their making), from behind `after`.
pub fn page(
    reads: &dyn Reads,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<Account>, StoreError> {
    let span = Span::of(Key::new(Table::Accounts)).after(after.map(key));
    rows::collect(reads, &span, limit, |_, value| super::codec::decode(value))
}

/// How many accounts there are, disabled ones included.
pub fn count(reads: &dyn Reads) -> Result<u64, StoreError> {
    match reads.get(&Key::meta(Meta::AccountCount))? {
        Some(count) => u64_at("account count", &count, 0),
        None => Ok(0),
    }
}

/// How many administrators there are who are not disabled.
pub fn admins(reads: &dyn Reads) -> Result<usize, StoreError> {
    let span = Span::of(Key::new(Table::Admins));
    Ok(rows::collect(reads, &span, usize::MAX, |_, _| Ok(()))?.len())
}

pub(super) fn create(changes: &mut Changes<'_>, account: &Account) -> Result<(), StoreError> {
    if find(changes, account.id)?.is_some() {
        return Err(StoreError::Contradiction("the account exists already"));
    }
    let folded = fold_username(&account.username);
    if find_by_username(changes, &folded)?.is_some() {
        return Err(StoreError::Contradiction("the username is taken"));
    }
    let id = account.id.0.to_be_bytes().to_vec();
    changes.set(Key::new(Table::Usernames).text(&folded), Some(id))?;
    let count = count(changes)?.saturating_add(1);
    changes.set(
        Key::meta(Meta::AccountCount),
        Some(count.to_be_bytes().to_vec()),
    )?;
    put(changes, account)
}

/// Changes an account, which must exist, and keeps the index of administrators true.
pub(super) fn update(
    changes: &mut Changes<'_>,
    user: UserId,
    change: impl FnOnce(&mut Account),
) -> Result<(), StoreError> {
    let mut account =
        find(changes, user)?.ok_or(StoreError::Contradiction("the account is not there"))?;
    change(&mut account);
    put(changes, &account)
}

fn put(changes: &mut Changes<'_>, account: &Account) -> Result<(), StoreError> {
    let active_admin = account.role == Role::Admin && !account.disabled;
    changes.set(
        Key::new(Table::Admins).u64(account.id.0),
        active_admin.then(Vec::new),
    )?;
    changes.put(key(account.id), account)
}
