//! Events on their way out: encoded once, shared by all who receive them.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::protocol::socketio::{self, Kind};
use crate::protocol::websocket::{self, Opcode};

/// An encoded packet: the WebSocket messages that carry it, headers included. Polling reads the
/// packets back out of them. A clone is a reference.
#[derive(Clone, Debug)]
pub struct Event(pub(super) Arc<Encoded>);

#[derive(Debug)]
pub(super) struct Encoded {
    /// One text message, and one binary message per attachment.
    pub wire: Box<[u8]>,
    /// See [`EventBuilder::sequence`].
    pub sequence: Option<u64>,
    /// See [`EventBuilder::replacing`].
    pub key: Option<u64>,
}

impl Event {
    /// Starts an event for sockets of the namespace `/`.
    pub fn named(name: &str) -> EventBuilder {
        Self::in_namespace("/", name)
    }

    /// Starts an event for sockets of `namespace`. It must not be sent to sockets of another.
    pub fn in_namespace(namespace: &'static str, name: &str) -> EventBuilder {
        let mut args = String::from("[");
        socketio::push_string(&mut args, name);
        EventBuilder {
            namespace,
            args,
            attachments: Vec::new(),
            sequence: None,
            key: None,
        }
    }

    /// Bytes that it takes on the wire of a WebSocket.
    pub fn wire_len(&self) -> usize {
        self.0.wire.len()
    }

    /// Its sequence number, if it has one.
    pub fn sequence(&self) -> Option<u64> {
        self.0.sequence
    }

    /// A single Engine.IO text packet, `text` with its leading type digit.
    pub(super) fn packet(text: &str) -> Self {
        Self::frame(Opcode::Text, text.as_bytes())
    }

    /// A single binary Engine.IO message.
    pub(super) fn binary(payload: &[u8]) -> Self {
        Self::frame(Opcode::Binary, payload)
    }

    /// A WebSocket close frame; only for a WebSocket.
    pub(super) fn close_frame(code: u16) -> Self {
        Self::frame(Opcode::Close, &code.to_be_bytes())
    }

    /// A WebSocket frame; control frames only for a WebSocket.
    pub(super) fn frame(opcode: Opcode, payload: &[u8]) -> Self {
        let mut wire = Vec::with_capacity(payload.len() + websocket::MAX_HEADER);
        websocket::push_frame(&mut wire, opcode, payload);
        Self::from_wire(wire, None, None)
    }

    pub(super) fn from_messages(
        text: &str,
        attachments: &[Bytes],
        sequence: Option<u64>,
        key: Option<u64>,
    ) -> Self {
        let len = text.len() + attachments.iter().map(Bytes::len).sum::<usize>();
        let mut wire = Vec::with_capacity(len + (attachments.len() + 1) * websocket::MAX_HEADER);
        websocket::push_frame(&mut wire, Opcode::Text, text.as_bytes());
        for attachment in attachments {
            websocket::push_frame(&mut wire, Opcode::Binary, attachment);
        }
        Self::from_wire(wire, sequence, key)
    }

    fn from_wire(wire: Vec<u8>, sequence: Option<u64>, key: Option<u64>) -> Self {
        Self(Arc::new(Encoded {
            wire: wire.into_boxed_slice(),
            sequence,
            key,
        }))
    }
}

/// Collects what an [`Event`] carries.
#[derive(Clone, Debug)]
pub struct EventBuilder {
    namespace: &'static str,
    /// The JSON array so far, without its closing bracket.
    args: String,
    attachments: Vec<Bytes>,
    sequence: Option<u64>,
    key: Option<u64>,
}

impl EventBuilder {
    /// Adds an argument.
    pub fn arg<T: Serialize + ?Sized>(self, value: &T) -> serde_json::Result<Self> {
        let json = serde_json::to_string(value)?;
        Ok(self.json(&json))
    }

    /// Adds an argument that is JSON text already.
    #[must_use]
    pub fn json(mut self, json: &str) -> Self {
        self.args.push(',');
        self.args.push_str(json);
        self
    }

    /// Adds a binary attachment, for which the arguments hold the next
    /// `{"_placeholder":true,"num":N}`, counted from 0.
    #[must_use]
    pub fn attachment(mut self, attachment: Bytes) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// Gives it a place in a sequence: [`Hold::release_after`](super::Hold::release_after) drops
    /// what was replayed already.
    #[must_use]
    pub fn sequence(mut self, sequence: u64) -> Self {
        self.sequence = Some(sequence);
        self
    }

    /// Makes it volatile: to a slow connection it is sent when that has caught up, and only the
    /// newest of those with the same key.
    #[must_use]
    pub fn replacing(mut self, key: u64) -> Self {
        self.key = Some(key);
        self
    }

    /// Encodes it.
    pub fn build(self) -> Event {
        self.build_with_id(None)
    }

    pub(super) fn build_with_id(mut self, id: Option<u64>) -> Event {
        self.args.push(']');
        let count = self.attachments.len();
        let text = socketio::encode(Kind::Event, self.namespace, id, count, &self.args);
        Event::from_messages(&text, &self.attachments, self.sequence, self.key)
    }
}
