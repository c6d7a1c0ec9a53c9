//! The small task that reads one WebSocket, and ends it.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::app::{App, DisconnectReason, Way};
use super::event::Event;
use super::outbox::Transport;
use super::session::Session;
use super::stream::Stream;
use crate::model::peer::Admission;
use crate::protocol::engineio::{self, Packet};
use crate::protocol::websocket::{self, Decoder, Message, Opcode, close};

/// Bytes that one read gives at most.
const READ: usize = 64 * 1024;
/// How long a closed connection may take to read what is left and to close its side.
pub(super) const LINGER: Duration = Duration::from_secs(3);

thread_local! {
    /// All connections of a thread read into the same buffer, one after the other.
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into_boxed_slice());
}

/// How far the input of a connection has been read.
#[derive(Default)]
pub(super) struct Reader {
    decoder: Decoder,
    /// Bytes that were read but not looked at, because reading had to stop.
    backlog: Vec<u8>,
    /// What counts against all connections' budget.
    charged: usize,
    /// The connection's place in the listener's count: free when the connection is gone.
    _admission: Option<Admission>,
}

/// Why reading stopped.
enum Stop {
    /// The stream has no more for now.
    Empty,
    /// Others should have a turn.
    Turn,
    /// Too many of its events are being worked on.
    Busy,
    /// It sent too much: nothing more is read for a while.
    Pause(Duration),
}

/// Why a connection ends, and the close code to say so.
pub(super) struct End(pub DisconnectReason, pub u16);

impl From<DisconnectReason> for End {
    fn from(reason: DisconnectReason) -> Self {
        let code = match reason {
            DisconnectReason::TooLarge => close::TOO_LONG,
            _ => close::PROTOCOL,
        };
        Self(reason, code)
    }
}

impl From<websocket::Error> for End {
    fn from(error: websocket::Error) -> Self {
        let reason = match error {
            websocket::Error::TooLong => DisconnectReason::TooLarge,
            websocket::Error::Protocol => DisconnectReason::Protocol,
        };
        Self(reason, error.close_code())
    }
}

/// The peer is gone: there is nobody to say anything to.
const BROKEN: End = End(DisconnectReason::Broken, close::NORMAL);

impl Reader {
    /// A reader that starts with bytes that were read already.
    pub fn new(decoder: Decoder, backlog: Vec<u8>, admission: Option<Admission>) -> Self {
        Self {
            decoder,
            backlog,
            charged: 0,
            _admission: admission,
        }
    }
}

/// Reads a session's WebSocket until its end. The session has a stream.
pub(super) async fn run<A: App>(session: Arc<Session<A>>, mut reader: Reader) {
    let Some(stream) = session.stream.get() else {
        return;
    };
    let _working = session.hub.ending.working();
    let end = match session.flush() {
        // What had been waiting for a poll is written, and now it goes on from here.
        Ok(()) => read(&session, stream, &mut reader).await,
        Err(_) => Some(BROKEN),
    };
    session.hub.input.adjust(&mut reader.charged, 0);
    (reader.decoder, reader.backlog) = (Decoder::new(), Vec::new());
    let gone = matches!(end, Some(End(DisconnectReason::Broken, _)));
    if let Some(End(reason, code)) = end {
        session.close_with(reason, code);
    }
    if !gone {
        // Boxed, so that an open connection doesn't carry the room for it.
        let limit = session.hub.clock.timeout(LINGER, finish(&session, stream));
        Box::pin(limit).await;
    }
    session.out.lock().clear(&session.hub.output);
    stream.finish();
}

/// Returns why the connection ends; `None`: it has been closed by somebody else.
async fn read<A: App>(
    session: &Arc<Session<A>>,
    stream: &Stream,
    reader: &mut Reader,
) -> Option<End> {
    let mut pause: Option<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = None;
    loop {
        let woken = session.wake.notified();
        let stop = match pause {
            None => match reader.turn(session, stream) {
                Ok(stop) => stop,
                Err(end) => return Some(end),
            },
            Some(_) => Stop::Busy,
        };
        let blocked = {
            let out = session.out.lock();
            if out.closed {
                return None;
            }
            out.blocked()
        };
        match stop {
            Stop::Turn => {
                tokio::task::yield_now().await;
                continue;
            }
            Stop::Pause(wait) => pause = Some(Box::pin(session.hub.clock.sleep(wait))),
            Stop::Empty | Stop::Busy => {}
        }
        let readable = matches!(stop, Stop::Empty);
        tokio::select! {
            ready = stream.readable(), if readable => {
                if ready.is_err() {
                    return Some(BROKEN);
                }
            }
            ready = stream.writable(), if blocked => {
                if ready.is_err() || session.flush().is_err() {
                    return Some(BROKEN);
                }
            }
            () = async {
                match &mut pause {
                    Some(pause) => pause.await,
                    None => pending().await,
                }
            } => pause = None,
            () = woken => {}
        }
    }
}

impl Reader {
    /// Handles what was left, or what one read gives.
    fn turn<A: App>(&mut self, session: &Arc<Session<A>>, stream: &Stream) -> Result<Stop, End> {
        let stop = if self.backlog.is_empty() {
            BUFFER.with_borrow_mut(|buffer| {
                let len = match stream.try_read(buffer) {
                    Ok(0) => return Err(BROKEN),
                    Ok(len) => len,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Stop::Empty),
                    Err(_) => return Err(BROKEN),
                };
                let wait = session.count_input(0, len);
                let (used, stop) = self.handle_all(session, &mut buffer[..len])?;
                self.backlog.extend_from_slice(&buffer[used..len]);
                Ok(match stop {
                    Stop::Turn if !wait.is_zero() => Stop::Pause(wait),
                    stop => stop,
                })
            })
        } else {
            let mut backlog = std::mem::take(&mut self.backlog);
            let (used, stop) = self.handle_all(session, &mut backlog)?;
            if used < backlog.len() {
                backlog.drain(..used);
                self.backlog = backlog;
            }
            Ok(stop)
        }?;
        let waiting = session
            .pending
            .lock()
            .as_ref()
            .map_or(0, |packet| packet.bytes());
        let held = self.decoder.buffered() + self.backlog.len() + waiting;
        if !session.hub.input.adjust(&mut self.charged, held) {
            return Err(End(DisconnectReason::TooLarge, close::TRY_LATER));
        }
        Ok(stop)
    }

    /// Handles messages as long as the session may be read. Returns how much of `input` was used.
    fn handle_all<A: App>(
        &mut self,
        session: &Arc<Session<A>>,
        input: &mut [u8],
    ) -> Result<(usize, Stop), End> {
        let mut used = 0;
        while used < input.len() {
            if session.is_busy() {
                return Ok((used, Stop::Busy));
            }
            let max = session.max_message();
            let (taken, message) = self.decoder.next(&mut input[used..], max)?;
            used += taken;
            if let Some(message) = message {
                handle(session, message)?;
                let wait = session.count_input(1, 0);
                if !wait.is_zero() {
                    return Ok((used, Stop::Pause(wait)));
                }
            }
        }
        Ok((used, Stop::Turn))
    }
}

fn handle<A: App>(session: &Arc<Session<A>>, message: Message<'_>) -> Result<(), End> {
    match message.opcode {
        Opcode::Text => {
            let text = std::str::from_utf8(&message.payload)
                .map_err(|_| End(DisconnectReason::Protocol, close::NOT_UTF8))?;
            let packet = engineio::parse_packet(text).map_err(|_| DisconnectReason::Protocol)?;
            session.receive(packet)?;
        }
        Opcode::Binary => {
            let message = engineio::Message::Binary(message.payload);
            session.receive(Packet::Message(message))?;
        }
        Opcode::Ping => {
            session.send(&Event::frame(Opcode::Pong, &message.payload));
        }
        Opcode::Pong => {}
        Opcode::Close => {
            let code = match websocket::parse_close(&message.payload) {
                Ok(given) => given.map_or(close::NORMAL, |(code, _)| code),
                Err(code) => code,
            };
            return Err(End(DisconnectReason::ClientClosed, code));
        }
    }
    Ok(())
}

/// Writes what is left, closes our side, and waits for the peer to close its own: what it hasn't
/// read yet would otherwise be lost with the connection.
async fn finish<A: App>(session: &Session<A>, stream: &Stream) {
    loop {
        if session.flush().is_err() {
            return;
        }
        if !session.out.lock().blocked() {
            break;
        }
        if stream.writable().await.is_err() {
            return;
        }
    }
    stream.finish();
    loop {
        let read = BUFFER.with_borrow_mut(|buffer| stream.try_discard(buffer));
        match read {
            Ok(0) => return,
            Ok(_) => tokio::task::yield_now().await,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if stream.readable().await.is_err() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

impl<A: App> Session<A> {
    /// A packet of the peer, on either transport.
    pub(super) fn receive(self: &Arc<Self>, packet: Packet<'_>) -> Result<(), DisconnectReason> {
        if self.hub.app.watches() {
            self.show_packet(Way::In, &packet);
        }
        match packet {
            Packet::Message(message) => {
                let connection = super::Connection::new(Arc::clone(self));
                self.hub.app.message(&connection, message)
            }
            Packet::Pong(_) => {
                self.pong();
                Ok(())
            }
            Packet::Close => Err(DisconnectReason::ClientClosed),
            Packet::Noop => Ok(()),
            // Only the server pings, and an upgrade is asked for on the new transport.
            Packet::Ping(_) | Packet::Upgrade => Err(DisconnectReason::Protocol),
        }
    }

    /// Goes over from polling to `stream`. False: the session is closed.
    pub(super) fn upgrade(&self, stream: Stream) -> bool {
        let upgraded = {
            let mut out = self.out.lock();
            let upgraded = !out.closed && self.stream.set(stream).is_ok();
            if upgraded {
                out.transport = Transport::WebSocket;
                let counters = &self.hub.counters;
                counters.websockets.fetch_add(1, Ordering::Relaxed);
            }
            upgraded
        };
        self.wake.notify_waiters();
        upgraded
    }
}
