//! Invites: how people come in, and into groups.
use std::net::IpAddr;

use crate::model::Invite;
use crate::model::ids::InviteId;
use crate::model::view::ConversationView;

use super::{
    Answer, Caller, Device, InvitePreview, Joined, NewAccount, NewInvite, Service, ServiceError,
};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// Makes an invite: administrators, and an owner of a group for it.
    /// Errors: `forbidden`, `not_found` (a group that the caller is not in), fields.
    pub async fn create_invite(&self, caller: Caller, new: NewInvite) -> Answer<Invite> {
        Err(ServiceError::ServerBusy)
    }

    /// The invites that still work and the caller may hand out: their own, an administrator all.
    pub fn invites(&self, caller: Caller) -> Answer<Vec<Invite>> {
        Err(ServiceError::ServerBusy)
    }

    /// Takes an invite back: who made it, and administrators. Errors: `not_found`.
    pub async fn revoke_invite(&self, caller: Caller, invite: InviteId) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// What an invite leads to, for somebody at this address. Errors: `invite_invalid`,
    /// `rate_limited`.
    pub fn preview_invite(&self, code: &str, from: IpAddr) -> Answer<InvitePreview> {
        Err(ServiceError::InviteInvalid)
    }

    /// Makes an account by an invite and signs it in. Errors: `invite_invalid`,
    /// `username_taken`, fields, `rate_limited`.
    pub async fn accept_invite(
        &self,
        code: String,
        new: NewAccount,
        device: Device,
    ) -> Answer<Joined> {
        Err(ServiceError::ServerBusy)
    }

    /// Takes the caller, who has an account, into the invite's group. Who is a member already
    /// uses no place up. Errors: `invite_invalid`.
    pub async fn join_by_invite(&self, caller: Caller, code: String) -> Answer<ConversationView> {
        Err(ServiceError::ServerBusy)
    }
}
