//! What administrators settle for the installation as a whole.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Nobody; invites lead people in who have an account.
    Closed,
    /// Who has an invite.
    #[default]
    Invite,
    /// Everybody who reaches the server.
    Open,
}

/// What was settled while the server ran. What is not set is as the settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// Who may make an account.
    pub registration: Option<Registration>,
    /// Days after which a session that was not used ends.
    pub session_idle_days: Option<u32>,
}
