//! What words are made of: where a run of letters and digits is cut, and how each part may be
//! written.
//!
//! Where a word begins and ends is the business of `words`.

use super::cluster::{Group, cluster_at, read};

/// The smallest thing that a word is made of.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    /// Folded; not empty.
    pub term: String,
    /// As it is written where there are no umlauts (`ue` for `ü`), if that is another way.
    pub spelled: Option<String>,
    /// What joins it to the one before.
    pub glue: Glue,
    /// Where it begins and ends in the text, in bytes.
    pub start: usize,
    /// See `start`.
    pub end: usize,
}

/// What stands between two atoms, from close to apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Glue {
    /// Nothing, or what groups the digits of a number.
    Inside,
    /// An apostrophe.
    Mark,
    /// A hyphen or low line.
    Line,
    /// Something that keeps them apart.
    Apart,
}

/// A visible character of a chain.
pub(super) struct Letter {
    pub group: Group,
    pub start: usize,
    pub end: usize,
    /// Where its folded form begins.
    pub folded: usize,
}

/// Appends an atom for each character of a folded dense cluster.
pub(super) fn push_dense(atoms: &mut Vec<Atom>, folded: &str, start: usize, end: usize) {
    atoms.extend(folded.chars().map(|c| Atom {
        term: c.to_string(),
        spelled: None,
        glue: Glue::Inside,
        start,
        end,
    }));
}

/// Cuts a run of letters and digits where it changes: `fooBar`, `HTTPServer`, `mp3`, `Slack에서`.
pub(super) fn push_run(
    atoms: &mut Vec<Atom>,
    glue: Glue,
    text: &str,
    folded: &str,
    letters: &[Letter],
) {
    let mut cuts = vec![0];
    for at in 1..letters.len() {
        let next = letters.get(at + 1).map(|letter| letter.group);
        if is_cut(letters[at - 1].group, letters[at].group, next) {
            cuts.push(at);
        }
    }
    // A hash or an encoded thing, not words: cut it nowhere.
    if cuts.len() >= 4 && 2 * folded.chars().count() < 5 * cuts.len() {
        cuts.truncate(1);
    }
    cuts.push(letters.len());
    for (number, cut) in cuts.windows(2).enumerate() {
        let letters_here = &letters[cut[0]..cut[1]];
        let (Some(first), Some(last)) = (letters_here.first(), letters_here.last()) else {
            continue;
        };
        let folded_end = letters.get(cut[1]).map_or(folded.len(), |l| l.folded);
        let term = folded[first.folded..folded_end].to_owned();
        let spelled = spelled(&text[first.start..last.end], &term);
        atoms.push(Atom {
            term,
            spelled,
            glue: if number == 0 { glue } else { Glue::Inside },
            start: first.start,
            end: last.end,
        });
    }
}

/// Whether a word part ends between `last` and `this`, which `next` follows.
fn is_cut(last: Group, this: Group, next: Option<Group>) -> bool {
    use Group::{Foreign, Latin};
    match (last, this) {
        (Latin(false), Latin(true)) | (Foreign(false), Foreign(true)) => true,
        (Latin(true), Latin(true)) => next == Some(Latin(false)),
        (Foreign(true), Foreign(true)) => next == Some(Foreign(false)),
        (Latin(_), Latin(_)) | (Foreign(_), Foreign(_)) => false,
        (last, this) => last != this,
    }
}

/// The word as it is written where there are no umlauts, if that isn't `term`.
fn spelled(original: &str, term: &str) -> Option<String> {
    const SPELLED: [(char, &str); 5] = [
        ('ä', "ae"),
        ('ö', "oe"),
        ('ü', "ue"),
        ('ø', "oe"),
        ('å', "aa"),
    ];
    if original.is_ascii() {
        return None;
    }
    let mut spelled = String::new();
    let mut at = 0;
    while let Some(cluster) = cluster_at(original, at) {
        at += cluster.len();
        let small = crate::model::name::fold(cluster);
        match SPELLED
            .iter()
            .find(|(umlaut, _)| small.starts_with(*umlaut))
        {
            Some((_, letters)) => spelled.push_str(letters),
            None => {
                read(cluster, &mut spelled);
            }
        }
    }
    (spelled != term).then_some(spelled)
}

/// Makes one of the digits that a comma, dot, apostrophe or space groups by thousands.
pub(super) fn group_digits(atoms: &mut [Atom], text: &str) {
    let digits = |atom: &Atom| atom.term.bytes().all(|b| b.is_ascii_digit());
    let mut first = 0;
    while first < atoms.len() {
        let mut sign = None;
        let mut end = first + 1;
        while end < atoms.len() && atoms[end].glue == Glue::Apart {
            let between = &text[atoms[end - 1].end..atoms[end].start];
            let fits = digits(&atoms[end - 1])
                && digits(&atoms[end])
                && atoms[first].term.len() <= 3
                && atoms[end].term.len() == 3
                && sign.is_none_or(|sign| sign == between);
            if !fits {
                break;
            }
            sign = Some(between);
            end += 1;
        }
        for atom in &mut atoms[first + 1..end] {
            atom.glue = Glue::Inside;
        }
        first = end;
    }
}
