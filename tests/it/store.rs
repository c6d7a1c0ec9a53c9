//! The store through its public door: events in, typed rows out, again after a restart.

use std::time::Duration;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    Account, ClientId, Conversation, ConversationId, EventBody, EventSeq, Member, MemberRole,
    Message, MessageId, MessageKind, Role, Seq, UserId,
};
use inkspot::store::{
    self, LogLimits, Store, StoreOptions, TailError, Writer, accounts, conversations, members,
    messages,
};

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);
const ROOM: ConversationId = ConversationId(7);

fn open(dir: &std::path::Path) -> (Store, Writer) {
    let clock = Clock::manual(Timestamp(1_000));
    store::open(dir, &StoreOptions::default(), &Rng::system(), &clock).unwrap()
}

pub fn account(id: UserId, name: &str) -> EventBody {
    EventBody::AccountCreated(Account {
        id,
        username: name.to_owned(),
        display_name: name.to_uppercase(),
        role: Role::Admin,
        disabled: false,
        password_hash: "$argon2id$".to_owned(),
        created_at: Timestamp(1),
        last_seen_at: None,
    })
}

pub fn room(id: ConversationId, is_group: bool) -> EventBody {
    EventBody::ConversationCreated(Conversation {
        id,
        title: is_group.then(|| "Room".to_owned()),
        is_group,
        everyone: is_group,
        created_at: Timestamp(2),
        updated_at: Timestamp(2),
        last_seq: Seq(0),
        member_count: 0,
    })
}

pub fn member(conversation: ConversationId, user: UserId) -> EventBody {
    EventBody::MemberAdded(Member {
        conversation,
        user,
        role: MemberRole::Member,
        joined_at: Timestamp(3),
        last_read_seq: Seq(0),
        last_read_at: None,
    })
}

pub fn message(seq: u64, sender: UserId, content: &str) -> Message {
    Message {
        id: MessageId {
            conversation: ROOM,
            seq: Seq(seq),
        },
        sender,
        kind: MessageKind::Text,
        content: content.to_owned(),
        attachments: Vec::new(),
        client_id: Some(ClientId(format!("c{seq}"))),
        reply_to: None,
        sealed: None,
        created_at: Timestamp(10 + seq),
        updated_at: Timestamp(10 + seq),
        deleted_at: None,
    }
}

fn furnish(writer: &mut Writer) {
    let mut txn = writer.begin();
    for body in [
        account(ALICE, "Alice"),
        account(BOB, "bob"),
        room(ROOM, true),
        member(ROOM, ALICE),
        member(ROOM, BOB),
    ] {
        txn.apply(Timestamp(5), body).unwrap();
    }
    txn.commit().unwrap();
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (store, mut writer) = open(&data);
    furnish(&mut writer);
    let long = "é".repeat(8_000);
    let mut txn = writer.begin();
    let sent = message(1, ALICE, &long);
    txn.apply(Timestamp(11), EventBody::MessageSent(sent.clone()))
        .unwrap();
    assert_eq!(messages::find(&txn, sent.id).unwrap(), Some(sent.clone()));
    assert_eq!(messages::find(&store.view(), sent.id).unwrap(), None);
    assert_eq!(txn.commit().unwrap().len(), 1);
    let installation = store.installation().clone();
    drop((store, writer));

    let (store, _writer) = open(&data);
    let view = store.view();
    assert_eq!(store.installation(), &installation);
    assert_eq!(messages::find(&view, sent.id).unwrap(), Some(sent.clone()));
    assert_eq!(
        messages::by_client_id(&view, ALICE, &ClientId("c1".to_owned())).unwrap(),
        Some(sent.id)
    );
    let head = conversations::find(&view, ROOM).unwrap().unwrap();
    assert_eq!((head.last_seq, head.member_count), (Seq(1), 2));
    let alice = members::find(&view, ROOM, ALICE).unwrap().unwrap();
    assert_eq!(alice.last_read_seq, Seq(1));
    assert_eq!(
        accounts::find_by_username(&view, "alice")
            .unwrap()
            .map(|a| a.id),
        Some(ALICE)
    );
    assert_eq!(accounts::count(&view).unwrap(), 2);
    assert_eq!(accounts::admins(&view).unwrap(), 2);
    assert_eq!(store.log().head(), EventSeq(6));
    let events = store.log().tail(EventSeq(5), 10).unwrap();
    assert_eq!(events[0].body, EventBody::MessageSent(sent));
}

#[test]
fn trimming_the_log_takes_the_client_ids_along_and_keeps_the_newest_event() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&dir.path().join("data"));
    furnish(&mut writer);
    for seq in 1..=3 {
        let mut txn = writer.begin();
        let sent = EventBody::MessageSent(message(seq, ALICE, "hi"));
        txn.apply(Timestamp(10 + seq), sent).unwrap();
        txn.commit().unwrap();
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
    let known = |name: &str| {
        messages::by_client_id(&store.view(), ALICE, &ClientId(name.to_owned())).unwrap()
    };
    assert_eq!(known("c1"), None);
    assert!(known("c2").is_some());
    assert!(!writer.trim(&limits, Timestamp(1_000_000)).unwrap());
    assert_eq!((log.first(), log.head()), (EventSeq(8), EventSeq(8)));
    assert!(!writer.trim(&limits, Timestamp(1_000_000)).unwrap());
}
