//! What administrators settle for the whole house and for single people: who may make an account, how
//! long sessions stand, how much somebody may keep.
//!
//! What was settled while the server runs outranks the settings that it was started with.

use std::time::Duration;

use parking_lot::RwLock;

use super::accounts::require_found;
use super::decision::Decision;
use super::fields;
use super::rules::require_admin;
use super::{Answer, Caller, Follower, HouseChange, HouseState, Quota, Service, ServiceError};
use crate::model::ids::UserId;
use crate::model::{Event, EventBody, House, Registration};
use crate::store::{Reads, files, house};

/// Days that an unused session may stand: at least, at most.
const IDLE_DAYS: (u32, u32) = (1, 3650);

/// The most that may be settled for one person: a pebibyte.
pub const QUOTA_MOST: u64 = 1 << 50;

/// What was settled, kept in memory: each request asks for it.
pub struct Settled(RwLock<House>);

impl Settled {
    /// Reads it.
    pub fn load(state: &dyn Reads) -> Answer<Self> {
        Ok(Self(RwLock::new(house::load(state)?)))
    }

    fn now(&self) -> House {
        *self.0.read()
    }
}

impl Follower for Settled {
    fn committed(&self, events: &[Event]) {
        for event in events {
            if let EventBody::HouseChanged(house) = event.body {
                *self.0.write() = house;
            }
        }
    }
}

impl Service {
    /// Who may make an account now.
    pub fn registration(&self) -> Registration {
        let settled = self.0.settled.now().registration;
        settled.unwrap_or_else(|| self.settings().registration)
    }

    /// How long an unused session stands now.
    pub(super) fn session_idle(&self) -> Duration {
        let settled = self.0.settled.now().session_idle_days;
        settled.map_or_else(|| self.settings().session_idle, of_days)
    }

    /// What holds for the house now. Errors: `forbidden`.
    pub fn house(&self, caller: Caller) -> Answer<HouseState> {
        self.require_admin_now(caller)?;
        Ok(self.house_now())
    }

    fn house_now(&self) -> HouseState {
        HouseState {
            registration: self.registration(),
            session_idle: self.session_idle(),
        }
    }

    /// Settles something for the house. After a shorter life of sessions nobody is let in with one that
    /// is older; a socket that is open stays.
    /// Errors: `forbidden`, fields (`sessionIdleDays`).
    pub async fn change_house(&self, caller: Caller, change: HouseChange) -> Answer<HouseState> {
        let actor = caller.actor();
        self.limit_manager(actor)?;
        let days = change.session_idle_days;
        if let Some(days) = days {
            fields::number("sessionIdleDays", days, IDLE_DAYS.0, IDLE_DAYS.1)?;
        }
        self.decide(move |state, _| {
            require_admin(state, actor)?;
            let before = house::load(state)?;
            let after = House {
                registration: change.registration.or(before.registration),
                session_idle_days: days.or(before.session_idle_days),
            };
            let changed = (after != before).then_some(EventBody::HouseChanged(after));
            Ok(Decision::events(changed.into_iter().collect(), ()))
        })
        .await?;
        Ok(self.house_now())
    }

    /// How much somebody may keep.
    pub(super) fn quota_of(&self, state: &dyn Reads, user: UserId) -> Answer<Quota> {
        let own = files::quota(state, user)?;
        Ok(Quota {
            bytes: own.or(self.settings().files.quota_bytes),
            is_own: own.is_some(),
        })
    }

    /// Lets somebody keep more or less than others; `None`: as everybody. Files that are there stay.
    /// Errors: `forbidden`, `not_found`, fields (`bytes`).
    pub async fn set_quota(&self, caller: Caller, user: UserId, bytes: Option<u64>) -> Answer<()> {
        let actor = caller.actor();
        self.limit_manager(actor)?;
        if bytes.is_some_and(|bytes| bytes > QUOTA_MOST) {
            return Err(ServiceError::TooLong {
                field: "bytes",
                limit: QUOTA_MOST,
            });
        }
        self.decide(move |state, _| {
            require_admin(state, actor)?;
            require_found(state, user)?;
            if files::quota(state, user)? == bytes {
                return Ok(Decision::nothing(()));
            }
            let changed = EventBody::QuotaChanged { user, bytes };
            Ok(Decision::events(vec![changed], ()))
        })
        .await
    }
}

/// Who may make an account, on the state that is decided on.
pub(super) fn registration(state: &dyn Reads, unsettled: Registration) -> Answer<Registration> {
    Ok(house::load(state)?.registration.unwrap_or(unsettled))
}

fn of_days(days: u32) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}
