//! Messages: the tables `Messages`, `MessageParts`, `ClientIds`.
//!
//! A body may be longer than a row may be, and older rows are in `pages`; readers see one message.

use serde::{Deserialize, Serialize};

use super::body;
use super::codec;
use super::error::StoreError;
use super::mentions;
use super::pages::{self, Placed};
use super::rows::{self, Reads, Rows, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::base::clock::Timestamp;
use crate::model::{
    ClientId, Conversation, ConversationId, FileId, Mentions, Message, MessageId, MessageKind, Seq,
    UserId,
};

const NAME: &str = "message";

/// How many files one message may carry, so that its row stays small.
const MAX_ATTACHMENTS: usize = 32;

/// How many of a conversation's newest messages always have rows of their own. Twice as many may.
const OWN_ROWS: usize = 128;

/// How many messages go into pages at once.
const PACKED_AT_ONCE: usize = 256;

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
    mentions: Vec<u64>,
    mentions_all: bool,
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
    let row = row(reads, id)?;
    row.map(|row| complete(reads, id, decode(&row)?))
        .transpose()
}

/// The row of a message, wherever it is.
fn row(reads: &dyn Reads, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
    match reads.get(&key(id))? {
        Some(row) => Ok(Some(row)),
        None => pages::find(reads, id),
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
    let mut rows = rows::collect(reads, &span, limit, placed)?;
    if rows.len() < limit {
        let oldest = rows.last().map(|(seq, _)| *seq).or(before);
        rows.extend(pages::before(
            reads,
            conversation,
            oldest,
            limit - rows.len(),
        )?);
    }
    rows.reverse();
    complete_all(reads, conversation, &rows)
}

/// The `limit` messages after `after`, oldest first.
pub fn after(
    reads: &dyn Reads,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let mut rows: Vec<Placed> = Vec::new();
    while rows.len() < limit {
        let last = rows.last().map_or(after, |(seq, _)| *seq);
        let more = follow(reads, conversation, last, limit - rows.len())?;
        if more.is_empty() {
            break;
        }
        rows.extend(more);
    }
    complete_all(reads, conversation, &rows)
}

/// Some of the rows right after a position, at most `limit` and without a gap; none at the end.
fn follow(
    reads: &dyn Reads,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Placed>, StoreError> {
    let seq = after.next();
    let next = MessageId { conversation, seq };
    if reads.get(&key(next))?.is_none() {
        return pages::after(reads, conversation, after, limit);
    }
    let mut span = Span::of(conversation_key(conversation));
    span.from = key(next);
    let mut rows = rows::collect(reads, &span, limit, placed)?;
    // Meanwhile some may have moved into pages.
    let expected = (seq.0..).map(Seq);
    let in_order = rows
        .iter()
        .zip(expected)
        .take_while(|(row, seq)| row.0 == *seq);
    rows.truncate(in_order.count());
    if rows.is_empty() {
        return pages::after(reads, conversation, after, limit);
    }
    Ok(rows)
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
    mentions::add(changes, message)?;
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
    mentions::remove(changes, &before)?;
    mentions::add(changes, message)?;
    body::remove(changes, parts_key(message.id))?;
    let own = key(message.id);
    let is_in_page = changes.get(&own)?.is_none();
    for (key, value) in rows_of(message)? {
        if is_in_page && key == own {
            pages::replace(changes, message.id, value)?;
        } else {
            changes.set(key, Some(value))?;
        }
    }
    Ok(before)
}

/// The newest positions whose messages have rows of their own, newest first.
pub(super) fn newest_own(
    reads: &dyn Reads,
    conversation: ConversationId,
    limit: usize,
) -> Result<Vec<Seq>, StoreError> {
    let span = Span::of(conversation_key(conversation)).backward();
    rows::collect(reads, &span, limit, |key, _| u64_at(NAME, key, 9).map(Seq))
}

/// Removes a message's own row, if it has one, and those of its parts.
pub(super) fn remove_rows(changes: &mut Changes<'_>, id: MessageId) -> Result<(), StoreError> {
    body::remove(changes, parts_key(id))?;
    changes.set(key(id), None)
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
    let Some(row) = row(changes, id)? else {
        return Ok(());
    };
    let row = decode(&row)?;
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
        mentions: message.mentions.users.iter().map(|user| user.0).collect(),
        mentions_all: message.mentions.all,
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

/// Moves the oldest messages that have rows of their own into pages, if there are enough of them.
/// Returns whether there were; then more may be left.
pub(super) fn pack(
    changes: &mut Changes<'_>,
    conversation: &Conversation,
) -> Result<bool, StoreError> {
    let span = Span::of(conversation_key(conversation.id));
    let oldest = rows::collect(changes, &span, 1, |key, _| u64_at(NAME, key, 9))?;
    let Some(oldest) = oldest.first() else {
        return Ok(false);
    };
    let own = usize::try_from(conversation.last_seq.0 + 1 - oldest).unwrap_or(usize::MAX);
    if own < 2 * OWN_ROWS {
        return Ok(false);
    }
    let rows = rows::collect(changes, &span, (own - OWN_ROWS).min(PACKED_AT_ONCE), placed)?;
    let seqs: Vec<Seq> = rows.iter().map(|(seq, _)| *seq).collect();
    let went = pages::add(changes, conversation.id, rows)?;
    for &seq in &seqs[..went] {
        let conversation = conversation.id;
        changes.set(key(MessageId { conversation, seq }), None)?;
    }
    Ok(went > 0)
}

/// What a scan of message rows gives.
fn placed(key: &[u8], row: &[u8]) -> Result<Placed, StoreError> {
    Ok((Seq(u64_at(NAME, key, 9)?), row.to_vec()))
}

/// Makes messages of rows.
fn complete_all(
    reads: &dyn Reads,
    conversation: ConversationId,
    rows: &[Placed],
) -> Result<Vec<Message>, StoreError> {
    let message = |(seq, row): &Placed| {
        let seq = *seq;
        complete(reads, MessageId { conversation, seq }, decode(row)?)
    };
    rows.iter().map(message).collect()
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
        mentions: Mentions {
            users: row.mentions.into_iter().map(UserId).collect(),
            all: row.mentions_all,
        },
        client_id: row.client_id.map(ClientId),
        reply_to: row.reply_to.map(Seq),
        sealed,
        created_at: Timestamp(row.created_at),
        edited_at: row.edited_at.map(Timestamp),
        deleted_at: row.deleted_at.map(Timestamp),
    })
}
