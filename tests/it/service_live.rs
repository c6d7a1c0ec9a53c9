//! Typing and presence, through the service and a clock that the test moves.

use std::time::Duration;

use inkspot::model::event::EventBody;
use inkspot::model::ids::{ConversationId, UserId};
use inkspot::service::{Caller, Settings, Signal, SocketId};

use crate::service_house::{House, code, settings};

const SECOND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

fn typing(conversation: ConversationId, who: Caller, on: bool) -> Signal {
    let user = who.user;
    Signal::Typing {
        conversation,
        user,
        on,
    }
}

fn online(who: Caller) -> Signal {
    Signal::Presence {
        user: who.user,
        online: true,
        last_seen: None,
    }
}

async fn room(house: &House) -> (Caller, Caller, ConversationId) {
    let anna = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let room = house.direct(anna, "bert").await;
    (anna, bert, room)
}

fn seen(user: UserId) -> impl Fn(&EventBody) -> bool {
    move |body| matches!(body, EventBody::LastSeen { user: of, .. } if *of == user)
}

#[tokio::test]
async fn typing_stops_by_itself_three_seconds_after_the_last_sign() {
    let mut house = House::open();
    let (_, bert, room) = room(&house).await;
    let socket = SocketId(1);
    house.service.typing_started(bert, socket, room).unwrap();
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, true)));
    house.clock.advance(SECOND);
    house.service.typing_started(bert, socket, room).unwrap();
    assert_eq!(
        house.signals.recv().await,
        Some(typing(room, bert, true)),
        "told again"
    );
    house.clock.advance((3 * SECOND).saturating_sub(MOMENT));
    house.service.typing_started(bert, socket, room).unwrap();
    assert_eq!(
        house.signals.recv().await,
        Some(typing(room, bert, true)),
        "still seen"
    );
    house.clock.advance(3 * SECOND);
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, false)));
    house.service.typing_stopped(bert, socket, room).unwrap();
    assert!(house.signals.try_recv().is_err(), "a stop is told once");
}

#[tokio::test]
async fn a_flood_of_typing_is_told_once_a_second() {
    let mut house = House::open();
    let (_, bert, room) = room(&house).await;
    for n in 0..1000 {
        house
            .service
            .typing_started(bert, SocketId(n % 5), room)
            .unwrap();
    }
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, true)));
    assert!(house.signals.try_recv().is_err());
    house
        .service
        .typing_stopped(bert, SocketId(4), room)
        .unwrap();
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, false)));
}

#[tokio::test]
async fn typing_stops_when_the_socket_closes_and_when_the_typist_is_removed() {
    let mut house = House::open();
    let (anna, bert, direct) = room(&house).await;
    let group = house.group(anna, &["bert"]).await;
    let (one, other) = (SocketId(1), SocketId(2));
    house.service.typing_started(bert, one, direct).unwrap();
    house.service.typing_started(bert, other, group).unwrap();
    house.service.socket_closed(bert, one);
    for expected in [
        typing(direct, bert, true),
        typing(group, bert, true),
        typing(direct, bert, false),
    ] {
        assert_eq!(house.signals.recv().await, Some(expected));
    }
    house
        .service
        .remove_member(anna, group, bert.user)
        .await
        .unwrap();
    assert_eq!(
        house.signals.try_recv(),
        Ok(typing(group, bert, false)),
        "before the answer"
    );
    assert_eq!(
        code(house.service.typing_started(bert, other, group)),
        "not_found"
    );
    assert_eq!(
        code(house.service.typing_stopped(bert, other, group)),
        "not_found"
    );
    house.clock.advance(10 * SECOND);
    house
        .service
        .typing_started(anna, SocketId(3), direct)
        .unwrap();
    assert_eq!(
        house.signals.recv().await,
        Some(typing(direct, anna, true)),
        "no second stop"
    );
}

#[tokio::test]
async fn a_stop_of_one_tab_does_not_stop_the_other() {
    let mut house = House::open();
    let (_, bert, room) = room(&house).await;
    house
        .service
        .typing_started(bert, SocketId(1), room)
        .unwrap();
    house
        .service
        .typing_started(bert, SocketId(2), room)
        .unwrap();
    house
        .service
        .typing_stopped(bert, SocketId(1), room)
        .unwrap();
    house.service.socket_closed(bert, SocketId(1));
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, true)));
    assert!(house.signals.try_recv().is_err());
    house
        .service
        .typing_stopped(bert, SocketId(2), room)
        .unwrap();
    assert_eq!(house.signals.recv().await, Some(typing(room, bert, false)));
}

#[tokio::test]
async fn somebody_is_online_until_the_last_socket_is_closed_for_the_grace() {
    let mut house = House::open();
    let (anna, bert, _) = room(&house).await;
    let (one, other) = (SocketId(1), SocketId(2));
    assert!(!house.service.is_online(bert.user));
    assert_eq!(house.service.last_seen(bert.user), None, "never here");
    house.service.socket_opened(bert, one);
    house.service.socket_opened(bert, one);
    house.service.socket_opened(bert, other);
    assert_eq!(house.signals.recv().await, Some(online(bert)));
    assert!(house.signals.try_recv().is_err(), "told once");
    house.service.socket_closed(bert, one);
    house.service.socket_closed(bert, one);
    house.clock.advance(60 * SECOND);
    assert!(
        house.service.user(anna, bert.user).unwrap().online,
        "the other socket lives"
    );

    let at = house.clock.now();
    house.service.socket_closed(bert, other);
    house.clock.advance((5 * SECOND).saturating_sub(MOMENT));
    assert!(house.service.is_online(bert.user));
    house.clock.advance(MOMENT);
    let gone = Signal::Presence {
        user: bert.user,
        online: false,
        last_seen: Some(at),
    };
    assert_eq!(house.signals.recv().await, Some(gone));
    assert!(!house.service.is_online(bert.user));
    assert_eq!(house.service.last_seen(bert.user), Some(at));
    let view = house.service.user(anna, bert.user).unwrap();
    assert_eq!((view.online, view.last_seen_at), (false, Some(at)));
    // What is queued after it is answered after it.
    house
        .service
        .set_display_name(anna, "A".into())
        .await
        .unwrap();
    assert_eq!(house.published.count(seen(bert.user)), 1);
    let house = house.restart(settings()).await;
    assert_eq!(house.service.last_seen(bert.user), Some(at), "it is stored");
}

#[tokio::test]
async fn a_reconnection_within_the_grace_is_not_seen() {
    let mut house = House::open();
    let (anna, bert, _) = room(&house).await;
    house.service.socket_opened(bert, SocketId(1));
    assert_eq!(house.signals.recv().await, Some(online(bert)));
    for n in 1..50 {
        house.service.socket_closed(bert, SocketId(n));
        house.clock.advance(4 * SECOND);
        house.service.socket_opened(bert, SocketId(n + 1));
    }
    house.clock.advance(60 * SECOND);
    house.service.socket_opened(anna, SocketId(1000));
    assert_eq!(
        house.signals.recv().await,
        Some(online(anna)),
        "nothing of bert"
    );
    house
        .service
        .set_display_name(anna, "A".into())
        .await
        .unwrap();
    assert_eq!(house.published.count(seen(bert.user)), 0);
}

#[tokio::test]
async fn a_close_of_an_unknown_socket_changes_nothing() {
    let mut house = House::open();
    let (anna, bert, _) = room(&house).await;
    house.service.socket_closed(bert, SocketId(7));
    house.service.socket_opened(bert, SocketId(1));
    house.service.socket_closed(bert, SocketId(7));
    house.service.socket_closed(anna, SocketId(1));
    house.clock.advance(60 * SECOND);
    house.service.socket_opened(anna, SocketId(2));
    assert_eq!(house.signals.recv().await, Some(online(bert)));
    assert_eq!(house.signals.recv().await, Some(online(anna)));
    assert!(house.service.is_online(bert.user));
}

#[tokio::test]
async fn many_who_go_at_once_are_told_each() {
    let mut house = House::open();
    house.set_up().await;
    let mut people = Vec::new();
    for n in 0..20 {
        people.push(house.user(&format!("user{n}")).await);
    }
    for (n, who) in (0..).zip(&people) {
        house.service.socket_opened(*who, SocketId(n));
    }
    for (n, who) in (0..).zip(&people) {
        house.service.socket_closed(*who, SocketId(n));
    }
    house.clock.advance(5 * SECOND);
    let mut gone = 0;
    for _ in 0..40 {
        if let Some(Signal::Presence { online: false, .. }) = house.signals.recv().await {
            gone += 1;
        }
    }
    assert_eq!(gone, 20);
    assert!(people.iter().all(|who| !house.service.is_online(who.user)));
}

#[tokio::test]
async fn who_is_here_when_the_server_stops_was_last_seen_then() {
    let house = House::open_with(Settings {
        grace: 30 * SECOND,
        ..settings()
    });
    let (anna, bert, _) = room(&house).await;
    house.service.socket_opened(anna, SocketId(1));
    house.service.socket_opened(bert, SocketId(2));
    house.service.socket_closed(bert, SocketId(2));
    house.clock.advance(SECOND);
    let at = house.clock.now();
    let house = house.restart(settings()).await;
    assert_eq!(house.service.last_seen(anna.user), Some(at));
    assert_eq!(house.service.last_seen(bert.user), Some(at));
}
