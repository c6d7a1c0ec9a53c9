use inkspot::engine::{DisconnectReason, Event, RoomId, Socket};

use super::client::{Poller, Ws, text};
use super::program::{Program, Server};

const ROOM: RoomId = RoomId::new(1, 7);

fn numbered(n: u64) -> Event {
    Event::named("n").arg(&n).unwrap().sequence(n).build()
}

async fn join(server: &Server, name: &'static str) -> (Ws, Socket<Program>) {
    let mut ws = Ws::open(server).await;
    ws.send("40").await;
    let hold = server.accept(name).await;
    assert!(hold.join(ROOM));
    assert!(!hold.join(ROOM), "it is in already");
    ws.next().await;
    (ws, hold.release())
}

#[tokio::test]
async fn a_room_hears_everything_in_order_and_who_left_hears_nothing() {
    let server = Server::start().await;
    let (mut alice, alice_socket) = join(&server, "alice").await;
    let (mut bob, bob_socket) = join(&server, "bob").await;
    assert_eq!(server.engine.members(ROOM), 2);
    for n in 0..500 {
        assert_eq!(server.engine.emit(ROOM, &numbered(n), None), 2);
    }
    assert_eq!(
        server.engine.emit(ROOM, &numbered(500), Some(&bob_socket)),
        1
    );
    assert!(bob_socket.leave(ROOM));
    assert!(!bob_socket.leave(ROOM));
    assert_eq!(server.engine.emit(ROOM, &numbered(501), None), 1);
    bob_socket.emit(&Event::named("end").build());
    alice_socket.emit(&Event::named("end").build());
    for n in 0..500 {
        let expected = text(&format!("42[\"n\",{n}]"));
        assert_eq!(alice.next().await, expected);
        assert_eq!(bob.next().await, expected);
    }
    for n in [500, 501] {
        assert_eq!(alice.next().await, text(&format!("42[\"n\",{n}]")));
    }
    assert_eq!(alice.next().await, text("42[\"end\"]"));
    assert_eq!(bob.next().await, text("42[\"end\"]"));
    assert_eq!(server.engine.sockets_in(ROOM), [alice_socket]);
}

#[tokio::test]
async fn whoever_is_gone_is_in_no_room() {
    let server = Server::start().await;
    let (ws, socket) = join(&server, "alice").await;
    assert_eq!(server.engine.stats().rooms, 1);
    drop(ws);
    let (gone, reason) = server.disconnected().await;
    assert_eq!((&gone, gone.data()), (&socket, &"alice"));
    assert_eq!(reason, DisconnectReason::Broken);
    assert!(!socket.is_connected() && !socket.is_in(ROOM));
    assert!(!socket.join(ROOM), "it can't come back");
    assert!(!socket.emit(&numbered(1)));
    assert_eq!(server.engine.emit(ROOM, &numbered(1), None), 0);
    let stats = server.engine.stats();
    assert_eq!((stats.rooms, stats.sockets, stats.connections), (0, 0, 0));
}

#[tokio::test]
async fn a_hold_lets_a_replay_come_first_and_drops_what_was_replayed() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.send("40").await;
    let hold = server.accept("alice").await;
    hold.join(ROOM);
    for n in [3, 4, 5, 6] {
        server.engine.emit(ROOM, &numbered(n), None);
    }
    server
        .engine
        .emit(ROOM, &Event::named("typing").build(), None);
    for n in 1..=5 {
        hold.emit(&numbered(n));
    }
    let socket = hold.release_after(5);
    server.engine.emit(ROOM, &numbered(7), None);
    ws.next().await;
    for n in 1..=5 {
        assert_eq!(ws.next().await, text(&format!("42[\"n\",{n}]")));
    }
    assert_eq!(ws.next().await, text("42[\"n\",6]"));
    assert_eq!(ws.next().await, text("42[\"typing\"]"));
    assert_eq!(ws.next().await, text("42[\"n\",7]"));

    let (outer, inner) = (socket.hold(), socket.hold());
    server.engine.emit(ROOM, &numbered(8), None);
    drop(outer);
    socket.emit(&Event::named("first").build());
    inner.release();
    assert_eq!(ws.next().await, text("42[\"first\"]"));
    assert_eq!(ws.next().await, text("42[\"n\",8]"));
}

#[tokio::test]
async fn a_disconnect_is_heard_after_the_hold_and_what_it_holds_is_bounded() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.send("40").await;
    let hold = server.accept("alice").await;
    hold.join(ROOM);
    ws.next().await;
    let big = Event::named("big")
        .arg(&"x".repeat(100_000))
        .unwrap()
        .build();
    let taken = (0..100)
        .take_while(|_| server.engine.emit(ROOM, &big, None) == 1)
        .count();
    assert_eq!(taken, 11, "a megabyte, and then it is closed");
    assert!(!hold.is_connected());
    assert!(server.is_silent().await);
    assert_eq!(ws.closed().await, 1013);
    assert!(server.is_silent().await);
    drop(hold);
    assert_eq!(server.disconnected().await.1, DisconnectReason::TooSlow);
}

#[tokio::test]
async fn a_socket_that_is_sent_away_takes_its_connection_along() {
    let server = Server::start().await;
    let (mut ws, socket) = join(&server, "alice").await;
    socket.emit(&Event::named("session-ended").build());
    socket.disconnect();
    assert_eq!(ws.next().await, text("42[\"session-ended\"]"));
    assert_eq!(ws.next().await, text("41"));
    assert_eq!(ws.closed().await, 1000);
    assert_eq!(server.disconnected().await.1, DisconnectReason::ServerLeft);
    let (mut ws, socket) = join(&server, "bob").await;
    socket.close(1012);
    assert_eq!(ws.closed().await, 1012);
}

#[tokio::test]
async fn polling_and_websocket_share_rooms() {
    let server = Server::start().await;
    let (mut ws, _) = join(&server, "alice").await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "bob").await;
    poller.post("42[\"join\"]").await;
    server.event().await.socket.join(ROOM);
    let event = Event::named("a").json(r#"{"_placeholder":true,"num":0}"#);
    let event = event.attachment(vec![0; 70_000].into()).build();
    assert_eq!(server.engine.emit(ROOM, &event, None), 2);
    let packet = r#"451-["a",{"_placeholder":true,"num":0}]"#;
    assert_eq!(ws.next().await, text(packet));
    let (_, payload) = poller.poll().await;
    assert_eq!(payload.split('\x1e').next(), Some(packet));
    assert_eq!(
        payload.len(),
        packet.len() + 2 + 70_000_usize.div_ceil(3) * 4
    );
}
