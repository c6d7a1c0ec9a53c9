//! What a search asks for.

use crate::base::clock::Timestamp;

/// A search, as [`parse`](super::parse()) understood it. Names are as typed: who they are is for the
/// one who searches to find out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// A message must satisfy each of these.
    pub all: Vec<Clause>,
    /// A message must satisfy none of these.
    pub not: Vec<Clause>,
    /// What is asked of the message apart from its words.
    pub filters: Filters,
}

/// One word, or one phrase, with its other spellings: `foo_bar` may be `foo` followed by `bar`,
/// or `foobar`.
///
/// For an index: a text that satisfies the clause has, for at least one alternative, a term for
/// every pattern of that alternative. The other way round this holds for alternatives of
/// one pattern only, because neighbours must stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Any of these is enough. Never empty.
    pub any: Vec<Vec<Pattern>>,
}

/// What one word of a text must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pattern {
    /// A term that is equal to this one.
    Word(String),
    /// A term that begins like this.
    Prefix(String),
}

impl Pattern {
    /// Whether `term` is what the pattern asks for.
    pub fn fits(&self, term: &str) -> bool {
        match self {
            Self::Word(word) => term == word,
            Self::Prefix(start) => term.starts_with(start.as_str()),
        }
    }
}

/// What is asked of a message apart from its words. Empty lists and `None` ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Sent by any of these (`from:`).
    pub from: Vec<Person>,
    /// In any of the conversations that are called so (`in:`); never empty texts.
    pub inside: Vec<String>,
    /// With each of these (`has:`).
    pub has: Vec<Has>,
    /// Sent at this moment or later (`after:`, `on:`).
    pub since: Option<Timestamp>,
    /// Sent before this moment (`before:`, `on:`).
    pub until: Option<Timestamp>,
}

impl Filters {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who is meant by `from:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// The one who searches.
    Me,
    /// A username or a displayed name, as typed, without `@`; not empty.
    Named(String),
}

/// What a message may carry (`has:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Has {
    /// Any attachment.
    File,
    /// A picture.
    Image,
    /// A web address in its text.
    Link,
    /// A voice message.
    Voice,
    /// A film.
    Video,
    /// A sound, voice messages included.
    Audio,
}

/// A search whose meaning is unclear. Its text is for people and says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The piece of the search that it is about, as typed; empty if it is all of it.
    pub piece: String,
    /// One sentence or two.
    pub message: String,
}
