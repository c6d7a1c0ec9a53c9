//! How accounts are made: setup, the command line, and the room "Everyone".

use inkspot::model::event::EventBody;
use inkspot::model::{MemberRole, Role};
use inkspot::service::{NewAccount, SetupState};

use crate::service_house::{House, PASSWORD, account, code, device, refused, settings};

#[tokio::test]
async fn the_setup_link_makes_the_first_administrator_and_everyone_once() {
    let house = House::open();
    let service = &house.service;
    let address = device().address;
    let token = service.setup_token().unwrap();
    let state = |token: Option<&str>| service.setup_state(token, address).unwrap();
    let wrong = SetupState {
        needed: true,
        valid: false,
    };
    assert_eq!(state(None), wrong);
    assert_eq!(state(Some("wrong")), wrong);
    assert_eq!(
        state(Some(&token)),
        SetupState {
            needed: true,
            valid: true
        }
    );
    let wrong = service
        .setup("wrong".into(), account("eve"), device())
        .await;
    assert_eq!(code(wrong), "setup_done");

    let set_up = house.set_up().await;
    let admin = set_up.signed_in.caller;
    assert_eq!(set_up.signed_in.user.role, Role::Admin);
    assert_eq!(set_up.conversation.title.as_deref(), Some("Everyone"));
    assert_eq!(set_up.conversation.member_role, MemberRole::Owner);
    assert_eq!(set_up.conversation.member_count, 1);
    assert_eq!(
        service.authenticate(&set_up.signed_in.token).unwrap(),
        admin
    );
    assert!(service.preview_invite(&set_up.invite.code, address).is_ok());

    let done = SetupState {
        needed: false,
        valid: false,
    };
    assert_eq!(state(Some(&token)), done);
    assert_eq!(service.setup_token(), None);
    let again = service.setup(token, account("eve"), device()).await;
    assert_eq!(code(again), "setup_done");
    assert_eq!(service.all_users().len(), 1);
}

#[tokio::test]
async fn of_many_who_open_the_setup_link_at_once_one_becomes_administrator() {
    let house = House::open();
    let token = house.service.setup_token().unwrap();
    let visitors = (0..8).map(|n| {
        let (service, token) = (house.service.clone(), token.clone());
        tokio::spawn(async move {
            let new = account(&format!("visitor{n}"));
            service.setup(token, new, device()).await.map(drop)
        })
    });
    let mut let_in = 0;
    for visitor in visitors.collect::<Vec<_>>() {
        match visitor.await.unwrap() {
            Ok(()) => let_in += 1,
            Err(error) => assert_eq!(error.code(), "setup_done"),
        }
    }
    assert_eq!(let_in, 1);
    assert_eq!(house.service.all_users().len(), 1);
    let rooms = |body: &EventBody| matches!(body, EventBody::ConversationCreated(_));
    assert_eq!(house.published.count(rooms), 1);
}

#[tokio::test]
async fn everybody_is_in_everyone_whenever_their_account_was_made() {
    let house = House::open();
    let early = house.user("early").await;
    assert!(
        house
            .service
            .conversation_ids(early.user)
            .unwrap()
            .is_empty()
    );
    let everyone = house.set_up().await.conversation.id;
    let late = house.user("late").await;
    let second = house.admin("second").await;
    for (who, role) in [
        (early, MemberRole::Member),
        (late, MemberRole::Member),
        (second, MemberRole::Member),
    ] {
        let place = house.service.place(who.user, everyone).unwrap().unwrap();
        assert_eq!(place.role, role);
    }
    let view = house.service.conversation(late, everyone).unwrap();
    assert_eq!(view.member_count, 4);
}

#[tokio::test]
async fn an_administrator_from_the_command_line_makes_everyone_too_and_closes_the_setup() {
    let house = House::open();
    let early = house.user("early").await;
    let boss = house.admin("boss").await;
    assert_eq!(house.service.setup_token(), None);
    let rooms = house.service.conversation_ids(boss.user).unwrap();
    assert_eq!(rooms, house.service.conversation_ids(early.user).unwrap());
    let place = house.service.place(boss.user, rooms[0]).unwrap().unwrap();
    assert_eq!(place.role, MemberRole::Owner);
}

#[tokio::test]
async fn who_joins_later_has_nothing_unread() {
    let house = House::open();
    let set_up = house.set_up().await;
    let everyone = set_up.conversation.id;
    for n in 0..3 {
        house
            .send(set_up.signed_in.caller, everyone, &format!("{n}"))
            .await
            .unwrap();
    }
    let late = house.user("late").await;
    assert_eq!(house.unread(late, everyone), (0, 3));
    house
        .send(set_up.signed_in.caller, everyone, "news")
        .await
        .unwrap();
    assert_eq!(house.unread(late, everyone), (1, 3));
}

#[tokio::test]
async fn a_username_is_taken_in_every_spelling_that_folds_to_it() {
    let house = House::open();
    house.user("Straße").await;
    for spelling in ["straße", "STRASSE", "Ｓtrasse", "strasse"] {
        let again = house
            .service
            .add_user(account(spelling), Role::Member)
            .await;
        assert_eq!(code(again), "username_taken", "{spelling}");
        assert!(house.sign_in(spelling).await.is_ok(), "{spelling}");
    }
    assert_eq!(
        house.service.find_user("STRASSE").unwrap().username,
        "Straße"
    );
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let house = House::open();
    let spellings = ["anna", "Anna", "ANNA", "ａnna", "aNNa", "annA"];
    let wishes = spellings.map(|name| {
        let service = house.service.clone();
        tokio::spawn(async move { service.add_user(account(name), Role::Member).await })
    });
    let mut got = 0;
    for wish in wishes {
        match wish.await.unwrap() {
            Ok(_) => got += 1,
            Err(error) => assert_eq!(error.code(), "username_taken"),
        }
    }
    assert_eq!(got, 1);
}

#[tokio::test]
async fn fields_of_an_account_have_limits() {
    let house = House::open();
    let add = async |username: &str, display_name: Option<&str>, password: &str| {
        let new = NewAccount {
            username: username.into(),
            display_name: display_name.map(Into::into),
            password: password.into(),
        };
        house.service.add_user(new, Role::Member).await
    };
    let name = |n: usize| "n".repeat(n);
    assert_eq!(
        refused(add("", None, PASSWORD).await),
        ("too_short", Some("username"), Some(1))
    );
    assert!(add(&name(1), None, PASSWORD).await.is_ok());
    assert!(add(&name(32), None, PASSWORD).await.is_ok());
    for over in [name(33), name(100_000)] {
        let refused = refused(add(&over, None, PASSWORD).await);
        assert_eq!(refused, ("too_long", Some("username"), Some(32)));
    }
    let long = "é".repeat(64);
    assert_eq!(
        add("d1", Some(&long), PASSWORD).await.unwrap().display_name,
        long
    );
    let over = refused(add("d2", Some(&"é".repeat(65)), PASSWORD).await);
    assert_eq!(over, ("too_long", Some("displayName"), Some(64)));
    assert_eq!(
        add("d3", Some("  "), PASSWORD).await.unwrap().display_name,
        "d3"
    );
    let under = refused(add("p1", None, "1234567").await);
    assert_eq!(under, ("too_short", Some("password"), Some(8)));
    assert!(add("p2", None, "12345678").await.is_ok());
    assert!(add("p3", None, &"ü".repeat(256)).await.is_ok());
    for over in [
        "x".repeat(257),
        "x".repeat(1_000_000),
        "\u{1f511}".repeat(257),
    ] {
        let refused = refused(add("p4", None, &over).await);
        assert_eq!(refused, ("too_long", Some("password"), Some(256)));
    }
    let nul = refused(add("p5", None, "1234\u{0}5678").await);
    assert_eq!(nul, ("invalid_field", Some("password"), None));
}

#[tokio::test]
async fn names_that_could_be_taken_for_others_are_refused() {
    let house = House::open();
    for bad in [
        "an na",
        "an@na",
        "-anna",
        ".anna",
        "_anna",
        "an\u{200b}na",
        "an\u{202e}na",
        "an\u{feff}na",
        "anna\u{200d}",
        "an\u{ad}na",
        "an\u{3164}na",
        "anna\u{fe0f}",
        "an\nna",
        "an\u{0}na",
        "аdmin",
        "admιn",
        "\u{301}anna",
        "😀",
        "a/b",
        "<b>",
    ] {
        let answer = house.service.add_user(account(bad), Role::Member).await;
        assert_eq!(
            refused(answer),
            ("invalid_field", Some("username"), None),
            "{bad:?}"
        );
    }
    for good in [
        "anna.b-c_2",
        "0day",
        "Ünal",
        "Борис",
        "Ελένη",
        "さくら",
        "王小明",
        "अनीता",
        "محمد",
    ] {
        let answer = house.service.add_user(account(good), Role::Member).await;
        assert!(answer.is_ok(), "{good}: {answer:?}");
    }
    for bad in ["a\u{202e}b", "a\nb", "a\u{0}b", "a\u{200b}b"] {
        let new = NewAccount {
            display_name: Some(bad.into()),
            ..account("someone")
        };
        let answer = house.service.add_user(new, Role::Member).await;
        assert_eq!(
            refused(answer),
            ("invalid_field", Some("displayName"), None),
            "{bad:?}"
        );
    }
    let blank = NewAccount {
        display_name: Some("\u{200d}".into()),
        ..account("someone")
    };
    let answer = house.service.add_user(blank, Role::Member).await;
    assert_eq!(refused(answer), ("too_short", Some("displayName"), Some(1)));
}

#[tokio::test]
async fn accounts_and_rooms_survive_a_restart() {
    let house = House::open();
    let set_up = house.set_up().await;
    let everyone = set_up.conversation.id;
    house
        .send(set_up.signed_in.caller, everyone, "before")
        .await
        .unwrap();
    let house = house.restart(settings()).await;
    let caller = house.service.authenticate(&set_up.signed_in.token).unwrap();
    assert_eq!(caller, set_up.signed_in.caller);
    assert_eq!(house.service.setup_token(), None);
    assert_eq!(house.service.me(caller).unwrap().username, "admin");
    let sent = house.send(caller, everyone, "after").await.unwrap();
    assert_eq!(sent.message.seq, 2);
}
