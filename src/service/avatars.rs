//! Faces: those of people, and those of groups.

use super::decision::Decision;
use super::files::{Content, FilePart, require_loose};
use super::limits::{LimitKey, LimitedAction};
use super::rules::{require_member, require_open, require_owner, require_session};
use super::{Answer, Caller, Service, ServiceError};
use crate::model::ids::{ConversationId, FileId, UserId};
use crate::model::view::{ConversationView, UserView};
use crate::model::{AvatarOf, Conversation, EventBody, FileClass};
use crate::store::{Reads, accounts, conversations, files};

/// Longest side of a face, in pixels.
const SIDE: u32 = 320;

impl Service {
    /// Gives the caller a face, or takes it away. Errors: fields (`fileId`: not an own picture
    /// that nothing holds), `rate_limited`.
    pub async fn set_own_avatar(&self, caller: Caller, file: Option<FileId>) -> Answer<UserView> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.decide(move |state: &dyn Reads, _| {
            require_session(state, caller)?;
            let account = accounts::find(state, caller.user)?.ok_or(ServiceError::Unauthorized)?;
            let of = AvatarOf::User(caller.user);
            change(state, caller, of, account.avatar, file)
        })
        .await?;
        self.user_view(caller.user)
    }

    /// Gives a group a face, or takes it away: its owners. Errors: `not_found`, `forbidden`,
    /// `conflict`, fields (`fileId`), `rate_limited`.
    pub async fn set_group_avatar(
        &self,
        caller: Caller,
        conversation: ConversationId,
        file: Option<FileId>,
    ) -> Answer<ConversationView> {
        self.limit(LimitedAction::Conversation, LimitKey::user(caller.user))?;
        self.decide(move |state: &dyn Reads, _| {
            require_session(state, caller)?;
            let (group, _) = require_owner(state, caller.user, conversation)?;
            require_open(state, conversation)?;
            let of = AvatarOf::Conversation(conversation);
            change(state, caller, of, group.avatar, file)
        })
        .await?;
        self.conversation_view(caller.user, conversation)
    }

    /// Somebody's face, for everybody who is signed in. `version` is the file that it is.
    /// Errors: `not_found`.
    pub fn user_avatar(&self, caller: Caller, user: UserId, version: FileId) -> Answer<Content> {
        self.limit(LimitedAction::Download, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let account = accounts::find(&state, user)?;
        face(&state, account.and_then(|account| account.avatar), version)
    }

    /// A group's face, for its members. Errors: `not_found`.
    pub fn group_avatar(
        &self,
        caller: Caller,
        conversation: ConversationId,
        version: FileId,
    ) -> Answer<Content> {
        self.limit(LimitedAction::Download, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        require_member(&state, caller.user, conversation)?;
        let group = conversations::find(&state, conversation)?;
        face(&state, group.and_then(|group| group.avatar), version)
    }

    /// Where a group's face is found.
    pub fn group_avatar_url(&self, group: &Conversation) -> Option<String> {
        self.avatar_url(AvatarOf::Conversation(group.id), group.avatar)
    }

    /// Where a face is found.
    pub(super) fn avatar_url(&self, of: AvatarOf, file: Option<FileId>) -> Option<String> {
        avatar_url(&self.settings().files.path_prefix, of, file)
    }
}

/// Where a face is found, behind this path prefix.
pub(super) fn avatar_url(prefix: &str, of: AvatarOf, file: Option<FileId>) -> Option<String> {
    let version = file?;
    Some(match of {
        AvatarOf::User(id) => format!("{prefix}/api/avatars/users/{id}/{version}"),
        AvatarOf::Conversation(id) => {
            format!("{prefix}/api/avatars/conversations/{id}/{version}")
        }
    })
}

fn face(state: &dyn Reads, shown: Option<FileId>, version: FileId) -> Answer<Content> {
    let shown = shown.filter(|shown| *shown == version);
    let file = match shown {
        Some(file) => files::find(state, file)?,
        None => None,
    };
    Content::of(
        file.ok_or(ServiceError::NotFound)?,
        FilePart::Thumbnail(SIDE),
    )
}

fn change(
    state: &dyn Reads,
    caller: Caller,
    of: AvatarOf,
    before: Option<FileId>,
    file: Option<FileId>,
) -> Answer<Decision<()>> {
    if before == file {
        return Ok(Decision::nothing(()));
    }
    if let Some(file) = file {
        let found = require_loose(state, caller, file)?;
        let is_picture = found.is_some_and(|file| file.class == FileClass::Image);
        if !is_picture {
            return Err(ServiceError::InvalidField {
                field: "fileId",
                message: "Please give a picture of your own that you have uploaded for this.",
            });
        }
    }
    let changed = EventBody::AvatarChanged { of, file };
    Ok(Decision::events(vec![changed], ()))
}
