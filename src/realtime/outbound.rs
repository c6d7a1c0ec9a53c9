//! What the server says, encoded: one function per event.
//!
//! The last argument of a durable event is its offset, and no other event may end in a string:
//! the stock client would take it for one.

use serde::Serialize;
use ts_rs::TS;

use super::answer::Failure;
use super::names;
use crate::base::clock::{Timestamp, iso, iso_option};
use crate::engine::{Event, EventBuilder};
use crate::model::ids::{ConversationId, MessageId, Offset, SessionId, UserId};
use crate::model::view::{DraftView, MessageView, SenderView};
use crate::model::{OwnSettings, Session};

/// Starts an event with one argument. All arguments are our own plain structs, so encoding them
/// fails only if one of them is broken; then clients get `null`, and the log says so.
fn with(name: &str, arg: &impl Serialize) -> EventBuilder {
    let json = serde_json::to_string(arg).unwrap_or_else(|error| {
        tracing::error!("{name} could not be encoded: {error}");
        "null".to_owned()
    });
    Event::named(name).json(&json)
}

/// Adds the offset as the last argument, and the place in the log's order.
fn durable(event: EventBuilder, offset: Offset) -> Event {
    event
        .json(&format!("\"{offset}\""))
        .sequence(offset.seq.0)
        .build()
}

/// The greeting after CONNECT.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SessionGreeting")]
pub(super) struct Greeting<'a> {
    #[ts(type = "string")]
    pub user_id: UserId,
    pub username: &'a str,
    pub server_name: &'a str,
    pub recovered: bool,
    #[ts(type = "number")]
    pub head: u64,
}

pub(super) fn session(greeting: &Greeting<'_>, offset: Offset) -> Event {
    with(names::SESSION, greeting)
        .json(&format!("\"{offset}\""))
        .build()
}

pub(super) fn new_message(message: &MessageView, offset: Offset) -> Event {
    durable(with(names::NEW_MESSAGE, message), offset)
}

pub(super) fn message_updated(message: &MessageView, offset: Offset) -> Event {
    durable(with(names::MESSAGE_UPDATED, message), offset)
}

pub(super) fn message_sent(message: &MessageView) -> Event {
    with(names::MESSAGE_SENT, message).build()
}

pub(super) fn message_error(failure: &Failure) -> Event {
    with(names::MESSAGE_ERROR, failure).build()
}

/// Somebody has read up to a message.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "MessageReadData")]
struct Receipt {
    #[ts(type = "string")]
    conversation_id: ConversationId,
    #[ts(type = "string")]
    message_id: MessageId,
    #[ts(type = "string")]
    user_id: UserId,
    #[serde(with = "iso")]
    #[ts(type = "string")]
    read_at: Timestamp,
    #[ts(type = "number")]
    seq: u64,
}

pub(super) fn message_read(
    message: MessageId,
    user: UserId,
    at: Timestamp,
    offset: Offset,
) -> Event {
    let read = Receipt {
        conversation_id: message.conversation,
        message_id: message,
        user_id: user,
        read_at: at,
        seq: message.seq.0,
    };
    durable(with(names::MESSAGE_READ, &read), offset)
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "TypingData")]
struct Typing<'a> {
    #[ts(type = "string")]
    conversation_id: ConversationId,
    #[ts(type = "string")]
    user_id: UserId,
    user_name: &'a str,
}

/// Somebody types (`on`), or stopped. To a slow reader only the newest of the two goes out.
pub(super) fn typing(
    conversation: ConversationId,
    user: UserId,
    user_name: &str,
    on: bool,
) -> Event {
    let name = if on {
        names::USER_TYPING
    } else {
        names::USER_STOP_TYPING
    };
    let typing = Typing {
        conversation_id: conversation,
        user_id: user,
        user_name,
    };
    with(name, &typing)
        .replacing(key(1, conversation.0 ^ user.0.rotate_left(32)))
        .build()
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "UserStatus")]
struct Presence {
    #[ts(type = "string")]
    user_id: UserId,
    #[ts(type = "\"online\" | \"offline\"")]
    status: &'static str,
    is_online: bool,
    #[serde(with = "iso_option")]
    #[ts(type = "string | null")]
    last_seen: Option<Timestamp>,
}

/// Somebody came or went. To a slow reader only the newest goes out.
pub(super) fn user_status(user: UserId, online: bool, last_seen: Option<Timestamp>) -> Event {
    let status = if online { "online" } else { "offline" };
    let status = Presence {
        user_id: user,
        status,
        is_online: online,
        last_seen,
    };
    with(names::USER_STATUS, &status)
        .replacing(key(2, user.0))
        .build()
}

/// Somebody goes by another name now.
pub(super) fn user_updated(user: &SenderView) -> Event {
    with(names::USER_UPDATED, user)
        .replacing(key(3, user.id.0))
        .build()
}

/// Names what a volatile event is about, so that a newer one replaces an unsent older one.
fn key(kind: u64, about: u64) -> u64 {
    (about ^ kind)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(kind)
}

/// Why a conversation's state is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(rename = "UpdateReason")]
pub(super) enum Reason {
    Message,
    Members,
    Renamed,
    Created,
    /// It was archived for everybody, or opened again.
    Archived,
}

/// The newest state of a conversation, the same for all members.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ConversationUpdate")]
pub(super) struct Update {
    #[ts(type = "string")]
    pub conversation_id: ConversationId,
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar_url: Option<String>,
    pub is_group: bool,
    #[ts(type = "number")]
    pub last_seq: u64,
    pub last_message: Option<MessageView>,
    #[serde(with = "iso")]
    #[ts(type = "string")]
    pub updated_at: Timestamp,
    pub member_count: u32,
    pub read_only: bool,
    pub reason: Reason,
}

/// It tells the state after `offset`, whichever event it was that changed it.
pub(super) fn conversation_updated(update: &Update, offset: Offset) -> Event {
    durable(with(names::CONVERSATION_UPDATED, update), offset)
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "OwnReadUpdate")]
struct OwnRead {
    #[ts(type = "string")]
    conversation_id: ConversationId,
    #[ts(type = "number")]
    last_read_seq: u64,
    #[ts(type = "\"read\"")]
    reason: &'static str,
}

/// To a reader's own sockets: how far they have read by now, on whichever device.
pub(super) fn own_read(conversation: ConversationId, seq: u64, offset: Offset) -> Event {
    let read = OwnRead {
        conversation_id: conversation,
        last_read_seq: seq,
        reason: "read",
    };
    durable(with(names::CONVERSATION_UPDATED, &read), offset)
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "OwnSettingsUpdate")]
struct Settled {
    #[ts(type = "string")]
    conversation_id: ConversationId,
    muted: bool,
    pinned: bool,
    archived: bool,
    #[ts(type = "\"settings\"")]
    reason: &'static str,
}

/// To a person's own sockets: what they settled about a conversation.
pub(super) fn own_settings(
    conversation: ConversationId,
    own: OwnSettings,
    offset: Offset,
) -> Event {
    let settled = Settled {
        conversation_id: conversation,
        muted: own.muted,
        pinned: own.pinned,
        archived: own.archived_at.is_some(),
        reason: "settings",
    };
    durable(with(names::CONVERSATION_UPDATED, &settled), offset)
}

/// To a person's own sockets: what they began to write. To a slow reader only the newest goes out.
pub(super) fn draft_updated(draft: &DraftView) -> Event {
    with(names::DRAFT_UPDATED, draft)
        .replacing(key(4, draft.conversation_id.0))
        .build()
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ConversationRemoved")]
struct Removed {
    #[ts(type = "string")]
    conversation_id: ConversationId,
    #[ts(type = "\"removed\" | \"left\" | \"deleted\"")]
    reason: &'static str,
}

/// To a person who was removed by somebody, left, or whose group was deleted: forget this conversation.
pub(super) fn conversation_removed(
    conversation: ConversationId,
    user: UserId,
    by: Option<UserId>,
    offset: Offset,
) -> Event {
    let reason = match by {
        None => "deleted",
        Some(by) if by == user => "left",
        Some(_) => "removed",
    };
    let removed = Removed {
        conversation_id: conversation,
        reason,
    };
    durable(with(names::CONVERSATION_REMOVED, &removed), offset)
}

#[derive(Serialize, TS)]
#[ts(rename = "ServerState")]
struct ServerState {
    writable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "\"storage_full\"")]
    reason: Option<&'static str>,
}

/// Whether anything can be stored, or why not. To a slow reader only the newest goes out.
pub(super) fn server_state(writable: bool) -> Event {
    let reason = (!writable).then_some("storage_full");
    with(names::SERVER_STATE, &ServerState { writable, reason })
        .replacing(key(5, 0))
        .build()
}

#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SessionStarted")]
struct Started<'a> {
    #[ts(type = "string")]
    session_id: SessionId,
    /// The client's own description.
    user_agent: &'a str,
    /// The address that signed in.
    address: &'a str,
    #[serde(with = "iso")]
    #[ts(type = "string")]
    created_at: Timestamp,
}

/// Somebody signed in on a further device.
pub(super) fn session_started(session: &Session) -> Event {
    let started = Started {
        session_id: session.id,
        user_agent: &session.user_agent,
        address: &session.address,
        created_at: session.created_at,
    };
    with(names::SESSION_STARTED, &started).build()
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    SignedOut,
    Elsewhere,
    Disabled,
    PasswordChanged,
}

#[derive(Serialize, TS)]
#[ts(rename = "SessionEnded")]
struct Ended {
    code: &'static str,
    message: &'static str,
}

pub(super) fn session_ended(end: End) -> Event {
    let (code, message) = match end {
        End::SignedOut => (
            "signed_out",
            "You are signed out here. Please sign in again.",
        ),
        End::Elsewhere => (
            "session_ended",
            "This device was signed out from another one. Please sign in again.",
        ),
        End::Disabled => (
            "disabled",
            "Your account was disabled. Please ask an administrator.",
        ),
        End::PasswordChanged => (
            "password_changed",
            "Your password was changed. Please sign in again.",
        ),
    };
    with(names::SESSION_ENDED, &Ended { code, message }).build()
}

/// The shapes of the server's events, in `TypeScript`.
pub(super) fn typescript() -> Vec<String> {
    vec![
        Greeting::decl(),
        Receipt::decl(),
        Typing::decl(),
        Presence::decl(),
        Reason::decl(),
        Update::decl(),
        OwnRead::decl(),
        Settled::decl(),
        Removed::decl(),
        ServerState::decl(),
        Started::decl(),
        Ended::decl(),
        Failure::decl(),
    ]
}
