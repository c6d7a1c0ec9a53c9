//! Events in, typed rows out, again after a restart.

use std::time::Duration;

use inkspot::base::clock::Timestamp;
use inkspot::model::{EventBody, EventSeq, Seq};
use inkspot::store::{LogLimits, TailError, accounts, conversations, members, messages};

use super::{ALICE, ROOM, client_id, commit, furnish, message, open, sent};

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (store, mut writer) = open(&data);
    furnish(&mut writer);
    let long = message(1, ALICE, &"é".repeat(8_000));
    let mut txn = writer.begin();
    txn.apply(Timestamp(11), EventBody::MessageSent(long.clone()))
        .unwrap();
    assert_eq!(messages::find(&txn, long.id).unwrap(), Some(long.clone()));
    assert_eq!(messages::find(&store.view(), long.id).unwrap(), None);
    assert_eq!(txn.commit().unwrap().len(), 1);
    let installation = store.installation().clone();
    drop((store, writer));

    let (store, _writer) = open(&data);
    let view = store.view();
    assert_eq!(store.installation(), &installation);
    assert_eq!(messages::find(&view, long.id).unwrap(), Some(long.clone()));
    assert_eq!(
        messages::by_client_id(&view, ALICE, &client_id(1)).unwrap(),
        Some(long.id)
    );
    let room = conversations::find(&view, ROOM).unwrap().unwrap();
    assert_eq!((room.last_seq, room.member_count), (Seq(1), 2));
    let alice = members::find(&view, ROOM, ALICE).unwrap().unwrap();
    assert_eq!(alice.last_read_seq, Seq(1));
    let found = accounts::find_by_username(&view, "alice").unwrap();
    assert_eq!(found.map(|account| account.id), Some(ALICE));
    assert_eq!(accounts::count(&view).unwrap(), 2);
    assert_eq!(accounts::admins(&view).unwrap(), 1);
    assert_eq!(store.log().head(), EventSeq(6));
    let events = store.log().tail(EventSeq(5), 10).unwrap();
    assert_eq!(events[0].body, EventBody::MessageSent(long));
}

#[test]
fn trimming_the_log_takes_the_client_ids_along_and_keeps_the_newest_event() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&dir.path().join("data"));
    furnish(&mut writer);
    for seq in 1..=3 {
        commit(&mut writer, 10 + seq, [sent(seq, ALICE, "hi")]);
    }
    let limits = LogLimits {
        max_age: Duration::from_millis(1),
        max_events: 1_000,
    };
    assert!(!writer.trim(&limits, Timestamp(13)).unwrap());
    let log = store.log();
    assert_eq!((log.first(), log.head()), (EventSeq(7), EventSeq(8)));
    assert!(matches!(
        log.tail(EventSeq(5), 10),
        Err(TailError::Trimmed { first: EventSeq(7) })
    ));
    assert_eq!(log.tail(EventSeq(6), 10).unwrap().len(), 2);
    let known = |seq| messages::by_client_id(&store.view(), ALICE, &client_id(seq)).unwrap();
    assert_eq!(known(1), None);
    assert!(known(2).is_some());
    assert!(!writer.trim(&limits, Timestamp(1_000_000)).unwrap());
    assert_eq!((log.first(), log.head()), (EventSeq(8), EventSeq(8)));
    assert!(!writer.trim(&limits, Timestamp(1_000_000)).unwrap());
    assert_eq!(log.first(), EventSeq(8));
}
