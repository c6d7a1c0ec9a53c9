//! The program behind the engine: who may connect, and which command an event is.

use std::sync::atomic::{AtomicU64, Ordering};

use http::request::Parts;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::answer::Failure;
use super::commands;
use super::lines::{LineId, Lines};
use super::outbound::{self, Greeting};
use super::resume::{self, Replay};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::engine::{App, Connecting, DisconnectReason, Hold, Incoming, Owner, Refusal, Socket};
use crate::model::Peer;
use crate::model::ids::{ConversationId, Offset};
use crate::protocol::credentials::{self, Site, Token};
use crate::service::{Caller, Service, ServiceError, SocketId};

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
    origins: OriginPolicy,
    numbers: AtomicU64,
}

/// What is kept of the opening request until CONNECT.
pub(super) struct Handshake {
    cookie: Option<Box<str>>,
}

/// Who is behind a connected socket.
pub(super) struct Person {
    pub(super) caller: Caller,
    /// The line that the client can pick up again after a cut.
    pub(super) line: LineId,
    /// Names this socket to the service.
    pub(super) number: SocketId,
    /// The conversations that it joined, to be joined again when the line is picked up.
    pub(super) joined: Mutex<Vec<ConversationId>>,
}

#[derive(Deserialize)]
struct Auth<'a> {
    #[serde(borrow)]
    token: Option<std::borrow::Cow<'a, str>>,
}

impl Chat {
    pub(super) fn new(service: Service, origins: OriginPolicy, clock: Clock, rng: Rng) -> Self {
        Self {
            service,
            lines: Lines::new(clock),
            rng,
            origins,
            numbers: AtomicU64::new(1),
        }
    }

    /// The session that a CONNECT is made with: the token of its payload, else the cookie.
    fn authenticate(&self, connecting: &Connecting<Self>) -> Result<Caller, ServiceError> {
        let payload = connecting.auth().map_or("{}", RawValue::get);
        let auth: Auth<'_> =
            serde_json::from_str(payload).map_err(|_| ServiceError::InvalidField {
                field: "token",
                message: "Please give the token as a string.",
            })?;
        let cookie = connecting.handshake().cookie.as_deref();
        let token = auth
            .token
            .as_deref()
            .or(cookie)
            .ok_or(ServiceError::Unauthorized)?;
        self.service.authenticate(token)
    }

    /// Lets somebody in who has no past here, or one that can't be resumed.
    fn welcome(&self, connecting: Connecting<Self>, caller: Caller) {
        let line = LineId::random(&self.rng);
        let person = self.person(caller, line);
        let Some(hold) = connecting.accept(person, Some(&line.to_string())) else {
            return;
        };
        if self.enter(&hold) {
            let offset = self.service.offset(*self.service.published().borrow());
            hold.emit(&outbound::session(
                &self.greeting(caller, false, offset).as_ref(),
                offset,
            ));
            hold.release();
        }
    }

    /// Lets somebody in again who was here a moment ago, and tells them all that they missed.
    fn welcome_back(&self, connecting: Connecting<Self>, caller: Caller, replay: Replay) {
        let line = replay.line;
        let person = self.person(caller, line);
        let Some(hold) = connecting.accept(person, Some(&line.to_string())) else {
            return;
        };
        if !self.enter(&hold) {
            return;
        }
        for conversation in &replay.rooms {
            // A failure here means that they are no longer a member.
            let _ = self.join(&hold, *conversation);
        }
        if let Some(offset) = resume::finish(self, &hold, replay) {
            hold.emit(&outbound::session(
                &self.greeting(caller, true, offset).as_ref(),
                offset,
            ));
            hold.release_after(offset.seq.0);
        } else {
            // More happened during the resume than fits: let the client come back.
            hold.close(1012);
        }
    }

    fn person(&self, caller: Caller, line: LineId) -> Person {
        let number = SocketId(self.numbers.fetch_add(1, Ordering::Relaxed));
        Person {
            caller,
            line,
            number,
            joined: Mutex::default(),
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
        hold.join(outbound::user_room(caller.user));
        // Whoever ends sessions closes the sockets in the user's room; this one may have come in
        // right after that.
        if self.service.require_session(caller).is_err() {
            hold.disconnect();
            return false;
        }
        self.service.socket_opened(caller, number);
        true
    }

    fn greeting(&self, caller: Caller, recovered: bool, offset: Offset) -> OwnedGreeting {
        OwnedGreeting {
            caller,
            username: self.service.sender_view(caller.user).username,
            server_name: self.service.server_name().to_owned(),
            recovered,
            head: offset.seq.0,
        }
    }

    /// Lets a socket hear a conversation. Errors: `not_found` when its person is not a member.
    pub(super) fn join(
        &self,
        socket: &Socket<Self>,
        conversation: ConversationId,
    ) -> Result<(), ServiceError> {
        let person = socket.data();
        let member = || self.service.place(person.caller.user, conversation);
        if member()?.is_none() {
            return Err(ServiceError::NotFound);
        }
        if !socket.join(outbound::conversation_room(conversation)) {
            return Ok(());
        }
        person.joined.lock().push(conversation);
        // A removal between the check and the joining has not seen this socket in the room.
        if member()?.is_none() {
            self.leave(socket, conversation);
            return Err(ServiceError::NotFound);
        }
        Ok(())
    }

    /// Stops a socket from hearing a conversation.
    pub(super) fn leave(&self, socket: &Socket<Self>, conversation: ConversationId) {
        let person = socket.data();
        if socket.leave(outbound::conversation_room(conversation)) {
            person
                .joined
                .lock()
                .retain(|joined| *joined != conversation);
            let _ = self
                .service
                .typing_stopped(person.caller, person.number, conversation);
        }
    }
}

/// A greeting that owns its words.
struct OwnedGreeting {
    caller: Caller,
    username: String,
    server_name: String,
    recovered: bool,
    head: u64,
}

impl OwnedGreeting {
    fn as_ref(&self) -> Greeting<'_> {
        Greeting {
            user_id: self.caller.user,
            username: &self.username,
            server_name: &self.server_name,
            recovered: self.recovered,
            head: self.head,
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
        let token = credentials::token(&parts.headers);
        let cookie = token.map(|(Token::Bearer(token) | Token::Cookie(token))| token.into());
        Ok(Handshake { cookie })
    }

    fn connect(&self, connecting: Connecting<Self>) {
        let caller = match self.authenticate(&connecting) {
            Ok(caller) => caller,
            Err(error) => return refuse(connecting, &error),
        };
        match off_the_loop(|| resume::plan(self, &connecting, caller)) {
            Some(replay) => self.welcome_back(connecting, caller, replay),
            None => self.welcome(connecting, caller),
        }
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
        let joined = std::mem::take(&mut *person.joined.lock());
        self.lines.close(
            person.line,
            socket.id(),
            person.caller,
            (!for_good).then_some(joined),
        );
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
