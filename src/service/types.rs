//! What goes in and out of the service: what is asked, who asks, what they get.
//!
//! No wire shapes: those of answers are in `model::view`, those of requests belong to the doors.

mod admin;

use std::net::IpAddr;
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, MessageId, Seq, SessionId, UserId};
use crate::model::view::{ConversationView, MessageView, UserView};
use crate::model::{Actor, Event, Invite, MemberRole, MessageKind};

pub use self::admin::*;

/// A signed-in person: what [`Service::authenticate`](super::Service::authenticate) makes of a
/// token. It says nothing about rights: those are looked up when something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Who.
    pub user: UserId,
    /// By which device.
    pub session: SessionId,
}

impl Caller {
    /// The caller as one who acts.
    pub fn actor(self) -> Actor {
        Actor::User {
            user: self.user,
            session: self.session,
        }
    }
}

/// The device that somebody signs in with.
#[derive(Clone, Debug)]
pub struct Device {
    /// The address it comes from, after the trusted-proxy rules.
    pub address: IpAddr,
    /// Its own description; cut after 200 characters.
    pub user_agent: String,
    /// The device cookie that an earlier sign-in issued ([`SignedIn::device_token`]).
    pub token: Option<String>,
}

/// An account to be made. All fields as typed.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// 1 to 32 characters; see `fields`.
    pub username: String,
    /// 1 to 64 characters; the username if it isn't given.
    pub display_name: Option<String>,
    /// 8 to 256 characters.
    pub password: String,
}

/// Somebody just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret of the new session: for the cookie, or as bearer token. Kept nowhere else.
    pub token: String,
    /// For a cookie that lives a year and is sent with the next sign-in: it keeps the throttle
    /// of strangers away from this device. It is no proof of anything else.
    pub device_token: String,
    /// The new session.
    pub caller: Caller,
    /// Who.
    pub user: UserView,
}

/// The first administrator came in.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The administrator's session.
    pub signed_in: SignedIn,
    /// "Everyone".
    pub conversation: ConversationView,
    /// A first invite to hand out.
    pub invite: Invite,
}

/// Somebody came in by an invite.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Their session.
    pub signed_in: SignedIn,
    /// Where the invite led: its group, else "Everyone".
    pub conversation: ConversationView,
}

/// What a setup link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetupState {
    /// Whether the server still waits for its first administrator.
    pub needed: bool,
    /// Whether it waits and the given link is the right one.
    pub valid: bool,
}

/// An invite to be made. What isn't given has the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewInvite {
    /// The group it leads to, besides "Everyone".
    pub conversation: Option<ConversationId>,
    /// 1 to 720; 168 if not given.
    pub expires_in_hours: Option<u32>,
    /// 1 to 1000; 10 if not given.
    pub max_uses: Option<u32>,
}

/// What somebody sees before they accept an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitePreview {
    /// The server's name.
    pub server_name: String,
    /// The display name of who made it.
    pub invited_by: String,
    /// The group's title, when it leads to one.
    pub conversation_title: Option<String>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// Why nobody comes in by it at the moment.
    pub obstacle: Option<InviteObstacle>,
}

/// What keeps people out who have an invite that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteObstacle {
    /// Its group is archived for everybody.
    ReadOnly,
    /// Its group has no room for more.
    Members,
    /// Nobody may make an account; who has one comes in.
    Registration,
}

/// A link by which somebody chooses a new password.
#[derive(Clone, PartialEq, Eq)]
pub struct NewResetLink {
    /// The secret in it, kept nowhere.
    pub code: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Whom a link is for: to a new password, or to sign a device in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPreview {
    /// The server's name.
    pub server_name: String,
    /// What they sign in with.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A code by which one further device is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct NewHandoff {
    /// The secret, kept nowhere.
    pub code: String,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// How long that is.
    pub works_for: Duration,
}

/// A conversation to be made. All fields as typed.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// 1 to 100 characters for a group; a direct conversation has none.
    pub title: Option<String>,
    /// Group or direct.
    pub is_group: bool,
    /// Usernames of the others: exactly one for a direct conversation, at most 200 for a group.
    pub members: Vec<String>,
}

/// What creating a conversation led to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// As its creator sees it.
    pub conversation: ConversationView,
    /// False when this pair had a direct conversation already, which this is.
    pub fresh: bool,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// What to ask with for the following part; `None` at the end. Opaque.
    pub next: Option<String>,
}

/// A message to be sent. All fields as typed; who sends is said by the session alone.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Where to.
    pub conversation: ConversationId,
    /// 1 to 8,000 characters, not blank; may be empty beside files.
    pub content: String,
    /// Follows from the files. Anything but [`MessageKind::Text`] without files is refused.
    pub kind: MessageKind,
    /// The ids of at most 10 finished uploads of the sender's own, each in one message only.
    pub attachments: Vec<String>,
    /// The sender's own name for it, 1 to 64 characters: sending it twice stores it once.
    pub client_id: Option<String>,
}

/// A message was stored.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The message, or the first one with the same client id.
    pub message: MessageView,
    /// False when it had been stored before.
    pub fresh: bool,
}

/// Where a page of messages is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageAt {
    /// The newest ones.
    Newest,
    /// The ones right before this position.
    Before(Seq),
    /// The ones right after this position.
    After(Seq),
    /// The ones on both sides of this position.
    Around(Seq),
}

/// A page of a conversation's history.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// Ask with [`PageAt::Before`] this for older ones; `None` when there are none.
    pub before: Option<Seq>,
    /// Ask with [`PageAt::After`] this for newer ones; `None` when the page ends at the newest.
    pub after: Option<Seq>,
}

/// What somebody changes about their own view of a conversation.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnChange {
    /// Make no noise.
    pub muted: Option<bool>,
    /// Keep it on top.
    pub pinned: Option<bool>,
    /// Put it away until something new is said in it.
    pub archived: Option<bool>,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadUpTo {
    /// Up to this position.
    Seq(Seq),
    /// Up to this message, which must be of the same conversation.
    Message(MessageId),
}

/// One open socket, named by its door; never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// What happens now and is kept nowhere. Lossy by contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Somebody started or stopped typing.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// Started or stopped.
        on: bool,
    },
    /// Somebody came or went.
    Presence {
        /// Who.
        user: UserId,
        /// Came or went.
        online: bool,
        /// When they went; `None` while they are here.
        last_seen: Option<Timestamp>,
    },
    /// Whether anything can be stored has changed: see [`Service::is_writable`](super::Service::is_writable).
    Writable,
}

/// Follows what was committed, event by event, in order, on the publisher's thread.
pub trait Follower: Send + Sync {
    /// Called once per commit group, before its commands are acknowledged. Must not block.
    fn committed(&self, events: &[Event]);
}

/// What the log holds after a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The events that follow, oldest first, as many as were asked for.
    Events(Vec<Event>),
    /// The position is too old: what followed it was trimmed.
    Trimmed,
}

/// A member as the doors need it to decide who hears what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Owner or member.
    pub role: MemberRole,
    /// Everything up to here they have read.
    pub last_read_seq: Seq,
}
