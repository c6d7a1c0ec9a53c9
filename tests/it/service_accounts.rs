//! Profiles, passwords, roles and the directory, through the service.

use inkspot::model::event::EventBody;
use inkspot::model::{Actor, Role};
use inkspot::service::{AccountChange, NewAccount, NewInvite};

use crate::service_house::{House, PASSWORD, account, code, device, refused};

const NEW: &str = "another password";

fn disable(disabled: bool) -> AccountChange {
    let (disabled, role) = (Some(disabled), None);
    AccountChange { disabled, role }
}

fn make(role: Role) -> AccountChange {
    let (disabled, role) = (None, Some(role));
    AccountChange { disabled, role }
}

#[tokio::test]
async fn a_display_name_changes_everywhere_at_once() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let chat = house.direct(admin, "bert").await;
    house.send(bert, chat, "hi").await.unwrap();
    let view = house
        .service
        .set_display_name(bert, "  Bert B.  ".into())
        .await
        .unwrap();
    assert_eq!(
        (view.display_name.as_str(), view.name.as_str()),
        ("Bert B.", "Bert B.")
    );
    let last = house.service.last_message(chat).unwrap().unwrap();
    assert_eq!(last.sender.display_name, "Bert B.");
    assert_eq!(
        house.service.user(admin, bert.user).unwrap().display_name,
        "Bert B."
    );
    let events = house.service.head();
    house
        .service
        .set_display_name(bert, "Bert B.".into())
        .await
        .unwrap();
    assert_eq!(house.service.head(), events, "the same name is no event");
    let empty = house.service.set_display_name(bert, " ".into()).await;
    assert_eq!(refused(empty), ("too_short", Some("displayName"), Some(1)));
}

#[tokio::test]
async fn changing_the_password_needs_the_old_one_and_ends_the_other_sessions() {
    let house = House::open();
    let bert = house.user("bert").await;
    let other = house.sign_in("bert").await.unwrap();
    let service = &house.service;
    let wrong = service
        .change_password(bert, "wrong password".into(), NEW.into())
        .await;
    assert_eq!(code(wrong), "invalid_credentials");
    let short = service
        .change_password(bert, PASSWORD.into(), "short".into())
        .await;
    assert_eq!(refused(short), ("too_short", Some("newPassword"), Some(8)));
    assert!(service.authenticate(&other.token).is_ok());

    service
        .change_password(bert, PASSWORD.into(), NEW.into())
        .await
        .unwrap();
    assert_eq!(code(service.authenticate(&other.token)), "unauthorized");
    assert!(service.require_session(bert).is_ok());
    assert_eq!(code(house.sign_in("bert").await), "invalid_credentials");
    assert!(service.sign_in("bert", NEW, device()).await.is_ok());
    let keeps = |body: &EventBody| {
        matches!(body,
        EventBody::PasswordChanged { keep: Some(kept), .. } if *kept == bert.session)
    };
    assert_eq!(house.published.count(keeps), 1, "followers hear of it");
}

#[tokio::test]
async fn passwords_are_the_same_in_every_normal_form_and_never_cut() {
    let house = House::open();
    let new = NewAccount {
        password: "caf\u{e9} secr\u{e9}t".into(),
        ..account("bert")
    };
    house.service.add_user(new, Role::Member).await.unwrap();
    let sign_in = async |password: &str| house.service.sign_in("bert", password, device()).await;
    assert!(sign_in("cafe\u{301} secre\u{301}t").await.is_ok());
    assert!(
        sign_in("caf\u{e9}\u{a0}secr\u{e9}t").await.is_ok(),
        "other spaces are spaces"
    );
    assert_eq!(code(sign_in("cafe secret").await), "invalid_credentials");
    let long = "x".repeat(255);
    let new = NewAccount {
        password: format!("{long}y"),
        ..account("long")
    };
    house.service.add_user(new, Role::Member).await.unwrap();
    let cut = house
        .service
        .sign_in("long", &format!("{long}z"), device())
        .await;
    assert_eq!(code(cut), "invalid_credentials");
}

#[tokio::test]
async fn only_administrators_manage_accounts() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let (bert, carl) = (house.user("bert").await, house.user("carl").await);
    let service = &house.service;
    let change = async |change| {
        service
            .change_account(bert.actor(), carl.user, change)
            .await
    };
    assert_eq!(code(change(disable(true)).await), "forbidden");
    assert_eq!(code(change(make(Role::Admin)).await), "forbidden");
    let own = service
        .change_account(bert.actor(), bert.user, make(Role::Admin))
        .await;
    assert_eq!(code(own), "forbidden");
    let set = service
        .set_password(bert.actor(), carl.user, NEW.into())
        .await;
    assert_eq!(code(set), "forbidden");
    let nobody = inkspot::model::ids::UserId(7);
    let set = service
        .set_password(admin.actor(), nobody, NEW.into())
        .await;
    assert_eq!(code(set), "not_found");
    let set = service
        .change_account(admin.actor(), nobody, disable(true))
        .await;
    assert_eq!(code(set), "not_found");
}

#[tokio::test]
async fn a_lowered_role_counts_on_the_next_action_of_the_same_session() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let service = &house.service;
    let raised = service
        .change_account(admin.actor(), bert.user, make(Role::Admin))
        .await;
    assert_eq!(raised.unwrap().role, Role::Admin);
    assert!(
        service
            .create_invite(bert, NewInvite::default())
            .await
            .is_ok()
    );
    service
        .change_account(admin.actor(), bert.user, make(Role::Member))
        .await
        .unwrap();
    assert_eq!(
        code(service.create_invite(bert, NewInvite::default()).await),
        "forbidden"
    );
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_comes_back() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let carl = house.user("carl").await;
    let other = house.sign_in("bert").await.unwrap();
    let chat = house.direct(admin, "bert").await;
    house.send(bert, chat, "hi").await.unwrap();
    let service = &house.service;
    let view = service
        .change_account(admin.actor(), bert.user, disable(true))
        .await
        .unwrap();
    assert!(view.disabled);
    assert_eq!(code(service.authenticate(&other.token)), "unauthorized");
    assert_eq!(code(service.require_session(bert)), "unauthorized");
    assert_eq!(
        code(house.send(bert, chat, "still here").await),
        "unauthorized"
    );
    assert_eq!(code(house.sign_in("bert").await), "invalid_credentials");
    let listed = |caller| {
        let listed = service.directory(caller, "", 100).unwrap();
        listed.iter().any(|user| user.id == bert.user)
    };
    assert!(!listed(carl), "not in the directory");
    assert!(listed(admin), "but for who can enable them again");
    let last = service.last_message(chat).unwrap().unwrap();
    assert_eq!(last.sender.username, "bert", "but in histories");

    service
        .change_account(Actor::System, bert.user, disable(false))
        .await
        .unwrap();
    assert_eq!(
        code(service.authenticate(&other.token)),
        "unauthorized",
        "sessions don't return"
    );
    assert!(house.sign_in("bert").await.is_ok());
}

#[tokio::test]
async fn the_last_enabled_administrator_stays_one() {
    let house = House::open();
    let first = house.set_up().await.signed_in.caller;
    let second = house.admin("second").await;
    let service = &house.service;
    service
        .change_account(first.actor(), second.user, disable(true))
        .await
        .unwrap();
    for change in [disable(true), make(Role::Member)] {
        let answer = service
            .change_account(first.actor(), first.user, change)
            .await;
        assert_eq!(code(answer), "conflict");
    }
    service
        .change_account(first.actor(), second.user, disable(false))
        .await
        .unwrap();
    let (one, other) = tokio::join!(
        service.change_account(Actor::System, first.user, make(Role::Member)),
        service.change_account(Actor::System, second.user, make(Role::Member)),
    );
    assert!(one.is_ok());
    assert_eq!(code(other), "conflict", "two at once can't both go");
}

#[tokio::test]
async fn an_administrator_sets_a_password_and_all_sessions_end() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    house.user("bert").await;
    let open = house.sign_in("bert").await.unwrap();
    let bert = open.caller.user;
    house
        .service
        .set_password(admin.actor(), bert, NEW.into())
        .await
        .unwrap();
    assert_eq!(
        code(house.service.authenticate(&open.token)),
        "unauthorized"
    );
    assert!(house.service.sign_in("bert", NEW, device()).await.is_ok());
    house
        .service
        .set_password(Actor::System, bert, PASSWORD.into())
        .await
        .unwrap();
    assert!(house.sign_in("bert").await.is_ok());
}

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_their_names() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    for (username, display_name) in [
        ("jdoe", "Jörg Döring"),
        ("anna-maria", "Anna Maria Weiß"),
        ("zoe.k", "Zoë Krüger"),
    ] {
        let new = NewAccount {
            display_name: Some(display_name.into()),
            ..account(username)
        };
        house.service.add_user(new, Role::Member).await.unwrap();
    }
    let found = |query: &str| -> Vec<String> {
        let found = house.service.directory(admin, query, 100).unwrap();
        found.into_iter().map(|user| user.username).collect()
    };
    for (query, names) in [
        ("", &["admin", "anna-maria", "jdoe", "zoe.k"][..]),
        ("an", &["anna-maria"]),
        ("ANNA-M", &["anna-maria"]),
        ("@jd", &["jdoe"]),
        ("jorg", &["jdoe"]),
        ("Dör jö", &["jdoe"]),
        ("weiss", &["anna-maria"]),
        ("maria anna", &["anna-maria"]),
        ("krüg zoe", &["zoe.k"]),
        ("zoe.k", &["zoe.k"]),
        ("nna", &[]),
        ("anna döring", &[]),
    ] {
        assert_eq!(found(query), names, "{query}");
    }
    assert_eq!(house.service.directory(admin, "", 2).unwrap().len(), 2);
    for (limit, code_) in [(0, "too_short"), (101, "too_long")] {
        let answer = refused(house.service.directory(admin, "", limit));
        assert_eq!((answer.0, answer.1), (code_, Some("limit")));
    }
    let long = house.service.directory(admin, &"x".repeat(65), 10);
    assert_eq!(refused(long), ("too_long", Some("q"), Some(64)));
}
