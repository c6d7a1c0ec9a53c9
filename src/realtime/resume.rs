//! Resume: everything that a client missed while its line was cut, once and in order.
//!
//! The stock client says where it stands (`{pid, offset}` in its CONNECT payload). What happened
//! since is read from the log, in two steps: most of it before the socket is accepted, the rest
//! while the socket is on hold in its rooms, so that nothing falls between.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::chat::Chat;
use super::lines::LineId;
use super::outbound::{self, Reason};
use super::rooms;
use super::told::Still;
use super::updates;
use crate::base::clock::Timestamp;
use crate::engine::{Connecting, Event, Socket};
use crate::model::event::{Event as LogEvent, EventBody};
use crate::model::ids::{ConversationId, EventSeq, MessageId, Offset, UserId};
use crate::service::{Caller, Tail};

/// Events of the log that are looked through for one resume. Farther behind, a client pages.
const EVENTS_MAX: usize = 10_000;
/// Bytes that are replayed to one client; within what may wait for a socket.
const BYTES_MAX: usize = 512 * 1024;
/// Events that are read at once.
const STEP: usize = 500;

/// How long before a client's position a conversation may have changed without that its newest
/// state was told by then: it is told a little later, on a busy machine later still.
const TOLD_WITHIN: Duration = Duration::from_secs(2);
/// Events before a client's position that are looked through for such changes.
const LOOK_BACK: u64 = 256;

/// What is going to be told.
pub(super) struct Replay {
    pub(super) line: LineId,
    /// The conversations to be joined again, and since when they are heard.
    pub(super) rooms: HashMap<ConversationId, EventSeq>,
    user: UserId,
    missed: Vec<Missed>,
    bytes: usize,
    /// Conversations whose state changed.
    changed: HashSet<ConversationId>,
    /// How far the log was read.
    at: Offset,
}

/// An event that was missed.
struct Missed {
    event: Event,
    /// The conversation that only its members may hear it of.
    inside: Option<ConversationId>,
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
    let mut rooms: HashMap<_, _> = match chat.lines.pick_up(line, caller) {
        Some(joined) => joined.into_iter().collect(),
        None => mine.iter().map(|room| (*room, EventSeq(0))).collect(),
    };
    rooms.retain(|room, _| mine.contains(room));
    let mut replay = Replay {
        line,
        rooms,
        user: caller.user,
        missed: Vec::new(),
        bytes: 0,
        changed: HashSet::new(),
        at,
    };
    replay.look_back(chat);
    replay.read_on(chat, chat.told.newest())?;
    replay.bytes += replay
        .updates(chat)
        .map(|event| event.wire_len())
        .sum::<usize>();
    (replay.bytes <= BYTES_MAX).then_some(replay)
}

/// Tells everything that all were told to the accepted socket, which is on hold in its rooms.
/// `None` when it became too much.
pub(super) fn finish(
    still: &Still<'_>,
    chat: &Chat,
    socket: &Socket<Chat>,
    mut replay: Replay,
) -> Option<()> {
    let joined: Vec<_> = replay.rooms.keys().copied().collect();
    replay.read_on(chat, still.newest())?;
    for room in joined {
        if !replay.rooms.contains_key(&room) {
            rooms::leave(socket, room);
        }
    }
    let mut mine: HashMap<ConversationId, bool> = HashMap::new();
    let mut is_mine = |conversation| {
        *mine
            .entry(conversation)
            .or_insert_with(|| is_member(chat, replay.user, conversation))
    };
    for missed in &replay.missed {
        if missed.inside.is_none_or(&mut is_mine) {
            socket.emit(&missed.event);
        }
    }
    for update in replay.updates(chat) {
        socket.emit(&update);
    }
    Some(())
}

fn is_member(chat: &Chat, user: UserId, conversation: ConversationId) -> bool {
    let place = chat.service.place(user, conversation);
    place.is_ok_and(|place| place.is_some())
}

impl Replay {
    /// What changed shortly before the client's position.
    fn look_back(&mut self, chat: &Chat) {
        let from = Offset {
            seq: EventSeq(self.at.seq.0.saturating_sub(LOOK_BACK)),
            ..self.at
        };
        let before = usize::try_from(self.at.seq.0 - from.seq.0).unwrap_or(0);
        let Ok(Tail::Events(events)) = chat.service.tail(from, before) else {
            return;
        };
        let newest = events.last().map_or(Timestamp(0), |event| event.at);
        let recent = |event: &&LogEvent| newest.since(event.at) <= TOLD_WITHIN;
        for event in events.iter().filter(recent) {
            self.change(&event.body);
        }
    }

    /// The newest states of the conversations that changed.
    fn updates(&self, chat: &Chat) -> impl Iterator<Item = Event> {
        let mine = |id: &&ConversationId| is_member(chat, self.user, **id);
        self.changed.iter().filter(mine).filter_map(|id| {
            let update = updates::load(&chat.service, *id)?;
            let update = updates::with_reason(update, Reason::Message);
            Some(outbound::conversation_updated(&update, self.at))
        })
    }

    /// Reads the log on up to `goal`.
    fn read_on(&mut self, chat: &Chat, goal: EventSeq) -> Option<()> {
        let mut looked_at = 0;
        if self.at.epoch != chat.service.offset(goal).epoch || self.at.seq > goal {
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

    fn change(&mut self, body: &EventBody) {
        if !body.is_private() {
            self.changed.extend(body.conversation());
        }
    }

    /// Takes what concerns this client from one event.
    fn take(&mut self, chat: &Chat, body: &EventBody, offset: Offset) {
        let Some(conversation) = body.conversation() else {
            return;
        };
        self.change(body);
        let since = self.rooms.get(&conversation);
        let heard = since.is_some_and(|since| offset.seq > *since);
        match body {
            EventBody::MemberRemoved { user, by, .. } if *user == self.user => {
                // As a socket that was here: it is in again when it joins again.
                self.rooms.remove(&conversation);
                let removed = outbound::conversation_removed(conversation, *user, *by, offset);
                self.miss(removed, None);
            }
            EventBody::MessageSent(message) if heard => {
                let view = chat.service.message_view(message);
                let event = outbound::new_message(&view, offset);
                self.miss(event, Some(conversation));
            }
            EventBody::MessageEdited(message) | EventBody::MessageDeleted { message, .. }
                if heard =>
            {
                let view = chat.service.message_view(message);
                let event = outbound::message_updated(&view, offset);
                self.miss(event, Some(conversation));
            }
            EventBody::MessageRead { user, seq, at, .. } => {
                if heard {
                    let seq = *seq;
                    let message = MessageId { conversation, seq };
                    let event = outbound::message_read(message, *user, *at, offset);
                    self.miss(event, Some(conversation));
                }
                if *user == self.user {
                    let event = outbound::own_read(conversation, seq.0, offset);
                    self.miss(event, Some(conversation));
                }
            }
            EventBody::SettingsChanged { user, own, .. } if *user == self.user => {
                let event = outbound::own_settings(conversation, *own, offset);
                self.miss(event, Some(conversation));
            }
            EventBody::OwnReadMoved {
                user, read_up_to, ..
            } if *user == self.user => {
                let event = outbound::own_read(conversation, read_up_to.0, offset);
                self.miss(event, Some(conversation));
            }
            _ => {}
        }
    }

    fn miss(&mut self, event: Event, inside: Option<ConversationId>) {
        self.bytes += event.wire_len();
        self.missed.push(Missed { event, inside });
    }
}
