//! Links to a new password: an administrator makes one for somebody who has forgotten theirs.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::accounts::require_found;
use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::require_admin;
use super::{Answer, Device, LinkPreview, NewResetLink, Service, ServiceError, SignedIn};
use crate::base::clock::Timestamp;
use crate::model::ids::UserId;
use crate::model::{Account, Actor, EventBody, ResetLink, Role};
use crate::store::{Reads, accounts, resets};

/// How long a link of an administrator works.
const WORKS_FOR: Duration = Duration::from_hours(24);
/// How long one from the command line works: whoever makes it hands it over at once.
const RESCUES_FOR: Duration = Duration::from_hours(4);

/// Characters of the secret in a link; whose it is follows.
const SECRET_LEN: usize = 43;

impl Service {
    /// Makes a link by which somebody chooses a new password, in place of the one before:
    /// administrators and the command line. Errors: `forbidden`, `not_found`, `conflict` (the
    /// account is disabled), `rate_limited`.
    pub async fn make_reset_link(&self, actor: Actor, user: UserId) -> Answer<NewResetLink> {
        self.limit_manager(actor)?;
        let secret = self.0.rng.token();
        let code = format!("{secret}{user}");
        let token_hash = hash(&secret);
        let expires_at = self
            .decide(move |state, now| {
                require_admin(state, actor)?;
                if require_found(state, user)?.disabled {
                    let message = "This account is disabled. Please enable it first.";
                    return Err(ServiceError::Conflict {
                        field: "disabled",
                        message,
                    });
                }
                let expires_at = now.plus(match actor {
                    Actor::System => RESCUES_FOR,
                    Actor::User { .. } => WORKS_FOR,
                });
                let made = EventBody::ResetLinkMade(ResetLink {
                    user,
                    token_hash,
                    created_by: actor.user(),
                    created_at: now,
                    expires_at,
                });
                Ok(Decision::events(vec![made], expires_at))
            })
            .await?;
        Ok(NewResetLink { code, expires_at })
    }

    /// Whose password a link is for, for somebody at this address. Errors: `reset_invalid`,
    /// `rate_limited`.
    pub fn preview_reset(&self, code: &str, from: IpAddr) -> Answer<LinkPreview> {
        self.limit(LimitedAction::Reset, LimitKey::network(from))?;
        let state = self.0.store.view();
        let (account, link) = require_link(&state, code, self.0.clock.now())?;
        Ok(LinkPreview {
            server_name: self.server_name(),
            username: account.username,
            display_name: account.display_name,
            expires_at: link.expires_at,
        })
    }

    /// Sets the password of whoever the link is for, ends all their sessions, and signs them in on
    /// this device. The link is used up. Errors: `reset_invalid`, fields, `rate_limited`.
    pub async fn reset_password(
        &self,
        code: String,
        new: String,
        device: Device,
    ) -> Answer<SignedIn> {
        self.limit(LimitedAction::Reset, LimitKey::network(device.address))?;
        let (account, _) = require_link(&self.0.store.view(), &code, self.0.clock.now())?;
        let new = fields::new_password("newPassword", &new)?;
        let password_hash = self.0.passwords.hash(new).await?;
        let (user, session) = (account.id, self.new_session(&device));
        let started = session.clone();
        self.decide(move |state, now| {
            require_link(state, &code, now)?;
            let changed = EventBody::PasswordChanged {
                user,
                password_hash,
                keep: None,
            };
            Ok(Decision::events(
                vec![changed, started.start(user, now)],
                (),
            ))
        })
        .await?;
        self.signed_in(user, session)
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The account that a link with this code is for, if it works now: also its maker must still be an
/// administrator.
fn require_link(state: &dyn Reads, code: &str, now: Timestamp) -> Answer<(Account, ResetLink)> {
    let invalid = ServiceError::ResetInvalid;
    let (secret, user) = code.split_at_checked(SECRET_LEN).ok_or(invalid.clone())?;
    let user: UserId = user.parse().map_err(|_| invalid.clone())?;
    let link = resets::find(state, user)?
        .filter(|link| bool::from(link.token_hash.ct_eq(&hash(secret))) && now < link.expires_at)
        .ok_or(invalid.clone())?;
    if let Some(maker) = link.created_by {
        accounts::find(state, maker)?
            .filter(|maker| maker.role == Role::Admin && !maker.disabled)
            .ok_or(invalid.clone())?;
    }
    let account = accounts::find(state, user)?.filter(|account| !account.disabled);
    Ok((account.ok_or(invalid)?, link))
}
