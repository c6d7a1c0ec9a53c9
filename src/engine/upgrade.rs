//! From an HTTP connection to a WebSocket: opening one, taking over from polling, turning away.
//!
//! These tasks end with the handshake. What is left of it then, hyper's buffers included, is
//! dropped, and a small task of its own reads the WebSocket.

use std::io::{ErrorKind, IoSlice};
use std::sync::Arc;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;

use super::app::{App, Owner};
use super::event::Event;
use super::hub::Hub;
use super::outbox::Transport;
use super::session::Session;
use super::stream::Stream;
use super::websocket::{self, Reader};
use crate::model::peer::Admission;
use crate::protocol::engineio::{self, Packet};
use crate::protocol::websocket::{Decoder, Opcode, close};

/// How long a WebSocket may take to take over from polling.
const LIMIT: Duration = Duration::from_secs(10);
/// Bytes of the two packets that it sends before it takes over, and of what may follow at once.
const PROBE_BUFFER: usize = 4 * 1024;

/// Opens a session on a new WebSocket.
pub(super) async fn open<A: App>(
    hub: Arc<Hub<A>>,
    on_upgrade: OnUpgrade,
    owner: Owner,
    handshake: A::Handshake,
    admission: Option<Admission>,
) {
    let Ok(upgraded) = on_upgrade.await else {
        return;
    };
    let Some((stream, early)) = Stream::from_upgraded(upgraded) else {
        return;
    };
    let session = hub.open(owner, handshake, Some(stream));
    session.send(&Event::packet(&session.hello(false)));
    let reader = Reader::new(Decoder::new(), early.to_vec(), admission);
    tokio::spawn(websocket::run(session, reader));
}

/// Closes a WebSocket that a session has no use for.
pub(super) async fn turn_away(on_upgrade: OnUpgrade) {
    if let Ok(upgraded) = on_upgrade.await
        && let Some((stream, _)) = Stream::from_upgraded(upgraded)
    {
        say_close(&stream);
    }
}

fn say_close(stream: &Stream) {
    // It is eight bytes into an empty buffer, and nobody minds if they get lost.
    let frame = Event::close_frame(close::NORMAL);
    let _ = stream.try_write(&[IoSlice::new(&frame.0.wire)]);
    stream.finish();
}

/// Has a WebSocket take over from a session's polling, once it has proved to work.
pub(super) async fn probe<A: App>(
    session: Arc<Session<A>>,
    on_upgrade: OnUpgrade,
    admission: Option<Admission>,
) {
    if let Ok(upgraded) = on_upgrade.await
        && let Some((stream, early)) = Stream::from_upgraded(upgraded)
    {
        let mut probe = Probe {
            session: &session,
            stream,
            decoder: Decoder::new(),
            tested: false,
        };
        let clock = &session.hub.clock;
        let rest = clock.timeout(LIMIT, probe.run(early.to_vec())).await;
        let Probe {
            stream, decoder, ..
        } = probe;
        if let Some(rest) = rest.flatten() {
            if session.upgrade(stream) {
                let reader = Reader::new(decoder, rest, admission);
                tokio::spawn(websocket::run(session, reader));
            }
            return;
        }
        say_close(&stream);
    }
    // Polling goes on as if nothing had been tried.
    let mut out = session.out.lock();
    if matches!(out.transport, Transport::Probing | Transport::Pausing) {
        out.transport = Transport::Polling;
    }
}

/// A WebSocket that wants to take over.
struct Probe<'s, A: App> {
    session: &'s Session<A>,
    stream: Stream,
    decoder: Decoder,
    /// The test packet has been answered.
    tested: bool,
}

impl<A: App> Probe<'_, A> {
    /// Answers the test packet and waits for the upgrade packet. Returns the bytes after it;
    /// `None`: it failed.
    async fn run(&mut self, mut input: Vec<u8>) -> Option<Vec<u8>> {
        loop {
            let mut used = 0;
            while used < input.len() {
                let (taken, message) = self.decoder.next(&mut input[used..], PROBE_BUFFER).ok()?;
                used += taken;
                let Some(message) = message else { break };
                if message.opcode != Opcode::Text {
                    return None;
                }
                let text = std::str::from_utf8(&message.payload).ok()?;
                match engineio::parse_packet(text).ok()? {
                    Packet::Ping("probe") if !self.tested => self.answer()?,
                    Packet::Upgrade if self.tested => return Some(input.split_off(used)),
                    _ => return None,
                }
            }
            input.resize(PROBE_BUFFER, 0);
            let len = self.read(&mut input).await?;
            input.truncate(len);
        }
    }

    /// Says that the test packet has come, and lets the poll that waits end.
    fn answer(&mut self) -> Option<()> {
        self.tested = true;
        let pong = Event::packet("3probe");
        let written = self.stream.try_write(&[IoSlice::new(&pong.0.wire)]).ok()?;
        if written < pong.wire_len() {
            return None;
        }
        {
            let mut out = self.session.out.lock();
            if out.closed {
                return None;
            }
            out.transport = Transport::Pausing;
        }
        self.session.wake.notify_waiters();
        Some(())
    }

    async fn read(&self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            match self.stream.try_read(buffer) {
                Ok(0) => return None,
                Ok(len) => return Some(len),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
            self.stream.readable().await.ok()?;
        }
    }
}
