//! Words: how texts are cut into searchable terms, what a search asks for, and whether a text
//! answers it.
//!
//! The index (in `search`) proposes messages by their terms; [`matches`] on the record decides.
//! Both cut their texts by [`tokens`], so they never disagree. No index, no store, no I/O in here.

mod atoms;
pub mod check;
mod clause;
mod cluster;
mod dates;
mod emoji;
mod fold;
mod matching;
mod names;
mod parse;
mod phone;
mod query;
mod runs;
mod script;
mod tokens;
mod words;

pub use matching::{Matcher, highlights_utf16, matches};
pub use names::{NameQuery, name_terms};
pub use parse::{MAX_QUERY, MAX_TERMS, parse};
pub use query::{Clause, Filters, Has, Pattern, Person, Query, QueryError};
pub use tokens::{MAX_TERM, MAX_TOKENS, Token, Tokens, tokens};

/// Which way texts are cut. An index that was built by another version must be built anew.
pub const VERSION: u32 = 1;

#[cfg(test)]
mod parse_tests;
#[cfg(test)]
mod tests;
