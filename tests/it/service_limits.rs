//! Rates of the actions, through the service: at, under and over; shared over sessions.

use std::pin::pin;
use std::sync::mpsc;

use futures_util::FutureExt;
use inkspot::model::ids::Seq;
use inkspot::model::{Registration, Role};
use inkspot::service::{
    AccountChange, Answer, LimitedAction, NewInvite, OpenHouse, PageAt, ReadUpTo, ServiceError,
    Settings, SocketId,
};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;

use crate::service_house::{
    House, PASSWORD, account, code, device, device_at, group, message, settings,
};

fn limited() -> Settings {
    Settings {
        limited: true,
        ..settings()
    }
}

/// Uses a bucket up to its last piece, sees the refusal, waits, and gets one more.
async fn check<T>(house: &House, action: LimitedAction, act: impl AsyncFn() -> Answer<T>) {
    check_rest(house, action, 0, act).await;
}

async fn check_rest<T>(
    house: &House,
    action: LimitedAction,
    used: u32,
    act: impl AsyncFn() -> Answer<T>,
) {
    let (burst, every) = action.rate();
    let is_limited = |answer: Answer<T>| match answer.map(drop) {
        Err(ServiceError::RateLimited { action: of, wait }) => {
            assert_eq!(of, action);
            assert!(wait <= every, "{action:?} {wait:?}");
            true
        }
        _ => false,
    };
    for n in used..burst {
        assert!(!is_limited(act().await), "{action:?} {n}");
    }
    assert!(is_limited(act().await), "{action:?}");
    house.clock.advance(every);
    assert!(!is_limited(act().await), "{action:?}");
    assert!(is_limited(act().await), "{action:?}");
}

#[tokio::test]
async fn every_action_of_a_person_has_its_rate() {
    let house = House::open_with(limited());
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    let service = &house.service;
    check(&house, LimitedAction::Send, async || {
        house.send(anna, room, "x").await
    })
    .await;
    let mark = async || service.mark_read(anna, room, ReadUpTo::Seq(Seq(1))).await;
    check(&house, LimitedAction::Receipt, mark).await;
    let types = async || service.typing_started(anna, SocketId(1), room);
    check(&house, LimitedAction::Typing, types).await;
    let page = async || service.messages(anna, room, PageAt::Newest, 1);
    check(&house, LimitedAction::Read, page).await;
    let make = async || service.create_conversation(anna, group("x", &[])).await;
    check(&house, LimitedAction::Conversation, make).await;
    let rename = async || service.set_display_name(anna, "A".into()).await;
    check(&house, LimitedAction::Account, rename).await;
    let change = AccountChange {
        role: Some(Role::Admin),
        disabled: None,
    };
    let manage = async || {
        service
            .change_account(anna.actor(), anna.user, change)
            .await
    };
    check(&house, LimitedAction::Manage, manage).await;
    let password = async || {
        service
            .change_password(anna, "wrong one".into(), PASSWORD.into())
            .await
    };
    check(&house, LimitedAction::Password, password).await;
}

#[tokio::test]
async fn a_rate_is_shared_over_the_sessions_of_a_person_and_with_nobody_else() {
    let house = House::open_with(limited());
    let room = house.set_up().await.conversation.id;
    let (one, carl) = (house.user("bert").await, house.user("carl").await);
    let other = house.sign_in("bert").await.unwrap().caller;
    let (burst, _) = LimitedAction::Send.rate();
    for n in 0..burst {
        let from = if n % 2 == 0 { one } else { other };
        house.send(from, room, "x").await.unwrap();
    }
    for from in [one, other] {
        let refused = house.send(from, room, "x").await.unwrap_err();
        assert_eq!(
            (refused.code(), refused.retry_after()),
            ("rate_limited", Some(1))
        );
        assert!(
            refused.message().contains("Try again in 1 s"),
            "{}",
            refused.message()
        );
    }
    assert!(house.send(carl, room, "x").await.is_ok());
}

#[tokio::test]
async fn invites_and_setup_links_are_tried_at_a_rate_by_network() {
    let house = House::open_with(limited());
    let address = device().address;
    let guess = async || house.service.setup_state(Some("guess"), address);
    check(&house, LimitedAction::Join, guess).await;
    let token = house.service.setup_token().unwrap();
    let refused = house.service.setup(token, account("admin"), device()).await;
    assert!(matches!(refused, Err(ServiceError::RateLimited { .. })));
    let refused = house.service.preview_invite("guess", address);
    assert!(matches!(refused, Err(ServiceError::RateLimited { .. })));
    let refused = house
        .service
        .accept_invite("guess".into(), account("x"), device())
        .await;
    assert!(matches!(refused, Err(ServiceError::RateLimited { .. })));
    let elsewhere = device_at([203, 0, 113, 1]).address;
    assert!(house.service.setup_state(None, elsewhere).is_ok());
}

#[tokio::test]
async fn what_is_refused_by_its_fields_uses_nothing_up() {
    let house = House::open_with(limited());
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    for _ in 0..100 {
        assert_eq!(
            house.send(anna, room, "").await.unwrap_err().code(),
            "too_short"
        );
    }
    assert!(house.service.send(anna, message(room, "x")).await.is_ok());
}

#[tokio::test]
async fn the_command_line_is_not_limited() {
    let house = House::open_with(limited());
    let set_up = house.set_up().await;
    let anna = set_up.signed_in.caller.user;
    for n in 0..100 {
        let actor = inkspot::model::Actor::System;
        let change = AccountChange::default();
        house
            .service
            .change_account(actor, anna, change)
            .await
            .unwrap();
        house
            .service
            .add_user(account(&format!("user{n}")), Role::Member)
            .await
            .unwrap();
    }
    let invite = house
        .service
        .create_invite(set_up.signed_in.caller, NewInvite::default())
        .await;
    assert!(invite.is_ok());
}

/// One thread does what blocks, and it is kept busy: a password is not hashed until the test says so.
#[test]
fn who_goes_while_the_password_is_hashed_gives_the_place_of_the_hour_back() {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let house = House::open_with(Settings {
            registration: Registration::Open,
            open: OpenHouse {
                per_hour: 1,
                ..OpenHouse::default()
            },
            ..limited()
        });
        house.set_up().await;
        let (go, may_go) = mpsc::channel::<()>();
        let busy = spawn_blocking(move || may_go.recv());
        let register = |name| house.service.register(account(name), device());
        {
            let mut asked = pin!(register("anna"));
            assert!(asked.as_mut().now_or_never().is_none());
            assert_eq!(code(register("bert").await), "registration_busy");
        }
        drop(go);
        // It was told nothing: nobody is there any more.
        assert!(busy.await.unwrap().is_err());
        register("carl").await.unwrap();
        assert_eq!(code(register("dora").await), "registration_busy");
    });
}
