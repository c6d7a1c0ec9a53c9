//! Socket.IO v5 packets: the text of one, its binary attachments, and back.
//!
//! Nothing here knows a connection. JSON is checked to be well-formed and otherwise left alone:
//! who uses a value reads it into a type of its own.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Bytes of an event's name.
pub const MAX_NAME: usize = 128;
/// Bytes of a namespace.
const MAX_NAMESPACE: usize = 128;
/// Digits of an acknowledgement id: all numbers that a JavaScript client can count to.
const MAX_ID_DIGITS: usize = 16;
/// Names that the client library itself uses.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// The kind of a packet. With attachments, `Event` and `Ack` are the binary kinds of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asks to be connected to a namespace, or says that one is.
    Connect,
    /// Leaves a namespace.
    Disconnect,
    /// An event.
    Event,
    /// Answers an event.
    Ack,
    /// Refuses a connection to a namespace.
    ConnectError,
}

/// A packet as its text says it.
#[derive(Debug)]
pub struct Packet<'a> {
    /// What it is.
    pub kind: Kind,
    /// The namespace that it is about; starts with `/`.
    pub namespace: &'a str,
    /// The acknowledgement id. Every `Ack` has one.
    pub id: Option<u64>,
    /// The payload: a JSON object for `Connect`, a JSON array for `Event` and `Ack`.
    pub data: Option<&'a RawValue>,
    /// How many binary messages follow and belong to it.
    pub attachments: usize,
}

/// A packet that is not Socket.IO v5 or is beyond a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed packet")]
pub struct Malformed;

impl<'a> Packet<'a> {
    /// Reads the text of a packet with at most `max_attachments`.
    pub fn parse(text: &'a str, max_attachments: usize) -> Result<Self, Malformed> {
        let (kind, binary) = match text.as_bytes().first() {
            Some(b'0') => (Kind::Connect, false),
            Some(b'1') => (Kind::Disconnect, false),
            Some(b'2') => (Kind::Event, false),
            Some(b'3') => (Kind::Ack, false),
            Some(b'4') => (Kind::ConnectError, false),
            Some(b'5') => (Kind::Event, true),
            Some(b'6') => (Kind::Ack, true),
            _ => return Err(Malformed),
        };
        let rest = text.get(1..).ok_or(Malformed)?;
        let (attachments, rest) = if binary {
            take_attachments(rest, max_attachments)?
        } else {
            (0, rest)
        };
        let (namespace, rest) = take_namespace(rest)?;
        let (id, rest) = take_id(rest)?;
        let data = match rest {
            "" => None,
            json => Some(serde_json::from_str::<&RawValue>(json).map_err(|_| Malformed)?),
        };
        let packet = Self {
            kind,
            namespace,
            id,
            data,
            attachments,
        };
        packet.check()?;
        Ok(packet)
    }

    /// Whether the parts fit the kind.
    fn check(&self) -> Result<(), Malformed> {
        let starts = self.data.and_then(|data| data.get().bytes().next());
        let fits = match self.kind {
            Kind::Connect => matches!(starts, None | Some(b'{')) && self.id.is_none(),
            Kind::Disconnect => starts.is_none() && self.id.is_none(),
            Kind::Event => starts == Some(b'['),
            Kind::Ack => starts == Some(b'[') && self.id.is_some(),
            // Only a server sends it.
            Kind::ConnectError => false,
        };
        if !fits {
            return Err(Malformed);
        }
        if self.attachments > 0 {
            let data = self.data.ok_or(Malformed)?;
            check_placeholders(data.get(), self.attachments)?;
        }
        Ok(())
    }

    /// The elements of the payload of an `Event` or `Ack`.
    pub fn args(&self) -> Result<Vec<&'a RawValue>, Malformed> {
        let data = self.data.ok_or(Malformed)?;
        serde_json::from_str(data.get()).map_err(|_| Malformed)
    }
}

fn take_attachments(text: &str, max: usize) -> Result<(usize, &str), Malformed> {
    let (count, rest) = text.split_once('-').ok_or(Malformed)?;
    if count.is_empty() || count.len() > 4 || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    let count = count.parse().map_err(|_| Malformed)?;
    if count > max {
        return Err(Malformed);
    }
    Ok((count, rest))
}

fn take_namespace(text: &str) -> Result<(&str, &str), Malformed> {
    if !text.starts_with('/') {
        return Ok(("/", text));
    }
    let (namespace, rest) = text.split_once(',').unwrap_or((text, ""));
    // A query string after the name is the custom of old clients; it means nothing.
    let namespace = namespace.split('?').next().unwrap_or(namespace);
    if namespace.len() > MAX_NAMESPACE {
        return Err(Malformed);
    }
    Ok((namespace, rest))
}

fn take_id(text: &str) -> Result<(Option<u64>, &str), Malformed> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > MAX_ID_DIGITS {
        return Err(Malformed);
    }
    let (id, rest) = text.split_at(digits);
    if id.is_empty() {
        return Ok((None, rest));
    }
    let id = id.parse().map_err(|_| Malformed)?;
    Ok((Some(id), rest))
}

/// Reads the name of an event, its first argument: a string of 1..=[`MAX_NAME`] bytes that the
/// client library doesn't use itself.
pub fn event_name(value: &RawValue) -> Result<Cow<'_, str>, Malformed> {
    let json = value.get();
    // Six bytes of JSON at most for one byte of a name.
    if json.len() > MAX_NAME * 6 + 2 {
        return Err(Malformed);
    }
    let plain = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'))
        .ok_or(Malformed)?;
    let name = if plain.contains('\\') {
        Cow::Owned(serde_json::from_str::<String>(json).map_err(|_| Malformed)?)
    } else {
        Cow::Borrowed(plain)
    };
    if name.is_empty() || name.len() > MAX_NAME || RESERVED.contains(&&*name) {
        return Err(Malformed);
    }
    Ok(name)
}

/// Writes the text of a packet, with the leading `4` of the Engine.IO message that carries it.
/// `data` is JSON or empty; `attachments` make an event or answer a binary one.
pub fn encode(
    kind: Kind,
    namespace: &str,
    id: Option<u64>,
    attachments: usize,
    data: &str,
) -> String {
    let mut text = String::with_capacity(data.len() + namespace.len() + 24);
    text.push('4');
    text.push(match (kind, attachments) {
        (Kind::Connect, _) => '0',
        (Kind::Disconnect, _) => '1',
        (Kind::Event, 0) => '2',
        (Kind::Ack, 0) => '3',
        (Kind::ConnectError, _) => '4',
        (Kind::Event, _) => '5',
        (Kind::Ack, _) => '6',
    });
    // Writing to a string can't fail.
    if attachments > 0 {
        let _ = write!(text, "{attachments}-");
    }
    if namespace != "/" {
        let _ = write!(text, "{namespace},");
    }
    if let Some(id) = id {
        let _ = write!(text, "{id}");
    }
    text.push_str(data);
    text
}

/// Appends `value` as a JSON string.
pub fn push_string(json: &mut String, value: &str) {
    json.push('"');
    for char in value.chars() {
        match char {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            // Writing to a string can't fail.
            '\0'..='\x1F' => drop(write!(json, "\\u{:04x}", u32::from(char))),
            _ => json.push(char),
        }
    }
    json.push('"');
}

/// Checks that the placeholders in `json` name attachments that exist, and that each attachment
/// is named.
fn check_placeholders(json: &str, attachments: usize) -> Result<(), Malformed> {
    let mut seen = vec![false; attachments];
    let mut reader = serde_json::Deserializer::from_str(json);
    Placeholders(&mut seen)
        .deserialize(&mut reader)
        .map_err(|_| Malformed)?;
    if seen.contains(&false) {
        return Err(Malformed);
    }
    Ok(())
}

/// Walks a JSON value and marks the attachments that its placeholders name. Its depth is limited
/// by the JSON reader.
struct Placeholders<'s>(&'s mut [bool]);

/// What the walk needs to know about a value to recognise the object around it.
enum Node {
    True,
    Number(u64),
    Other,
}

impl<'de> DeserializeSeed<'de> for Placeholders<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Placeholders<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(if value { Node::True } else { Node::Other })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Node, S::Error> {
        while seq.next_element_seed(Placeholders(self.0))?.is_some() {}
        Ok(Node::Other)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Node, M::Error> {
        let (mut marked, mut number) = (false, None);
        while let Some(Key(key)) = map.next_key()? {
            match (&*key, map.next_value_seed(Placeholders(self.0))?) {
                ("_placeholder", Node::True) => marked = true,
                ("num", Node::Number(value)) => number = Some(value),
                _ => {}
            }
        }
        if marked {
            let index = number.and_then(|number| usize::try_from(number).ok());
            let seen = index.and_then(|index| self.0.get_mut(index));
            *seen.ok_or_else(|| M::Error::custom("no such attachment"))? = true;
        }
        Ok(Node::Other)
    }
}

/// A key of an object, borrowed where it can be.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests;
