//! Accounts that people make by themselves, where everybody may: how many in an hour, and how many at all, for
//! the whole house. What one network may is in `limits`.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::Mutex;

use super::decision::Decision;
use super::house::registration;
use super::limits::{LimitKey, LimitedAction};
use super::setup::admit;
use super::{Answer, Device, Joined, NewAccount, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::model::{Registration, Role};
use crate::store::{Reads, accounts, conversations};

const HOUR: Duration = Duration::from_hours(1);

/// How many may make an account by themselves; 0 stands for no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenHouse {
    /// In any hour.
    pub per_hour: u32,
    /// With so many accounts nobody does so any more.
    pub most: u64,
}

impl Default for OpenHouse {
    fn default() -> Self {
        Self {
            per_hour: 60,
            most: 1000,
        }
    }
}

/// When accounts were made in the last hour; forgotten by a restart.
#[derive(Default)]
pub(super) struct Newcomers(Mutex<VecDeque<Timestamp>>);

impl Newcomers {
    /// Takes a place in this hour.
    fn take(&self, now: Timestamp, per_hour: u32) -> Answer<()> {
        let mut taken = self.0.lock();
        taken.retain(|at| now.since(*at) < HOUR);
        // Of the settings that allowed more before, some may be left.
        let ahead = taken.len().checked_sub(per_hour as usize);
        if let Some(first) = ahead.and_then(|ahead| taken.get(ahead)) {
            let wait = HOUR.saturating_sub(now.since(*first));
            return Err(ServiceError::RegistrationBusy { wait });
        }
        taken.push_back(now);
        Ok(())
    }

    /// Nobody came by it.
    fn give_back(&self, at: Timestamp) {
        let mut taken = self.0.lock();
        if let Some(index) = taken.iter().position(|it| *it == at) {
            taken.remove(index);
        }
    }
}

impl Service {
    /// Makes an account where everybody may, and signs it in. Errors: `registration_closed`,
    /// `registration_busy`, `house_full`, `username_taken`, fields, `rate_limited`.
    pub async fn register(&self, new: NewAccount, device: Device) -> Answer<Joined> {
        self.limit(LimitedAction::Register, LimitKey::network(device.address))?;
        if self.registration() != Registration::Open {
            return Err(ServiceError::RegistrationClosed);
        }
        let settings = self.settings();
        require_place(&self.0.store.view(), settings.open)?;
        let per_hour = settings.open.per_hour;
        if per_hour == 0 || !settings.limited {
            return self.come_in(new, device).await;
        }
        let now = self.0.clock.now();
        self.0.newcomers.take(now, per_hour)?;
        let came = self.come_in(new, device).await;
        if came.is_err() {
            self.0.newcomers.give_back(now);
        }
        came
    }

    async fn come_in(&self, new: NewAccount, device: Device) -> Answer<Joined> {
        let applicant = self.applicant(new, Role::Member).await?;
        let user = applicant.id;
        let session = self.new_session(&device);
        let started = session.clone();
        let settings = self.settings();
        let room = self
            .decide(move |state, now| {
                // Before the server is set up there is nobody who could have opened it.
                let room = conversations::everyone(state)?;
                let room = room.ok_or(ServiceError::RegistrationClosed)?;
                if registration(state, settings.registration)? != Registration::Open {
                    return Err(ServiceError::RegistrationClosed);
                }
                require_place(state, settings.open)?;
                let mut events = admit(state, now, &applicant)?;
                events.push(started.start(user, now));
                Ok(Decision::events(events, room))
            })
            .await?;
        Ok(Joined {
            signed_in: self.signed_in(user, session)?,
            conversation: self.conversation_view(user, room)?,
        })
    }
}

/// Whether there is room for one more. Disabled accounts count: they can come back.
fn require_place(state: &dyn Reads, open: OpenHouse) -> Answer<()> {
    let limit = open.most;
    if limit > 0 && accounts::count(state)? >= limit {
        return Err(ServiceError::HouseFull { limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_so_many_places_and_says_when_the_next_is_free() {
        const MINUTE: u64 = 60_000;
        let newcomers = Newcomers::default();
        let at = |minutes: u64| Timestamp(1_000_000 + minutes * MINUTE);
        let busy = |minutes| {
            let wait = Duration::from_mins(minutes);
            Err(ServiceError::RegistrationBusy { wait })
        };
        assert_eq!(newcomers.take(at(0), 2), Ok(()));
        assert_eq!(newcomers.take(at(10), 2), Ok(()));
        assert_eq!(newcomers.take(at(20), 2), busy(40));
        newcomers.give_back(at(10));
        assert_eq!(newcomers.take(at(30), 2), Ok(()));
        assert_eq!(newcomers.take(at(59), 2), busy(1));
        assert_eq!(newcomers.take(at(60), 2), Ok(()));
        assert_eq!(newcomers.take(at(61), 1), busy(59), "fewer are allowed now");
        assert_eq!(newcomers.take(at(120), 1), Ok(()));
        assert_eq!(newcomers.0.lock().len(), 1, "nothing old is kept");
    }
}
