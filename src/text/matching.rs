//! Whether a text answers a search, and what to mark in it.

use std::ops::Range;

use super::cluster::{cluster_at, read};
use super::query::{Clause, Pattern, Query};
use super::tokens::{Token, tokens};

/// Ranges to mark that one text has at most.
const MAX_HIGHLIGHTS: usize = 100;

/// Whether `content` has the words and phrases that `query` asks for and none that it excludes.
/// The filters are not looked at: they are about the message, not its words.
///
/// If so, what to mark: ranges of bytes in `content`, in order, apart from each other, on the edges
/// of visible characters.
pub fn matches(query: &Query, content: &str) -> Option<Vec<Range<usize>>> {
    // A word and a space are rarely shorter.
    let mut words = Vec::with_capacity(content.len() / 4);
    words.extend(tokens(content));
    let page = Page {
        text: content,
        tokens: words,
    };
    if query.not.iter().any(|clause| page.has(clause, None)) {
        return None;
    }
    let mut marks = Vec::new();
    for clause in &query.all {
        if !page.has(clause, Some(&mut marks)) {
            return None;
        }
    }
    Some(joined(marks))
}

/// The words of a text, to be searched in.
struct Page<'a> {
    text: &'a str,
    /// In the order of their positions.
    tokens: Vec<Token<'a>>,
}

impl Page<'_> {
    /// Whether the clause is satisfied; with `marks`, all places go there.
    fn has(&self, clause: &Clause, mut marks: Option<&mut Vec<Range<usize>>>) -> bool {
        let mut found = false;
        for patterns in &clause.any {
            let mut free = 0;
            for token in &self.tokens {
                // Where one run was found, another is looked for only after it.
                if token.start < free {
                    continue;
                }
                let Some(end) = self.run(patterns, token) else {
                    continue;
                };
                found = true;
                let Some(marks) = marks.as_deref_mut() else {
                    return true;
                };
                marks.push(token.start..end);
                free = end;
            }
        }
        found
    }

    /// Where the run of patterns ends that begins with `first`.
    fn run(&self, patterns: &[Pattern], first: &Token<'_>) -> Option<usize> {
        let (pattern, rest) = patterns.split_first()?;
        if !pattern.fits(&first.term) {
            return None;
        }
        let mut end = self.end(pattern, first);
        // Terms of different widths may fit, so the next word may stand at one of several places.
        let mut next = vec![first.position + first.width];
        for pattern in rest {
            let fitting = next.iter().flat_map(|position| self.standing_at(*position));
            let fitting: Vec<&Token<'_>> = fitting.filter(|t| pattern.fits(&t.term)).collect();
            end = fitting.iter().map(|token| self.end(pattern, token)).max()?;
            next = fitting.iter().map(|t| t.position + t.width).collect();
            next.sort_unstable();
            next.dedup();
        }
        Some(end)
    }

    /// All terms that begin at this position.
    fn standing_at(&self, position: u32) -> impl Iterator<Item = &Token<'_>> {
        let first = self.tokens.partition_point(|t| t.position < position);
        let here = self.tokens[first..].iter();
        here.take_while(move |token| token.position == position)
    }

    /// Where to end marking a token: of one that only begins as asked, its beginning is marked.
    fn end(&self, pattern: &Pattern, token: &Token<'_>) -> usize {
        let Pattern::Prefix(start) = pattern else {
            return token.end;
        };
        beginning(self.text, token.start..token.end, start)
    }
}

/// Where the letters of a word end that fold to `start`.
fn beginning(text: &str, word: Range<usize>, start: &str) -> usize {
    let start = start.trim_start_matches(['#', '@']);
    let end = word.start + start.len();
    let same = text.as_bytes().get(word.start..end);
    // Letters of one byte each, with no mark on the last one.
    if end <= word.end
        && same.is_some_and(|same| same.iter().all(u8::is_ascii_alphanumeric))
        && text.as_bytes().get(end).is_none_or(u8::is_ascii)
    {
        return end;
    }
    beginning_by_letters(text, word, start)
}

/// The same for any letters.
fn beginning_by_letters(text: &str, word: Range<usize>, start: &str) -> usize {
    let mut folded = String::new();
    let mut at = word.start;
    while at < word.end && folded.len() < start.len() {
        let Some(cluster) = cluster_at(text, at) else {
            break;
        };
        read(cluster, &mut folded);
        at += cluster.len();
    }
    at.min(word.end)
}

/// The ranges in order, those that touch or overlap made one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined.truncate(MAX_HIGHLIGHTS);
    joined
}

/// The same ranges counted in UTF-16 units, as browsers do.
pub fn highlights_utf16(content: &str, ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    let mut bytes = 0;
    let mut units = 0;
    let mut count = |to: usize| {
        units += content.get(bytes..to).map_or(0, |text| {
            if text.is_ascii() {
                text.len()
            } else {
                text.encode_utf16().count()
            }
        });
        bytes = to;
        units
    };
    ranges
        .iter()
        .map(|range| [count(range.start), count(range.end)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn beginnings_end_where_reading_by_letters_ends(
            text in "[a-cA-C1#@_ \u{301}\u{200B}\u{FE0F}\u{20E3}éß東]{0,8}",
            start in "[a-c1é]{0,4}",
        ) {
            for token in tokens(&text) {
                let word = token.start..token.end;
                let end = beginning_by_letters(&text, word.clone(), &start);
                prop_assert_eq!(beginning(&text, word, &start), end);
            }
        }
    }
}
