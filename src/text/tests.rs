//! What holds for any text, and what the terms look like.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use unicode_normalization::char::canonical_combining_class;

use super::{Pattern, Query, matches, parse, tokens};
use crate::base::clock::Timestamp;

/// Saturday, 2026-11-21T23:30:00Z.
const NOW: Timestamp = Timestamp(1_795_303_800_000);

fn query(text: &str) -> Query {
    parse(text, NOW, 0).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn terms(text: &str) -> Vec<String> {
    tokens(text).map(|token| token.term.into_owned()).collect()
}

#[track_caller]
fn check_terms(text: &str, expected: &[&str]) {
    let mut terms = terms(text);
    terms.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(terms, expected, "{text:?}");
}

#[test]
fn terms_are_what_people_may_type() {
    check_terms("Hello, World", &["hello", "world"]);
    check_terms("foo_bar", &["foo", "bar", "foobar"]);
    check_terms("fooBar", &["foo", "bar", "foobar"]);
    check_terms("HTTPServer2", &["http", "server", "2", "httpserver2"]);
    check_terms("3f2a9c1d", &["3f2a9c1d"]);
    check_terms("don't", &["don", "t", "dont"]);
    check_terms("Müller", &["muller", "mueller"]);
    check_terms("#release @wren", &["#release", "release", "@wren", "wren"]);
    check_terms("C++ and C#", &["c", "c++", "and", "c", "c#"]);
    check_terms("1,234.56", &["1", "234", "1234", "56"]);
    check_terms("1.2.3", &["1", "2", "3"]);
    check_terms("東京タワー", &["東京", "京た", "たわ", "わー", "ー"]);
    check_terms("👩🏽‍💻👍🏿", &["👩‍💻", "👩", "💻", "👍"]);
    check_terms("a\u{200B}b\u{202E}c", &["abc"]);
    check_terms("½ Ⅷ ﷺ ™", &["½", "viii", "صلياللهعليهوسلم"]);
}

#[test]
fn what_is_too_long_is_cut() {
    let long = "ä".repeat(5000);
    for token in tokens(&long) {
        assert!(token.term.len() <= super::MAX_TERM);
    }
    let piled = format!("e{}x", "\u{301}".repeat(10_000));
    check_terms(&piled, &["ex"]);
}

/// Texts with what is hard: marks, joiners, scripts, signs.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-zA-Z0-9äÖß_'.,#@+:/-]{1,6}",
        "[ \"“”*()]",
        "[\u{300}-\u{30F}\u{200B}-\u{200F}\u{FE0F}\u{1F3FB}\u{1F44D}\u{1F469}]",
        "[ก-๛]{1,4}",
        "[ア-ン一-龥]{1,4}",
        "[가-힣ㄱ-ㅎ]{1,3}",
        "[ا-ي\u{64B}-\u{652}]{1,4}",
        "[क-ह\u{93C}-\u{94D}]{1,4}",
        "[а-яёїй]{1,4}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn has_ordered_marks(term: &str) -> bool {
    let classes: Vec<u8> = term.chars().map(canonical_combining_class).collect();
    let mut pairs = classes.windows(2);
    pairs.all(|two| two[1] == 0 || two[0] <= two[1])
}

proptest! {
    #[test]
    fn each_term_of_a_text_finds_it(text in texts()) {
        // Marks in another order than theirs come from invisible characters between them only.
        for token in tokens(&text).filter(|token| has_ordered_marks(&token.term)) {
            let query = query(&format!("\"{}\"", token.term));
            let marks = matches(&query, &text);
            prop_assert!(marks.is_some_and(|m| !m.is_empty()), "{:?} in {:?}", token, text);
        }
    }

    #[test]
    fn terms_stand_in_order_within_the_text(text in texts()) {
        let mut position = 0;
        for token in tokens(&text) {
            prop_assert!(!token.term.is_empty() && token.term.len() <= super::MAX_TERM);
            prop_assert!(token.start < token.end && token.width > 0);
            prop_assert!(text.get(token.start..token.end).is_some());
            prop_assert!(token.position >= position);
            position = token.position;
        }
    }

    #[test]
    fn a_text_that_answers_has_the_terms(text in texts(), typed in texts()) {
        let Ok(query) = parse(&typed, NOW, 0) else { return Ok(()) };
        let Some(marks) = matches(&query, &text) else { return Ok(()) };
        let terms = terms(&text);
        let has = |pattern: &Pattern| terms.iter().any(|term| pattern.fits(term));
        for clause in &query.all {
            prop_assert!(clause.any.iter().any(|alternative| alternative.iter().all(has)));
        }
        let mut end = 0;
        for mark in marks {
            prop_assert!(mark.start >= end && mark.start < mark.end);
            prop_assert!(text.get(mark.clone()).is_some());
            end = mark.end;
        }
    }

    #[test]
    fn a_text_finds_itself(text in texts()) {
        let plain: String = text.chars().filter(|c| !"\"“”„«»＂״‟".contains(*c)).collect();
        let typed: String = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Ok(query) = parse(&format!("\"{typed}\""), NOW, 0) {
            prop_assert!(matches(&query, &plain).is_some(), "{:?}", plain);
        }
    }
}

/// One part of the expectations, which explain themselves.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    messages: BTreeMap<String, String>,
    searches: BTreeMap<String, BTreeSet<String>>,
}

#[test]
fn what_people_type_finds_what_they_mean() {
    let file = include_str!("../../tests/search/expectations.toml");
    let parts: BTreeMap<String, Part> = toml::from_str(file).unwrap();
    assert!(parts.len() >= 12);
    let mut wrong = Vec::new();
    for (part, Part { messages, searches }) in parts {
        assert!(!messages.is_empty() && !searches.is_empty());
        for (typed, expected) in searches {
            let query = query(&typed);
            let found = messages.iter().filter(|m| matches(&query, m.1).is_some());
            let found: BTreeSet<String> = found.map(|m| m.0.clone()).collect();
            if found != expected {
                wrong.push(format!(
                    "{part}: {typed:?} finds {found:?}, not {expected:?}: {query:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
