//! Signed-in devices: signing in and out, and who a token stands for.
//!
//! Passwords are checked in `passwords`, throttles are in `limits`.

use std::cmp::Reverse;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::require_session;
use super::session_cache::{Known, TokenHash};
use super::{Answer, Caller, Device, Service, ServiceError, SignedIn};
use crate::base::clock::Timestamp;
use crate::model::ids::{SessionId, UserId};
use crate::model::name::fold;
use crate::model::view::SessionView;
use crate::model::{Account, EventBody, Session, SessionEnd};
use crate::store::{Reads, accounts, sessions};

/// The most sessions that somebody has at once; a new one ends the longest unused.
const MOST: usize = 50;

/// How precisely the last use of a session is kept.
const USE_NOTED_EVERY: Duration = Duration::from_hours(1);

/// Characters of a session token.
const TOKEN_LEN: usize = 43;

/// A session in the making.
#[derive(Clone)]
pub(super) struct NewSession {
    token: String,
    id: SessionId,
    user_agent: String,
    address: String,
}

impl NewSession {
    /// The session, from when it is decided.
    pub(super) fn start(&self, user: UserId, now: Timestamp) -> EventBody {
        EventBody::SessionStarted(Session {
            id: self.id,
            user,
            token_hash: hash(&self.token),
            created_at: now,
            last_used_at: now,
            user_agent: self.user_agent.clone(),
            address: self.address.clone(),
        })
    }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Service {
    /// Signs somebody in. Errors: `invalid_credentials`, `rate_limited`, `server_busy`.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        device: Device,
    ) -> Answer<SignedIn> {
        let signed_in = self.try_sign_in(username, password, device).await;
        match &signed_in {
            Ok(_) => self.0.meters.sign_in(),
            Err(error) => self.0.meters.sign_in_refused(error.code()),
        }
        signed_in
    }

    async fn try_sign_in(
        &self,
        username: &str,
        password: &str,
        device: Device,
    ) -> Answer<SignedIn> {
        let folded = known_name(username);
        let account = accounts::find_by_username(&self.0.store.view(), &folded)?;
        self.limit_sign_in(&folded, account.as_ref(), &device)?;
        let password = fields::given_password(password).ok_or(ServiceError::InvalidCredentials)?;
        let stored = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let right = self.0.passwords.verify(password, stored).await?;
        let account = account
            .filter(|account| right && !account.disabled)
            .ok_or(ServiceError::InvalidCredentials)?;
        let user = account.id;
        let session = self.new_session(&device);
        let (new, idle) = (session.clone(), self.session_idle());
        self.decide(move |state, now| {
            // Somebody may have changed it while the password was checked.
            accounts::find(state, user)?
                .filter(|now| !now.disabled && now.password_hash == account.password_hash)
                .ok_or(ServiceError::InvalidCredentials)?;
            start_session(state, now, user, &new, idle)
        })
        .await?;
        self.signed_in(user, session)
    }

    /// Devices that the account knows have a bucket each; all others share the account's and
    /// their network's. So a stranger can't lock the true user out.
    fn limit_sign_in(
        &self,
        folded: &str,
        account: Option<&Account>,
        device: &Device,
    ) -> Answer<()> {
        let token = device.token.as_deref();
        let known = account.zip(token).and_then(|(account, token)| {
            Some((account.id, self.0.devices.verify(account.id, token)?))
        });
        if let Some((user, device)) = known {
            return self.limit(LimitedAction::SignInKnown, LimitKey::device(user, device));
        }
        let network = LimitKey::network(device.address);
        self.limit(LimitedAction::SignInNetwork, network)?;
        self.limit(LimitedAction::SignIn, LimitKey::account(folded))
    }

    pub(super) fn new_session(&self, device: &Device) -> NewSession {
        NewSession {
            token: self.0.rng.token(),
            id: SessionId(u128::from_be_bytes(self.0.rng.bytes())),
            user_agent: fields::user_agent(&device.user_agent),
            address: device.address.to_string(),
        }
    }

    pub(super) fn signed_in(&self, user: UserId, session: NewSession) -> Answer<SignedIn> {
        Ok(SignedIn {
            device_token: self.0.devices.issue(user),
            token: session.token,
            caller: Caller {
                user,
                session: session.id,
            },
            user: self.user_view(user)?,
        })
    }

    /// Who this token signs in. Cheap: meant for each request. A token that is ended answers
    /// `unauthorized` from the moment on that its end was acknowledged.
    pub fn authenticate(&self, token: &str) -> Answer<Caller> {
        if token.len() != TOKEN_LEN {
            return Err(ServiceError::Unauthorized);
        }
        let token = hash(token);
        let known = match self.0.sessions.find(&token) {
            Ok(known) => known,
            Err(moment) => {
                let session = sessions::find_by_token(&self.0.store.view(), &token)?;
                let session = session.ok_or(ServiceError::Unauthorized)?;
                let known = Known {
                    caller: Caller {
                        user: session.user,
                        session: session.id,
                    },
                    last_used_at: session.last_used_at,
                };
                self.0.sessions.remember(token, known, moment);
                known
            }
        };
        let now = self.0.clock.now();
        let unused = now.since(known.last_used_at);
        if unused >= self.session_idle() {
            return Err(ServiceError::Unauthorized);
        }
        if unused >= USE_NOTED_EVERY && self.0.sessions.used(&token, known.last_used_at, now) {
            self.note_use(known.caller.session, now);
        }
        Ok(known.caller)
    }

    /// Nobody waits for it; when it can't be stored now, the next use will be.
    pub(super) fn note_use(&self, session: SessionId, at: Timestamp) {
        let rule = move |state: &dyn Reads, _| {
            let found = sessions::find(state, session)?;
            let due = found.is_some_and(|found| at.since(found.last_used_at) >= USE_NOTED_EVERY);
            let used = due.then_some(EventBody::SessionUsed { session, at });
            Ok(Decision::events(used.into_iter().collect(), ()))
        };
        self.0.committer.run_then(rule, |_| ());
    }

    /// Whether this session still stands: for long-lived sockets.
    pub fn require_session(&self, caller: Caller) -> Answer<()> {
        require_session(&self.0.store.view(), caller).map(drop)
    }

    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: Caller) -> Answer<()> {
        self.end(caller, caller.session).await
    }

    /// The caller's sessions, the newest use first.
    pub fn sessions(&self, caller: Caller) -> Answer<Vec<SessionView>> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let (now, idle) = (self.0.clock.now(), self.session_idle());
        let mut sessions = sessions::of_user(&self.0.store.view(), caller.user)?;
        sessions.retain(|session| now.since(session.last_used_at) < idle);
        sessions
            .sort_by_key(|session| Reverse((session.last_used_at, session.created_at, session.id)));
        let view = |session: Session| SessionView {
            id: session.id,
            current: session.id == caller.session,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            user_agent: session.user_agent,
            address: session.address,
        };
        Ok(sessions.into_iter().map(view).collect())
    }

    /// Ends one of the caller's sessions. Errors: `not_found`.
    pub async fn end_session(&self, caller: Caller, session: SessionId) -> Answer<()> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.end(caller, session).await
    }

    async fn end(&self, caller: Caller, session: SessionId) -> Answer<()> {
        self.decide(move |state, _| {
            require_session(state, caller)?;
            let user = caller.user;
            sessions::find(state, session)?
                .filter(|session| session.user == user)
                .ok_or(ServiceError::NotFound)?;
            let end = if session == caller.session {
                SessionEnd::SignedOut
            } else {
                SessionEnd::Elsewhere
            };
            let ended = EventBody::SessionEnded { session, user, end };
            Ok(Decision::events(vec![ended], ()))
        })
        .await
    }

    /// Ends all of the caller's sessions but this one.
    pub async fn end_other_sessions(&self, caller: Caller) -> Answer<()> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.decide(move |state, _| {
            require_session(state, caller)?;
            let user = caller.user;
            let others = sessions::of_user(state, user)?.into_iter();
            let others = others.filter(|session| session.id != caller.session);
            let end = |session: Session| EventBody::SessionEnded {
                session: session.id,
                user,
                end: SessionEnd::Elsewhere,
            };
            Ok(Decision::events(others.map(end).collect(), ()))
        })
        .await?;
        self.0.handoffs.cancel_all(caller.user);
        Ok(())
    }
}

/// The folded form of a name that somebody may have; all others are the same nobody.
fn known_name(typed: &str) -> String {
    fields::username(typed).map_or_else(|_| String::new(), |name| fold(&name))
}

/// Starts a session for somebody who may, and ends those that are too old or too many.
pub(super) fn start_session(
    state: &dyn Reads,
    now: Timestamp,
    user: UserId,
    new: &NewSession,
    idle: Duration,
) -> Answer<Decision<()>> {
    let mut old = sessions::of_user(state, user)?;
    old.sort_by_key(|session| Reverse((session.last_used_at, session.id)));
    let stays = |session: &Session| now.since(session.last_used_at) < idle;
    let fresh = old.iter().take_while(|session| stays(session)).count();
    let ended = old.into_iter().skip(fresh.min(MOST - 1));
    let mut events: Vec<_> = ended
        .map(|session| EventBody::SessionEnded {
            session: session.id,
            user,
            end: SessionEnd::Elsewhere,
        })
        .collect();
    events.push(new.start(user, now));
    Ok(Decision::events(events, ()))
}
