//! Hand-offs: signing a further device of one's own in by a link.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth;
use super::call::Call;
use super::invites;
use super::link::whose;
use crate::base::clock::{Timestamp, iso};

/// A link that signs one device in. It is shown this once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HandoffMade {
    /// To be opened on the other device.
    link: String,
    /// When it stops working.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// How long that is from now, for who has another clock.
    expires_in_seconds: u64,
    /// The link as a QR code: an SVG document.
    qr_svg: String,
    /// Where a device learns to trust this server's own authority first; missing if every device does.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_link: Option<String>,
}

pub(super) async fn create(call: Call) -> Answer {
    let made = call.service().make_handoff(call.caller()?)?;
    let link = format!("{}/handoff/{}", invites::base_url(&call), made.code);
    answer::created(&HandoffMade {
        qr_svg: invites::qr(&link)?,
        link,
        expires_at: made.expires_at,
        expires_in_seconds: made.works_for.as_secs(),
        trust_link: call.settings().trust_link.clone(),
    })
}

pub(super) async fn cancel(call: Call) -> Answer {
    call.service().cancel_handoff(call.caller()?)?;
    answer::done()
}

pub(super) async fn show(call: Call) -> Answer {
    let code = call.param("code");
    whose(&call.service().preview_handoff(code, call.address())?)
}

pub(super) async fn accept(call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let code = call.param("code").to_owned();
    let signed_in = call.service().accept_handoff(&code, call.device()).await?;
    auth::logged_in(&call, &signed_in).await
}
