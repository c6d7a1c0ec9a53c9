//! A log entry on disk: what is kept of an event, and how the event is put together again.
//!
//! References instead of bodies. Knows every record, changes nothing.

use serde::{Deserialize, Serialize};

use super::codec::{self, Record};
use super::error::StoreError;
use super::house::HouseV1;
use super::members::MemberV1;
use super::recall;
use super::rows::Reads;
use crate::base::clock::Timestamp;
use crate::model::{
    AvatarOf, ConversationId, Event, EventBody, EventSeq, MemberRole, Message, MessageId, Role,
    Seq, SessionEnd, UserId,
};

#[derive(Serialize, Deserialize)]
struct EntryV1 {
    at: u64,
    body: BodyV1,
}

/// New variants are added at the end; their number is what is stored.
#[derive(Serialize, Deserialize)]
pub(super) enum BodyV1 {
    AccountCreated(u64),
    ProfileChanged {
        user: u64,
        display_name: String,
    },
    RoleChanged {
        user: u64,
        admin: bool,
    },
    DisabledChanged {
        user: u64,
        disabled: bool,
    },
    PasswordChanged {
        user: u64,
        keep: Option<u128>,
    },
    LastSeen {
        user: u64,
        at: u64,
    },
    SessionStarted {
        session: u128,
        user: u64,
    },
    SessionUsed {
        session: u128,
        at: u64,
    },
    SessionEnded {
        session: u128,
        user: u64,
        signed_out: bool,
    },
    InviteCreated {
        invite: u128,
        by: u64,
    },
    InviteUsed {
        invite: u128,
        user: u64,
    },
    InviteRevoked(u128),
    ConversationCreated(u64),
    ConversationRenamed {
        conversation: u64,
        title: String,
    },
    MemberAdded(MemberV1),
    MemberRemoved {
        conversation: u64,
        user: u64,
        by: Option<u64>,
    },
    MemberRoleChanged {
        conversation: u64,
        user: u64,
        owner: bool,
    },
    MessageSent(MessageRef),
    MessageRead {
        conversation: u64,
        user: u64,
        seq: u64,
        at: u64,
    },
    FileAdded {
        file: u128,
        owner: u64,
    },
    FileRemoved(u128),
    UserAvatarChanged {
        user: u64,
        file: Option<u128>,
    },
    ConversationAvatarChanged {
        conversation: u64,
        file: Option<u128>,
    },
    MessageEdited(MessageRef),
    MessageDeleted {
        message: MessageRef,
        by: u64,
    },
    SettingsChanged {
        conversation: u64,
        user: u64,
        muted: bool,
        pinned: bool,
        archived_at: Option<u64>,
    },
    OwnReadMoved {
        conversation: u64,
        user: u64,
        unread_from: Option<u64>,
        read_up_to: u64,
    },
    DraftChanged {
        conversation: u64,
        user: u64,
    },
    ResetLinkMade {
        user: u64,
        by: Option<u64>,
    },
    ReadOnlyChanged {
        conversation: u64,
        read_only: bool,
        by: Option<u64>,
    },
    GroupDeleted {
        conversation: u64,
        by: Option<u64>,
    },
    GroupErased(u64),
    QuotaChanged {
        user: u64,
        bytes: Option<u64>,
    },
    HouseChanged(HouseV1),
}

/// Which message, and enough to say whose it was should it be gone.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct MessageRef {
    conversation: u64,
    seq: u64,
    pub(super) sender: u64,
}

impl MessageRef {
    pub(super) fn id(self) -> MessageId {
        MessageId {
            conversation: ConversationId(self.conversation),
            seq: Seq(self.seq),
        }
    }
}

impl From<&Message> for MessageRef {
    fn from(message: &Message) -> Self {
        Self {
            conversation: message.id.conversation.0,
            seq: message.id.seq.0,
            sender: message.sender.0,
        }
    }
}

/// What the log keeps of an event.
pub(super) struct Entry(EntryV1);

impl Record for Entry {
    const NAME: &'static str = "log entry";

    fn encode(&self) -> Result<Vec<u8>, StoreError> {
        codec::pack(Self::NAME, 1, &self.0)
    }

    fn decode(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        match version {
            1 => codec::unpack(Self::NAME, body).map(Self),
            _ => codec::unknown_version(Self::NAME, version),
        }
    }
}

impl Entry {
    /// What to keep of an event.
    pub(super) fn new(at: Timestamp, body: &EventBody) -> Self {
        Self(EntryV1 {
            at: at.0,
            body: BodyV1::from(body),
        })
    }

    /// When it was decided.
    pub(super) fn at(&self) -> Timestamp {
        Timestamp(self.0.at)
    }

    /// The message that it is about, if it says that one was sent.
    pub(super) fn sent(&self) -> Option<MessageId> {
        match self.0.body {
            BodyV1::MessageSent(message) => Some(message.id()),
            _ => None,
        }
    }

    /// The event, put together from the present state.
    pub(super) fn event(self, reads: &dyn Reads, seq: EventSeq) -> Result<Event, StoreError> {
        let at = self.at();
        let body = recall::event(self.0.body, reads, at)?;
        Ok(Event { seq, at, body })
    }
}

impl From<&EventBody> for BodyV1 {
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one arm for each kind of event"
    )]
    fn from(body: &EventBody) -> Self {
        use EventBody as E;
        match body {
            E::AccountCreated(account) => Self::AccountCreated(account.id.0),
            E::ProfileChanged { user, display_name } => Self::ProfileChanged {
                user: user.0,
                display_name: display_name.clone(),
            },
            E::RoleChanged { user, role } => Self::RoleChanged {
                user: user.0,
                admin: *role == Role::Admin,
            },
            E::DisabledChanged { user, disabled } => Self::DisabledChanged {
                user: user.0,
                disabled: *disabled,
            },
            E::PasswordChanged { user, keep, .. } => Self::PasswordChanged {
                user: user.0,
                keep: keep.map(|id| id.0),
            },
            E::LastSeen { user, at } => Self::LastSeen {
                user: user.0,
                at: at.0,
            },
            E::SessionStarted(session) => Self::SessionStarted {
                session: session.id.0,
                user: session.user.0,
            },
            E::SessionUsed { session, at } => Self::SessionUsed {
                session: session.0,
                at: at.0,
            },
            E::SessionEnded { session, user, end } => Self::SessionEnded {
                session: session.0,
                user: user.0,
                signed_out: *end == SessionEnd::SignedOut,
            },
            E::InviteCreated(invite) => Self::InviteCreated {
                invite: invite.id.0,
                by: invite.created_by.0,
            },
            E::InviteUsed { invite, user } => Self::InviteUsed {
                invite: invite.0,
                user: user.0,
            },
            E::InviteRevoked { invite } => Self::InviteRevoked(invite.0),
            E::ConversationCreated(conversation) => Self::ConversationCreated(conversation.id.0),
            E::ConversationRenamed {
                conversation,
                title,
            } => Self::ConversationRenamed {
                conversation: conversation.0,
                title: title.clone(),
            },
            E::MemberAdded(member) => Self::MemberAdded(member.into()),
            E::MemberRemoved {
                conversation,
                user,
                by,
            } => Self::MemberRemoved {
                conversation: conversation.0,
                user: user.0,
                by: by.map(|user| user.0),
            },
            E::MemberRoleChanged {
                conversation,
                user,
                role,
            } => Self::MemberRoleChanged {
                conversation: conversation.0,
                user: user.0,
                owner: *role == MemberRole::Owner,
            },
            E::MessageSent(message) => Self::MessageSent(message.into()),
            E::MessageRead {
                conversation,
                user,
                seq,
                at,
            } => Self::MessageRead {
                conversation: conversation.0,
                user: user.0,
                seq: seq.0,
                at: at.0,
            },
            E::FileAdded(file) => Self::FileAdded {
                file: file.id.0,
                owner: file.owner.0,
            },
            E::FileRemoved { file } => Self::FileRemoved(file.0),
            E::AvatarChanged { of, file } => {
                let file = file.map(|file| file.0);
                match of {
                    AvatarOf::User(UserId(user)) => Self::UserAvatarChanged { user: *user, file },
                    AvatarOf::Conversation(ConversationId(conversation)) => {
                        let conversation = *conversation;
                        Self::ConversationAvatarChanged { conversation, file }
                    }
                }
            }
            E::MessageEdited(message) => Self::MessageEdited(message.into()),
            E::MessageDeleted { message, by } => Self::MessageDeleted {
                message: message.into(),
                by: by.0,
            },
            E::SettingsChanged {
                conversation,
                user,
                own,
            } => Self::SettingsChanged {
                conversation: conversation.0,
                user: user.0,
                muted: own.muted,
                pinned: own.pinned,
                archived_at: own.archived_at.map(|seq| seq.0),
            },
            E::OwnReadMoved {
                conversation,
                user,
                unread_from,
                read_up_to,
            } => Self::OwnReadMoved {
                conversation: conversation.0,
                user: user.0,
                unread_from: unread_from.map(|seq| seq.0),
                read_up_to: read_up_to.0,
            },
            E::DraftChanged(draft) => Self::DraftChanged {
                conversation: draft.conversation.0,
                user: draft.user.0,
            },
            E::ResetLinkMade(link) => Self::ResetLinkMade {
                user: link.user.0,
                by: link.created_by.map(|user| user.0),
            },
            E::ReadOnlyChanged {
                conversation,
                read_only,
                by,
            } => Self::ReadOnlyChanged {
                conversation: conversation.0,
                read_only: *read_only,
                by: by.map(|user| user.0),
            },
            E::GroupDeleted { conversation, by } => Self::GroupDeleted {
                conversation: conversation.0,
                by: by.map(|user| user.0),
            },
            E::GroupErased { conversation } => Self::GroupErased(conversation.0),
            E::QuotaChanged { user, bytes } => Self::QuotaChanged {
                user: user.0,
                bytes: *bytes,
            },
            E::HouseChanged(house) => Self::HouseChanged(house.into()),
        }
    }
}
