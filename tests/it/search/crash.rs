//! The index is right again after the process was killed at any moment, from where it had come to.
//!
//! The test executable runs itself as a server that sends and indexes, kills it at a random point,
//! lets an index go on with what was left, and compares.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::*;

const DIR: &str = "INKSPOT_SEARCH_DIR";
const WORDS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "epsilon"];

/// Small tails, and an index that is often made anew beside the one in use.
fn small_tails() -> Options {
    Options {
        tail: 40,
        renew_after: 2,
        renew_pause: Duration::ZERO,
        ..options()
    }
}

fn content(number: u64) -> String {
    let word = |step: u64| WORDS[usize::try_from((number / step) % 5).unwrap()];
    format!("{} {} n{number}", word(1), word(5))
}

#[tokio::test]
#[ignore = "is the server that the next test starts and kills"]
async fn victim() {
    let dir = std::env::var_os(DIR).expect("is started by the next test");
    let mut house = House::at(dir.into(), small_tails());
    house.start();
    let rng = Rng::system();
    loop {
        let view = house.store.view();
        let room = conversations::find(&view, ConversationId(1)).unwrap();
        let last = room.unwrap().last_seq.0;
        let texts: Vec<_> = (last + 1..=last + 1 + rng.u64() % 12)
            .map(content)
            .collect();
        house.send(texts.iter().map(|text| (1, ALICE, text.as_str())));
        if last > 10 && rng.u64().is_multiple_of(4) {
            let seq = 1 + rng.u64() % last;
            if house.message(1, seq).deleted_at.is_none() {
                match rng.u64() % 3 {
                    0 => house.delete(1, seq),
                    _ => house.edit(1, seq, &format!("{} again", content(seq))),
                }
            }
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "sent {last}").unwrap();
        out.flush().unwrap();
    }
}

fn run_and_kill(dir: &std::path::Path, groups: u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "search::crash::victim",
        ])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let sent = out.lines().map_while(Result::ok);
    let mut sent = sent.filter(|line| line.contains("sent "));
    let reached = sent.by_ref().nth(usize::try_from(groups).unwrap());
    child.kill().unwrap();
    assert!(reached.is_some(), "it got so far");
    // Its last words are read so that it isn't held up by a full pipe.
    sent.for_each(drop);
    child.wait().unwrap();
}

#[tokio::test]
async fn a_killed_index_goes_on_and_finds_everything_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_path_buf();
    House::at(path.clone(), small_tails()).furnish(1, 1);
    let rng = Rng::system();
    for _ in 0..8 {
        run_and_kill(&path, 2 + rng.u64() % 30);
        let mut house = House::at(path.clone(), small_tails());
        house.start();
        house.caught_up().await;
        let all = messages::after(&house.store.view(), ConversationId(1), Seq(0), usize::MAX);
        let all = all.unwrap();
        for words in ["alpha ", "beta gamma ", "de", "again ", "\"delta alpha\""] {
            let query = text::parse(words, Timestamp(START), 0).unwrap();
            let fits = |message: &&Message| text::matches(&query, &message.content).is_some();
            let expected: Vec<_> = all.iter().rev().filter(fits).map(|one| one.id).collect();
            // In one page, because meanwhile the index may become another.
            assert_eq!(house.ids(ALICE, words, 100_000), expected, "{words}");
        }
        house.stop().await;
    }
}
