//! What waits to be sent to one connection, and how far its transport is. Lives under the
//! session's lock; waits for nothing and closes nothing itself.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};

use super::block;
use super::budget::Budget;
use super::event::Event;
use super::stream::{SLICES, Stream};
use crate::protocol::engineio;
use crate::protocol::websocket::{self, Opcode};

/// Volatile events that a slow connection may have waiting; beyond, the oldest is dropped.
const MAX_LATER: usize = 128;
/// What an event takes in memory besides its bytes, at most: a client that makes us answer it
/// with tiny ones must not get more memory than one with big ones.
const EVENT: usize = 128;

/// Which transport carries the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    /// Polling, while a WebSocket has connected to take over.
    Probing,
    /// Polling, while the WebSocket has been tested and the client lets the last poll end.
    Pausing,
    WebSocket,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent: all combinations occur"
)]
pub(super) struct Outbox {
    pub transport: Transport,
    /// Closed: nothing more is queued.
    pub closed: bool,
    /// A poll waits.
    pub parked: bool,
    /// A polling request is being read.
    pub posting: bool,
    /// The WebSocket is in the flusher's list.
    listed: bool,
    /// The WebSocket takes no more for now; its reader waits until it does.
    blocked: bool,
    queue: VecDeque<Event>,
    /// Volatile events that wait until the queue is empty.
    later: Vec<Event>,
    /// Bytes of the first event that are written already.
    written: usize,
    /// Bytes of the queue that are not.
    bytes: usize,
    /// Bytes that the stream took and has not got rid of, while it is blocked.
    unsent: usize,
    /// What of it all counts against all connections' budget: nothing, while the connection keeps up.
    charged: usize,
}

/// What must happen after an event was queued.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// Nothing: it will be sent with what is waiting already, or nobody is there any more.
    Waits,
    /// Put the session into the flusher's list.
    List,
    /// Wake the poll.
    Wake,
    /// Close the session: too much is waiting.
    TooMuch,
    /// Nobody is there any more.
    Gone,
}

impl Pushed {
    /// Whether somebody must do something about it.
    pub fn needs_action(&self) -> bool {
        !matches!(self, Self::Waits | Self::Gone)
    }
}

/// How much may wait.
pub(super) struct Caps<'a> {
    pub bytes: usize,
    pub in_all: &'a Budget,
}

impl Outbox {
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            closed: false,
            parked: false,
            posting: false,
            listed: false,
            blocked: false,
            queue: VecDeque::new(),
            later: Vec::new(),
            written: 0,
            bytes: 0,
            unsent: 0,
            charged: 0,
        }
    }

    pub fn blocked(&self) -> bool {
        self.blocked
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What waits takes in memory.
    fn weight(&self) -> usize {
        self.bytes + self.unsent + self.queue.len() * EVENT
    }

    /// Whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.later.is_empty()
    }

    /// Whether the peer is behind with reading.
    fn is_slow(&self) -> bool {
        match self.transport {
            Transport::WebSocket => self.blocked,
            _ => !self.parked,
        }
    }

    /// Queues an event. `stream` is the WebSocket's, if it is one.
    pub fn push(&mut self, event: &Event, stream: Option<&Stream>, caps: &Caps<'_>) -> Pushed {
        if self.closed {
            return Pushed::Gone;
        }
        if event.0.key.is_some() && self.is_slow() {
            self.replace(event);
            return Pushed::Waits;
        }
        self.bytes += event.wire_len();
        self.queue.push_back(event.clone());
        if self.weight() > caps.bytes
            && let Some(stream) = stream
            && !self.blocked
        {
            // It may just not have had a turn: what counts as slow is only what it doesn't take.
            // An error is seen by the reader too.
            let _ = self.flush(stream, caps.in_all);
        }
        if self.weight() > caps.bytes || !self.settle(caps.in_all) {
            return Pushed::TooMuch;
        }
        match self.transport {
            Transport::WebSocket if self.blocked || self.listed => Pushed::Waits,
            Transport::WebSocket => {
                self.listed = true;
                Pushed::List
            }
            _ if self.parked => Pushed::Wake,
            _ => Pushed::Waits,
        }
    }

    fn replace(&mut self, event: &Event) {
        self.later.retain(|older| older.0.key != event.0.key);
        if self.later.len() == MAX_LATER {
            self.later.remove(0);
        }
        self.later.push(event.clone());
    }

    /// Charges the budget for what a slow peer has waiting. False: the budget is exceeded.
    fn settle(&mut self, budget: &Budget) -> bool {
        let bytes = if self.is_slow() { self.weight() } else { 0 };
        budget.adjust(&mut self.charged, bytes)
    }

    /// The flusher's turn: takes the session out of its list and writes.
    pub fn flush_listed(&mut self, stream: &Stream, budget: &Budget) -> io::Result<()> {
        self.listed = false;
        self.flush(stream, budget)
    }

    /// Writes as much as the stream takes. Afterwards `blocked` says whether something is left.
    pub fn flush(&mut self, stream: &Stream, budget: &Budget) -> io::Result<()> {
        let result = match self.write_all(stream) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                (self.blocked, self.unsent) = (true, stream.unsent());
                Ok(())
            }
            done => {
                (self.blocked, self.unsent) = (false, 0);
                done
            }
        };
        self.settle(budget);
        result
    }

    fn write_all(&mut self, stream: &Stream) -> io::Result<()> {
        loop {
            while !self.queue.is_empty() {
                let written = match self.write_block(stream) {
                    None => self.write_slices(stream)?,
                    Some(written) => written?,
                };
                if written == 0 {
                    return Err(ErrorKind::WriteZero.into());
                }
                self.advance(written);
            }
            if self.later.is_empty() {
                break;
            }
            self.queue_later();
        }
        // A drained queue keeps no memory.
        self.queue = VecDeque::new();
        stream.try_flush()
    }

    /// Writes the queue as one block, if it is fit for that.
    fn write_block(&self, stream: &Stream) -> Option<io::Result<usize>> {
        let fits = self.written == 0 && self.queue.len() > 1 && self.bytes <= block::MAX;
        fits.then(|| {
            block::with(&self.queue, |block| {
                stream.try_write(&[IoSlice::new(block)])
            })
        })
    }

    /// Writes the front of the queue as it lies.
    fn write_slices(&self, stream: &Stream) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut skip = self.written;
        for (slice, event) in slices.iter_mut().zip(&self.queue) {
            *slice = IoSlice::new(&event.0.wire[skip..]);
            skip = 0;
        }
        stream.try_write(&slices[..self.queue.len().min(SLICES)])
    }

    /// Takes written bytes off the front.
    fn advance(&mut self, written: usize) {
        self.bytes -= written;
        if self.bytes == 0 {
            self.queue = VecDeque::new();
            self.written = 0;
            return;
        }
        self.written += written;
        while let Some(first) = self.queue.front() {
            let len = first.wire_len();
            if self.written < len {
                break;
            }
            self.written -= len;
            self.queue.pop_front();
        }
    }

    fn queue_later(&mut self) {
        for event in std::mem::take(&mut self.later) {
            self.bytes += event.wire_len();
            self.queue.push_back(event);
        }
    }

    /// Takes what a poll carries away: at most `max` bytes, but at least one packet.
    pub fn take_payload(&mut self, max: usize, budget: &Budget) -> Vec<u8> {
        if self.queue.is_empty() {
            self.queue_later();
        }
        let mut payload = Vec::new();
        while let Some(event) = self.queue.front() {
            let packets = || {
                websocket::frames(&event.0.wire)
                    .map(|(opcode, packet)| (opcode == Opcode::Binary, packet))
            };
            let len: usize = packets()
                .map(|(binary, packet)| engineio::payload_len(binary, packet))
                .sum();
            if !payload.is_empty() && payload.len() + len > max {
                break;
            }
            for (binary, packet) in packets() {
                engineio::push_payload(&mut payload, binary, packet);
            }
            self.bytes -= event.wire_len();
            self.queue.pop_front();
        }
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
        self.settle(budget);
        payload
    }

    /// Closes: drops what waits if `drop_rest`, except the rest of an event whose beginning is
    /// written, and queues `last`. False: it was closed already.
    pub fn close(&mut self, drop_rest: bool, last: Option<Event>, budget: &Budget) -> bool {
        if std::mem::replace(&mut self.closed, true) {
            return false;
        }
        self.later = Vec::new();
        if drop_rest {
            self.queue.truncate(usize::from(self.written > 0));
            self.bytes = self.queue.iter().map(Event::wire_len).sum::<usize>() - self.written;
        }
        if let Some(last) = last {
            self.bytes += last.wire_len();
            self.queue.push_back(last);
        }
        self.settle(budget);
        true
    }

    /// Forgets everything.
    pub fn clear(&mut self, budget: &Budget) {
        self.queue = VecDeque::new();
        self.later = Vec::new();
        (self.written, self.bytes, self.unsent) = (0, 0, 0);
        budget.adjust(&mut self.charged, 0);
    }
}
