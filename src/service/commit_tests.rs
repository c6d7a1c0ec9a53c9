//! The committer on a real store, with rules that the test holds up, fails and panics.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::commit::{Committer, Threads};
use super::decision::Decision;
use super::queue::Room;
use super::{Answer, Follower, ServiceError};
use crate::base::clock::{Clock, Timestamp};
use crate::base::rng::Rng;
use crate::metrics::Meters;
use crate::model::ids::{EventSeq, UserId};
use crate::model::{Account, Event, EventBody, Role};
use crate::store::kv::{Change, Kv, Order, SledKv, Visit};
use crate::store::{self, Reads, Store, StoreError, accounts};

const ROOM: Room = Room {
    commands: 100,
    bytes: 1 << 20,
};

/// An engine that fails when it is told to.
struct Faulty {
    engine: SledKv,
    broken: Arc<AtomicBool>,
}

impl Kv for Faulty {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.engine.get(key)
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        self.engine.scan(from, to, order, visit)
    }

    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
        self.engine.write(changes)
    }

    fn sync(&self) -> Result<(), StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::Engine("the disk is gone".into()));
        }
        self.engine.sync()
    }
}

#[derive(Default)]
struct Told(Mutex<Vec<Vec<Event>>>);

impl Follower for Told {
    fn committed(&self, events: &[Event]) {
        self.0.lock().push(events.to_vec());
    }
}

struct House {
    committer: Committer,
    threads: Threads,
    store: Store,
    told: Arc<Told>,
    fatal: Arc<AtomicUsize>,
    broken: Arc<AtomicBool>,
    _folder: TempDir,
}

fn open(room: Room) -> House {
    let folder = tempfile::tempdir().unwrap();
    let (clock, rng) = (Clock::manual(Timestamp(1000)), Rng::seeded(1));
    let broken = Arc::default();
    let engine = faulty(folder.path(), &broken);
    let (store, writer) = store::open_with(engine, &rng, &clock).unwrap();
    let fatal = Arc::new(AtomicUsize::new(0));
    let called = Arc::clone(&fatal);
    let count = move |_: &str| {
        called.fetch_add(1, Ordering::SeqCst);
    };
    let head = store.log().head();
    let (committer, threads) = Committer::start(
        writer,
        head,
        clock,
        room,
        Meters::default(),
        Box::new(count),
    )
    .unwrap();
    let told = Arc::new(Told::default());
    committer.follow(told.clone());
    House {
        committer,
        threads,
        store,
        told,
        fatal,
        broken,
        _folder: folder,
    }
}

fn faulty(folder: &Path, broken: &Arc<AtomicBool>) -> Box<dyn Kv> {
    Box::new(Faulty {
        engine: SledKv::open(&folder.join("db"), 1 << 20).unwrap(),
        broken: Arc::clone(broken),
    })
}

/// A rule that makes an account.
fn make(id: u64) -> impl FnOnce(&dyn Reads, Timestamp) -> Answer<Decision<u64>> + Send + 'static {
    move |_: &dyn Reads, now| Ok(Decision::events(vec![created(id, now)], id))
}

fn created(id: u64, created_at: Timestamp) -> EventBody {
    EventBody::AccountCreated(Account {
        id: UserId(id),
        username: format!("user{id}"),
        display_name: format!("User {id}"),
        role: Role::Member,
        disabled: false,
        password_hash: String::new(),
        created_at,
        last_seen_at: None,
        avatar: None,
    })
}

impl House {
    /// Holds the commit thread up until the returned sender is used or dropped.
    fn hold(&self) -> mpsc::Sender<()> {
        let (release, held) = mpsc::channel::<()>();
        let (reached, held_up) = mpsc::channel();
        let rule = move |_: &dyn Reads, _| {
            reached.send(()).unwrap();
            let _ = held.recv();
            Ok(Decision::nothing(()))
        };
        self.committer.run_then(rule, |_| ());
        held_up.recv().unwrap();
        release
    }

    /// Queues an account now; the answer comes later.
    fn queue(&self, id: u64) -> oneshot::Receiver<Answer<u64>> {
        let (tell, told) = oneshot::channel();
        self.committer.run_then(make(id), move |answer| {
            tell.send(answer).unwrap();
        });
        told
    }

    fn exists(&self, id: u64) -> bool {
        accounts::find(&self.store.view(), UserId(id))
            .unwrap()
            .is_some()
    }
}

#[tokio::test]
async fn what_waits_during_a_commit_becomes_one_group_published_once_before_the_answers() {
    let house = open(ROOM);
    let release = house.hold();
    let answers: Vec<_> = (1..=50).map(|id| house.queue(id)).collect();
    drop(release);
    for (id, answer) in (1..).zip(answers) {
        assert_eq!(answer.await.unwrap(), Ok(id));
        let told = house.told.0.lock();
        let groups: Vec<_> = told.iter().map(Vec::len).collect();
        assert_eq!(groups, [50], "told once, and before the answers");
    }
    assert_eq!(*house.committer.head().borrow(), EventSeq(50));
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_commands() {
    let house = open(ROOM);
    let release = house.hold();
    let order = Arc::new(Mutex::new(Vec::new()));
    let (tell, told) = oneshot::channel();
    for id in 1..=20 {
        let order = Arc::clone(&order);
        house
            .committer
            .run_then(make(id), move |answer| order.lock().push(answer));
    }
    house
        .committer
        .run_then(make(21), move |_| tell.send(()).unwrap());
    drop(release);
    told.await.unwrap();
    assert_eq!(*order.lock(), (1..=20).map(Ok).collect::<Vec<_>>());
}

#[tokio::test]
async fn dropping_the_caller_does_not_undo_the_command() {
    let house = open(ROOM);
    let release = house.hold();
    let mut asked = Box::pin(house.committer.run(make(1)));
    assert!((&mut asked).now_or_never().is_none());
    drop(asked);
    drop(release);
    assert_eq!(house.committer.run(make(2)).await, Ok(2));
    assert!(house.exists(1));
}

#[tokio::test]
async fn a_full_queue_says_so_at_once_and_the_rest_is_answered() {
    let house = open(Room {
        commands: 3,
        bytes: 1 << 20,
    });
    let release = house.hold();
    let queued: Vec<_> = (1..=3).map(|id| house.queue(id)).collect();
    let refused = house.queue(4);
    assert_eq!(refused.await.unwrap(), Err(ServiceError::ServerBusy));
    drop(release);
    for answer in queued {
        assert!(answer.await.unwrap().is_ok());
    }
    assert!(!house.exists(4));
    assert_eq!(house.committer.run(make(5)).await, Ok(5), "it goes on");
}

#[tokio::test]
async fn a_panic_in_a_rule_fails_that_command_only() {
    let house = open(ROOM);
    let release = house.hold();
    let before = house.queue(1);
    let (tell, told) = oneshot::channel::<Answer<()>>();
    let panics = |_: &dyn Reads, _| -> Answer<Decision<()>> { panic!("a fault in a rule") };
    house
        .committer
        .run_then(panics, move |answer| tell.send(answer).unwrap());
    let after = house.queue(2);
    drop(release);
    assert_eq!(before.await.unwrap(), Ok(1));
    assert!(matches!(
        told.await.unwrap(),
        Err(ServiceError::Internal(_))
    ));
    assert_eq!(after.await.unwrap(), Ok(2));
    assert_eq!(house.fatal.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_rule_sees_what_the_rules_before_it_in_its_group_decided() {
    let house = open(ROOM);
    let release = house.hold();
    drop(house.queue(1));
    let count = |state: &dyn Reads, _| Ok(Decision::nothing(accounts::count(state)?));
    let (tell, told) = oneshot::channel();
    house
        .committer
        .run_then(count, move |answer| tell.send(answer).unwrap());
    assert!(!house.exists(1), "nobody else sees it yet");
    drop(release);
    assert_eq!(told.await.unwrap(), Ok(1));
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_behind() {
    let house = open(ROOM);
    let refused: Answer<()> = house
        .committer
        .run(|_: &dyn Reads, _| Err(ServiceError::NotFound))
        .await;
    assert_eq!(refused, Err(ServiceError::NotFound));
    assert_eq!(house.store.log().head(), EventSeq(0));
    assert!(house.told.0.lock().is_empty());
}

#[tokio::test]
async fn a_follower_and_a_callback_that_panic_harm_nobody_else() {
    struct Panics;
    impl Follower for Panics {
        fn committed(&self, _: &[Event]) {
            panic!("a fault in a follower");
        }
    }
    let house = open(ROOM);
    house.committer.follow(Arc::new(Panics));
    house
        .committer
        .run_then(make(1), |_| panic!("a fault in a callback"));
    assert_eq!(house.committer.run(make(2)).await, Ok(2));
    assert_eq!(house.told.0.lock().iter().flatten().count(), 2);
}

#[tokio::test]
async fn a_contradiction_fails_its_command_and_no_other_of_its_group() {
    let house = open(ROOM);
    assert_eq!(house.committer.run(make(1)).await, Ok(1));
    let release = house.hold();
    let (before, bad) = (house.queue(2), house.queue(1));
    // Half of it is applied when it fails.
    let (tell, half_bad) = oneshot::channel();
    let half = |_: &dyn Reads, now| {
        let events = [5, 1].map(|id| created(id, now));
        Ok(Decision::events(events.into(), ()))
    };
    let told = move |answer| drop(tell.send(answer));
    house.committer.run_then(half, told);
    let after = house.queue(3);
    drop(release);
    assert_eq!(before.await.unwrap(), Ok(2));
    assert!(matches!(bad.await.unwrap(), Err(ServiceError::Internal(_))));
    let half_bad = half_bad.await.unwrap();
    assert!(matches!(half_bad, Err(ServiceError::Internal(_))));
    assert_eq!(after.await.unwrap(), Ok(3));
    let there = [1, 2, 3, 5].map(|id| house.exists(id));
    assert_eq!(there, [true, true, true, false]);
    let told: Vec<_> = house.told.0.lock().iter().flatten().cloned().collect();
    let seqs: Vec<_> = told.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, [1, 2, 3], "positions without gaps");
    assert_eq!(house.store.log().tail(EventSeq(0), 9).unwrap().len(), 3);
    assert_eq!(house.committer.run(make(4)).await, Ok(4), "it goes on");
    assert_eq!(house.fatal.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_failed_sync_acknowledges_nothing_publishes_nothing_and_ends_the_server_once() {
    let house = open(ROOM);
    assert_eq!(house.committer.run(make(1)).await, Ok(1));
    house.broken.store(true, Ordering::SeqCst);
    let release = house.hold();
    let answers: Vec<_> = (2..=9).map(|id| house.queue(id)).collect();
    drop(release);
    for answer in answers {
        assert!(matches!(
            answer.await.unwrap(),
            Err(ServiceError::Internal(_))
        ));
    }
    let later = house.committer.run(make(10)).await;
    assert!(matches!(
        later,
        Err(ServiceError::ServerBusy | ServiceError::Internal(_))
    ));
    house.threads.stop();
    assert_eq!(house.fatal.load(Ordering::SeqCst), 1);
    assert_eq!(house.told.0.lock().iter().flatten().count(), 1);
    assert_eq!(*house.committer.head().borrow(), EventSeq(1));
}

#[tokio::test]
async fn stopping_answers_all_that_wait_and_then_takes_nothing_in() {
    let house = open(ROOM);
    let release = house.hold();
    let answers: Vec<_> = (1..=9).map(|id| house.queue(id)).collect();
    let threads = house.threads;
    let stopped = tokio::task::spawn_blocking(move || threads.stop());
    drop(release);
    for (id, answer) in (1..).zip(answers) {
        assert_eq!(answer.await.unwrap(), Ok(id));
    }
    stopped.await.unwrap();
    assert_eq!(
        house.committer.run(make(10)).await,
        Err(ServiceError::ServerBusy)
    );
    assert_eq!(house.told.0.lock().iter().flatten().count(), 9);
}
