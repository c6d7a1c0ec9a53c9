use std::time::Duration;

use inkspot::engine::{DisconnectReason, EngineConfig, Event, RoomId};

use super::client::{Got, Poller, Ws, text};
use super::program::Server;
use crate::frames::frame;

const ROOM: RoomId = RoomId::new(0, 0);

#[tokio::test]
async fn case_22_who_never_reads_is_closed_and_nobody_else_notices() {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for name in ["reads", "never reads"] {
        let mut ws = Ws::open(&server).await;
        ws.send("40").await;
        server.accept(name).await.join(ROOM);
        ws.next().await;
        clients.push(ws);
    }
    let (_idle, mut reader) = (clients.pop().unwrap(), clients.pop().unwrap());
    let payload = "x".repeat(4_000);
    for n in 0..10_000 {
        let event = Event::named("n").arg(&(n, &payload)).unwrap().build();
        assert!(server.engine.emit(ROOM, &event, None) >= 1);
        let expected = text(&format!("42[\"n\",[{n},\"{payload}\"]]"));
        assert_eq!(reader.next().await, expected);
        let stats = server.engine.stats();
        assert!(stats.bytes_waiting <= 1024 * 1024 + 8_000, "{stats:?}");
    }
    let (socket, reason) = server.disconnected().await;
    assert_eq!(
        (*socket.data(), reason),
        ("never reads", DisconnectReason::TooSlow)
    );
    assert_eq!(server.engine.members(ROOM), 1);
    assert_eq!(server.engine.stats().closed_slow, 1);
}

#[tokio::test]
async fn all_slow_clients_together_are_bounded_too() {
    let config = EngineConfig {
        queue_bytes_in_all: 100_000,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    let big = Event::named("big")
        .arg(&"x".repeat(30_000))
        .unwrap()
        .build();
    let mut sockets = Vec::new();
    for _ in 0..4 {
        let poller = Poller::open(&server).await;
        poller.connect(&server, "slow").await;
        poller.post("42[\"a\"]").await;
        let socket = server.event().await.socket;
        socket.emit(&big);
        sockets.push(socket);
    }
    let (socket, reason) = server.disconnected().await;
    assert_eq!((&socket, reason), (&sockets[3], DisconnectReason::TooSlow));
    let waiting = server.engine.stats().bytes_waiting;
    assert_eq!(waiting, 3 * (big.wire_len() + 128));
}

#[tokio::test]
async fn tiny_events_count_for_the_memory_that_they_take() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "slow").await;
    poller.post("42[\"a\"]").await;
    let socket = server.event().await.socket;
    let most = EngineConfig::default().queue_bytes / 128;
    let tiny = Event::named("t").build();
    let taken = (0..=most).take_while(|_| socket.emit(&tiny)).count();
    assert!(taken <= most, "{taken}");
    assert_eq!(server.disconnected().await.1, DisconnectReason::TooSlow);
}

#[tokio::test]
async fn a_client_is_not_read_while_its_events_wait() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "polling").await;
    let body: Vec<_> = (0..20).map(|n| format!("42[\"n\",{n}]")).collect();
    let post = tokio::spawn({
        let poller = poller.clone();
        async move { poller.post(&body.join("\x1e")).await }
    });
    let mut waiting = Vec::new();
    for n in 0..8 {
        let event = server.event().await;
        assert_eq!(event.args, [n.to_string()]);
        waiting.push(event.credit);
    }
    // Whatever else goes on, nothing more of this client is heard.
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "websocket").await;
    assert!(server.is_silent().await);
    for n in 8..20 {
        waiting.remove(0);
        let event = server.event().await;
        assert_eq!(event.args, [n.to_string()]);
        waiting.push(event.credit);
    }
    assert_eq!(post.await.unwrap().0, 200);
    waiting.clear();

    // In one piece, so that most of it is read before it is wanted.
    let all: Vec<u8> = (0..100)
        .flat_map(|n| frame(0x81, format!("42[\"n\",{n}]").as_bytes()))
        .collect();
    ws.send_raw(&all).await;
    for n in 0..100 {
        let event = server.event().await;
        assert_eq!(event.args, [n.to_string()]);
        waiting.push(event.credit);
        if waiting.len() == 8 {
            waiting.remove(3);
        }
    }
}

#[tokio::test]
async fn who_sends_too_fast_is_read_slowly() {
    let config = EngineConfig {
        packets_per_second: Some(1),
        packets_burst: 5,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    for n in 0..8 {
        ws.send(&format!("42[\"n\",{n}]")).await;
    }
    // CONNECT was the first; one more is taken before it shows that it was one too many.
    for n in 0..5 {
        assert_eq!(server.event().await.args, [n.to_string()]);
    }
    let mut other = Ws::open(&server).await;
    other.connect(&server, "bob").await;
    assert!(server.is_silent().await);
    for n in 5..8 {
        server.pass(Duration::from_secs(1)).await;
        assert_eq!(server.event().await.args, [n.to_string()]);
    }
}

#[tokio::test]
async fn incomplete_messages_of_all_together_are_bounded() {
    let config = EngineConfig {
        input_bytes_in_all: 1_000_000,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    let (mut one, mut other) = (Ws::open(&server).await, Ws::open(&server).await);
    one.connect(&server, "one").await;
    other.connect(&server, "other").await;
    let wire = frame(0x82, &vec![0; 700_000]);
    one.send_raw(&wire[..600_000]).await;
    while server.engine.stats().input_bytes < 590_000 {
        tokio::task::yield_now().await;
    }
    other.send_raw(&wire[..600_000]).await;
    assert_eq!(other.next().await, Got::Close(1013));
    assert_eq!(*server.disconnected().await.0.data(), "other");
}
