//! A deleted group goes piece by piece, and at each moment what is left is whole.

use std::ops::ControlFlow;

use inkspot::model::{EventBody, GroupState, Mentions, Message};
use inkspot::store::kv::{Kv, Order, SledKv};
use inkspot::store::{Store, StoreError, Writer, conversations, files, groups};

use super::{ALICE, BOB, FileId, ROOM, Timestamp, commit, file, furnish, message, open, room};
use super::{ConversationId, member};

const SECRET: &str = "nobody reads this again";

/// Seven hundred messages, the older ones in pages: some long, named, changed, with a file.
fn fill(writer: &mut Writer) {
    commit(writer, 10, (1..=3).map(|id| EventBody::FileAdded(file(id))));
    for seq in 1..=700_u64 {
        let long = if seq % 50 == 0 { 6_000 } else { 20 };
        let mut said = message(seq, ALICE, &format!("{SECRET} {}", "x".repeat(long)));
        if seq % 7 == 0 {
            said.mentions = Mentions {
                users: vec![BOB],
                all: false,
            };
        }
        if [5, 350, 699].contains(&seq) {
            said.attachments = vec![FileId(u128::from(1 + seq / 349))];
        }
        commit(writer, 10, [EventBody::MessageSent(said.clone())]);
        if seq % 100 == 0 {
            let content = format!("{SECRET} changed");
            let edited_at = Some(Timestamp(11));
            let edited = Message {
                content,
                edited_at,
                ..said
            };
            commit(writer, 11, [EventBody::MessageEdited(edited)]);
        }
    }
    let mut at = writer.pack(None).unwrap();
    while at.is_some() {
        at = writer.pack(at).unwrap();
    }
}

fn delete(writer: &mut Writer) {
    let gone = [ALICE, BOB].map(|user| EventBody::MemberRemoved {
        conversation: ROOM,
        user,
        by: None,
    });
    let deleted = EventBody::GroupDeleted {
        conversation: ROOM,
        by: Some(ALICE),
    };
    commit(writer, 20, gone.into_iter().chain([deleted]));
}

fn erase(writer: &mut Writer) {
    commit(writer, 30, [EventBody::GroupErased { conversation: ROOM }]);
}

#[track_caller]
fn is_whole(store: &Store) -> u64 {
    let audit = store.audit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(audit.findings, []);
    audit.tally.messages
}

#[test]
fn all_of_it_goes_in_pieces_each_of_which_leaves_a_whole_database() {
    let dir = tempfile::tempdir().unwrap();
    {
        let (store, mut writer) = open(dir.path());
        furnish(&mut writer);
        let other = room(ConversationId(9));
        let stays = Message {
            id: inkspot::model::MessageId {
                conversation: other.id,
                ..super::message_id(1)
            },
            client_id: None,
            ..message(1, ALICE, "this stays")
        };
        let joins = EventBody::MemberAdded(member(other.id, ALICE));
        let said = EventBody::MessageSent(stays);
        commit(
            &mut writer,
            6,
            [EventBody::ConversationCreated(other), joins, said],
        );
        fill(&mut writer);
        assert_eq!(files::usage(&store.view(), ALICE).unwrap(), 300);
        delete(&mut writer);
        let view = store.view();
        assert_eq!(groups::state(&view, ROOM).unwrap(), GroupState::Deleted);
        let mut left = is_whole(&store);
        assert_eq!(left, 701);
        while groups::deleted(&view).unwrap() == [ROOM] {
            erase(&mut writer);
            let now = is_whole(&store);
            assert!(now < left || now == 1, "{now} after {left}");
            left = now;
        }
        assert_eq!(left, 1);
        assert_eq!(conversations::find(&view, ROOM).unwrap(), None);
        assert_eq!(groups::state(&view, ROOM).unwrap(), GroupState::Open);
        assert_eq!(files::usage(&view, ALICE).unwrap(), 0);
    }
    // Not a row has its words any more.
    let kv = SledKv::open(&dir.path().join("db-0001"), 16 << 20).unwrap();
    let mut rows = 0;
    kv.scan(&[], &[255; 40], Order::Forward, &mut |_, value| {
        rows += 1;
        let text = String::from_utf8_lossy(value);
        assert!(!text.contains(SECRET), "{text}");
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert!(rows > 10);
}

#[test]
fn what_was_not_deleted_is_not_erased_and_nobody_is_left_inside() {
    let dir = tempfile::tempdir().unwrap();
    let (_store, mut writer) = open(dir.path());
    furnish(&mut writer);
    for body in [
        EventBody::GroupErased { conversation: ROOM },
        EventBody::GroupDeleted {
            conversation: ROOM,
            by: None,
        },
    ] {
        let refused = writer.begin().apply(Timestamp(9), body);
        assert!(
            matches!(refused, Err(StoreError::Contradiction(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn a_group_is_archived_and_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    for read_only in [true, true, false] {
        let changed = EventBody::ReadOnlyChanged {
            conversation: ROOM,
            read_only,
            by: Some(ALICE),
        };
        commit(&mut writer, 9, [changed]);
        let expected = if read_only {
            GroupState::ReadOnly
        } else {
            GroupState::Open
        };
        assert_eq!(groups::state(&store.view(), ROOM).unwrap(), expected);
    }
    assert_eq!(is_whole(&store), 0);
}
