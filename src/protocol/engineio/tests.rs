use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn text(text: &str) -> Packet<'_> {
    Packet::Message(Message::Text(text))
}

#[test]
fn packets_are_told_by_their_first_digit() {
    for (wire, packet) in [
        ("1", Packet::Close),
        ("2probe", Packet::Ping("probe")),
        ("3", Packet::Pong("")),
        ("4", text("")),
        ("4hällo", text("hällo")),
        ("5", Packet::Upgrade),
        ("6", Packet::Noop),
    ] {
        assert_eq!(parse_packet(wire), Ok(packet));
    }
    for wrong in ["", "0{}", "7", "abc", "1x", "5x", "6x", "é", "\u{1e}"] {
        assert_eq!(parse_packet(wrong), Err(Error::Malformed), "{wrong}");
    }
}

#[test]
fn a_payload_holds_text_and_binary_packets() {
    let packets: Vec<_> = parse_payload(b"4a\x1ebAQIDBA==\x1e3", 3).collect();
    let binary = Packet::Message(Message::Binary(Cow::Borrowed(&[1, 2, 3, 4])));
    assert_eq!(packets, [Ok(text("a")), Ok(binary), Ok(Packet::Pong(""))]);
}

#[test]
fn a_payload_ends_at_its_first_error() {
    for (body, expected) in [
        (&b""[..], vec![Err(Error::Malformed)]),
        (b"4a\x1e", vec![Ok(text("a")), Err(Error::Malformed)]),
        (b"x\x1e4a", vec![Err(Error::Malformed)]),
        (b"b!!!", vec![Err(Error::Malformed)]),
        (b"4\xff", vec![Err(Error::Malformed)]),
        (
            b"4a\x1e4b\x1e4c\x1e4d",
            vec![Ok(text("a")), Ok(text("b")), Err(Error::TooMany)],
        ),
    ] {
        assert_eq!(parse_payload(body, 2).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_query_names_transport_version_and_session() {
    let query = |transport, sid| Ok(Query { transport, sid });
    for (text, expected) in [
        ("EIO=4&transport=polling", query(Transport::Polling, None)),
        (
            "t=abc&transport=websocket&EIO=4&sid=x&sid=y",
            query(Transport::WebSocket, Some("x")),
        ),
        ("EIO=3&transport=polling", Err(QueryError::Version)),
        ("transport=polling", Err(QueryError::Version)),
        ("EIO=4", Err(QueryError::Transport)),
        ("EIO=4&transport=carrier-pigeon", Err(QueryError::Transport)),
        ("", Err(QueryError::Transport)),
    ] {
        assert_eq!(Query::parse(text), expected, "{text}");
    }
}

#[test]
fn the_handshake_is_what_clients_read() {
    let handshake = Handshake {
        sid: "abc",
        can_upgrade: true,
        ping_interval: 25_000,
        ping_timeout: 20_000,
        max_payload: 1_000_000,
    };
    assert_eq!(
        handshake.encode(),
        r#"0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
    );
    let websocket = Handshake {
        can_upgrade: false,
        ..handshake
    };
    assert!(websocket.encode().contains(r#""upgrades":[],"#));
}

proptest! {
    #[test]
    fn a_payload_reads_back_what_was_pushed(
        packets in vec(prop_oneof![
            "4[^\u{1e}]{0,20}".prop_map(Ok),
            vec(any::<u8>(), 0..20).prop_map(Err),
        ], 1..6)
    ) {
        let mut payload = Vec::new();
        let mut bound = 0;
        for packet in &packets {
            let (binary, bytes) = match packet {
                Ok(text) => (false, text.as_bytes()),
                Err(bytes) => (true, &bytes[..]),
            };
            push_payload(&mut payload, binary, bytes);
            bound += payload_len(binary, bytes);
        }
        prop_assert!(payload.len() <= bound);
        let read: Vec<_> = parse_payload(&payload, packets.len()).collect();
        let expected: Vec<_> = packets.iter().map(|packet| Ok(Packet::Message(match packet {
            Ok(text) => Message::Text(&text[1..]),
            Err(bytes) => Message::Binary(Cow::Borrowed(bytes)),
        }))).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_body_makes_it_panic(body in vec(any::<u8>(), 0..200)) {
        prop_assert!(parse_payload(&body, 10).count() <= 11);
    }
}
