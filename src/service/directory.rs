//! The public part of every account, in memory: names for messages and lists, and the search for
//! people.
//!
//! Kept current by following the log. Decides nothing.

use std::collections::{BTreeSet, HashMap};

use parking_lot::RwLock;

use super::avatars::avatar_url;
use super::fields::search_form;
use super::{Answer, Follower};
use crate::base::clock::Timestamp;
use crate::model::ids::{FileId, UserId};
use crate::model::name::fold;
use crate::model::view::SenderView;
use crate::model::{Account, AvatarOf, Event, EventBody, Role};
use crate::store::{Reads, accounts};
use crate::text::{NameQuery, name_terms};

/// How many accounts are read at once at the start.
const SLICE: usize = 500;

/// The public part of an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Unique name.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// Administrator or not.
    pub role: Role,
    /// Whether the account is disabled.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When they were last here.
    pub last_seen_at: Option<Timestamp>,
    /// Their face.
    pub avatar: Option<FileId>,
    /// What a search finds them by.
    words: Vec<String>,
}

impl Person {
    fn new(account: &Account) -> Self {
        let mut person = Self {
            id: account.id,
            username: account.username.clone(),
            display_name: account.display_name.clone(),
            role: account.role,
            disabled: account.disabled,
            created_at: account.created_at,
            last_seen_at: account.last_seen_at,
            avatar: account.avatar,
            words: Vec::new(),
        };
        person.find_words();
        person
    }

    fn find_words(&mut self) {
        self.words = name_terms(&self.display_name);
        self.words.extend(name_terms(&self.username));
    }

    /// Where they stand in lists.
    fn place(&self) -> (String, UserId) {
        (search_form(&self.display_name), self.id)
    }
}

#[derive(Default)]
struct People {
    by_id: HashMap<UserId, Person>,
    /// In the order of lists.
    by_name: BTreeSet<(String, UserId)>,
}

impl People {
    fn add(&mut self, account: &Account) {
        let person = Person::new(account);
        self.by_name.insert(person.place());
        self.by_id.insert(person.id, person);
    }

    fn change(&mut self, user: UserId, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.by_id.get_mut(&user) {
            change(person);
        }
    }

    fn rename(&mut self, user: UserId, display_name: &str) {
        if let Some(person) = self.by_id.get_mut(&user) {
            self.by_name.remove(&person.place());
            display_name.clone_into(&mut person.display_name);
            person.find_words();
            self.by_name.insert(person.place());
        }
    }
}

/// Everybody who has an account.
pub struct Directory {
    people: RwLock<People>,
    /// What stands in front of the addresses of faces.
    path_prefix: String,
}

impl Directory {
    /// Reads all accounts.
    pub fn load(state: &dyn Reads, path_prefix: String) -> Answer<Self> {
        let mut people = People::default();
        let mut after = None;
        loop {
            let slice = accounts::page(state, after, SLICE)?;
            for account in &slice {
                people.add(account);
            }
            after = slice.last().map(|account| account.id);
            if slice.len() < SLICE {
                let people = RwLock::new(people);
                return Ok(Self {
                    people,
                    path_prefix,
                });
            }
        }
    }

    /// One person.
    pub fn find(&self, user: UserId) -> Option<Person> {
        self.people.read().by_id.get(&user).cloned()
    }

    /// Somebody as the sender of a message. Who isn't known has empty names.
    pub fn sender(&self, user: UserId) -> SenderView {
        let people = self.people.read();
        let person = people.by_id.get(&user);
        let (username, name) = person.map_or(("", ""), |person| {
            (person.username.as_str(), person.display_name.as_str())
        });
        let avatar = person.and_then(|person| person.avatar);
        SenderView {
            id: user,
            username: username.to_owned(),
            display_name: name.to_owned(),
            name: name.to_owned(),
            avatar_url: avatar_url(&self.path_prefix, AvatarOf::User(user), avatar),
        }
    }

    /// At most `limit` people by name, each of whom has, for every word of the query, a word that
    /// starts with it. Disabled ones only if asked for.
    pub fn search(&self, query: &str, limit: usize, with_disabled: bool) -> Vec<Person> {
        let Some(query) = NameQuery::read(query) else {
            return Vec::new();
        };
        let people = self.people.read();
        let listed = people.by_name.iter();
        listed
            .filter_map(|(_, id)| people.by_id.get(id))
            .filter(|person| with_disabled || !person.disabled)
            .filter(|person| query.fits(&person.words))
            .take(limit)
            .cloned()
            .collect()
    }

    /// Everybody with this displayed name, given as [`fold`] makes it.
    pub fn called(&self, folded: &str) -> Vec<UserId> {
        let people = self.people.read();
        // Names that fold to the same stand together.
        let place = search_form(folded);
        let listed = people.by_name.range((place.clone(), UserId(0))..);
        let listed = listed.take_while(|(name, _)| *name == place);
        let found = listed.filter_map(|(_, id)| people.by_id.get(id));
        let called = found.filter(|person| fold(&person.display_name) == folded);
        called.map(|person| person.id).collect()
    }

    /// Everybody, in the order in which their accounts were made.
    pub fn all(&self) -> Vec<Person> {
        let mut all: Vec<_> = self.people.read().by_id.values().cloned().collect();
        all.sort_by_key(|person| person.id);
        all
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.people.read().by_id.len()
    }

    /// Somebody was here until now; the event follows.
    pub fn seen(&self, user: UserId, at: Timestamp) {
        let seen = |person: &mut Person| person.last_seen_at = person.last_seen_at.max(Some(at));
        self.people.write().change(user, seen);
    }
}

impl Follower for Directory {
    fn committed(&self, events: &[Event]) {
        for event in events {
            match &event.body {
                EventBody::AccountCreated(account) => self.people.write().add(account),
                EventBody::ProfileChanged { user, display_name } => {
                    self.people.write().rename(*user, display_name);
                }
                EventBody::RoleChanged { user, role } => {
                    self.people
                        .write()
                        .change(*user, |person| person.role = *role);
                }
                EventBody::DisabledChanged { user, disabled } => {
                    let change = |person: &mut Person| person.disabled = *disabled;
                    self.people.write().change(*user, change);
                }
                EventBody::AvatarChanged {
                    of: AvatarOf::User(user),
                    file,
                } => {
                    let change = |person: &mut Person| person.avatar = *file;
                    self.people.write().change(*user, change);
                }
                EventBody::LastSeen { user, at } => self.seen(*user, *at),
                _ => {}
            }
        }
    }
}
