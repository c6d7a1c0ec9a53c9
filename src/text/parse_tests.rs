//! What the parser makes of what people type.

use super::{Filters, Has, MAX_QUERY, MAX_TERMS, Pattern, Person, Query, matches, parse};
use crate::base::clock::Timestamp;

/// 2026-11-22T00:30 in Berlin, still the day before in UTC.
const NOW: &str = "2026-11-21T23:30:00Z";
const BERLIN: i32 = 60;

fn understood(typed: &str) -> Query {
    parse(typed, NOW.parse().unwrap(), BERLIN).unwrap_or_else(|e| panic!("{typed:?}: {e}"))
}

fn filters(typed: &str) -> Filters {
    let query = understood(typed);
    assert!(query.all.is_empty() && query.not.is_empty(), "{typed:?}");
    query.filters
}

/// The simple words of a query that has no others.
#[track_caller]
fn check_words(typed: &str, expected: &[&str]) {
    let query = understood(typed);
    let words: Vec<String> = query
        .all
        .iter()
        .map(|clause| shown(&clause.any[0]))
        .collect();
    assert_eq!(words, expected, "{typed:?}");
}

fn shown(run: &[Pattern]) -> String {
    let words = run.iter().map(|pattern| match pattern {
        Pattern::Word(word) => word.clone(),
        Pattern::Prefix(word) => format!("{word}*"),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check_error(typed: &str, piece: &str, message: &str) {
    let error = parse(typed, NOW.parse().unwrap(), BERLIN).unwrap_err();
    assert_eq!(
        (error.piece.as_str(), error.message.as_str()),
        (piece, message)
    );
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_last_word_is_a_beginning_while_it_is_typed() {
    check_words("foo ba", &["foo", "ba*"]);
    check_words("foo ba ", &["foo", "ba"]);
    check_words("fo* ba ", &["fo*", "ba"]);
    check_words("fo＊　ba ", &["fo*", "ba"]);
    check_words("\"foo ba\"", &["foo ba"]);
    check_words("\"foo ba*\"", &["foo ba*"]);
    check_words("foo,", &["foo"]);
    check_words("foo has:image", &["foo"]);
    check_words("foo\u{200B}", &["foo*"]);
}

#[test]
fn quotation_marks_of_all_kinds_hold_phrases() {
    for typed in [
        "\"foo bar\"",
        "“foo bar”",
        "„foo bar“",
        "«foo bar»",
        "＂foo bar＂",
        "\"foo bar",
    ] {
        check_words(typed, &["foo bar"]);
    }
    check_words("\"\" foo \"", &["foo"]);
    check_words("foo\" bar ", &["foo", "bar"]);
    check_words("\"foo\"\"bar\"", &["foo", "bar"]);
}

#[test]
fn a_minus_before_a_word_excludes_it() {
    let query = understood("foo -bar -\"baz qux\" －ink");
    let not: Vec<String> = query
        .not
        .iter()
        .map(|clause| shown(&clause.any[0]))
        .collect();
    assert_eq!(not, ["bar", "baz qux", "ink"]);
    assert_eq!(query.all.len(), 1);
    check_words("--help - rock-and-roll - ", &["help", "rock and roll"]);
    assert!(
        understood("-foo").all.is_empty(),
        "everything but that can be asked for"
    );
    assert_eq!(matches(&understood("-foo"), "bar"), Some(Vec::new()));
    assert_eq!(matches(&understood("-foo"), "a foo"), None);
}

#[test]
fn operators_stand_anywhere_in_any_case() {
    let query = understood("From:wren foo HAS：image IN:\"Book club\" bar from:ME ");
    assert_eq!(query.all.len(), 2);
    let named = Person::Named("wren".into());
    assert_eq!(query.filters.from, [named, Person::Me]);
    assert_eq!(query.filters.has, [Has::Image]);
    assert_eq!(query.filters.inside, ["Book club"]);
    let named = |name: &str| vec![Person::Named(name.to_owned())];
    assert_eq!(filters("from:@wren").from, named("wren"));
    assert_eq!(
        filters("from:\"Wren Calloway\"").from,
        named("Wren Calloway")
    );
    assert_eq!(
        filters("from: \"Wren Calloway\"").from,
        named("Wren Calloway")
    );
    assert_eq!(filters("from: wren").from, named("wren"));
    assert_eq!(filters("ｆｒｏｍ：李雷").from, named("李雷"));
    assert_eq!(filters("in:#garden").inside, ["garden"]);
    assert_eq!(
        filters("has:links has:Photo has:voice").has,
        [Has::Link, Has::Image, Has::Voice]
    );
}

#[test]
fn what_only_looks_like_an_operator_is_words() {
    check_words("foo::bar ", &["foo bar"]);
    check_words("on::change ", &["on change"]);
    check_words("12:30 ", &["12 30"]);
    check_words("note:this ", &["note this"]);
    check_words("http://in:8080/from:x ", &["in 8080 from x"]);
    check_words("re: has ", &["re", "has"]);
    check_words("\"from:wren\"", &["from wren"]);
}

#[test]
fn days_begin_and_end_where_the_person_is() {
    let span = |typed: &str| {
        let filters = filters(typed);
        (filters.since, filters.until)
    };
    let (start, end) = (at("2026-11-21T23:00:00Z"), at("2026-11-22T23:00:00Z"));
    assert_eq!(span("on:2026-11-22"), (Some(start), Some(end)));
    assert_eq!(span("on:today").0, Some(start), "it is past midnight there");
    let yesterday = at("2026-11-20T23:00:00Z");
    assert_eq!(span("on:Yesterday"), (Some(yesterday), Some(start)));
    assert_eq!(span("before:2026-11-22"), (None, Some(start)));
    assert_eq!(span("after:2026-11-22"), (Some(end), None));
    let february = (at("2026-01-31T23:00:00Z"), at("2026-02-28T23:00:00Z"));
    assert_eq!(span("on:2026-2"), (Some(february.0), Some(february.1)));
    let (old, new) = (at("2025-12-31T23:00:00Z"), at("2026-12-31T23:00:00Z"));
    assert_eq!(span("after:2026"), (Some(new), None));
    assert_eq!(span("after:2026-12"), (Some(new), None));
    assert_eq!(span("on:２０２６"), (Some(old), Some(new)));
    assert_eq!(span("on:9999").1, Some(Timestamp::MAX));
    let all = "after:2024 after:2025 before:2026-06 before:2026";
    assert_eq!(span(all), (Some(old), Some(old)), "all of them hold");
}

#[test]
fn what_is_unclear_is_explained() {
    let form = "2026-11-22, 2026-11, 2026, today or yesterday.";
    check_error(
        "foo before:",
        "before:",
        &format!("before: wants a date such as {form}"),
    );
    check_error(
        "on:22.11.2026 foo",
        "on:22.11.2026",
        &format!("“22.11.2026” can't be read as a date. on: wants a date such as {form}"),
    );
    check_error(
        "after:2026-02-30",
        "after:2026-02-30",
        "The calendar has no day “2026-02-30”.",
    );
    check_error(
        "has:ink",
        "has:ink",
        "has: doesn't know “ink”, only file, image, link, voice, video and audio.",
    );
    check_error(
        "from:",
        "from:",
        "from: wants a name such as from:wren, from:\"Wren Calloway\" or from:me.",
    );
    check_error(
        "in:\"\"",
        "in:\"\"",
        "in: wants the name of a conversation such as in:garden or in:\"Book club\".",
    );
    check_error(
        "foo -has:image",
        "-has:image",
        "“-has:image” can't be excluded: only words and phrases can.",
    );
    check_error("  ", "", "Type a word to search for.");
    check_error(
        " &&& ",
        "&&&",
        "“&&&” is nothing to search for: type letters, numbers or emoji.",
    );
}

#[test]
fn searches_are_bounded() {
    understood(&"ж".repeat(MAX_QUERY));
    check_error(
        &"ж".repeat(MAX_QUERY + 1),
        "",
        "Please shorten the search: it can have 500 characters.",
    );
    understood(&"a ".repeat(MAX_TERMS));
    check_error(
        &"a ".repeat(MAX_TERMS + 1),
        "",
        "Please search for fewer words: 32 are possible.",
    );
}
