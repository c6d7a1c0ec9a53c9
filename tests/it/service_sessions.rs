//! Signing in and out, throttles, and the end of sessions, through the service.

use std::time::Duration;

use futures_util::FutureExt;
use inkspot::model::event::EventBody;
use inkspot::service::{
    AccountChange, Answer, Device, PasswordCost, ServiceError, Settings, SignedIn, SocketId,
};

use crate::service_house::{House, PASSWORD, code, device, device_at, settings};

const DAY: Duration = Duration::from_hours(24);

fn limited() -> Settings {
    Settings {
        limited: true,
        ..settings()
    }
}

#[tokio::test]
async fn unknown_wrong_and_disabled_are_answered_alike() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    house.user("carl").await;
    let change = AccountChange {
        disabled: Some(true),
        role: None,
    };
    house
        .service
        .change_account(admin.actor(), bert.user, change)
        .await
        .unwrap();
    for (name, password) in [
        ("nobody", PASSWORD),
        ("carl", "wrong password"),
        ("bert", PASSWORD),
        ("bert", "wrong password"),
        ("no such name!", PASSWORD),
        ("", ""),
        (&"x".repeat(60_000), PASSWORD),
        ("carl", &"x".repeat(1_000_000)),
        ("carl", "\u{0}"),
    ] {
        let answer = house.service.sign_in(name, password, device()).await;
        assert_eq!(answer.map(drop), Err(ServiceError::InvalidCredentials));
    }
}

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_ends() {
    let house = House::open();
    house.user("bert").await;
    let (one, other) = (
        house.sign_in("bert").await.unwrap(),
        house.sign_in("bert").await.unwrap(),
    );
    assert_ne!(one.token, other.token);
    let service = &house.service;
    assert_eq!(service.authenticate(&one.token), Ok(one.caller));
    for bad in [
        "",
        "x",
        &one.token[1..],
        &format!("{}x", one.token),
        &"A".repeat(43),
    ] {
        assert_eq!(code(service.authenticate(bad)), "unauthorized", "{bad}");
    }
    let sessions = service.sessions(one.caller).unwrap();
    assert_eq!(sessions.len(), 3);
    let current: Vec<_> = sessions.iter().filter(|session| session.current).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0].id, one.caller.session);
    assert_eq!(
        (current[0].user_agent.as_str(), current[0].address.as_str()),
        ("Test/1", "192.0.2.1")
    );

    service.sign_out(one.caller).await.unwrap();
    assert_eq!(code(service.authenticate(&one.token)), "unauthorized");
    assert_eq!(service.authenticate(&other.token), Ok(other.caller));
    assert_eq!(code(service.sign_out(one.caller).await), "unauthorized");
    let ended = |body: &EventBody| matches!(body, EventBody::SessionEnded { .. });
    assert_eq!(house.published.count(ended), 1, "followers hear of it");
}

#[tokio::test]
async fn one_ends_ones_own_sessions_only() {
    let house = House::open();
    let (anna, bert) = (house.user("anna").await, house.user("bert").await);
    let second = house.sign_in("anna").await.unwrap();
    let third = house.sign_in("anna").await.unwrap();
    let service = &house.service;
    assert_eq!(
        code(service.end_session(bert, anna.session).await),
        "not_found"
    );
    assert!(service.require_session(anna).is_ok());
    service
        .end_session(anna, second.caller.session)
        .await
        .unwrap();
    assert_eq!(code(service.authenticate(&second.token)), "unauthorized");
    assert_eq!(
        code(service.end_session(anna, second.caller.session).await),
        "not_found"
    );
    service.end_other_sessions(anna).await.unwrap();
    assert_eq!(code(service.authenticate(&third.token)), "unauthorized");
    assert_eq!(service.sessions(anna).unwrap().len(), 1);
    assert!(service.require_session(bert).is_ok());
}

#[tokio::test]
async fn a_command_of_a_session_that_ended_before_its_commit_is_refused() {
    let house = House::open();
    let everyone = house.set_up().await.conversation.id;
    let bert = house.user("bert").await;
    // Both are queued in this order before the first is decided.
    let (ended, sent) = tokio::join!(
        house.service.sign_out(bert),
        house.send(bert, everyone, "too late"),
    );
    assert_eq!(ended, Ok(()));
    assert_eq!(code(sent), "unauthorized");
}

#[tokio::test]
async fn a_session_ends_by_disuse_and_lives_by_use() {
    let house = House::open_with(Settings {
        session_idle: 10 * DAY,
        ..settings()
    });
    house.user("bert").await;
    let (used, unused) = (
        house.sign_in("bert").await.unwrap(),
        house.sign_in("bert").await.unwrap(),
    );
    house.clock.advance(9 * DAY);
    assert_eq!(house.service.authenticate(&used.token), Ok(used.caller));
    house.clock.advance(DAY);
    assert_eq!(
        code(house.service.authenticate(&unused.token)),
        "unauthorized"
    );
    house
        .clock
        .advance((9 * DAY).saturating_sub(Duration::from_millis(1)));
    assert_eq!(
        house.service.authenticate(&used.token),
        Ok(used.caller),
        "a moment before"
    );
    house.clock.advance(10 * DAY);
    assert_eq!(
        code(house.service.authenticate(&used.token)),
        "unauthorized"
    );
    assert!(house.service.sessions(used.caller).unwrap().is_empty());
    // The next sign-in clears them away.
    let fresh = house.sign_in("bert").await.unwrap();
    assert_eq!(house.service.sessions(fresh.caller).unwrap().len(), 1);
    assert_eq!(
        code(house.service.require_session(used.caller)),
        "unauthorized"
    );
}

#[tokio::test]
async fn the_last_use_is_noted_once_an_hour() {
    let house = House::open();
    let bert = house.user("bert").await;
    let open = house.sign_in("bert").await.unwrap();
    let used = |body: &EventBody| matches!(body, EventBody::SessionUsed { .. });
    let minute = Duration::from_mins(1);
    house.clock.advance(59 * minute);
    house.service.authenticate(&open.token).unwrap();
    house.clock.advance(minute);
    for _ in 0..100 {
        house.service.authenticate(&open.token).unwrap();
    }
    let at = house.clock.now();
    // What comes after it in the queue is answered after it.
    house
        .service
        .set_display_name(bert, "B".into())
        .await
        .unwrap();
    assert_eq!(house.published.count(used), 1);
    let sessions = house.service.sessions(open.caller).unwrap();
    assert_eq!(
        (sessions[0].id, sessions[0].last_used_at),
        (open.caller.session, at)
    );
}

#[tokio::test]
async fn an_open_socket_is_a_use_of_its_session() {
    let house = House::open_with(Settings {
        session_idle: DAY,
        ..settings()
    });
    let bert = house.user("bert").await;
    let open = house.sign_in("bert").await.unwrap();
    house.service.socket_opened(open.caller, SocketId(1));
    house.clock.advance(3 * DAY);
    house.service.socket_closed(open.caller, SocketId(1));
    // What comes after it in the queue is answered after it.
    house
        .service
        .set_display_name(bert, "B".into())
        .await
        .unwrap();
    assert_eq!(house.service.authenticate(&open.token), Ok(open.caller));
}

#[tokio::test]
async fn somebody_has_at_most_fifty_sessions() {
    let house = House::open();
    let first = house.user("bert").await;
    for _ in 1..50 {
        house.clock.advance(Duration::from_millis(1));
        house.sign_in("bert").await.unwrap();
    }
    assert!(house.service.require_session(first).is_ok());
    house.clock.advance(Duration::from_millis(1));
    let newest = house.sign_in("bert").await.unwrap();
    assert_eq!(code(house.service.require_session(first)), "unauthorized");
    assert_eq!(house.service.sessions(newest.caller).unwrap().len(), 50);
}

async fn try_wrong(house: &House, name: &str, from: Device) -> Answer<SignedIn> {
    house.service.sign_in(name, "wrong password", from).await
}

#[tokio::test]
async fn a_stranger_is_throttled_and_the_known_device_is_not_locked_out() {
    let house = House::open_with(limited());
    house.user("bert").await;
    let known = Device {
        token: Some(house.sign_in("bert").await.unwrap().device_token),
        ..device()
    };
    // The two sign-ins so far came from no known device: eight tries are left.
    for n in 0..8 {
        let stranger = device_at([203, 0, 113, n]);
        assert_eq!(
            code(try_wrong(&house, "bert", stranger).await),
            "invalid_credentials"
        );
    }
    let stranger = device_at([203, 0, 113, 99]);
    let refused = try_wrong(&house, "BERT", stranger.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("rate_limited", Some(60))
    );
    let right = house
        .service
        .sign_in("bert", PASSWORD, stranger.clone())
        .await;
    assert_eq!(
        code(right),
        "rate_limited",
        "a stranger can't go on guessing"
    );
    // An account that does not exist is throttled in the same way.
    for n in 0..10 {
        let stranger = device_at([203, 0, 113, n]);
        assert_eq!(
            code(try_wrong(&house, "nobody", stranger).await),
            "invalid_credentials"
        );
    }
    assert_eq!(
        code(try_wrong(&house, "nobody", stranger.clone()).await),
        "rate_limited"
    );

    let home = house.service.sign_in("bert", PASSWORD, known.clone()).await;
    assert!(home.is_ok(), "the true user's device");
    // That device has limits of its own.
    for _ in 0..9 {
        assert_eq!(
            code(try_wrong(&house, "bert", known.clone()).await),
            "invalid_credentials"
        );
    }
    assert_eq!(
        code(try_wrong(&house, "bert", known.clone()).await),
        "rate_limited"
    );
    house.clock.advance(Duration::from_mins(1));
    assert!(house.service.sign_in("bert", PASSWORD, known).await.is_ok());
    assert!(
        house
            .service
            .sign_in("bert", PASSWORD, stranger)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_device_token_is_worth_nothing_for_another_account() {
    let house = House::open_with(limited());
    house.user("bert").await;
    house.user("carl").await;
    let bert = house.sign_in("bert").await.unwrap();
    let device = Device {
        token: Some(bert.device_token),
        ..device_at([203, 0, 113, 1])
    };
    for _ in 0..9 {
        assert_eq!(
            code(try_wrong(&house, "carl", device.clone()).await),
            "invalid_credentials"
        );
    }
    assert_eq!(
        code(try_wrong(&house, "carl", device).await),
        "rate_limited"
    );
}

#[tokio::test]
async fn a_network_is_throttled_over_all_accounts() {
    let house = House::open_with(limited());
    for n in 0..30 {
        let answer = try_wrong(&house, &format!("name{n}"), device()).await;
        assert_eq!(code(answer), "invalid_credentials");
    }
    let refused = try_wrong(&house, "name30", device()).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("rate_limited", Some(5))
    );
    let elsewhere = try_wrong(&house, "name30", device_at([203, 0, 113, 1])).await;
    assert_eq!(code(elsewhere), "invalid_credentials");
    house.clock.advance(Duration::from_secs(5));
    assert_eq!(
        code(try_wrong(&house, "name30", device()).await),
        "invalid_credentials"
    );
}

#[tokio::test]
async fn many_sign_ins_at_once_are_bounded() {
    let house = House::open_with(Settings {
        password_turns: 1,
        password_cost: PasswordCost::default(),
        ..settings()
    });
    house.user("bert").await;
    let mut waiting = Vec::new();
    let mut busy = 0;
    // One real hash takes far longer than asking for all of them.
    for _ in 0..70 {
        let mut asked = Box::pin(house.service.sign_in("bert", PASSWORD, device()));
        match (&mut asked).now_or_never() {
            Some(answer) => {
                assert_eq!(code(answer), "server_busy");
                busy += 1;
            }
            None => waiting.push(asked),
        }
    }
    assert_eq!(
        (waiting.len(), busy),
        (64, 6),
        "the others are told so at once"
    );
    drop(waiting.split_off(2));
    for asked in waiting {
        assert!(asked.await.is_ok());
    }
    assert!(
        house.sign_in("bert").await.is_ok(),
        "who gave up holds no place"
    );
}
