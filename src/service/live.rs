//! What happens now and is kept nowhere: presence and typing, their one timer, who hears of them.
//!
//! What is asked by whom is checked here; how it is kept is in `presence` and `typing`.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use super::decision::Decision;
use super::limits::{LimitKey, LimitedAction};
use super::presence::Presence;
use super::rules::require_member;
use super::typing::{Typing, Typist};
use super::{Answer, Caller, Follower, Service, ServiceError, Signal, SocketId};
use crate::base::clock::{Clock, Timestamp};
use crate::model::ids::{ConversationId, UserId};
use crate::model::{Event, EventBody};
use crate::store::accounts;

/// The most sockets that somebody has open at once, over all their devices.
const SOCKETS_MOST: usize = 100;

/// Hears signals.
pub type Listener = Arc<dyn Fn(Signal) + Send + Sync>;

/// Presence, typing, and their timer.
pub struct Live {
    presence: Mutex<Presence>,
    typing: Mutex<Typing>,
    /// Held while something changes and is told, so that listeners hear things in their order.
    /// Listeners may read presence meanwhile.
    telling: Mutex<()>,
    listeners: RwLock<Vec<Listener>>,
    nearer: Notify,
    clock: Clock,
}

impl Live {
    pub(super) fn new(presence: Presence, clock: Clock) -> Self {
        Self {
            presence: Mutex::new(presence),
            typing: Mutex::default(),
            telling: Mutex::default(),
            listeners: RwLock::default(),
            nearer: Notify::new(),
            clock,
        }
    }

    pub(super) fn is_online(&self, user: UserId) -> bool {
        self.presence.lock().is_here(user)
    }

    /// How many people are here, and how many sockets they have open.
    pub(super) fn count(&self) -> (usize, usize) {
        self.presence.lock().count()
    }

    /// Nobody hears anything any more: listeners may hold the service, which holds this.
    pub(super) fn forget_listeners(&self) {
        self.listeners.write().clear();
    }

    /// Everybody who was here until the process ends, and since when they are not.
    pub(super) fn end(&self) -> (Vec<UserId>, Timestamp) {
        (self.presence.lock().take_all(), self.clock.now())
    }

    /// Everybody who is here.
    pub(super) fn everybody(&self) -> Vec<UserId> {
        self.presence.lock().everybody()
    }

    pub(super) fn tell(&self, signal: Signal) {
        let listeners = self.listeners.read().clone();
        for listener in listeners {
            listener(signal);
        }
    }

    fn tell_typing(&self, (conversation, user): Typist, on: bool) {
        self.tell(Signal::Typing {
            conversation,
            user,
            on,
        });
    }

    fn opened(&self, user: UserId, socket: SocketId) {
        let _telling = self.telling.lock();
        if self.presence.lock().opened(user, socket) {
            self.tell(Signal::Presence {
                user,
                online: true,
                last_seen: None,
            });
        }
    }

    fn closed(&self, user: UserId, socket: SocketId) {
        let _telling = self.telling.lock();
        while let Some(typist) = self.take_closed(socket) {
            self.tell_typing(typist, false);
        }
        let now = self.clock.now();
        if self.presence.lock().closed(user, socket, now) {
            self.nearer.notify_one();
        }
    }

    fn take_closed(&self, socket: SocketId) -> Option<Typist> {
        self.typing.lock().take_closed(socket)
    }

    fn typing_started(&self, typist: Typist, socket: SocketId) {
        let _telling = self.telling.lock();
        let now = self.clock.now();
        let (told, nearer) = self.typing.lock().started(typist, socket, now);
        if nearer {
            self.nearer.notify_one();
        }
        if told {
            self.tell_typing(typist, true);
        }
    }

    fn typing_stopped(&self, typist: Typist, socket: SocketId) {
        let _telling = self.telling.lock();
        if self.typing.lock().stopped(typist, socket) {
            self.tell_typing(typist, false);
        }
    }

    fn typing_ended(&self, typist: Typist) {
        let _telling = self.telling.lock();
        if self.typing.lock().ended(typist) {
            self.tell_typing(typist, false);
        }
    }

    fn next(&self) -> Option<Timestamp> {
        let presence = self.presence.lock().next();
        let typing = self.typing.lock().next();
        presence.into_iter().chain(typing).min()
    }

    /// Ends what is due. Each one who has gone is given to `gone` with the time of it, before it
    /// is told.
    fn end_due(&self, gone: impl Fn(UserId, Timestamp)) {
        let _telling = self.telling.lock();
        let now = self.clock.now();
        while let Some(typist) = self.take_silent(now) {
            self.tell_typing(typist, false);
        }
        while let Some((user, last_seen)) = self.take_gone(now) {
            gone(user, last_seen);
            self.tell(Signal::Presence {
                user,
                online: false,
                last_seen: Some(last_seen),
            });
        }
    }

    fn take_silent(&self, now: Timestamp) -> Option<Typist> {
        self.typing.lock().take_silent(now)
    }

    fn take_gone(&self, now: Timestamp) -> Option<(UserId, Timestamp)> {
        self.presence.lock().take_gone(now)
    }
}

impl Follower for Live {
    fn committed(&self, events: &[Event]) {
        for event in events {
            if let EventBody::MemberRemoved {
                conversation, user, ..
            } = &event.body
            {
                self.typing_ended((*conversation, *user));
            }
        }
    }
}

impl Service {
    /// Registers who hears signals: typing, presence, whether anything can be stored. Called on any thread; it must not block, and may
    /// only read from the service.
    pub fn on_signal(&self, listener: Listener) {
        self.0.live.listeners.write().push(listener);
    }

    /// Whether somebody may open one more socket. Errors: `server_busy`.
    pub fn require_socket_room(&self, caller: Caller) -> Answer<()> {
        let open = self.0.live.presence.lock().sockets_of(caller.user);
        if self.is_limited() && open >= SOCKETS_MOST {
            return Err(ServiceError::ServerBusy);
        }
        Ok(())
    }

    /// A socket of somebody opened: they are online.
    pub fn socket_opened(&self, caller: Caller, socket: SocketId) {
        self.0.live.opened(caller.user, socket);
    }

    /// It closed, however it did. They are offline when the last one is closed for as long as the
    /// grace period; what they typed through this one stops at once. Twice is once.
    pub fn socket_closed(&self, caller: Caller, socket: SocketId) {
        self.0.live.closed(caller.user, socket);
        // The session was in use all the while.
        self.note_use(caller.session, self.0.clock.now());
    }

    /// Whether somebody is online.
    pub fn is_online(&self, user: UserId) -> bool {
        self.0.live.is_online(user)
    }

    /// Everybody who is online.
    pub fn online(&self) -> Vec<UserId> {
        self.0.live.everybody()
    }

    /// When somebody was last here; `None` while they are, or if they never were.
    pub fn last_seen(&self, user: UserId) -> Option<Timestamp> {
        let person = self.0.directory.find(user)?;
        person.last_seen_at.filter(|_| !self.is_online(user))
    }

    /// Somebody types, seen for 3 s from now. Errors: `not_found` (not a member),
    /// `rate_limited`.
    pub fn typing_started(
        &self,
        caller: Caller,
        socket: SocketId,
        conversation: ConversationId,
    ) -> Answer<()> {
        self.require_typist(caller, conversation)?;
        self.0
            .live
            .typing_started((conversation, caller.user), socket);
        Ok(())
    }

    /// Somebody stopped typing. Errors: `not_found` (not a member), `rate_limited`.
    pub fn typing_stopped(
        &self,
        caller: Caller,
        socket: SocketId,
        conversation: ConversationId,
    ) -> Answer<()> {
        self.require_typist(caller, conversation)?;
        self.0
            .live
            .typing_stopped((conversation, caller.user), socket);
        Ok(())
    }

    fn require_typist(&self, caller: Caller, conversation: ConversationId) -> Answer<()> {
        self.limit(LimitedAction::Typing, LimitKey::user(caller.user))?;
        require_member(&self.0.store.view(), caller.user, conversation).map(drop)
    }

    /// The timer of presence and typing; runs until it is dropped.
    pub(super) async fn run_live(self) {
        let live = &self.0.live;
        loop {
            live.end_due(|user, at| self.went(vec![user], at, |_| ()));
            let due = async {
                match live.next() {
                    Some(at) => self.0.clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {}
                () = live.nearer.notified() => {}
            }
        }
    }

    /// Keeps when people were last here. Several who go at once become one commit.
    pub(super) fn went(
        &self,
        users: Vec<UserId>,
        at: Timestamp,
        done: impl FnOnce(Answer<()>) + Send + 'static,
    ) {
        for user in &users {
            self.0.directory.seen(*user, at);
        }
        let rule = move |state: &dyn crate::store::Reads, _| {
            let mut events = Vec::new();
            for user in users {
                if accounts::find(state, user)?.is_some() {
                    events.push(EventBody::LastSeen { user, at });
                }
            }
            Ok(Decision::events(events, ()))
        };
        self.0.committer.run_then(rule, done);
    }
}
