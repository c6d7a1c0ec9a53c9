//! Accounts, sessions, invites and memberships through the typed readers.

use inkspot::base::clock::Timestamp;
use inkspot::model::{
    EventBody, EventSeq, Invite, InviteId, MemberRole, Role, Seq, Session, SessionEnd, SessionId,
    UserId,
};
use inkspot::store::{accounts, conversations, invites, members, messages, sessions};

use super::{ALICE, BOB, ConversationId, ROOM, account, commit, furnish, member, open, room, sent};

fn session(id: u128, user: UserId) -> Session {
    Session {
        id: SessionId(id),
        user,
        token_hash: [u8::try_from(id).unwrap(); 32],
        created_at: Timestamp(20),
        last_used_at: Timestamp(20),
        user_agent: "Firefox".to_owned(),
        address: "::1".to_owned(),
    }
}

#[test]
fn names_are_compared_folded_and_pages_follow_the_ids() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    let people = [
        (1, "Ａlice"),
        (2, "Jürgen"),
        (300, "ΣΊΣΥΦΟΣ"),
        (70_000, "z"),
    ];
    let created = people.map(|(id, name)| EventBody::AccountCreated(account(UserId(id), name)));
    commit(&mut writer, 1, created);
    let view = store.view();
    for (id, name) in people {
        let folded = accounts::fold_username(name);
        let found = accounts::find_by_username(&view, &folded).unwrap();
        assert_eq!(found, accounts::find(&view, UserId(id)).unwrap());
        assert!(found.is_some());
    }
    assert!(
        accounts::find_by_username(&view, "alice")
            .unwrap()
            .is_some()
    );
    assert!(
        accounts::find_by_username(&view, "jurgen")
            .unwrap()
            .is_none()
    );
    let ids = |after: Option<u64>, limit| -> Vec<u64> {
        let page = accounts::page(&view, after.map(UserId), limit).unwrap();
        page.iter().map(|account| account.id.0).collect()
    };
    assert_eq!(ids(None, 2), [1, 2]);
    assert_eq!(ids(Some(2), 10), [300, 70_000]);
    assert_eq!(ids(Some(70_000), 10), [0; 0]);
    assert_eq!(ids(None, 0), [0; 0]);
    assert_eq!(accounts::count(&view).unwrap(), 4);
}

#[test]
fn only_active_administrators_count() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let admins = || accounts::admins(&store.view()).unwrap();
    let role = |user, role| EventBody::RoleChanged { user, role };
    let disabled = |disabled| EventBody::DisabledChanged {
        user: BOB,
        disabled,
    };
    assert_eq!(admins(), 1);
    commit(&mut writer, 1, [role(BOB, Role::Admin)]);
    assert_eq!(admins(), 2);
    commit(&mut writer, 1, [disabled(true)]);
    assert_eq!(admins(), 1);
    commit(&mut writer, 1, [disabled(false), role(ALICE, Role::Member)]);
    assert_eq!(admins(), 1);
}

#[test]
fn a_session_is_found_by_its_token_until_it_ends() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let start = |id, user| EventBody::SessionStarted(session(id, user));
    commit(
        &mut writer,
        1,
        [start(1, ALICE), start(2, ALICE), start(3, BOB)],
    );
    let found = |id: u8| sessions::find_by_token(&store.view(), &[id; 32]).unwrap();
    let of = |user| -> Vec<u128> {
        let sessions = sessions::of_user(&store.view(), user).unwrap();
        sessions.iter().map(|session| session.id.0).collect()
    };
    assert_eq!(found(1), Some(session(1, ALICE)));
    assert_eq!((of(ALICE), of(BOB)), (vec![1, 2], vec![3]));

    let used = EventBody::SessionUsed {
        session: SessionId(1),
        at: Timestamp(90),
    };
    commit(&mut writer, 1, [used]);
    assert_eq!(found(1).unwrap().last_used_at, Timestamp(90));

    let changed = EventBody::PasswordChanged {
        user: ALICE,
        password_hash: "new".to_owned(),
        keep: Some(SessionId(2)),
    };
    commit(&mut writer, 1, [changed]);
    assert_eq!((found(1), of(ALICE)), (None, vec![2]));
    let alice = accounts::find(&store.view(), ALICE).unwrap().unwrap();
    assert_eq!(alice.password_hash, "new");

    let end = EventBody::SessionEnded {
        session: SessionId(2),
        user: ALICE,
        end: SessionEnd::SignedOut,
    };
    let disabled = EventBody::DisabledChanged {
        user: BOB,
        disabled: true,
    };
    commit(&mut writer, 1, [end, disabled]);
    assert_eq!((of(ALICE), of(BOB), found(3)), (vec![], vec![], None));
}

#[test]
fn an_invite_counts_its_uses_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let invite = |id: u128, by| Invite {
        id: InviteId(id),
        code: format!("code-{id}"),
        created_by: by,
        conversation: Some(ROOM),
        created_at: Timestamp(1),
        expires_at: Some(Timestamp(2)),
        max_uses: Some(3),
        uses: 0,
    };
    let created = [invite(1, ALICE), invite(2, BOB)].map(EventBody::InviteCreated);
    commit(&mut writer, 1, created);
    let used = EventBody::InviteUsed {
        invite: InviteId(1),
        user: BOB,
    };
    let revoked = EventBody::InviteRevoked {
        invite: InviteId(2),
    };
    commit(&mut writer, 1, [used.clone(), used, revoked]);
    let view = store.view();
    let first = invites::find_by_code(&view, "code-1").unwrap().unwrap();
    assert_eq!(first.uses, 2);
    // Nothing is left of what was taken back.
    assert_eq!(invites::find(&view, InviteId(2)).unwrap(), None);
    for code in ["code-2", "code-3"] {
        assert_eq!(invites::find_by_code(&view, code).unwrap(), None);
    }
    assert_eq!(invites::of_user(&view, BOB).unwrap(), []);
    assert_eq!(
        invites::all(&view).unwrap().as_slice(),
        std::slice::from_ref(&first)
    );
    assert_eq!(invites::of_user(&view, ALICE).unwrap(), [first]);
    let bare = &store.log().tail(EventSeq(6), 1).unwrap()[0].body;
    let EventBody::InviteCreated(bare) = bare else {
        panic!("another event");
    };
    assert_eq!((bare.id, bare.created_by), (InviteId(2), BOB));
}

#[test]
fn a_direct_conversation_is_found_by_its_pair_in_either_order() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let id = ConversationId(70);
    let mut direct = room(id);
    (direct.is_group, direct.title) = (false, None);
    commit(
        &mut writer,
        1,
        [
            EventBody::ConversationCreated(direct),
            EventBody::MemberAdded(member(id, BOB)),
            EventBody::MemberAdded(member(id, ALICE)),
        ],
    );
    let view = store.view();
    assert_eq!(conversations::direct(&view, ALICE, BOB).unwrap(), Some(id));
    assert_eq!(conversations::direct(&view, BOB, ALICE).unwrap(), Some(id));
    assert_eq!(conversations::direct(&view, BOB, UserId(3)).unwrap(), None);
    assert_eq!(conversations::of_user(&view, BOB).unwrap(), [ROOM, id]);
    assert_eq!(conversations::everyone(&view).unwrap(), None);
}

#[test]
fn members_come_and_go_and_their_read_mark_never_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let carol = UserId(3);
    let mut early = member(ROOM, carol);
    early.joined_at = Timestamp(1);
    let everyone = ConversationId(1);
    let mut common = room(everyone);
    common.everyone = true;
    let owner = EventBody::MemberRoleChanged {
        conversation: ROOM,
        user: ALICE,
        role: MemberRole::Owner,
    };
    let added = EventBody::MemberAdded(early);
    commit(
        &mut writer,
        9,
        [EventBody::ConversationCreated(common), added, owner],
    );
    let view = store.view();
    assert_eq!(conversations::everyone(&view).unwrap(), Some(everyone));
    assert_eq!(members::ids(&view, ROOM).unwrap(), [ALICE, BOB, carol]);
    assert_eq!(members::owners(&view, ROOM).unwrap(), 1);
    let eldest = |except| members::eldest(&view, ROOM, except).unwrap().unwrap().user;
    assert_eq!((eldest(ALICE), eldest(carol)), (carol, ALICE));
    let page = members::page(&view, ROOM, Some(ALICE), 1).unwrap();
    assert_eq!((page.len(), page[0].user), (1, BOB));

    let read = |seq, at| EventBody::MessageRead {
        conversation: ROOM,
        user: BOB,
        seq: Seq(seq),
        at: Timestamp(at),
    };
    let mut all = vec![sent(1, ALICE, "a"), sent(2, ALICE, "b")];
    all.extend([read(2, 50), read(1, 60)]);
    commit(&mut writer, 9, all);
    let bob = members::find(&view, ROOM, BOB).unwrap().unwrap();
    assert_eq!(
        (bob.last_read_seq, bob.last_read_at),
        (Seq(2), Some(Timestamp(50)))
    );

    let removed = EventBody::MemberRemoved {
        conversation: ROOM,
        user: BOB,
        by: Some(ALICE),
    };
    commit(&mut writer, 9, [removed]);
    assert_eq!(members::find(&view, ROOM, BOB).unwrap(), None);
    assert_eq!(members::ids(&view, ROOM).unwrap(), [ALICE, carol]);
    assert_eq!(conversations::of_user(&view, BOB).unwrap(), []);
    let room = conversations::find(&view, ROOM).unwrap().unwrap();
    assert_eq!(room.member_count, 2);
    store.check().unwrap();
}

#[test]
fn pages_of_messages_go_both_ways_and_around() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    // More than one slice of a scan.
    for group in 0..6 {
        let seqs = group * 100 + 1..=group * 100 + 100;
        commit(&mut writer, 9, seqs.map(|seq| sent(seq, ALICE, "x")));
    }
    let view = store.view();
    let seqs = |messages: Vec<super::Message>| -> Vec<u64> {
        messages.iter().map(|message| message.id.seq.0).collect()
    };
    let before =
        |seq: Option<u64>, limit| seqs(messages::before(&view, ROOM, seq.map(Seq), limit).unwrap());
    let after = |seq, limit| seqs(messages::after(&view, ROOM, Seq(seq), limit).unwrap());
    let around = |seq, limit| seqs(messages::around(&view, ROOM, Seq(seq), limit).unwrap());
    let range = |range: std::ops::RangeInclusive<u64>| range.collect::<Vec<_>>();
    assert_eq!(before(None, 3), [598, 599, 600]);
    assert_eq!(before(Some(3), 10), [1, 2]);
    assert_eq!(before(Some(1), 10), [0; 0]);
    assert_eq!(before(None, 1_000), range(1..=600));
    assert_eq!(after(598, 10), [599, 600]);
    assert_eq!(after(0, 1_000), range(1..=600));
    assert_eq!(after(600, 10), [0; 0]);
    assert_eq!(around(300, 5), range(298..=302));
    assert_eq!(around(1, 5), range(1..=5));
    assert_eq!(around(600, 5), range(596..=600));
    assert_eq!(around(9_999, 2), range(599..=600));
}
