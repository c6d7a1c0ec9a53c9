//! Finding somebody or something by a name: words and beginnings of words, in any order.

use super::clause::{Ending, clause};
use super::parse::MAX_TERMS;
use super::query::{Clause, Pattern};
use super::tokens::tokens;

/// What is typed to find a name. Each word is the beginning of one of the name's, or all of it.
#[derive(Clone, Debug)]
pub struct NameQuery(Vec<Clause>);

impl NameQuery {
    /// Reads it. Nothing typed means every name; `None` if there is something, but nothing that a
    /// name could have. Of very many words the first count.
    pub fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim().trim_start_matches(['@', '＠', '#', '＃']);
        let words = typed.split_whitespace();
        let clauses = words.filter_map(|word| clause(word, Ending::Open));
        let clauses: Vec<Clause> = clauses.take(MAX_TERMS).collect();
        (typed.is_empty() || !clauses.is_empty()).then_some(Self(clauses))
    }

    /// Whether a name of these [`name_terms`] is meant.
    pub fn fits(&self, terms: &[String]) -> bool {
        let has = |pattern: &Pattern| terms.iter().any(|term| pattern.fits(term));
        let mut clauses = self.0.iter();
        clauses.all(|clause| clause.any.iter().any(|run| run.iter().all(has)))
    }
}

/// What a name is found by.
pub fn name_terms(name: &str) -> Vec<String> {
    let mut terms: Vec<String> = tokens(name).map(|token| token.term.into_owned()).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_beginnings_of_its_words() {
        let fits = |typed: &str, name: &str| {
            NameQuery::read(typed).is_some_and(|query| query.fits(&name_terms(name)))
        };
        for (typed, name) in [
            ("", "Wren Calloway"),
            ("wr", "Wren Calloway"),
            ("call wren", "Wren Calloway"),
            ("@wren", "Wren Calloway"),
            ("mueller", "Jörg Müller"),
            ("jorg mü", "Jörg Müller"),
            ("nguyen", "Nguyễn Đức"),
            ("雷", "李雷"),
            ("李", "李雷"),
            ("anna.b", "anna.berg"),
            ("annab", "anna-berg"),
        ] {
            assert!(fits(typed, name), "{typed} {name}");
        }
        for (typed, name) in [
            ("ren", "Wren Calloway"),
            ("wren x", "Wren Calloway"),
            ("&&", "Wren Calloway"),
        ] {
            assert!(!fits(typed, name), "{typed} {name}");
        }
    }
}
