//! What must hold for any bytes: the bodies of the fuzz targets, which the tests feed with the
//! committed corpus. They panic when the room breaks its word. Nothing of the product uses them.
#![expect(clippy::missing_panics_doc, reason = "to panic is what they are for")]

use super::{MAX_TERM, MAX_TOKENS, Pattern, highlights_utf16, matches, parse, tokens};
use crate::base::clock::Timestamp;

/// A text: its terms are bounded, in order, and lie within it.
pub fn terms(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (mut position, mut count) = (0, 0);
    for token in tokens(&text) {
        assert!(!token.term.is_empty() && token.term.len() <= MAX_TERM);
        assert!(token.start < token.end && token.width > 0);
        assert!(text.get(token.start..token.end).is_some());
        assert!(token.position >= position);
        position = token.position;
        count += 1;
    }
    assert!(count <= MAX_TOKENS);
}

/// A search, and after a line's end a text: it is refused in words or understood, and a text that
/// answers has the terms that an index would look for.
pub fn search(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let (typed, text) = input.split_once('\n').unwrap_or((&input, &input));
    let query = match parse(typed, Timestamp(1_795_303_800_000), 330) {
        Ok(query) => query,
        Err(error) => return assert!(!error.message.is_empty()),
    };
    let clauses = query.all.iter().chain(&query.not);
    assert!(
        clauses.clone().next().is_some() || !query.filters.is_empty(),
        "it asks for something"
    );
    for clause in clauses {
        assert!(!clause.any.is_empty() && clause.any.iter().all(|run| !run.is_empty()));
    }
    let Some(marks) = matches(&query, text) else {
        return;
    };
    let terms: Vec<_> = tokens(text).map(|token| token.term).collect();
    let has = |pattern: &Pattern| terms.iter().any(|term| pattern.fits(term));
    for clause in &query.all {
        assert!(clause.any.iter().any(|run| run.iter().all(has)));
    }
    let units = highlights_utf16(text, &marks);
    let mut end = 0;
    for (mark, units) in marks.iter().zip(units) {
        assert!(mark.start >= end && text.get(mark.clone()).is_some_and(|m| !m.is_empty()));
        assert!(units[0] < units[1]);
        end = mark.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_holds() {
        type Target = (&'static str, fn(&[u8]));
        let targets: [Target; 2] = [("terms", terms), ("search", search)];
        for (name, check) in targets {
            let folder = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
            let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
            assert!(!files.is_empty(), "{folder} is empty");
            for file in files {
                check(&std::fs::read(file.unwrap().path()).unwrap());
            }
        }
    }
}
