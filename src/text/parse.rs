//! Reads what somebody typed into the search field.
//!
//! Whatever can mean something is taken to mean it; an error is for what can't.

use super::clause::{Ending, clause};
use super::dates::{Here, NoDate};
use super::phone;
use super::query::{Has, Person, Query, QueryError};
use super::script::is_ignorable;
use crate::base::clock::Timestamp;
use crate::model::name::fold;

/// Characters that a search has at most.
pub const MAX_QUERY: usize = 500;
/// Words, phrases and operators that a search has at most.
pub const MAX_TERMS: usize = 32;

/// Understands a search. `now` and `offset_minutes` (how far the local time of the one who searches
/// is ahead of UTC) say what `today` is and when a day begins.
pub fn parse(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Query, QueryError> {
    if text.chars().nth(MAX_QUERY).is_some() {
        let message = format!("Please shorten the search: it can have {MAX_QUERY} characters.");
        return Err(error("", message));
    }
    let mut parser = Parser {
        text,
        at: 0,
        here: Here {
            now,
            offset_minutes,
        },
        query: Query::default(),
    };
    let mut count = 0;
    while parser.skip_space() {
        if count == MAX_TERMS {
            let message = format!("Please search for fewer words: {MAX_TERMS} are possible.");
            return Err(error("", message));
        }
        count += usize::from(parser.piece()?);
    }
    if count == 0 {
        return Err(nothing(text.trim()));
    }
    Ok(parser.query)
}

fn error(piece: &str, message: impl Into<String>) -> QueryError {
    QueryError {
        piece: piece.to_owned(),
        message: message.into(),
    }
}

fn nothing(text: &str) -> QueryError {
    if text.is_empty() {
        return error("", "Type a word to search for.");
    }
    let message = format!("“{text}” is nothing to search for: type letters, numbers or emoji.");
    error(text, message)
}

/// A word that stands before a colon and asks for something else than a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    From,
    In,
    Has,
    Before,
    After,
    On,
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "from" => Self::From,
            "in" => Self::In,
            "has" => Self::Has,
            "before" => Self::Before,
            "after" => Self::After,
            "on" => Self::On,
            _ => return None,
        })
    }

    /// What it wants after the colon.
    const fn wants(self) -> &'static str {
        match self {
            Self::From => {
                "from: wants a name such as from:wren, from:\"Wren Calloway\" or from:me."
            }
            Self::In => {
                "in: wants the name of a conversation such as in:garden or in:\"Book club\"."
            }
            Self::Has => "has: wants one of file, image, link, voice, video and audio.",
            Self::Before => {
                "before: wants a date such as 2026-11-22, 2026-11, 2026, today or yesterday."
            }
            Self::After => {
                "after: wants a date such as 2026-11-22, 2026-11, 2026, today or yesterday."
            }
            Self::On => "on: wants a date such as 2026-11-22, 2026-11, 2026, today or yesterday.",
        }
    }
}

const KINDS: &str = "file, image, link, voice, video and audio";

/// What says at a word's end that it may go on.
const STARS: [char; 2] = ['*', '＊'];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    here: Here,
    query: Query,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes to the next piece; `false` if there is none.
    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let piece = rest.trim_start_matches(|c: char| c.is_whitespace() || is_ignorable(c));
        self.at += rest.len() - piece.len();
        !piece.is_empty()
    }

    /// Reads one word, phrase or operator; `false` if it means nothing.
    fn piece(&mut self) -> Result<bool, QueryError> {
        let start = self.at;
        let excluded = self.take_minus();
        if let Some((operator, length)) = operator(self.rest()) {
            self.at += length;
            let value = self.value();
            let piece = &self.text[start..self.at];
            if excluded {
                let message = format!("“{piece}” can't be excluded: only words and phrases can.");
                return Err(error(piece, message));
            }
            self.filter(operator, value.trim(), piece)?;
            return Ok(true);
        }
        let (typed, ending) = if let Some(phrase) = self.take_quoted() {
            // An open phrase may end with `*`, as words do.
            match phrase.strip_suffix(STARS) {
                Some(phrase) => (phrase, Ending::Open),
                None => (phrase, Ending::Whole),
            }
        } else {
            self.take_word()
        };
        let typing = self.at == self.text.len() && !self.text.ends_with(STARS);
        // What is left out is named whole.
        let ending = if excluded && typing {
            Ending::Whole
        } else {
            ending
        };
        let Some(clause) = words_of(typed, ending) else {
            return Ok(false);
        };
        if excluded {
            self.query.not.push(clause);
        } else {
            self.query.all.push(clause);
        }
        Ok(true)
    }

    /// Takes a minus that excludes what follows it.
    fn take_minus(&mut self) -> bool {
        let mut chars = self.rest().chars();
        let minus = chars.next().filter(|c| matches!(c, '-' | '－' | '−'));
        let next = chars.next();
        match (minus, next) {
            (Some(minus), Some(next)) if !next.is_whitespace() && next != '-' => {
                self.at += minus.len_utf8();
                true
            }
            _ => false,
        }
    }

    /// Takes what stands between quotation marks; to the end, if the second is missing.
    fn take_quoted(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let inside = rest.strip_prefix(is_quote)?;
        let length = inside.find(is_quote).unwrap_or(inside.len());
        let open = rest.len() - inside.len();
        let close = inside[length..].chars().next().map_or(0, char::len_utf8);
        self.at += open + length + close;
        Some(&inside[..length])
    }

    /// Takes a word, or a telephone number with its spaces.
    fn take_word(&mut self) -> (&'a str, Ending) {
        let rest = self.rest();
        let digits = rest.find(|c: char| c != '+' && c != '(').unwrap_or(0);
        let number = phone::read(self.text, self.at + digits).map(|(_, end)| end - self.at);
        let length = number.filter(|length| ends_word(rest, *length));
        let length = length.unwrap_or_else(|| word_length(rest));
        self.at += length;
        let word = &rest[..length];
        if let Some(word) = word.strip_suffix(STARS) {
            return (word, Ending::Open);
        }
        let typing = self.at == self.text.len();
        (word, if typing { Ending::Open } else { Ending::Whole })
    }

    /// Takes what an operator is about: the next word or what is quoted, also after a space.
    fn value(&mut self) -> &'a str {
        let colon = self.at;
        if !self.skip_space() {
            self.at = colon;
            return "";
        }
        if let Some(quoted) = self.take_quoted() {
            return quoted;
        }
        let rest = self.rest();
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn filter(&mut self, operator: Operator, value: &str, piece: &str) -> Result<(), QueryError> {
        let sign = match operator {
            Operator::From => ['@', '＠'],
            _ => ['#', '＃'],
        };
        let value = value.strip_prefix(sign).unwrap_or(value).trim();
        if value.is_empty() {
            return Err(error(piece, operator.wants()));
        }
        let filters = &mut self.query.filters;
        match operator {
            Operator::From => filters.from.push(match fold(value).as_str() {
                "me" => Person::Me,
                _ => Person::Named(value.to_owned()),
            }),
            Operator::In => filters.inside.push(value.to_owned()),
            Operator::Has => {
                let kind = kind(&fold(value)).ok_or_else(|| {
                    error(piece, format!("has: doesn't know “{value}”, only {KINDS}."))
                })?;
                filters.has.push(kind);
            }
            Operator::Before | Operator::After | Operator::On => {
                let span = self.here.read(&fold(value)).map_err(|wrong| match wrong {
                    NoDate::Form => error(
                        piece,
                        format!("“{value}” can't be read as a date. {}", operator.wants()),
                    ),
                    NoDate::Day => error(piece, format!("The calendar has no day “{value}”.")),
                })?;
                if operator != Operator::Before {
                    let since = match operator {
                        Operator::On => span.start,
                        _ => span.end,
                    };
                    filters.since = filters.since.max(Some(since));
                }
                if operator != Operator::After {
                    let until = match operator {
                        Operator::On => span.end,
                        _ => span.start,
                    };
                    filters.until = Some(filters.until.map_or(until, |now| now.min(until)));
                }
            }
        }
        Ok(())
    }
}

/// The operator that `text` begins with, and how long it is with its colon.
fn operator(text: &str) -> Option<(Operator, usize)> {
    let colon = text.find([':', '：']).filter(|at| *at <= 32)?;
    let operator = Operator::named(&fold(&text[..colon]))?;
    let colon_length = text[colon..].chars().next().map_or(0, char::len_utf8);
    // `on::change` is code.
    let rest = &text[colon + colon_length..];
    (!rest.starts_with([':', '：'])).then_some((operator, colon + colon_length))
}

/// What is to be found for a word: of a web address all but how it is fetched.
fn words_of(typed: &str, ending: Ending) -> Option<super::query::Clause> {
    let small = typed.get(..8).map(str::to_ascii_lowercase);
    let scheme = match small.as_deref() {
        Some("https://") => 8,
        Some(start) if start.starts_with("http://") => 7,
        _ => 0,
    };
    let address = typed[scheme..].trim_end_matches('/');
    clause(address, ending).or_else(|| clause(typed, ending))
}

fn kind(name: &str) -> Option<Has> {
    Some(match name.strip_suffix('s').unwrap_or(name) {
        "file" | "attachment" => Has::File,
        "image" | "picture" | "photo" => Has::Image,
        "link" | "url" => Has::Link,
        "voice" => Has::Voice,
        "video" => Has::Video,
        "audio" => Has::Audio,
        _ => return None,
    })
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '״')
}

/// How long the word is that `text` begins with: up to a space, or a quotation mark that no
/// letter follows.
fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = c.is_whitespace()
            || (at > 0 && is_quote(c) && !next.is_some_and(char::is_alphanumeric));
        if ends {
            return at;
        }
    }
    text.len()
}

/// Whether a word may end after `length` bytes of `text`.
fn ends_word(text: &str, length: usize) -> bool {
    let next = text[length..].chars().next();
    next.is_none_or(|c| c.is_whitespace() || is_quote(c))
}
