//! People: who has an account, and what it says about them. How accounts are made is in `setup`
//! and `invites`.

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::rules::{require_account, require_admin};
use super::{AccountChange, Answer, Caller, Service, ServiceError};
use crate::model::ids::UserId;
use crate::model::name::fold;
use crate::model::view::UserView;
use crate::model::{Account, Actor, EventBody, Role};
use crate::store::{Reads, accounts};

impl Service {
    /// All accounts, disabled ones too, by age: for the command line.
    pub fn all_users(&self) -> Vec<UserView> {
        let people = self.0.directory.all().into_iter();
        people.map(|person| self.person_view(person)).collect()
    }

    /// The account with this name in any spelling that folds to it: for the command line.
    pub fn find_user(&self, username: &str) -> Answer<UserView> {
        let found = accounts::find_by_username(&self.0.store.view(), &fold(username))?;
        self.user_view(found.ok_or(ServiceError::NotFound)?.id)
    }

    /// One account, as everybody who is signed in may see it. Errors: `not_found`.
    pub fn user(&self, caller: Caller, user: UserId) -> Answer<UserView> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        self.user_view(user)
    }

    /// The caller's own account.
    pub fn me(&self, caller: Caller) -> Answer<UserView> {
        self.user_view(caller.user)
    }

    /// The people whose username, or a word of whose display name, starts with `query` (all if it
    /// is empty), by name. Disabled ones only for administrators. `limit` 1 to 100.
    pub fn directory(&self, caller: Caller, query: &str, limit: u32) -> Answer<Vec<UserView>> {
        let limit = fields::page_limit(limit)?;
        fields::bounded("q", query, 0, fields::DISPLAY_NAME_MAX)?;
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let leads = self.user_view(caller.user)?.role == Role::Admin;
        let found = self.0.directory.search(query, limit, leads).into_iter();
        Ok(found.map(|person| self.person_view(person)).collect())
    }

    /// Changes the caller's display name.
    pub async fn set_display_name(&self, caller: Caller, display_name: String) -> Answer<UserView> {
        let display_name = fields::display_name(&display_name)?;
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.decide(move |state, _| {
            let user = caller.user;
            if require_account(state, caller)?.display_name == display_name {
                return Ok(Decision::nothing(()));
            }
            let changed = EventBody::ProfileChanged { user, display_name };
            Ok(Decision::events(vec![changed], ()))
        })
        .await?;
        self.user_view(caller.user)
    }

    /// Changes the caller's password and ends all their other sessions.
    /// Errors: `invalid_credentials`, fields, `rate_limited`.
    pub async fn change_password(
        &self,
        caller: Caller,
        current: String,
        new: String,
    ) -> Answer<()> {
        let new = fields::new_password("newPassword", &new)?;
        self.limit(LimitedAction::Password, LimitKey::user(caller.user))?;
        let known = require_account(&self.0.store.view(), caller)?.password_hash;
        let current = fields::given_password(&current).ok_or(ServiceError::InvalidCredentials)?;
        if !self
            .0
            .passwords
            .verify(current, Some(known.clone()))
            .await?
        {
            return Err(ServiceError::InvalidCredentials);
        }
        let password_hash = self.0.passwords.hash(new).await?;
        self.decide(move |state, _| {
            // Somebody may have changed it while this one was hashed.
            if require_account(state, caller)?.password_hash != known {
                return Err(ServiceError::InvalidCredentials);
            }
            let changed = EventBody::PasswordChanged {
                user: caller.user,
                password_hash,
                keep: Some(caller.session),
            };
            Ok(Decision::events(vec![changed], ()))
        })
        .await?;
        self.0.handoffs.cancel_all(caller.user);
        Ok(())
    }

    /// Sets somebody's password and ends all their sessions: administrators and the command line.
    /// Errors: `forbidden`, `not_found`, fields, `rate_limited`.
    pub async fn set_password(&self, actor: Actor, user: UserId, new: String) -> Answer<()> {
        self.limit_manager(actor)?;
        require_admin(&self.0.store.view(), actor)?;
        let new = fields::new_password("newPassword", &new)?;
        let password_hash = self.0.passwords.hash(new).await?;
        self.decide(move |state, _| {
            require_admin(state, actor)?;
            require_found(state, user)?;
            let changed = EventBody::PasswordChanged {
                user,
                password_hash,
                keep: None,
            };
            Ok(Decision::events(vec![changed], ()))
        })
        .await
    }

    /// Disables, enables, promotes or demotes: administrators and the command line. The last
    /// enabled administrator stays one (`conflict`). Errors: `forbidden`, `not_found`.
    pub async fn change_account(
        &self,
        actor: Actor,
        user: UserId,
        change: AccountChange,
    ) -> Answer<UserView> {
        self.limit_manager(actor)?;
        self.decide(move |state, _| change_account(state, actor, user, change))
            .await?;
        self.user_view(user)
    }

    pub(super) fn limit_manager(&self, actor: Actor) -> Answer<()> {
        match actor.user() {
            Some(user) => self.limit(LimitedAction::Manage, LimitKey::user(user)),
            None => Ok(()),
        }
    }
}

pub(super) fn require_found(state: &dyn Reads, user: UserId) -> Answer<Account> {
    accounts::find(state, user)?.ok_or(ServiceError::NotFound)
}

fn change_account(
    state: &dyn Reads,
    actor: Actor,
    user: UserId,
    change: AccountChange,
) -> Answer<Decision<()>> {
    require_admin(state, actor)?;
    let account = require_found(state, user)?;
    let role = change.role.unwrap_or(account.role);
    let disabled = change.disabled.unwrap_or(account.disabled);
    let leads = |role, disabled: bool| role == Role::Admin && !disabled;
    let steps_down = leads(account.role, account.disabled) && !leads(role, disabled);
    if steps_down && accounts::admins(state)? <= 1 {
        let message = "This is the last administrator. Please make somebody else one first.";
        return Err(ServiceError::Conflict {
            field: "admins",
            message,
        });
    }
    let mut events = Vec::new();
    if role != account.role {
        events.push(EventBody::RoleChanged { user, role });
    }
    if disabled != account.disabled {
        events.push(EventBody::DisabledChanged { user, disabled });
    }
    Ok(Decision::events(events, ()))
}
