//! The store, through its public door. Here is what its tests share.

mod crash;
mod cut;
mod damage;
mod durable;
mod files;
mod folder;
mod generations;
mod golden;
mod groups;
mod history;
mod kv;
mod log;
mod pages;
mod people;
mod redb;
mod rows;

use std::ops::ControlFlow;
use std::path::Path;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    Account, ClientId, Conversation, ConversationId, Event, EventBody, File, FileClass, FileId,
    FileUse, Member, MemberRole, Mentions, Message, MessageId, MessageKind, OwnSettings, Role, Seq,
    UserId,
};
use inkspot::store::{self, Compacted, Store, StoreError, StoreOptions, Writer};

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);
const ROOM: ConversationId = ConversationId(7);

fn options() -> StoreOptions {
    StoreOptions {
        cache_bytes: 16 << 20,
        floor_bytes: 0,
        ballast_bytes: 0,
    }
}

fn try_open(dir: &Path) -> Result<(Store, Writer), StoreError> {
    let clock = Clock::manual(Timestamp(1_000));
    store::open(dir, &options(), &Rng::system(), &clock)
}

fn open(dir: &Path) -> (Store, Writer) {
    try_open(dir).unwrap()
}

/// Gives space back at rest.
fn compact(dir: &Path) -> Result<Compacted, StoreError> {
    store::compact(dir, &options(), &mut |_| ControlFlow::Continue(()))
}

/// One group of events, each at the moment given.
fn commit(writer: &mut Writer, at: u64, bodies: impl IntoIterator<Item = EventBody>) -> Vec<Event> {
    let mut txn = writer.begin();
    for body in bodies {
        txn.apply(Timestamp(at), body).unwrap();
    }
    txn.commit().unwrap()
}

/// Alice (an administrator) and Bob in a room.
fn furnish(writer: &mut Writer) {
    let people = [account(ALICE, "Alice"), account(BOB, "bob")];
    let members = [member(ROOM, ALICE), member(ROOM, BOB)];
    let all = people.map(EventBody::AccountCreated).into_iter();
    let all = all.chain([EventBody::ConversationCreated(room(ROOM))]);
    commit(writer, 5, all.chain(members.map(EventBody::MemberAdded)));
}

fn account(id: UserId, name: &str) -> Account {
    Account {
        id,
        username: name.to_owned(),
        display_name: name.to_uppercase(),
        role: if id == ALICE {
            Role::Admin
        } else {
            Role::Member
        },
        disabled: false,
        password_hash: "$argon2id$".to_owned(),
        created_at: Timestamp(1),
        last_seen_at: None,
        avatar: None,
    }
}

fn room(id: ConversationId) -> Conversation {
    Conversation {
        id,
        title: Some("Room".to_owned()),
        is_group: true,
        everyone: false,
        created_at: Timestamp(2),
        updated_at: Timestamp(2),
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }
}

fn member(conversation: ConversationId, user: UserId) -> Member {
    Member {
        conversation,
        user,
        role: MemberRole::Member,
        joined_at: Timestamp(3),
        last_read_seq: Seq(0),
        last_read_at: None,
        unread_from: None,
        own: OwnSettings::default(),
    }
}

fn message(seq: u64, sender: UserId, content: &str) -> Message {
    Message {
        id: message_id(seq),
        sender,
        kind: MessageKind::Text,
        content: content.to_owned(),
        attachments: Vec::new(),
        mentions: Mentions::default(),
        client_id: Some(client_id(seq)),
        reply_to: None,
        sealed: None,
        created_at: Timestamp(10 + seq),
        edited_at: None,
        deleted_at: None,
    }
}

/// A file of Alice's that nothing holds.
fn file(id: u128) -> File {
    File {
        id: FileId(id),
        owner: ALICE,
        name: "notes.txt".to_owned(),
        mime: "text/plain".to_owned(),
        class: FileClass::File,
        inline: false,
        hash: [7; 32],
        size: 100,
        received: 100,
        sides: None,
        placeholder: Vec::new(),
        thumbnails: Vec::new(),
        created_at: Timestamp(4),
        used: FileUse::Unattached,
    }
}

fn message_id(seq: u64) -> MessageId {
    MessageId {
        conversation: ROOM,
        seq: Seq(seq),
    }
}

fn client_id(seq: u64) -> ClientId {
    ClientId(format!("c{seq}"))
}

fn sent(seq: u64, sender: UserId, content: &str) -> EventBody {
    EventBody::MessageSent(message(seq, sender, content))
}

/// Copies a folder with everything in it.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), &to).unwrap();
        }
    }
}
