//! What an event was about, looked up again in the present state for who reads the log.
//!
//! Secrets stay behind, and what is gone comes back bare: its ids, and empty texts.

use super::entry::{BodyV1, MessageRef};
use super::error::StoreError;
use super::rows::Reads;
use super::{accounts, conversations, drafts, files, invites, messages, sessions};
use crate::base::clock::Timestamp;
use crate::model::{
    Account, AvatarOf, Conversation, ConversationId, Draft, EventBody, File, FileClass, FileId,
    FileUse, Invite, InviteId, MemberRole, Mentions, Message, MessageKind, OwnSettings, ResetLink,
    Role, Seq, Session, SessionEnd, SessionId, UserId,
};

/// The event that an entry of the log is about.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of event"
)]
pub(super) fn event(
    body: BodyV1,
    reads: &dyn Reads,
    at: Timestamp,
) -> Result<EventBody, StoreError> {
    use BodyV1 as B;
    use EventBody as E;
    Ok(match body {
        B::AccountCreated(id) => E::AccountCreated(account(reads, UserId(id), at)?),
        B::ProfileChanged { user, display_name } => E::ProfileChanged {
            user: UserId(user),
            display_name,
        },
        B::RoleChanged { user, admin } => E::RoleChanged {
            user: UserId(user),
            role: if admin { Role::Admin } else { Role::Member },
        },
        B::DisabledChanged { user, disabled } => E::DisabledChanged {
            user: UserId(user),
            disabled,
        },
        B::PasswordChanged { user, keep } => E::PasswordChanged {
            user: UserId(user),
            password_hash: String::new(),
            keep: keep.map(SessionId),
        },
        B::LastSeen { user, at } => E::LastSeen {
            user: UserId(user),
            at: Timestamp(at),
        },
        B::SessionStarted { session: id, user } => {
            E::SessionStarted(session(reads, SessionId(id), UserId(user), at)?)
        }
        B::SessionUsed { session, at } => E::SessionUsed {
            session: SessionId(session),
            at: Timestamp(at),
        },
        B::SessionEnded {
            session,
            user,
            signed_out,
        } => E::SessionEnded {
            session: SessionId(session),
            user: UserId(user),
            end: if signed_out {
                SessionEnd::SignedOut
            } else {
                SessionEnd::Elsewhere
            },
        },
        B::InviteCreated { invite: id, by } => {
            E::InviteCreated(invite(reads, InviteId(id), UserId(by), at)?)
        }
        B::InviteUsed { invite, user } => E::InviteUsed {
            invite: InviteId(invite),
            user: UserId(user),
        },
        B::InviteRevoked(invite) => E::InviteRevoked {
            invite: InviteId(invite),
        },
        B::ConversationCreated(id) => {
            E::ConversationCreated(conversation(reads, ConversationId(id), at)?)
        }
        B::ConversationRenamed {
            conversation,
            title,
        } => E::ConversationRenamed {
            conversation: ConversationId(conversation),
            title,
        },
        B::MemberAdded(member) => E::MemberAdded(member.into()),
        B::MemberRemoved {
            conversation,
            user,
            by,
        } => E::MemberRemoved {
            conversation: ConversationId(conversation),
            user: UserId(user),
            by: by.map(UserId),
        },
        B::MemberRoleChanged {
            conversation,
            user,
            owner,
        } => E::MemberRoleChanged {
            conversation: ConversationId(conversation),
            user: UserId(user),
            role: if owner {
                MemberRole::Owner
            } else {
                MemberRole::Member
            },
        },
        B::MessageSent(about) => E::MessageSent(message(reads, about, at)?),
        B::MessageRead {
            conversation,
            user,
            seq,
            at,
        } => E::MessageRead {
            conversation: ConversationId(conversation),
            user: UserId(user),
            seq: Seq(seq),
            at: Timestamp(at),
        },
        B::FileAdded { file: id, owner } => {
            E::FileAdded(file(reads, FileId(id), UserId(owner), at)?)
        }
        B::FileRemoved(file) => E::FileRemoved { file: FileId(file) },
        B::UserAvatarChanged { user, file } => E::AvatarChanged {
            of: AvatarOf::User(UserId(user)),
            file: file.map(FileId),
        },
        B::ConversationAvatarChanged { conversation, file } => E::AvatarChanged {
            of: AvatarOf::Conversation(ConversationId(conversation)),
            file: file.map(FileId),
        },
        B::MessageEdited(about) => E::MessageEdited(message(reads, about, at)?),
        B::MessageDeleted { message: about, by } => E::MessageDeleted {
            message: message(reads, about, at)?,
            by: UserId(by),
        },
        B::SettingsChanged {
            conversation,
            user,
            muted,
            pinned,
            archived_at,
        } => E::SettingsChanged {
            conversation: ConversationId(conversation),
            user: UserId(user),
            own: OwnSettings {
                muted,
                pinned,
                archived_at: archived_at.map(Seq),
            },
        },
        B::OwnReadMoved {
            conversation,
            user,
            unread_from,
            read_up_to,
        } => E::OwnReadMoved {
            conversation: ConversationId(conversation),
            user: UserId(user),
            unread_from: unread_from.map(Seq),
            read_up_to: Seq(read_up_to),
        },
        B::DraftChanged { conversation, user } => {
            let conversation = ConversationId(conversation);
            E::DraftChanged(draft(reads, UserId(user), conversation, at)?)
        }
        // Who follows the log needs to know that there is one, and nothing of it.
        B::ResetLinkMade { user, by } => E::ResetLinkMade(ResetLink {
            user: UserId(user),
            token_hash: [0; 32],
            created_by: by.map(UserId),
            created_at: at,
            expires_at: at,
        }),
        B::ReadOnlyChanged {
            conversation,
            read_only,
            by,
        } => E::ReadOnlyChanged {
            conversation: ConversationId(conversation),
            read_only,
            by: by.map(UserId),
        },
        B::GroupDeleted { conversation, by } => E::GroupDeleted {
            conversation: ConversationId(conversation),
            by: by.map(UserId),
        },
        B::GroupErased(conversation) => E::GroupErased {
            conversation: ConversationId(conversation),
        },
        B::QuotaChanged { user, bytes } => E::QuotaChanged {
            user: UserId(user),
            bytes,
        },
        B::HouseChanged(house) => E::HouseChanged(house.into()),
    })
}

fn account(reads: &dyn Reads, id: UserId, at: Timestamp) -> Result<Account, StoreError> {
    let known = accounts::find(reads, id)?;
    Ok(match known {
        Some(account) => Account {
            password_hash: String::new(),
            ..account
        },
        None => Account {
            id,
            username: String::new(),
            display_name: String::new(),
            role: Role::Member,
            disabled: true,
            password_hash: String::new(),
            created_at: at,
            last_seen_at: None,
            avatar: None,
        },
    })
}

fn session(
    reads: &dyn Reads,
    id: SessionId,
    user: UserId,
    at: Timestamp,
) -> Result<Session, StoreError> {
    let known = sessions::find(reads, id)?;
    Ok(match known {
        Some(session) => Session {
            token_hash: [0; 32],
            ..session
        },
        None => Session {
            id,
            user,
            token_hash: [0; 32],
            created_at: at,
            last_used_at: at,
            user_agent: String::new(),
            address: String::new(),
        },
    })
}

fn invite(
    reads: &dyn Reads,
    id: InviteId,
    by: UserId,
    at: Timestamp,
) -> Result<Invite, StoreError> {
    let known = invites::find(reads, id)?;
    Ok(match known {
        Some(invite) => Invite {
            code: String::new(),
            ..invite
        },
        None => Invite {
            id,
            code: String::new(),
            created_by: by,
            conversation: None,
            created_at: at,
            expires_at: None,
            max_uses: None,
            uses: 0,
        },
    })
}

fn conversation(
    reads: &dyn Reads,
    id: ConversationId,
    at: Timestamp,
) -> Result<Conversation, StoreError> {
    let known = conversations::find(reads, id)?;
    Ok(known.unwrap_or(Conversation {
        id,
        title: None,
        is_group: true,
        everyone: false,
        created_at: at,
        updated_at: at,
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }))
}

fn message(reads: &dyn Reads, about: MessageRef, at: Timestamp) -> Result<Message, StoreError> {
    let (id, sender) = (about.id(), UserId(about.sender));
    let known = messages::find(reads, id)?;
    Ok(known.unwrap_or(Message {
        id,
        sender,
        kind: MessageKind::Text,
        content: String::new(),
        attachments: Vec::new(),
        mentions: Mentions::default(),
        client_id: None,
        reply_to: None,
        sealed: None,
        created_at: at,
        edited_at: None,
        deleted_at: Some(at),
    }))
}

fn draft(
    reads: &dyn Reads,
    user: UserId,
    conversation: ConversationId,
    at: Timestamp,
) -> Result<Draft, StoreError> {
    let known = drafts::find(reads, user, conversation)?;
    Ok(known.unwrap_or(Draft {
        conversation,
        user,
        content: String::new(),
        updated_at: at,
    }))
}

fn file(reads: &dyn Reads, id: FileId, owner: UserId, at: Timestamp) -> Result<File, StoreError> {
    let known = files::find(reads, id)?;
    Ok(known.unwrap_or(File {
        id,
        owner,
        name: String::new(),
        mime: String::new(),
        class: FileClass::File,
        inline: false,
        hash: [0; 32],
        size: 0,
        received: 0,
        sides: None,
        placeholder: Vec::new(),
        thumbnails: Vec::new(),
        created_at: at,
        used: FileUse::Unattached,
    }))
}
