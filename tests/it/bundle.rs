//! The committed web bundle belongs to the sources beside it; checked without Node.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), into);
        } else {
            into.push(entry.path());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// The freshness mark, as `assets/ui/README.md` defines it.
fn mark_of(sources: &Path) -> String {
    let mut found = Vec::new();
    files(sources, &mut found);
    let mut lines: Vec<(String, PathBuf)> = found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(sources).unwrap();
            (name.to_str().unwrap().to_owned(), path)
        })
        .collect();
    lines.sort();
    let mut mark = Sha256::new();
    for (name, path) in lines {
        let content = Sha256::digest(fs::read(path).unwrap());
        mark.update(format!("{name}\0{}\n", hex(&content)));
    }
    hex(&mark.finalize())
}

#[test]
fn the_bundle_belongs_to_the_sources() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let committed = fs::read_to_string(assets.join("dist/source.sha256")).unwrap();
    assert_eq!(
        committed.trim_end(),
        mark_of(&assets.join("ui")),
        "assets/dist was built from other sources: run `npm run build` in assets/ui"
    );
}
