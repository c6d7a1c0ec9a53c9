//! Identifiers, and how they look on the wire.
//!
//! On the wire every id is an opaque string. Inside, ids of users and conversations are
//! 64-bit and time-ordered; those that must not be guessed (sessions, invites) are 128-bit random.
//! The text form is Crockford's base 32, lower case, without padding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text is not an id of this kind. What it was meant to name is unknown to the caller:
/// answer as if it did not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct BadId;

fn encode(value: u128, width: usize, out: &mut String) {
    for i in (0..width).rev() {
        let digit = usize::try_from((value >> (5 * i)) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET[digit]));
    }
}

fn decode(text: &str, bits: u32) -> Result<u128, BadId> {
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|&c| c == byte).ok_or(BadId)?;
        if value >> 123 != 0 {
            return Err(BadId);
        }
        value = (value << 5) | u128::try_from(digit).unwrap_or(0);
    }
    if bits < 128 && value >> bits != 0 {
        return Err(BadId);
    }
    Ok(value)
}

macro_rules! wire_id {
    ($(#[$doc:meta])* $name:ident, $int:ty, $width:expr, $bits:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity($width);
                encode(u128::from(self.0), $width, &mut text);
                f.write_str(&text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                if text.len() != $width {
                    return Err(BadId);
                }
                decode(text, $bits).and_then(|v| <$int>::try_from(v).map_err(|_| BadId)).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

wire_id!(
    /// A person (or, later, a bot) with an account.
    UserId, u64, 13, 64
);
wire_id!(
    /// A conversation, direct or group.
    ConversationId, u64, 13, 64
);
wire_id!(
    /// One signed-in device. Public name of a session; the secret token is never kept, only its hash.
    SessionId, u128, 26, 128
);
wire_id!(
    /// An invite. Public name of it; its secret code is a value of its own.
    InviteId, u128, 26, 128
);
wire_id!(
    /// A file, and the upload that it came by.
    FileId, u128, 26, 128
);

/// Position of a message in its conversation: 1, 2, 3 … without gaps.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Position of an event in the one log of this installation: 1, 2, 3 …
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EventSeq(pub u64);

/// A message is named by its place: which conversation, which position.
/// No index is needed to find it, and no other message can ever take the name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    /// The conversation that holds it.
    pub conversation: ConversationId,
    /// Its position there.
    pub seq: Seq,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(26);
        encode(u128::from(self.conversation.0), 13, &mut text);
        let digits = (64 - self.seq.0.leading_zeros()).div_ceil(5).max(1);
        encode(u128::from(self.seq.0), digits as usize, &mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

impl FromStr for MessageId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        if !text.is_ascii() || text.len() < 14 || text.len() > 26 {
            return Err(BadId);
        }
        let (conversation, seq) = text.split_at(13);
        if seq.len() > 1 && seq.starts_with('0') {
            return Err(BadId);
        }
        let seq = decode(seq, 64)?;
        Ok(Self {
            conversation: conversation.parse()?,
            seq: Seq(u64::try_from(seq).map_err(|_| BadId)?),
        })
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The sender's own name for a message, by which sending it twice stores it once.
/// 1 to [`ClientId::MAX`] characters; unique per sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl ClientId {
    /// Longest accepted, in characters.
    pub const MAX: usize = 64;
}

/// Where a client stands in the event log: `epoch:seq` on the wire.
///
/// The epoch changes when the log starts anew (a restored backup), so that
/// a position from before is never taken for one after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offset {
    /// Which log.
    pub epoch: u32,
    /// Which event of it.
    pub seq: EventSeq,
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}:{}", self.epoch, self.seq.0)
    }
}

impl FromStr for Offset {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let (epoch, seq) = text.split_once(':').ok_or(BadId)?;
        Ok(Self {
            epoch: u32::from_str_radix(epoch, 16).map_err(|_| BadId)?,
            seq: EventSeq(seq.parse().map_err(|_| BadId)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_wire() {
        for value in [0, 1, 31, 32, u64::MAX, 0x0123_4567_89ab_cdef] {
            let id = UserId(value);
            assert_eq!(id.to_string().parse(), Ok(id));
            for seq in [0, 1, 31, 32, 1024, u64::MAX] {
                let id = MessageId {
                    conversation: ConversationId(value),
                    seq: Seq(seq),
                };
                assert_eq!(id.to_string().parse(), Ok(id));
            }
        }
        let session = SessionId(u128::MAX);
        assert_eq!(session.to_string().parse(), Ok(session));
        let offset = Offset {
            epoch: 0xfeed,
            seq: EventSeq(42),
        };
        assert_eq!(offset.to_string(), "feed:42");
        assert_eq!("feed:42".parse(), Ok(offset));
    }

    #[test]
    fn only_one_text_names_an_id() {
        for text in [
            "",
            "0",
            "zzzzzzzzzzzzz",
            "000000000000A",
            "00000000000000",
            "00000000000é",
        ] {
            assert_eq!(text.parse::<UserId>(), Err(BadId), "{text}");
        }
        for text in [
            "0000000000000",
            "000000000000001x000000000000",
            "000000000000101",
            "0000000000é0u",
            "00000000000000z!",
        ] {
            assert_eq!(text.parse::<MessageId>(), Err(BadId), "{text}");
        }
        for text in ["", ":", "1", "1:", "x:1", "1:-1", "100000000:1"] {
            assert_eq!(text.parse::<Offset>(), Err(BadId), "{text}");
        }
    }
}
