//! What a link that is for one person says of itself, before somebody goes on by it.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use crate::base::clock::{Timestamp, iso};
use crate::service::LinkPreview;

/// Whom a link is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LinkState<'a> {
    /// The name of this server.
    server_name: &'a str,
    /// What they sign in with.
    username: &'a str,
    /// What others see.
    display_name: &'a str,
    /// When it stops working.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

pub(super) fn whose(found: &LinkPreview) -> Answer {
    answer::ok(&LinkState {
        server_name: &found.server_name,
        username: &found.username,
        display_name: &found.display_name,
        expires_at: found.expires_at,
    })
}
