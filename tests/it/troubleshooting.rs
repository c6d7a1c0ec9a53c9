//! `docs/TROUBLESHOOTING.md` knows every code and every message of the start.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The page with single spaces, so that a message may go over lines.
fn page() -> String {
    let page = read("docs/TROUBLESHOOTING.md");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The codes in the first column of the protocol's table of errors.
fn codes() -> Vec<String> {
    let protocol = read("docs/PROTOCOL.md");
    let (_, rest) = protocol
        .split_once("\n| code | HTTP | meaning |\n")
        .unwrap();
    let rows = rest
        .lines()
        .take_while(|line| line.starts_with('|'))
        .skip(1);
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    cells
        .flat_map(|cell| cell.split(','))
        .map(|code| code.trim().to_owned())
        .collect()
}

/// The longest piece of each message of a file that no value is put into.
fn messages(file: &str) -> Vec<String> {
    let source = read(file);
    let mut found = Vec::new();
    for attribute in source.split("#[error(").skip(1) {
        let Some(text) = attribute.trim_start().strip_prefix('"') else {
            continue;
        };
        let text = text.replace("\\\"", "\u{1}");
        let text = text.split('"').next().unwrap().replace('\u{1}', "\"");
        let mut pieces = text.split(['{', '}']).step_by(2);
        let longest = pieces.by_ref().max_by_key(|piece| piece.len()).unwrap();
        let piece = longest.trim_matches([' ', ';', ',', ':', '.', '"']);
        found.push(piece.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    found
}

#[test]
fn every_code_is_explained() {
    let (page, codes) = (page(), codes());
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        let row = page.contains(&format!("| {code}")) || page.contains(&format!(", {code} |"));
        assert!(row, "docs/TROUBLESHOOTING.md has no row for {code}");
    }
}

#[test]
fn every_message_of_the_start_is_explained() {
    let page = page();
    let mut seen = 0;
    for file in [
        "src/backup/error.rs",
        "src/config/error.rs",
        "src/server/error.rs",
        "src/store/error.rs",
    ] {
        for message in messages(file) {
            assert!(
                page.contains(&message),
                "nothing about {message:?} ({file})"
            );
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} messages");
}
