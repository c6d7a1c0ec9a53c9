use inkspot::engine::{DisconnectReason, Event};
use serde_json::value::RawValue;

use super::client::{Got, Ws, text};
use super::program::{Heard, Server};

#[tokio::test]
async fn case_16_nothing_goes_before_connect_and_nothing_twice() {
    let server = Server::start().await;
    for packet in [
        "42[\"a\"]",
        "41",
        "430[]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":0}]",
    ] {
        let mut ws = Ws::open(&server).await;
        ws.send(packet).await;
        assert_eq!(ws.closed().await, 1002, "{packet}");
    }
    assert!(server.is_silent().await);
    let mut ws = Ws::open(&server).await;
    ws.send("40/nowhere,{}").await;
    let answer = ws.next().await;
    assert_eq!(
        answer,
        text(r#"44/nowhere,{"message":"Invalid namespace"}"#)
    );
    ws.connect(&server, "alice").await;
    ws.send("42/nowhere,[\"a\"]").await;
    assert_eq!(ws.closed().await, 1002);
    server.disconnected().await;
    // A second CONNECT, after and before the first was answered.
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send("40").await;
    assert_eq!(ws.closed().await, 1002);
    server.disconnected().await;
    let mut ws = Ws::open(&server).await;
    ws.send("40").await;
    let connecting = server.connecting().await;
    ws.send("40").await;
    assert_eq!(ws.closed().await, 1002);
    assert!(connecting.accept("late", None).is_none());
    assert!(server.is_silent().await);
    assert_eq!(server.engine.stats().sockets, 0);
    assert_eq!(server.half_open(), 0);
}

#[tokio::test]
async fn connect_carries_what_a_client_needs_to_resume() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.send(r#"40{"token":"t","pid":"p","offset":"e:7"}"#).await;
    let connecting = server.connecting().await;
    assert_eq!(
        connecting.auth().unwrap().get(),
        r#"{"token":"t","pid":"p","offset":"e:7"}"#
    );
    assert_eq!(
        (connecting.pid(), connecting.offset()),
        (Some("p"), Some("e:7"))
    );
    assert_eq!(server.half_open(), 1);
    let hold = connecting.accept("alice", Some("\"quoted\"")).unwrap();
    assert_eq!(server.half_open(), 0);
    let answer = format!(r#"40{{"sid":"{}","pid":"\"quoted\""}}"#, hold.id());
    assert_eq!(ws.next().await, text(&answer));

    let mut other = Ws::open(&server).await;
    other.send(r#"40{"pid":7,"offset":{}}"#).await;
    let connecting = server.connecting().await;
    assert_eq!((connecting.pid(), connecting.offset()), (None, None));
    let data = RawValue::from_string(r#"{"code":"unauthorized"}"#.to_owned()).unwrap();
    connecting.refuse("who are you?", Some(&data));
    let answer = r#"44{"message":"who are you?","data":{"code":"unauthorized"}}"#;
    assert_eq!(other.next().await, text(answer));
    // It may try again.
    other.connect(&server, "bob").await;
}

#[tokio::test]
async fn a_client_that_left_its_namespace_must_come_back_by_a_new_handshake() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send("41").await;
    assert_eq!(server.disconnected().await.1, DisconnectReason::ClientLeft);
    ws.send("40").await;
    assert_eq!(ws.closed().await, 1000);
}

#[tokio::test]
async fn case_17_binary_packets_are_complete_or_end_the_connection() {
    let server = Server::start().await;
    let one = r#"451-["a",{"_placeholder":true,"num":0}]"#;
    let two = r#"452-["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#;
    for packets in [
        &["451000000000-[\"a\"]"][..],
        &["4517-[\"a\"]"],
        &["45-1-[\"a\"]"],
        &["451-[\"a\"]"],
        &[r#"451-["a",{"_placeholder":true,"num":1}]"#],
        &[one, one],
        &[one, "42[\"a\"]"],
        &["(binary)"],
        &[one, "(binary)", "(binary)"],
    ] {
        let mut ws = Ws::open(&server).await;
        ws.connect(&server, "alice").await;
        for packet in packets {
            match *packet {
                "(binary)" => ws.send_binary(&[1]).await,
                packet => ws.send(packet).await,
            }
        }
        assert_eq!(ws.closed().await, 1002, "{packets:?}");
        loop {
            match server.next().await {
                Heard::Event(event) => assert_eq!(event.attachments.len(), 1),
                Heard::Disconnected(..) => break,
                _ => panic!("nothing else happens"),
            }
        }
    }
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send(two).await;
    ws.send_binary(&vec![7; 500_000]).await;
    ws.send_binary(&vec![8; 600_000]).await;
    assert_eq!(
        ws.closed().await,
        1009,
        "a packet with its attachments is too large"
    );
    assert_eq!(server.disconnected().await.1, DisconnectReason::TooLarge);
    assert_eq!(server.engine.stats().input_bytes, 0);
}

#[tokio::test]
async fn binary_events_and_answers_go_both_ways() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send(r#"452-7["up",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#)
        .await;
    ws.send_binary(&[1]).await;
    ws.send_binary(&[2, 3]).await;
    let event = server.event().await;
    assert_eq!(event.attachments, [&[1][..], &[2, 3]]);
    let args = r#"[{"_placeholder":true,"num":0}]"#;
    event.ack.unwrap().send_args(args, &[vec![9].into()]);
    assert_eq!(ws.next().await, text(&format!("461-7{args}")));
    assert_eq!(ws.next().await, Got::Binary(vec![9]));

    let question = Event::named("down").json(r#"{"_placeholder":true,"num":0}"#);
    let question = question.attachment(vec![4, 5].into());
    let id = event.socket.emit_with_ack(question).unwrap();
    let sent = format!(r#"451-{}["down",{{"_placeholder":true,"num":0}}]"#, id.0);
    assert_eq!(ws.next().await, text(&sent));
    assert_eq!(ws.next().await, Got::Binary(vec![4, 5]));
    ws.send(&format!(
        r#"461-{}[{{"_placeholder":true,"num":0}},1]"#,
        id.0
    ))
    .await;
    ws.send_binary(&[6]).await;
    let Heard::Acked(acked, args, attachments) = server.next().await else {
        panic!("an answer")
    };
    assert_eq!((acked, args.len(), &attachments[0][..]), (id, 2, &[6][..]));
}

#[tokio::test]
async fn case_19_answers_count_once_and_only_if_asked_for() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    ws.send("42[\"hello\"]").await;
    let socket = server.event().await.socket;
    for n in 0..64 {
        assert_eq!(socket.emit_with_ack(Event::named("q")).unwrap().0, n);
        assert_eq!(ws.next().await, text(&format!("42{n}[\"q\"]")));
    }
    assert!(
        socket.emit_with_ack(Event::named("q")).is_none(),
        "too many are owed"
    );
    for packet in [
        "433[1]",
        "433[2]",
        "4399[3]",
        "439999999999999999[4]",
        "434[5]",
    ] {
        ws.send(packet).await;
    }
    for (id, value) in [(3, "1"), (4, "5")] {
        match server.next().await {
            Heard::Acked(acked, args, _) => assert_eq!((acked.0, &*args[0]), (id, value)),
            _ => panic!("an answer"),
        }
    }
    ws.send("4312345678901234567[6]").await;
    assert_eq!(ws.closed().await, 1002);
}

#[tokio::test]
async fn case_19_odd_json_arrives_as_it_is() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for json in [
        &*deep,
        r#"{"__proto__":1,"__proto__":2}"#,
        r#""\ud800""#,
        "1e400",
        "\"\\u0000\"",
    ] {
        ws.send(&format!("42[\"a\",{json}]")).await;
        let event = server.event().await;
        assert_eq!(event.args, [json]);
    }
}

#[tokio::test]
async fn case_20_an_event_has_a_proper_name() {
    let server = Server::start().await;
    let million = format!("\"{}\"", "a".repeat(900_000));
    let names = [
        "\"connect\"",
        "\"disconnect\"",
        "1",
        "[]",
        "null",
        "\"\"",
        &million,
    ];
    for name in names {
        let mut ws = Ws::open(&server).await;
        ws.connect(&server, "alice").await;
        ws.send(&format!("42[{name}]")).await;
        assert_eq!(ws.closed().await, 1002, "{name:.20}");
        assert_eq!(server.disconnected().await.1, DisconnectReason::Protocol);
    }
}
