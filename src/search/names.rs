//! Whom and which conversation a search means by a name.

use std::collections::HashSet;

use super::SearchError;
use crate::model::name::fold;
use crate::model::{ConversationId, UserId};
use crate::store::{Reads, StoreError, accounts, conversations, members};
use crate::text::Person;

/// Accounts that are looked through for a displayed name, at most.
const MOST_ACCOUNTS: usize = 20_000;

/// How many are read at once.
const PAGE: usize = 500;

/// The people that are meant: the one with this username, else all with this displayed name.
pub(super) fn people(
    reads: &dyn Reads,
    me: UserId,
    asked: &[Person],
) -> Result<HashSet<UserId>, SearchError> {
    let mut found = HashSet::new();
    for person in asked {
        match person {
            Person::Me => {
                found.insert(me);
            }
            Person::Named(name) => {
                let called = named(reads, name)?;
                if called.is_empty() {
                    return Err(SearchError::Unknown {
                        piece: format!("from:{name}"),
                        message: format!(
                            "from: nobody here is called “{name}”. Give a username, or the whole \
                             displayed name in quotation marks."
                        ),
                    });
                }
                found.extend(called);
            }
        }
    }
    Ok(found)
}

fn named(reads: &dyn Reads, name: &str) -> Result<Vec<UserId>, StoreError> {
    let name = fold(name.trim());
    if let Some(account) = accounts::find_by_username(reads, &name)? {
        return Ok(vec![account.id]);
    }
    let mut called = Vec::new();
    let mut after = None;
    for _ in 0..MOST_ACCOUNTS / PAGE {
        let page = accounts::page(reads, after, PAGE)?;
        let same = page
            .iter()
            .filter(|account| fold(&account.display_name) == name);
        called.extend(same.map(|account| account.id));
        after = page.last().map(|account| account.id);
        if page.len() < PAGE {
            break;
        }
    }
    Ok(called)
}

/// The person's own conversations that are meant: those with this title, and the direct one with
/// the person of this name.
pub(super) fn conversations(
    reads: &dyn Reads,
    me: UserId,
    asked: &[String],
) -> Result<HashSet<ConversationId>, SearchError> {
    let mut found = HashSet::new();
    if asked.is_empty() {
        return Ok(found);
    }
    let own = conversations::of_user(reads, me)?;
    for name in asked {
        let mut known = false;
        let folded = fold(name.trim());
        for &id in &own {
            if is_called(reads, me, id, &folded)? {
                found.insert(id);
                known = true;
            }
        }
        if !known {
            return Err(SearchError::Unknown {
                piece: format!("in:{name}"),
                message: format!(
                    "in: you have no conversation that is called “{name}”. Give its whole name, \
                     in quotation marks if it has spaces."
                ),
            });
        }
    }
    Ok(found)
}

fn is_called(
    reads: &dyn Reads,
    me: UserId,
    id: ConversationId,
    name: &str,
) -> Result<bool, StoreError> {
    let Some(conversation) = conversations::find(reads, id)? else {
        return Ok(false);
    };
    if let Some(title) = &conversation.title {
        return Ok(fold(title) == name);
    }
    if conversation.is_group {
        return Ok(false);
    }
    for other in members::ids(reads, id)?.into_iter().filter(|&id| id != me) {
        if let Some(account) = accounts::find(reads, other)?
            && (accounts::fold_username(&account.username) == name
                || fold(&account.display_name) == name)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
