//! Hand-offs: who is signed in takes a further device of theirs in, without typing anything there.
//!
//! Codes are kept in memory only, by their hash: they work for five minutes, and who restarts the server
//! within them makes a new one. So no copy of the data, no backup and no log has ever held one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::limits::{LimitKey, LimitedAction};
use super::rules::require_account;
use super::sessions::start_session;
use super::{
    Answer, Caller, Device, LinkPreview, NewHandoff, Purpose, Service, ServiceError, SignedIn,
};
use crate::base::clock::Timestamp;
use crate::model::{Account, UserId};
use crate::store::Reads;

/// How long a code works.
const WORKS_FOR: Duration = Duration::from_mins(5);

/// SHA-256 of a code. Looking one up by it takes the same time whatever the code is.
type CodeHash = [u8; 32];

/// Codes that work; one for each session, and none for long after it expired.
#[derive(Default)]
pub(super) struct Handoffs(Mutex<HashMap<CodeHash, Handoff>>);

#[derive(Clone, Copy)]
struct Handoff {
    /// Who made it, and where: it works as long as that session stands.
    maker: Caller,
    expires_at: Timestamp,
}

impl Handoffs {
    /// In place of the one that this session made before.
    fn add(&self, code: CodeHash, new: Handoff, now: Timestamp) {
        let mut all = self.0.lock();
        all.retain(|_, it| now < it.expires_at && it.maker.session != new.maker.session);
        all.insert(code, new);
    }

    fn find(&self, code: &CodeHash, now: Timestamp) -> Answer<Handoff> {
        let found = self.0.lock().get(code).copied();
        found
            .filter(|it| now < it.expires_at)
            .ok_or(ServiceError::HandoffInvalid)
    }

    /// Whoever comes first gets it.
    fn take(&self, code: &CodeHash, now: Timestamp) -> Answer<Handoff> {
        let taken = self.0.lock().remove(code);
        taken
            .filter(|it| now < it.expires_at)
            .ok_or(ServiceError::HandoffInvalid)
    }

    /// One that could not be used, unless there is a newer one.
    fn give_back(&self, code: CodeHash, handoff: Handoff) {
        let mut all = self.0.lock();
        if !all
            .values()
            .any(|it| it.maker.session == handoff.maker.session)
        {
            all.insert(code, handoff);
        }
    }

    /// Those that this person made anywhere.
    pub(super) fn cancel_all(&self, user: UserId) {
        self.0.lock().retain(|_, it| it.maker.user != user);
    }

    fn cancel(&self, maker: Caller) {
        self.0
            .lock()
            .retain(|_, it| it.maker.session != maker.session);
    }
}

impl Service {
    /// Makes a code by which one further device is signed in, in place of the one that this session
    /// made before. The caller must have confirmed their password. Errors: `forbidden`, `rate_limited`.
    pub fn make_handoff(&self, caller: Caller) -> Answer<NewHandoff> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.require_confirmed(caller, Purpose::Handoff)?;
        require_account(&self.0.store.view(), caller)?;
        let code = self.0.rng.token();
        let now = self.0.clock.now();
        let expires_at = now.plus(WORKS_FOR);
        let handoff = Handoff {
            maker: caller,
            expires_at,
        };
        self.0.handoffs.add(hash(&code), handoff, now);
        Ok(NewHandoff {
            code,
            expires_at,
            works_for: WORKS_FOR,
        })
    }

    /// Lets the code that this session made work no more, if there is one.
    pub fn cancel_handoff(&self, caller: Caller) -> Answer<()> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.0.handoffs.cancel(caller);
        Ok(())
    }

    /// Whom a code signs in, for somebody at this address. Errors: `handoff_invalid`, `rate_limited`.
    pub fn preview_handoff(&self, code: &str, from: IpAddr) -> Answer<LinkPreview> {
        self.limit(LimitedAction::Reset, LimitKey::network(from))?;
        let found = self.0.handoffs.find(&hash(code), self.0.clock.now())?;
        let account = require_maker(&self.0.store.view(), found)?;
        Ok(LinkPreview {
            server_name: self.server_name(),
            username: account.username,
            display_name: account.display_name,
            expires_at: found.expires_at,
        })
    }

    /// Signs this device in as who made the code, which is used up. Errors: `handoff_invalid`,
    /// `rate_limited`.
    pub async fn accept_handoff(&self, code: &str, device: Device) -> Answer<SignedIn> {
        self.limit(LimitedAction::Reset, LimitKey::network(device.address))?;
        let code = hash(code);
        let taken = self.0.handoffs.take(&code, self.0.clock.now())?;
        let session = self.new_session(&device);
        let (new, idle) = (session.clone(), self.session_idle());
        let started = self.decide(move |state, now| {
            let account = require_maker(state, taken)?;
            start_session(state, now, account.id, &new, idle)
        });
        match started.await {
            Ok(()) => {
                self.0.meters.sign_in();
                self.signed_in(taken.maker.user, session)
            }
            Err(error) => {
                if error != ServiceError::HandoffInvalid {
                    // It is the server's fault: the code still works.
                    self.0.handoffs.give_back(code, taken);
                }
                Err(error)
            }
        }
    }
}

fn hash(code: &str) -> CodeHash {
    Sha256::digest(code.as_bytes()).into()
}

/// The account of who made it, whose session must still stand.
fn require_maker(state: &dyn Reads, handoff: Handoff) -> Answer<Account> {
    match require_account(state, handoff.maker) {
        Ok(account) if !account.disabled => Ok(account),
        Ok(_) | Err(ServiceError::Unauthorized) => Err(ServiceError::HandoffInvalid),
        Err(error) => Err(error),
    }
}
