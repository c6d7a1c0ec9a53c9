//! What messages said before they were changed: the table `MessageHistory`.
//!
//! A version is a record with the first bytes of its body, and part rows for the rest, numbered
//! from 1. The present version is the message itself.

use serde::{Deserialize, Serialize};

use super::body;
use super::codec;
use super::error::StoreError;
use super::rows::{self, Reads, Span};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{Message, MessageId, Version};

const NAME: &str = "version of a message";

#[derive(Serialize, Deserialize)]
struct VersionV1 {
    at: u64,
    /// Length of the whole body in bytes.
    body_len: u32,
    /// The first bytes of the body.
    #[serde(with = "body::bytes")]
    head: Vec<u8>,
}

fn message_key(id: MessageId) -> Key {
    Key::new(Table::MessageHistory)
        .u64(id.conversation.0)
        .u64(id.seq.0)
}

fn version_key(id: MessageId, number: u16) -> Key {
    message_key(id).push(&number.to_be_bytes())
}

fn record_key(id: MessageId, number: u16) -> Key {
    version_key(id, number).push(&0_u16.to_be_bytes())
}

/// How often a message was changed.
pub fn count(reads: &dyn Reads, id: MessageId) -> Result<u16, StoreError> {
    let newest = Span::of(message_key(id)).backward();
    let newest = rows::collect(reads, &newest, 1, |key, _| {
        let number = key.get(17..19).and_then(|part| part.try_into().ok());
        let number = number.map(u16::from_be_bytes);
        number.ok_or_else(|| StoreError::corrupt(NAME, "its key is too short"))
    })?;
    Ok(newest.first().map_or(0, |number| number + 1))
}

/// The earlier versions of a message, oldest first.
pub fn all(reads: &dyn Reads, id: MessageId) -> Result<Vec<Version>, StoreError> {
    (0..count(reads, id)?)
        .map(|number| load(reads, id, number))
        .collect()
}

fn load(reads: &dyn Reads, id: MessageId, number: u16) -> Result<Version, StoreError> {
    let missing = || StoreError::corrupt(NAME, "it is missing");
    let value = reads.get(&record_key(id, number))?.ok_or_else(missing)?;
    let row: VersionV1 = match value.split_first() {
        Some((1, body)) => codec::unpack(NAME, body)?,
        Some((version, _)) => return codec::unknown_version(NAME, *version),
        None => return Err(StoreError::corrupt(NAME, "it is empty")),
    };
    let parts = Span::of(version_key(id, number)).after(Some(record_key(id, number)));
    let body = body::join(reads, row.head, row.body_len, &parts)?;
    Ok(Version {
        content: String::from_utf8(body)
            .map_err(|_| StoreError::corrupt(NAME, "its body is not text"))?,
        at: Timestamp(row.at),
    })
}

/// Keeps what a message says until now.
pub(super) fn keep(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    let number = count(changes, message.id)?;
    let (head, rest) = body::split(message.content.as_bytes());
    let row = VersionV1 {
        at: message.changed_at().0,
        body_len: u32::try_from(message.content.len()).unwrap_or(u32::MAX),
        head: head.to_vec(),
    };
    changes.add(record_key(message.id, number), codec::pack(NAME, 1, &row)?);
    for part in body::parts(version_key(message.id, number), 1, rest) {
        let (key, value) = part?;
        changes.add(key, value);
    }
    Ok(())
}

/// Erases all earlier versions of a message.
pub(super) fn erase(changes: &mut Changes<'_>, id: MessageId) -> Result<(), StoreError> {
    body::remove(changes, message_key(id))
}
