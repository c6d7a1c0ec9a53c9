//! `docs/TROUBLESHOOTING.md` knows every code and every message of the start.

use std::fs;
use std::path::Path;

use inkspot::model::Code;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The page with single spaces, so that a message may go over lines.
fn page() -> String {
    let page = read("docs/TROUBLESHOOTING.md");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The codes in the first column of a table that begins with this line.
fn codes(file: &str, head: &str) -> Vec<String> {
    let text = read(file);
    let (_, rest) = text.split_once(&format!("\n{head}\n")).unwrap();
    let rows = rest
        .lines()
        .take_while(|line| line.starts_with('|'))
        .skip(1);
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    cells
        .flat_map(|cell| cell.split(','))
        .map(|code| code.trim().trim_matches('`').to_owned())
        .collect()
}

/// The longest piece of each message of a file that no value is put into.
fn messages(file: &str) -> Vec<String> {
    let source = read(file).replace("\\\n", "");
    let mut found = Vec::new();
    for begin in ["#[error(", "bail!(", "anyhow!("] {
        for attribute in source.split(begin).skip(1) {
            let Some(text) = attribute.trim_start().strip_prefix('"') else {
                continue;
            };
            let text = text.replace("\\\"", "\u{1}");
            let text = text.split('"').next().unwrap().replace('\u{1}', "\"");
            let pieces = text.split(['{', '}']).step_by(2);
            let longest = pieces.max_by_key(|piece| piece.len()).unwrap();
            let piece = longest.trim_matches([' ', ';', ',', ':', '.', '"']);
            // One that is another one's altogether.
            if !piece.is_empty() {
                found.push(piece.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }
    found
}

/// The files of a folder of the program.
fn files(folder: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let files = names.filter(|entry| entry.file_type().unwrap().is_file());
    let name = |entry: fs::DirEntry| format!("{folder}/{}", entry.file_name().display());
    files.map(name).collect()
}

#[test]
fn the_codes_of_the_program_are_those_that_are_explained() {
    let mut known: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    known.sort_unstable();
    for (file, head) in [
        ("docs/PROTOCOL.md", "| code | HTTP | meaning |"),
        ("docs/TROUBLESHOOTING.md", "| code | because | so |"),
    ] {
        let mut explained = codes(file, head);
        explained.sort();
        assert_eq!(explained, known, "{file}");
    }
}

#[test]
fn every_message_of_the_start_and_of_the_commands_is_explained() {
    let page = page();
    let errors = ["backup", "blobs", "config", "export", "server", "store"];
    let mut all: Vec<_> = errors.map(|room| format!("src/{room}/error.rs")).into();
    all.push("src/app.rs".to_owned());
    all.extend(files("src/app"));
    all.extend(files("src/cli"));
    let mut seen = 0;
    for file in all {
        for message in messages(&file) {
            assert!(
                page.contains(&message),
                "nothing about {message:?} ({file})"
            );
            seen += 1;
        }
    }
    assert!(seen > 70, "{seen} messages");
}
