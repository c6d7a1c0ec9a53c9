//! What an event was about, looked up again in the present state for who reads the log.
//!
//! Secrets stay behind, and what is gone comes back bare: its ids, and empty texts.

use super::error::StoreError;
use super::rows::Reads;
use super::{accounts, conversations, files, invites, messages, sessions};
use crate::base::clock::Timestamp;
use crate::model::{
    Account, Conversation, ConversationId, File, FileClass, FileId, FileUse, Invite, InviteId,
    Message, MessageId, MessageKind, Role, Seq, Session, SessionId, UserId,
};

pub(super) fn account(reads: &dyn Reads, id: UserId, at: Timestamp) -> Result<Account, StoreError> {
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

pub(super) fn session(
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

pub(super) fn invite(
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
            revoked: true,
        },
    })
}

pub(super) fn conversation(
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

pub(super) fn message(
    reads: &dyn Reads,
    id: MessageId,
    sender: UserId,
    at: Timestamp,
) -> Result<Message, StoreError> {
    let known = messages::find(reads, id)?;
    Ok(known.unwrap_or(Message {
        id,
        sender,
        kind: MessageKind::Text,
        content: String::new(),
        attachments: Vec::new(),
        client_id: None,
        reply_to: None,
        sealed: None,
        created_at: at,
        updated_at: at,
        deleted_at: Some(at),
    }))
}

pub(super) fn file(
    reads: &dyn Reads,
    id: FileId,
    owner: UserId,
    at: Timestamp,
) -> Result<File, StoreError> {
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
