//! How a value looks on disk: `[version byte][bincode 2]`.
//!
//! Records are frozen structs (`AccountV1`) beside the readers of their table. Once released, a
//! struct never changes: a new shape is a new version, upgraded when it is read. bincode is used
//! with a limit, without which a corrupt length would panic, and every byte must be consumed.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;

/// No value is larger than this: larger ones make sled write files that it never syncs.
pub const MAX_VALUE: usize = 4096;

const CONFIG: Configuration<LittleEndian, Varint, Limit<MAX_VALUE>> =
    bincode::config::standard().with_limit::<MAX_VALUE>();

/// A value that a table keeps.
pub trait Record: Sized {
    /// What errors call it.
    const NAME: &'static str;

    /// The bytes to store, in the newest version.
    fn encode(&self) -> Result<Vec<u8>, StoreError>;

    /// Reads the body of any known version.
    fn decode(version: u8, body: &[u8]) -> Result<Self, StoreError>;
}

/// Writes a record struct with its version byte.
pub fn pack<T: Serialize>(
    name: &'static str,
    version: u8,
    record: &T,
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(128);
    bytes.push(version);
    bincode::serde::encode_into_std_write(record, &mut bytes, CONFIG)
        .map_err(|error| StoreError::corrupt(name, error))?;
    if bytes.len() > MAX_VALUE {
        return Err(StoreError::TooLarge {
            record: name,
            len: bytes.len(),
            limit: MAX_VALUE,
        });
    }
    Ok(bytes)
}

/// Reads the body of a record struct; all of it must be consumed.
pub fn unpack<T: DeserializeOwned>(name: &'static str, body: &[u8]) -> Result<T, StoreError> {
    let (record, used) = bincode::serde::decode_from_slice(body, CONFIG)
        .map_err(|error| StoreError::corrupt(name, error))?;
    if used == body.len() {
        Ok(record)
    } else {
        Err(StoreError::corrupt(name, "bytes are left over"))
    }
}

/// Reads a stored value.
pub fn decode<R: Record>(bytes: &[u8]) -> Result<R, StoreError> {
    match bytes.split_first() {
        Some((version, body)) => R::decode(*version, body),
        None => Err(StoreError::corrupt(R::NAME, "it is empty")),
    }
}

/// The answer of [`Record::decode`] to a version that it does not know.
pub fn unknown_version<T>(name: &'static str, version: u8) -> Result<T, StoreError> {
    Err(StoreError::corrupt(
        name,
        format!("version {version} is not known"),
    ))
}

/// Implements [`Record`] for a model type with one version so far, given its struct and the
/// conversions between the two.
macro_rules! record_v1 {
    ($model:ty, $name:literal, $v1:ty) => {
        impl $crate::store::codec::Record for $model {
            const NAME: &'static str = $name;

            fn encode(&self) -> Result<Vec<u8>, $crate::store::StoreError> {
                $crate::store::codec::pack(Self::NAME, 1, &<$v1>::from(self))
            }

            fn decode(version: u8, body: &[u8]) -> Result<Self, $crate::store::StoreError> {
                match version {
                    1 => $crate::store::codec::unpack::<$v1>(Self::NAME, body).map(Into::into),
                    _ => $crate::store::codec::unknown_version(Self::NAME, version),
                }
            }
        }
    };
}
pub(crate) use record_v1;
