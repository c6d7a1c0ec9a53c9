//! From what was committed to the sockets that hear it.
//!
//! Runs on the publisher's thread, in commit order, and never blocks: the engine queues.

use std::collections::HashSet;
use std::sync::{Arc, Weak};

use super::chat::Chat;
use super::outbound::{self, End, Reason, Receipt};
use super::updates::{self, Pending};
use crate::base::clock::Clock;
use crate::engine::{Engine, Event as Frame, Socket};
use crate::model::AvatarOf;
use crate::model::event::{Event, EventBody};
use crate::model::ids::{ConversationId, MessageId, Offset, SessionId, UserId};
use crate::service::{Follower, Service, Signal};

/// Conversations with more members than this don't tell everybody who comes and goes: the cost
/// grows with the square. Their member lists show it when they are opened.
const PRESENCE_MEMBERS_MAX: u32 = 256;

/// Tells sockets what happened.
pub(super) struct Hub {
    engine: Engine<Chat>,
    service: Service,
    clock: Clock,
    pending: Pending,
}

/// What the service holds of the hub, so that neither keeps the other alive.
struct Link(Weak<Hub>);

impl Follower for Link {
    fn committed(&self, events: &[Event]) {
        if let Some(hub) = self.0.upgrade() {
            for event in events {
                let mut told = hub.engine.app().told.write();
                hub.tell(event);
                *told = event.seq;
            }
        }
    }
}

impl Hub {
    pub(super) fn new(engine: Engine<Chat>, service: Service, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            engine,
            service,
            clock,
            pending: Pending::default(),
        })
    }

    /// Follows everything that happens from now on.
    pub(super) fn follow(self: &Arc<Self>, service: &Service) {
        service.on_commit(Arc::new(Link(Arc::downgrade(self))));
        let hub = Arc::downgrade(self);
        service.on_signal(Arc::new(move |signal| {
            if let Some(hub) = hub.upgrade() {
                hub.signal(signal);
            }
        }));
    }

    /// Tells the coalesced updates, for ever.
    pub(super) async fn run(&self) {
        loop {
            self.pending.any().await;
            self.clock.sleep(updates::PAUSE).await;
            for (conversation, reason) in self.pending.take() {
                self.update(conversation, reason);
                tokio::task::yield_now().await;
            }
        }
    }

    fn tell(&self, event: &Event) {
        let offset = self.service.offset(event.seq);
        match &event.body {
            EventBody::MessageSent(message) => {
                let conversation = message.id.conversation;
                let view = self.service.message_view(message);
                let event = outbound::new_message(&view, offset);
                self.engine
                    .emit(outbound::conversation_room(conversation), &event, None);
                self.pending.mark(conversation, Reason::Message);
            }
            EventBody::MessageEdited(message) | EventBody::MessageDeleted { message, .. } => {
                let conversation = message.id.conversation;
                let view = self.service.message_view(message);
                let event = outbound::message_updated(&view, offset);
                self.engine
                    .emit(outbound::conversation_room(conversation), &event, None);
                if self.service.is_newest(message.id) {
                    self.pending.mark(conversation, Reason::Message);
                }
            }
            EventBody::MessageRead {
                conversation,
                user,
                seq,
                at,
            } => {
                let read = Receipt {
                    conversation_id: *conversation,
                    message_id: MessageId {
                        conversation: *conversation,
                        seq: *seq,
                    },
                    user_id: *user,
                    read_at: *at,
                    seq: seq.0,
                };
                let event = outbound::message_read(&read, offset);
                self.engine
                    .emit(outbound::conversation_room(*conversation), &event, None);
                let own = outbound::own_read(*conversation, seq.0, offset);
                self.engine.emit(outbound::user_room(*user), &own, None);
            }
            EventBody::MemberRemoved {
                conversation,
                user,
                by,
            } => {
                self.remove(*conversation, *user, *by == Some(*user), offset);
            }
            EventBody::MemberAdded(member) => {
                self.pending.mark(member.conversation, Reason::Members);
            }
            EventBody::MemberRoleChanged { conversation, .. } => {
                self.pending.mark(*conversation, Reason::Members);
            }
            EventBody::ConversationCreated(conversation) => {
                self.pending.mark(conversation.id, Reason::Created);
            }
            EventBody::ConversationRenamed { conversation, .. } => {
                self.pending.mark(*conversation, Reason::Renamed);
            }
            EventBody::SessionEnded { session, user } => {
                self.end(*user, End::SignedOut, |own| own == *session);
            }
            EventBody::DisabledChanged {
                user,
                disabled: true,
            } => {
                self.end(*user, End::Disabled, |_| true);
            }
            EventBody::PasswordChanged { user, keep, .. } => {
                self.end(*user, End::PasswordChanged, |own| Some(own) != *keep);
            }
            EventBody::ProfileChanged { user, .. }
            | EventBody::AvatarChanged {
                of: AvatarOf::User(user),
                ..
            } => self.introduce(*user),
            EventBody::AvatarChanged {
                of: AvatarOf::Conversation(conversation),
                ..
            } => {
                self.pending.mark(*conversation, Reason::Renamed);
            }
            _ => {}
        }
    }

    /// Takes somebody's sockets out of a conversation, then tells them.
    fn remove(&self, conversation: ConversationId, user: UserId, left: bool, offset: Offset) {
        let room = outbound::user_room(user);
        for socket in self.engine.sockets_in(room) {
            Chat::take_out(&socket, conversation);
        }
        let event = outbound::conversation_removed(conversation, left, offset);
        self.engine.emit(room, &event, None);
        self.pending.mark(conversation, Reason::Members);
    }

    /// Closes somebody's sockets whose sessions have ended.
    fn end(&self, user: UserId, end: End, ended: impl Fn(SessionId) -> bool) {
        let event = outbound::session_ended(end);
        for socket in self.engine.sockets_in(outbound::user_room(user)) {
            if ended(socket.data().caller.session) {
                socket.emit(&event);
                socket.disconnect();
            }
        }
    }

    /// Tells a conversation's newest state to all sockets of all its members.
    fn update(&self, conversation: ConversationId, reason: Reason) {
        // Who is taken out from here on is told so after this.
        let told = self.engine.app().told.read();
        let offset = self.service.offset(*told);
        let Some(update) = updates::load(&self.service, conversation) else {
            return;
        };
        let event = outbound::conversation_updated(&updates::with_reason(update, reason), offset);
        for member in self.service.member_ids(conversation).unwrap_or_default() {
            self.engine.emit(outbound::user_room(member), &event, None);
        }
    }

    fn signal(&self, signal: Signal) {
        match signal {
            Signal::Typing {
                conversation,
                user,
                on,
            } => self.typing(conversation, user, on),
            Signal::Presence {
                user,
                online,
                last_seen,
            } => {
                let event = outbound::user_status(user, online, last_seen);
                self.tell_acquaintances(user, &event);
            }
        }
    }

    /// To everybody who joined the conversation, but not to the typist's own sockets.
    fn typing(&self, conversation: ConversationId, user: UserId, on: bool) {
        let name = self.service.sender_view(user).display_name;
        let event = outbound::typing(conversation, user, &name, on);
        let others = |socket: &Socket<Chat>| socket.data().caller.user != user;
        let _told = self.engine.app().told.read();
        let room = outbound::conversation_room(conversation);
        for socket in self.engine.sockets_in(room).into_iter().filter(others) {
            socket.emit(&event);
        }
    }

    fn introduce(&self, user: UserId) {
        let event = outbound::user_updated(&self.service.sender_view(user));
        self.tell_acquaintances(user, &event);
    }

    /// To everybody who shares a conversation with a person, and to the person.
    fn tell_acquaintances(&self, user: UserId, event: &Frame) {
        let mut told = HashSet::from([user]);
        for conversation in self.service.conversation_ids(user).unwrap_or_default() {
            let row = self.service.find_conversation(conversation).ok().flatten();
            if row.is_some_and(|row| row.member_count <= PRESENCE_MEMBERS_MAX) {
                told.extend(self.service.member_ids(conversation).unwrap_or_default());
            }
        }
        for user in told {
            self.engine.emit(outbound::user_room(user), event, None);
        }
    }
}
