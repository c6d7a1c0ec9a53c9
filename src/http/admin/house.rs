//! What administrators settle for the whole house: who may make an account, how long sessions stand.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::answer::{self, Answer};
use super::super::call::Call;
use super::ask;
use crate::model::Registration;
use crate::service::{HouseChange, HouseState, Service};

/// What holds for the house.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct HouseRules {
    /// Who may make an account.
    registration: Registration,
    /// Days after which an unused session ends.
    session_idle_days: u64,
}

/// What is to hold from now on; what is missing stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct HouseAsked {
    /// Who may make an account.
    registration: Option<Registration>,
    /// Days after which an unused session ends; with those that are older nobody is let in any more.
    #[schema(minimum = 1, maximum = 3650)]
    session_idle_days: Option<u32>,
}

impl From<HouseState> for HouseRules {
    fn from(house: HouseState) -> Self {
        Self {
            registration: house.registration,
            session_idle_days: house.session_idle.as_secs() / (24 * 60 * 60),
        }
    }
}

pub(in crate::http) async fn show(call: Call) -> Answer {
    let house = ask(&call, Service::house).await?;
    answer::ok(&HouseRules::from(house))
}

pub(in crate::http) async fn change(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let HouseAsked {
        registration,
        session_idle_days,
    } = call.json().await?;
    let change = HouseChange {
        registration,
        session_idle_days,
    };
    let house = call.service().change_house(caller, change).await?;
    answer::ok(&HouseRules::from(house))
}
