//! The shapes of the public API; the bodies follow.
#![allow(
    unused_variables,
    clippy::unimplemented,
    missing_docs,
    clippy::unused_async,
    dead_code
)]
use super::*;
use crate::base::{clock::Clock, rng::Rng};
use crate::protocol::engineio::Message;
use bytes::Bytes;
use http_body_util::Full;
use serde::Serialize;
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};

/// The engine. A clone is a reference.
pub struct Engine<A: App>(Arc<A>);
impl<A: App> Clone for Engine<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
impl<A: App> Engine<A> {
    /// An engine for `app`. Nothing happens before [`Engine::run`].
    pub fn new(config: EngineConfig, app: A, clock: Clock, rng: Rng) -> Self {
        unimplemented!()
    }
    /// Does the engine's work: writes to sockets, sends pings, ends what has timed out. Runs until
    /// [`Engine::shutdown`] is done. Spawn it once.
    pub async fn run(&self) {}
    /// Answers a request to the socket path. Any method, any query: what is wrong is answered.
    pub async fn serve(
        &self,
        request: http::Request<hyper::body::Incoming>,
    ) -> http::Response<Full<Bytes>> {
        unimplemented!()
    }
    /// Refuses new connections, closes all with `code` (1012: clients come back) and returns when
    /// they are gone, after `grace` at the latest.
    pub async fn shutdown(&self, code: u16, grace: Duration) {}
    /// The program that was given to [`Engine::new`].
    pub fn app(&self) -> &A {
        &self.0
    }
    /// Sends to all members of the room but `except`; returns to how many. Never blocks. All
    /// members get the events of a room in the same order.
    pub fn emit(&self, room: RoomId, event: &Event, except: Option<&Socket<A>>) -> usize {
        unimplemented!()
    }
    /// How many sockets are in the room.
    pub fn members(&self, room: RoomId) -> usize {
        unimplemented!()
    }
    /// The sockets in the room.
    pub fn sockets_in(&self, room: RoomId) -> Vec<Socket<A>> {
        unimplemented!()
    }
    pub fn stats(&self) -> Stats {
        unimplemented!()
    }
}

/// Names a room. All sockets of a room must be of one namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoomId {
    kind: u8,
    key: u64,
}
impl RoomId {
    pub const fn new(kind: u8, key: u64) -> Self {
        Self { kind, key }
    }
}

/// A client that waits to be connected to a namespace. Dropping it refuses.
pub struct Connecting<A: App>(Socket<A>);
impl<A: App> Connecting<A> {
    pub fn namespace(&self) -> &'static str {
        unimplemented!()
    }
    /// The client's `auth` payload, a JSON object.
    pub fn auth(&self) -> Option<&RawValue> {
        unimplemented!()
    }
    /// The `pid` of the payload, at most 128 bytes.
    pub fn pid(&self) -> Option<&str> {
        unimplemented!()
    }
    /// The `offset` of the payload, at most 128 bytes.
    pub fn offset(&self) -> Option<&str> {
        unimplemented!()
    }
    pub fn handshake(&self) -> &A::Handshake {
        unimplemented!()
    }
    /// `None`: the client is gone; then `disconnected` isn't called either. The socket is on hold:
    /// events to rooms that it joins wait until the hold is released, `Socket::emit` goes out at
    /// once.
    pub fn accept(self, data: A::Data, pid: Option<&str>) -> Option<Hold<A>> {
        unimplemented!()
    }
    /// Answers `CONNECT_ERROR {message, data}`.
    pub fn refuse(self, message: &str, data: Option<&RawValue>) {}
}

/// A socket on hold: events to its rooms wait (bounded) until this is released or dropped.
pub struct Hold<A: App>(Socket<A>);
impl<A: App> Hold<A> {
    pub fn release(self) -> Socket<A> {
        unimplemented!()
    }
    /// Releases, but drops held events whose sequence is at most `sequence`.
    pub fn release_after(self, sequence: u64) -> Socket<A> {
        unimplemented!()
    }
}
impl<A: App> std::ops::Deref for Hold<A> {
    type Target = Socket<A>;
    fn deref(&self) -> &Socket<A> {
        &self.0
    }
}

/// 128 random bits; `Display` is what the client knows as `socket.id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketId(u128);

/// A client connected to a namespace. A clone is a reference; equal by identity.
pub struct Socket<A: App>(Arc<A::Data>);
impl<A: App> Clone for Socket<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
impl<A: App> Socket<A> {
    pub fn id(&self) -> SocketId {
        unimplemented!()
    }
    pub fn namespace(&self) -> &'static str {
        unimplemented!()
    }
    pub fn data(&self) -> &A::Data {
        &self.0
    }
    pub fn is_connected(&self) -> bool {
        unimplemented!()
    }
    /// Queues the event; false when the socket is gone. Never blocks.
    pub fn emit(&self, event: &Event) -> bool {
        unimplemented!()
    }
    /// Like `emit`; the answer comes to `App::acked`. `None`: gone, or it owes too many answers.
    pub fn emit_with_ack(&self, event: EventBuilder) -> Option<AckId> {
        unimplemented!()
    }
    /// Puts it on hold (again).
    pub fn hold(&self) -> Hold<A> {
        unimplemented!()
    }
    /// False when it is gone or a member already.
    pub fn join(&self, room: RoomId) -> bool {
        unimplemented!()
    }
    pub fn leave(&self, room: RoomId) -> bool {
        unimplemented!()
    }
    pub fn leave_all(&self) {}
    pub fn is_in(&self, room: RoomId) -> bool {
        unimplemented!()
    }
    pub fn rooms(&self) -> Vec<RoomId> {
        unimplemented!()
    }
    /// Sends DISCONNECT: the stock client stays away. When it was the connection's last socket,
    /// the connection is closed too.
    pub fn disconnect(&self) {}
    /// Closes the whole connection with this WebSocket code: the stock client comes back.
    pub fn close(&self, code: u16) {}
}

/// Answers a client's event.
pub struct Ack<A: App>(Socket<A>);
impl<A: App> Ack<A> {
    /// Answers with one argument.
    pub fn send<T: Serialize + ?Sized>(self, value: &T) -> serde_json::Result<()> {
        unimplemented!()
    }
    /// Answers with a JSON array of arguments, and attachments for its placeholders.
    pub fn send_args(self, args: &str, attachments: &[Bytes]) {}
}

/// Held while an event is being worked on.
pub struct Credit<A: App>(Socket<A>);

/// A connection below Socket.IO.
pub struct Connection<A: App>(Socket<A>);
impl<A: App> Connection<A> {
    pub fn speak_socketio(&self, message: Message<'_>) -> Result<(), DisconnectReason> {
        unimplemented!()
    }
}
