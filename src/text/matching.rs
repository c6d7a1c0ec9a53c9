//! Whether a text answers a search, and what to mark in it.

use std::ops::Range;

use super::cluster::{cluster_at, read};
use super::query::{Clause, Pattern, Query};
use super::runs::Run;
use super::tokens::{Token, tokens};

/// Ranges to mark that one text has at most.
const MAX_HIGHLIGHTS: usize = 100;

/// Places of one spelling that are looked for to be marked; those that touch become one range.
const MAX_PLACES: usize = 4 * MAX_HIGHLIGHTS;

/// Whether `content` has the words and phrases that `query` asks for and none that it excludes:
/// [`Matcher::matches`], for one text.
pub fn matches(query: &Query, content: &str) -> Option<Vec<Range<usize>>> {
    Matcher::of(query).matches(content, &mut 0)
}

/// A search made ready to look at many texts.
pub struct Matcher<'q> {
    all: Vec<Spellings<'q>>,
    not: Vec<Spellings<'q>>,
}

/// The spellings of one word or phrase, any of which is enough.
type Spellings<'q> = Vec<Run<'q>>;

impl<'q> Matcher<'q> {
    /// The one of this search.
    pub fn of(query: &'q Query) -> Self {
        let spellings = |clause: &'q Clause| clause.any.iter().map(|run| Run::of(run)).collect();
        Self {
            all: query.all.iter().map(spellings).collect(),
            not: query.not.iter().map(spellings).collect(),
        }
    }

    /// Whether `content` has the words and phrases that are asked for and none that is excluded.
    /// The filters are not looked at: they are about the message, not its words. Adds to `steps`
    /// what it cost: for each spelling that is asked for about one step a word of the text, one
    /// more for each 64 words of a phrase.
    ///
    /// If so, what to mark: ranges of bytes in `content`, in order, apart from each other, on the
    /// edges of visible characters.
    pub fn matches(&self, content: &str, steps: &mut u64) -> Option<Vec<Range<usize>>> {
        // A word and a space are rarely shorter.
        let mut words = Vec::with_capacity(content.len() / 4);
        words.extend(tokens(content));
        *steps += words.len() as u64;
        let page = Page {
            text: content,
            tokens: words,
        };
        if self.not.iter().any(|one| page.has(one, None, steps)) {
            return None;
        }
        let mut marks = Vec::new();
        for one in &self.all {
            if !page.has(one, Some(&mut marks), steps) {
                return None;
            }
        }
        Some(joined(marks))
    }
}

/// The words of a text, to be searched in.
struct Page<'a> {
    text: &'a str,
    /// In the order of their positions.
    tokens: Vec<Token<'a>>,
}

impl Page<'_> {
    /// Whether one of these is there; with `marks`, the places go there.
    fn has(
        &self,
        spellings: &Spellings<'_>,
        mut marks: Option<&mut Vec<Range<usize>>>,
        steps: &mut u64,
    ) -> bool {
        let mut found = false;
        for run in spellings {
            let mut left = MAX_PLACES;
            let end = |pattern: &Pattern, token: &Token<'_>| self.end(pattern, token);
            run.find(&self.tokens, end, steps, |place| {
                found = true;
                left -= 1;
                let Some(marks) = marks.as_deref_mut() else {
                    return false;
                };
                marks.push(place);
                left > 0
            });
            if found && marks.is_none() {
                return true;
            }
        }
        found
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

    /// Where a run of these patterns ends that begins at this position.
    fn end_of(page: &Page<'_>, patterns: &[Pattern], at: u32) -> Option<usize> {
        let (pattern, rest) = patterns.split_first()?;
        let here = page.tokens.iter().filter(|token| token.position == at);
        let fitting = here.filter(|token| pattern.fits(&token.term));
        let ends = fitting.filter_map(|token| match rest {
            [] => Some(page.end(pattern, token)),
            _ => end_of(page, rest, token.position + token.width),
        });
        ends.max()
    }

    /// The same, word by word, as slowly as it may be.
    fn slowly(query: &Query, content: &str) -> Option<Vec<Range<usize>>> {
        let tokens: Vec<Token<'_>> = tokens(content).collect();
        let page = Page {
            text: content,
            tokens: tokens.clone(),
        };
        let mut marks = Vec::new();
        for clause in &query.all {
            let before = marks.len();
            for patterns in &clause.any {
                let mut free = 0;
                for token in &tokens {
                    let (first, rest) = patterns.split_first()?;
                    let ends = match rest {
                        [] => Some(page.end(first, token)),
                        _ => end_of(&page, rest, token.position + token.width),
                    };
                    if let Some(end) = ends
                        && first.fits(&token.term)
                        && token.start >= free
                    {
                        marks.push(token.start..end);
                        free = end;
                    }
                }
            }
            if marks.len() == before {
                return None;
            }
        }
        Some(joined(marks))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn what_is_found_is_what_going_word_by_word_finds(
            text in "([abAB]|a-b|aB|ab|ä|東| |, |-|#|0[1-3] ){0,40}",
            typed in "([abAB]|a-b|aB|ab|ae|東| |-|0[1-3] ){1,12}",
            open: bool,
        ) {
            let end = if open { "*" } else { "" };
            let typed = format!("\"{typed}\"{end}");
            if let Ok(query) = crate::text::parse(&typed, crate::base::clock::Timestamp(0), 0) {
                prop_assert_eq!(matches(&query, &text), slowly(&query, &text), "{}", typed);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]
        #[test]
        fn long_phrases_are_found_where_they_stand(
            words in prop::collection::vec(0..3_u8, 60..400),
            from in 0..200_usize,
            len in 2..200_usize,
        ) {
            let words: Vec<String> = words.iter().map(|word| format!("w{word}x")).collect();
            let phrase = words.iter().skip(from).take(len);
            let patterns: Vec<Pattern> = phrase.cloned().map(Pattern::Word).collect();
            prop_assume!(patterns.len() > 1);
            let clause = Clause { any: vec![patterns] };
            let query = Query { all: vec![clause], ..Query::default() };
            let text = words.join(" ");
            let found = matches(&query, &text);
            prop_assert!(found.is_some());
            prop_assert_eq!(found, slowly(&query, &text));
        }
    }

    #[test]
    fn what_repeats_costs_no_more_than_what_does_not() {
        let content = "a ".repeat(4_000);
        let steps = |typed: &str| {
            let query = crate::text::parse(typed, crate::base::clock::Timestamp(0), 0).unwrap();
            let mut steps = 0;
            let found = Matcher::of(&query).matches(&content, &mut steps);
            (found.is_some(), steps)
        };
        let phrase = |word: &str, last: &str| format!("\"{}{last}\"", word.repeat(240));
        // 4,000 words once to cut them, and to look at each; then a step for 64 words of the
        // phrase, of which there are four.
        let most = 4_000 * (2 + 4) + 4_000;
        for (typed, is_found) in [
            (phrase("a ", "a"), true),
            // Fits everywhere but at its end.
            (phrase("a ", "b"), false),
            (phrase("b ", "a"), false),
        ] {
            let (found, steps) = steps(&typed);
            assert_eq!(found, is_found, "{typed}");
            assert!(steps <= most, "{steps} steps for {typed}");
        }
        let (_, two) = steps("\"a b\"");
        assert!(two <= 4_000 * 3, "{two}");
    }

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
