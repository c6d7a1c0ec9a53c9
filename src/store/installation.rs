//! What makes this installation itself: made once with its first database, kept for its life.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use super::error::StoreError;
use super::kv::Kv;
use super::rows::{self, Reads};
use super::schema::{FORMAT, Key, Meta};
use super::txn::Changes;
use crate::base::clock::{Clock, Timestamp};
use crate::base::rng::Rng;

/// Facts about this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Which log its event positions belong to.
    pub epoch: u32,
    /// Opens the setup form while there is no account.
    pub setup_token: String,
    /// For keys that must survive a restart; derive from it, never show it.
    pub secret: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct InstallationV1 {
    epoch: u32,
    setup_token: String,
    secret: [u8; 32],
    created_at: u64,
}

impl From<&Installation> for InstallationV1 {
    fn from(installation: &Installation) -> Self {
        Self {
            epoch: installation.epoch,
            setup_token: installation.setup_token.clone(),
            secret: installation.secret,
            created_at: installation.created_at.0,
        }
    }
}

impl From<InstallationV1> for Installation {
    fn from(v1: InstallationV1) -> Self {
        Self {
            epoch: v1.epoch,
            setup_token: v1.setup_token,
            secret: v1.secret,
            created_at: Timestamp(v1.created_at),
        }
    }
}

record_v1!(Installation, "installation record", InstallationV1);

/// Refuses a database of a newer format; `None` when the database is empty.
pub(super) fn format(reads: &dyn Reads) -> Result<Option<u32>, StoreError> {
    let Some(bytes) = reads.get(&Key::meta(Meta::Format))? else {
        return Ok(None);
    };
    let bytes: [u8; 4] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::corrupt("format number", "it has not four bytes"))?;
    let found = u32::from_be_bytes(bytes);
    require_known(found)?;
    Ok(Some(found))
}

/// Refuses the format of a newer Inkspot.
pub fn require_known(found: u32) -> Result<(), StoreError> {
    if found > FORMAT {
        return Err(StoreError::Newer {
            found,
            known: FORMAT,
        });
    }
    Ok(())
}

/// The formats from which and to which a database is to be brought; `None` if it has the newest.
pub(super) fn upgrade(reads: &dyn Reads) -> Result<Option<(u32, u32)>, StoreError> {
    let found = format(reads)?.filter(|found| *found < FORMAT);
    Ok(found.map(|found| (found, FORMAT)))
}

/// Says that a database has the newest format.
pub(super) fn set_format(changes: &mut Changes<'_>) -> Result<(), StoreError> {
    let format = FORMAT.to_be_bytes().to_vec();
    changes.set(Key::meta(Meta::Format), Some(format))
}

/// The installation that a database belongs to.
pub(super) fn load(reads: &dyn Reads) -> Result<Installation, StoreError> {
    rows::find(reads, &Key::meta(Meta::Installation))?
        .ok_or_else(|| StoreError::corrupt("installation record", "it is missing"))
}

/// The installation that an opened database belongs to; makes one in an empty database.
pub(super) fn load_or_create(
    kv: &dyn Kv,
    rng: &Rng,
    clock: &Clock,
) -> Result<Installation, StoreError> {
    let mut changes = Changes::new(kv);
    if format(&changes)?.is_some() {
        return load(&changes);
    }
    let installation = Installation {
        epoch: u32::from_le_bytes(rng.bytes()),
        setup_token: rng.token(),
        secret: rng.bytes(),
        created_at: clock.now(),
    };
    changes.put(Key::meta(Meta::Installation), &installation)?;
    changes.add(Key::meta(Meta::Format), FORMAT.to_be_bytes().to_vec());
    kv.write(&mut changes.into_overlay().changes())?;
    kv.sync()?;
    Ok(installation)
}
