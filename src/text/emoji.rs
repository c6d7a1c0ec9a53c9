//! Emoji, which are many and mean one.

use unicode_normalization::char::is_combining_mark;

use super::MAX_TERM;
use super::atoms::{Atom, Glue};
use super::script::{is_ignorable, is_skin_tone};
use super::words::Word;

/// The emoji without colours of skin and forms of presentation.
pub(super) fn word(cluster: &str, start: usize) -> Word {
    const JOINER: char = '\u{200D}';
    let plain =
        |c: &char| *c == JOINER || !(is_ignorable(*c) || is_skin_tone(*c) || is_combining_mark(*c));
    let mut whole: String = cluster.chars().filter(plain).collect();
    whole.truncate(whole.floor_char_boundary(MAX_TERM));
    let whole = whole.trim_matches(JOINER).to_owned();
    let mut parts = Vec::new();
    if whole.contains(JOINER) {
        parts.extend(
            whole
                .split(JOINER)
                .filter(|part| !part.is_empty())
                .map(str::to_owned),
        );
    }
    let atom = Atom {
        term: whole,
        spelled: None,
        glue: Glue::Inside,
        start,
        end: start + cluster.len(),
    };
    Word::Emoji(atom, parts)
}
