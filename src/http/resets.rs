//! Links to a new password: making one, looking at it, choosing the password.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth;
use super::call::Call;
use super::invites;
use super::link::whose;
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
    let code = call.param("code");
    whose(&call.service().preview_reset(code, call.address())?)
}

pub(super) async fn finish(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let NewPassword { new_password } = call.json().await?;
    let code = call.param("code").to_owned();
    let signed_in = call
        .service()
        .reset_password(code, new_password, call.device())
        .await?;
    auth::logged_in(&call, &signed_in).await
}
