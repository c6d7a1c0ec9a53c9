//! Accounts that people make by themselves, where everybody may: how many in an hour, and how many at all, for
//! the whole house. What one network may is in `limits`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::decision::Decision;
use super::house::registration;
use super::limits::{LimitKey, LimitedAction};
use super::setup::{Applicant, admit};
use super::{Answer, Device, Joined, NewAccount, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::base::work::detached;
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
#[derive(Clone, Default)]
pub(super) struct Newcomers(Arc<Mutex<VecDeque<Timestamp>>>);

impl Newcomers {
    /// Takes a place in this hour.
    fn take(&self, now: Timestamp, per_hour: u32) -> Answer<Place> {
        let mut taken = self.0.lock();
        taken.retain(|at| now.since(*at) < HOUR);
        // Of the settings that allowed more before, some may be left.
        let ahead = taken.len().checked_sub(per_hour as usize);
        if let Some(first) = ahead.and_then(|ahead| taken.get(ahead)) {
            let wait = HOUR.saturating_sub(now.since(*first));
            return Err(ServiceError::RegistrationBusy { wait });
        }
        taken.push_back(now);
        Ok(Place {
            of: self.clone(),
            at: Some(now),
        })
    }
}

/// A place in this hour, which goes back unless somebody came in by it.
struct Place {
    of: Newcomers,
    at: Option<Timestamp>,
}

impl Place {
    /// Somebody came in by it.
    fn keep(mut self) {
        self.at = None;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.0.lock();
        if let Some(index) = taken.iter().position(|it| Some(*it) == self.at) {
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
        let counted = per_hour > 0 && settings.limited;
        let place = counted.then(|| self.0.newcomers.take(self.0.clock.now(), per_hour));
        let place = place.transpose()?;
        let applicant = self.applicant(new, Role::Member).await?;
        let service = self.clone();
        // Who has gone meanwhile comes in all the same, and is counted.
        detached(async move { service.come_in(applicant, &device, place).await })
            .await
            .ok_or_else(|| ServiceError::Internal("letting somebody in failed by panic".into()))?
    }

    async fn come_in(
        &self,
        applicant: Applicant,
        device: &Device,
        place: Option<Place>,
    ) -> Answer<Joined> {
        let user = applicant.id;
        let session = self.new_session(device);
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
        if let Some(place) = place {
            place.keep();
        }
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
        // Somebody comes in by it.
        let take = |minutes, per_hour| newcomers.take(at(minutes), per_hour).map(Place::keep);
        assert_eq!(take(0, 2), Ok(()));
        let given_up = newcomers.take(at(10), 2);
        assert_eq!(take(20, 2), busy(40));
        drop(given_up);
        assert_eq!(take(30, 2), Ok(()));
        assert_eq!(take(59, 2), busy(1));
        assert_eq!(take(60, 2), Ok(()));
        assert_eq!(take(61, 1), busy(59), "fewer are allowed now");
        assert_eq!(take(120, 1), Ok(()));
        assert_eq!(newcomers.0.lock().len(), 1, "nothing old is kept");
    }
}
