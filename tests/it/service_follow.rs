//! Following the log, its trimming, a full disk, and the orderly end, through the service.

use std::time::Duration;

use inkspot::model::ids::{EventSeq, Offset};
use inkspot::service::{LogLimits, Settings, Tail};

use crate::service_house::{House, code, settings};

#[tokio::test]
async fn the_tail_of_the_log_is_what_was_published() {
    let house = House::open();
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    let before = house.service.head();
    for n in 0..5 {
        house.send(anna, room, &n.to_string()).await.unwrap();
    }
    assert_eq!(*house.service.published().borrow(), house.service.head());
    let published = house.published.events();
    let expected: Vec<_> = published
        .into_iter()
        .filter(|event| event.seq > before)
        .collect();
    assert_eq!(expected.len(), 5);
    let after = house.service.offset(before);
    assert_eq!(
        house.service.tail(after, 100),
        Ok(Tail::Events(expected.clone()))
    );
    assert_eq!(
        house.service.tail(after, 2),
        Ok(Tail::Events(expected[..2].to_vec()))
    );
    let head = house.service.offset(house.service.head());
    assert_eq!(house.service.tail(head, 100), Ok(Tail::Events(vec![])));
}

#[tokio::test]
async fn a_position_of_another_log_or_of_the_future_is_none() {
    let house = House::open();
    house.set_up().await;
    let head = house.service.offset(house.service.head());
    let other = Offset {
        epoch: head.epoch.wrapping_add(1),
        ..head
    };
    assert_eq!(house.service.tail(other, 10), Ok(Tail::Trimmed));
    let future = Offset {
        seq: EventSeq(head.seq.0 + 1),
        ..head
    };
    assert_eq!(house.service.tail(future, 10), Ok(Tail::Trimmed));
}

#[tokio::test]
async fn the_log_is_trimmed_in_the_background_while_everything_goes_on() {
    let house = House::open_with(Settings {
        log_limits: LogLimits {
            max_age: Duration::from_hours(24),
            max_events: 10,
        },
        ..settings()
    });
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    for n in 0..600 {
        house.send(anna, room, &n.to_string()).await.unwrap();
    }
    let start = house.service.offset(EventSeq(0));
    assert!(matches!(house.service.tail(start, 1), Ok(Tail::Events(_))));
    house.clock.advance(Duration::from_hours(1));
    // The trim goes on between commits; each answered message lets it do another slice.
    let recent = |house: &House| house.service.offset(EventSeq(house.service.head().0 - 20));
    let mut sent = 600;
    while house.service.tail(recent(&house), 1) != Ok(Tail::Trimmed) {
        house.send(anna, room, "more").await.unwrap();
        sent += 1;
    }
    let page = house
        .service
        .messages(anna, room, inkspot::service::PageAt::Newest, 1)
        .unwrap();
    assert_eq!(page.messages[0].seq, sent, "messages stay");
    let last = house.service.offset(EventSeq(house.service.head().0 - 1));
    assert!(matches!(house.service.tail(last, 10), Ok(Tail::Events(events)) if events.len() == 1));
}

#[tokio::test]
async fn stopping_answers_what_waits_and_the_rest_is_told_to_come_later() {
    let house = House::open();
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    let House {
        service,
        running,
        fatal,
        published,
        ..
    } = house;
    let sends =
        (0..100).map(|n| service.send(anna, crate::service_house::message(room, &n.to_string())));
    let sends = futures_util::future::join_all(sends);
    // The sends are queued first, then the end begins.
    let (answers, ()) = tokio::join!(sends, running.stop());
    assert!(answers.iter().all(Result::is_ok));
    let late = service
        .send(anna, crate::service_house::message(room, "late"))
        .await;
    assert_eq!(code(late), "server_busy");
    assert_eq!(*service.published().borrow(), service.head());
    assert_eq!(published.events().len() as u64, service.head().0);
    assert_eq!(*fatal.lock(), None, "an orderly end is no failure");
    assert!(
        service
            .messages(anna, room, inkspot::service::PageAt::Newest, 1)
            .is_ok()
    );
}

#[tokio::test]
async fn a_full_disk_refuses_sends_in_clear_words_and_reading_goes_on() {
    let house = House::open();
    let set_up = house.set_up().await;
    let (anna, room) = (set_up.signed_in.caller, set_up.conversation.id);
    house.send(anna, room, "before").await.unwrap();
    let house = house.restart_full().await;
    for _ in 0..2 {
        let refused = house.send(anna, room, "no room").await.unwrap_err();
        assert_eq!(refused.code(), "storage_full");
        assert!(refused.message().contains("disk is full"));
    }
    let page = house
        .service
        .messages(anna, room, inkspot::service::PageAt::Newest, 10)
        .unwrap();
    assert_eq!(page.messages.len(), 1);
    assert_eq!(*house.fatal.lock(), None);
    let house = house.restart(settings()).await;
    assert_eq!(
        house
            .send(anna, room, "room again")
            .await
            .unwrap()
            .message
            .seq,
        2
    );
}
