//! Messages: the tables `Messages`, `MessageParts`, `ClientIds`.
//!
//! A body may be longer than a row may be; readers see one message.

use serde::{Deserialize, Serialize};

use super::body;
use super::codec;
use super::error::StoreError;
use super::rows::{self, Reads, Rows, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{
    ClientId, ConversationId, FileId, Message, MessageId, MessageKind, Seq, UserId,
};

const NAME: &str = "message";

/// How many files one message may carry, so that its row stays small.
const MAX_ATTACHMENTS: usize = 32;

#[derive(Serialize, Deserialize)]
struct MessageV1 {
    sender: u64,
    kind: u8,
    /// Whether the body is sealed bytes rather than text.
    sealed: bool,
    /// Length of the whole body in bytes.
    body_len: u32,
    /// The first bytes of the body.
    #[serde(with = "body::bytes")]
    head: Vec<u8>,
    attachments: Vec<u128>,
    client_id: Option<String>,
    reply_to: Option<u64>,
    created_at: u64,
    edited_at: Option<u64>,
    deleted_at: Option<u64>,
}

fn conversation_key(conversation: ConversationId) -> Key {
    Key::new(Table::Messages).u64(conversation.0)
}

fn key(id: MessageId) -> Key {
    conversation_key(id.conversation).u64(id.seq.0)
}

fn parts_key(id: MessageId) -> Key {
    Key::new(Table::MessageParts)
        .u64(id.conversation.0)
        .u64(id.seq.0)
}

fn client_id_key(sender: UserId, client_id: &ClientId) -> Key {
    Key::new(Table::ClientIds).u64(sender.0).text(&client_id.0)
}

/// The message with this id.
pub fn find(reads: &dyn Reads, id: MessageId) -> Result<Option<Message>, StoreError> {
    match reads.get(&key(id))? {
        Some(value) => load(reads, id, &value).map(Some),
        None => Ok(None),
    }
}

/// The `limit` messages before `before`, or the newest ones without it; oldest first.
pub fn before(
    reads: &dyn Reads,
    conversation: ConversationId,
    before: Option<Seq>,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let mut span = Span::of(conversation_key(conversation)).backward();
    if let Some(seq) = before {
        span.to = key(MessageId { conversation, seq });
    }
    let mut messages = load_all(reads, &span, limit)?;
    messages.reverse();
    Ok(messages)
}

/// The `limit` messages after `after`, oldest first.
pub fn after(
    reads: &dyn Reads,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let after = key(MessageId {
        conversation,
        seq: after,
    });
    let span = Span::of(conversation_key(conversation)).after(Some(after));
    load_all(reads, &span, limit)
}

/// The message at `seq` with about as many before as after it, `limit` in all, oldest first.
pub fn around(
    reads: &dyn Reads,
    conversation: ConversationId,
    seq: Seq,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let mut messages = before(reads, conversation, Some(seq), limit / 2)?;
    let rest = limit.saturating_sub(messages.len());
    let from = Seq(seq.0.saturating_sub(1));
    messages.extend(after(reads, conversation, from, rest)?);
    if messages.len() < limit
        && let Some(first) = messages.first()
    {
        let missing = limit - messages.len();
        let mut older = before(reads, conversation, Some(first.id.seq), missing)?;
        older.append(&mut messages);
        messages = older;
    }
    Ok(messages)
}

/// The message that this sender already sent under this name of theirs. Known for as long as
/// the log keeps its event.
pub fn by_client_id(
    reads: &dyn Reads,
    sender: UserId,
    client_id: &ClientId,
) -> Result<Option<MessageId>, StoreError> {
    let Some(value) = reads.get(&client_id_key(sender, client_id))? else {
        return Ok(None);
    };
    Ok(Some(MessageId {
        conversation: ConversationId(u64_at("client id", &value, 0)?),
        seq: Seq(u64_at("client id", &value, 8)?),
    }))
}

/// Adds a message, its parts and the row by which it is known to its sender.
pub(super) fn add(changes: &mut Changes<'_>, message: &Message) -> Result<(), StoreError> {
    for (key, value) in rows_of(message)? {
        changes.add(key, value);
    }
    if let Some(client_id) = &message.client_id {
        let mut place = Vec::with_capacity(16);
        place.extend_from_slice(&message.id.conversation.0.to_be_bytes());
        place.extend_from_slice(&message.id.seq.0.to_be_bytes());
        changes.set(client_id_key(message.sender, client_id), Some(place))?;
    }
    Ok(())
}

/// Puts a message in the place of what it was before, and returns that. One that was deleted
/// stays so. The row by which its sender knows it stays too: sent again, it is not sent twice.
pub(super) fn replace(changes: &mut Changes<'_>, message: &Message) -> Result<Message, StoreError> {
    let before = find(changes, message.id)?
        .filter(|before| before.deleted_at.is_none())
        .ok_or(StoreError::Contradiction("the message is not there"))?;
    body::remove(changes, parts_key(message.id))?;
    for (key, value) in rows_of(message)? {
        changes.set(key, Some(value))?;
    }
    Ok(before)
}

/// The row of a message and those of its parts.
fn rows_of(message: &Message) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
    if message.attachments.len() > MAX_ATTACHMENTS {
        return Err(StoreError::TooLarge {
            record: "list of attachments",
            len: message.attachments.len(),
            limit: MAX_ATTACHMENTS,
        });
    }
    let body = message
        .sealed
        .as_deref()
        .unwrap_or(message.content.as_bytes());
    let (head, rest) = body::split(body);
    let mut rows = vec![(key(message.id), encode(message, body.len(), head)?)];
    for part in body::parts(parts_key(message.id), 0, rest) {
        rows.push(part?);
    }
    Ok(rows)
}

/// Forgets the sender's own name for a message, if it still means this message.
pub(super) fn forget_client_id(changes: &mut Changes<'_>, id: MessageId) -> Result<(), StoreError> {
    let Some(value) = changes.get(&key(id))? else {
        return Ok(());
    };
    let row = decode(&value)?;
    if let Some(client_id) = row.client_id.map(ClientId) {
        let sender = UserId(row.sender);
        if by_client_id(changes, sender, &client_id)? == Some(id) {
            changes.set(client_id_key(sender, &client_id), None)?;
        }
    }
    Ok(())
}

fn encode(message: &Message, body_len: usize, head: &[u8]) -> Result<Vec<u8>, StoreError> {
    let row = MessageV1 {
        sender: message.sender.0,
        kind: match message.kind {
            MessageKind::Text => 0,
            MessageKind::Image => 1,
            MessageKind::File => 2,
        },
        sealed: message.sealed.is_some(),
        body_len: u32::try_from(body_len).unwrap_or(u32::MAX),
        head: head.to_vec(),
        attachments: message.attachments.iter().map(|file| file.0).collect(),
        client_id: message.client_id.as_ref().map(|id| id.0.clone()),
        reply_to: message.reply_to.map(|seq| seq.0),
        created_at: message.created_at.0,
        edited_at: message.edited_at.map(|at| at.0),
        deleted_at: message.deleted_at.map(|at| at.0),
    };
    codec::pack(NAME, 1, &row)
}

fn decode(value: &[u8]) -> Result<MessageV1, StoreError> {
    match value.split_first() {
        Some((1, body)) => codec::unpack(NAME, body),
        Some((version, _)) => codec::unknown_version(NAME, *version),
        None => Err(StoreError::corrupt(NAME, "it is empty")),
    }
}

/// Reads the messages of a range, then the parts of those that have some.
fn load_all(reads: &dyn Reads, span: &Span, limit: usize) -> Result<Vec<Message>, StoreError> {
    let rows = rows::collect(reads, span, limit, |key, value| {
        let id = MessageId {
            conversation: ConversationId(u64_at(NAME, key, 1)?),
            seq: Seq(u64_at(NAME, key, 9)?),
        };
        Ok((id, decode(value)?))
    })?;
    rows.into_iter()
        .map(|(id, row)| complete(reads, id, row))
        .collect()
}

fn load(reads: &dyn Reads, id: MessageId, value: &[u8]) -> Result<Message, StoreError> {
    complete(reads, id, decode(value)?)
}

/// Puts a message together from its row and its part rows.
fn complete(reads: &dyn Reads, id: MessageId, row: MessageV1) -> Result<Message, StoreError> {
    let body = body::join(reads, row.head, row.body_len, &Span::of(parts_key(id)))?;
    let (content, sealed) = if row.sealed {
        (String::new(), Some(body))
    } else {
        let text = String::from_utf8(body)
            .map_err(|_| StoreError::corrupt(NAME, "its body is not text"))?;
        (text, None)
    };
    Ok(Message {
        id,
        sender: UserId(row.sender),
        kind: match row.kind {
            0 => MessageKind::Text,
            1 => MessageKind::Image,
            2 => MessageKind::File,
            _ => return Err(StoreError::corrupt(NAME, "its kind is not known")),
        },
        content,
        attachments: row.attachments.into_iter().map(FileId).collect(),
        client_id: row.client_id.map(ClientId),
        reply_to: row.reply_to.map(Seq),
        sealed,
        created_at: Timestamp(row.created_at),
        edited_at: row.edited_at.map(Timestamp),
        deleted_at: row.deleted_at.map(Timestamp),
    })
}
