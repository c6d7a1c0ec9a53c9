//! Socket.IO on top of a connection: its messages become CONNECTs, events and answers of the
//! sockets that it carries, one per namespace.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ack::Ack;
use super::app::{AckId, App, Args, DisconnectReason, Incoming};
use super::connecting::Connecting;
use super::event::Event;
use super::session::Session;
use super::socket::Socket;
use crate::protocol::engineio::Message;
use crate::protocol::socketio::{self, Kind, Malformed, Packet};

/// The namespaces that a connection belongs to or has asked for.
pub(super) struct Namespaces<A: App> {
    closed: bool,
    /// What was kept of the opening request, until it isn't needed any more.
    handshake: Option<Arc<A::Handshake>>,
    entries: Vec<(&'static str, Entry<A>)>,
}

enum Entry<A: App> {
    /// The program has been asked.
    Asked,
    Connected(Socket<A>),
}

/// A packet, some of whose attachments are still to come.
pub(super) struct Pending {
    text: String,
    attachments: Vec<Bytes>,
    missing: usize,
    bytes: usize,
}

impl Pending {
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What Inkspot's kind of client puts into the payload of CONNECT to resume.
#[derive(Default, Deserialize)]
struct Resume<'a> {
    #[serde(borrow, default)]
    pid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    offset: Option<&'a RawValue>,
}

impl<A: App> Namespaces<A> {
    pub fn new(handshake: A::Handshake) -> Self {
        Self {
            closed: false,
            handshake: Some(Arc::new(handshake)),
            entries: Vec::new(),
        }
    }

    /// Whether it belongs to none and has asked for none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn is_connected(&self) -> bool {
        let connected = |(_, entry): &(_, _)| matches!(entry, Entry::Connected(_));
        self.entries.iter().any(connected)
    }

    fn index(&self, namespace: &str) -> Option<usize> {
        self.entries.iter().position(|(name, _)| *name == namespace)
    }

    /// One of those that are connected.
    pub fn any(&self) -> Option<Socket<A>> {
        self.entries.iter().find_map(|(_, entry)| match entry {
            Entry::Connected(socket) => Some(socket.clone()),
            Entry::Asked => None,
        })
    }

    fn socket(&self, namespace: &str) -> Option<Socket<A>> {
        match &self.entries.get(self.index(namespace)?)?.1 {
            Entry::Connected(socket) => Some(socket.clone()),
            Entry::Asked => None,
        }
    }
}

impl<A: App> Session<A> {
    /// Takes an Engine.IO message as a part of Socket.IO.
    pub fn speak_socketio(self: &Arc<Self>, message: Message<'_>) -> Result<(), DisconnectReason> {
        let malformed = |Malformed| DisconnectReason::Protocol;
        match message {
            Message::Text(text) => {
                if self.pending.lock().is_some() {
                    return Err(DisconnectReason::Protocol);
                }
                let max = self.hub.config.max_attachments;
                let packet = Packet::parse(text, max).map_err(malformed)?;
                if packet.attachments == 0 {
                    return self.dispatch(&packet, Vec::new());
                }
                if self.namespaces.lock().socket(packet.namespace).is_none() {
                    return Err(DisconnectReason::Protocol);
                }
                *self.pending.lock() = Some(Box::new(Pending {
                    text: text.to_owned(),
                    attachments: Vec::with_capacity(packet.attachments),
                    missing: packet.attachments,
                    bytes: text.len(),
                }));
                Ok(())
            }
            Message::Binary(bytes) => match self.complete(&bytes)? {
                None => Ok(()),
                Some(done) => {
                    let max = self.hub.config.max_attachments;
                    let packet = Packet::parse(&done.text, max).map_err(malformed)?;
                    self.dispatch(&packet, done.attachments)
                }
            },
        }
    }

    /// Adds an attachment to the pending packet; returns the packet when that was the last one.
    fn complete(&self, bytes: &[u8]) -> Result<Option<Box<Pending>>, DisconnectReason> {
        let mut slot = self.pending.lock();
        let pending = slot.as_mut().ok_or(DisconnectReason::Protocol)?;
        pending.bytes += bytes.len();
        if pending.bytes > self.hub.config.max_payload {
            return Err(DisconnectReason::TooLarge);
        }
        pending.attachments.push(Bytes::copy_from_slice(bytes));
        pending.missing -= 1;
        Ok(if pending.missing == 0 {
            slot.take()
        } else {
            None
        })
    }

    fn dispatch(
        self: &Arc<Self>,
        packet: &Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Result<(), DisconnectReason> {
        if packet.kind == Kind::Connect {
            return self.ask(packet);
        }
        let Some(socket) = self.namespaces.lock().socket(packet.namespace) else {
            return Err(DisconnectReason::Protocol);
        };
        if packet.kind == Kind::Disconnect {
            self.remove(&socket);
            socket.end(DisconnectReason::ClientLeft);
            return Ok(());
        }
        let args = packet.args().map_err(|_| DisconnectReason::Protocol)?;
        match (packet.kind, packet.id) {
            (Kind::Ack, Some(id)) => {
                if socket.take_ack(id) {
                    self.hub
                        .app
                        .acked(&socket, AckId(id), &Args(&args), &attachments);
                }
                Ok(())
            }
            _ => self.event(&socket, packet.id, &args, attachments),
        }
    }

    fn event(
        self: &Arc<Self>,
        socket: &Socket<A>,
        id: Option<u64>,
        args: &[&RawValue],
        attachments: Vec<Bytes>,
    ) -> Result<(), DisconnectReason> {
        let (name, args) = args.split_first().ok_or(DisconnectReason::Protocol)?;
        let name = socketio::event_name(name).map_err(|_| DisconnectReason::Protocol)?;
        self.hub.counters.events_in.fetch_add(1, Ordering::Relaxed);
        let incoming = Incoming {
            name: &name,
            args: Args(args),
            attachments,
            ack: id.map(|id| Ack::new(socket.clone(), id)),
            credit: self.lend_credit(),
        };
        self.hub.app.event(socket, incoming);
        Ok(())
    }

    /// A CONNECT: asks the program.
    fn ask(self: &Arc<Self>, packet: &Packet<'_>) -> Result<(), DisconnectReason> {
        let known = self.hub.app.namespaces().iter();
        let Some(namespace) = known.copied().find(|name| *name == packet.namespace) else {
            self.refuse_connect(packet.namespace, r#"{"message":"Invalid namespace"}"#);
            return Ok(());
        };
        let handshake = {
            let mut namespaces = self.namespaces.lock();
            if namespaces.closed || namespaces.index(namespace).is_some() {
                return Err(DisconnectReason::Protocol);
            }
            let Some(handshake) = namespaces.handshake.clone() else {
                // It left its only namespace and wants back in: that takes a new handshake.
                drop(namespaces);
                self.close(DisconnectReason::ServerLeft);
                return Ok(());
            };
            if namespaces.entries.capacity() == 0 {
                namespaces.entries.reserve_exact(1);
            }
            namespaces.entries.push((namespace, Entry::Asked));
            handshake
        };
        let auth = packet.data.map(ToOwned::to_owned);
        let resume = packet.data.and_then(|data| {
            // Whoever sends something else doesn't resume.
            serde_json::from_str::<Resume<'_>>(data.get()).ok()
        });
        let resume = resume.unwrap_or_default();
        self.hub.app.connect(Connecting::new(
            Arc::clone(self),
            namespace,
            auth,
            short_text(resume.pid),
            short_text(resume.offset),
            handshake,
        ));
        Ok(())
    }

    /// Makes an asked-for namespace a socket. `None`: the client is gone.
    pub fn admit(self: &Arc<Self>, socket: &Socket<A>, answer: &Event) -> Option<()> {
        let mut namespaces = self.namespaces.lock();
        let index = namespaces.index(socket.namespace())?;
        if namespaces.closed {
            return None;
        }
        namespaces.entries[index].1 = Entry::Connected(socket.clone());
        if self.hub.app.namespaces().len() == 1 {
            namespaces.handshake = None;
        }
        drop(namespaces);
        self.send(answer);
        Some(())
    }

    /// Answers an asked-for namespace with an error, a JSON object.
    pub fn refuse(self: &Arc<Self>, namespace: &str, error: &str) {
        let mut namespaces = self.namespaces.lock();
        if let Some(index) = namespaces.index(namespace) {
            namespaces.entries.swap_remove(index);
        }
        drop(namespaces);
        self.refuse_connect(namespace, error);
    }

    fn refuse_connect(self: &Arc<Self>, namespace: &str, error: &str) {
        let text = socketio::encode(Kind::ConnectError, namespace, None, 0, error);
        self.send(&Event::packet(&text));
    }

    /// Takes a socket out. Returns whether the connection carries none any more.
    pub fn remove(&self, socket: &Socket<A>) -> bool {
        let mut namespaces = self.namespaces.lock();
        let same =
            |(_, entry): &(_, _)| matches!(entry, Entry::Connected(other) if other == socket);
        if let Some(index) = namespaces.entries.iter().position(same) {
            namespaces.entries.swap_remove(index);
        }
        let empty = namespaces.is_empty();
        drop(namespaces);
        if empty {
            self.expect_connect();
        }
        empty
    }

    /// The connection is closed: ends all sockets.
    pub fn end_namespaces(&self, reason: DisconnectReason) {
        let (entries, handshake) = {
            let mut namespaces = self.namespaces.lock();
            namespaces.closed = true;
            let entries = std::mem::take(&mut namespaces.entries);
            (entries, namespaces.handshake.take())
        };
        // The program may do something when it is dropped: not under the lock.
        drop(handshake);
        for (_, entry) in entries {
            if let Entry::Connected(socket) = entry {
                socket.end(reason);
            }
        }
        *self.pending.lock() = None;
    }
}

/// A JSON string of at most 128 bytes.
fn short_text(value: Option<&RawValue>) -> Option<Box<str>> {
    let text: String = serde_json::from_str(value?.get()).ok()?;
    (text.len() <= 128).then(|| text.into_boxed_str())
}
