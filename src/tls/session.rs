//! A TLS connection without its socket.
//!
//! Whole records go through buffers that all connections of a thread share. A connection keeps
//! only what can't be finished: the beginning of a record, plaintext that nobody has asked for
//! yet, records that the socket didn't take. Each is freed as soon as it is empty.
//!
//! No waiting in here: the other side is anything that says `WouldBlock`.

use std::cell::RefCell;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeTlsData, UnbufferedStatus};

/// Plaintext of one record at most.
const RECORD: usize = 16 * 1024;
/// Bytes of a record on the wire at most, as TLS 1.2 allows; 1.3 allows less.
const WIRE: usize = 5 + RECORD + 2048;
/// Bytes that one read takes from the socket at most.
const READ: usize = 32 * 1024;
/// Bytes that the client's part of the handshake may have waiting, incomplete.
const HANDSHAKE: usize = 64 * 1024;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        input: zeroes(HANDSHAKE + READ),
        plain: zeroes(RECORD),
        output: zeroes(WIRE),
    });
}

/// What all connections of a thread work in, one after the other.
struct Scratch {
    input: Box<[u8]>,
    plain: Box<[u8]>,
    output: Box<[u8]>,
}

fn zeroes(len: usize) -> Box<[u8]> {
    vec![0; len].into_boxed_slice()
}

/// The server's side of one connection.
pub(super) struct Session {
    tls: UnbufferedServerConnection,
    /// Received, but not whole: a record's beginning, or a handshake message's.
    incoming: Vec<u8>,
    /// Decrypted, but not asked for yet.
    plain: Vec<u8>,
    /// Encrypted, but not taken by the socket yet.
    outgoing: Vec<u8>,
    input: Input,
    /// Our `close_notify` has been said: nothing is written any more, and nothing is read.
    finished: bool,
}

/// What may still come from the client.
enum Input {
    /// Anything.
    Open,
    /// Nothing: it has said so.
    Ended,
    /// Nothing: it is gone without a word, so that something may be missing.
    Cut,
    /// Nothing that could be trusted: it broke the protocol.
    Failed(Box<rustls::Error>),
}

/// Where decrypted bytes go: to whoever reads, and behind that.
struct Sink<'b> {
    buffer: &'b mut [u8],
    filled: usize,
    rest: Vec<u8>,
}

impl Sink<'_> {
    fn push(&mut self, plain: &[u8]) {
        let room = &mut self.buffer[self.filled..];
        let (now, later) = plain.split_at(plain.len().min(room.len()));
        room[..now.len()].copy_from_slice(now);
        self.filled += now.len();
        self.rest.extend_from_slice(later);
    }
}

impl Session {
    pub fn new(config: Arc<ServerConfig>) -> Result<Self, rustls::Error> {
        Ok(Self {
            tls: UnbufferedServerConnection::new(config)?,
            incoming: Vec::new(),
            plain: Vec::new(),
            outgoing: Vec::new(),
            input: Input::Open,
            finished: false,
        })
    }

    /// The protocol that both sides want to speak over it.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.tls.alpn_protocol()
    }

    /// Bytes that wait for the socket to take them.
    pub fn unsent(&self) -> usize {
        self.outgoing.len()
    }

    /// Bytes of all buffers.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.incoming.capacity() + self.plain.capacity() + self.outgoing.capacity()
    }

    /// Goes on with the handshake; `Ok` when it is done. `WouldBlock`: it waits for the socket to
    /// take what is [`unsent`](Self::unsent), else for the client. Errors are those of
    /// [`read`](Self::read).
    pub fn shake_hands(&mut self, socket: &mut (impl Read + Write)) -> io::Result<()> {
        loop {
            self.flush(socket)?;
            if !self.tls.is_handshaking() {
                return Ok(());
            }
            self.receive(socket, &mut [])?;
            self.is_open()?;
        }
    }

    /// Reads what the client has said. `Ok(0)` is its announced end; `WouldBlock`: nothing is
    /// there.
    ///
    /// # Errors
    /// `UnexpectedEof`: an end that it didn't announce. `InvalidData`: it broke the protocol, and
    /// has been told. Both are heard of after everything that came before.
    pub fn read(
        &mut self,
        socket: &mut (impl Read + Write),
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        loop {
            if !self.plain.is_empty() {
                let len = self.plain.len().min(buffer.len());
                buffer[..len].copy_from_slice(&self.plain[..len]);
                take_front(&mut self.plain, len);
                return Ok(len);
            }
            if self.finished || !self.is_open()? {
                return Ok(0);
            }
            // A violation ends the loop, as do empty records: rustls counts them.
            let len = self.receive(socket, buffer)?;
            if len > 0 {
                return Ok(len);
            }
        }
    }

    /// Whether more may come from the client.
    fn is_open(&self) -> io::Result<bool> {
        match &self.input {
            Input::Open => Ok(true),
            Input::Ended => Ok(false),
            Input::Cut => Err(ErrorKind::UnexpectedEof.into()),
            Input::Failed(error) => Err(io::Error::new(ErrorKind::InvalidData, error.clone())),
        }
    }

    /// Encrypts from the front of `slices` into one record. Returns how many bytes that took;
    /// what of the record the socket doesn't take waits. `WouldBlock`: nothing was taken.
    pub fn write(&mut self, socket: &mut impl Write, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.flush(socket)?;
        if self.finished || matches!(self.input, Input::Failed(_)) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        SCRATCH.with_borrow_mut(|scratch| {
            let plain = match slices {
                [one] => &one[..one.len().min(RECORD)],
                many => gather(many, &mut scratch.plain),
            };
            let len = match self.tls.process_tls_records(&mut self.incoming).state {
                Ok(ConnectionState::WriteTraffic(mut traffic)) => traffic
                    .encrypt(plain, &mut scratch.output)
                    .map_err(io::Error::other)?,
                _ => return Err(ErrorKind::BrokenPipe.into()),
            };
            self.send(socket, &scratch.output[..len])?;
            Ok(plain.len())
        })
    }

    /// Pushes out what waits. `WouldBlock`: not all of it.
    pub fn flush(&mut self, socket: &mut impl Write) -> io::Result<()> {
        while !self.outgoing.is_empty() {
            match socket.write(&self.outgoing)? {
                0 => return Err(ErrorKind::WriteZero.into()),
                len => take_front(&mut self.outgoing, len),
            }
        }
        Ok(())
    }

    /// Says that nothing more will be written. `WouldBlock`: not all of it has been said yet.
    ///
    /// What still comes from the client is not looked at any more: it can't be answered.
    pub fn finish(&mut self, socket: &mut impl Write) -> io::Result<()> {
        let failed = matches!(self.input, Input::Failed(_));
        if !std::mem::replace(&mut self.finished, true) && !failed {
            let state = self.tls.process_tls_records(&mut self.incoming).state;
            if let Ok(ConnectionState::WriteTraffic(mut traffic)) = state {
                SCRATCH.with_borrow_mut(|scratch| {
                    if let Ok(len) = traffic.queue_close_notify(&mut scratch.output) {
                        self.outgoing.extend_from_slice(&scratch.output[..len]);
                    }
                });
            }
            (self.incoming, self.plain) = (Vec::new(), Vec::new());
        }
        self.flush(socket)
    }

    /// One read from the socket, and all that follows from it. Returns how much of `buffer` it
    /// has filled; 0: nothing to hand out came with it.
    fn receive(
        &mut self,
        socket: &mut (impl Read + Write),
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        let filled = SCRATCH.with_borrow_mut(|scratch| {
            let kept = self.incoming.len();
            let input = &mut scratch.input[..kept + READ];
            input[..kept].copy_from_slice(&self.incoming);
            let read = socket.read(&mut input[kept..])?;
            if read == 0 {
                self.input = Input::Cut;
            }
            let input = &mut input[..kept + read];
            let mut sink = Sink {
                buffer,
                filled: 0,
                rest: Vec::new(),
            };
            let used = self.process(input, &mut sink, &mut scratch.output);
            self.keep(&input[used..]);
            self.plain = sink.rest;
            io::Result::Ok(sink.filled)
        })?;
        // Answers of TLS itself; what the socket doesn't take goes before the next record.
        match self.flush(socket) {
            Err(error)
                if error.kind() != ErrorKind::WouldBlock && matches!(self.input, Input::Open) =>
            {
                Err(error)
            }
            _ => Ok(filled),
        }
    }

    /// Has rustls work on `input` as far as it goes. Returns how much of it is done with.
    fn process(&mut self, input: &mut [u8], sink: &mut Sink<'_>, output: &mut [u8]) -> usize {
        let mut used = 0;
        loop {
            let UnbufferedStatus { discard, state } =
                self.tls.process_tls_records(&mut input[used..]);
            used += discard;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        used += record.discard;
                        sink.push(record.payload);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    encode(&mut data, output, &mut self.outgoing);
                }
                // What waits is sent before anything else.
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.input = Input::Ended,
                // It needs more, or it is over. Nobody offers early data.
                Ok(_) => return used,
                Err(error) => {
                    self.input = Input::Failed(Box::new(error));
                    break;
                }
            }
        }
        // After an error rustls may only be asked for the alert that says so.
        while self.tls.wants_write()
            && let Ok(ConnectionState::EncodeTlsData(mut data)) =
                self.tls.process_tls_records(&mut input[used..]).state
        {
            encode(&mut data, output, &mut self.outgoing);
        }
        input.len()
    }

    /// Keeps what is left of the input until the rest comes.
    fn keep(&mut self, rest: &[u8]) {
        let most = if self.tls.is_handshaking() {
            HANDSHAKE
        } else {
            WIRE
        };
        self.incoming = Vec::new();
        if matches!(self.input, Input::Open) {
            if rest.len() > most {
                let error = rustls::Error::General("a message is too long".to_owned());
                self.input = Input::Failed(Box::new(error));
            } else if !rest.is_empty() {
                self.incoming = rest.to_vec();
            }
        }
    }

    /// Writes a record; what the socket doesn't take waits.
    fn send(&mut self, socket: &mut impl Write, record: &[u8]) -> io::Result<()> {
        let sent = match socket.write(record) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            done => done?,
        };
        if sent < record.len() {
            self.outgoing = record[sent..].to_vec();
        }
        Ok(())
    }
}

/// Appends what rustls has to say to what waits.
fn encode<D>(data: &mut EncodeTlsData<'_, D>, output: &mut [u8], outgoing: &mut Vec<u8>) {
    // It is a record at most, and so fits.
    if let Ok(len) = data.encode(output) {
        outgoing.extend_from_slice(&output[..len]);
    }
}

/// Copies the first of `slices` one behind the other, as much as there is room for.
fn gather<'r>(slices: &[IoSlice<'_>], room: &'r mut [u8]) -> &'r [u8] {
    let mut filled = 0;
    for slice in slices {
        let len = slice.len().min(room.len() - filled);
        room[filled..filled + len].copy_from_slice(&slice[..len]);
        filled += len;
    }
    &room[..filled]
}

/// Takes bytes off the front. An empty buffer keeps no memory.
fn take_front(buffer: &mut Vec<u8>, len: usize) {
    if len == buffer.len() {
        *buffer = Vec::new();
    } else {
        buffer.drain(..len);
    }
}
