//! Flipped bytes and truncated files on a closed copy: refused or repaired in plain words, never
//! wrong rows, never a panic that escapes. `INKSPOT_DAMAGE_ROUNDS` asks for more rounds.

use std::fs;
use std::path::{Path, PathBuf};

use inkspot::base::rng::Rng;
use inkspot::model::{EventSeq, Message, Seq};
use inkspot::store::{Store, StoreError, TailError, accounts, members, messages};

use super::{ALICE, ROOM, commit, copy_folder, furnish, open, sent, try_open};

const MESSAGES: u64 = 400;

/// Fills a store in two sessions, so that it has a snapshot and something after it.
fn fill(data: &Path) -> Vec<Message> {
    for half in 0..2 {
        let (_store, mut writer) = open(data);
        if half == 0 {
            furnish(&mut writer);
        }
        for seq in (half * MESSAGES / 2 + 1)..=((half + 1) * MESSAGES / 2) {
            let text =
                format!("message {seq} ").repeat(1 + usize::try_from(seq % 20).unwrap() * 30);
            commit(&mut writer, seq, [sent(seq, ALICE, &text)]);
        }
    }
    let (store, _writer) = open(data);
    messages::after(&store.view(), ROOM, Seq(0), usize::MAX).unwrap()
}

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// What reading everything comes to.
fn read(store: &Store, wanted: &[Message]) -> Result<(), StoreError> {
    let view = store.view();
    let found = messages::after(&view, ROOM, Seq(0), usize::MAX)?;
    assert_eq!(found, wanted, "wrong messages");
    assert_eq!(
        members::find(&view, ROOM, ALICE)?.unwrap().last_read_seq.0,
        MESSAGES
    );
    assert_eq!(accounts::count(&view)?, 2);
    match store.log().tail(EventSeq(0), usize::MAX) {
        Ok(events) => assert_eq!(events.len(), 5 + wanted.len()),
        Err(TailError::Store(error)) => return Err(error),
        Err(TailError::Trimmed { .. }) => panic!("nothing was trimmed"),
    }
    store.check().map(drop)
}

#[test]
fn a_damaged_file_is_refused_or_repaired_but_never_gives_wrong_rows() {
    let rounds = std::env::var("INKSPOT_DAMAGE_ROUNDS")
        .map_or(40, |rounds| rounds.parse().expect("a number of rounds"));
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let wanted = fill(&data);
    let rng = Rng::seeded(std::env::var("INKSPOT_DAMAGE_SEED").map_or(1, |s| s.parse().unwrap()));
    let (mut refused, mut unreadable, mut whole) = (0, 0, 0);
    for round in 0..rounds {
        let copy = dir.path().join(format!("copy-{round}"));
        copy_folder(&data, &copy);
        let mut all = Vec::new();
        files(&copy, &mut all);
        all.sort();
        let file = &all[usize::try_from(rng.u64()).unwrap() % all.len()];
        let mut bytes = fs::read(file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        let at = usize::try_from(rng.u64()).unwrap() % bytes.len();
        let truncate = rng.u64().is_multiple_of(4);
        if truncate {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << (rng.u64() % 8);
        }
        fs::write(file, bytes).unwrap();
        let what = format!(
            "round {round}: {} at {at}, truncated: {truncate}",
            file.display()
        );
        match try_open(&copy) {
            Err(error) => {
                println!("{what}: refused: {error}");
                refused += 1;
            }
            Ok((store, _writer)) => match read(&store, &wanted) {
                Err(error) => {
                    println!("{what}: unreadable: {error}");
                    unreadable += 1;
                }
                Ok(()) => whole += 1,
            },
        }
        fs::remove_dir_all(&copy).unwrap();
    }
    println!("refused {refused}, unreadable {unreadable}, whole {whole}");
    assert!(refused > 0 && whole > 0, "the damage reached something");
}
