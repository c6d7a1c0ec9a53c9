//! Who has just given their password again: asked for before what is worth more than a session.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

use super::limits::LimitKey;
use super::rules::require_account;
use super::{Answer, Caller, LimitedAction, Service, ServiceError, fields};
use crate::base::clock::Timestamp;
use crate::model::ids::SessionId;

/// How long it counts.
const FRESH: Duration = Duration::from_mins(5);

/// What somebody gives their password for. It opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Fetching backups; for five minutes, so that a transfer that breaks off can begin again.
    Backups,
    /// Signing one further device in.
    Handoff,
    /// Deleting one group for good.
    DeleteGroup,
}

impl Purpose {
    /// Whether it is used up by what it was given for.
    const fn is_once(self) -> bool {
        match self {
            Self::Backups => false,
            Self::Handoff | Self::DeleteGroup => true,
        }
    }
}

/// When each session's password was given again, and for what; none for longer than it counts.
#[derive(Default)]
pub(super) struct Confirmed(Mutex<HashMap<(SessionId, Purpose), Timestamp>>);

impl Service {
    /// The caller gives their password again; it counts for five minutes, this session and this purpose.
    /// Errors: `invalid_credentials`, `rate_limited`.
    pub async fn confirm_password(
        &self,
        caller: Caller,
        password: &str,
        purpose: Purpose,
    ) -> Answer<()> {
        self.limit(LimitedAction::Password, LimitKey::user(caller.user))?;
        let known = require_account(&self.0.store.view(), caller)?.password_hash;
        let given = fields::given_password(password).ok_or(ServiceError::InvalidCredentials)?;
        if !self.0.passwords.verify(given, Some(known)).await? {
            return Err(ServiceError::InvalidCredentials);
        }
        let now = self.0.clock.now();
        let mut given = self.0.confirmed.0.lock();
        given.retain(|_, at| now.since(*at) < FRESH);
        given.insert((caller.session, purpose), now);
        Ok(())
    }

    /// Whether the caller has just done so for this; what counts once is used up by it. Errors: `forbidden`.
    pub fn require_confirmed(&self, caller: Caller, purpose: Purpose) -> Answer<()> {
        let now = self.0.clock.now();
        let mut given = self.0.confirmed.0.lock();
        let key = (caller.session, purpose);
        let at = if purpose.is_once() {
            given.remove(&key)
        } else {
            given.get(&key).copied()
        };
        if at.is_some_and(|at| now.since(at) < FRESH) {
            Ok(())
        } else {
            Err(ServiceError::Forbidden(
                "Please give your password again first.",
            ))
        }
    }
}
