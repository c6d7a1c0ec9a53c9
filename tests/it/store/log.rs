//! What every log must do. One suite, run on both engines.

use std::time::Duration;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{Event, EventBody, EventSeq, Message, Role, Session, SessionEnd, SessionId};
use inkspot::store::kv::{Kv, SledKv};
use inkspot::store::{self, LogLimits, Store, TailError, Writer};

use super::redb::RedbKv;
use super::{ALICE, BOB, ROOM, commit, furnish, member, message, room, sent};

fn on_every_engine(contract: impl Fn(Store, Writer)) {
    let dir = tempfile::tempdir().unwrap();
    let sled = SledKv::open(&dir.path().join("sled"), 16 << 20).unwrap();
    let redb = RedbKv::open(&dir.path().join("redb"));
    let engines: [Box<dyn Kv>; 2] = [Box::new(sled), Box::new(redb)];
    for engine in engines {
        let clock = Clock::manual(Timestamp(1));
        let (store, writer) = store::open_with(engine, &Rng::system(), &clock).unwrap();
        contract(store, writer);
    }
}

#[test]
fn an_empty_log_says_so() {
    on_every_engine(|store, _writer| {
        let log = store.log();
        assert_eq!((log.first(), log.head()), (EventSeq(1), EventSeq(0)));
        assert_eq!(log.tail(EventSeq(0), 10).unwrap(), []);
        assert_eq!(log.tail(EventSeq(7), 10).unwrap(), []);
        assert_eq!(log.epoch(), store.installation().epoch);
    });
}

#[test]
fn every_event_comes_back_in_order_without_gaps_as_it_was_committed() {
    on_every_engine(|store, mut writer| {
        furnish(&mut writer);
        let mut committed = commit(&mut writer, 10, [sent(1, ALICE, "a"), sent(2, ALICE, "b")]);
        committed.extend(commit(&mut writer, 11, [sent(3, ALICE, "c")]));
        let log = store.log();
        assert_eq!(log.head(), EventSeq(8));
        assert_eq!(log.tail(EventSeq(5), 10).unwrap(), committed);
        assert_eq!(log.tail(EventSeq(5), 2).unwrap(), committed[..2]);
        assert_eq!(log.tail(EventSeq(7), 10).unwrap(), committed[2..]);
        assert_eq!(log.tail(EventSeq(8), 10).unwrap(), []);
        assert_eq!(log.tail(EventSeq(u64::MAX), 10).unwrap(), []);
        assert_eq!(log.tail(EventSeq(0), 0).unwrap(), []);
        assert_eq!(log.tail(EventSeq(0), 100).unwrap().len(), 8);
    });
}

#[test]
fn secrets_are_not_read_back_and_what_is_gone_comes_back_bare() {
    on_every_engine(|store, mut writer| {
        furnish(&mut writer);
        let session = Session {
            id: SessionId(5),
            user: BOB,
            token_hash: [7; 32],
            created_at: Timestamp(20),
            last_used_at: Timestamp(20),
            user_agent: "Firefox".to_owned(),
            address: "::1".to_owned(),
        };
        let password = EventBody::PasswordChanged {
            user: ALICE,
            password_hash: "secret".to_owned(),
            keep: None,
        };
        let start = EventBody::SessionStarted(session.clone());
        commit(&mut writer, 20, [start, password]);
        let without_secrets = Session {
            token_hash: [0; 32],
            ..session.clone()
        };
        let tail = || store.log().tail(EventSeq(5), 10).unwrap();
        assert_eq!(
            tail()[0].body,
            EventBody::SessionStarted(without_secrets.clone())
        );
        let EventBody::PasswordChanged { password_hash, .. } = &tail()[1].body else {
            panic!("another event");
        };
        assert_eq!(password_hash, "");
        let EventBody::AccountCreated(alice) = &store.log().tail(EventSeq(0), 1).unwrap()[0].body
        else {
            panic!("another event");
        };
        assert_eq!(
            (alice.role, alice.password_hash.as_str()),
            (Role::Admin, "")
        );

        let end = EventBody::SessionEnded {
            session: session.id,
            user: BOB,
            end: SessionEnd::SignedOut,
        };
        commit(&mut writer, 21, [end]);
        let bare = Session {
            user_agent: String::new(),
            address: String::new(),
            ..without_secrets
        };
        assert_eq!(tail()[0].body, EventBody::SessionStarted(bare));
    });
}

#[test]
fn each_kind_of_event_survives_the_log() {
    on_every_engine(|store, mut writer| {
        furnish(&mut writer);
        let other = super::ConversationId(8);
        let edited = Message {
            content: "second thoughts".to_owned(),
            edited_at: Some(Timestamp(20)),
            ..message(2, ALICE, "")
        };
        let gone = message(3, BOB, "hasty words").erased(Timestamp(21));
        let bodies = [
            EventBody::ConversationCreated(room(other)),
            EventBody::MemberAdded(member(other, BOB)),
            EventBody::MemberRoleChanged {
                conversation: other,
                user: BOB,
                role: super::MemberRole::Owner,
            },
            EventBody::ConversationRenamed {
                conversation: other,
                title: "Room".to_owned(),
            },
            sent(1, ALICE, "left as it was"),
            sent(2, ALICE, "first words"),
            sent(3, BOB, "hasty words"),
            EventBody::MessageEdited(edited.clone()),
            EventBody::MessageDeleted {
                message: gone.clone(),
                by: ALICE,
            },
            EventBody::MessageRead {
                conversation: ROOM,
                user: BOB,
                seq: super::Seq(0),
                at: Timestamp(3),
            },
            EventBody::ProfileChanged {
                user: BOB,
                display_name: "Bob".to_owned(),
            },
            EventBody::RoleChanged {
                user: BOB,
                role: Role::Admin,
            },
            EventBody::DisabledChanged {
                user: BOB,
                disabled: true,
            },
            EventBody::LastSeen {
                user: BOB,
                at: Timestamp(30),
            },
            EventBody::MemberRemoved {
                conversation: ROOM,
                user: BOB,
                by: Some(ALICE),
            },
        ];
        let committed = commit(&mut writer, 2, bodies);
        let mut read = store.log().tail(EventSeq(5), 100).unwrap();
        // An entry refers to the conversation: it comes back as it is now.
        let EventBody::ConversationCreated(now) = &mut read[0].body else {
            panic!("another event");
        };
        assert_eq!(now.member_count, 1);
        now.member_count = 0;
        // What was changed and what was deleted, too: nothing of what they said is kept here.
        assert_eq!(read[5].body, EventBody::MessageSent(edited));
        assert_eq!(read[6].body, EventBody::MessageSent(gone));
        let others = |events: Vec<Event>| [&events[..5], &events[7..]].concat();
        assert_eq!(others(read), others(committed));
    });
}

#[test]
fn trimming_by_number_and_age_keeps_order_and_says_what_is_gone() {
    on_every_engine(|store, mut writer| {
        furnish(&mut writer);
        for seq in 1..=1_200 {
            commit(&mut writer, 100 + seq, [sent(seq, ALICE, "x")]);
        }
        let log = store.log();
        let by_number = LogLimits {
            max_age: Duration::MAX,
            max_events: 100,
        };
        let mut calls = 1;
        while writer.trim(&by_number, Timestamp(5_000)).unwrap() {
            calls += 1;
        }
        assert_eq!(calls, 3, "a bounded slice a call");
        assert_eq!(
            (log.first(), log.head()),
            (EventSeq(1_106), EventSeq(1_205))
        );
        let gone = log.tail(EventSeq(1_000), 10);
        assert!(matches!(
            gone,
            Err(TailError::Trimmed {
                first: EventSeq(1_106)
            })
        ));
        assert_eq!(log.tail(EventSeq(1_105), 1_000).unwrap().len(), 100);

        let by_age = LogLimits {
            max_age: Duration::from_millis(50),
            max_events: u64::MAX,
        };
        assert!(!writer.trim(&by_age, Timestamp(1_300)).unwrap());
        assert_eq!(log.first(), EventSeq(1_155));
        assert_eq!(log.tail(EventSeq(1_154), 1_000).unwrap().len(), 51);
        store.check().unwrap();
    });
}
