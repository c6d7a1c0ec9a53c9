use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const LIMIT: usize = 100_000;

/// A frame as a client sends it.
fn masked(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..65_536 => {
            frame.push(0x80 | 0x7E);
            frame.extend_from_slice(&u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            frame.push(0x80 | 0x7F);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}

/// Feeds `input` in pieces and collects the messages.
fn decode(input: &[u8], piece: usize, limit: usize) -> Result<Vec<(Opcode, Vec<u8>)>, Error> {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    for piece in input.chunks(piece) {
        let mut piece = piece.to_vec();
        let mut used = 0;
        while used < piece.len() {
            let (taken, message) = decoder.next(&mut piece[used..], limit)?;
            used += taken;
            match message {
                Some(message) => messages.push((message.opcode, message.payload.into_owned())),
                None => assert_eq!(used, piece.len(), "without a message all is taken"),
            }
        }
    }
    Ok(messages)
}

/// What a client sends: a message in fragments, and a control frame before each of them.
#[derive(Clone, Debug)]
struct Sent {
    opcode: Opcode,
    fragments: Vec<Vec<u8>>,
    control: Option<(Opcode, Vec<u8>)>,
    mask: [u8; 4],
}

fn sent() -> impl Strategy<Value = Sent> {
    let opcode = prop_oneof![Just(Opcode::Text), Just(Opcode::Binary)];
    let control = prop_oneof![Just(Opcode::Ping), Just(Opcode::Pong), Just(Opcode::Close)];
    let control = proptest::option::of((control, vec(any::<u8>(), 0..=125)));
    let fragment = prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 65_530..65_540)];
    (opcode, vec(fragment, 1..4), control, any::<[u8; 4]>()).prop_map(
        |(opcode, fragments, control, mask)| Sent {
            opcode,
            fragments,
            control,
            mask,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn messages_come_out_as_they_went_in_however_they_are_cut(
        all in vec(sent(), 1..4),
        piece in prop_oneof![1_usize..20, Just(4096), Just(usize::MAX)],
    ) {
        let (mut wire, mut expected) = (Vec::new(), Vec::new());
        for Sent { opcode, fragments, control, mask } in all {
            for (index, fragment) in fragments.iter().enumerate() {
                if let Some((opcode, payload)) = &control {
                    wire.extend(masked(0x80 | *opcode as u8, payload, mask));
                    expected.push((*opcode, payload.clone()));
                }
                let fin = if index + 1 == fragments.len() { 0x80 } else { 0 };
                let opcode = if index == 0 { opcode as u8 } else { 0 };
                wire.extend(masked(fin | opcode, fragment, mask));
            }
            expected.push((opcode, fragments.concat()));
        }
        prop_assert_eq!(decode(&wire, piece, usize::MAX), Ok(expected));
    }

    #[test]
    fn no_bytes_make_it_panic_or_keep_more_than_came(
        input in vec(any::<u8>(), 0..2_000),
        piece in 1_usize..200,
    ) {
        let mut decoder = Decoder::new();
        let mut came = 0;
        'input: for piece in input.chunks(piece) {
            let mut piece = piece.to_vec();
            came += piece.len();
            let mut used = 0;
            while used < piece.len() {
                let Ok((taken, _)) = decoder.next(&mut piece[used..], LIMIT) else { break 'input };
                prop_assert!(taken > 0);
                used += taken;
            }
            prop_assert!(decoder.buffered() <= came);
        }
    }

    #[test]
    fn frames_read_back_what_was_pushed(
        payloads in vec((any::<bool>(), vec(any::<u8>(), 0..300)), 0..5),
        long in vec(any::<u8>(), 65_530..65_540),
    ) {
        let mut payloads = payloads;
        payloads.push((true, long));
        let mut wire = Vec::new();
        for (binary, payload) in &payloads {
            let opcode = if *binary { Opcode::Binary } else { Opcode::Text };
            push_frame(&mut wire, opcode, payload);
        }
        let read: Vec<(bool, Vec<u8>)> = frames(&wire)
            .map(|(opcode, payload)| (opcode == Opcode::Binary, payload.to_vec()))
            .collect();
        prop_assert_eq!(read, payloads);
    }
}

#[test]
fn what_the_protocol_forbids_is_an_error() {
    let mask = [1, 2, 3, 4];
    let mut unmasked = Vec::new();
    push_frame(&mut unmasked, Opcode::Text, b"hi");
    let fragment = masked(0x01, b"a", mask);
    let cases = [
        ("unmasked", unmasked),
        ("compressed", masked(0xC1, b"a", mask)),
        ("reserved bit", masked(0x91, b"a", mask)),
        ("unknown data opcode", masked(0x83, b"a", mask)),
        ("unknown control opcode", masked(0x8B, b"a", mask)),
        ("fragmented ping", masked(0x09, b"a", mask)),
        ("long ping", masked(0x89, &[0; 126], mask)),
        ("continuation of nothing", masked(0x80, b"a", mask)),
        ("open continuation of nothing", masked(0x00, b"a", mask)),
        (
            "message inside a message",
            [fragment, masked(0x81, b"a", mask)].concat(),
        ),
    ];
    for (name, wire) in cases {
        for piece in [1, 3, 1_000] {
            assert_eq!(decode(&wire, piece, LIMIT), Err(Error::Protocol), "{name}");
        }
    }
}

#[test]
fn a_message_over_the_limit_is_refused_when_it_is_declared() {
    let mask = [7; 4];
    let fits = masked(0x82, &[0; 1_000], mask);
    assert_eq!(decode(&fits, 64, 1_000).map(|all| all.len()), Ok(1));
    assert_eq!(decode(&fits, 64, 999), Err(Error::TooLong));
    // Only the header of a frame of 2^63 bytes.
    let huge = [&[0x82, 0xFF, 0x80][..], &[0; 11]].concat();
    assert_eq!(decode(&huge, 1, 1_000), Err(Error::TooLong));
    let max = [&[0x82, 0xFF][..], &[0xFF; 12]].concat();
    assert_eq!(decode(&max, 100, usize::MAX), Ok(vec![]));
    // The fragments together.
    let fragments = [
        masked(0x02, &[0; 600], mask),
        masked(0x00, &[0; 400], mask),
        masked(0x80, &[0; 1], mask),
    ]
    .concat();
    assert_eq!(decode(&fragments, 50, 1_000), Err(Error::TooLong));
    assert_eq!(decode(&fragments, 50, 1_001).map(|all| all.len()), Ok(1));
}

#[test]
fn nothing_is_kept_between_messages() {
    let mut decoder = Decoder::new();
    let mut wire = masked(0x81, b"a whole message", [1, 2, 3, 4]);
    let (head, tail) = wire.split_at_mut(9);
    assert_eq!(decoder.next(head, LIMIT), Ok((9, None)));
    assert_eq!(decoder.buffered(), 3);
    assert!(decoder.next(tail, LIMIT).unwrap().1.is_some());
    assert_eq!(decoder.buffered(), 0);
    assert!(decoder.partial.is_none());
}

#[test]
fn close_frames_carry_a_sensible_code_and_a_reason() {
    assert_eq!(parse_close(&[]), Ok(None));
    assert_eq!(parse_close(b"\x03\xe8bye"), Ok(Some((1000, "bye"))));
    assert_eq!(parse_close(&[3]), Err(close::PROTOCOL));
    for code in [0_u16, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        assert_eq!(parse_close(&code.to_be_bytes()), Err(close::PROTOCOL));
    }
    for code in [1000_u16, 1003, 1007, 1014, 3000, 4999] {
        assert_eq!(parse_close(&code.to_be_bytes()), Ok(Some((code, ""))));
    }
    assert_eq!(parse_close(b"\x03\xe8\xff"), Err(close::NOT_UTF8));
}

#[test]
fn the_key_of_the_handshake_is_checked_and_answered() {
    let key = b"dGhlIHNhbXBsZSBub25jZQ==";
    assert!(is_key(key));
    assert_eq!(accept_key(key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for wrong in [
        "",
        "dGhlIHNhbXBsZSBub25j",
        "not base64 at all!!!!!==",
        "AAAA",
    ] {
        assert!(!is_key(wrong.as_bytes()), "{wrong}");
    }
    assert!(!is_key(&vec![b'A'; 100_000]));
}
