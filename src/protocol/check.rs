//! What must hold for any bytes: the bodies of the fuzz targets, which the tests feed with the
//! committed corpus. They panic when a codec breaks its word. Nothing of the product uses them.
#![expect(clippy::missing_panics_doc, reason = "to panic is what they are for")]

use super::engineio::{self, Packet, Query};
use super::socketio::{self, Kind};
use super::websocket::{self, Decoder, Opcode};

/// Bytes that a message may have here.
const LIMIT: usize = 4096;

/// A client's WebSocket stream: cut in pieces or whole it says the same, and nothing is kept
/// that hasn't come or that is longer than allowed.
pub fn websocket(input: &[u8]) {
    let whole = decode(input, usize::MAX);
    for piece in [1, 7] {
        assert_eq!(decode(input, piece), whole, "in pieces of {piece}");
    }
    for (opcode, payload) in whole.0 {
        if opcode == Opcode::Close {
            let _ = websocket::parse_close(&payload);
        }
        let mut wire = Vec::new();
        websocket::push_frame(&mut wire, Opcode::Binary, &payload);
        let mut frames = websocket::frames(&wire);
        assert_eq!(frames.next(), Some((Opcode::Binary, &*payload)));
        assert_eq!(frames.next(), None);
    }
}

type Messages = Vec<(Opcode, Vec<u8>)>;

fn decode(input: &[u8], piece: usize) -> (Messages, Option<websocket::Error>) {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    for piece in input.chunks(piece) {
        let mut piece = piece.to_vec();
        let mut used = 0;
        while used < piece.len() {
            match decoder.next(&mut piece[used..], LIMIT) {
                Ok((taken, message)) => {
                    assert!(taken > 0 || message.is_some(), "it gets on");
                    used += taken;
                    messages.extend(message.map(|it| (it.opcode, it.payload.into_owned())));
                }
                Err(error) => return (messages, Some(error)),
            }
        }
        assert!(decoder.buffered() <= input.len().min(LIMIT + 256));
    }
    (messages, None)
}

/// The body and the query of a polling request.
pub fn engineio(input: &[u8]) {
    let packets: Vec<_> = engineio::parse_payload(input, 16).collect();
    assert!(packets.len() <= 17);
    let errors = packets.iter().filter(|packet| packet.is_err()).count();
    assert!(errors <= 1, "it ends at the first error");
    for packet in packets.into_iter().flatten() {
        if let Packet::Message(engineio::Message::Binary(bytes)) = packet {
            let mut payload = Vec::new();
            engineio::push_payload(&mut payload, true, &bytes);
            assert!(payload.len() <= engineio::payload_len(true, &bytes));
            let again = engineio::parse_payload(&payload, 1).next();
            let binary = engineio::Message::Binary(bytes);
            assert_eq!(again, Some(Ok(Packet::Message(binary))));
        }
    }
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = Query::parse(text);
    }
}

/// The text of a Socket.IO packet: what is read writes back to something that reads the same.
pub fn socketio(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(packet) = socketio::Packet::parse(text, 16) else {
        return;
    };
    assert!(packet.attachments <= 16);
    let data = packet.data.map_or("", |data| data.get());
    let count = packet.attachments;
    let written = socketio::encode(packet.kind, packet.namespace, packet.id, count, data);
    let again = socketio::Packet::parse(&written[1..], 16);
    let again = again.expect("what is written is read");
    assert_eq!(again.namespace, packet.namespace);
    assert_eq!((again.kind, again.id), (packet.kind, packet.id));
    assert_eq!(again.data.map_or("", |data| data.get()), data);
    if matches!(packet.kind, Kind::Event | Kind::Ack) {
        let args = packet.args().expect("an array has elements");
        if let Some(Ok(name)) = args.first().map(|name| socketio::event_name(name)) {
            assert!(!name.is_empty() && name.len() <= socketio::MAX_NAME);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_holds() {
        type Target = (&'static str, fn(&[u8]));
        let targets: [Target; 3] = [
            ("websocket", websocket),
            ("engineio", engineio),
            ("socketio", socketio),
        ];
        for (name, check) in targets {
            let folder = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
            let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
            assert!(!files.is_empty(), "{folder} is empty");
            for file in files {
                check(&std::fs::read(file.unwrap().path()).unwrap());
            }
        }
    }
}
