use std::time::Duration;

use inkspot::engine::{DisconnectReason, EngineConfig};

use super::client::{COOKIE, Got, Poller, Ws, client, headers, text, upgrade_request};
use super::program::{ORIGIN, Server};
use crate::frames::frame;

#[tokio::test]
async fn case_14_a_foreign_or_missing_origin_is_refused_on_every_request() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    let base = format!("http://{}/?EIO=4", server.address);
    let sid = format!("&sid={}", poller.sid);
    for origin in [None, Some("null"), Some("https://evil.example")] {
        for query in ["", &sid] {
            for (method, body) in [("GET", ""), ("POST", "40")] {
                let url = format!("{base}&transport=polling{query}");
                let request = client().request(method.parse().unwrap(), url).body(body);
                let mut request = request.header("cookie", COOKIE);
                if let Some(origin) = origin {
                    request = request.header("origin", origin);
                }
                let status = request.send().await.unwrap().status();
                assert_eq!(status, 403, "{method} {origin:?} {query}");
            }
            let origin = origin.map(|origin| format!("Origin: {origin}\r\n"));
            let origin = origin.unwrap_or_default();
            let request = upgrade_request(query, &format!("{origin}Cookie: {COOKIE}\r\n"));
            assert_eq!(Ws::request(&server, &request).await.0, 403);
        }
    }
    assert!(server.is_silent().await);
}

#[tokio::test]
async fn case_15_a_sid_is_nothing_without_its_owner() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    assert_eq!(poller.sid.len(), 22, "128 bits");
    assert_ne!(poller.sid, Poller::open(&server).await.sid);
    let other = "session=mallory";
    for sid in [&*poller.sid, "AAAAAAAAAAAAAAAAAAAAAA", "x", ""] {
        let cookie = if sid == poller.sid { other } else { COOKIE };
        let mut answers = Vec::new();
        for method in ["GET", "POST"] {
            let base = server.address;
            let url = format!("http://{base}/?EIO=4&transport=polling&sid={sid}");
            let request = client().request(method.parse().unwrap(), url).body("40");
            let request = request.header("cookie", cookie).header("origin", ORIGIN);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 400);
            answers.push(answer.text().await.unwrap());
        }
        let unknown = r#"{"code":1,"message":"Session ID unknown"}"#;
        assert_eq!(answers, [unknown, unknown]);
        let request = upgrade_request(&format!("&sid={sid}"), &headers(cookie));
        assert_eq!(Ws::request(&server, &request).await.0, 400);
    }
    poller.connect(&server, "alice").await;
}

#[tokio::test]
async fn a_request_that_is_no_handshake_of_a_websocket_is_refused() {
    let server = Server::start().await;
    let good = upgrade_request("", &headers(COOKIE));
    for (from, to) in [
        ("Version: 13", "Version: 8"),
        ("Key: dGhl", "Key: "),
        ("Connection: Upgrade", "Connection: close"),
        ("Upgrade: websocket", "Upgrade: h2c"),
        ("EIO=4", "EIO=3"),
        ("transport=websocket", "transport=telegraph"),
        ("GET", "PUT"),
    ] {
        let (status, _) = Ws::request(&server, &good.replacen(from, to, 1)).await;
        assert_eq!(status, 400, "{to}");
    }
    assert_eq!(Ws::request(&server, &good).await.0, 101);
}

#[tokio::test]
async fn case_18_what_breaks_the_websocket_protocol_ends_the_connection() {
    let server = Server::start().await;
    for (wire, code) in [
        (b"\x81\x02hi".to_vec(), 1002),
        (frame(0xC1, b"42[\"a\"]"), 1002),
        (frame(0x09, b""), 1002),
        (frame(0x80, b"more"), 1002),
        (frame(0x81, b"4\xff"), 1007),
        (frame(0x81, b""), 1002),
        (frame(0x81, b"abc"), 1002),
        (frame(0x82, &vec![0; 1_000_001]), 1009),
        (frame(0x81, &[0xFF, 0xFF]), 1007),
        (frame(0x88, &[0]), 1002),
        (frame(0x88, &1005_u16.to_be_bytes()), 1002),
        (frame(0x88, &4321_u16.to_be_bytes()), 4321),
    ] {
        let mut ws = Ws::open(&server).await;
        ws.connect(&server, "alice").await;
        ws.send_raw(&wire).await;
        assert_eq!(ws.closed().await, code, "{:?}", &wire[..wire.len().min(8)]);
        let (_, reason) = server.disconnected().await;
        assert_ne!(reason, DisconnectReason::Broken);
    }
    // An oversized message in fragments, of which the last never comes.
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send_raw(&frame(0x01, &vec![b'4'; 600_000])).await;
    ws.send_raw(&frame(0x00, &vec![b'4'; 600_000])).await;
    assert_eq!(ws.closed().await, 1009);
    let (_, reason) = server.disconnected().await;
    assert_eq!(reason, DisconnectReason::TooLarge);
    assert_eq!(server.engine.stats().input_bytes, 0);
}

#[tokio::test]
async fn fragments_of_one_byte_are_a_message_and_pings_are_answered() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    let message = "42[\"héllo\"]".as_bytes();
    for (index, byte) in message.iter().enumerate() {
        let fin = if index + 1 == message.len() { 0x80 } else { 0 };
        let opcode = u8::from(index == 0);
        for wire in frame(fin | opcode, &[*byte]) {
            ws.send_raw(&[wire]).await;
        }
        ws.send_raw(&frame(0x89, &[*byte])).await;
        assert_eq!(ws.next().await, Got::Pong(vec![*byte]));
    }
    assert_eq!(server.event().await.name, "héllo");
}

#[tokio::test]
async fn before_connect_only_small_messages_are_taken() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.send(&format!("40{{\"token\":\"{}\"}}", "x".repeat(20_000)))
        .await;
    assert_eq!(ws.closed().await, 1009);
}

#[tokio::test]
async fn an_upgrade_carries_over_what_is_under_way() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    let parked = tokio::spawn({
        let poller = poller.clone();
        async move { poller.poll().await }
    });
    let mut ws = Ws::take_over(&server, &poller.sid).await;
    ws.send("2probe").await;
    assert_eq!(ws.next().await, text("3probe"));
    assert_eq!(parked.await.unwrap(), (200, "6".to_owned()));
    // Polling still works until the client says so.
    assert_eq!(poller.post("42[\"over polling\"]").await.0, 200);
    let event = server.event().await;
    assert_eq!(event.name, "over polling");
    event
        .socket
        .emit(&inkspot::engine::Event::named("waits").build());
    // The upgrade and what follows it, in one piece.
    let both = [frame(0x81, b"5"), frame(0x81, b"42[\"over websocket\"]")].concat();
    ws.send_raw(&both).await;
    assert_eq!(ws.next().await, text("42[\"waits\"]"));
    assert_eq!(server.event().await.name, "over websocket");

    // Case 21: a poll after the upgrade, and a second WebSocket.
    assert_eq!(poller.poll().await.0, 400);
    assert_eq!(poller.post("42[\"a\"]").await.0, 400);
    let mut second = Ws::take_over(&server, &poller.sid).await;
    assert_eq!(second.closed().await, 1000);
    ws.send("42[\"still here\"]").await;
    assert_eq!(server.event().await.name, "still here");
}

#[tokio::test]
async fn case_21_a_probe_that_leads_nowhere_leaves_polling_alone() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    for wire in [
        frame(0x81, b"5"),
        frame(0x81, b"2"),
        frame(0x81, b"42[\"a\"]"),
        frame(0x82, b"2probe"),
        [frame(0x81, b"2probe"), frame(0x81, b"2probe")].concat(),
        b"\x81\x00".to_vec(),
    ] {
        let mut ws = Ws::take_over(&server, &poller.sid).await;
        ws.send_raw(&wire).await;
        let mut last = ws.next().await;
        if last == text("3probe") {
            last = ws.next().await;
        }
        assert_eq!(last, Got::Close(1000));
        assert_eq!(ws.next().await, Got::End);
    }
    // Nothing but silence after the probe.
    let mut ws = Ws::take_over(&server, &poller.sid).await;
    ws.send("2probe").await;
    assert_eq!(ws.next().await, text("3probe"));
    server.pass(Duration::from_secs(11)).await;
    assert_eq!(ws.closed().await, 1000);
    let unknown = upgrade_request("&sid=AAAAAAAAAAAAAAAAAAAAAA", &headers(COOKIE));
    assert_eq!(Ws::request(&server, &unknown).await.0, 400);
}

#[tokio::test]
async fn the_rest_is_sent_before_the_end_and_1012_says_come_back() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "bob").await;
    let parked = tokio::spawn({
        let poller = poller.clone();
        async move { poller.poll().await }
    });
    ws.send("42[\"a\"]").await;
    let event = server.event().await;
    event
        .socket
        .emit(&inkspot::engine::Event::named("last words").build());
    let engine = server.engine.clone();
    let down = tokio::spawn(async move { engine.shutdown(1012).await });
    assert_eq!(ws.next().await, text("42[\"last words\"]"));
    assert_eq!(ws.closed().await, 1012);
    assert_eq!(parked.await.unwrap(), (200, "1".to_owned()));
    drop(ws);
    down.await.unwrap();
    server.running.await.unwrap();
    let request = upgrade_request("", &headers(COOKIE));
    let stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    assert_eq!(Ws::request_on(stream, &request).await.0, 503);
}

#[tokio::test]
async fn a_full_engine_and_an_unwilling_program_refuse_over_http() {
    let config = EngineConfig {
        max_connections: 1,
        ..EngineConfig::default()
    };
    let server = Server::with(config).await;
    for (why, status) in [("forbidden", 403), ("many", 429), ("busy", 503)] {
        let headers = format!("{}X-Refuse: {why}\r\n", headers(COOKIE));
        let request = upgrade_request("", &headers);
        assert_eq!(Ws::request(&server, &request).await.0, status);
    }
    let _only = Ws::open(&server).await;
    let request = upgrade_request("", &headers(COOKIE));
    assert_eq!(Ws::request(&server, &request).await.0, 503);
    assert_eq!(server.engine.stats().connections, 1);
}
