//! A cut is told while commits go on, and holds the state of the moment at which its scan ended.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use inkspot::base::clock::Timestamp;
use inkspot::model::{EventBody, MemberRole, Message, Seq, UserId};
use inkspot::store::kv::{Kv, Order, SledKv};
use inkspot::store::{LogLimits, Writer};

use super::{ALICE, BOB, ROOM, account, commit, copy_folder, furnish, member, message, open};

type Told = BTreeMap<Vec<u8>, Vec<u8>>;

/// Messages that are there before.
const MESSAGES: u64 = 900;
/// After so many rows something else happens.
const STEP: usize = 15;

/// Everything that a killed process would leave at this moment, read by the engine alone.
fn left(data: &Path, copy: &Path) -> Told {
    copy_folder(data, copy);
    let kv = SledKv::open(&copy.join("db-0001"), 16 << 20).unwrap();
    let mut rows = Told::new();
    kv.scan(&[], &[u8::MAX], Order::Forward, &mut |key, value| {
        rows.insert(key.to_vec(), value.to_vec());
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    rows
}

/// People who go on.
struct Life {
    writer: Writer,
    said: Vec<Message>,
    /// Somebody who is a member every now and then.
    guest: bool,
    turns: u64,
}

const GUEST: UserId = UserId(3);

impl Life {
    fn new(mut writer: Writer) -> Self {
        furnish(&mut writer);
        let guest = account(GUEST, "cleo");
        commit(&mut writer, 6, [EventBody::AccountCreated(guest)]);
        let mut life = Self {
            writer,
            said: Vec::new(),
            guest: false,
            turns: 0,
        };
        (0..MESSAGES).for_each(|_| life.say());
        let mut packed = life.writer.pack(None).unwrap();
        while packed.is_some() {
            packed = life.writer.pack(packed).unwrap();
        }
        life
    }

    fn commit(&mut self, body: EventBody) {
        commit(&mut self.writer, 50 + self.turns, [body]);
    }

    /// A long one now and then, which takes several rows.
    fn say(&mut self) {
        let seq = self.said.len() as u64 + 1;
        let times = if seq.is_multiple_of(20) { 400 } else { 2 };
        let message = message(seq, ALICE, &format!("message {seq} ").repeat(times));
        self.said.push(message.clone());
        self.commit(EventBody::MessageSent(message));
    }

    /// One that is not deleted; another one each time, all over the room.
    fn some(&mut self) -> &mut Message {
        let length = self.said.len();
        let from = usize::try_from(self.turns * 20 - 1).unwrap() % length;
        let mut places = (from..length).chain(0..from);
        let at = places.find(|at| self.said[*at].deleted_at.is_none());
        &mut self.said[at.unwrap()]
    }

    fn turn(&mut self) {
        self.turns += 1;
        let now = Timestamp(100 + self.turns);
        match self.turns % 6 {
            0 => self.say(),
            1 => {
                let message = self.some();
                message.content = format!("changed at {}", now.0);
                message.edited_at = Some(now);
                let message = message.clone();
                self.commit(EventBody::MessageEdited(message));
            }
            2 => {
                let message = self.some();
                *message = message.clone().erased(now);
                let (message, by) = (message.clone(), ALICE);
                self.commit(EventBody::MessageDeleted { message, by });
            }
            3 => self.commit(EventBody::MessageRead {
                conversation: ROOM,
                user: BOB,
                seq: Seq(self.turns),
                at: now,
            }),
            4 => {
                self.guest = !self.guest;
                self.commit(if self.guest {
                    EventBody::MemberAdded(member(ROOM, GUEST))
                } else {
                    EventBody::MemberRemoved {
                        conversation: ROOM,
                        user: GUEST,
                        by: Some(ALICE),
                    }
                });
                let role = [MemberRole::Owner, MemberRole::Member][usize::from(self.guest)];
                self.commit(EventBody::MemberRoleChanged {
                    conversation: ROOM,
                    user: ALICE,
                    role,
                });
            }
            // The log loses its oldest events, and what belonged to them.
            _ => {
                let limits = LogLimits {
                    max_age: Duration::MAX,
                    max_events: MESSAGES - self.turns,
                };
                self.writer.trim(&limits, now).unwrap();
            }
        }
    }
}

#[test]
fn a_cut_holds_what_was_committed_until_its_scan_ended_and_nothing_later() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (store, writer) = open(&data);
    let mut life = Life::new(writer);

    let (mut told, mut rows) = (Told::new(), 0);
    let (mut last, mut scanned) = (Vec::new(), None);
    // What a scan by itself would have missed.
    let (mut new, mut replaced, mut removed) = (0, 0, 0);
    store
        .cut(&mut |(key, value)| {
            rows += 1;
            if scanned.is_none() {
                // A scan goes forwards; what was committed meanwhile begins elsewhere.
                if last.as_slice() < key {
                    last = key.to_vec();
                } else {
                    scanned = Some(left(&data, &dir.path().join("copy")));
                }
            }
            if rows % STEP == 0 {
                // While the rest is told people go on, too, and that is not in it.
                life.turn();
            }
            let before = match value {
                Some(value) => told.insert(key.to_vec(), value.to_vec()),
                None => told.remove(key),
            };
            if scanned.is_some() {
                match (before, value) {
                    (None, Some(_)) => new += 1,
                    (Some(before), Some(value)) if before != value => replaced += 1,
                    (Some(_), None) => removed += 1,
                    _ => {}
                }
            }
            Ok(())
        })
        .unwrap();

    assert!(life.turns > 100, "{} turns", life.turns);
    assert!(
        new > 0 && replaced > 10 && removed > 10,
        "{new} {replaced} {removed}"
    );
    let scanned = scanned.expect("something was told after the scan");
    let differing = scanned
        .keys()
        .chain(told.keys())
        .find(|key| scanned.get(*key) != told.get(*key));
    assert_eq!(differing, None, "is as it was when the scan ended");

    // The next one is of its own moment, and knows nothing of the one before.
    let mut again = Told::new();
    store
        .cut(&mut |(key, value)| {
            assert!(
                again
                    .insert(key.to_vec(), value.unwrap().to_vec())
                    .is_none()
            );
            Ok(())
        })
        .unwrap();
    assert!(again == left(&data, &dir.path().join("later")));
    assert!(again != scanned);
}
