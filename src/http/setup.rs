//! First run: the one-time link makes the first administrator.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth::with_session;
use super::call::Call;
use super::fields;
use super::invites::{self, InviteMade};
use crate::model::view::{ConversationView, UserView};
use crate::service::{NewAccount, ServiceError};

/// What a setup link is good for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetupState {
    /// Whether the server still waits for its first administrator.
    needed: bool,
    /// Whether it waits and the link is the right one.
    valid: bool,
    /// The name of this server.
    server_name: String,
}

/// What is looked at first.
#[derive(Deserialize)]
struct SetupLink {
    token: String,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Setup {
    /// From the setup link.
    token: String,
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

/// The server is set up, and the administrator is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct SetupDone {
    /// For `Authorization: Bearer`; browsers get the cookie as well.
    token: String,
    user: UserView,
    /// "Everyone".
    conversation: ConversationView,
    /// A first invite to hand out.
    invite: InviteMade,
}

pub(super) async fn show(call: Call) -> Answer {
    let query = call.query()?;
    let token = query.get("token").map(String::as_str);
    let state = call.service().setup_state(token, call.address())?;
    answer::ok(&SetupState {
        needed: state.needed,
        valid: state.valid,
        server_name: call.service().server_name(),
    })
}

pub(super) async fn finish(mut call: Call) -> Answer {
    call.not_from_elsewhere()?;
    let text = call.json_text().await?;
    let SetupLink { token } = fields::read(&text)?;
    let Setup {
        token,
        username,
        display_name,
        password,
    } = match fields::read(&text) {
        Ok(fields) => fields,
        Err(bad) => {
            // Only who has the link is told what is wrong with the rest.
            let state = call.service().setup_state(Some(&token), call.address())?;
            return Err(if state.valid {
                bad.into()
            } else {
                ServiceError::SetupDone.into()
            });
        }
    };
    let account = NewAccount {
        username,
        display_name,
        password,
    };
    let done = call.service().setup(token, account, call.device()).await?;
    let body = SetupDone {
        token: done.signed_in.token.clone(),
        user: done.signed_in.user.clone(),
        conversation: done.conversation,
        invite: invites::made(&call, done.invite)?,
    };
    let response = answer::created(&body)?;
    Ok(with_session(&call, response, &done.signed_in).await)
}
