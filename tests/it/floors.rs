//! The plan of the house, held: imports point down only, and never sideways.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor, from the cellar up. `docs/ARCHITECTURE.md` draws the same plan.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["model", "metrics"],
    &["protocol", "config", "tls", "acme", "text", "media"],
    &["store", "engine", "blobs"],
    &["service", "search", "backup", "doctor", "export"],
    &["http", "realtime"],
    &["server", "app", "cli", "main", "lib"],
];
/// On the top floor everybody may know everybody.
const TOP: usize = 6;

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

/// The rooms that a source text names by `crate::room` or `use crate::{room::…, …}`.
fn rooms_named(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_usize;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => named.push(std::mem::take(&mut word)),
                    c if depth == 0 && !c.is_whitespace() => word.push(c),
                    _ => {}
                }
            }
            named.push(word);
        } else {
            named.push(rest.to_owned());
        }
    }
    let room = |path: &String| {
        let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        path[..end.unwrap_or(path.len())].to_owned()
    };
    named
        .iter()
        .map(room)
        .filter(|room| !room.is_empty())
        .collect()
}

/// The sentence that tells what is wrong with one import, if anything is.
fn fault(room: &str, named: &str) -> Option<String> {
    let (here, there) = (floor_of(room), floor_of(named));
    match (here, there) {
        (None, _) => Some(format!("`{room}` has no floor: add it to the plan")),
        (Some(here), Some(there)) if there > here => Some(format!(
            "`{room}` (floor {here}) looks up to `{named}` (floor {there})"
        )),
        (Some(here), Some(there)) if there == here && here != TOP && room != named => {
            Some(format!("`{room}` looks sideways to `{named}`"))
        }
        _ => None,
    }
}

#[test]
fn imports_point_down_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 10, "the sources are where this test looks");
    let mut faults = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy();
        let room = first.trim_end_matches(".rs");
        let text = fs::read_to_string(&file).unwrap();
        for named in rooms_named(&text) {
            if let Some(fault) = fault(room, &named) {
                faults.push(format!("{}: {fault}", inside.display()));
            }
        }
    }
    assert!(faults.is_empty(), "broken floors:\n{}", faults.join("\n"));
}

#[test]
fn the_check_sees_a_broken_floor() {
    let text =
        "use crate::{base::clock::Clock, http};\nuse crate::service::Service;\n// crate::cli";
    assert_eq!(rooms_named(text), ["base", "http", "service"]);
    assert!(fault("store", "service").is_some());
    assert!(fault("http", "realtime").is_some());
    assert!(fault("nowhere", "base").is_some());
    assert!(fault("http", "service").is_none());
    assert!(fault("server", "cli").is_none());
}
