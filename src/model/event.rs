//! What happened. State changes only by applying events, and every reader follows them in order.

use super::account::{Account, Invite, ResetLink, Role, Session};
use super::conversation::{Conversation, Draft, Member, MemberRole, OwnSettings};
use super::file::{AvatarOf, File};
use super::house::House;
use super::ids::{ConversationId, EventSeq, FileId, InviteId, Seq, SessionId, UserId};
use super::message::Message;
use crate::base::clock::Timestamp;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, through one of their sessions.
    User {
        /// Who.
        user: UserId,
        /// By which device.
        session: SessionId,
    },
    /// The installation itself: command line, timers, setup.
    System,
}

impl Actor {
    /// The person who acts, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { user, .. } => Some(*user),
            Self::System => None,
        }
    }
}

/// How a session ends that neither a password nor an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// Its own device signed out.
    SignedOut,
    /// Another device ended it, or it had to make room for one.
    Elsewhere,
}

/// One entry of the log, as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its position.
    pub seq: EventSeq,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

/// What happened. Each variant carries all that readers need;
/// what the log keeps of it (references instead of bodies) is the store's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventBody {
    /// An account was made.
    AccountCreated(Account),
    /// The public part of an account changed.
    ProfileChanged {
        /// Whose.
        user: UserId,
        /// The new name others see.
        display_name: String,
    },
    /// Somebody became administrator, or ceased to be.
    RoleChanged {
        /// Who.
        user: UserId,
        /// What they are now.
        role: Role,
    },
    /// An account was disabled or enabled. Disabling ends all its sessions.
    DisabledChanged {
        /// Whose.
        user: UserId,
        /// The new state.
        disabled: bool,
    },
    /// A password was changed. All sessions of the user end except `keep`.
    PasswordChanged {
        /// Whose.
        user: UserId,
        /// The new hash; empty when read back from the log.
        password_hash: String,
        /// The session that made the change and goes on.
        keep: Option<SessionId>,
    },
    /// Somebody's last socket closed.
    LastSeen {
        /// Who.
        user: UserId,
        /// When.
        at: Timestamp,
    },
    /// Somebody signed in.
    SessionStarted(Session),
    /// A session is in use (about once an hour).
    SessionUsed {
        /// Which.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// A session ended.
    SessionEnded {
        /// Which.
        session: SessionId,
        /// Whose.
        user: UserId,
        /// How.
        end: SessionEnd,
    },
    /// A link was made by which somebody chooses a new password. A new password, or disabling the
    /// account, makes it useless; nothing is left of it then.
    ResetLinkMade(ResetLink),
    /// An invite was made.
    InviteCreated(Invite),
    /// An invite let somebody in.
    InviteUsed {
        /// Which.
        invite: InviteId,
        /// Whom.
        user: UserId,
    },
    /// An invite was taken back, or was of no use any more. Nothing is left of it.
    InviteRevoked {
        /// Which.
        invite: InviteId,
    },
    /// A conversation was made; its members follow as [`EventBody::MemberAdded`].
    ConversationCreated(Conversation),
    /// A group got another name.
    ConversationRenamed {
        /// Which.
        conversation: ConversationId,
        /// Its new name.
        title: String,
    },
    /// Somebody became a member.
    MemberAdded(Member),
    /// Somebody was removed or left.
    MemberRemoved {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// Who did it; the same person when they left by themselves, `None` when the whole group went.
        by: Option<UserId>,
    },
    /// A member's role changed.
    MemberRoleChanged {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// What they are now.
        role: MemberRole,
    },
    /// An administrator archived a group for everybody, or opened it again.
    ReadOnlyChanged {
        /// Which.
        conversation: ConversationId,
        /// The new state.
        read_only: bool,
        /// Who did it.
        by: Option<UserId>,
    },
    /// A group was deleted, after its last member was removed. What was said in it follows in pieces.
    GroupDeleted {
        /// Which.
        conversation: ConversationId,
        /// Who did it.
        by: Option<UserId>,
    },
    /// The newest that was left of a deleted group is erased, with files and earlier versions; with the
    /// last of it the group itself.
    GroupErased {
        /// Which.
        conversation: ConversationId,
    },
    /// A message was stored. It also moves its sender's read mark to itself.
    MessageSent(Message),
    /// A message's words were changed; here it is as it is now. What it said before is kept.
    MessageEdited(Message),
    /// A message was deleted: what it said, its earlier versions and its files are erased.
    MessageDeleted {
        /// What is left of it; see [`Message::erased`].
        message: Message,
        /// Who did it.
        by: UserId,
    },
    /// Somebody read up to a message.
    MessageRead {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// The newest message that they have read.
        seq: Seq,
        /// When.
        at: Timestamp,
    },
    /// Somebody settled something about a conversation for themselves alone.
    SettingsChanged {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// All of it, as it is now.
        own: OwnSettings,
    },
    /// Somebody moved their own read mark, of which others know nothing.
    OwnReadMoved {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// From here on it counts as unread; `None`: again as others know it.
        unread_from: Option<Seq>,
        /// Up to where it counts as read by that.
        read_up_to: Seq,
    },
    /// Somebody began to write something, or let it be.
    DraftChanged(Draft),
    /// A file arrived whole. Nothing holds it yet.
    FileAdded(File),
    /// A file that nothing held went away.
    FileRemoved {
        /// Which.
        file: FileId,
    },
    /// A person or a group got another face, or none. The file of the one before goes away.
    AvatarChanged {
        /// Whose.
        of: AvatarOf,
        /// A picture that nothing held until now.
        file: Option<FileId>,
    },
    /// Somebody may keep more or less than others.
    QuotaChanged {
        /// Who.
        user: UserId,
        /// Bytes of all their files; `None`: as everybody.
        bytes: Option<u64>,
    },
    /// Something was settled for the installation; all of it, as it is now.
    HouseChanged(House),
}

impl EventBody {
    /// Whether it changes nothing that other members see in their lists.
    pub fn is_private(&self) -> bool {
        matches!(
            self,
            Self::MessageRead { .. } | Self::SettingsChanged { .. } | Self::OwnReadMoved { .. }
        )
    }

    /// The conversation it happened in, if any.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::ConversationCreated(c) => Some(c.id),
            Self::MemberAdded(m) => Some(m.conversation),
            Self::MessageSent(message)
            | Self::MessageEdited(message)
            | Self::MessageDeleted { message, .. } => Some(message.id.conversation),
            Self::ConversationRenamed { conversation, .. }
            | Self::MemberRemoved { conversation, .. }
            | Self::MemberRoleChanged { conversation, .. }
            | Self::ReadOnlyChanged { conversation, .. }
            | Self::GroupDeleted { conversation, .. }
            | Self::GroupErased { conversation }
            | Self::MessageRead { conversation, .. }
            | Self::SettingsChanged { conversation, .. }
            | Self::OwnReadMoved { conversation, .. }
            | Self::AvatarChanged {
                of: AvatarOf::Conversation(conversation),
                ..
            } => Some(*conversation),
            _ => None,
        }
    }
}
