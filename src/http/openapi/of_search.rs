//! What each address of the API for searches does, takes and gives.
//!
//! Words and shapes only, as in `operations`.

use http::Method;
use serde_json::{Value, json};

use super::describe::{Operation, operation};
use crate::http::{search, users};
use crate::model::SearchPage;

/// All of them.
pub(super) fn all() -> [Operation; 3] {
    let text = json!({"type": "string"});
    let minutes = json!({"type": "integer", "minimum": -1440, "maximum": 1440, "default": 0});
    [
        get(
            "/api/search",
            "search",
            "Finds messages in the conversations that the caller is in, the newest first.",
        )
        .asks(
            "q",
            "What for; docs/SEARCH.md has the language.",
            &text500(),
            "\"garden party\" from:me -rain",
        )
        .query("conversationId", "Only in this one.", &text)
        .query("cursor", "From the page before.", &text)
        .query(
            "utcOffset",
            "How many minutes the caller's time is ahead of UTC: it says when days begin.",
            &minutes,
        )
        .paged()
        .gives::<SearchPage>(200, "What was found.")
        .refuses(&["not_found"]),
        get(
            "/api/search/people",
            "searchPeople",
            "Finds people by beginnings of words of their names.",
        )
        .query("q", "The words, in any order.", &text500())
        .paged()
        .gives::<users::Users>(200, "Who was found.")
        .refuses(&["too_long"]),
        get(
            "/api/search/conversations",
            "searchConversations",
            "Finds the caller's conversations by beginnings of words of the title, or of the other \
             person's names.",
        )
        .query("q", "The words, in any order.", &text500())
        .paged()
        .gives::<search::FoundConversations>(200, "What was found.")
        .refuses(&["too_long"]),
    ]
}

fn get(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::GET, path, name, summary)
}

fn text500() -> Value {
    json!({"type": "string", "maxLength": 500})
}
