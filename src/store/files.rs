//! Files: the tables `Files`, `LooseFiles`, `ConversationFiles`, `BlobRefs`, `FileUsage`,
//! `FileQuotas`.
//!
//! What is known of each, what holds it, and how often each content is needed. The contents
//! themselves are the blobs', which this room does not know.

use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at, u128_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::file::ContentHash;
use crate::model::{
    AvatarOf, ConversationId, File, FileClass, FileId, FileUse, Message, Seq, UserId,
};

fn key(file: FileId) -> Key {
    Key::new(Table::Files).u128(file.0)
}

fn loose_key(file: &File) -> Key {
    Key::new(Table::LooseFiles)
        .u64(file.created_at.0)
        .u128(file.id.0)
}

fn refs_key(hash: &ContentHash) -> Key {
    Key::new(Table::BlobRefs).push(hash)
}

fn usage_key(user: UserId) -> Key {
    Key::new(Table::FileUsage).u64(user.0)
}

fn quota_key(user: UserId) -> Key {
    Key::new(Table::FileQuotas).u64(user.0)
}

/// A class in a key. Never used for another one.
const fn class_byte(class: FileClass) -> u8 {
    match class {
        FileClass::Image => 0,
        FileClass::Video => 1,
        FileClass::Audio => 2,
        FileClass::File => 3,
    }
}

fn sent_prefix(conversation: ConversationId, class: FileClass) -> Key {
    Key::new(Table::ConversationFiles)
        .u64(conversation.0)
        .push(&[class_byte(class)])
}

/// Where a file stands in its conversation: its message, and its place in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SentPlace {
    /// The message's position.
    pub seq: Seq,
    /// 0, 1, 2 …
    pub index: u8,
}

fn sent_key(conversation: ConversationId, class: FileClass, place: SentPlace) -> Key {
    sent_prefix(conversation, class)
        .u64(place.seq.0)
        .push(&[place.index])
}

/// The file with this id.
pub fn find(reads: &dyn Reads, file: FileId) -> Result<Option<File>, StoreError> {
    rows::find(reads, &key(file))
}

/// The bytes of all files of a person.
pub fn usage(reads: &dyn Reads, user: UserId) -> Result<u64, StoreError> {
    match reads.get(&usage_key(user))? {
        Some(bytes) => u64_at("file usage", &bytes, 0),
        None => Ok(0),
    }
}

/// What a person may keep, in bytes, if that is not what everybody may.
pub fn quota(reads: &dyn Reads, user: UserId) -> Result<Option<u64>, StoreError> {
    let found = reads.get(&quota_key(user))?;
    found
        .map(|bytes| u64_at("limit of a person", &bytes, 0))
        .transpose()
}

/// Gives a person a limit of their own, or everybody's.
pub(super) fn set_quota(
    changes: &mut Changes<'_>,
    user: UserId,
    bytes: Option<u64>,
) -> Result<(), StoreError> {
    changes.set(
        quota_key(user),
        bytes.map(|bytes| bytes.to_be_bytes().to_vec()),
    )
}

/// Whether some file needs this content.
pub fn is_needed(reads: &dyn Reads, hash: &ContentHash) -> Result<bool, StoreError> {
    Ok(refs(reads, hash)? > 0)
}

fn refs(reads: &dyn Reads, hash: &ContentHash) -> Result<u64, StoreError> {
    match reads.get(&refs_key(hash))? {
        Some(count) => u64_at("count of a content", &count, 0),
        None => Ok(0),
    }
}

/// At most `limit` files that nothing holds and that were complete before `before`, the oldest
/// first.
pub fn loose_before(
    reads: &dyn Reads,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<FileId>, StoreError> {
    let mut span = Span::of(Key::new(Table::LooseFiles));
    span.to = Key::new(Table::LooseFiles).u64(before.0);
    rows::collect(reads, &span, limit, |key, _| {
        u128_at("loose file", key, 9).map(FileId)
    })
}

/// The newest `limit` files of these classes in a conversation, before a place if one is given;
/// newest first, each with its place.
pub fn sent_before(
    reads: &dyn Reads,
    conversation: ConversationId,
    classes: &[FileClass],
    before: Option<SentPlace>,
    limit: usize,
) -> Result<Vec<(SentPlace, FileId)>, StoreError> {
    let mut found = Vec::new();
    for class in classes {
        let mut span = Span::of(sent_prefix(conversation, *class)).backward();
        if let Some(place) = before {
            span.to = sent_key(conversation, *class, place);
        }
        found.extend(rows::collect(reads, &span, limit, |key, value| {
            let place = SentPlace {
                seq: Seq(u64_at("sent file", key, 10)?),
                index: key.get(18).copied().unwrap_or_default(),
            };
            Ok((place, FileId(u128_at("sent file", value, 0)?)))
        })?);
    }
    found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    found.truncate(limit);
    Ok(found)
}

/// The hashes of contents that some file needs: `limit` of them at most, those above `after`.
pub(super) fn needed(
    reads: &dyn Reads,
    after: Option<ContentHash>,
    limit: usize,
) -> Result<Vec<ContentHash>, StoreError> {
    let after = after.map(|hash| refs_key(&hash));
    let span = Span::of(Key::new(Table::BlobRefs)).after(after);
    rows::collect(reads, &span, limit, |key, _| {
        let hash = key.get(1..).and_then(|hash| hash.try_into().ok());
        hash.ok_or_else(|| StoreError::corrupt("count of a content", "its key is no hash"))
    })
}

/// Every file, in the order of the ids, from behind `after`: for checks and exports.
pub fn page(
    reads: &dyn Reads,
    after: Option<FileId>,
    limit: usize,
) -> Result<Vec<File>, StoreError> {
    let span = Span::of(Key::new(Table::Files)).after(after.map(key));
    rows::collect(reads, &span, limit, |_, value| super::codec::decode(value))
}

/// Whether the other tables say of a file what it says itself.
pub(super) fn is_true(reads: &dyn Reads, file: &File) -> Result<bool, StoreError> {
    for hash in file.hashes() {
        if !is_needed(reads, hash)? {
            return Ok(false);
        }
    }
    let listed = reads.get(&loose_key(file))?.is_some();
    Ok(listed == (file.used == FileUse::Unattached))
}

/// Adds a file that nothing holds yet, and counts it.
pub(super) fn add(changes: &mut Changes<'_>, file: &File) -> Result<(), StoreError> {
    if find(changes, file.id)?.is_some() {
        return Err(StoreError::Contradiction("the file exists already"));
    }
    if file.used != FileUse::Unattached {
        return Err(StoreError::Contradiction("a new file is held already"));
    }
    for hash in file.hashes() {
        count(changes, hash, |refs| refs.saturating_add(1))?;
    }
    weigh(changes, file.owner, |used| {
        used.saturating_add(file.weight())
    })?;
    changes.set(loose_key(file), Some(Vec::new()))?;
    changes.put(key(file.id), file)
}

/// Gives a message its files: each was held by nothing.
pub(super) fn attach(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    let conversation = message.id.conversation;
    for (index, id) in message.attachments.iter().enumerate() {
        let Some(index) = u8::try_from(index).ok() else {
            return Err(StoreError::Contradiction("a message has too many files"));
        };
        let file = hold(changes, *id, FileUse::Message(message.id))?;
        let seq = message.id.seq;
        let place = sent_key(conversation, file.class, SentPlace { seq, index });
        changes.set(place, Some(id.0.to_be_bytes().to_vec()))?;
    }
    Ok(())
}

/// Makes a picture somebody's face: it was held by nothing.
pub(super) fn show(
    changes: &mut Changes<'_>,
    file: FileId,
    of: AvatarOf,
) -> Result<(), StoreError> {
    hold(changes, file, FileUse::Avatar(of)).map(drop)
}

/// Removes the files of a message that is taken back.
pub(super) fn detach(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    let conversation = message.id.conversation;
    for (index, id) in message.attachments.iter().enumerate() {
        let file = release(changes, *id)?;
        let seq = message.id.seq;
        let index = u8::try_from(index).unwrap_or(u8::MAX);
        let place = sent_key(conversation, file.class, SentPlace { seq, index });
        changes.set(place, None)?;
    }
    Ok(())
}

/// Removes a file that nothing holds.
pub(super) fn remove_loose(changes: &mut Changes<'_>, file: FileId) -> Result<(), StoreError> {
    match require(changes, file)?.used {
        FileUse::Unattached => release(changes, file).map(drop),
        _ => Err(StoreError::Contradiction("something holds the file")),
    }
}

/// Removes a file, whatever held it, and gives what it was. Its contents go when nothing else
/// needs them.
pub(super) fn release(changes: &mut Changes<'_>, file: FileId) -> Result<File, StoreError> {
    let file = require(changes, file)?;
    for hash in file.hashes() {
        count(changes, hash, |refs| refs.saturating_sub(1))?;
    }
    weigh(changes, file.owner, |used| {
        used.saturating_sub(file.weight())
    })?;
    changes.set(loose_key(&file), None)?;
    changes.set(key(file.id), None)?;
    Ok(file)
}

fn hold(changes: &mut Changes<'_>, file: FileId, used: FileUse) -> Result<File, StoreError> {
    let mut file = require(changes, file)?;
    if file.used != FileUse::Unattached {
        return Err(StoreError::Contradiction("the file is held already"));
    }
    changes.set(loose_key(&file), None)?;
    file.used = used;
    changes.put(key(file.id), &file)?;
    Ok(file)
}

fn require(reads: &dyn Reads, file: FileId) -> Result<File, StoreError> {
    find(reads, file)?.ok_or(StoreError::Contradiction("the file is not there"))
}

fn count(
    changes: &mut Changes<'_>,
    hash: &ContentHash,
    change: impl FnOnce(u64) -> u64,
) -> Result<(), StoreError> {
    let refs = change(refs(changes, hash)?);
    let value = (refs > 0).then(|| refs.to_be_bytes().to_vec());
    changes.set(refs_key(hash), value)
}

fn weigh(
    changes: &mut Changes<'_>,
    user: UserId,
    change: impl FnOnce(u64) -> u64,
) -> Result<(), StoreError> {
    let bytes = change(usage(changes, user)?);
    let value = (bytes > 0).then(|| bytes.to_be_bytes().to_vec());
    changes.set(usage_key(user), value)
}
