//! People: who has an account, and what it says about them.
use crate::model::ids::UserId;
use crate::model::view::UserView;
use crate::model::{Actor, Role};

use super::{
    AccountChange, Answer, Caller, Device, NewAccount, Service, ServiceError, SetUp, SetupState,
};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// What a setup link with this token is good for, for somebody at this address.
    /// Errors: `rate_limited`.
    pub fn setup_state(&self, token: Option<&str>, from: std::net::IpAddr) -> Answer<SetupState> {
        Err(ServiceError::ServerBusy)
    }

    /// The token of the setup link while the server waits for its first administrator.
    pub fn setup_token(&self) -> Option<String> {
        None
    }

    /// Makes the first administrator and the room "Everyone" with all accounts so far in it, and
    /// signs them in. Errors: `setup_done` (also for a wrong token), fields, `rate_limited`.
    pub async fn setup(&self, token: String, new: NewAccount, device: Device) -> Answer<SetUp> {
        Err(ServiceError::ServerBusy)
    }

    /// Makes an account from the command line. The first administrator made so makes the room
    /// "Everyone" too. Errors: fields, `username_taken`.
    pub async fn add_user(&self, new: NewAccount, role: Role) -> Answer<UserView> {
        Err(ServiceError::ServerBusy)
    }

    /// All accounts, disabled ones too, by age: for the command line.
    pub fn all_users(&self) -> Answer<Vec<UserView>> {
        Err(ServiceError::ServerBusy)
    }

    /// The account with this name in any spelling that folds to it: for the command line.
    pub fn find_user(&self, username: &str) -> Answer<UserView> {
        Err(ServiceError::NotFound)
    }

    /// One account, as everybody who is signed in may see it. Errors: `not_found`.
    pub fn user(&self, caller: Caller, user: UserId) -> Answer<UserView> {
        Err(ServiceError::NotFound)
    }

    /// The caller's own account.
    pub fn me(&self, caller: Caller) -> Answer<UserView> {
        Err(ServiceError::NotFound)
    }

    /// The people whose username, or a word of whose display name, starts with `query` (all if it
    /// is empty), by name. No disabled ones. `limit` 1 to 100.
    pub fn directory(&self, caller: Caller, query: &str, limit: u32) -> Answer<Vec<UserView>> {
        Err(ServiceError::NotFound)
    }

    /// Changes the caller's display name.
    pub async fn set_display_name(&self, caller: Caller, display_name: String) -> Answer<UserView> {
        Err(ServiceError::ServerBusy)
    }

    /// Changes the caller's password and ends all their other sessions.
    /// Errors: `invalid_credentials`, fields, `rate_limited`.
    pub async fn change_password(
        &self,
        caller: Caller,
        current: String,
        new: String,
    ) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// Sets somebody's password and ends all their sessions: administrators and the command line.
    pub async fn set_password(&self, actor: Actor, user: UserId, new: String) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// Disables, enables, promotes or demotes: administrators and the command line. The last
    /// enabled administrator stays one (`conflict`).
    pub async fn change_account(
        &self,
        actor: Actor,
        user: UserId,
        change: AccountChange,
    ) -> Answer<UserView> {
        Err(ServiceError::ServerBusy)
    }
}
