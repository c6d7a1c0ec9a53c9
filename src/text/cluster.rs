//! The visible characters of a text, one after the other, and what each is to a word.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::fold::fold_into;
use super::script::{is_dense, is_emoji, is_ignorable, is_jamo, is_skin_tone};

/// What a visible character is to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter or digit of a script that parts its words.
    Letter(Group),
    /// A character of a script without spaces between words.
    Dense,
    /// An emoji, whatever it is made of.
    Emoji,
    /// Seen by nobody.
    Ignored,
    /// Anything else, by its first character.
    Other(char),
}

/// Letters that go together within a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// A decimal digit.
    Digit,
    /// A Latin letter; whether it is a capital.
    Latin(bool),
    /// A letter of another script; whether it is a capital.
    Foreign(bool),
    /// A Korean syllable or part of one.
    Korean,
}

/// The visible character of `text` that begins at the byte `at`; `None` at the end.
pub(super) fn cluster_at(text: &str, at: usize) -> Option<&str> {
    match text.as_bytes().get(at..)? {
        [] => None,
        [first, next, ..] if first.is_ascii() && next.is_ascii() && *first != b'\r' => {
            text.get(at..at + 1)
        }
        _ => {
            let rest = text.get(at..)?;
            let first = rest.chars().next()?;
            // A mark on a space is alone.
            if first.is_whitespace() && first != '\r' {
                return rest.get(..first.len_utf8());
            }
            rest.graphemes(true).next()
        }
    }
}

/// What `cluster` is. The folded form of letters and dense characters is appended to `folded`.
pub(super) fn read(cluster: &str, folded: &mut String) -> Kind {
    let Some(first) = cluster.chars().find(|c| !is_ignorable(*c)) else {
        return Kind::Ignored;
    };
    // Signs that would fold to letters, and apostrophes that count as letters.
    if matches!(first, '™' | '℠' | 'ʼ') {
        return Kind::Other(first);
    }
    if is_skin_tone(first) {
        return Kind::Other(first);
    }
    if is_emoji(first) {
        return Kind::Emoji;
    }
    let before = folded.len();
    // Marks that are piled on a sign make no letter of it.
    if !first.is_alphanumeric() && !is_combining_mark(first) {
        fold_into(folded, first.encode_utf8(&mut [0; 4]));
        if folded.len() == before {
            return Kind::Other(first);
        }
        folded.truncate(before);
    }
    fold_into(folded, cluster);
    let Some(letter) = folded[before..].chars().next() else {
        return if is_combining_mark(first) {
            Kind::Ignored
        } else {
            Kind::Other(first)
        };
    };
    if is_combining_mark(letter) && !is_dense(letter) {
        // A mark without a letter.
        folded.truncate(before);
        return Kind::Other(first);
    }
    // Marks of another script that are piled on it are no part of it.
    let dense = is_dense(letter);
    if folded[before..].chars().any(|c| is_dense(c) != dense) {
        let own: String = folded[before..]
            .chars()
            .filter(|c| is_dense(*c) == dense)
            .collect();
        folded.replace_range(before.., &own);
    }
    if dense {
        Kind::Dense
    } else if letter.is_ascii_digit() {
        Kind::Letter(Group::Digit)
    } else if is_jamo(letter) {
        Kind::Letter(Group::Korean)
    } else if letter <= '\u{24F}' {
        Kind::Letter(Group::Latin(first.is_uppercase()))
    } else {
        Kind::Letter(Group::Foreign(first.is_uppercase()))
    }
}
