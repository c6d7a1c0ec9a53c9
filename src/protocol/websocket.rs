//! RFC 6455 frames as a server sees them: masked ones in, unmasked ones out, no extensions.
//!
//! [`Decoder`] takes whatever the socket gave, hands out whole messages, and keeps only what is
//! incomplete. Nothing here answers a ping or closes anything: that is the caller's part.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// The longest header that [`push_frame`] writes.
pub const MAX_HEADER: usize = 10;
/// The longest payload of a control frame.
const MAX_CONTROL: usize = 125;
/// The longest header that a client sends: two bytes, a 64-bit length, the mask.
const MAX_MASKED_HEADER: usize = 14;

/// What kind of frame it is. Continuations exist only inside the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A message of UTF-8 text.
    Text = 1,
    /// A message of bytes.
    Binary = 2,
    /// The end; the payload is empty or a code and a reason.
    Close = 8,
    /// Asks for a pong with the same payload.
    Ping = 9,
    /// Answers a ping.
    Pong = 10,
}

/// A whole message or control frame, unmasked.
#[derive(Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is. The payload of a `Text` has not been checked to be UTF-8.
    pub opcode: Opcode,
    /// Its bytes: borrowed if they came in one piece.
    pub payload: Cow<'a, [u8]>,
}

/// What a peer did wrong. After an error the decoder must not be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Reserved bits, unknown opcode, unmasked, malformed length, fragmented control frame, a
    /// continuation of nothing.
    #[error("the peer broke the WebSocket protocol")]
    Protocol,
    /// A message longer than allowed was declared.
    #[error("the message is too long")]
    TooLong,
}

impl Error {
    /// The code to close the connection with.
    pub fn close_code(self) -> u16 {
        match self {
            Self::Protocol => close::PROTOCOL,
            Self::TooLong => close::TOO_LONG,
        }
    }
}

/// Codes of close frames.
pub mod close {
    /// All is done.
    pub const NORMAL: u16 = 1000;
    /// The peer broke the protocol.
    pub const PROTOCOL: u16 = 1002;
    /// Text that is not UTF-8.
    pub const NOT_UTF8: u16 = 1007;
    /// The peer broke a rule of the program.
    pub const POLICY: u16 = 1008;
    /// A message is too long.
    pub const TOO_LONG: u16 = 1009;
    /// The server restarts: come back.
    pub const RESTART: u16 = 1012;
    /// The server has too much to do: come back later.
    pub const TRY_LATER: u16 = 1013;
}

/// Turns the bytes of one connection into messages.
///
/// An idle decoder is two words and a flag; buffers exist only while something is incomplete.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The kind of the fragmented message that is being received.
    message: Option<Opcode>,
    partial: Option<Box<Partial>>,
}

/// What has arrived of a frame and of a fragmented message.
#[derive(Debug, Default)]
struct Partial {
    /// The frame's header, as far as it is here.
    head: Vec<u8>,
    /// The header, once it is whole, and how much of the payload has arrived.
    frame: Option<(Header, usize)>,
    /// The payload of an incomplete control frame.
    control: Vec<u8>,
    /// The payload of the incomplete message.
    data: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    /// Bytes that the header takes.
    size: usize,
    fin: bool,
    /// `None`: a continuation.
    opcode: Option<Opcode>,
    mask: [u8; 4],
    len: usize,
}

impl Header {
    fn is_control(&self) -> bool {
        matches!(
            self.opcode,
            Some(Opcode::Close | Opcode::Ping | Opcode::Pong)
        )
    }
}

impl Decoder {
    /// A decoder at the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of incomplete messages that are kept.
    pub fn buffered(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| {
            partial.head.len() + partial.control.len() + partial.data.len()
        })
    }

    /// Takes bytes from the front of `input`, up to the end of the next message of at most
    /// `limit` bytes. Returns how many it took and the message, if it is complete; without one,
    /// all bytes were taken. `input` is unmasked in place.
    pub fn next<'a>(
        &mut self,
        input: &'a mut [u8],
        limit: usize,
    ) -> Result<(usize, Option<Message<'a>>), Error> {
        let mut used = 0;
        while used < input.len() {
            let (header, received) = if let Some(open) = self.open_frame() {
                open
            } else {
                let (taken, header) = self.take_header(&input[used..])?;
                used += taken;
                let Some(header) = header else { break };
                self.check(&header, limit)?;
                (header, 0)
            };
            let end = input.len().min(used.saturating_add(header.len - received));
            unmask(&mut input[used..end], header.mask, received);
            let complete = end - used == header.len - received;
            let whole = complete && received == 0 && header.fin;
            if whole
                && (header.is_control() || self.message.is_none())
                && let Some(opcode) = header.opcode
            {
                self.end_frame();
                let payload = Cow::Borrowed(&input[used..end]);
                return Ok((end, Some(Message { opcode, payload })));
            }
            let message = self.keep(&header, received, &input[used..end]);
            used = end;
            if message.is_some() {
                return Ok((used, message));
            }
        }
        Ok((used, None))
    }

    fn open_frame(&self) -> Option<(Header, usize)> {
        self.partial.as_ref().and_then(|partial| partial.frame)
    }

    /// Takes the header, or what is here of it. A header whose payload isn't here is remembered
    /// by [`Decoder::keep`].
    fn take_header(&mut self, input: &[u8]) -> Result<(usize, Option<Header>), Error> {
        let kept = self
            .partial
            .as_ref()
            .map_or(0, |partial| partial.head.len());
        if kept == 0
            && let Some(header) = parse_header(input)?
        {
            return Ok((header.size, Some(header)));
        }
        let partial = self.partial.get_or_insert_default();
        let more = input.len().min(MAX_MASKED_HEADER - kept);
        partial.head.extend_from_slice(&input[..more]);
        let Some(header) = parse_header(&partial.head)? else {
            return Ok((more, None));
        };
        partial.head = Vec::new();
        Ok((header.size - kept, Some(header)))
    }

    /// Checks a header against what came before it.
    fn check(&mut self, header: &Header, limit: usize) -> Result<(), Error> {
        if header.is_control() {
            return Ok(());
        }
        match (header.opcode, self.message) {
            (Some(_), Some(_)) | (None, None) => return Err(Error::Protocol),
            (Some(opcode), None) if !header.fin => self.message = Some(opcode),
            _ => {}
        }
        let before = self
            .partial
            .as_ref()
            .map_or(0, |partial| partial.data.len());
        if before.saturating_add(header.len) > limit {
            return Err(Error::TooLong);
        }
        Ok(())
    }

    /// Keeps a piece of a frame's payload. Returns the message that it completes.
    fn keep(&mut self, header: &Header, received: usize, piece: &[u8]) -> Option<Message<'static>> {
        let partial = self.partial.get_or_insert_default();
        let control = header.is_control();
        let kept = if control {
            &mut partial.control
        } else {
            &mut partial.data
        };
        kept.extend_from_slice(piece);
        let received = received + piece.len();
        if received < header.len {
            partial.frame = Some((*header, received));
            return None;
        }
        let message = if control {
            let payload = std::mem::take(&mut partial.control);
            header.opcode.map(|opcode| (opcode, payload))
        } else if header.fin {
            let payload = std::mem::take(&mut partial.data);
            let opcode = self.message.take().or(header.opcode);
            opcode.map(|opcode| (opcode, payload))
        } else {
            None
        };
        self.end_frame();
        message.map(|(opcode, payload)| Message {
            opcode,
            payload: Cow::Owned(payload),
        })
    }

    /// Forgets the frame, and frees the buffers when nothing is in them.
    fn end_frame(&mut self) {
        if self.message.is_none() {
            self.partial = None;
        } else if let Some(partial) = &mut self.partial {
            partial.frame = None;
        }
    }
}

/// Reads a header; `None` if it is incomplete.
fn parse_header(input: &[u8]) -> Result<Option<Header>, Error> {
    let &[first, second, ref rest @ ..] = input else {
        return Ok(None);
    };
    if first & 0x70 != 0 || second & 0x80 == 0 {
        return Err(Error::Protocol);
    }
    let opcode = match first & 0x0F {
        0 => None,
        1 => Some(Opcode::Text),
        2 => Some(Opcode::Binary),
        8 => Some(Opcode::Close),
        9 => Some(Opcode::Ping),
        10 => Some(Opcode::Pong),
        _ => return Err(Error::Protocol),
    };
    let (len, rest) = match second & 0x7F {
        126 => match rest.split_first_chunk() {
            Some((len, rest)) => (u64::from(u16::from_be_bytes(*len)), rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk() {
            Some((len, rest)) => (u64::from_be_bytes(*len), rest),
            None => return Ok(None),
        },
        len => (u64::from(len), rest),
    };
    let len = usize::try_from(len).map_err(|_| Error::TooLong)?;
    let header = Header {
        size: 0,
        fin: first & 0x80 != 0,
        opcode,
        mask: [0; 4],
        len,
    };
    if header.is_control() && (!header.fin || len > MAX_CONTROL) {
        return Err(Error::Protocol);
    }
    let Some((mask, rest)) = rest.split_first_chunk() else {
        return Ok(None);
    };
    Ok(Some(Header {
        size: input.len() - rest.len(),
        mask: *mask,
        ..header
    }))
}

/// Undoes the mask of a piece that starts `offset` bytes into its frame.
fn unmask(piece: &mut [u8], mut mask: [u8; 4], offset: usize) {
    mask.rotate_left(offset % 4);
    let word = u64::from_ne_bytes([
        mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3],
    ]);
    let (words, rest) = piece.as_chunks_mut::<8>();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// Appends an unmasked, unfragmented frame.
pub fn push_frame(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    let len = payload.len();
    out.push(0x80 | opcode as u8);
    if let Ok(len) = u8::try_from(len)
        && len < 126
    {
        out.push(len);
    } else if let Ok(len) = u16::try_from(len) {
        out.push(126);
        out.extend_from_slice(&len.to_be_bytes());
    } else {
        out.push(127);
        out.extend_from_slice(&(len as u64).to_be_bytes());
    }
    out.extend_from_slice(payload);
}

/// Reads back the frames that [`push_frame`] wrote, as text or binary payloads.
pub fn frames(mut wire: &[u8]) -> impl Iterator<Item = (Opcode, &[u8])> {
    std::iter::from_fn(move || {
        let &[first, len, ref rest @ ..] = wire else {
            return None;
        };
        let (len, rest) = match len {
            126 => {
                let (len, rest) = rest.split_first_chunk()?;
                (u64::from(u16::from_be_bytes(*len)), rest)
            }
            127 => {
                let (len, rest) = rest.split_first_chunk()?;
                (u64::from_be_bytes(*len), rest)
            }
            len => (u64::from(len), rest),
        };
        let (payload, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
        wire = rest;
        let opcode = if first & 0x0F == 2 {
            Opcode::Binary
        } else {
            Opcode::Text
        };
        Some((opcode, payload))
    })
}

/// Reads the payload of a close frame. `Ok(None)`: without a code.
pub fn parse_close(payload: &[u8]) -> Result<Option<(u16, &str)>, u16> {
    match payload {
        [] => Ok(None),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(close::PROTOCOL);
            }
            let reason = std::str::from_utf8(reason).map_err(|_| close::NOT_UTF8)?;
            Ok(Some((code, reason)))
        }
        [_] => Err(close::PROTOCOL),
    }
}

/// Whether `key` is a `Sec-WebSocket-Key`: 16 bytes in base64.
pub fn is_key(key: &[u8]) -> bool {
    let mut bytes = [0; 18];
    STANDARD.decode_slice(key, &mut bytes) == Ok(16)
}

/// The `Sec-WebSocket-Accept` that answers `key`.
pub fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(hash.finalize())
}

#[cfg(test)]
mod tests;
