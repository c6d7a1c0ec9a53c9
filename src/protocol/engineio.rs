//! Engine.IO v4: packets, polling payloads, the query of a request, the opening handshake.
//!
//! Nothing here knows a session or what a message means.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What separates the packets of a polling payload.
const SEPARATOR: u8 = 0x1E;

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The sender closes the connection.
    Close,
    /// Asks for a pong with the same text.
    Ping(&'a str),
    /// Answers a ping.
    Pong(&'a str),
    /// What the connection is there for.
    Message(Message<'a>),
    /// The client goes over to this transport.
    Upgrade,
    /// Nothing.
    Noop,
}

/// The payload of a message packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// Text, without the packet's type.
    Text(&'a str),
    /// Bytes.
    Binary(Cow<'a, [u8]>),
}

/// Something that is not Engine.IO v4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Unknown type, text where none belongs, bad base64, not UTF-8, an empty packet.
    #[error("malformed packet")]
    Malformed,
    /// More packets in one payload than allowed.
    #[error("too many packets")]
    TooMany,
}

/// Reads a packet that came as text. A client never sends `open`.
pub fn parse_packet(text: &str) -> Result<Packet<'_>, Error> {
    let kind = *text.as_bytes().first().ok_or(Error::Malformed)?;
    let data = text.get(1..).ok_or(Error::Malformed)?;
    match (kind, data) {
        (b'1', "") => Ok(Packet::Close),
        (b'2', data) => Ok(Packet::Ping(data)),
        (b'3', data) => Ok(Packet::Pong(data)),
        (b'4', data) => Ok(Packet::Message(Message::Text(data))),
        (b'5', "") => Ok(Packet::Upgrade),
        (b'6', "") => Ok(Packet::Noop),
        _ => Err(Error::Malformed),
    }
}

/// Reads the body of a polling request of at most `max_packets` packets, in order. Ends after
/// the first error.
pub fn parse_payload(
    body: &[u8],
    max_packets: usize,
) -> impl Iterator<Item = Result<Packet<'_>, Error>> {
    let mut parts = body.split(|byte| *byte == SEPARATOR).enumerate();
    let mut failed = false;
    std::iter::from_fn(move || {
        if failed {
            return None;
        }
        let (index, part) = parts.next()?;
        let packet = if index < max_packets {
            parse_part(part)
        } else {
            Err(Error::TooMany)
        };
        failed = packet.is_err();
        Some(packet)
    })
}

fn parse_part(part: &[u8]) -> Result<Packet<'_>, Error> {
    if let Some(base64) = part.strip_prefix(b"b") {
        let bytes = STANDARD.decode(base64).map_err(|_| Error::Malformed)?;
        return Ok(Packet::Message(Message::Binary(Cow::Owned(bytes))));
    }
    parse_packet(std::str::from_utf8(part).map_err(|_| Error::Malformed)?)
}

/// Appends a packet to a polling payload: text with its type, or the bytes of a binary message.
pub fn push_payload(payload: &mut Vec<u8>, binary: bool, packet: &[u8]) {
    if !payload.is_empty() {
        payload.push(SEPARATOR);
    }
    if binary {
        payload.push(b'b');
        payload.extend_from_slice(STANDARD.encode(packet).as_bytes());
    } else {
        payload.extend_from_slice(packet);
    }
}

/// Bytes that [`push_payload`] appends at most.
pub fn payload_len(binary: bool, packet: &[u8]) -> usize {
    1 + if binary {
        1 + packet.len().div_ceil(3) * 4
    } else {
        packet.len()
    }
}

/// The transport that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP long-polling.
    Polling,
    /// WebSocket.
    WebSocket,
}

/// What the query of a request says. The first of several values counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// Which transport.
    pub transport: Transport,
    /// Which session; `None` opens one.
    pub sid: Option<&'a str>,
}

/// A request that is refused, and the code that the protocol has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// The transport is unknown.
    Transport,
    /// The protocol version is not 4.
    Version,
}

impl<'a> Query<'a> {
    /// Reads a query string. Other parameters are ignored.
    pub fn parse(query: &'a str) -> Result<Self, QueryError> {
        let find = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
        };
        let transport = match find("transport") {
            Some("polling") => Transport::Polling,
            Some("websocket") => Transport::WebSocket,
            _ => return Err(QueryError::Transport),
        };
        if find("EIO") != Some("4") {
            return Err(QueryError::Version);
        }
        let sid = find("sid");
        Ok(Self { transport, sid })
    }
}

/// What a server tells a client that opened a session.
#[derive(Clone, Copy, Debug)]
pub struct Handshake<'a> {
    /// The session; base64url.
    pub sid: &'a str,
    /// Whether the client may upgrade to WebSocket.
    pub can_upgrade: bool,
    /// Milliseconds between pings.
    pub ping_interval: u128,
    /// Milliseconds that a pong may take.
    pub ping_timeout: u128,
    /// Bytes of one payload.
    pub max_payload: usize,
}

impl Handshake<'_> {
    /// The open packet.
    pub fn encode(&self) -> String {
        let mut packet = String::with_capacity(128);
        let upgrades = if self.can_upgrade {
            "\"websocket\""
        } else {
            ""
        };
        // Writing to a string can't fail.
        let _ = write!(
            packet,
            "0{{\"sid\":\"{}\",\"upgrades\":[{upgrades}],\"pingInterval\":{},\"pingTimeout\":{},\"maxPayload\":{}}}",
            self.sid, self.ping_interval, self.ping_timeout, self.max_payload
        );
        packet
    }
}

#[cfg(test)]
mod tests;
