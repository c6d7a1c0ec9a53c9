//! One Engine.IO connection, whatever carries it: its output, its heartbeat, its end.
//!
//! What its messages mean is [`namespaces`](super::namespaces)' part, how bytes come in is the
//! transports'. Lock order: a room, a socket, then `out`; nothing is locked while the program is
//! called.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::app::{App, DisconnectReason, Owner};
use super::budget::Bucket;
use super::event::Event;
use super::hub::Hub;
use super::namespaces::{Namespaces, Pending};
use super::outbox::{Caps, Outbox, Pushed, Transport};
use super::stream::Stream;
use crate::protocol::engineio::Handshake;
use crate::protocol::websocket::close;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Ticks by which a turn of the wheel may be late without giving a peer more time.
const LATE: u64 = 2;

/// 128 random bits that name a connection; base64url on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sid(pub [u8; 16]);

impl Sid {
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 18];
        let len = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        bytes[..len].try_into().ok().map(Self)
    }

    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

pub(super) struct Session<A: App> {
    pub hub: Arc<Hub<A>>,
    pub sid: Sid,
    pub owner: Owner,
    /// Set before the transport becomes `WebSocket`.
    pub stream: OnceLock<Stream>,
    pub out: Mutex<Outbox>,
    /// Tells reader and poll that something here has changed for them.
    pub wake: Notify,
    pub namespaces: Mutex<Namespaces<A>>,
    /// The packet whose attachments are still coming.
    pub pending: Mutex<Option<Box<Pending>>>,
    pulse: Mutex<Pulse>,
    rate: Mutex<Rate>,
    /// How many [`Credit`]s live.
    credits: AtomicU32,
}

/// In ticks of the wheel.
#[derive(Clone, Copy)]
struct Pulse {
    phase: Phase,
    /// When it must belong to a namespace.
    connect_by: u64,
}

#[derive(Clone, Copy)]
enum Phase {
    /// A ping is due.
    Ping(u64),
    /// A ping was sent; its answer is due.
    Pong(u64),
}

#[derive(Default)]
struct Rate {
    packets: Bucket,
    bytes: Bucket,
}

impl<A: App> Session<A> {
    pub fn new(
        hub: Arc<Hub<A>>,
        sid: Sid,
        owner: Owner,
        handshake: A::Handshake,
        stream: Option<Stream>,
    ) -> Arc<Self> {
        let now = hub.tick();
        let transport = match stream {
            Some(_) => Transport::WebSocket,
            None => Transport::Polling,
        };
        if stream.is_some() {
            hub.counters.websockets.fetch_add(1, Ordering::Relaxed);
        }
        let pulse = Pulse {
            phase: Phase::Ping(now + hub.ticks.ping_interval),
            connect_by: now + hub.ticks.connect_timeout,
        };
        Arc::new(Self {
            hub,
            sid,
            owner,
            stream: stream.map_or_else(OnceLock::new, OnceLock::from),
            out: Mutex::new(Outbox::new(transport)),
            wake: Notify::new(),
            namespaces: Mutex::new(Namespaces::new(handshake)),
            pending: Mutex::new(None),
            pulse: Mutex::new(pulse),
            rate: Mutex::new(Rate::default()),
            credits: AtomicU32::new(0),
        })
    }

    /// The open packet.
    pub fn hello(&self, can_upgrade: bool) -> String {
        let config = &self.hub.config;
        let handshake = Handshake {
            sid: &self.sid.text(),
            can_upgrade,
            ping_interval: config.ping_interval.as_millis(),
            ping_timeout: config.ping_timeout.as_millis(),
            max_payload: config.max_payload,
        };
        handshake.encode()
    }

    fn caps(&self) -> Caps<'_> {
        Caps {
            bytes: self.hub.config.queue_bytes,
            in_all: &self.hub.output,
        }
    }

    /// Queues an event without acting on the outcome: see [`Hub::settle`].
    pub fn push(&self, event: &Event) -> Pushed {
        if self.hub.app.watches() {
            self.show_event(event);
        }
        let stream = self.stream.get();
        self.out.lock().push(event, stream, &self.caps())
    }

    /// Sends an event. False: the session is closed.
    pub fn send(self: &Arc<Self>, event: &Event) -> bool {
        match self.push(event) {
            Pushed::Gone => return false,
            Pushed::Waits => {}
            Pushed::List => self.hub.list(std::iter::once(Arc::clone(self))),
            Pushed::Wake => self.wake.notify_waiters(),
            Pushed::TooMuch => self.close(DisconnectReason::TooSlow),
        }
        true
    }

    /// The flusher's turn.
    pub fn flush_listed(self: &Arc<Self>) {
        let Some(stream) = self.stream.get() else {
            return;
        };
        let (result, blocked) = {
            let mut out = self.out.lock();
            let result = out.flush_listed(stream, &self.hub.output);
            (result, out.blocked())
        };
        if result.is_err() {
            self.close(DisconnectReason::Broken);
        } else if blocked {
            // The reader waits for the stream to take more.
            self.wake.notify_waiters();
        }
    }

    /// Writes what the stream takes.
    pub fn flush(&self) -> std::io::Result<()> {
        match self.stream.get() {
            Some(stream) => self.out.lock().flush(stream, &self.hub.output),
            None => Ok(()),
        }
    }

    pub fn is_closed(&self) -> bool {
        self.out.lock().closed
    }

    /// Closes with the code that belongs to the reason.
    pub fn close(self: &Arc<Self>, reason: DisconnectReason) {
        let code = match reason {
            DisconnectReason::Protocol => close::PROTOCOL,
            DisconnectReason::TooLarge => close::TOO_LONG,
            DisconnectReason::TooSlow => close::TRY_LATER,
            DisconnectReason::PingTimeout | DisconnectReason::ConnectTimeout => close::POLICY,
            DisconnectReason::Shutdown => close::RESTART,
            DisconnectReason::ClientLeft
            | DisconnectReason::ClientClosed
            | DisconnectReason::ServerLeft
            | DisconnectReason::Broken => close::NORMAL,
        };
        self.close_with(reason, code);
    }

    /// Ends it for everybody: no event goes in or out any more, its sockets leave their rooms.
    /// The transport tells the peer. Doing it again changes nothing.
    pub fn close_with(self: &Arc<Self>, reason: DisconnectReason, code: u16) {
        let drop_rest = matches!(
            reason,
            DisconnectReason::Protocol
                | DisconnectReason::TooLarge
                | DisconnectReason::TooSlow
                | DisconnectReason::Broken
                | DisconnectReason::ClientClosed
        );
        let (closed, last_poll) = {
            let mut out = self.out.lock();
            let last = match (out.transport, reason) {
                (Transport::WebSocket, _) => Event::close_frame(code),
                (_, DisconnectReason::ClientClosed) => Event::packet("6"),
                _ => Event::packet("1"),
            };
            let closed = out.close(drop_rest, Some(last), &self.hub.output);
            // The next poll carries the farewell away; the wheel forgets a client that never asks.
            let last_poll = out.transport != Transport::WebSocket
                && !out.parked
                && matches!(
                    reason,
                    DisconnectReason::ClientClosed
                        | DisconnectReason::ServerLeft
                        | DisconnectReason::Shutdown
                );
            if closed && out.transport != Transport::WebSocket && !out.parked && !last_poll {
                out.clear(&self.hub.output);
            }
            (closed, last_poll)
        };
        if closed {
            if !last_poll {
                self.hub.forget(self.sid);
            }
            self.hub.count_end(reason);
            self.end_namespaces(reason);
            self.wake.notify_waiters();
        }
    }

    /// The wheel's turn: pings, or closes what hasn't answered. Returns when to look again.
    pub fn beat(self: &Arc<Self>, now: u64) -> Option<u64> {
        if self.is_closed() {
            self.hub.forget(self.sid);
            return None;
        }
        let ticks = &self.hub.ticks;
        let waits = self.hub.config.connect_timeout.is_some() && self.namespaces.lock().is_empty();
        let (due, ping) = {
            let mut pulse = self.pulse.lock();
            if waits && now >= pulse.connect_by {
                drop(pulse);
                self.close(DisconnectReason::ConnectTimeout);
                return None;
            }
            let ping = match pulse.phase {
                Phase::Ping(due) if now >= due => {
                    // Not from now: being late here mustn't add up. But after a long sleep of the
                    // machine the peer still has all its time.
                    let sent = due.max(now.saturating_sub(LATE));
                    pulse.phase = Phase::Pong(sent + ticks.ping_timeout);
                    true
                }
                Phase::Pong(due) if now >= due => {
                    drop(pulse);
                    self.close(DisconnectReason::PingTimeout);
                    return None;
                }
                _ => false,
            };
            let (Phase::Ping(due) | Phase::Pong(due)) = pulse.phase;
            let due = if waits {
                due.min(pulse.connect_by)
            } else {
                due
            };
            (due, ping)
        };
        if ping {
            self.send(&self.hub.ping);
        }
        Some(due)
    }

    /// An answer to a ping. One that nobody asked for counts for nothing.
    pub fn pong(&self) {
        let next = self.hub.tick() + self.hub.ticks.ping_interval;
        let mut pulse = self.pulse.lock();
        if matches!(pulse.phase, Phase::Pong(_)) {
            pulse.phase = Phase::Ping(next);
        }
    }

    /// Starts anew the time in which it must belong to a namespace.
    pub fn expect_connect(&self) {
        self.pulse.lock().connect_by = self.hub.tick() + self.hub.ticks.connect_timeout;
    }

    /// Bytes that a message may have now.
    pub fn max_message(&self) -> usize {
        let config = &self.hub.config;
        if config.connect_timeout.is_some() && !self.namespaces.lock().is_connected() {
            config.max_payload_before_connect.min(config.max_payload)
        } else {
            config.max_payload
        }
    }

    /// Counts what was received. Returns how long nothing more should be read.
    pub fn count_input(&self, packets: usize, bytes: usize) -> Duration {
        if !self.hub.limited.load(Ordering::Relaxed) {
            return Duration::ZERO;
        }
        let config = &self.hub.config;
        let mut rate = self.rate.lock();
        let mut wait = Duration::ZERO;
        let now = self.hub.clock.now();
        if let Some(limit) = config.packets_per_second {
            wait = rate.packets.take(now, packets, limit, config.packets_burst);
        }
        if let Some(limit) = config.bytes_per_second {
            let most = u32::try_from(config.max_payload).unwrap_or(u32::MAX);
            let burst = config.bytes_burst.max(most);
            wait = wait.max(rate.bytes.take(now, bytes, limit, burst));
        }
        wait
    }

    /// Whether so many of its events are being worked on that it shouldn't be read.
    pub fn is_busy(&self) -> bool {
        self.credits.load(Ordering::Acquire) >= self.hub.config.events_waiting
    }

    pub fn lend_credit(self: &Arc<Self>) -> Credit<A> {
        self.credits.fetch_add(1, Ordering::AcqRel);
        Credit(Arc::clone(self))
    }
}

impl<A: App> Drop for Session<A> {
    fn drop(&mut self) {
        self.out.get_mut().clear(&self.hub.output);
        if self.stream.get().is_some() {
            let counters = &self.hub.counters;
            counters.websockets.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Held while an event is being worked on: see [`Incoming::credit`](super::Incoming::credit).
pub struct Credit<A: App>(Arc<Session<A>>);

impl<A: App> Drop for Credit<A> {
    fn drop(&mut self) {
        let before = self.0.credits.fetch_sub(1, Ordering::AcqRel);
        if before == self.0.hub.config.events_waiting {
            self.0.wake.notify_waiters();
        }
    }
}
