//! Searching: messages, and people and conversations by name.
//!
//! A search blocks, so it takes a turn; what was found is put together within it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::Failure;
use super::paging;
use super::turns::Turns;
use super::users::Users;
use crate::model::view::ConversationView;
use crate::model::{ConversationBrief, ConversationId, SearchHit, SearchPage};
use crate::search::{Ask, Cursor, Found, Search, SearchError};
use crate::service::{Caller, Service};
use crate::text::{self, Query};

/// Minutes that a place's time can be away from UTC.
const UTC_OFFSETS: std::ops::RangeInclusive<i32> = -24 * 60..=24 * 60;

/// The search, and whose turn it is.
pub(super) struct Searches {
    search: Search,
    turns: Turns,
}

impl Searches {
    /// The search itself.
    pub(super) fn search(&self) -> &Search {
        &self.search
    }

    pub(super) fn new(search: Search) -> Self {
        Self {
            search,
            turns: Turns::default(),
        }
    }
}

/// The caller's conversations that were found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundConversations {
    /// The newest activity first, with up to 20 members each.
    conversations: Vec<ConversationView>,
}

pub(super) async fn messages(call: Call) -> Answer {
    let caller = call.caller()?;
    let parameters = call.query()?;
    let limit = paging::limit(&parameters)?;
    let at = cursor(&parameters)?;
    let query = query(&call, &parameters)?;
    let service = call.service().clone();
    service.allow_search(caller)?;
    let within = parameters.get("conversationId");
    let within = within.map(|id| own_conversation(&service, caller, id));
    let within = within.transpose()?;
    let clock = &call.settings().clock;
    let begun = clock.now();
    let search = call.searches().search.clone();
    let turns = &call.searches().turns;
    let found = turns.take(caller.user, move |cancelled| {
        let ask = Ask {
            user: caller.user,
            query: &query,
            called: &|name| service.people_called(name),
            within,
            at,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        };
        let found = search.find(&ask, cancelled)?;
        page(&service, caller, found)
    });
    let mut page = found.await?;
    page.took_ms = u64::try_from(clock.now().since(begun).as_millis()).unwrap_or(u64::MAX);
    answer::ok(&page)
}

pub(super) async fn people(call: Call) -> Answer {
    let caller = call.caller()?;
    let parameters = call.query()?;
    let limit = paging::limit(&parameters)?;
    let service = call.service().clone();
    service.allow_search(caller)?;
    let typed = typed(&parameters);
    let found = call.searches().turns.take(caller.user, move |_| {
        Ok(service.find_people(caller, &typed, limit)?)
    });
    answer::ok(&Users::of(found.await?))
}

pub(super) async fn conversations(call: Call) -> Answer {
    let caller = call.caller()?;
    let parameters = call.query()?;
    let limit = paging::limit(&parameters)?;
    let service = call.service().clone();
    service.allow_search(caller)?;
    let typed = typed(&parameters);
    let found = call.searches().turns.take(caller.user, move |_| {
        Ok(service.find_conversations(caller, &typed, limit)?)
    });
    let conversations = found.await?;
    answer::ok(&FoundConversations { conversations })
}

fn typed(parameters: &HashMap<String, String>) -> String {
    parameters.get("q").cloned().unwrap_or_default()
}

fn query(call: &Call, parameters: &HashMap<String, String>) -> Result<Query, Failure> {
    let offset = match parameters.get("utcOffset").map(|text| text.parse()) {
        None => 0,
        Some(Ok(minutes)) if UTC_OFFSETS.contains(&minutes) => minutes,
        Some(_) => {
            let message = "“utcOffset” is how many minutes your time is ahead of UTC, such as 120.";
            return Err(Failure::invalid_field("utcOffset", message));
        }
    };
    let typed = typed(parameters);
    text::parse(&typed, call.settings().clock.now(), offset)
        .map_err(|unclear| Failure::invalid_field("q", unclear.message))
}

fn cursor(parameters: &HashMap<String, String>) -> Result<Option<Cursor>, Failure> {
    let cursor = parameters.get("cursor").map(|text| text.parse());
    cursor.transpose().map_err(|_| {
        let message = "Please use the cursor that came with the page before.";
        Failure::invalid_field("cursor", message)
    })
}

/// A conversation that the caller is a member of.
fn own_conversation(
    service: &Service,
    caller: Caller,
    id: &str,
) -> Result<ConversationId, Failure> {
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let found = service.conversation_brief(caller, id)?;
    found.map(|found| found.id).ok_or_else(Failure::not_found)
}

/// What was found as it goes over the wire. Who was taken out of a conversation meanwhile gets
/// nothing of it any more.
fn page(service: &Service, caller: Caller, found: Found) -> Result<SearchPage, Failure> {
    let mut briefs: HashMap<ConversationId, Option<ConversationBrief>> = HashMap::new();
    let mut hits = Vec::with_capacity(found.hits.len());
    for hit in found.hits {
        let id = hit.message.id.conversation;
        let brief = match briefs.entry(id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let brief = service.conversation_brief(caller, id)?;
                place.insert(brief).clone()
            }
        };
        hits.extend(brief.map(|conversation| SearchHit {
            message: service.message_view(&hit.message),
            conversation,
            highlights: hit.highlights,
        }));
    }
    Ok(SearchPage {
        hits,
        next: found.next.map(|cursor| cursor.to_string()),
        took_ms: 0,
        indexing: found.indexing,
    })
}

impl From<SearchError> for Failure {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Unknown { message, .. } => Self::invalid_field("q", message),
            SearchError::Index(error) => Self::internal(&error.to_string()),
            SearchError::Store(error) => Self::internal(&error.to_string()),
        }
    }
}
