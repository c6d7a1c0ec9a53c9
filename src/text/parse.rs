//! Reads what somebody typed into the search field.

use super::query::{Clause, Pattern, Query, QueryError};
use super::tokens::tokens;
use crate::base::clock::Timestamp;

/// Characters that a search has at most.
pub const MAX_QUERY: usize = 500;
/// Words, phrases and operators that a search has at most.
pub const MAX_TERMS: usize = 32;

/// Understands a search. `now` and `offset_minutes` (east of UTC, as the one who searches has it)
/// say what `today` is and when a day begins.
pub fn parse(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Query, QueryError> {
    let _ = (now, offset_minutes);
    if text.chars().count() > MAX_QUERY {
        return Err(QueryError {
            piece: String::new(),
            message: format!("A search has at most {MAX_QUERY} characters."),
        });
    }
    let mut query = Query::default();
    let mut pieces = text.split_whitespace().peekable();
    while let Some(piece) = pieces.next() {
        let typing = pieces.peek().is_none() && text.ends_with(piece);
        let (piece, into) = match piece.strip_prefix('-') {
            Some(piece) => (piece, &mut query.not),
            None => (piece, &mut query.all),
        };
        let mut patterns: Vec<Pattern> = tokens(piece)
            .map(|token| Pattern::Word(token.term.into_owned()))
            .collect();
        if let (true, Some(Pattern::Word(last))) = (typing, patterns.last()) {
            let last = Pattern::Prefix(last.clone());
            patterns.pop();
            patterns.push(last);
        }
        if !patterns.is_empty() {
            into.push(Clause {
                any: vec![patterns],
            });
        }
    }
    Ok(query)
}
