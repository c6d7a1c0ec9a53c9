//! Files as rows: what holds them, what they weigh, which contents are still needed.

use inkspot::model::{AvatarOf, EventBody, FileClass, FileId, FileUse, Message, Seq};
use inkspot::store::StoreError;
use inkspot::store::files::{self, SentPlace};

use super::{ALICE, BOB, ROOM, Timestamp, commit, file, furnish, message, open};

fn with_files(seq: u64, ids: &[u128]) -> EventBody {
    EventBody::MessageSent(Message {
        attachments: ids.iter().copied().map(FileId).collect(),
        ..message(seq, ALICE, "look")
    })
}

#[test]
fn a_file_is_counted_held_once_and_found_where_it_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let mut picture = file(2);
    (picture.class, picture.hash, picture.size) = (FileClass::Image, [8; 32], 50);
    let all = [file(1), picture.clone(), file(3)].map(EventBody::FileAdded);
    commit(&mut writer, 10, all);
    assert_eq!(files::usage(&store.view(), ALICE).unwrap(), 250);
    let loose = files::loose_before(&store.view(), Timestamp(5), 10).unwrap();
    assert_eq!(loose, [1, 2, 3].map(FileId));
    assert_eq!(
        files::loose_before(&store.view(), Timestamp(4), 10).unwrap(),
        []
    );

    commit(
        &mut writer,
        11,
        [with_files(1, &[2, 1]), with_files(2, &[3])],
    );
    let view = store.view();
    assert_eq!(files::loose_before(&view, Timestamp(5), 10).unwrap(), []);
    let held = files::find(&view, FileId(1)).unwrap().unwrap();
    assert_eq!(held.used, FileUse::Message(super::message_id(1)));
    let place = |seq, index| SentPlace {
        seq: Seq(seq),
        index,
    };
    let both = [FileClass::File, FileClass::Image];
    let newest = files::sent_before(&view, ROOM, &both, None, 2).unwrap();
    assert_eq!(newest, [(place(2, 0), FileId(3)), (place(1, 1), FileId(1))]);
    let rest = files::sent_before(&view, ROOM, &both, Some(newest[1].0), 2).unwrap();
    assert_eq!(rest, [(place(1, 0), FileId(2))]);
    let pictures = files::sent_before(&view, ROOM, &both[1..], None, 9).unwrap();
    assert_eq!(pictures, [(place(1, 0), FileId(2))]);
    store.check().unwrap();

    for twice in [
        with_files(3, &[1]),
        with_files(3, &[9]),
        EventBody::FileRemoved { file: FileId(1) },
        EventBody::FileAdded(file(1)),
    ] {
        let mut txn = writer.begin();
        let refused = txn.apply(Timestamp(12), twice).unwrap_err();
        assert!(matches!(refused, StoreError::Contradiction(_)), "{refused}");
    }
}

#[test]
fn a_content_is_needed_until_the_last_file_of_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let theirs = inkspot::model::File {
        owner: BOB,
        ..file(2)
    };
    commit(&mut writer, 10, [file(1), theirs].map(EventBody::FileAdded));
    let needed = || files::is_needed(&store.view(), &[7; 32]).unwrap();
    commit(
        &mut writer,
        11,
        [EventBody::FileRemoved { file: FileId(1) }],
    );
    assert!(needed());
    assert_eq!(files::usage(&store.view(), ALICE).unwrap(), 0);
    assert_eq!(files::usage(&store.view(), BOB).unwrap(), 100);
    commit(
        &mut writer,
        12,
        [EventBody::FileRemoved { file: FileId(2) }],
    );
    assert!(!needed());
    assert_eq!(files::find(&store.view(), FileId(2)).unwrap(), None);
}

#[test]
fn a_new_face_takes_the_place_of_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    commit(
        &mut writer,
        10,
        [1, 2].map(|id| EventBody::FileAdded(file(id))),
    );
    let of = AvatarOf::User(ALICE);
    for id in [1, 2] {
        let file = Some(FileId(id));
        commit(&mut writer, 11, [EventBody::AvatarChanged { of, file }]);
    }
    let view = store.view();
    assert_eq!(files::find(&view, FileId(1)).unwrap(), None);
    let shown = files::find(&view, FileId(2)).unwrap().unwrap();
    assert_eq!(shown.used, FileUse::Avatar(of));
    let alice = inkspot::store::accounts::find(&view, ALICE).unwrap();
    assert_eq!(alice.unwrap().avatar, Some(FileId(2)));
    store.check().unwrap();
    commit(
        &mut writer,
        12,
        [EventBody::AvatarChanged { of, file: None }],
    );
    assert_eq!(files::find(&store.view(), FileId(2)).unwrap(), None);
    store.check().unwrap();
}
