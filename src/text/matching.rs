//! Whether a text answers a search, and what to mark in it.

use std::ops::Range;

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
    let tokens: Vec<Token<'_>> = tokens(content).collect();
    if query.not.iter().any(|clause| found(clause, &tokens, None)) {
        return None;
    }
    let mut marks = Vec::new();
    for clause in &query.all {
        if !found(clause, &tokens, Some(&mut marks)) {
            return None;
        }
    }
    Some(joined(marks))
}

/// Whether the clause is satisfied; with `marks`, all places go there.
fn found(clause: &Clause, tokens: &[Token<'_>], mut marks: Option<&mut Vec<Range<usize>>>) -> bool {
    let mut found = false;
    for alternative in &clause.any {
        for (first, token) in tokens.iter().enumerate() {
            let Some(end) = run(alternative, &tokens[first..]) else {
                continue;
            };
            found = true;
            let Some(marks) = marks.as_deref_mut() else {
                return true;
            };
            marks.push(token.start..end);
        }
    }
    found
}

/// Where the run of patterns ends that begins with the first of `tokens`.
fn run(patterns: &[Pattern], tokens: &[Token<'_>]) -> Option<usize> {
    let (pattern, rest) = patterns.split_first()?;
    let token = tokens.first()?;
    if !pattern.fits(&token.term) {
        return None;
    }
    if rest.is_empty() {
        return Some(token.end);
    }
    let next = token.position + token.width;
    let from = tokens.partition_point(|token| token.position < next);
    (from..tokens.len())
        .take_while(|&at| tokens[at].position == next)
        .find_map(|at| run(rest, &tokens[at..]))
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
        units += content
            .get(bytes..to)
            .map_or(0, |text| text.encode_utf16().count());
        bytes = to;
        units
    };
    ranges
        .iter()
        .map(|range| [count(range.start), count(range.end)])
        .collect()
}
