//! Lines: what is remembered of a socket so that its client can pick up after a cut.
//!
//! A line is named by the `pid` of Socket.IO's connection state recovery. It is bounded in number
//! and time. Losing one is no harm: the client is then put into all conversations of its person
//! (see `resume`), or pages over HTTP.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use parking_lot::Mutex;

use super::chat::{Chat, Joined, Person};
use crate::base::clock::{Clock, Timestamp};
use crate::base::rng::Rng;
use crate::engine::Socket;
use crate::model::ids::ConversationId;
use crate::service::Caller;

/// How long a cut line is kept.
const KEPT: Duration = Duration::from_mins(10);
/// How many cut lines are kept at most.
const CUT_MAX: usize = 20_000;

/// Names a line: 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LineId(u128);

impl LineId {
    pub(super) fn random(rng: &Rng) -> Self {
        Self(u128::from_be_bytes(rng.bytes()))
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for LineId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

/// The conversations that a socket joined, to be joined again when its line is picked up.
#[derive(Default)]
pub(super) struct Rooms(Mutex<Vec<Joined>>);

impl Rooms {
    pub(super) fn add(&self, joined: Joined) {
        self.0.lock().push(joined);
    }

    pub(super) fn remove(&self, conversation: ConversationId) {
        self.0.lock().retain(|(joined, _)| *joined != conversation);
    }

    /// Takes them out of the socket into its line. Only who holds all lines can: between the two
    /// a client that comes back would find them in neither.
    fn take(&self, _lines: &mut Kept) -> Vec<Joined> {
        std::mem::take(&mut *self.0.lock())
    }
}

/// All lines, open and cut.
pub(super) struct Lines {
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    open: HashMap<LineId, Socket<Chat>>,
    cut: HashMap<LineId, Cut>,
    /// Cut lines by age, the oldest first; some may have been picked up since.
    order: VecDeque<(Timestamp, LineId)>,
}

struct Cut {
    caller: Caller,
    joined: Vec<Joined>,
    at: Timestamp,
}

impl Lines {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            kept: Mutex::default(),
        }
    }

    /// A socket uses the line from now on.
    pub(super) fn open(&self, line: LineId, socket: &Socket<Chat>) {
        let mut kept = self.kept.lock();
        kept.cut.remove(&line);
        kept.open.insert(line, socket.clone());
    }

    /// The socket is gone. If it is to be `resumed`, the line can be picked up for a while, and its
    /// client gets the conversations back that it had joined.
    pub(super) fn close(&self, socket: &Socket<Chat>, resumed: bool) {
        let Person {
            line,
            caller,
            joined,
            ..
        } = socket.data();
        let now = self.clock.now();
        let mut kept = self.kept.lock();
        if kept.open.get(line).is_none_or(|open| open != socket) {
            return; // Another socket has picked the line up.
        }
        kept.open.remove(line);
        if resumed {
            let cut = Cut {
                caller: *caller,
                joined: joined.take(&mut kept),
                at: now,
            };
            kept.cut.insert(*line, cut);
            kept.order.push_back((now, *line));
        }
        kept.forget(now);
    }

    /// What the person behind a line had joined; their old socket, if it hangs on, is closed.
    /// `None`: no such line, or not theirs.
    pub(super) fn pick_up(&self, line: LineId, caller: Caller) -> Option<Vec<Joined>> {
        let mut kept = self.kept.lock();
        let now = self.clock.now();
        kept.forget(now);
        if let Some(old) = kept.open.get(&line) {
            if old.data().caller.user != caller.user {
                return None;
            }
            let old = kept.open.remove(&line)?;
            let joined = old.data().joined.take(&mut kept);
            drop(kept);
            old.close(1000);
            return Some(joined);
        }
        if kept.cut.get(&line)?.caller.user != caller.user {
            return None;
        }
        kept.cut.remove(&line).map(|cut| cut.joined)
    }
}

impl Kept {
    /// Drops what is too old or too many.
    fn forget(&mut self, now: Timestamp) {
        while let Some((at, line)) = self.order.front().copied() {
            if now.since(at) <= KEPT && self.order.len() <= CUT_MAX {
                break;
            }
            self.order.pop_front();
            if self.cut.get(&line).is_some_and(|cut| cut.at == at) {
                self.cut.remove(&line);
            }
        }
    }
}
