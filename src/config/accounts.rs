//! Who may come in.

use super::ConfigError;
use super::topic::topic;
use crate::model::Registration;

topic! {
    /// Accounts.
    pub struct Accounts in "accounts" {
        /// Who may make an account: "closed" for nobody, "invite" for who has an invite, "open" for
        /// everybody who reaches the server. This is how a new house begins: once an administrator
        /// changes it in the browser, that holds.
        pub registration: Registration = Registration::Invite,
        /// Where it is "open": how many accounts people make by themselves in an hour, wherever they come
        /// from, 0 to 10000; 0 for as many as like. Invites let people in all the same.
        pub open_per_hour: u32 = 60,
        /// Where it is "open": with how many accounts nobody makes one by themselves any more; 0 for no
        /// end. Invites let people in all the same.
        pub open_most: u32 = 1000,
    }
}

impl Accounts {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.open_per_hour > 10_000 {
            let wanted = "a number from 0 to 10000";
            return Err(ConfigError::value("accounts.open_per_hour", wanted));
        }
        Ok(())
    }
}
