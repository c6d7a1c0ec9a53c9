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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        number: u64,
        big: Option<u128>,
        text: String,
        list: Vec<u32>,
    }

    fn sample() -> impl Strategy<Value = Sample> {
        let list = prop::collection::vec(any::<u32>(), 0..20);
        (any::<u64>(), any::<Option<u128>>(), ".{0,40}", list).prop_map(
            |(number, big, text, list)| Sample {
                number,
                big,
                text,
                list,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(sample in sample()) {
            let bytes = pack("sample", 3, &sample).unwrap();
            prop_assert_eq!(bytes[0], 3);
            prop_assert_eq!(unpack::<Sample>("sample", &bytes[1..]).unwrap(), sample);
        }

        #[test]
        fn what_is_cut_or_longer_is_refused(sample in sample(), cut: prop::sample::Index) {
            let mut bytes = pack("sample", 1, &sample).unwrap().split_off(1);
            let short = &bytes[..cut.index(bytes.len())];
            prop_assert!(unpack::<Sample>("sample", short).is_err());
            bytes.push(0);
            prop_assert!(unpack::<Sample>("sample", &bytes).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(sample) = unpack::<Sample>("sample", &bytes) {
                prop_assert!(sample.list.len() <= 200);
            }
        }
    }

    #[test]
    fn a_corrupt_length_is_refused() {
        // a number, nothing, then a text of 2^64-1 bytes
        let mut bytes = vec![0, 0, 253];
        bytes.extend([0xff; 8]);
        assert!(unpack::<Sample>("sample", &bytes).is_err());
    }

    #[test]
    fn a_value_is_at_most_4096_bytes_long() {
        let of_len = |len: usize| pack("text", 1, &"x".repeat(len));
        // version byte, length in three bytes, text
        assert_eq!(of_len(4092).unwrap().len(), MAX_VALUE);
        assert!(matches!(
            of_len(4093),
            Err(StoreError::TooLarge { len: 4097, .. })
        ));
    }
}
