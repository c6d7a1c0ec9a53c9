//! The terms of a text, each at its place.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use super::atoms::{Atom, Glue};
use super::words::{Chain, Word, Words};

/// Bytes that a term has at most; of longer words the beginning is kept.
pub const MAX_TERM: usize = 64;
/// Terms that one text gives at most. A message of the greatest length stays below it.
pub const MAX_TOKENS: usize = 32_768;
/// Parts that are joined over hyphens and apostrophes at most.
const MAX_JOINED: usize = 8;

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
    /// The number of its first word in the text. Never less than that of the token before.
    pub position: u32,
    /// How many words it spans: what follows it stands at `position + width`.
    pub width: u32,
}

/// The terms of `text`; at most [`MAX_TOKENS`].
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens {
        words: Words::of(text),
        ready: VecDeque::new(),
        position: 0,
        left: MAX_TOKENS,
    }
}

/// See [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    words: Words<'a>,
    /// Those of the word that was read last.
    ready: VecDeque<Token<'a>>,
    position: u32,
    left: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.left = self.left.checked_sub(1)?;
        while self.ready.is_empty() {
            if let Some(range) = self.words.plain() {
                return Some(self.plain(range));
            }
            match self.words.next()? {
                Word::Chain(chain) => self.push_chain(chain),
                Word::Dense(atoms) => self.push_dense(&atoms),
                Word::Emoji(whole, parts) => {
                    for part in parts {
                        self.push(0, 1, part.into(), whole.start, whole.end);
                    }
                    self.push(0, 1, whole.term.into(), whole.start, whole.end);
                    self.position += 1;
                }
            }
        }
        self.ready.pop_front()
    }
}

impl<'a> Tokens<'a> {
    /// The term of a word that gives only one, see [`Words::plain`].
    fn plain(&mut self, Range { start, end }: Range<usize>) -> Token<'a> {
        let word = &self.words.text()[start..end];
        let is_folded = !word.starts_with(|c: char| c.is_ascii_uppercase());
        let term = if is_folded {
            Cow::Borrowed(word)
        } else {
            Cow::Owned(word.to_ascii_lowercase())
        };
        let position = self.position;
        self.position += 1;
        Token {
            term,
            start,
            end,
            position,
            width: 1,
        }
    }

    fn push(&mut self, after: u32, width: u32, term: Cow<'a, str>, start: usize, end: usize) {
        self.ready.push_back(Token {
            term,
            start,
            end,
            position: self.position + after,
            width,
        });
    }

    /// Pairs of neighbours, and the last one alone.
    fn push_dense(&mut self, atoms: &[Atom]) {
        for (at, atom) in atoms.iter().enumerate() {
            let next = atoms.get(at + 1);
            let end = next.map_or(atom.end, |next| next.end);
            self.push(0, 1, pair(atom, next).into(), atom.start, end);
            self.position += 1;
        }
    }

    /// The parts, and the parts joined, more and more.
    fn push_chain(&mut self, chain: Chain) {
        if chain.is_plain() {
            for Atom {
                term, start, end, ..
            } in chain.atoms
            {
                // Most words of most texts are folded as they stand.
                let term = match self.words.text().get(start..end) {
                    Some(same) if same == term && term.len() <= MAX_TERM => Cow::Borrowed(same),
                    _ => Cow::Owned(cut(term)),
                };
                self.push(0, 1, term, start, end);
            }
            self.position += 1;
            return;
        }
        let mut all: Vec<Part> = Vec::new();
        for spelled in [false, true] {
            for glue in LEVELS {
                all.extend(joined(&chain, glue, spelled));
            }
        }
        all.extend(signed(&chain));
        if let Some(last) = chain.atoms.last()
            && !chain.suffix.is_empty()
        {
            all.push(Part {
                first: chain.atoms.len() - 1,
                width: 1,
                term: with_suffix(&chain, &last.term),
                start: last.start,
                end: last.end + chain.suffix.len(),
            });
        }
        if let Some(phone) = &chain.phone {
            for term in &phone.terms {
                all.push(Part {
                    first: 0,
                    width: phone.groups as usize,
                    term: term.clone(),
                    start: chain.atoms[0].start,
                    end: phone.end,
                });
            }
        }
        all.sort();
        all.dedup();
        for part in all {
            let (after, width) = (number(part.first), number(part.width));
            self.push(after, width, part.term.into(), part.start, part.end);
        }
        self.position += number(chain.atoms.len());
    }
}

/// A text has fewer words than bytes, and those are counted in 32 bits long before memory ends.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How closely atoms must stand to be joined, from not at all; see [`joined`].
pub(super) const LEVELS: [Option<Glue>; 4] =
    [None, Some(Glue::Inside), Some(Glue::Mark), Some(Glue::Line)];

/// Neighbouring atoms of a chain as one term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// The number of its first atom.
    pub first: usize,
    /// Of how many atoms.
    pub width: usize,
    pub term: String,
    pub start: usize,
    pub end: usize,
}

/// The chain from its beginning to its end, with all neighbours joined that stand as close as
/// `glue` says; `spelled` as where there are no umlauts. Of long rows of hyphens nothing is joined
/// over those.
pub(super) fn joined(chain: &Chain, glue: Option<Glue>, spelled: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut first = 0;
    while first < chain.atoms.len() {
        let end = group_end(&chain.atoms, first, glue);
        if glue > Some(Glue::Inside) && end - first > MAX_JOINED {
            while first < end {
                let inside = group_end(&chain.atoms, first, Some(Glue::Inside));
                parts.push(part(&chain.atoms, first, inside, spelled));
                first = inside;
            }
        } else {
            parts.push(part(&chain.atoms, first, end, spelled));
            first = end;
        }
    }
    parts
}

/// Where the atoms end that stand as close as `glue` to the one before, from `first` on.
fn group_end(atoms: &[Atom], first: usize, glue: Option<Glue>) -> usize {
    let close = |atom: &&Atom| glue.is_some_and(|glue| atom.glue <= glue);
    first + 1 + atoms[first + 1..].iter().take_while(close).count()
}

fn part(atoms: &[Atom], first: usize, end: usize, spelled: bool) -> Part {
    let mut term = String::new();
    for atom in &atoms[first..end] {
        if term.len() >= MAX_TERM {
            break;
        }
        let spelled = atom.spelled.as_ref().filter(|_| spelled);
        term.push_str(spelled.unwrap_or(&atom.term));
    }
    Part {
        first,
        width: end - first,
        term: cut(term),
        start: atoms[first].start,
        end: atoms[end - 1].end,
    }
}

/// The whole of a tag or mention with its sign.
pub(super) fn signed(chain: &Chain) -> Option<Part> {
    let (sign, start) = chain.sign?;
    let mut part = joined(chain, Some(Glue::Line), false).into_iter().next()?;
    part.term = cut(format!("{sign}{}", part.term));
    part.start = start;
    Some(part)
}

/// The last part of a chain with the sign that follows it.
pub(super) fn with_suffix(chain: &Chain, last: &str) -> String {
    cut(format!("{last}{}", chain.suffix))
}

/// The beginning of a word that is too long to be a term.
fn cut(mut term: String) -> String {
    term.truncate(term.floor_char_boundary(MAX_TERM));
    term
}

/// Two neighbours of a dense run, or its last one.
pub(super) fn pair(atom: &Atom, next: Option<&Atom>) -> String {
    format!(
        "{}{}",
        atom.term,
        next.map_or("", |next| next.term.as_str())
    )
}
