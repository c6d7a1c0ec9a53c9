//! Cuts a text into its words: chains of letters and digits, runs of scripts without spaces, emoji.

use std::ops::Range;

use super::MAX_TERM;
use super::atoms::{Atom, Glue, Letter, group_digits, push_dense, push_run};
use super::cluster::{Group, Kind, cluster_at, read};
use super::emoji;
use super::phone::{self, Phone};
use super::script::is_ignorable;

/// One word of a text.
#[derive(Clone, Debug)]
pub(super) enum Word {
    /// Letters and digits, with apostrophes, hyphens and the like between them.
    Chain(Chain),
    /// A run of characters without spaces.
    Dense(Vec<Atom>),
    /// The emoji, and the simple ones that it is put together from.
    Emoji(Atom, Vec<String>),
}

/// See [`Word::Chain`].
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    /// One or more.
    pub atoms: Vec<Atom>,
    /// `#` or `@` before it, and where that stands.
    pub sign: Option<(char, usize)>,
    /// `++` or `#` after it, as in `C++`.
    pub suffix: &'static str,
    /// The telephone number that begins with it.
    pub phone: Option<Phone>,
}

impl Chain {
    /// Whether it is one word that can be written in one way only.
    pub(super) fn is_plain(&self) -> bool {
        let one = self.atoms.len() == 1 && self.atoms[0].spelled.is_none();
        one && self.sign.is_none() && self.suffix.is_empty() && self.phone.is_none()
    }
}

/// The words of a text, in order.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    text: &'a str,
    at: usize,
    /// Where the last telephone number ended.
    phone_end: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            phone_end: 0,
        }
    }

    /// What they are the words of.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Where the next word stands, if that is nothing but ASCII letters with which nothing can be
    /// done but to write them small. It is what reading it letter by letter would give, many times
    /// as fast; most words of most texts are such.
    pub(super) fn plain(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        // What is no word, up to where it may be part of a visible character that isn't ASCII.
        let is_gap = |at: usize| {
            let is_sign = |b: &u8| b.is_ascii() && !b.is_ascii_alphanumeric();
            bytes.get(at).is_some_and(is_sign) && bytes.get(at + 1).is_none_or(u8::is_ascii)
        };
        while is_gap(self.at) {
            self.at += 1;
        }
        let (before, word) = bytes.split_at_checked(self.at)?;
        let length = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let (word, after) = word.split_at(length);
        let (first, rest) = word.split_first()?;
        let one_case = rest.iter().all(u8::is_ascii_lowercase)
            || (first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_uppercase));
        let may_begin = |b: &u8| b.is_ascii() && !matches!(b, b'#' | b'@');
        let may_end = |b: &u8| {
            let goes_on = matches!(b, b'0'..=b'9' | b'\'' | b'`' | b'-' | b'_' | b'+' | b'#');
            b.is_ascii() && !goes_on
        };
        let is_plain = one_case
            && length <= MAX_TERM
            && before.last().is_none_or(may_begin)
            && after.first().is_none_or(may_end);
        let start = self.at;
        is_plain.then(|| {
            self.at += length;
            start..self.at
        })
    }

    /// A run of dense characters, the first of which is folded already.
    fn dense(&mut self, start: usize, end: usize, folded: &mut String) -> Word {
        let mut atoms = Vec::new();
        push_dense(&mut atoms, folded, start, end);
        self.at = end;
        let mut at = end;
        while let Some(cluster) = cluster_at(self.text, at) {
            folded.clear();
            let next = at + cluster.len();
            match read(cluster, folded) {
                Kind::Dense => {
                    push_dense(&mut atoms, folded, at, next);
                    self.at = next;
                }
                // The dot between the parts of a foreign name in Japanese.
                Kind::Ignored | Kind::Other('\u{30FB}' | '\u{FF65}') => {}
                _ => break,
            }
            at = next;
        }
        Word::Dense(atoms)
    }

    /// A chain whose first letter begins at `start`.
    fn chain(&mut self, start: usize) -> Chain {
        let before = self.text[..start].chars().next_back();
        let sign = match before {
            Some(c @ ('#' | '＃' | '@' | '＠')) if !self.is_inside_word(start - c.len_utf8()) => {
                let sign = if matches!(c, '#' | '＃') { '#' } else { '@' };
                Some((sign, start - c.len_utf8()))
            }
            _ => None,
        };
        let mut chain = Chain {
            sign,
            ..Chain::default()
        };
        let mut glue = Glue::Inside;
        self.at = start;
        loop {
            let numeric = self.run(&mut chain.atoms, glue);
            let Some((next, end)) = self.glue(numeric) else {
                break;
            };
            glue = next;
            self.at = end;
        }
        group_digits(&mut chain.atoms, self.text);
        if start >= self.phone_end
            && let Some((phone, end)) = phone::read(self.text, start)
        {
            self.phone_end = end;
            chain.phone = Some(phone);
        }
        chain.suffix = self.suffix(chain.atoms.last());
        chain
    }

    /// Whether a letter or digit ends at the byte `at`.
    fn is_inside_word(&self, at: usize) -> bool {
        let before = self.text[..at].chars().rev().find(|c| !is_ignorable(*c));
        before.is_some_and(char::is_alphanumeric)
    }

    /// Reads letters and digits up to something else, and appends their atoms. Says whether the
    /// last one was a digit.
    fn run(&mut self, atoms: &mut Vec<Atom>, glue: Glue) -> bool {
        let mut folded = String::new();
        let mut letters: Vec<Letter> = Vec::new();
        let mut at = self.at;
        while let Some(cluster) = cluster_at(self.text, at) {
            let before = folded.len();
            let end = at + cluster.len();
            match read(cluster, &mut folded) {
                Kind::Letter(group) => {
                    self.at = end;
                    letters.push(Letter {
                        group,
                        start: at,
                        end,
                        folded: before,
                    });
                }
                Kind::Ignored => {}
                _ => {
                    folded.truncate(before);
                    break;
                }
            }
            at = end;
        }
        push_run(atoms, glue, self.text, &folded, &letters);
        letters.last().is_some_and(|l| l.group == Group::Digit)
    }

    /// What joins the run that ends here to another one, and where that begins.
    fn glue(&self, after_digit: bool) -> Option<(Glue, usize)> {
        let cluster = cluster_at(self.text, self.at)?;
        let next = self.at + cluster.len();
        let Kind::Letter(group) = read(cluster_at(self.text, next)?, &mut String::new()) else {
            return None;
        };
        let digits = after_digit && group == Group::Digit;
        let glue = match cluster.chars().find(|c| !is_ignorable(*c))? {
            ',' | '.' | '\'' | '’' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '٫' | '٬' if digits => {
                Glue::Apart
            }
            '\'' | '’' | '‘' | 'ʼ' | '＇' | '´' | '`' | '·' | '׳' | '״' => Glue::Mark,
            '"' if is_hebrew(self.text, self.at, next) => Glue::Mark,
            '-' | '_' | '‐' | '‑' | '－' | '＿' | '־' => Glue::Line,
            _ => return None,
        };
        Some((glue, next))
    }

    /// `++` or `#` that belongs to the letter before it, as in `C++` and `C#`.
    fn suffix(&mut self, last: Option<&Atom>) -> &'static str {
        let rest = &self.text[self.at..];
        let suffix = ["++", "#"].into_iter().find(|s| rest.starts_with(s));
        let letter = last.is_some_and(|last| last.term.bytes().all(|b| b.is_ascii_alphabetic()));
        match suffix {
            Some(suffix) if letter => {
                let rest = &rest[suffix.len()..];
                if rest.starts_with(|c: char| c.is_alphanumeric() || c == '+' || c == '#') {
                    return "";
                }
                self.at += suffix.len();
                suffix
            }
            _ => "",
        }
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let mut folded = String::new();
        loop {
            let start = self.at;
            let cluster = cluster_at(self.text, start)?;
            let end = start + cluster.len();
            folded.clear();
            match read(cluster, &mut folded) {
                Kind::Letter(_) => return Some(Word::Chain(self.chain(start))),
                Kind::Dense => return Some(self.dense(start, end, &mut folded)),
                Kind::Emoji => {
                    self.at = end;
                    return Some(emoji::word(cluster, start));
                }
                Kind::Ignored | Kind::Other(_) => self.at = end,
            }
        }
    }
}

/// Whether the letters on both sides of the bytes `from..to` are Hebrew.
fn is_hebrew(text: &str, from: usize, to: usize) -> bool {
    let hebrew = |c: char| matches!(c, '\u{591}'..='\u{5F2}');
    text[..from].ends_with(hebrew) && text[to..].starts_with(hebrew)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            8 => "[a-dA-C]{1,4}",
            6 => "[ \n.,:!?\"()/]{1,2}",
            2 => "[0-9#@+'`_*\r-]{1,2}",
            1 => "[a-z]{60,70}",
            1 => any::<char>().prop_map(String::from),
            1 => "[\u{300}\u{200B}\u{200D}\u{FE0F}\u{20E3}\u{FF03}\u{1F44D}äא東한]",
        ];
        prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn plain_words_are_what_reading_them_by_letters_gives(text in texts()) {
            let mut words = Words::of(&text);
            loop {
                let mut slow = words.clone();
                let plain = words.plain();
                let expected = slow.next();
                if let Some(range) = plain {
                    let Some(Word::Chain(chain)) = expected else {
                        return Err(TestCaseError::fail(format!("{range:?}: {expected:?}")));
                    };
                    prop_assert!(chain.is_plain());
                    prop_assert_eq!(&chain.atoms[0].term, &text[range.clone()].to_ascii_lowercase());
                    prop_assert_eq!(chain.atoms[0].start..chain.atoms[0].end, range);
                } else {
                    let word = words.next();
                    prop_assert_eq!(format!("{word:?}"), format!("{expected:?}"));
                    if word.is_none() {
                        break;
                    }
                }
                prop_assert_eq!((words.at, words.phone_end), (slow.at, slow.phone_end));
            }
        }
    }

    #[test]
    fn most_words_are_plain() {
        let mut words = Words::of("Read the NEWS: all of it, (twice)!");
        let plain = std::iter::from_fn(|| words.plain()).count();
        assert_eq!(plain, 7);
    }
}
