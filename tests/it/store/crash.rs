//! Nothing acknowledged is lost when the process is killed at any moment.
//!
//! The test executable runs itself as the writer, reads from its output what was acknowledged,
//! kills it at a random point and compares. `INKSPOT_CRASH_ROUNDS` asks for more than 20 rounds.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, Seq};
use inkspot::store::{conversations, messages};

use super::{ALICE, ROOM, client_id, commit, furnish, message, message_id, open};

const DIR: &str = "INKSPOT_LEDGER_DIR";

/// The text of a message: long ones have parts.
fn content(seq: u64) -> String {
    let times = if seq.is_multiple_of(7) { 900 } else { 3 };
    format!("message {seq} ").repeat(times)
}

#[test]
#[ignore = "is the writer that the next test starts and kills"]
fn ledger() {
    let dir = std::env::var_os(DIR).expect("is started by the next test");
    let (store, mut writer) = open(Path::new(&dir));
    if store.log().head().0 == 0 {
        furnish(&mut writer);
    }
    let rng = Rng::system();
    let room = conversations::find(&store.view(), ROOM).unwrap().unwrap();
    let mut last = room.last_seq.0;
    loop {
        let group = last + 1..=last + 1 + rng.u64() % 12;
        last = *group.end();
        let sent = |seq| EventBody::MessageSent(message(seq, ALICE, &content(seq)));
        commit(&mut writer, last, group.map(sent));
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {last}").unwrap();
        out.flush().unwrap();
    }
}

fn spawn(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "store::crash::ledger",
        ])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets a writer go on until it has acknowledged some groups, kills it, and returns the position
/// of the last message that it acknowledged.
fn run_and_kill(dir: &Path, groups: u64) -> u64 {
    let mut child = spawn(dir);
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = None;
    let mut seen = 0;
    for line in out.lines() {
        // The last line may be torn by the kill.
        let line = line.unwrap_or_default();
        if let Some((_, last)) = line.split_once("acknowledged ") {
            acknowledged = last.parse().ok().or(acknowledged);
            seen += 1;
            if seen == groups {
                child.kill().unwrap();
            }
        }
    }
    child.wait().unwrap();
    acknowledged.expect("the writer got as far as its first group")
}

/// Opens what was left and looks whether everything acknowledged is in it, and nothing else but
/// whole messages.
fn compare(data: &Path, acknowledged: u64) {
    let (store, _writer) = open(data);
    let tally = store.check().unwrap();
    let view = store.view();
    let last = tally.messages;
    assert!(
        last >= acknowledged,
        "{last} are there, {acknowledged} were acknowledged"
    );
    let oldest = acknowledged.saturating_sub(200);
    for found in messages::after(&view, ROOM, Seq(oldest), usize::MAX).unwrap() {
        let seq = found.id.seq.0;
        assert_eq!(found.content, content(seq), "message {seq}");
        let known = messages::by_client_id(&view, ALICE, &client_id(seq)).unwrap();
        assert_eq!(known, Some(message_id(seq)));
    }
    let furniture = if last == 0 { store.log().head().0 } else { 5 };
    assert_eq!(
        store.log().head().0,
        furniture + last,
        "one event a message"
    );
    println!("compared: {last} are there, {acknowledged} were acknowledged");
}

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let rounds = std::env::var("INKSPOT_CRASH_ROUNDS")
        .map_or(20, |rounds| rounds.parse().expect("a number of rounds"));
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let rng = Rng::system();
    for _ in 0..rounds {
        compare(&data, run_and_kill(&data, 1 + rng.u64() % 60));
    }
}

#[test]
#[ignore = "is run by tests/power-cut, which needs to mount"]
fn after_a_power_cut() {
    let dir = std::env::var_os(DIR).expect("is run by tests/power-cut");
    let acknowledged = std::env::var("INKSPOT_LEDGER_ACKNOWLEDGED").unwrap();
    compare(Path::new(&dir), acknowledged.parse().unwrap());
}
