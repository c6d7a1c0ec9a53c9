//! Links to a new password: making one, looking at it, choosing the password.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth::{LoggedIn, with_session};
use super::call::Call;
use super::invites;
use super::users::NewPassword;
use crate::base::clock::{Timestamp, iso};

/// A link by which somebody chooses a new password. It is shown this once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResetLinkMade {
    /// To hand to the person whose password it is.
    link: String,
    /// When it stops working.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The link as a QR code: an SVG document.
    qr_svg: String,
}

/// Whose password a link is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResetState {
    /// The name of this server.
    server_name: String,
    /// What they sign in with.
    username: String,
    /// What others see.
    display_name: String,
    /// When it stops working.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

pub(super) async fn create(call: Call) -> Answer {
    let actor = call.caller()?.actor();
    let user = call.id("id")?;
    let made = call.service().make_reset_link(actor, user).await?;
    let link = format!("{}/reset/{}", invites::base_url(&call), made.code);
    answer::created(&ResetLinkMade {
        qr_svg: invites::qr(&link)?,
        link,
        expires_at: made.expires_at,
    })
}

pub(super) async fn show(call: Call) -> Answer {
    let found = call
        .service()
        .preview_reset(call.param("code"), call.address())?;
    answer::ok(&ResetState {
        server_name: found.server_name,
        username: found.username,
        display_name: found.display_name,
        expires_at: found.expires_at,
    })
}

pub(super) async fn finish(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let NewPassword { new_password } = call.json().await?;
    let code = call.param("code").to_owned();
    let signed_in = call
        .service()
        .reset_password(code, new_password, call.device())
        .await?;
    Ok(with_session(
        answer::ok(&LoggedIn::of(&signed_in))?,
        &signed_in,
    ))
}
