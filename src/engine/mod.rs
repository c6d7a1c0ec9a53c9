//! An Engine.IO v4 / Socket.IO v5 server that knows nothing of chat.
//!
//! The embedding program is an [`App`]; it gets requests to the socket path to [`Engine::serve`],
//! and deals in [`Socket`]s, [`Event`]s and [`RoomId`]s. What makes it small and fast:
//!
//! - An event is encoded once, WebSocket header included, and shared by all who receive it.
//! - A receiver costs no task wake-up: a flusher writes to all sockets that have something to be
//!   written, everything that waits in one call.
//! - All connections read into a shared buffer; one keeps only what is incomplete.
//! - A timer wheel instead of a timer per connection.
//! - After the upgrade, nothing of the HTTP handshake stays in memory.
//!
//! Every queue is bounded: who reads too slowly is closed, who sends too fast is read slowly.
//! Nothing here blocks, and no lock is held while the program is called.

mod ack;
mod app;
mod block;
mod budget;
mod config;
mod connecting;
mod connection;
mod event;
mod hold;
mod hub;
mod namespaces;
mod outbox;
mod polling;
mod rooms;
mod serve;
mod session;
mod socket;
mod stream;
mod upgrade;
mod watching;
mod websocket;
mod wheel;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use crate::base::clock::Clock;
use crate::base::rng::Rng;
pub use ack::Ack;
pub use app::{AckId, App, Args, DisconnectReason, Incoming, Owner, Refusal, Seen, Stats, Way};
pub use config::EngineConfig;
pub use connecting::Connecting;
pub use connection::Connection;
pub use event::{Event, EventBuilder};
pub use hold::Hold;
use hub::Hub;
pub use rooms::RoomId;
pub use session::Credit;
pub use socket::{Socket, SocketId};

/// How long closing all connections may take: what each of them may linger, and a second for the
/// last of them to begin with it.
pub const GRACE: Duration = Duration::from_secs(websocket::LINGER.as_secs() + 1);

/// The engine. A clone is a reference.
pub struct Engine<A: App>(Arc<Hub<A>>);

impl<A: App> Engine<A> {
    /// An engine for `app`. It needs [`Engine::run`] to work.
    pub fn new(config: EngineConfig, app: A, clock: Clock, rng: Rng) -> Self {
        Self(Hub::new(config, app, clock, rng))
    }

    /// Does the engine's work: writes to sockets, sends pings, ends what has timed out, tells the
    /// program who is gone. Runs until [`Engine::shutdown`] is done. Spawn it once.
    pub async fn run(&self) {
        self.0.run().await;
    }

    /// Answers a request to the socket path, whatever its method and query; what is wrong is
    /// refused. A request for a WebSocket must have come over a connection that
    /// `hyper_util::server::conn::auto::Builder::serve_connection_with_upgrades` serves, and that
    /// is a `TokioIo` of a `TcpStream` or of a [`TlsStream`](crate::tls::TlsStream).
    pub async fn serve(&self, request: Request<hyper::body::Incoming>) -> Response<Full<Bytes>> {
        serve::serve(&self.0, request).await
    }

    /// Refuses new connections, closes all that are open with the WebSocket close code `code`
    /// (1012: clients come back), and returns when they are gone, after [`GRACE`] at the latest.
    pub async fn shutdown(&self, code: u16) {
        self.0.ending.begin();
        self.0.close_all(code);
        let gone = self.0.ending.drained();
        self.0.clock.timeout(GRACE, gone).await;
    }

    /// The program that was given to [`Engine::new`].
    pub fn app(&self) -> &A {
        &self.0.app
    }

    /// Sends an event to all sockets in a room but `except`; returns to how many. Never blocks.
    /// All of them get the events of a room in the same order.
    pub fn emit(&self, room: RoomId, event: &Event, except: Option<&Socket<A>>) -> usize {
        let (mut count, mut to_do) = (0, Vec::new());
        self.0.rooms.with(room, |members| {
            for member in members.iter().filter(|member| Some(*member) != except) {
                count += 1;
                let outcome = member.push_room_event(event);
                if outcome.needs_action() {
                    to_do.push((Arc::clone(member.session()), outcome));
                }
            }
        });
        self.0.settle(to_do.into_iter());
        let counters = &self.0.counters;
        counters
            .events_out
            .fetch_add(count as u64, Ordering::Relaxed);
        count
    }

    /// How many sockets are in a room.
    pub fn members(&self, room: RoomId) -> usize {
        self.0.rooms.with(room, <[_]>::len)
    }

    /// The sockets in a room, in no order.
    pub fn sockets_in(&self, room: RoomId) -> Vec<Socket<A>> {
        self.0.rooms.with(room, <[_]>::to_vec)
    }

    /// From now on rates are limited as configured, or not at all.
    pub fn limit(&self, limited: bool) {
        self.0.limited.store(limited, Ordering::Relaxed);
    }

    /// Counters for metrics.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }
}

impl<A: App> Clone for Engine<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
