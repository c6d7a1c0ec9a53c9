//! What administrators settled for the installation: a row of `Meta`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::rows::{self, Reads};
use super::schema::{Key, Meta};
use super::txn::Changes;
use crate::model::{House, Registration};

/// Numbers are never used for something else: 0 closed, 1 by invite, 2 open.
#[derive(Serialize, Deserialize)]
enum RegistrationV1 {
    Closed,
    Invite,
    Open,
}

#[derive(Serialize, Deserialize)]
pub(super) struct HouseV1 {
    registration: Option<RegistrationV1>,
    session_idle_days: Option<u32>,
}

impl From<&House> for HouseV1 {
    fn from(house: &House) -> Self {
        let registration = house.registration.map(|registration| match registration {
            Registration::Closed => RegistrationV1::Closed,
            Registration::Invite => RegistrationV1::Invite,
            Registration::Open => RegistrationV1::Open,
        });
        Self {
            registration,
            session_idle_days: house.session_idle_days,
        }
    }
}

impl From<HouseV1> for House {
    fn from(v1: HouseV1) -> Self {
        let registration = v1.registration.map(|registration| match registration {
            RegistrationV1::Closed => Registration::Closed,
            RegistrationV1::Invite => Registration::Invite,
            RegistrationV1::Open => Registration::Open,
        });
        Self {
            registration,
            session_idle_days: v1.session_idle_days,
        }
    }
}

record_v1!(House, "settings of the house", HouseV1);

/// What was settled; nothing, if nothing ever was.
pub fn load(reads: &dyn Reads) -> Result<House, StoreError> {
    let found = rows::find(reads, &Key::meta(Meta::House))?;
    Ok(found.unwrap_or_default())
}

pub(super) fn put(changes: &mut Changes<'_>, house: &House) -> Result<(), StoreError> {
    changes.put(Key::meta(Meta::House), house)
}
