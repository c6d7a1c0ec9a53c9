use inkspot::engine::{DisconnectReason, EngineConfig, Event};

use super::client::Poller;
use super::program::Server;

#[tokio::test]
async fn a_poll_waits_and_brings_all_that_has_come_together() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    assert_eq!(
        poller.post("42[\"a\"]\x1e420[\"b\",1]").await,
        (200, "ok".to_owned())
    );
    let (a, b) = (server.event().await, server.event().await);
    assert_eq!(
        (&*a.name, &*b.name, &b.args),
        ("a", "b", &vec!["1".to_owned()])
    );
    let binary = Event::named("bytes").json(r#"{"_placeholder":true,"num":0}"#);
    a.socket
        .emit(&binary.attachment(vec![1, 2, 3, 4].into()).build());
    b.ack.unwrap().send("yes").unwrap();
    let (status, payload) = poller.poll().await;
    assert_eq!(status, 200);
    assert_eq!(
        payload.split('\x1e').collect::<Vec<_>>(),
        [
            r#"451-["bytes",{"_placeholder":true,"num":0}]"#,
            "bAQIDBA==",
            r#"430["yes"]"#
        ]
    );
    let parked = tokio::spawn({
        let poller = poller.clone();
        async move { poller.poll().await }
    });
    b.socket.emit(&Event::named("later").build());
    assert_eq!(parked.await.unwrap().1, "42[\"later\"]");
}

#[tokio::test]
async fn case_21_two_polls_at_once_end_the_session() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    let both = tokio::join!(poller.poll(), poller.poll());
    let mut both = [both.0, both.1];
    both.sort();
    assert_eq!(both[0], (200, "1".to_owned()));
    assert_eq!(both[1].0, 400);
    assert_eq!(server.disconnected().await.1, DisconnectReason::Protocol);
    assert_eq!(poller.poll().await.0, 400);
    assert_eq!(server.engine.stats().connections, 0);
}

#[tokio::test]
async fn bad_bodies_end_the_session() {
    let config = EngineConfig {
        packets_per_second: None,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    let flood = "3\x1e".repeat(600) + "3";
    let large = format!("4{}", "x".repeat(1_000_000));
    for (body, status) in [
        ("abc", 400),
        ("", 400),
        ("4abc", 400),
        ("bAQID", 400),
        ("2", 400),
        ("5", 400),
        (&flood, 400),
        (&large, 413),
    ] {
        let poller = Poller::open(&server).await;
        poller.connect(&server, "alice").await;
        assert_eq!(poller.post(body).await.0, status, "{body:.10}");
        server.disconnected().await;
        assert_eq!(poller.poll().await.0, 400);
    }
    assert_eq!(server.engine.stats().input_bytes, 0);
    assert_eq!(server.engine.stats().connections, 0);
}

#[tokio::test]
async fn case_25_a_parked_poll_dies_at_once_with_its_session() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    poller.post("42[\"a\"]").await;
    let socket = server.event().await.socket;
    let parked = tokio::spawn({
        let poller = poller.clone();
        async move { poller.poll().await }
    });
    socket.disconnect();
    let (status, payload) = parked.await.unwrap();
    assert_eq!(status, 200);
    // Both, or the first and then the other.
    if payload == "41" {
        assert_eq!(poller.poll().await, (200, "1".to_owned()));
    } else {
        assert_eq!(payload, "41\x1e1");
    }
    assert_eq!(server.disconnected().await.1, DisconnectReason::ServerLeft);
    assert_eq!(poller.poll().await.0, 400);
}

#[tokio::test]
async fn a_client_that_closes_gets_its_last_poll_and_no_more() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    assert_eq!(poller.post("1").await, (200, "ok".to_owned()));
    assert_eq!(
        server.disconnected().await.1,
        DisconnectReason::ClientClosed
    );
    assert_eq!(poller.poll().await, (200, "6".to_owned()));
    assert_eq!(poller.poll().await.0, 400);
}

#[tokio::test]
async fn case_22_what_nobody_polls_is_bounded_and_volatile_events_are_coalesced() {
    let config = EngineConfig {
        queue_bytes: 10_000,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    poller.post("42[\"a\"]").await;
    let socket = server.event().await.socket;
    let typing = |who: u64, n: u64| {
        let event = Event::named("typing").arg(&(who, n)).unwrap();
        event.replacing(who).build()
    };
    for n in 0..1_000 {
        assert!(socket.emit(&typing(1, n)));
        assert!(socket.emit(&typing(2, n)));
    }
    socket.emit(&Event::named("kept").build());
    let (_, first) = poller.poll().await;
    let (_, then) = poller.poll().await;
    assert_eq!(first, "42[\"kept\"]");
    assert_eq!(then, "42[\"typing\",[1,999]]\x1e42[\"typing\",[2,999]]");

    let big = Event::named("big").arg(&"x".repeat(1_000)).unwrap().build();
    let taken = (0..100).take_while(|_| socket.emit(&big)).count();
    assert!((9..=11).contains(&taken), "{taken}");
    assert_eq!(server.disconnected().await.1, DisconnectReason::TooSlow);
    assert_eq!(server.engine.stats().bytes_waiting, 0);
    assert_eq!(server.engine.stats().closed_slow, 1);
    assert_eq!(poller.poll().await.0, 400);
}
