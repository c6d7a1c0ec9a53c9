//! Whom and which conversation a search means by a name.

use std::collections::{HashMap, HashSet};

use super::unreadable::Unreadable;
use super::{Ask, SearchError};
use crate::model::name::fold;
use crate::model::{ConversationId, UserId};
use crate::store::{Reads, StoreError, accounts, conversations, members};
use crate::text::Person;

/// The people that are meant: the one with this username, else all with this displayed name.
pub(super) fn people(
    reads: &dyn Reads,
    ask: &Ask<'_>,
    asked: &[Person],
) -> Result<HashSet<UserId>, SearchError> {
    let mut found = HashSet::new();
    for person in asked {
        match person {
            Person::Me => {
                found.insert(ask.user);
            }
            Person::Named(name) => {
                let folded = fold(name.trim());
                let called = match accounts::find_by_username(reads, &folded)? {
                    Some(account) => vec![account.id],
                    None => (ask.called)(&folded),
                };
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

/// The person's own conversations that are meant: those with this title, and the direct one with
/// the person of this name.
pub(super) fn conversations(
    reads: &dyn Reads,
    unreadable: &Unreadable,
    me: UserId,
    asked: &[String],
) -> Result<HashSet<ConversationId>, SearchError> {
    let mut found = HashSet::new();
    if asked.is_empty() {
        return Ok(found);
    }
    let folded = asked.iter().map(|name| (fold(name.trim()), false));
    let mut known: HashMap<String, bool> = folded.collect();
    for id in conversations::of_user(reads, me)? {
        let names = unreadable.or_skip(names_of(reads, me, id))?;
        for name in names.into_iter().flatten() {
            if let Some(known) = known.get_mut(&name) {
                *known = true;
                found.insert(id);
            }
        }
    }
    for name in asked {
        if !known[&fold(name.trim())] {
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

/// What a conversation is called by one of its members, folded.
fn names_of(reads: &dyn Reads, me: UserId, id: ConversationId) -> Result<Vec<String>, StoreError> {
    let Some(conversation) = conversations::find(reads, id)? else {
        return Ok(Vec::new());
    };
    if let Some(title) = &conversation.title {
        return Ok(vec![fold(title)]);
    }
    let mut names = Vec::new();
    if !conversation.is_group {
        for other in members::ids(reads, id)?.into_iter().filter(|&id| id != me) {
            if let Some(account) = accounts::find(reads, other)? {
                names.push(accounts::fold_username(&account.username));
                names.push(fold(&account.display_name));
            }
        }
    }
    Ok(names)
}
