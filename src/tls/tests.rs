mod pair;

use std::io::{self, ErrorKind, IoSlice};

use rustls::HandshakeKind;

use pair::{Pair, Wire, configs};

fn kind<T>(result: &io::Result<T>) -> Option<ErrorKind> {
    result.as_ref().err().map(io::Error::kind)
}

fn numbered(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

#[test]
fn both_versions_talk_both_ways_and_keep_nothing_afterwards() {
    for version in rustls::ALL_VERSIONS {
        let mut pair = Pair::connected(version);
        assert_eq!(pair.server.alpn(), Some(&b"h2"[..]));
        assert_eq!(pair.server.kept(), 0);
        for len in [1, 1000, 16_384, 16_385, 300_000] {
            let text = numbered(len);
            pair.say(&text);
            let (heard, end) = pair.server_hears();
            assert!(heard == text, "{len}");
            assert_eq!(kind(&end), Some(ErrorKind::WouldBlock));
            let mut rest = &text[..];
            while !rest.is_empty() {
                let (one, other) = rest.split_at(rest.len() / 3);
                let slices = [IoSlice::new(one), IoSlice::new(other)];
                let taken = pair.server.write(&mut pair.wire, &slices).unwrap();
                assert!(taken > 0);
                rest = &rest[taken..];
            }
            assert!(pair.client_hears() == text, "{len}");
            assert_eq!(pair.server.kept(), 0);
        }
    }
}

#[test]
fn bytes_may_come_and_go_one_by_one() {
    for version in rustls::ALL_VERSIONS {
        let wire = Wire {
            piece: 1,
            room: 7,
            ..Wire::default()
        };
        let mut pair = Pair::new(&configs(version), wire);
        pair.shake_hands();
        let text = numbered(20_000);
        pair.say(&text);
        let (heard, end) = pair.server_hears();
        assert!(heard == text);
        assert_eq!(kind(&end), Some(ErrorKind::WouldBlock));
        let mut heard = Vec::new();
        let mut rest = &text[..];
        while !rest.is_empty() || pair.server.unsent() > 0 {
            match pair.server.write(&mut pair.wire, &[IoSlice::new(rest)]) {
                Ok(taken) => rest = &rest[taken..],
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
            // No more than a record waits, however slow the client.
            assert!(pair.server.unsent() < 17_000);
            heard.extend(pair.client_hears());
        }
        assert!(heard == text);
        assert_eq!(pair.server.kept(), 0);
    }
}

#[test]
fn what_a_reader_has_no_room_for_waits_for_its_next_read() {
    let mut pair = Pair::connected(&rustls::version::TLS13);
    pair.say(&numbered(5000));
    let mut buffer = [0; 10];
    assert_eq!(pair.server.read(&mut pair.wire, &mut buffer).unwrap(), 10);
    assert!(pair.wire.up.is_empty() && pair.server.kept() > 0);
    // Meanwhile one can write.
    let slices = [IoSlice::new(b"meanwhile")];
    assert_eq!(pair.server.write(&mut pair.wire, &slices).unwrap(), 9);
    assert_eq!(pair.client_hears(), b"meanwhile");
    let (heard, _) = pair.server_hears();
    assert!(heard == numbered(5000)[10..]);
    assert_eq!(pair.server.kept(), 0);
}

#[test]
fn a_client_that_has_ended_is_still_answered() {
    for version in rustls::ALL_VERSIONS {
        let mut pair = Pair::connected(version);
        pair.say(b"last words");
        pair.client.send_close_notify();
        pair.client_turn().unwrap();
        // Nothing after a close_notify counts.
        pair.wire.up.extend(b"rubbish");
        pair.wire.cut = true;
        let (heard, end) = pair.server_hears();
        assert_eq!(heard, b"last words");
        assert!(end.is_ok());
        let slices = [IoSlice::new(b"heard")];
        assert_eq!(pair.server.write(&mut pair.wire, &slices).unwrap(), 5);
        pair.server.finish(&mut pair.wire).unwrap();
        pair.server.finish(&mut pair.wire).unwrap();
        assert_eq!(pair.client_hears(), b"heard");
        let state = pair.client.process_new_packets().unwrap();
        assert!(state.peer_has_closed());
        assert_eq!(pair.server.kept(), 0);
    }
}

#[test]
fn after_our_own_end_nothing_is_written_or_looked_at() {
    for version in rustls::ALL_VERSIONS {
        let mut pair = Pair::connected(version);
        pair.say(b"too late");
        pair.server.finish(&mut pair.wire).unwrap();
        pair.wire.up.extend([0xff; 100]);
        assert_eq!(pair.server_hears().0, b"");
        let written = pair.server.write(&mut pair.wire, &[IoSlice::new(b"x")]);
        assert_eq!(kind(&written), Some(ErrorKind::BrokenPipe));
        assert_eq!(pair.client_hears(), b"");
        let state = pair.client.process_new_packets().unwrap();
        assert!(state.peer_has_closed());
    }
}

#[test]
fn an_end_without_a_word_is_an_error_after_everything_that_came() {
    let mut pair = Pair::connected(&rustls::version::TLS13);
    pair.say(b"whole");
    pair.say(b"cut");
    pair.wire.up.pop_back();
    pair.wire.cut = true;
    let (heard, end) = pair.server_hears();
    assert_eq!(heard, b"whole");
    assert_eq!(kind(&end), Some(ErrorKind::UnexpectedEof));
    assert_eq!(pair.server.kept(), 0);
}

#[test]
fn sessions_are_resumed_by_ticket() {
    for version in rustls::ALL_VERSIONS {
        let configs = configs(version);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut pair = Pair::new(&configs, Wire::default());
            pair.shake_hands();
            assert_eq!(pair.client.handshake_kind(), Some(kind));
        }
    }
}

#[test]
fn keys_are_changed_when_the_client_asks() {
    let mut pair = Pair::connected(&rustls::version::TLS13);
    for _ in 0..100 {
        pair.client.refresh_traffic_keys().unwrap();
        pair.client_turn().unwrap();
        pair.say(b"new key");
        assert_eq!(pair.server_hears().0, b"new key");
        let slices = [IoSlice::new(b"mine too")];
        pair.server.write(&mut pair.wire, &slices).unwrap();
        assert_eq!(pair.client_hears(), b"mine too");
        assert_eq!(pair.server.kept(), 0);
    }
}

#[test]
fn a_flood_of_key_changes_ends_the_connection() {
    let mut pair = Pair::connected(&rustls::version::TLS13);
    for _ in 0..100 {
        pair.client.refresh_traffic_keys().unwrap();
        pair.client_turn().unwrap();
    }
    assert!(
        pair.server_refuses(b"")
            .contains("TooManyKeyUpdateRequests")
    );
}

#[test]
fn a_broken_record_ends_the_connection_after_everything_that_came() {
    for version in rustls::ALL_VERSIONS {
        let mut pair = Pair::connected(version);
        pair.say(b"fine");
        let len = pair.wire.up.len();
        pair.say(b"touched");
        pair.wire.up[len + 20] ^= 1;
        let (heard, end) = pair.server_hears();
        assert_eq!(heard, b"fine");
        assert_eq!(kind(&end), Some(ErrorKind::InvalidData));
        let written = pair.server.write(&mut pair.wire, &[IoSlice::new(b"x")]);
        assert_eq!(kind(&written), Some(ErrorKind::BrokenPipe));
        assert!(pair.server.finish(&mut pair.wire).is_ok());
        let alert = pair.client_turn().unwrap_err();
        assert_eq!(alert.to_string(), "received fatal alert: BadRecordMac");
        assert_eq!(pair.server.kept(), 0);
    }
}

#[test]
fn rubbish_is_refused_before_and_after_the_handshake() {
    let oversized = [23, 3, 3, 0xff, 0xff];
    let unknown = [99, 3, 3, 0, 1, 0];
    let request = b"GET / HTTP/1.1\r\n\r\n";
    for version in rustls::ALL_VERSIONS {
        for raw in [&oversized[..], &unknown[..], &request[..]] {
            let mut pair = Pair::connected(version);
            pair.server_refuses(raw);
            assert!(pair.client_turn().is_err(), "it is told");
            let mut fresh = Pair::new(&configs(version), Wire::default());
            fresh.wire.up.extend(raw);
            let end = fresh.server.shake_hands(&mut fresh.wire);
            assert_eq!(kind(&end), Some(ErrorKind::InvalidData));
            assert_eq!(fresh.wire.down[..3], [21, 3, 3], "an alert");
            assert_eq!(fresh.server.kept(), 0);
        }
    }
}

#[test]
fn an_endless_hello_is_given_up() {
    let mut pair = Pair::new(&configs(&rustls::version::TLS13), Wire::default());
    // A hello of 65,000 bytes, one in each record.
    let mut hello = vec![1, 0, 0xfd, 0xe8];
    hello.resize(60_000, 0);
    let mut most = 0;
    let end = hello.chunks(1).find_map(|byte| {
        pair.wire.up.extend([22, 3, 1, 0, 1, byte[0]]);
        let end = pair.server.shake_hands(&mut pair.wire);
        most = most.max(pair.server.kept());
        (kind(&end) != Some(ErrorKind::WouldBlock)).then_some(end)
    });
    assert_eq!(kind(&end.unwrap()), Some(ErrorKind::InvalidData));
    assert!(most <= 64 * 1024, "{most}");
    assert_eq!(pair.server.kept(), 0);
}

#[test]
fn a_record_that_does_not_end_keeps_no_more_than_itself_and_hinders_no_write() {
    for version in rustls::ALL_VERSIONS {
        let mut pair = Pair::connected(version);
        pair.say(&numbered(16_000));
        let last = pair.wire.up.pop_back().unwrap();
        let (heard, end) = pair.server_hears();
        assert_eq!((heard.len(), kind(&end)), (0, Some(ErrorKind::WouldBlock)));
        assert!((16_000..17_000).contains(&pair.server.kept()));
        // Writing is possible all the same.
        let slices = [IoSlice::new(b"hello")];
        pair.server.write(&mut pair.wire, &slices).unwrap();
        assert_eq!(pair.client_hears(), b"hello");
        pair.wire.up.push_back(last);
        assert!(pair.server_hears().0 == numbered(16_000));
        assert_eq!(pair.server.kept(), 0);
    }
}
