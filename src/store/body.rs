//! Bodies of messages, which may be longer than a row may be: the first bytes are in the record
//! that has the body, the rest in part rows behind it. Knows no record.

use std::ops::ControlFlow;

use super::codec::MAX_VALUE;
use super::error::StoreError;
use super::rows::{self, Reads, Span};
use super::schema::Key;
use super::txn::Changes;

/// How many bytes of a body are in its record. Leaves room for everything else in it.
const HEAD: usize = 2500;

/// How many bytes of a body are in each part row.
const PART: usize = MAX_VALUE;

/// The first bytes of a body, for its record, and the rest.
pub(super) fn split(body: &[u8]) -> (&[u8], &[u8]) {
    body.split_at(body.len().min(HEAD))
}

/// The part rows of what does not fit into the record. Their keys are `prefix` and a number, from
/// `first` on.
pub(super) fn parts(
    prefix: Key,
    first: u16,
    rest: &[u8],
) -> impl Iterator<Item = Result<(Key, Vec<u8>), StoreError>> {
    rest.chunks(PART).enumerate().map(move |(index, part)| {
        let number = u16::try_from(index).ok();
        let number = number.and_then(|number| number.checked_add(first));
        let number = number.ok_or(StoreError::TooLarge {
            record: "body",
            len: HEAD + rest.len(),
            limit: HEAD + PART * usize::from(u16::MAX - first),
        })?;
        Ok((prefix.push(&number.to_be_bytes()), part.to_vec()))
    })
}

/// Puts a body together from its first bytes and its part rows.
pub(super) fn join(
    reads: &dyn Reads,
    head: Vec<u8>,
    len: u32,
    parts: &Span,
) -> Result<Vec<u8>, StoreError> {
    let mut body = head;
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if body.len() < len {
        reads.scan(parts, &mut |_, part| {
            body.extend_from_slice(part);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    if body.len() == len {
        Ok(body)
    } else {
        Err(StoreError::corrupt("body", "parts of it are missing"))
    }
}

/// Removes all rows whose keys begin with `prefix`.
pub(super) fn remove(changes: &mut Changes<'_>, prefix: Key) -> Result<(), StoreError> {
    let keys = rows::collect(changes, &Span::of(prefix), usize::MAX, |key, _| {
        Ok(Key::from_slice(key))
    })?;
    for key in keys {
        changes.set(key, None)?;
    }
    Ok(())
}

/// `Vec<u8>` as one run of bytes instead of a list of numbers.
pub(super) mod bytes {
    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}
