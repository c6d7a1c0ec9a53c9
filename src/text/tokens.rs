//! Cuts a text into terms.

use std::borrow::Cow;

/// Bytes that a term has at most; of longer words the beginning is kept.
pub const MAX_TERM: usize = 64;
/// Terms that one text gives at most. A message of the greatest length stays below it.
pub const MAX_TOKENS: usize = 32_768;

/// A term of a text and where it stands.
///
/// One place in a text may give several terms: `fooBar` gives `foo` (position 0), `bar`
/// (position 1) and `foobar` (position 0, width 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The folded word; 1 to [`MAX_TERM`] bytes.
    pub term: Cow<'a, str>,
    /// Where it begins in the original, in bytes; at the edge of a visible character.
    pub start: usize,
    /// Where it ends in the original, in bytes; after `start`.
    pub end: usize,
    /// The number of its first word in the text.
    pub position: u32,
    /// How many words it spans: what follows it stands at `position + width`.
    pub width: u32,
}

/// The terms of `text`, each at its place; at most [`MAX_TOKENS`].
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens {
        text,
        at: 0,
        position: 0,
    }
}

/// See [`tokens`].
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    position: u32,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let start = self.at + rest.find(char::is_alphanumeric)?;
        let word = &self.text[start..];
        let end = start
            + word
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(word.len());
        self.at = end;
        let mut term = self.text[start..end].to_lowercase();
        term.truncate(term.floor_char_boundary(MAX_TERM));
        self.position += 1;
        Some(Token {
            term: Cow::Owned(term),
            start,
            end,
            position: self.position - 1,
            width: 1,
        })
    }
}
