//! From what was committed to the sockets that hear it.
//!
//! Most of it runs on the publisher's thread, in commit order, and never blocks: the engine queues.
//! What is told to many that don't follow one conversation is told by the hub's own task.

use std::collections::HashSet;
use std::sync::{Arc, Weak};

use super::audience::Audience;
use super::chat::Chat;
use super::news::{News, Topic};
use super::outbound::{self, End, Reason};
use super::rooms;
use super::told::{Still, Telling};
use super::updates::{self, Pending};
use crate::base::clock::Clock;
use crate::engine::{Engine, Event as Frame, Socket};
use crate::model::AvatarOf;
use crate::model::event::{Event, EventBody, SessionEnd};
use crate::model::ids::{ConversationId, MessageId, Offset, SessionId, UserId};
use crate::service::{Follower, Service, Signal};

/// Conversations with more members than this don't tell everybody who comes and goes: the cost
/// grows with the square. Their member lists show it when they are opened.
const PRESENCE_MEMBERS_MAX: usize = 256;

/// In conversations with more members than this only those who joined hear who types.
const TYPING_MEMBERS_MAX: usize = 64;

/// How many conversations of a person are looked at at once for whom to tell of them.
const SLICE: usize = 16;

/// Tells sockets what happened.
pub(super) struct Hub {
    engine: Engine<Chat>,
    service: Service,
    clock: Clock,
    pending: Pending,
    news: News,
    audience: Audience,
}

/// What the service holds of the hub, so that neither keeps the other alive.
struct Link(Weak<Hub>);

impl Follower for Link {
    fn committed(&self, events: &[Event]) {
        if let Some(hub) = self.0.upgrade() {
            for event in events {
                let telling = hub.engine.app().told.telling();
                hub.tell(&telling, event);
                telling.done(event.seq);
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
            news: News::default(),
            audience: Audience::default(),
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

    /// Tells the coalesced updates and the news, for ever.
    pub(super) async fn run(&self) {
        tokio::join!(self.run_updates(), self.run_news());
    }

    async fn run_news(&self) {
        loop {
            let (user, event) = self.news.next().await;
            self.tell_acquaintances(user, &event).await;
        }
    }

    async fn run_updates(&self) {
        loop {
            self.pending.any().await;
            self.clock.sleep(updates::PAUSE).await;
            for (conversation, reason) in self.pending.take() {
                self.update(conversation, reason);
                tokio::task::yield_now().await;
            }
        }
    }

    fn tell(&self, telling: &Telling<'_>, event: &Event) {
        let offset = self.service.offset(event.seq);
        match &event.body {
            EventBody::MessageSent(message) => {
                let conversation = message.id.conversation;
                let view = self.service.message_view(message);
                let event = outbound::new_message(&view, offset);
                rooms::tell(telling, &self.engine, conversation, &event);
                self.pending.mark(conversation, Reason::Message);
            }
            EventBody::MessageEdited(message) | EventBody::MessageDeleted { message, .. } => {
                let conversation = message.id.conversation;
                let view = self.service.message_view(message);
                let event = outbound::message_updated(&view, offset);
                rooms::tell(telling, &self.engine, conversation, &event);
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
                let message = MessageId {
                    conversation: *conversation,
                    seq: *seq,
                };
                let event = outbound::message_read(message, *user, *at, offset);
                rooms::tell(telling, &self.engine, *conversation, &event);
                let own = outbound::own_read(*conversation, seq.0, offset);
                self.engine.emit(rooms::of_user(*user), &own, None);
            }
            EventBody::MemberRemoved {
                conversation,
                user,
                by,
            } => {
                self.remove(telling, *conversation, *user, *by, offset);
            }
            EventBody::MemberAdded(member) => {
                self.audience.forget(telling, member.conversation);
                self.pending.mark(member.conversation, Reason::Members);
            }
            EventBody::MemberRoleChanged { conversation, .. } => {
                self.pending.mark(*conversation, Reason::Members);
            }
            EventBody::ConversationCreated(conversation) => {
                self.pending.mark(conversation.id, Reason::Created);
            }
            EventBody::ConversationRenamed { conversation, .. }
            | EventBody::AvatarChanged {
                of: AvatarOf::Conversation(conversation),
                ..
            } => {
                self.pending.mark(*conversation, Reason::Renamed);
            }
            EventBody::ReadOnlyChanged { conversation, .. } => {
                self.pending.mark(*conversation, Reason::Archived);
            }
            EventBody::SessionEnded { session, user, end } => {
                let end = match end {
                    SessionEnd::SignedOut => End::SignedOut,
                    SessionEnd::Elsewhere => End::Elsewhere,
                };
                self.end(*user, end, |own| own == *session);
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
            _ => self.tell_own(&event.body, offset),
        }
    }

    /// What somebody did for themselves alone is told to their own sockets.
    fn tell_own(&self, body: &EventBody, offset: Offset) {
        match body {
            EventBody::SettingsChanged {
                conversation,
                user,
                own,
            } => {
                let settled = outbound::own_settings(*conversation, *own, offset);
                self.engine.emit(rooms::of_user(*user), &settled, None);
            }
            EventBody::OwnReadMoved {
                conversation,
                user,
                read_up_to,
                ..
            } => {
                let own = outbound::own_read(*conversation, read_up_to.0, offset);
                self.engine.emit(rooms::of_user(*user), &own, None);
            }
            EventBody::SessionStarted(session) => {
                let started = outbound::session_started(session);
                let room = rooms::of_user(session.user);
                self.engine.emit(room, &started, None);
            }
            EventBody::DraftChanged(draft) => {
                let event = outbound::draft_updated(&Service::draft_view(draft));
                let room = rooms::of_user(draft.user);
                self.engine.emit(room, &event, None);
            }
            _ => {}
        }
    }

    /// Takes somebody's sockets out of a conversation, then tells them.
    fn remove(
        &self,
        telling: &Telling<'_>,
        conversation: ConversationId,
        user: UserId,
        by: Option<UserId>,
        offset: Offset,
    ) {
        self.audience.forget(telling, conversation);
        let room = rooms::of_user(user);
        for socket in self.engine.sockets_in(room) {
            rooms::leave(&socket, conversation);
        }
        let event = outbound::conversation_removed(conversation, user, by, offset);
        self.engine.emit(room, &event, None);
        self.pending.mark(conversation, Reason::Members);
    }

    /// Closes somebody's sockets whose sessions have ended.
    fn end(&self, user: UserId, end: End, ended: impl Fn(SessionId) -> bool) {
        let event = outbound::session_ended(end);
        for socket in self.engine.sockets_in(rooms::of_user(user)) {
            if ended(socket.data().caller.session) {
                socket.emit(&event);
                socket.disconnect();
            }
        }
    }

    /// Tells a conversation's newest state to all sockets of all its members.
    fn update(&self, conversation: ConversationId, reason: Reason) {
        // Who is taken out from here on is told so after this.
        let still = self.engine.app().told.still();
        let offset = self.service.offset(still.newest());
        let Some(update) = updates::load(&self.service, conversation) else {
            return;
        };
        let event = outbound::conversation_updated(&updates::with_reason(update, reason), offset);
        for member in &*self.members(&still, conversation) {
            self.engine.emit(rooms::of_user(*member), &event, None);
        }
    }

    /// Who is in a conversation.
    fn members(&self, still: &Still<'_>, conversation: ConversationId) -> Arc<[UserId]> {
        let load = || self.service.member_ids(conversation).unwrap_or_default();
        self.audience.of(still, conversation, load)
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
                self.news.push(user, Topic::Presence, event);
            }
            Signal::Writable => self.tell_state(),
        }
    }

    /// To everybody who is here. Who comes in meanwhile is greeted before it or after it, and knows it.
    fn tell_state(&self) {
        let _telling = self.engine.app().told.telling();
        let event = outbound::server_state(self.service.is_writable());
        for user in self.service.online() {
            self.engine.emit(rooms::of_user(user), &event, None);
        }
    }

    /// To everybody who joined the conversation, and to its members' sockets that want to hear it
    /// unjoined; not to the typist's own.
    fn typing(&self, conversation: ConversationId, user: UserId, on: bool) {
        let name = self.service.sender_view(user).display_name;
        let event = outbound::typing(conversation, user, &name, on);
        let others = |socket: &Socket<Chat>| socket.data().caller.user != user;
        let still = self.engine.app().told.still();
        let joined = rooms::joined(&still, &self.engine, conversation);
        for socket in joined.into_iter().filter(others) {
            socket.emit(&event);
        }
        if !self.has_at_most(&still, TYPING_MEMBERS_MAX, conversation) {
            return;
        }
        let members = self.members(&still, conversation);
        for member in members.iter().filter(|id| **id != user) {
            for socket in self.engine.sockets_in(rooms::of_user(*member)) {
                if socket.data().all_typing && !rooms::has_joined(&socket, conversation) {
                    socket.emit(&event);
                }
            }
        }
    }

    fn introduce(&self, user: UserId) {
        let event = outbound::user_updated(&self.service.sender_view(user));
        self.news.push(user, Topic::Profile, event);
    }

    /// To everybody who shares a conversation with a person, and to the person: a slice of the
    /// conversations at a time, so that nobody waits for the rest.
    async fn tell_acquaintances(&self, user: UserId, event: &Frame) {
        let mut heard = HashSet::from([user]);
        self.engine.emit(rooms::of_user(user), event, None);
        let mut after = None;
        loop {
            after = self.tell_slice(user, event, after, &mut heard);
            if after.is_none() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// To those who share the conversations behind `after`. Returns where the next slice begins.
    fn tell_slice(
        &self,
        user: UserId,
        event: &Frame,
        after: Option<ConversationId>,
        heard: &mut HashSet<UserId>,
    ) -> Option<ConversationId> {
        // Who is taken out from here on hears nothing of it afterwards.
        let still = self.engine.app().told.still();
        let slice = self.service.conversation_ids_after(user, after, SLICE);
        let slice = slice.unwrap_or_default();
        for conversation in &slice {
            if self.has_at_most(&still, PRESENCE_MEMBERS_MAX, *conversation) {
                for member in &*self.members(&still, *conversation) {
                    if heard.insert(*member) {
                        self.engine.emit(rooms::of_user(*member), event, None);
                    }
                }
            }
        }
        (slice.len() == SLICE)
            .then(|| slice.last().copied())
            .flatten()
    }

    /// Whether it is small enough that its members are told something often.
    fn has_at_most(&self, still: &Still<'_>, most: usize, conversation: ConversationId) -> bool {
        let count = match self.audience.kept(still, conversation) {
            Some(members) => members.len(),
            None => match self.service.find_conversation(conversation) {
                Ok(Some(row)) => row.member_count as usize,
                _ => return false,
            },
        };
        count <= most
    }
}
