//! Killed at any moment: what was sealed is there whole, what was synced of a stage is there, what
//! was deleted is not, and nothing is half there.
//!
//! The test executable runs itself as the writer and kills it. `INKSPOT_CRASH_ROUNDS` asks for
//! more than 10 rounds of each kind.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use inkspot::base::clock::Timestamp;
use inkspot::base::rng::Rng;
use inkspot::blobs::{self, BlobHash, BlobKind, BlobOptions, Blobs, StageId};

use super::{KINDS, content, hash_of, load};

const DIR: &str = "INKSPOT_LEDGER_DIR";

/// Small volumes, so that they are closed and given up all the time.
fn open(dir: &Path, kind: BlobKind) -> Arc<dyn Blobs> {
    let options = BlobOptions {
        floor_bytes: 0,
        volume_bytes: 6 << 20,
    };
    blobs::open(&dir.join("blobs"), kind, &options).unwrap()
}

/// What belongs to a number: its length and its content.
fn content_of(number: u64) -> Vec<u8> {
    let len = Rng::seeded(number).u64() % 200_000;
    content(number, usize::try_from(len).unwrap())
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nledger {text}").unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "is the writer that the next test starts and kills"]
fn ledger() {
    let dir = std::env::var_os(DIR).expect("is started by the next test");
    let kind = KINDS[usize::from(std::env::var_os("INKSPOT_LEDGER_FILES").is_some())];
    let blobs = open(Path::new(&dir), kind);
    let rng = Rng::system();
    // What the last one left half-way is brought to its end.
    for (stage, staged) in blobs.stages().unwrap() {
        go_on(&*blobs, u64::try_from(stage.0).unwrap(), staged.len, &rng);
    }
    let mut mine = Vec::new();
    loop {
        let number = rng.u64();
        let stage = StageId(number.into());
        blobs
            .begin(stage, &number.to_be_bytes(), Timestamp(1))
            .unwrap();
        say(&format!("synced {number} 0"));
        go_on(&*blobs, number, 0, &rng);
        mine.push(number);
        if mine.len() > 3 {
            let victim = mine.swap_remove(usize::try_from(rng.u64() % 3).unwrap());
            say(&format!("deleting {victim} 0"));
            blobs.delete(&hash_of(&content_of(victim))).unwrap();
            say(&format!("deleted {victim} 0"));
        }
        blobs.tidy().unwrap();
    }
}

/// Appends what is missing, and seals it.
fn go_on(blobs: &dyn Blobs, number: u64, from: u64, rng: &Rng) {
    let stage = StageId(number.into());
    let content = content_of(number);
    let mut offset = from;
    while offset < content.len() as u64 {
        let rest = &content[usize::try_from(offset).unwrap()..];
        let piece = rest.len().min(usize::try_from(rng.u64() % 70_000).unwrap());
        offset = blobs
            .append(stage, offset, &rest[..piece], Timestamp(2))
            .unwrap();
        if rng.u64().is_multiple_of(2) {
            blobs.sync(stage).unwrap();
            say(&format!("synced {number} {offset}"));
        }
    }
    blobs.seal(stage).unwrap();
    say(&format!("sealed {number} 0"));
}

/// What the writers have said.
#[derive(Default)]
struct Ledger {
    synced: HashMap<u64, u64>,
    sealed: HashSet<u64>,
    deleting: HashSet<u64>,
    deleted: HashSet<u64>,
}

impl Ledger {
    /// Lets a writer go on until it has said some things, and kills it.
    fn run_and_kill(&mut self, dir: &Path, kind: BlobKind, lines: u64) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([
            "--ignored",
            "--exact",
            "--nocapture",
            "blobs::crash::ledger",
        ]);
        command.env(DIR, dir).stdout(Stdio::piped());
        if kind == BlobKind::Files {
            command.env("INKSPOT_LEDGER_FILES", "1");
        }
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut seen = 0;
        for line in out.lines() {
            let line = line.unwrap_or_default();
            let Some(said) = line.strip_prefix("ledger ") else {
                continue;
            };
            self.note(said);
            seen += 1;
            if seen == lines {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(seen >= lines, "the writer ended by itself");
    }

    fn note(&mut self, said: &str) {
        let words: Vec<&str> = said.split(' ').collect();
        // The last line may be torn by the kill.
        let [what, number, len] = words[..] else {
            return;
        };
        let (Ok(number), Ok(len)) = (number.parse(), len.parse()) else {
            return;
        };
        match what {
            "synced" => drop(self.synced.insert(number, len)),
            "sealed" => drop(self.sealed.insert(number)),
            "deleting" => drop(self.deleting.insert(number)),
            "deleted" => drop(self.deleted.insert(number)),
            other => panic!("{other}"),
        }
    }

    fn compare(&self, blobs: &dyn Blobs) {
        let there: HashSet<BlobHash> = blobs
            .hashes(None, usize::MAX)
            .unwrap()
            .into_iter()
            .collect();
        for hash in &there {
            let content = load(blobs, hash, 65_536);
            assert!(hash_of(&content) == *hash, "complete or absent");
        }
        let mut live = 0;
        for hash in &there {
            live += blobs.len(hash).unwrap().unwrap();
        }
        for number in self.sealed.difference(&self.deleting) {
            let hash = hash_of(&content_of(*number));
            assert!(there.contains(&hash), "{number} was sealed");
        }
        for number in &self.deleted {
            let hash = hash_of(&content_of(*number));
            assert!(!there.contains(&hash), "{number} was deleted");
        }
        for (number, synced) in &self.synced {
            let stage = StageId((*number).into());
            let content = content_of(*number);
            let Some(staged) = blobs.staged(stage).unwrap() else {
                let kept = there.contains(&hash_of(&content));
                assert!(kept || self.deleting.contains(number), "{number} was begun");
                continue;
            };
            assert_eq!(staged.note, number.to_be_bytes());
            assert!(staged.len >= *synced, "{} of {synced}", staged.len);
            let mut buf = vec![0; content.len() + 1];
            let count = blobs.read_staged(stage, 0, &mut buf).unwrap();
            assert_eq!(count as u64, staged.len);
            assert!(buf[..count] == content[..count]);
            live += staged.len;
        }
        assert_eq!(blobs.usage().unwrap().live, live);
    }
}

#[test]
fn a_killed_process_loses_nothing_sealed_or_synced_and_leaves_nothing_half_there() {
    let rounds = std::env::var("INKSPOT_CRASH_ROUNDS")
        .map_or(10, |rounds| rounds.parse().expect("a number of rounds"));
    let rng = Rng::system();
    for kind in KINDS {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::default();
        for _ in 0..rounds {
            ledger.run_and_kill(dir.path(), kind, 1 + rng.u64() % 60);
            ledger.compare(&*open(dir.path(), kind));
        }
        println!(
            "{kind:?}: {} sealed, {} deleted",
            ledger.sealed.len(),
            ledger.deleted.len()
        );
    }
}
