//! Conversations and their members, through the service.

use std::time::Duration;

use futures_util::FutureExt;
use inkspot::model::MemberRole;
use inkspot::model::ids::{ConversationId, MessageId, Seq};
use inkspot::service::{NewConversation, NewInvite, PageAt, ReadUpTo, SocketId};

use crate::service_house::{House, code, direct, group, refused};

#[tokio::test]
async fn a_pair_has_one_direct_conversation_for_ever() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let chat = house.direct(anna, "bert").await;
    for (who, with) in [(anna, "BERT"), (bert, "anna"), (bert, "Anna")] {
        let again = house
            .service
            .create_conversation(who, direct(with))
            .await
            .unwrap();
        assert_eq!((again.conversation.id, again.fresh), (chat, false));
    }
    assert_ne!(house.direct(carl, "bert").await, chat);
    let view = house.service.conversation(anna, chat).unwrap();
    assert_eq!(
        (view.is_group, view.title, view.member_count),
        (false, None, 2)
    );
    let house = house.restart(crate::service_house::settings()).await;
    let again = house
        .service
        .create_conversation(bert, direct("anna"))
        .await
        .unwrap();
    assert_eq!((again.conversation.id, again.fresh), (chat, false));
}

#[tokio::test]
async fn two_who_open_their_conversation_at_once_get_the_same() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let opened = (0..20).map(|n| {
        let service = house.service.clone();
        let (who, with) = if n % 2 == 0 {
            (anna, "bert")
        } else {
            (bert, "anna")
        };
        tokio::spawn(async move {
            service
                .create_conversation(who, direct(with))
                .await
                .unwrap()
        })
    });
    let mut ids = Vec::new();
    let mut fresh = 0;
    for one in opened.collect::<Vec<_>>() {
        let one = one.await.unwrap();
        ids.push(one.conversation.id);
        fresh += usize::from(one.fresh);
    }
    ids.dedup();
    assert_eq!((ids.len(), fresh), (1, 1));
}

#[tokio::test]
async fn a_direct_conversation_is_for_exactly_two() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    for members in [
        &[][..],
        &["anna"],
        &["bert", "carl"],
        &["nobody"],
        &["bert", "nobody"],
    ] {
        let new = NewConversation {
            members: members.iter().map(ToString::to_string).collect(),
            ..direct("")
        };
        let answer = refused(house.service.create_conversation(anna, new).await);
        assert_eq!(
            answer,
            ("invalid_field", Some("members"), None),
            "{members:?}"
        );
    }
    let new = NewConversation {
        members: vec!["anna".into(), "bert".into(), "Bert".into()],
        ..direct("")
    };
    let opened = house.service.create_conversation(anna, new).await.unwrap();
    assert_eq!(
        opened.conversation.member_count, 2,
        "oneself may be named too"
    );
}

#[tokio::test]
async fn nobody_leaves_renames_or_extends_a_direct_conversation() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let chat = house.direct(anna, "bert").await;
    let service = &house.service;
    assert_eq!(
        code(service.remove_member(anna, chat, anna.user).await),
        "conflict"
    );
    assert_eq!(
        code(service.remove_member(anna, chat, bert.user).await),
        "conflict"
    );
    assert_eq!(
        code(service.rename_conversation(anna, chat, "x".into()).await),
        "conflict"
    );
    assert_eq!(
        code(service.add_members(anna, chat, vec!["carl".into()]).await),
        "conflict"
    );
    let role = service
        .set_member_role(anna, chat, bert.user, MemberRole::Owner)
        .await;
    assert_eq!(code(role), "conflict");
    assert!(!house.is_member(chat, carl));
}

#[tokio::test]
async fn a_group_is_made_with_its_members_and_owned_by_its_maker() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let new = group("Friends", &["bert", "BERT", "anna"]);
    let opened = house.service.create_conversation(anna, new).await.unwrap();
    let view = opened.conversation;
    assert_eq!(
        (view.title.as_deref(), view.is_group, view.member_count),
        (Some("Friends"), true, 2)
    );
    assert_eq!(view.member_role, MemberRole::Owner);
    let place = house.service.place(bert.user, view.id).unwrap().unwrap();
    assert_eq!(place.role, MemberRole::Member);
    assert!(!house.is_member(view.id, carl));
    let same = house
        .service
        .create_conversation(anna, group("Friends", &["bert"]))
        .await
        .unwrap();
    assert!(
        same.fresh && same.conversation.id != view.id,
        "groups are never the same"
    );
    let alone = house
        .service
        .create_conversation(anna, group("Alone", &[]))
        .await
        .unwrap();
    assert_eq!(alone.conversation.member_count, 1);
}

#[tokio::test]
async fn titles_and_names_have_limits() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let service = &house.service;
    let try_make = async |title: &str, members: &[&str]| {
        service
            .create_conversation(anna, group(title, members))
            .await
    };
    assert_eq!(
        refused(try_make("", &[]).await),
        ("too_short", Some("title"), Some(1))
    );
    assert_eq!(
        refused(try_make("  ", &[]).await),
        ("too_short", Some("title"), Some(1))
    );
    let none = NewConversation {
        title: None,
        ..group("", &[])
    };
    let none = service.create_conversation(anna, none).await;
    assert_eq!(refused(none), ("too_short", Some("title"), Some(1)));
    let title = "ü".repeat(100);
    let made = try_make(&title, &[]).await.unwrap().conversation;
    assert_eq!(made.title.as_ref(), Some(&title));
    let over = "ü".repeat(101);
    assert_eq!(
        refused(try_make(&over, &[]).await),
        ("too_long", Some("title"), Some(100))
    );
    let renamed = service.rename_conversation(anna, made.id, over).await;
    assert_eq!(refused(renamed), ("too_long", Some("title"), Some(100)));
    let renamed = service
        .rename_conversation(anna, made.id, "a\nb".into())
        .await;
    assert_eq!(refused(renamed), ("invalid_field", Some("title"), None));
    assert_eq!(
        service
            .rename_conversation(anna, made.id, "New".into())
            .await
            .unwrap()
            .title
            .as_deref(),
        Some("New")
    );

    let names = |n: usize| vec!["bert".to_owned(); n];
    assert!(service.add_members(anna, made.id, names(200)).await.is_ok());
    let over = service.add_members(anna, made.id, names(201)).await;
    assert_eq!(refused(over), ("too_long", Some("members"), Some(200)));
    let long = service
        .add_members(anna, made.id, vec!["x".repeat(60_000)])
        .await;
    assert_eq!(refused(long).1, Some("members"));
}

#[tokio::test]
async fn what_one_is_not_in_answers_as_if_it_did_not_exist() {
    let house = House::open();
    let (anna, bert, eve) = house.people().await;
    let service = &house.service;
    let foreign = house.group(anna, &["bert"]).await;
    let sent = house
        .send(anna, foreign, "secret")
        .await
        .unwrap()
        .message
        .id;
    let unknown = ConversationId(42);
    let nowhere = MessageId {
        conversation: unknown,
        seq: Seq(1),
    };
    let before = service.head();
    for (room, message) in [(foreign, sent), (unknown, nowhere)] {
        let codes = [
            code(service.conversation(eve, room)),
            code(service.rename_conversation(eve, room, "x".into()).await),
            code(
                service
                    .rename_conversation(eve, room, "x".repeat(101))
                    .await,
            ),
            code(service.members(eve, room, 50, None)),
            code(service.add_members(eve, room, vec!["eve".into()]).await),
            code(
                service
                    .add_members(eve, room, vec!["carl".into(); 201])
                    .await,
            ),
            code(
                service
                    .set_member_role(eve, room, bert.user, MemberRole::Owner)
                    .await,
            ),
            code(
                service
                    .set_member_role(eve, room, eve.user, MemberRole::Owner)
                    .await,
            ),
            code(service.remove_member(eve, room, bert.user).await),
            code(service.remove_member(eve, room, eve.user).await),
            code(house.send(eve, room, "let me in").await),
            code(service.messages(eve, room, PageAt::Newest, 50)),
            code(service.messages(eve, room, PageAt::Around(Seq(1)), 50)),
            code(service.mark_read(eve, room, ReadUpTo::Seq(Seq(1))).await),
            code(
                service
                    .mark_read(eve, room, ReadUpTo::Message(message))
                    .await,
            ),
            code(service.typing_started(eve, SocketId(1), room)),
            code(service.typing_stopped(eve, SocketId(1), room)),
            code(
                service
                    .create_invite(
                        eve,
                        NewInvite {
                            conversation: Some(room),
                            ..NewInvite::default()
                        },
                    )
                    .await,
            ),
        ];
        assert_eq!(codes, ["not_found"; 18]);
    }
    assert_eq!(service.head(), before, "nothing happened");
    // The message of a foreign room is no key to it either.
    let own = house.group(eve, &[]).await;
    house.send(eve, own, "mine").await.unwrap();
    let foreign_id = service.mark_read(eve, own, ReadUpTo::Message(sent)).await;
    assert_eq!(code(foreign_id), "not_found");
}

/// Which are the newest is said by the rows of all of them: others wait for the thread that asks.
#[test]
fn conversations_are_listed_on_a_thread_that_may_wait() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let house = House::open();
        let (anna, ..) = house.people().await;
        // The only thread that may wait does so: nobody else's work is done there meanwhile.
        let (release, held) = std::sync::mpsc::channel::<()>();
        let waits = tokio::task::spawn_blocking(move || held.recv());
        let mut asked = Box::pin(house.service.conversations(anna, 8, None));
        assert!((&mut asked).now_or_never().is_none());
        drop(release);
        assert!(waits.await.unwrap().is_err());
        assert_eq!(asked.await.unwrap().items.len(), 1);
    });
}

#[tokio::test]
async fn conversations_are_listed_by_activity_page_by_page() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let mut rooms = Vec::new();
    for _ in 0..7 {
        house.clock.advance(Duration::from_secs(1));
        rooms.push(house.group(anna, &["bert"]).await);
    }
    house.clock.advance(Duration::from_secs(1));
    let newest = house.send(anna, rooms[2], "here").await.unwrap().message;
    let everyone = house.service.conversation_ids(anna.user).unwrap()[0];
    let expected: Vec<_> = [2, 6, 5, 4, 3, 1, 0]
        .map(|n| rooms[n])
        .into_iter()
        .chain([everyone])
        .collect();
    let list = async |limit, cursor: Option<&str>| {
        let page = house.service.conversations(anna, limit, cursor);
        page.await
    };
    let whole = list(8, None).await.unwrap();
    assert_eq!(
        whole.items.iter().map(|view| view.id).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(whole.next, None);
    assert_eq!(whole.items[0].last_message, Some(newest));
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = list(3, cursor.as_deref()).await.unwrap();
        seen.extend(page.items.iter().map(|view| view.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    for bad in ["", ".", "x.y", "1", "-1.0000000000000", "1.x"] {
        assert_eq!(
            refused(list(3, Some(bad)).await),
            ("invalid_field", Some("cursor"), None),
            "{bad}"
        );
    }
    assert_eq!(
        refused(list(0, None).await),
        ("too_short", Some("limit"), Some(1))
    );
    assert_eq!(
        refused(list(101, None).await),
        ("too_long", Some("limit"), Some(100))
    );
}
