//! Who may come in.

use super::topic::topic;
use crate::model::Registration;

topic! {
    /// Accounts.
    pub struct Accounts in "accounts" {
        /// Who may make an account: "closed" for nobody, "invite" for who has an invite, "open" for
        /// everybody who reaches the server. This is how a new house begins: once an administrator
        /// changes it in the browser, that holds.
        pub registration: Registration = Registration::Invite,
    }
}
