//! Showing packets to the program as they pass by, while it wants to see them.

use super::app::{App, Seen, Way};
use super::event::Event;
use super::session::Session;
use crate::protocol::engineio::{self, Message, Packet};
use crate::protocol::websocket::{self, Opcode};

impl<A: App> Session<A> {
    /// Shows what an event has for the client. May be called with a room or a socket locked.
    pub(super) fn show_event(&self, event: &Event) {
        for (opcode, payload) in websocket::frames(&event.0.wire) {
            let text = std::str::from_utf8(payload).unwrap_or_default();
            match (opcode, engineio::parse_packet(text)) {
                (Opcode::Text, Ok(packet)) => self.show_packet(Way::Out, &packet),
                (Opcode::Text | Opcode::Binary, _) => {
                    self.show(Way::Out, Seen::Binary(payload.len()));
                }
                (Opcode::Close, _) => self.show(Way::Out, Seen::Signal("close")),
                (Opcode::Ping | Opcode::Pong, _) => {}
            }
        }
    }

    /// Shows a packet.
    pub(super) fn show_packet(&self, way: Way, packet: &Packet<'_>) {
        let seen = match packet {
            Packet::Message(Message::Text(text)) => Seen::Text(text),
            Packet::Message(Message::Binary(bytes)) => Seen::Binary(bytes.len()),
            Packet::Ping(_) => Seen::Signal("ping"),
            Packet::Pong(_) => Seen::Signal("pong"),
            Packet::Close => Seen::Signal("close"),
            Packet::Upgrade => Seen::Signal("upgrade"),
            Packet::Noop => Seen::Signal("noop"),
        };
        self.show(way, seen);
    }

    fn show(&self, way: Way, seen: Seen<'_>) {
        // The last lock of all: nothing is locked while it is held.
        let socket = self.namespaces.lock().any();
        self.hub.app.seen(socket.as_ref(), way, seen);
    }
}
