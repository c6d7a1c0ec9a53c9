//! Older messages move into pages, and nobody notices.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, Message, Seq};
use inkspot::store::kv::{Kv, Order, SledKv};
use inkspot::store::{self, Store, Writer, messages};

use super::redb::RedbKv;
use super::{ALICE, BOB, ROOM, commit, compact, furnish, message, open};

/// What is on disk of a message alone, and of pages; see the catalog in `store::schema`.
const MESSAGES: u8 = 0x30;
const MESSAGE_PAGES: u8 = 0x34;

/// Words of many lengths, some longer than a row.
fn said(seq: u64) -> Message {
    let length = match seq % 97 {
        0 => 9_000,
        1 => 3_000,
        n => usize::try_from(n * 7 % 200).unwrap(),
    };
    message(
        seq,
        if seq.is_multiple_of(3) { ALICE } else { BOB },
        &format!("{seq} {}", "x".repeat(length)),
    )
}

fn say(writer: &mut Writer, from: u64, to: u64) -> Vec<Message> {
    let all: Vec<_> = (from..=to).map(said).collect();
    for some in all.chunks(50) {
        let sent = some.iter().cloned().map(EventBody::MessageSent);
        commit(writer, 10, sent);
    }
    all
}

/// A whole round.
fn pack(writer: &mut Writer) {
    let mut at = None;
    loop {
        at = writer.pack(at).unwrap();
        if at.is_none() {
            return;
        }
    }
}

/// Everything that can be read of the conversation is as it should be.
fn compare(store: &Store, expected: &[Message]) {
    let view = store.view();
    let len = expected.len();
    for limit in [1, 50, 300, len + 10] {
        let mut at = 0;
        while at < len {
            let page = messages::after(&view, ROOM, Seq(at as u64), limit).unwrap();
            assert_eq!(page, expected[at..(at + limit).min(len)]);
            at += (limit / 2).max(31);
        }
        let mut at = len;
        while at > 0 {
            let page = messages::before(&view, ROOM, Some(Seq(at as u64 + 1)), limit).unwrap();
            assert_eq!(page, expected[at.saturating_sub(limit)..at]);
            at = at.saturating_sub((limit / 2).max(31));
        }
    }
    assert_eq!(messages::before(&view, ROOM, None, len).unwrap(), expected);
    assert_eq!(
        messages::after(&view, ROOM, Seq(len as u64), 9).unwrap(),
        []
    );
    assert_eq!(messages::after(&view, ROOM, Seq(u64::MAX), 9).unwrap(), []);
    assert_eq!(messages::before(&view, ROOM, Some(Seq(1)), 9).unwrap(), []);
    for message in expected {
        let found = messages::find(&view, message.id).unwrap();
        assert_eq!(found.as_ref(), Some(message));
        let name = message.client_id.as_ref().unwrap();
        let known = messages::by_client_id(&view, message.sender, name).unwrap();
        assert_eq!(known, Some(message.id));
    }
    let none = super::message_id(len as u64 + 1);
    assert_eq!(messages::find(&view, none).unwrap(), None);
}

fn rows(kv: &dyn Kv, table: u8) -> usize {
    let mut rows = 0;
    kv.scan(&[table], &[table + 1], Order::Forward, &mut |_, _| {
        rows += 1;
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    rows
}

fn rows_on_disk(dir: &Path) -> (usize, usize) {
    let kv = SledKv::open(&dir.join("db-0001"), 16 << 20).unwrap();
    (rows(&kv, MESSAGES), rows(&kv, MESSAGE_PAGES))
}

#[test]
fn pages_read_like_rows_on_every_engine() {
    let dir = tempfile::tempdir().unwrap();
    let sled = SledKv::open(&dir.path().join("sled"), 16 << 20).unwrap();
    let redb = RedbKv::open(&dir.path().join("redb"));
    let engines: [Box<dyn Kv>; 2] = [Box::new(sled), Box::new(redb)];
    for engine in engines {
        let clock = Clock::manual(Timestamp(1));
        let (store, mut writer) = store::open_with(engine, &Rng::system(), &clock).unwrap();
        furnish(&mut writer);
        let mut expected = say(&mut writer, 1, 255);
        pack(&mut writer);
        compare(&store, &expected);
        for to in [300, 700, 1_500] {
            let from = expected.len() as u64 + 1;
            expected.extend(say(&mut writer, from, to));
            compare(&store, &expected);
            pack(&mut writer);
            compare(&store, &expected);
        }
        assert_eq!(store.check().unwrap().messages, 1_500);
    }
}

#[test]
fn older_messages_need_few_rows_and_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let expected = say(&mut writer, 1, 1_000);
    drop((store, writer));
    assert_eq!(rows_on_disk(dir.path()), (1_000, 0));
    let (store, mut writer) = open(dir.path());
    pack(&mut writer);
    drop((store, writer));
    let (alone, pages) = rows_on_disk(dir.path());
    assert!((128..256).contains(&alone), "{alone} are the newest");
    assert!(
        (1..100).contains(&pages),
        "{pages} pages hold the other {}",
        1_000 - alone
    );
    let (store, writer) = open(dir.path());
    compare(&store, &expected);
    drop((store, writer));
    let compacted = compact(dir.path()).unwrap();
    assert!(compacted.rows > 0);
    let (store, _writer) = open(dir.path());
    compare(&store, &expected);
    let audit = store.audit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(audit.findings, []);
}

#[test]
fn what_is_in_a_page_is_changed_and_erased_like_everything_else() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let mut expected = say(&mut writer, 1, 1_000);
    pack(&mut writer);
    // Longer and longer, so that pages become two and three; some longer than a row.
    for (at, length) in (0..900)
        .step_by(3)
        .zip([0, 10, 700, 2_900, 5_000].iter().cycle())
    {
        let changed = &mut expected[at];
        changed.content = format!("changed {}", "y".repeat(*length));
        changed.edited_at = Some(Timestamp(500));
        commit(
            &mut writer,
            500,
            [EventBody::MessageEdited(changed.clone())],
        );
    }
    compare(&store, &expected);
    for at in (1..900).step_by(5) {
        let erased = &mut expected[at];
        *erased = erased.clone().erased(Timestamp(600));
        let message = erased.clone();
        commit(
            &mut writer,
            600,
            [EventBody::MessageDeleted { message, by: ALICE }],
        );
    }
    compare(&store, &expected);
    let from = expected.len() as u64 + 1;
    expected.extend(say(&mut writer, from, 1_600));
    pack(&mut writer);
    compare(&store, &expected);
    assert_eq!(store.check().unwrap().messages, 1_600);
}

#[test]
fn who_reads_while_messages_move_misses_none() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for limit in [1, 7, 400] {
            let (store, done) = (&store, &done);
            scope.spawn(move || {
                let mut rounds = 0;
                while rounds < 3 || !done.load(Ordering::Relaxed) {
                    let view = store.view();
                    let mut last = Seq(0);
                    loop {
                        let page = messages::after(&view, ROOM, last, limit).unwrap();
                        let Some(newest) = page.last() else { break };
                        let before = messages::before(&view, ROOM, Some(newest.id.seq), 40);
                        for message in page.iter().chain(&before.unwrap()) {
                            let seq = message.id.seq;
                            assert_eq!(*message, said(seq.0));
                            let found = messages::find(&view, message.id).unwrap();
                            assert!(found.is_some(), "{seq:?} is there");
                        }
                        let seqs = page.iter().map(|message| message.id.seq.0);
                        assert!(seqs.eq(last.0 + 1..=newest.id.seq.0), "no gaps");
                        last = newest.id.seq;
                    }
                    rounds += 1;
                }
            });
        }
        for n in 0..10 {
            say(&mut writer, n * 300 + 1, (n + 1) * 300);
            pack(&mut writer);
        }
        done.store(true, Ordering::Relaxed);
    });
}
