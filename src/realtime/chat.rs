//! The program behind the engine: who may connect, and which command an event is.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use http::request::Parts;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::answer::Failure;
use super::commands;
use super::crowd::{Crowd, Place};
use super::lines::{LineId, Lines, Rooms};
use super::outbound::{self, Greeting};
use super::resume::{self, Replay};
use super::rooms;
use super::told::{Still, Told};
use super::watch::Watch;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::engine::{
    App, Connecting, DisconnectReason, Hold, Incoming, Owner, Refusal, Seen, Socket, Way,
};
use crate::model::Peer;
use crate::model::ids::{ConversationId, EventSeq};
use crate::protocol::credentials::{self, Site, Token};
use crate::service::{Caller, Service, ServiceError, SocketId};

/// Seconds after which who was one too many may try again.
const RETRY_AFTER: u32 = 5;

/// Which pages of other origins may connect, besides our own. Each as `https://host[:port]`.
#[derive(Clone, Debug, Default)]
pub struct OriginPolicy {
    /// Pages of these origins may connect with a token, never with a cookie.
    pub allowed: Vec<String>,
}

/// The embedding program.
pub(super) struct Chat {
    pub(super) service: Service,
    pub(super) lines: Lines,
    pub(super) rng: Rng,
    pub(super) told: Told,
    origins: OriginPolicy,
    numbers: AtomicU64,
    /// Who has not said yet who they are.
    strangers: Crowd,
    /// Which packets are looked at closely.
    pub(super) watch: Watch,
}

/// What is kept of the opening request until CONNECT.
pub(super) struct Handshake {
    cookie: Option<Box<str>>,
    /// Among those who have not said yet who they are; `None` where nothing is limited.
    _place: Option<Place>,
}

/// Who is behind a connected socket.
pub(super) struct Person {
    pub(super) caller: Caller,
    /// The line that the client can pick up again after a cut.
    pub(super) line: LineId,
    /// Names this socket to the service.
    pub(super) number: SocketId,
    /// The conversations that it joined.
    pub(super) joined: Rooms,
    /// Whether it also hears who types in conversations that it did not join.
    pub(super) all_typing: bool,
}

/// A conversation that is heard, with the newest event before that.
pub(super) type Joined = (ConversationId, EventSeq);

/// What a CONNECT says. What is no wish of ours is none.
#[derive(Deserialize)]
struct Auth<'a> {
    #[serde(borrow)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    typing: Option<Cow<'a, str>>,
}

/// Who connects, and what they want to hear.
#[derive(Clone, Copy)]
struct Comer {
    caller: Caller,
    all_typing: bool,
}

impl Chat {
    pub(super) fn new(service: Service, origins: OriginPolicy, clock: Clock, rng: Rng) -> Self {
        let told = *service.published().borrow();
        Self {
            service,
            lines: Lines::new(clock),
            rng,
            told: Told::new(told),
            origins,
            numbers: AtomicU64::new(1),
            strangers: Crowd::default(),
            watch: Watch::default(),
        }
    }

    /// The session that a CONNECT is made with: the token of its payload, else the cookie.
    fn authenticate(&self, connecting: &Connecting<Self>) -> Result<Comer, ServiceError> {
        let payload = connecting.auth().map_or("{}", RawValue::get);
        let auth: Auth<'_> =
            serde_json::from_str(payload).map_err(|_| ServiceError::InvalidField {
                field: "token",
                message: "Please give the token, and what else is said, as strings.",
            })?;
        let cookie = connecting.handshake().cookie.as_deref();
        let token = auth
            .token
            .as_deref()
            .or(cookie)
            .ok_or(ServiceError::Unauthorized)?;
        let caller = self.service.authenticate(token)?;
        self.service.require_socket_room(caller)?;
        Ok(Comer {
            caller,
            all_typing: auth.typing.as_deref() == Some("all"),
        })
    }

    /// Lets somebody in who has no past here, or one that can't be resumed.
    fn welcome(&self, connecting: Connecting<Self>, comer: Comer) {
        let line = LineId::random(&self.rng);
        let person = self.person(comer, line);
        let Some(hold) = connecting.accept(person, Some(&line.to_string())) else {
            return;
        };
        if self.enter(&hold) {
            let still = self.told.still();
            let socket = hold.release();
            self.greet(&still, &socket, false);
        }
    }

    /// Lets somebody in again who was here a moment ago, and tells them all that they missed.
    fn welcome_back(&self, connecting: Connecting<Self>, comer: Comer, replay: Replay) {
        let line = replay.line;
        let person = self.person(comer, line);
        let Some(hold) = connecting.accept(person, Some(&line.to_string())) else {
            return;
        };
        if !self.enter(&hold) {
            return;
        }
        for (conversation, since) in &replay.rooms {
            // A failure here means that they are no longer a member.
            let _ = self.join(&hold, *conversation, Some(*since));
        }
        let still = self.told.still();
        if resume::finish(&still, self, &hold, replay).is_some() {
            self.greet(&still, &hold, true);
            hold.release_after(still.newest().0);
        } else {
            // More happened during the resume than fits: let the client come back.
            hold.close(1012);
        }
    }

    fn person(&self, comer: Comer, line: LineId) -> Person {
        let number = SocketId(self.numbers.fetch_add(1, Ordering::Relaxed));
        Person {
            caller: comer.caller,
            line,
            number,
            joined: Rooms::default(),
            all_typing: comer.all_typing,
        }
    }

    /// Makes an accepted socket reachable. False when its session ended in the meantime.
    fn enter(&self, hold: &Hold<Self>) -> bool {
        let Person {
            caller,
            line,
            number,
            ..
        } = *hold.data();
        self.lines.open(line, hold);
        hold.join(rooms::of_user(caller.user));
        // Whoever ends sessions closes the sockets in the user's room; this one may have come in
        // right after that.
        if self.service.require_session(caller).is_err() {
            hold.disconnect();
            return false;
        }
        self.service.socket_opened(caller, number);
        true
    }

    /// Tells a socket who it is, and up to where it has been told everything.
    fn greet(&self, still: &Still<'_>, socket: &Socket<Self>, recovered: bool) {
        let user = socket.data().caller.user;
        let told = still.newest();
        let greeting = Greeting {
            user_id: user,
            username: &self.service.sender_view(user).username,
            server_name: &self.service.server_name(),
            recovered,
            head: told.0,
        };
        socket.emit(&outbound::session(&greeting, self.service.offset(told)));
        if !self.service.is_writable() {
            socket.emit(&outbound::server_state(false));
        }
    }

    /// Lets a socket hear a conversation; what came after `since` it heard already, or will.
    /// Errors: `not_found` when its person is not a member.
    pub(super) fn join(
        &self,
        socket: &Socket<Self>,
        conversation: ConversationId,
        since: Option<EventSeq>,
    ) -> Result<(), ServiceError> {
        let still = self.told.still();
        rooms::join(&still, &self.service, socket, conversation, since)
    }

    /// Stops a socket from hearing a conversation.
    pub(super) fn leave(&self, socket: &Socket<Self>, conversation: ConversationId) {
        if rooms::leave(socket, conversation) {
            let Person { caller, number, .. } = *socket.data();
            let _ = self.service.typing_stopped(caller, number, conversation);
        }
    }
}

impl App for Chat {
    type Handshake = Handshake;
    type Data = Person;

    /// With a cookie only our own pages get in; without one, also programs that are no browsers
    /// (they send no `Origin`) and pages of the allowed origins.
    fn allow_origin(&self, parts: &Parts) -> bool {
        let with_cookie = matches!(credentials::token(&parts.headers), Some(Token::Cookie(_)));
        let own = credentials::authority(&parts.uri, &parts.headers);
        let Some(peer) = parts.extensions.get::<Peer>() else {
            return false;
        };
        match credentials::site(&parts.headers, own.as_ref(), *peer) {
            Site::Own => true,
            Site::Unsaid => !with_cookie,
            Site::Foreign => {
                let origin = parts.headers.get(http::header::ORIGIN);
                let origin = origin.and_then(|origin| origin.to_str().ok());
                !with_cookie
                    && origin.is_some_and(|origin| self.origins.allowed.iter().any(|a| a == origin))
            }
        }
    }

    /// A connection belongs to the token of its opening request, if that had one.
    fn owner(&self, parts: &Parts) -> Owner {
        match credentials::token(&parts.headers) {
            Some(Token::Bearer(token) | Token::Cookie(token)) => {
                Owner(Sha256::digest(token.as_bytes()).into())
            }
            None => Owner([0; 32]),
        }
    }

    fn open(&self, parts: &Parts) -> Result<Handshake, Refusal> {
        let peer = parts.extensions.get::<Peer>().ok_or(Refusal::Forbidden)?;
        let place = if self.service.is_limited() {
            let place = self.strangers.enter(peer.addr);
            Some(place.ok_or(Refusal::TooMany(RETRY_AFTER))?)
        } else {
            None
        };
        let token = credentials::token(&parts.headers);
        let cookie = token.map(|(Token::Bearer(token) | Token::Cookie(token))| token.into());
        Ok(Handshake {
            cookie,
            _place: place,
        })
    }

    fn connect(&self, connecting: Connecting<Self>) {
        let comer = match self.authenticate(&connecting) {
            Ok(comer) => comer,
            Err(error) => return refuse(connecting, &error),
        };
        // Who was never here has nothing to be read from the disk.
        let replay = match (connecting.pid(), connecting.offset()) {
            (Some(_), Some(_)) => off_the_loop(|| resume::plan(self, &connecting, comer.caller)),
            _ => None,
        };
        match replay {
            Some(replay) => self.welcome_back(connecting, comer, replay),
            None => self.welcome(connecting, comer),
        }
    }

    fn watches(&self) -> bool {
        self.watch.is_on()
    }

    fn seen(&self, socket: Option<&Socket<Self>>, way: Way, packet: Seen<'_>) {
        let sender = |socket: &Socket<Self>| {
            let user = self.service.sender_view(socket.data().caller.user);
            (format!("{}", socket.data().number.0), user.username)
        };
        let (number, user) = socket.map(sender).unzip();
        let number = number.as_deref().unwrap_or("-");
        self.watch.note(number, user.as_deref(), way, packet);
    }

    fn event(&self, socket: &Socket<Self>, incoming: Incoming<'_, Self>) {
        commands::run(self, socket, incoming);
    }

    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        let person = socket.data();
        self.service.socket_closed(person.caller, person.number);
        let for_good = matches!(
            reason,
            DisconnectReason::ClientLeft | DisconnectReason::ServerLeft
        );
        self.lines.close(socket, !for_good);
    }
}

/// Lets the other sockets of this thread go on while something reads the disk for long.
fn off_the_loop<T>(work: impl FnOnce() -> T) -> T {
    let flavor = tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor());
    match flavor {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

fn refuse(connecting: Connecting<Chat>, error: &ServiceError) {
    let failure = Failure::from(error);
    let data = serde_json::to_string(&failure)
        .ok()
        .and_then(|json| RawValue::from_string(json).ok());
    connecting.refuse(&failure.error, data.as_deref());
}
