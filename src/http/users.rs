//! The directory, and what administrators do with accounts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth::OneUser;
use super::call::Call;
use super::paging;
use crate::model::Role;
use crate::model::view::UserView;
use crate::service::AccountChange;

/// People.
#[derive(Serialize, ToSchema)]
pub(super) struct Users {
    /// By name.
    users: Vec<UserView>,
}

/// What an administrator changes. What is missing stays.
#[derive(Deserialize, ToSchema)]
pub(super) struct UserChange {
    /// Whether the account is disabled.
    disabled: Option<bool>,
    /// Administrator or not.
    role: Option<Role>,
}

/// A password that an administrator gives to somebody.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPassword {
    /// 8 to 256 characters.
    #[schema(min_length = 8, max_length = 256)]
    pub(super) new_password: String,
}

impl Users {
    /// These.
    pub(super) fn of(users: Vec<UserView>) -> Self {
        Self { users }
    }
}

pub(super) async fn list(call: Call) -> Answer {
    let caller = call.caller()?;
    let query = call.query()?;
    let starts = query.get("q").map_or("", String::as_str);
    let users = call
        .service()
        .directory(caller, starts, paging::limit(&query)?)?;
    answer::ok(&Users { users })
}

pub(super) async fn show(call: Call) -> Answer {
    let caller = call.caller()?;
    answer::ok(&call.service().user(caller, call.id("id")?)?)
}

pub(super) async fn change(mut call: Call) -> Answer {
    let actor = call.caller()?.actor();
    let user = call.id("id")?;
    let UserChange { disabled, role } = call.json().await?;
    let change = AccountChange { disabled, role };
    let user = call.service().change_account(actor, user, change).await?;
    answer::ok(&OneUser { user })
}

pub(super) async fn set_password(mut call: Call) -> Answer {
    let actor = call.caller()?.actor();
    let user = call.id("id")?;
    let NewPassword { new_password } = call.json().await?;
    call.service()
        .set_password(actor, user, new_password)
        .await?;
    answer::done()
}
