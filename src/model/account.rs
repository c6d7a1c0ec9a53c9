//! People, their signed-in devices, and the invites that let them in.

use super::ids::{ConversationId, FileId, InviteId, SessionId, UserId};
use crate::base::clock::Timestamp;

/// What a person may do for the installation as a whole.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Chats.
    Member,
    /// Also manages people and storage; reads no conversation that they are not in.
    Admin,
}

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Never changes.
    pub id: UserId,
    /// As typed at creation, NFKC; unique and looked up by [`name::fold`](super::name::fold).
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// Administrator or not.
    pub role: Role,
    /// A disabled person cannot sign in and has no open socket.
    pub disabled: bool,
    /// Argon2id in PHC string form.
    pub password_hash: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When their last socket closed; `None` if they were never here.
    pub last_seen_at: Option<Timestamp>,
    /// Their face.
    pub avatar: Option<FileId>,
}

/// One signed-in device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its public name.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// SHA-256 of the secret token, which is kept nowhere.
    pub token_hash: [u8; 32],
    /// When they signed in.
    pub created_at: Timestamp,
    /// Last use, kept to about an hour's precision.
    pub last_used_at: Timestamp,
    /// The client's own description, at most 200 characters.
    pub user_agent: String,
    /// The address that signed in.
    pub address: String,
}

/// Lets people in who know its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Its public name.
    pub id: InviteId,
    /// The secret in its link; shown again to those who may hand it out.
    pub code: String,
    /// Who made it.
    pub created_by: UserId,
    /// The group it leads to, besides "Everyone".
    pub conversation: Option<ConversationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in.
    pub max_uses: Option<u32>,
    /// How many it let in so far.
    pub uses: u32,
}

/// Lets one person choose a new password, once. They have one at most: a new one takes the place
/// of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// Whose password.
    pub user: UserId,
    /// SHA-256 of the secret in the link, which is kept nowhere.
    pub token_hash: [u8; 32],
    /// The administrator who made it; `None` for the installation itself.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}
