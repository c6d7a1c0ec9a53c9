//! Where words follow each other in a text as a phrase asks, found in two passes over the text,
//! however often its words and those of the phrase repeat.
//!
//! A set of bits says which places of the phrase may come next. The first pass goes from the end
//! of the text to its beginning, so that it knows of each word whether the rest of the phrase
//! follows; the second goes only where all of it stands. Both count their steps.

use std::collections::HashMap;
use std::ops::Range;

use super::query::Pattern;
use super::tokens::Token;

/// Bits of one part of a set.
const BITS: usize = 64;

/// Patterns that must follow each other, made ready to be looked for in many texts.
pub(super) struct Run<'q> {
    patterns: &'q [Pattern],
    /// The places in the run of each whole word, as a set.
    words: HashMap<&'q str, Vec<u64>>,
    /// The places of words of which only the beginning is known.
    open: Vec<(usize, &'q str)>,
}

impl<'q> Run<'q> {
    pub(super) fn of(patterns: &'q [Pattern]) -> Self {
        let mut words: HashMap<&str, Vec<u64>> = HashMap::new();
        let mut open = Vec::new();
        let parts = patterns.len().div_ceil(BITS);
        for (place, pattern) in patterns.iter().enumerate() {
            match pattern {
                Pattern::Word(word) => {
                    let places = words.entry(word).or_insert_with(|| vec![0; parts]);
                    places[place / BITS] |= 1 << (place % BITS);
                }
                Pattern::Prefix(start) => open.push((place, start.as_str())),
            }
        }
        Self {
            patterns,
            words,
            open,
        }
    }

    /// Tells `each` where the run stands in a text of these tokens, from left to right and apart
    /// from each other, until it answers `false`. `end` says where a token that fits a pattern is
    /// to be marked up to. Adds to `steps` what it cost.
    pub(super) fn find(
        &self,
        tokens: &[Token<'_>],
        end: impl Fn(&Pattern, &Token<'_>) -> usize,
        steps: &mut u64,
        mut each: impl FnMut(Range<usize>) -> bool,
    ) {
        *steps += tokens.len() as u64;
        let mut free = 0;
        if let [pattern] = self.patterns {
            for token in tokens.iter().filter(|token| pattern.fits(&token.term)) {
                // Where one was found, another is looked for only after it.
                if token.start >= free {
                    free = end(pattern, token);
                    if !each(token.start..free) {
                        return;
                    }
                }
            }
            return;
        }
        let (ahead, firsts) = self.look_ahead(tokens, steps);
        for first in firsts {
            if first.start >= free {
                free = self.walk(tokens, first, &ahead, &end, steps);
                if !each(first.start..free) {
                    return;
                }
            }
        }
    }

    /// What can be found from each position on, and with which tokens the whole run begins.
    fn look_ahead<'t>(
        &self,
        tokens: &'t [Token<'t>],
        steps: &mut u64,
    ) -> (Ahead, Vec<&'t Token<'t>>) {
        let mut firsts = Vec::new();
        let positions = tokens.iter().map(|token| token.position + token.width);
        let mut ahead = Ahead::new(positions.max().unwrap_or(0), self.patterns.len());
        let mut places = vec![0; ahead.parts];
        for token in tokens.iter().rev() {
            if !self.places(&token.term, &mut places) {
                continue;
            }
            *steps += ahead.parts as u64;
            if ahead.add(token, &places) {
                firsts.push(token);
            }
        }
        firsts.reverse();
        (ahead, firsts)
    }

    /// Puts the places where this term fits into `set`. Returns whether there are any.
    fn places(&self, term: &str, set: &mut [u64]) -> bool {
        let words = self.words.get(term);
        match words {
            Some(words) => set.copy_from_slice(words),
            None => set.fill(0),
        }
        let mut any = words.is_some();
        for (place, _) in self
            .open
            .iter()
            .filter(|(_, start)| term.starts_with(start))
        {
            set[place / BITS] |= 1 << (place % BITS);
            any = true;
        }
        any
    }

    /// Where the run ends at the latest that begins with this token.
    fn walk(
        &self,
        tokens: &[Token<'_>],
        first: &Token<'_>,
        ahead: &Ahead,
        end_of: &impl Fn(&Pattern, &Token<'_>) -> usize,
        steps: &mut u64,
    ) -> usize {
        let mut end = first.end;
        // Terms of different widths may fit, so the next word may stand at one of several places.
        let mut next = vec![first.position + first.width];
        for (place, pattern) in self.patterns.iter().enumerate().skip(1) {
            let mut behind = Vec::with_capacity(next.len());
            for &position in &next {
                for token in standing_at(tokens, position) {
                    *steps += 1;
                    let follows = token.position + token.width;
                    if pattern.fits(&token.term) && ahead.may_follow(place, follows) {
                        if behind.is_empty() {
                            end = 0;
                        }
                        end = end.max(end_of(pattern, token));
                        behind.push(follows);
                    }
                }
            }
            behind.sort_unstable();
            behind.dedup();
            next = behind;
        }
        end
    }
}

/// For each position of a text the places of a run from which on all the rest stands there.
struct Ahead {
    sets: Vec<u64>,
    /// How many parts a set has.
    parts: usize,
    /// Patterns of the run.
    len: usize,
}

impl Ahead {
    fn new(positions: u32, len: usize) -> Self {
        let parts = len.div_ceil(BITS);
        Self {
            sets: vec![0; (positions as usize + 1) * parts],
            parts,
            len,
        }
    }

    /// Adds a token that fits these places; all behind it were added before. Returns whether the
    /// whole run begins with it.
    fn add(&mut self, token: &Token<'_>, places: &[u64]) -> bool {
        let here = token.position as usize * self.parts;
        let behind = (token.position + token.width) as usize * self.parts;
        let mut begins = false;
        for (part, &fits) in places.iter().enumerate() {
            let mut follows = self.sets[behind + part] >> 1;
            if part + 1 < self.parts {
                follows |= self.sets[behind + part + 1] << (BITS - 1);
            } else {
                // Behind the last one anything may follow.
                follows |= 1 << ((self.len - 1) % BITS);
            }
            let both = fits & follows;
            self.sets[here + part] |= both;
            begins |= part == 0 && both & 1 == 1;
        }
        begins
    }

    /// Whether what comes behind this place of the run stands at this position.
    fn may_follow(&self, place: usize, position: u32) -> bool {
        let next = place + 1;
        let at = position as usize * self.parts + next / BITS;
        next == self.len || self.sets[at] >> (next % BITS) & 1 == 1
    }
}

/// All terms that begin at this position.
fn standing_at<'t>(tokens: &'t [Token<'t>], position: u32) -> impl Iterator<Item = &'t Token<'t>> {
    let first = tokens.partition_point(|token| token.position < position);
    let here = tokens[first..].iter();
    here.take_while(move |token| token.position == position)
}
