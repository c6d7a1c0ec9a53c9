//! Invites: making them, handing them out, coming in by one.

use http::uri::Authority;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth::with_session;
use super::call::Call;
use super::error::Failure;
use crate::base::clock::{Timestamp, iso_option};
use crate::model::view::{ConversationView, InviteView, UserView};
use crate::model::{ConversationId, Invite};
use crate::service::{InviteObstacle, Joined, NewAccount, NewInvite};

/// An invite to be made. What is missing has its default.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteAsked {
    /// The group that it leads to, besides "Everyone".
    conversation_id: Option<String>,
    /// 1 to 720; 168 if missing.
    #[schema(minimum = 1, maximum = 720)]
    expires_in_hours: Option<u32>,
    /// 1 to 1000; 10 if missing.
    #[schema(minimum = 1, maximum = 1000)]
    max_uses: Option<u32>,
}

/// A new invite, also as a picture.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteMade {
    #[serde(flatten)]
    invite: InviteView,
    /// Its link as a QR code: an SVG document.
    qr_svg: String,
    /// Where a newcomer's device learns to trust this server's own authority first; missing if every device does.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_link: Option<String>,
}

/// Invites that still work.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invites {
    invites: Vec<InviteView>,
    /// Where a newcomer's device learns to trust this server's own authority first; missing if every device does.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_link: Option<String>,
}

/// What somebody sees before they accept an invite.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Preview {
    /// The name of this server.
    server_name: String,
    /// The display name of who made it.
    invited_by: String,
    /// The group's title, when it leads to one.
    conversation_title: Option<String>,
    /// When it stops working.
    #[serde(with = "iso_option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Why nobody comes in by it at the moment; `null` if somebody does.
    obstacle: Option<Obstacle>,
}

/// What keeps people out who have an invite that works.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Obstacle {
    /// Its group is archived for everybody.
    ReadOnly,
    /// Its group has no room for more.
    Members,
    /// Nobody may make an account; who has one comes in.
    Registration,
}

impl From<InviteObstacle> for Obstacle {
    fn from(obstacle: InviteObstacle) -> Self {
        match obstacle {
            InviteObstacle::ReadOnly => Self::ReadOnly,
            InviteObstacle::Members => Self::Members,
            InviteObstacle::Registration => Self::Registration,
        }
    }
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accept {
    /// 1 to 32 characters: letters, digits, `.`, `_`, `-`; starts with a letter or digit.
    #[schema(min_length = 1, max_length = 32)]
    username: String,
    /// At most 64 characters; the username if missing or blank.
    #[schema(max_length = 64)]
    display_name: Option<String>,
    /// 8 to 256 characters.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
}

/// Somebody came in, and is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Accepted {
    /// For `Authorization: Bearer`; browsers get the cookie as well.
    token: String,
    user: UserView,
    /// Where the invite led: its group, else "Everyone".
    conversation: ConversationView,
}

/// Where an invite led.
#[derive(Serialize, ToSchema)]
pub(super) struct OneConversation {
    conversation: ConversationView,
}

pub(super) async fn list(call: Call) -> Answer {
    let invites = call.service().invites(call.caller()?)?;
    let invites = invites
        .into_iter()
        .map(|invite| view(&call, invite))
        .collect();
    answer::ok(&Invites {
        invites,
        trust_link: call.settings().trust_link.clone(),
    })
}

pub(super) async fn create(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let InviteAsked {
        conversation_id,
        expires_in_hours,
        max_uses,
    } = call.json().await?;
    let conversation = conversation_id
        .map(|id| id.parse::<ConversationId>())
        .transpose();
    let conversation = conversation.map_err(|_| Failure::not_found())?;
    let new = NewInvite {
        conversation,
        expires_in_hours,
        max_uses,
    };
    let invite = call.service().create_invite(caller, new).await?;
    answer::created(&made(&call, invite)?)
}

pub(super) async fn revoke(call: Call) -> Answer {
    let caller = call.caller()?;
    call.service().revoke_invite(caller, call.id("id")?).await?;
    answer::done()
}

pub(super) async fn preview(call: Call) -> Answer {
    let preview = call
        .service()
        .preview_invite(call.param("code"), call.address())?;
    answer::ok(&Preview {
        server_name: preview.server_name,
        invited_by: preview.invited_by,
        conversation_title: preview.conversation_title,
        expires_at: preview.expires_at,
        obstacle: preview.obstacle.map(Obstacle::from),
    })
}

pub(super) async fn accept(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let asked = call.json().await;
    let code = call.param("code").to_owned();
    let Accept {
        username,
        display_name,
        password,
    } = match asked {
        Ok(fields) => fields,
        Err(bad) => {
            // Only who has a link that works is told what is wrong with the rest.
            call.service().preview_invite(&code, call.address())?;
            return Err(bad);
        }
    };
    let account = NewAccount {
        username,
        display_name,
        password,
    };
    let (service, device) = (call.service(), call.device());
    let joined = service.accept_invite(code, account, device).await?;
    came_in(&call, joined).await
}

/// Makes an account without an invite, where everybody may.
pub(super) async fn register(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let Accept {
        username,
        display_name,
        password,
    } = call.json().await?;
    let account = NewAccount {
        username,
        display_name,
        password,
    };
    let (service, device) = (call.service(), call.device());
    let joined = service.register(account, device).await?;
    came_in(&call, joined).await
}

async fn came_in(call: &Call, joined: Joined) -> Answer {
    let body = Accepted {
        token: joined.signed_in.token.clone(),
        user: joined.signed_in.user.clone(),
        conversation: joined.conversation,
    };
    let response = answer::created(&body)?;
    Ok(with_session(call, response, &joined.signed_in).await)
}

pub(super) async fn join(call: Call) -> Answer {
    let caller = call.caller()?;
    let code = call.param("code").to_owned();
    let conversation = call.service().join_by_invite(caller, code).await?;
    answer::ok(&OneConversation { conversation })
}

/// An invite with the link that its maker can send on: by the address that they used themselves,
/// unless that address leads nobody else here.
pub(super) fn view(call: &Call, invite: Invite) -> InviteView {
    InviteView {
        id: invite.id,
        link: format!("{}/invite/{}", base_url(call), invite.code),
        code: invite.code,
        conversation_id: invite.conversation,
        created_by: invite.created_by,
        created_at: invite.created_at,
        expires_at: invite.expires_at,
        max_uses: invite.max_uses,
        uses: invite.uses,
    }
}

/// Where somebody else finds this server: by HTTPS, too, where a proxy says that it was asked so.
pub(super) fn base_url(call: &Call) -> String {
    let url = &call.settings().url;
    match call.host() {
        Some(host) if leads_here(host) => at_host(url, host, call.way().secure),
        _ => url.clone(),
    }
}

/// The same address under another host, and by HTTPS where that is known to lead here.
fn at_host(url: &str, host: &Authority, secure: bool) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let scheme = if secure { "https" } else { scheme };
    let prefix = rest.find('/').map_or("", |slash| &rest[slash..]);
    format!("{scheme}://{host}{prefix}")
}

/// Whether another device that is given this address finds the server by it.
fn leads_here(host: &Authority) -> bool {
    let name = host.host().trim_matches(['[', ']']);
    let lost = name
        .parse()
        .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback() || ip.is_unspecified());
    let local = name.eq_ignore_ascii_case("localhost") || name.ends_with(".localhost");
    !lost && !local && !host.as_str().contains('@')
}

/// A new invite as the client sees it, with its picture.
pub(super) fn made(call: &Call, invite: Invite) -> Result<InviteMade, Failure> {
    let invite = view(call, invite);
    let qr_svg = qr(&invite.link)?;
    Ok(InviteMade {
        invite,
        qr_svg,
        trust_link: call.settings().trust_link.clone(),
    })
}

/// A link as a picture.
pub(super) fn qr(link: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)
        .map_err(|_| Failure::internal("a link does not fit into a QR code"))?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_by_an_address_of_this_machine_only_is_of_no_use_to_others() {
        for (host, leads) in [
            ("chat.example", true),
            ("192.168.1.5:8443", true),
            ("[2001:db8::1]:8443", true),
            ("localhost:8443", false),
            ("inkspot.localhost", false),
            ("127.0.0.1:8443", false),
            ("[::1]:8443", false),
            ("0.0.0.0:8443", false),
            ("x@chat.example", false),
        ] {
            assert_eq!(leads_here(&host.parse().unwrap()), leads, "{host}");
        }
    }

    #[test]
    fn the_host_changes_and_the_prefix_stays() {
        let host: Authority = "10.0.0.5:8443".parse().unwrap();
        let (https, http) = ("https://chat.example", "http://127.0.0.1:8080/chat");
        for (url, secure, link) in [
            (https, true, "https://10.0.0.5:8443"),
            (https, false, "https://10.0.0.5:8443"),
            (http, false, "http://10.0.0.5:8443/chat"),
            (http, true, "https://10.0.0.5:8443/chat"),
        ] {
            assert_eq!(at_host(url, &host, secure), link);
        }
    }

    #[test]
    fn the_longest_link_fits_into_a_picture() {
        let picture = qr(&format!(
            "https://{}:65535/invite/{}",
            "a".repeat(253),
            "b".repeat(43)
        ));
        assert!(picture.unwrap().contains("<svg"));
    }
}
