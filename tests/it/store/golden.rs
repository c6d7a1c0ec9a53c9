//! What is on disk stays readable: every table's keys and values of each released format, byte
//! by byte. A changed file here is a migration; a new format gets a new file beside the old one.
//!
//! `INKSPOT_WRITE_GOLDEN=1` writes the file of the newest format.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    AvatarOf, EventBody, EventSeq, File, FileClass, FileId, FileUse, Invite, InviteId, Message,
    MessageKind, Seq, Session, SessionEnd, SessionId, Thumbnail,
};
use inkspot::store::kv::{Kv, Order};
use inkspot::store::{
    self, accounts, conversations, history, invites, members, messages, sessions,
};

use super::redb::RedbKv;
use super::{
    ALICE, BOB, ConversationId, ROOM, commit, file as kept, furnish, member, message, room,
};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

/// One of everything, with every optional part there once and missing once.
fn history() -> Vec<EventBody> {
    let session = Session {
        id: SessionId(0x0102),
        user: ALICE,
        token_hash: [0xab; 32],
        created_at: Timestamp(1_700_000_000_000),
        last_used_at: Timestamp(1_700_000_000_001),
        user_agent: "Firefox".to_owned(),
        address: "192.0.2.1".to_owned(),
    };
    let ended = Session {
        id: SessionId(u128::MAX),
        token_hash: [0xcd; 32],
        ..session.clone()
    };
    let invite = Invite {
        id: InviteId(0x0304),
        code: "golden".to_owned(),
        created_by: ALICE,
        conversation: Some(ROOM),
        created_at: Timestamp(1_700_000_000_002),
        expires_at: Some(Timestamp(1_800_000_000_000)),
        max_uses: Some(10),
        uses: 0,
    };
    let open_invite = Invite {
        id: InviteId(1),
        code: "open".to_owned(),
        conversation: None,
        expires_at: None,
        max_uses: None,
        ..invite.clone()
    };
    let mut direct = room(ConversationId(u64::MAX));
    (direct.is_group, direct.title) = (false, None);
    let mut common = room(ConversationId(8));
    common.everyone = true;
    let pair = [member(direct.id, BOB), member(direct.id, ALICE)];
    let [bob, alice] = pair.map(EventBody::MemberAdded);
    let mut all = vec![
        EventBody::SessionStarted(session.clone()),
        EventBody::SessionStarted(ended.clone()),
        EventBody::SessionUsed {
            session: session.id,
            at: Timestamp(1_700_000_000_500),
        },
        EventBody::SessionEnded {
            session: ended.id,
            user: ALICE,
            end: SessionEnd::SignedOut,
        },
        EventBody::InviteCreated(invite.clone()),
        EventBody::InviteCreated(open_invite.clone()),
        EventBody::InviteUsed {
            invite: invite.id,
            user: BOB,
        },
        EventBody::InviteRevoked {
            invite: open_invite.id,
        },
        EventBody::ConversationCreated(direct),
        bob,
        alice,
        EventBody::ConversationCreated(common),
    ];
    all.extend(files().map(EventBody::FileAdded));
    all.extend(sent().map(EventBody::MessageSent));
    let [_, _, edited, gone] = left();
    all.push(EventBody::MessageEdited(edited));
    all.push(EventBody::MessageDeleted {
        message: gone,
        by: BOB,
    });
    all.extend(changes());
    all.extend(faces());
    all
}

fn files() -> [File; 6] {
    let picture = File {
        name: "Grüße 👋.png".to_owned(),
        mime: "image/png".to_owned(),
        class: FileClass::Image,
        inline: true,
        received: 300,
        sides: Some((4000, 3000)),
        placeholder: vec![1, 2, 255],
        thumbnails: [320, 1280].map(small).into(),
        ..kept(1)
    };
    let video = File {
        class: FileClass::Video,
        ..kept(u128::MAX)
    };
    let sound = File {
        class: FileClass::Audio,
        ..kept(5)
    };
    [picture, video, sound, kept(2), kept(3), kept(4)]
}

fn small(side: u32) -> Thumbnail {
    Thumbnail {
        side,
        hash: [8; 32],
        width: side,
        height: side / 4 * 3,
        mime: "image/webp".to_owned(),
        size: 50,
    }
}

fn faces() -> Vec<EventBody> {
    let of_both = [AvatarOf::User(BOB), AvatarOf::Conversation(ROOM)];
    let mut all = Vec::new();
    for (of, id) in of_both.into_iter().zip([2, 3]) {
        let file = Some(FileId(id));
        all.push(EventBody::AvatarChanged { of, file });
    }
    let (of, file) = (AvatarOf::User(ALICE), None);
    all.push(EventBody::AvatarChanged { of, file });
    all.push(EventBody::FileRemoved { file: FileId(4) });
    all
}

fn sent() -> [Message; 4] {
    let plain = message(1, ALICE, "Grüße, 世界 👋");
    let full = Message {
        kind: MessageKind::Image,
        content: String::new(),
        attachments: vec![FileId(1), FileId(u128::MAX)],
        client_id: None,
        reply_to: Some(Seq(1)),
        sealed: Some(vec![0, 255, 7]),
        deleted_at: Some(Timestamp(100)),
        ..message(2, BOB, "")
    };
    let long = Message {
        kind: MessageKind::File,
        ..message(3, ALICE, &"0123456789".repeat(750))
    };
    let gone = message(4, ALICE, "better not said");
    [plain, full, long, gone]
}

/// The same after one was changed and one was deleted.
fn left() -> [Message; 4] {
    let [plain, full, long, gone] = sent();
    let edited = Message {
        content: "short".to_owned(),
        edited_at: Some(Timestamp(99)),
        ..long
    };
    [plain, full, edited, gone.erased(Timestamp(101))]
}

fn changes() -> Vec<EventBody> {
    vec![
        EventBody::MessageRead {
            conversation: ROOM,
            user: BOB,
            seq: Seq(3),
            at: Timestamp(200),
        },
        EventBody::MemberRoleChanged {
            conversation: ROOM,
            user: ALICE,
            role: super::MemberRole::Owner,
        },
        EventBody::ConversationRenamed {
            conversation: ROOM,
            title: "Salon".to_owned(),
        },
        EventBody::MemberAdded(member(ConversationId(8), BOB)),
        EventBody::MemberRemoved {
            conversation: ConversationId(8),
            user: BOB,
            by: Some(ALICE),
        },
        EventBody::ProfileChanged {
            user: BOB,
            display_name: "Bob B.".to_owned(),
        },
        EventBody::RoleChanged {
            user: BOB,
            role: super::Role::Admin,
        },
        EventBody::PasswordChanged {
            user: BOB,
            password_hash: "$argon2id$2".to_owned(),
            keep: Some(SessionId(5)),
        },
        EventBody::LastSeen {
            user: BOB,
            at: Timestamp(300),
        },
        EventBody::DisabledChanged {
            user: BOB,
            disabled: true,
        },
    ]
}

/// Every row in hexadecimal: a line with the key, a colon and the value.
fn dump(kv: &dyn Kv) -> String {
    let mut text = String::new();
    kv.scan(&[], &[255; 40], Order::Forward, &mut |key, value| {
        for byte in key {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push(':');
        for byte in value {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    text
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn load(kv: &dyn Kv, text: &str) {
    for line in text.lines() {
        let (key, value) = line.split_once(':').unwrap();
        let (key, value) = (bytes(key), bytes(value));
        let mut row = [(&key[..], Some(&value[..]))].into_iter();
        kv.write(&mut row).unwrap();
    }
}

#[test]
fn the_newest_format_is_written_as_it_was_released() {
    let dir = tempfile::tempdir().unwrap();
    {
        let kv = Box::new(RedbKv::open(dir.path()));
        let clock = Clock::manual(Timestamp(1_700_000_000_000));
        let (_store, mut writer) = store::open_with(kv, &Rng::seeded(1), &clock).unwrap();
        furnish(&mut writer);
        commit(&mut writer, 1_700_000_000_999, history());
    }
    let written = dump(&RedbKv::open(dir.path()));
    if std::env::var_os("INKSPOT_WRITE_GOLDEN").is_some() {
        std::fs::write(file("store-v1.hex"), &written).unwrap();
    }
    let golden = std::fs::read_to_string(file("store-v1.hex")).unwrap();
    assert!(written == golden, "the bytes on disk have changed");
}

#[test]
fn a_database_of_format_1_is_read_as_it_was_meant() {
    let dir = tempfile::tempdir().unwrap();
    let kv = RedbKv::open(dir.path());
    load(&kv, &std::fs::read_to_string(file("store-v1.hex")).unwrap());
    let clock = Clock::manual(Timestamp(1));
    let (store, _writer) = store::open_with(Box::new(kv), &Rng::system(), &clock).unwrap();
    let view = store.view();
    assert_eq!(
        store.installation().created_at,
        Timestamp(1_700_000_000_000)
    );
    let found = messages::after(&view, ROOM, Seq(0), 10).unwrap();
    assert_eq!(found, left());
    let before = history::all(&view, found[2].id).unwrap();
    assert_eq!(before, [sent()[2].clone().into()]);
    let room = conversations::find(&view, ROOM).unwrap().unwrap();
    assert_eq!(room.title.as_deref(), Some("Salon"));
    let everyone = conversations::everyone(&view).unwrap();
    assert_eq!(everyone, Some(ConversationId(8)));
    let direct = conversations::direct(&view, ALICE, BOB).unwrap();
    assert_eq!(direct, Some(ConversationId(u64::MAX)));
    let bob = accounts::find_by_username(&view, "bob").unwrap().unwrap();
    assert_eq!((bob.id, bob.last_seen_at), (BOB, Some(Timestamp(300))));
    assert_eq!((bob.display_name.as_str(), bob.disabled), ("Bob B.", true));
    let read = members::find(&view, ROOM, BOB).unwrap().unwrap();
    assert_eq!(
        (read.last_read_seq, read.last_read_at),
        (Seq(3), Some(Timestamp(200)))
    );
    let [picture, ..] = files();
    let of_message = FileUse::Message(sent()[1].id);
    let found = store::files::find(&view, picture.id).unwrap();
    let attached = File {
        used: of_message,
        ..picture
    };
    assert_eq!(found, Some(attached));
    assert_eq!(bob.avatar, Some(FileId(2)));
    assert_eq!(room.avatar, Some(FileId(3)));
    let session = sessions::find_by_token(&view, &[0xab; 32])
        .unwrap()
        .unwrap();
    assert_eq!(session.last_used_at, Timestamp(1_700_000_000_500));
    let invite = invites::find_by_code(&view, "golden").unwrap().unwrap();
    assert_eq!((invite.uses, invite.max_uses), (1, Some(10)));
    assert_eq!(invites::find(&view, InviteId(1)).unwrap(), None);
    let committed: Vec<_> = store.log().tail(EventSeq(5), 100).unwrap();
    assert_eq!(committed.len(), history().len());
    let tally = store.check().unwrap();
    let audit = store.audit(&mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((audit.findings, audit.tally), (Vec::new(), tally));
}

#[test]
fn a_damaged_value_is_an_error_and_never_a_panic() {
    let golden = std::fs::read_to_string(file("store-v1.hex")).unwrap();
    let rows: Vec<_> = golden.lines().collect();
    let rng = Rng::seeded(2);
    let below = |end: usize| usize::try_from(rng.u64() % u64::try_from(end).unwrap()).unwrap();
    let (mut refused, mut listed) = (0, 0);
    for _ in 0..60 {
        let dir = tempfile::tempdir().unwrap();
        let kv = RedbKv::open(dir.path());
        load(&kv, &golden);
        let (key, value) = rows[below(rows.len())].split_once(':').unwrap();
        let mut value = bytes(value);
        match below(3) {
            0 => value.push(0),
            1 => value.truncate(value.len() / 2),
            _ => value.iter_mut().take(12).for_each(|byte| *byte = 0xff),
        }
        let mut row =
            [(&bytes(key)[..], Some(&value[..]))].map(|(k, v)| (k.to_vec(), v.map(<[u8]>::to_vec)));
        let mut changes = row.iter_mut().map(|(k, v)| (&k[..], v.as_deref()));
        kv.write(&mut changes).unwrap();
        let clock = Clock::manual(Timestamp(1));
        let opened = store::open_with(Box::new(kv), &Rng::system(), &clock);
        let checked = opened.and_then(|(store, _writer)| {
            let everyone = accounts::page(&store.view(), None, 10)?;
            for account in everyone {
                sessions::of_user(&store.view(), account.id)?;
            }
            invites::all(&store.view())?;
            let audit = store.audit(&mut |_| ControlFlow::Continue(()))?;
            let checked = store.check();
            // Whatever ends a check is listed.
            assert!(checked.is_ok() || !audit.findings.is_empty());
            listed += usize::from(!audit.findings.is_empty());
            checked
        });
        refused += usize::from(checked.is_err());
    }
    assert!(refused > 20, "only {refused} of 60 were noticed");
    assert!(listed > refused / 2, "only {listed} of 60 were listed");
}
