//! Signing in and out, one's own account, one's own devices.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use warp::reply::Response;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::Failure;
use crate::model::view::{SessionView, UserView};
use crate::model::{Registration, SessionId};
use crate::protocol::credentials::{DEVICE_COOKIE, SESSION_COOKIE};
use crate::service::SignedIn;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Login {
    /// In any spelling that folds to the same name.
    username: String,
    /// At most 256 characters.
    password: String,
}

/// Somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct LoggedIn {
    /// For `Authorization: Bearer`; browsers get the cookie as well.
    token: String,
    user: UserView,
}

/// Who is signed in, and where.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    user: UserView,
    /// The name of this server.
    server_name: String,
    /// The session that asks.
    #[schema(value_type = String)]
    session_id: SessionId,
}

/// Whether somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Here {
    /// Who it is; `null` when nobody is.
    me: Option<Me>,
    /// Who may make an account.
    registration: Registration,
}

/// What one may change about oneself.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    /// 1 to 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    display_name: String,
}

/// A new password, and the old one as proof.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordChange {
    current_password: String,
    /// 8 to 256 characters.
    #[schema(min_length = 8, max_length = 256)]
    new_password: String,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub(super) struct OneUser {
    pub(super) user: UserView,
}

/// The caller's signed-in devices.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    /// The newest use first.
    sessions: Vec<SessionView>,
}

pub(super) async fn sign_in(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let Login { username, password } = call.json().await?;
    let signed_in = call
        .service()
        .sign_in(&username, &password, call.device())
        .await?;
    logged_in(&call, &signed_in).await
}

impl LoggedIn {
    /// What who has just signed in is told.
    pub(super) fn of(signed_in: &SignedIn) -> Self {
        Self {
            token: signed_in.token.clone(),
            user: signed_in.user.clone(),
        }
    }
}

/// The answer to who has just signed in.
pub(super) async fn logged_in(call: &Call, signed_in: &SignedIn) -> Answer {
    let response = answer::ok(&LoggedIn::of(signed_in))?;
    Ok(with_session(call, response, signed_in).await)
}

/// Hands the browser its session, and the mark by which it is known the next time. The session that it had
/// ends, whoever it was: nobody could go on with it, nor sign out of it here.
pub(super) async fn with_session(
    call: &Call,
    response: Response,
    signed_in: &SignedIn,
) -> Response {
    if let Some(before) = call.cookie_session()
        && let Err(error) = call.service().sign_out(before).await
    {
        // The new one stands in any case; this one can be ended from it, or ends by itself.
        tracing::warn!(%error, "the session that a browser had before still stands");
    }
    let response = answer::with_cookie(response, SESSION_COOKIE, &signed_in.token);
    answer::with_cookie(response, DEVICE_COOKIE, &signed_in.device_token)
}

pub(super) async fn sign_out(call: Call) -> Answer {
    let ended = match call.caller() {
        Ok(caller) => call.service().sign_out(caller).await.map_err(Into::into),
        Err(failure) => Err(failure),
    };
    let response = match ended {
        Ok(()) => answer::done()?,
        // A session that has ended already leaves a cookie that is good for nothing.
        Err(failure) if failure.is_unauthorized() => failure.into_response(),
        Err(failure) => return Err(failure),
    };
    Ok(answer::with_cookie(response, SESSION_COOKIE, ""))
}

pub(super) async fn me(call: Call) -> Answer {
    answer::ok(&caller(&call)?)
}

/// The first question of a page that starts. That nobody is signed in is no failure here: browsers
/// tell of every refusal in their console.
pub(super) async fn here(call: Call) -> Answer {
    let me = match caller(&call) {
        Ok(me) => Some(me),
        Err(failure) if failure.is_unauthorized() => None,
        Err(failure) => return Err(failure),
    };
    let registration = call.service().registration();
    answer::ok(&Here { me, registration })
}

fn caller(call: &Call) -> Result<Me, Failure> {
    let caller = call.caller()?;
    Ok(Me {
        user: call.service().me(caller)?,
        server_name: call.service().server_name(),
        session_id: caller.session,
    })
}

pub(super) async fn rename(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let Profile { display_name } = call.json().await?;
    let user = call
        .service()
        .set_display_name(caller, display_name)
        .await?;
    answer::ok(&OneUser { user })
}

pub(super) async fn change_password(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let PasswordChange {
        current_password,
        new_password,
    } = call.json().await?;
    call.service()
        .change_password(caller, current_password, new_password)
        .await?;
    answer::done()
}

pub(super) async fn sessions(call: Call) -> Answer {
    let sessions = call.service().sessions(call.caller()?)?;
    answer::ok(&Sessions { sessions })
}

pub(super) async fn end_session(call: Call) -> Answer {
    let caller = call.caller()?;
    let session = call.id("id")?;
    call.service().end_session(caller, session).await?;
    if session == caller.session {
        return Ok(answer::with_cookie(answer::done()?, SESSION_COOKIE, ""));
    }
    answer::done()
}

pub(super) async fn end_other_sessions(call: Call) -> Answer {
    let caller = call.caller()?;
    call.service().end_other_sessions(caller).await?;
    answer::done()
}
