//! Readers see a group only when it is durable, and nothing is written after a failure.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, EventSeq, Seq};
use inkspot::store::kv::{Change, Kv, Order, SledKv, Visit};
use inkspot::store::{self, Store, StoreError, Writer, conversations, members, messages};
use parking_lot::Mutex;

use super::{ALICE, BOB, ROOM, commit, furnish, member, message_id, sent};

/// sled, whose sync can be held up or made to fail.
struct Disk {
    sled: SledKv,
    hands: Hands,
}

/// What a test does to the disk.
#[derive(Clone, Default)]
struct Hands {
    held: Arc<Mutex<Option<Hold>>>,
    fails: Arc<AtomicBool>,
}

struct Hold {
    reached: Sender<()>,
    go_on: Receiver<()>,
}

impl Kv for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.sled.get(key)
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.sled.scan(from, to, order, visit)
    }

    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
        self.sled.write(changes)
    }

    fn sync(&self) -> Result<(), StoreError> {
        if let Some(hold) = self.hands.held.lock().take() {
            hold.reached.send(()).unwrap();
            hold.go_on.recv().unwrap();
        }
        if self.hands.fails.load(Ordering::Relaxed) {
            return Err(StoreError::Engine("the disk is gone".to_owned()));
        }
        self.sled.sync()
    }
}

fn open(dir: &Path) -> (Store, Writer, Hands) {
    let sled = SledKv::open(dir, 16 << 20).unwrap();
    let hands = Hands::default();
    let disk = Disk {
        sled,
        hands: hands.clone(),
    };
    let clock = Clock::manual(Timestamp(1));
    let (store, mut writer) = store::open_with(Box::new(disk), &Rng::system(), &clock).unwrap();
    furnish(&mut writer);
    (store, writer, hands)
}

/// What readers see of the second group below.
fn seen(store: &Store) -> (Vec<u64>, u64, u64, Vec<u64>, Option<u64>) {
    let view = store.view();
    let found = messages::before(&view, ROOM, None, 10).unwrap();
    let room = conversations::find(&view, ROOM).unwrap().unwrap();
    let tail = store.log().tail(EventSeq(6), 10).unwrap();
    let bob = members::find(&view, ROOM, BOB).unwrap();
    (
        found.iter().map(|message| message.id.seq.0).collect(),
        room.last_seq.0,
        store.log().head().0,
        tail.iter().map(|event| event.seq.0).collect(),
        bob.map(|bob| bob.last_read_seq.0),
    )
}

fn second_group() -> [EventBody; 3] {
    let leave = EventBody::MemberRemoved {
        conversation: ROOM,
        user: BOB,
        by: None,
    };
    [sent(2, ALICE, "b"), sent(3, ALICE, "c"), leave]
}

#[test]
fn readers_see_nothing_of_a_group_before_it_is_synced() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer, hands) = open(dir.path());
    commit(&mut writer, 1, [sent(1, ALICE, "a")]);
    let before = seen(&store);
    assert_eq!(before, (vec![1], 1, 6, vec![], Some(0)));

    let (reached, has_reached) = channel();
    let (go_on, may_go_on) = channel();
    *hands.held.lock() = Some(Hold {
        reached,
        go_on: may_go_on,
    });
    let writing = thread::spawn(move || commit(&mut writer, 2, second_group()).len());
    has_reached.recv().unwrap();
    // The engine has the group, the disk does not.
    assert_eq!(seen(&store), before);
    assert_eq!(messages::find(&store.view(), message_id(2)).unwrap(), None);
    go_on.send(()).unwrap();
    assert_eq!(writing.join().unwrap(), 3);
    assert_eq!(seen(&store), (vec![1, 2, 3], 3, 9, vec![7, 8, 9], None));
}

#[test]
fn after_a_failed_sync_nothing_is_shown_and_nothing_more_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer, hands) = open(dir.path());
    commit(&mut writer, 1, [sent(1, ALICE, "a")]);
    let before = seen(&store);
    hands.fails.store(true, Ordering::Relaxed);
    let mut txn = writer.begin();
    txn.apply(Timestamp(2), sent(2, ALICE, "b")).unwrap();
    let error = txn.commit().unwrap_err();
    assert!(matches!(error, StoreError::Engine(_)), "{error}");
    hands.fails.store(false, Ordering::Relaxed);
    // Not even looked at: the engine has a message that nobody was told of.
    let mut txn = writer.begin();
    let looked = messages::by_client_id(&txn, ALICE, &super::client_id(2));
    assert!(matches!(looked, Err(StoreError::Poisoned)), "{looked:?}");
    let applied = txn.apply(Timestamp(2), sent(2, ALICE, "b"));
    assert!(matches!(applied, Err(StoreError::Poisoned)), "{applied:?}");
    assert!(matches!(txn.commit(), Err(StoreError::Poisoned)));
    assert_eq!(seen(&store), before);
}

#[test]
fn an_event_that_contradicts_the_state_breaks_its_group() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer, _) = open(dir.path());
    let mut stranger = super::message(1, super::UserId(99), "hello");
    stranger.client_id = None;
    let contradictions = [
        sent(2, ALICE, "not the next one"),
        EventBody::MessageSent(stranger),
        EventBody::MemberAdded(member(ROOM, ALICE)),
        EventBody::AccountCreated(super::account(ALICE, "other")),
        EventBody::AccountCreated(super::account(super::UserId(9), "ALICE")),
        EventBody::ConversationCreated(super::room(ROOM)),
    ];
    for body in contradictions {
        let mut txn = writer.begin();
        txn.apply(Timestamp(1), sent(1, ALICE, "good")).unwrap();
        let error = match body {
            // The good message has taken that place.
            EventBody::MessageSent(message) if message.id.seq == Seq(2) => {
                let mut far = message;
                far.id.seq = Seq(3);
                txn.apply(Timestamp(1), EventBody::MessageSent(far))
            }
            body => txn.apply(Timestamp(1), body),
        };
        assert!(
            matches!(error, Err(StoreError::Contradiction(_))),
            "{error:?}"
        );
        assert!(txn.apply(Timestamp(1), sent(2, ALICE, "more")).is_err());
        assert!(txn.commit().is_err());
        assert_eq!(store.log().head(), EventSeq(5));
    }
    commit(&mut writer, 1, [sent(1, ALICE, "good")]);
    assert_eq!(store.log().head(), EventSeq(6));
}

#[test]
fn a_dropped_group_never_was() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer, _) = open(dir.path());
    let mut txn = writer.begin();
    assert_eq!(
        txn.apply(Timestamp(1), sent(1, ALICE, "dropped")).unwrap(),
        EventSeq(6)
    );
    drop(txn);
    commit(&mut writer, 1, [sent(1, ALICE, "kept")]);
    let kept = messages::find(&store.view(), message_id(1))
        .unwrap()
        .unwrap();
    assert_eq!(kept.content, "kept");
}
