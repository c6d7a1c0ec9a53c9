//! What the embedding program is to the engine: the [`App`] it serves, and what passes between
//! the two.

use bytes::Bytes;
use http::request::Parts;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Ack, Connecting, Connection, Credit, Socket};
use crate::protocol::engineio::Message;

/// The program behind an [`Engine`](super::Engine).
///
/// Its methods are called from the tasks that read sockets and must not block: hand work on and
/// answer later. Calls about one socket come in the order in which the peer caused them.
pub trait App: Sized + Send + Sync + 'static {
    /// What is kept of the opening request until a namespace is connected: keep it small, it is
    /// counted per connection. Its drop may be used to count half-open connections.
    type Handshake: Send + Sync + 'static;
    /// What the program knows about one connected socket. Dropped with the last [`Socket`].
    type Data: Send + Sync + 'static;

    /// Whether a request with this `Origin` (or none) may use the engine. Asked for every request
    /// on both transports; a refusal is answered 403.
    fn allow_origin(&self, parts: &Parts) -> bool;

    /// Whom a connection belongs to. Every later request with its `sid` must give the same
    /// value, else it is answered as if the `sid` did not exist.
    fn owner(&self, parts: &Parts) -> Owner;

    /// A new connection is asked for, on either transport. A refusal is answered over HTTP.
    fn open(&self, parts: &Parts) -> Result<Self::Handshake, Refusal>;

    /// The namespaces that exist. All others are refused as the protocol says.
    fn namespaces(&self) -> &[&'static str] {
        &["/"]
    }

    /// A client asks to be connected to a namespace. The answer, [`Connecting::accept`] or
    /// [`Connecting::refuse`], may be given later and from any thread.
    fn connect(&self, connecting: Connecting<Self>);

    /// A client sent an event.
    fn event(&self, socket: &Socket<Self>, incoming: Incoming<'_, Self>);

    /// A client answered the event that [`Socket::emit_with_ack`] sent. Unknown and repeated
    /// answers never arrive here; those of a closed socket neither.
    fn acked(&self, socket: &Socket<Self>, ack: AckId, args: &Args<'_>, attachments: &[Bytes]) {
        let _ = (socket, ack, args, attachments);
    }

    /// A socket that was accepted is gone. Called exactly once, after it has left all its rooms,
    /// and not before the [`Hold`](super::Hold) that `accept` gave was released or dropped.
    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason);

    /// Whether packets are to be shown to [`App::seen`]. Asked for each of them, so that it must
    /// cost nothing.
    fn watches(&self) -> bool {
        false
    }

    /// A packet passes by on a connection that carries `socket`, if it carries one yet. The one
    /// exception to all rules: it may be called with the engine's locks held, so it must not call the
    /// engine, and only take note.
    fn seen(&self, socket: Option<&Socket<Self>>, way: Way, packet: Seen<'_>) {
        let _ = (socket, way, packet);
    }

    /// An Engine.IO message arrived. The default speaks Socket.IO; a program that wants the bare
    /// messages takes them here, and none of the methods about sockets is ever called.
    fn message(
        &self,
        connection: &Connection<Self>,
        message: Message<'_>,
    ) -> Result<(), DisconnectReason> {
        connection.speak_socketio(message)
    }
}

/// A packet as it passes by, for finding a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A Socket.IO packet, or an answer to none.
    Text(&'a str),
    /// So many bytes that belong to the text before.
    Binary(usize),
    /// A packet of the connection itself, by name.
    Signal(&'static str),
}

/// Which way a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// Binds a connection to whoever opened it, for example the hash of a session cookie.
#[derive(Clone, Copy, Debug)]
pub struct Owner(pub [u8; 32]);

/// Why a new connection is not opened. Answered over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 403: not from here.
    Forbidden,
    /// 429 with `Retry-After` in seconds: too many from here.
    TooMany(u32),
    /// 503 with `Retry-After` in seconds: too many in all.
    Busy(u32),
}

/// Why a socket is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// The client left the namespace.
    ClientLeft,
    /// The client closed the connection.
    ClientClosed,
    /// [`Socket::disconnect`] or [`Socket::close`].
    ServerLeft,
    /// The connection broke.
    Broken,
    /// A ping was not answered in time.
    PingTimeout,
    /// No namespace was connected in time.
    ConnectTimeout,
    /// It read slower than it was written to.
    TooSlow,
    /// It broke the protocol.
    Protocol,
    /// It sent more than may be sent at once.
    TooLarge,
    /// The engine shuts down.
    Shutdown,
}

/// An event of a client.
pub struct Incoming<'a, A: App> {
    /// Its name: 1..=128 bytes, none of the reserved ones.
    pub name: &'a str,
    /// Its arguments.
    pub args: Args<'a>,
    /// Its binary attachments: the arguments hold `{"_placeholder":true,"num":N}` where the Nth
    /// belongs. All placeholders are in range.
    pub attachments: Vec<Bytes>,
    /// Answers the client's callback, if it gave one.
    pub ack: Option<Ack<A>>,
    /// Keep it as long as the event is being worked on: while many live, the client is not read.
    pub credit: Credit<A>,
}

/// The arguments of an event or an answer, as JSON that is well-formed but otherwise unchecked.
#[derive(Debug)]
pub struct Args<'a>(pub(super) &'a [&'a RawValue]);

impl<'a> Args<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the argument at `index` as a `T`. A missing one reads as `null`.
    pub fn get<T: Deserialize<'a>>(&self, index: usize) -> serde_json::Result<T> {
        serde_json::from_str(self.raw(index).unwrap_or("null"))
    }

    /// The text of the argument at `index`.
    pub fn raw(&self, index: usize) -> Option<&'a str> {
        self.0.get(index).map(|value| value.get())
    }

    /// The texts of all arguments, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|value| value.get())
    }
}

/// Names the answer that [`Socket::emit_with_ack`] waits for. Unique per socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AckId(pub u64);

/// Counters for metrics; all since the start unless they say "now".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections now.
    pub connections: usize,
    /// Those of them that are `WebSocket`s.
    pub websockets: usize,
    /// Sockets (connections × namespaces) now.
    pub sockets: usize,
    /// Rooms with members now.
    pub rooms: usize,
    /// Bytes that wait for slow connections now.
    pub bytes_waiting: usize,
    /// Bytes of incomplete messages now.
    pub input_bytes: usize,
    /// Events handed to the sockets' queues.
    pub events_out: u64,
    /// Events received.
    pub events_in: u64,
    /// Connections opened.
    pub opened: u64,
    /// Connections closed because they read too slowly.
    pub closed_slow: u64,
    /// Connections closed because they broke the protocol or a limit.
    pub closed_protocol: u64,
    /// Connections closed because a ping or CONNECT did not come in time.
    pub closed_timeout: u64,
}
