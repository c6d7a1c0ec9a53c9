//! Resume: everything that a client missed while its line was cut, once and in order.
//!
//! The stock client says where it stands (`{pid, offset}` in its CONNECT payload). What happened
//! since is read from the log, in two steps: most of it before the socket is accepted, the rest
//! while the socket is on hold in its rooms, so that nothing falls between.

use std::collections::HashSet;

use super::chat::Chat;
use super::lines::LineId;
use super::outbound::{self, Reason, Receipt};
use super::updates;
use crate::engine::{Connecting, Event, Socket};
use crate::model::event::EventBody;
use crate::model::ids::{ConversationId, MessageId, Offset, UserId};
use crate::service::{Caller, Tail};

/// Events of the log that are looked through for one resume. Farther behind, a client pages.
const EVENTS_MAX: usize = 10_000;
/// Bytes that are replayed to one client; within what may wait for a socket.
const BYTES_MAX: usize = 512 * 1024;
/// Events that are read at once.
const STEP: usize = 500;

/// What is going to be told.
pub(super) struct Replay {
    pub(super) line: LineId,
    /// The conversations to be joined again.
    pub(super) rooms: Vec<ConversationId>,
    user: UserId,
    heard: HashSet<ConversationId>,
    missed: Vec<Event>,
    bytes: usize,
    /// Conversations whose state changed.
    changed: HashSet<ConversationId>,
    /// How far the log was read.
    at: Offset,
}

/// Collects what a client missed. `None`: it is new, or too far behind, or its past is unknown.
///
/// A line that is not known any more (the server was started anew) is resumed in all
/// conversations of its person: they may hear more than before, and miss nothing.
pub(super) fn plan(chat: &Chat, connecting: &Connecting<Chat>, caller: Caller) -> Option<Replay> {
    let line: LineId = connecting.pid()?.parse().ok()?;
    let at: Offset = connecting.offset()?.parse().ok()?;
    let mine: HashSet<ConversationId> = chat
        .service
        .conversation_ids(caller.user)
        .ok()?
        .into_iter()
        .collect();
    let mut rooms = match chat.lines.pick_up(line, caller) {
        Some(joined) => joined,
        None => mine.iter().copied().collect(),
    };
    rooms.retain(|room| mine.contains(room));
    let heard = rooms.iter().copied().collect();
    let mut replay = Replay {
        line,
        rooms,
        user: caller.user,
        heard,
        missed: Vec::new(),
        bytes: 0,
        changed: HashSet::new(),
        at,
    };
    replay.read_on(chat)?;
    Some(replay)
}

/// Tells everything to the accepted socket, which is on hold in its rooms. Returns up to where;
/// `None` when it became too much.
pub(super) fn finish(chat: &Chat, socket: &Socket<Chat>, mut replay: Replay) -> Option<Offset> {
    replay.read_on(chat)?;
    for event in &replay.missed {
        socket.emit(event);
    }
    for conversation in &replay.changed {
        let member = chat
            .service
            .place(replay.user, *conversation)
            .ok()
            .flatten()
            .is_some();
        if let Some(update) = member
            .then(|| updates::load(&chat.service, *conversation))
            .flatten()
        {
            let update = updates::with_reason(update, Reason::Message);
            socket.emit(&outbound::conversation_updated(&update, replay.at));
        }
    }
    Some(replay.at)
}

impl Replay {
    /// Reads the log on to what all sockets have been told by now.
    fn read_on(&mut self, chat: &Chat) -> Option<()> {
        let goal = *chat.service.published().borrow();
        let mut looked_at = 0;
        if self.at.epoch != chat.service.offset(goal).epoch {
            return None;
        }
        while self.at.seq < goal {
            let wanted = usize::try_from(goal.0 - self.at.seq.0)
                .unwrap_or(usize::MAX)
                .min(STEP);
            let Ok(Tail::Events(events)) = chat.service.tail(self.at, wanted) else {
                return None;
            };
            let last = events.last()?.seq;
            looked_at += events.len();
            for event in events {
                let offset = chat.service.offset(event.seq);
                self.take(chat, &event.body, offset);
            }
            if looked_at > EVENTS_MAX || self.bytes > BYTES_MAX {
                return None;
            }
            self.at.seq = last;
        }
        Some(())
    }

    /// Takes what concerns this client from one event.
    fn take(&mut self, chat: &Chat, body: &EventBody, offset: Offset) {
        let Some(conversation) = body.conversation() else {
            return;
        };
        let told = match body {
            EventBody::MemberRemoved { user, by, .. } if *user == self.user => Some(
                outbound::conversation_removed(conversation, *by == Some(*user), offset),
            ),
            EventBody::MessageSent(message) if self.heard.contains(&conversation) => {
                let view = chat.service.message_view(message);
                Some(outbound::new_message(&view, offset))
            }
            EventBody::MessageRead { user, seq, at, .. } if self.heard.contains(&conversation) => {
                let read = Receipt {
                    conversation_id: conversation,
                    message_id: MessageId {
                        conversation,
                        seq: *seq,
                    },
                    user_id: *user,
                    read_at: *at,
                    seq: seq.0,
                };
                Some(outbound::message_read(&read, offset))
            }
            _ => None,
        };
        if let Some(event) = told {
            self.bytes += event.wire_len();
            self.missed.push(event);
        }
        if !matches!(body, EventBody::MessageRead { .. }) {
            self.changed.insert(conversation);
        } else if let EventBody::MessageRead { user, seq, .. } = body
            && *user == self.user
        {
            let event = outbound::own_read(conversation, seq.0, offset);
            self.bytes += event.wire_len();
            self.missed.push(event);
        }
    }
}
