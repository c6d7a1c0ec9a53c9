//! A client connected to a namespace, as the program holds it.

use std::collections::VecDeque;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;

use super::app::{AckId, App, DisconnectReason};
use super::event::{Event, EventBuilder};
use super::hold::Hold;
use super::outbox::Pushed;
use super::rooms::RoomId;
use super::session::Session;
use crate::protocol::socketio::{self, Kind};

/// Names a socket: 128 random bits, shown as the client knows it (`socket.id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketId([u8; 16]);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// A client connected to a namespace. A clone is a reference; two are equal if they are the same
/// connection. It may be kept after the client is gone: then nothing reaches anybody.
pub struct Socket<A: App>(Arc<Inner<A>>);

struct Inner<A: App> {
    id: SocketId,
    namespace: &'static str,
    session: Arc<Session<A>>,
    data: A::Data,
    /// Whether `state.holds` is not 0.
    on_hold: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    gone: Option<DisconnectReason>,
    holds: u32,
    /// Events to its rooms that wait for the hold's release.
    held: VecDeque<Event>,
    held_bytes: usize,
    rooms: Vec<RoomId>,
    /// Events that the client hasn't answered yet.
    asked: Vec<u64>,
    next_ack: u64,
}

impl<A: App> Socket<A> {
    /// A socket on hold.
    pub(super) fn new(session: Arc<Session<A>>, namespace: &'static str, data: A::Data) -> Self {
        let id = SocketId(session.hub.rng.bytes());
        let state = State {
            holds: 1,
            ..State::default()
        };
        session.hub.counters.sockets.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(Inner {
            id,
            namespace,
            session,
            data,
            on_hold: AtomicBool::new(true),
            state: Mutex::new(state),
        }))
    }

    /// The client was gone before it was connected: the program never hears of it.
    pub(super) fn abandon(&self) {
        self.0.state.lock().gone = Some(DisconnectReason::Broken);
        let counters = &self.0.session.hub.counters;
        counters.sockets.fetch_sub(1, Ordering::Relaxed);
    }

    /// What names it.
    pub fn id(&self) -> SocketId {
        self.0.id
    }

    /// The namespace that it is connected to.
    pub fn namespace(&self) -> &'static str {
        self.0.namespace
    }

    /// What the program knows about it.
    pub fn data(&self) -> &A::Data {
        &self.0.data
    }

    /// Whether it is still there, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.0.state.lock().gone.is_none()
    }

    /// Bytes that wait for the client to read on: a long replay should pause on them.
    pub fn bytes_waiting(&self) -> usize {
        self.0.session.out.lock().bytes()
    }

    pub(super) fn session(&self) -> &Arc<Session<A>> {
        &self.0.session
    }

    /// Queues an event, also while on hold. False: the client is gone. Never blocks; a client for
    /// which too much is waiting is closed.
    pub fn emit(&self, event: &Event) -> bool {
        self.is_connected() && self.send(event)
    }

    pub(super) fn send(&self, event: &Event) -> bool {
        let counters = &self.0.session.hub.counters;
        counters.events_out.fetch_add(1, Ordering::Relaxed);
        self.0.session.send(event)
    }

    /// Queues an event that the client is to answer: the answer comes to
    /// [`App::acked`](super::App::acked). `None`: the client is gone or owes too many answers.
    pub fn emit_with_ack(&self, event: EventBuilder) -> Option<AckId> {
        let id = {
            let mut state = self.0.state.lock();
            let full = state.asked.len() >= self.0.session.hub.config.acks_waiting;
            if state.gone.is_some() || full {
                return None;
            }
            let id = state.next_ack;
            state.next_ack += 1;
            state.asked.push(id);
            id
        };
        self.send(&event.build_with_id(Some(id)));
        Some(AckId(id))
    }

    /// Whether an answer with this id was waited for; it no longer is.
    pub(super) fn take_ack(&self, id: u64) -> bool {
        let mut state = self.0.state.lock();
        let index = state.asked.iter().position(|asked| *asked == id);
        if let Some(index) = index {
            state.asked.swap_remove(index);
        }
        index.is_some()
    }

    /// An event to one of its rooms. Called under the room's lock, so it acts on nothing.
    pub(super) fn push_room_event(&self, event: &Event) -> Pushed {
        if self.0.on_hold.load(Ordering::Acquire) {
            let mut state = self.0.state.lock();
            if state.gone.is_some() {
                return Pushed::Gone;
            }
            if state.holds > 0 {
                state.held_bytes += event.wire_len();
                state.held.push_back(event.clone());
                let full = state.held_bytes > self.0.session.hub.config.queue_bytes;
                return if full { Pushed::TooMuch } else { Pushed::Waits };
            }
        }
        self.0.session.push(event)
    }

    /// Puts it on hold: events to its rooms wait until the hold is released or dropped, while
    /// [`Socket::emit`] still goes out.
    pub fn hold(&self) -> Hold<A> {
        self.0.state.lock().holds += 1;
        self.0.on_hold.store(true, Ordering::Release);
        Hold::new(self.clone())
    }

    /// Ends a hold. Held events go out now, but those with a sequence up to `replayed`.
    pub(super) fn release(&self, replayed: Option<u64>) {
        let mut pushed = Vec::new();
        let gone = {
            let mut state = self.0.state.lock();
            if let Some(replayed) = replayed {
                let new = |event: &Event| event.sequence().is_none_or(|number| number > replayed);
                state.held.retain(new);
                state.held_bytes = state.held.iter().map(Event::wire_len).sum();
            }
            state.holds -= 1;
            if state.holds > 0 {
                return;
            }
            for event in std::mem::take(&mut state.held) {
                pushed.push((Arc::clone(&self.0.session), self.0.session.push(&event)));
            }
            state.held_bytes = 0;
            self.0.on_hold.store(false, Ordering::Release);
            state.gone
        };
        let hub = &self.0.session.hub;
        hub.settle(pushed.into_iter());
        if let Some(reason) = gone {
            hub.report(self.clone(), reason);
        }
    }

    /// Adds it to a room. False: it is gone, or in the room already.
    pub fn join(&self, room: RoomId) -> bool {
        self.0.session.hub.rooms.join(room, self, || {
            let mut state = self.0.state.lock();
            let joins = state.gone.is_none() && !state.rooms.contains(&room);
            if joins {
                state.rooms.push(room);
            }
            joins
        })
    }

    /// Takes it out of a room: no later event to it arrives. False: it wasn't in.
    pub fn leave(&self, room: RoomId) -> bool {
        self.0.session.hub.rooms.leave(room, self, || {
            let mut state = self.0.state.lock();
            let index = state.rooms.iter().position(|other| *other == room);
            if let Some(index) = index {
                state.rooms.swap_remove(index);
            }
            index.is_some()
        })
    }

    /// Takes it out of all rooms.
    pub fn leave_all(&self) {
        for room in self.rooms() {
            self.leave(room);
        }
    }

    /// Whether it is in a room.
    pub fn is_in(&self, room: RoomId) -> bool {
        self.0.state.lock().rooms.contains(&room)
    }

    /// The rooms that it is in, in no order.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.0.state.lock().rooms.clone()
    }

    /// Disconnects it for good: the stock client doesn't come back by itself. When the connection
    /// carries no other socket, it is closed too.
    pub fn disconnect(&self) {
        if !self.is_connected() {
            return;
        }
        let text = socketio::encode(Kind::Disconnect, self.0.namespace, None, 0, "");
        self.send(&Event::packet(&text));
        let last = self.0.session.remove(self);
        self.end(DisconnectReason::ServerLeft);
        if last {
            self.0.session.close(DisconnectReason::ServerLeft);
        }
    }

    /// Closes the whole connection with a WebSocket close code: the stock client comes back.
    pub fn close(&self, code: u16) {
        self.0
            .session
            .close_with(DisconnectReason::ServerLeft, code);
    }

    /// It is gone: it leaves its rooms, and the program is told, after a hold if there is one.
    pub(super) fn end(&self, reason: DisconnectReason) {
        let (rooms, held) = {
            let mut state = self.0.state.lock();
            if state.gone.is_some() {
                return;
            }
            state.gone = Some(reason);
            state.held = VecDeque::new();
            state.asked = Vec::new();
            (std::mem::take(&mut state.rooms), state.holds > 0)
        };
        let hub = &self.0.session.hub;
        hub.counters.sockets.fetch_sub(1, Ordering::Relaxed);
        for room in rooms {
            hub.rooms.leave(room, self, || ());
        }
        if !held {
            hub.report(self.clone(), reason);
        }
    }
}

impl<A: App> Clone for Socket<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: App> PartialEq for Socket<A> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<A: App> Eq for Socket<A> {}

impl<A: App> Hash for Socket<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl<A: App> fmt::Debug for Socket<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({})", self.0.id)
    }
}
