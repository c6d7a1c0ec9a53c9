//! Changing and deleting messages: what stays, and that nothing else does.

use std::ops::ControlFlow;
use std::time::Duration;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, Message, Version};
use inkspot::store::kv::{Kv, Order};
use inkspot::store::{self, LogLimits, StoreError, files, history, messages};

use super::redb::RedbKv;
use super::{ALICE, BOB, client_id, commit, file, furnish, message, open, sent};

fn edited(seq: u64, content: &str, at: u64) -> Message {
    Message {
        content: content.to_owned(),
        edited_at: Some(Timestamp(at)),
        ..message(seq, ALICE, "")
    }
}

/// What was said at some time, long enough for part rows.
fn words(time: u64, length: usize) -> String {
    let word = format!("word{time} ");
    word.repeat(length / word.len())
}

#[test]
fn every_version_of_a_message_is_kept_whatever_its_length() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let lengths = [20, 2_500, 2_507, 6_596, 6_601, 32_000, 10, 12_000];
    let said: Vec<_> = (0..).zip(lengths).map(|(n, len)| words(n, len)).collect();
    let id = message(1, ALICE, "").id;
    commit(
        &mut writer,
        11,
        [sent(1, ALICE, &said[0]), sent(2, BOB, "next")],
    );
    for (at, content) in (100..).zip(&said).skip(1) {
        commit(
            &mut writer,
            at,
            [EventBody::MessageEdited(edited(1, content, at))],
        );
        let now = messages::find(&store.view(), id).unwrap().unwrap();
        assert_eq!(
            (&now.content, now.edited_at),
            (content, Some(Timestamp(at)))
        );
    }
    let view = store.view();
    let version = |(at, content): (u64, &String)| Version {
        content: content.clone(),
        at: Timestamp(at),
    };
    let mut expected: Vec<_> = (100..).zip(&said).map(version).collect();
    expected[0].at = Timestamp(11);
    expected.pop();
    assert_eq!(history::all(&view, id).unwrap(), expected);
    assert_eq!(history::count(&view, id).unwrap(), 7);
    let next = message(2, BOB, "").id;
    assert_eq!(history::all(&view, next).unwrap(), []);
    assert_eq!(
        messages::find(&view, next).unwrap().unwrap().content,
        "next"
    );
    store.check().unwrap();
}

#[test]
fn nothing_that_a_deleted_message_said_is_left_in_any_row() {
    let dir = tempfile::tempdir().unwrap();
    let kv = Box::new(RedbKv::open(dir.path()));
    let clock = Clock::manual(Timestamp(1));
    let (store, mut writer) = store::open_with(kv, &Rng::seeded(1), &clock).unwrap();
    furnish(&mut writer);
    let carried = file(1);
    let first = Message {
        attachments: vec![carried.id],
        ..message(1, ALICE, &words(1, 30_000))
    };
    let before = Message {
        attachments: first.attachments.clone(),
        ..edited(1, &words(2, 30_000), 12)
    };
    let bodies = [
        EventBody::FileAdded(carried.clone()),
        EventBody::MessageSent(first),
        sent(2, BOB, "stays"),
        EventBody::MessageEdited(before.clone()),
    ];
    commit(&mut writer, 11, bodies);
    let gone = before.clone().erased(Timestamp(13));
    let deleted = EventBody::MessageDeleted {
        message: gone.clone(),
        by: BOB,
    };
    commit(&mut writer, 13, [deleted.clone()]);

    let view = store.view();
    assert_eq!(messages::find(&view, gone.id).unwrap(), Some(gone.clone()));
    assert_eq!(history::all(&view, gone.id).unwrap(), []);
    assert_eq!(files::find(&view, carried.id).unwrap(), None);
    assert_eq!(files::usage(&view, carried.owner).unwrap(), 0);
    let known = messages::by_client_id(&view, ALICE, &client_id(1)).unwrap();
    assert_eq!(known, Some(gone.id), "sent again, it is not sent twice");
    store.check().unwrap();
    let mut txn = writer.begin();
    for again in [deleted, EventBody::MessageEdited(before)] {
        let refused = txn.apply(Timestamp(14), again);
        assert!(matches!(refused, Err(StoreError::Contradiction(_))));
    }
    drop(txn);

    // Its sender's name for it goes with its event, as any other.
    let limits = LogLimits {
        max_age: Duration::ZERO,
        max_events: 0,
    };
    writer.trim(&limits, Timestamp(1_000)).unwrap();
    let known = messages::by_client_id(&store.view(), ALICE, &client_id(1)).unwrap();
    assert_eq!(known, None);
    drop((view, store, writer));
    let mut seen = 0;
    let kv = RedbKv::open(dir.path());
    kv.scan(&[], &[255; 40], Order::Forward, &mut |_, value| {
        let says = |text: &[u8]| value.windows(text.len()).any(|part| part == text);
        assert!(!says(b"word1") && !says(b"word2"), "{value:?}");
        seen += usize::from(says(b"stays"));
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(seen, 1, "the other one is there");
}
