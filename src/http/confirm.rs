//! One's own password, given again before what a stolen session must not do.

use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use crate::service;

/// One's own password, given again.
#[derive(Deserialize, ToSchema)]
pub(super) struct Again {
    password: String,
    purpose: Purpose,
}

/// What it is given for; it opens nothing else.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Purpose {
    /// Fetching backups, for five minutes.
    Backups,
    /// Making one link that signs a further device in.
    Handoff,
    /// Deleting one group for good.
    DeleteGroup,
}

impl From<Purpose> for service::Purpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Backups => Self::Backups,
            Purpose::Handoff => Self::Handoff,
            Purpose::DeleteGroup => Self::DeleteGroup,
        }
    }
}

pub(super) async fn confirm(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let Again { password, purpose } = call.json().await?;
    let service = call.service();
    service
        .confirm_password(caller, &password, purpose.into())
        .await?;
    answer::done()
}
