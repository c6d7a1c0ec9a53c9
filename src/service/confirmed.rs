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

/// When each session's password was given again; none for longer than it counts.
#[derive(Default)]
pub(super) struct Confirmed(Mutex<HashMap<SessionId, Timestamp>>);

impl Service {
    /// The caller gives their password again; it counts for five minutes and this session.
    /// Errors: `invalid_credentials`, `rate_limited`.
    pub async fn confirm_password(&self, caller: Caller, password: &str) -> Answer<()> {
        self.limit(LimitedAction::Password, LimitKey::user(caller.user))?;
        let known = require_account(&self.0.store.view(), caller)?.password_hash;
        let given = fields::given_password(password).ok_or(ServiceError::InvalidCredentials)?;
        if !self.0.passwords.verify(given, Some(known)).await? {
            return Err(ServiceError::InvalidCredentials);
        }
        let now = self.0.clock.now();
        let mut sessions = self.0.confirmed.0.lock();
        sessions.retain(|_, at| now.since(*at) < FRESH);
        sessions.insert(caller.session, now);
        Ok(())
    }

    /// Whether the caller has just done so. Errors: `forbidden`.
    pub fn require_confirmed(&self, caller: Caller) -> Answer<()> {
        let now = self.0.clock.now();
        let sessions = self.0.confirmed.0.lock();
        let at = sessions.get(&caller.session);
        if at.is_some_and(|at| now.since(*at) < FRESH) {
            Ok(())
        } else {
            Err(ServiceError::Forbidden(
                "Please give your password again first.",
            ))
        }
    }
}
