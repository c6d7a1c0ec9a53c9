//! From a typed word or phrase to what a text must have.

use super::atoms::{Atom, Glue};
use super::query::{Clause, Pattern};
use super::script::{is_ignorable, is_jamo};
use super::tokens::{LEVELS, Part, joined, pair, signed, with_suffix};
use super::words::{Chain, Word, Words};

/// How exactly the last word is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// As it stands.
    Whole,
    /// As a beginning: more may follow.
    Open,
}

/// What a text must have so that `typed` is found in it; `None` if there is nothing in it to
/// find.
pub(super) fn clause(typed: &str, ending: Ending) -> Option<Clause> {
    let words: Vec<Word> = Words::of(typed).collect();
    let end = words.last().map(end_of)?;
    // After a word's end a comma says that it is whole.
    let open = ending == Ending::Open && typed[end..].chars().all(is_ignorable);
    let mut any: Vec<Vec<Pattern>> = Vec::new();
    let mut add = |mut terms: Vec<String>| {
        let Some(last) = terms.pop() else { return };
        let open = match words.last() {
            // Korean words grow at their end.
            Some(Word::Chain(_)) => open || last.starts_with(is_jamo),
            // Pairs are whole; a single character may begin one.
            Some(Word::Dense(_)) => last.chars().nth(1).is_none(),
            _ => false,
        };
        let mut patterns: Vec<Pattern> = terms.into_iter().map(Pattern::Word).collect();
        patterns.push(if open {
            Pattern::Prefix(last)
        } else {
            Pattern::Word(last)
        });
        if !any.contains(&patterns) {
            any.push(patterns);
        }
    };
    for spelled in [false, true] {
        for glue in LEVELS {
            let terms = words.iter().enumerate();
            let terms =
                terms.flat_map(|(at, word)| terms_of(word, glue, spelled, at + 1 < words.len()));
            add(terms.collect());
        }
    }
    if let [Word::Chain(chain), ..] = &words[..]
        && let Some(phone) = &chain.phone
        && phone.end == end
    {
        for term in &phone.terms {
            add(vec![term.clone()]);
        }
    }
    Some(Clause { any })
}

fn end_of(word: &Word) -> usize {
    match word {
        Word::Chain(chain) => chain.atoms.last().map_or(0, |a| a.end) + chain.suffix.len(),
        Word::Dense(atoms) => atoms.last().map_or(0, |atom| atom.end),
        Word::Emoji(atom, _) => atom.end,
    }
}

/// The terms to be found one after the other where `word` stands.
fn terms_of(word: &Word, glue: Option<Glue>, spelled: bool, followed: bool) -> Vec<String> {
    match word {
        Word::Chain(chain) => terms_of_chain(chain, glue, spelled),
        Word::Dense(atoms) => terms_of_dense(atoms, followed),
        Word::Emoji(atom, _) => vec![atom.term.clone()],
    }
}

fn terms_of_chain(chain: &Chain, glue: Option<Glue>, spelled: bool) -> Vec<String> {
    let signed = signed(chain);
    let first = signed.as_ref().map_or(0, |signed| signed.width);
    let suffixed = !chain.suffix.is_empty() && first < chain.atoms.len();
    // The sign after a name belongs to its last part.
    let glue = glue.filter(|_| !suffixed);
    let parts = joined(chain, glue, spelled).into_iter();
    let parts = parts.filter(|part| part.first >= first).chain(signed);
    let mut parts: Vec<Part> = parts.collect();
    parts.sort_by_key(|part| part.first);
    if let (true, Some(last)) = (suffixed, parts.last_mut()) {
        last.term = with_suffix(chain, &last.term);
    }
    parts.into_iter().map(|part| part.term).collect()
}

/// All pairs; the last character alone only where something else follows, so that a text that
/// goes on is found too.
fn terms_of_dense(atoms: &[Atom], followed: bool) -> Vec<String> {
    let pairs = atoms.windows(2).map(|two| pair(&two[0], Some(&two[1])));
    let mut terms: Vec<String> = pairs.collect();
    if followed || terms.is_empty() {
        terms.extend(atoms.last().map(|last| last.term.clone()));
    }
    terms
}
