//! Which terms a message is found by: its words, the beginnings of its words, and what stands for
//! its sender, its conversation and what it carries. Pure.
//!
//! Beginnings are what a search asks for with each letter typed. For words of scripts that part
//! them by spaces the first two and the first three letters are terms of their own, for the pairs
//! of characters that the others are cut into the first character. Any other beginning is
//! looked up among the terms themselves.

use std::collections::HashSet;

use super::carried::Carried;
use crate::model::{Message, UserId};
use crate::text::{self, Has};

/// First bytes of terms that are no words; no word begins so.
const SENDER: u8 = 0x01;
const ROOM: u8 = 0x02;
const CARRIES: u8 = 0x03;
/// Words that begin with one, two or three letters.
const BEGINS: u8 = 0x10;

/// Letters that no beginning of a list of its own is longer than.
const LONGEST: usize = 3;

/// The term of the messages of a person.
pub(super) fn sender(user: UserId) -> Vec<u8> {
    let mut term = vec![SENDER];
    // Seven bits a byte: no byte of a term is 0xff.
    term.extend(
        (0..10)
            .rev()
            .map(|part| (user.0 >> (7 * part)).to_le_bytes()[0] & 0x7f),
    );
    term
}

/// The term of the messages of the conversation with this number.
pub(super) fn room(number: u32) -> Vec<u8> {
    let mut term = vec![ROOM];
    term.extend(
        (0..5)
            .rev()
            .map(|part| (number >> (7 * part)).to_le_bytes()[0] & 0x7f),
    );
    term
}

/// Whether a term is that of a conversation.
pub(super) fn is_room(term: &[u8]) -> bool {
    term.first() == Some(&ROOM)
}

/// The term of the messages that carry this.
pub(super) fn carrying(has: Has) -> Vec<u8> {
    let number = match has {
        Has::File => 1,
        Has::Image => 2,
        Has::Link => 3,
        Has::Voice => 4,
        Has::Video => 5,
        Has::Audio => 6,
    };
    vec![CARRIES, number]
}

/// How a beginning of words is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// By this term alone.
    Term(Vec<u8>),
    /// By every term that begins so, and by this word. If these are too many, by the other
    /// term if there is one, which finds more.
    Terms {
        /// How the terms begin.
        start: Vec<u8>,
        /// One more term.
        word: Vec<u8>,
        /// Finds at least as much.
        wider: Option<Vec<u8>>,
    },
}

/// How words that begin with `start` are looked up. It is folded, and not empty.
pub(super) fn beginning(start: &str) -> Beginning {
    let letters = start.chars().count();
    let apart = start.chars().next().is_some_and(is_apart);
    let term = |letters: usize| begins(start, letters);
    let wider = if apart {
        term(2).filter(|_| letters >= LONGEST)
    } else {
        term(1)
    };
    match (apart, letters) {
        (true, 2 | 3) | (false, 1) => match term(letters) {
            Some(term) => Beginning::Term(term),
            None => words(start, None),
        },
        (true, 1) => {
            let mut two = vec![BEGINS + 2];
            two.extend_from_slice(start.as_bytes());
            Beginning::Terms {
                start: two,
                word: start.as_bytes().to_vec(),
                wider: None,
            }
        }
        (true, _) => words(start, term(LONGEST).or(wider)),
        (false, _) => words(start, wider),
    }
}

fn words(start: &str, wider: Option<Vec<u8>>) -> Beginning {
    Beginning::Terms {
        start: start.as_bytes().to_vec(),
        word: start.as_bytes().to_vec(),
        wider,
    }
}

/// The term of the words that begin with the first `letters` of this one, if it has so many.
fn begins(word: &str, letters: usize) -> Option<Vec<u8>> {
    let (last, c) = word.char_indices().nth(letters.checked_sub(1)?)?;
    let mut term = vec![BEGINS + u8::try_from(letters).ok()?];
    term.extend_from_slice(&word.as_bytes()[..last + c.len_utf8()]);
    Some(term)
}

/// Whether words that begin with this letter are parted by spaces, so that they are long. The
/// others are cut into pairs of characters. What is wrong here costs time, nothing else.
fn is_apart(first: char) -> bool {
    !matches!(
        first,
        '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{1aaf}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..
    )
}

/// Gathers the terms of messages; its memory is used again for the next one.
#[derive(Default)]
pub(super) struct Terms {
    letters: Vec<u8>,
    /// Where each term ends.
    ends: Vec<usize>,
    words: HashSet<String>,
    parts: HashSet<Vec<u8>>,
}

impl Terms {
    /// Takes the terms of this message instead of those it had, each once.
    pub(super) fn take(&mut self, message: &Message, carried: Carried) {
        self.clear();
        self.add(&sender(message.sender));
        for has in carried.iter() {
            self.add(&carrying(has));
        }
        for token in text::tokens(&message.content) {
            if !self.words.contains(token.term.as_ref()) {
                self.add(token.term.as_bytes());
                self.add_beginnings(&token.term);
                self.words.insert(token.term.into_owned());
            }
        }
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.letters.clear();
        self.ends.clear();
        self.words.clear();
        self.parts.clear();
    }

    /// Adds the term of the conversation that the message is in.
    pub(super) fn add_room(&mut self, number: u32) {
        self.add(&room(number));
    }

    /// The terms.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut from = 0;
        self.ends.iter().map(move |&to| {
            let term = &self.letters[from..to];
            from = to;
            term
        })
    }

    fn add_beginnings(&mut self, word: &str) {
        let apart = word.chars().next().is_some_and(is_apart);
        let lengths = if apart { 2..=LONGEST } else { 1..=1 };
        for letters in lengths {
            if let Some(term) = begins(word, letters)
                && !self.parts.contains(&term)
            {
                self.add(&term);
                self.parts.insert(term);
            }
        }
    }

    fn add(&mut self, term: &[u8]) {
        self.letters.extend_from_slice(term);
        self.ends.push(self.letters.len());
    }
}
