//! What somebody settles about conversations for themselves alone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;
use crate::model::Seq;
use crate::model::view::DraftView;
use crate::service::OwnChange;

/// What is to change; the rest stays.
#[derive(Deserialize, ToSchema)]
pub(super) struct SettingsChange {
    /// Make no noise.
    muted: Option<bool>,
    /// Keep it on top.
    pinned: Option<bool>,
    /// Put it away until a new message comes.
    archived: Option<bool>,
}

/// From where on it counts as unread.
#[derive(Deserialize, ToSchema)]
pub(super) struct UnreadMark {
    /// Position of the first message that does.
    seq: u64,
}

/// What the caller began to write.
#[derive(Deserialize, ToSchema)]
pub(super) struct DraftWords {
    /// At most 8,000 characters; empty: there is no draft any more.
    #[schema(max_length = 8000)]
    content: String,
}

/// All of the caller's drafts.
#[derive(Serialize, ToSchema)]
pub(super) struct Drafts {
    drafts: Vec<DraftView>,
}

pub(super) async fn change_settings(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let SettingsChange {
        muted,
        pinned,
        archived,
    } = call.json().await?;
    let change = OwnChange {
        muted,
        pinned,
        archived,
    };
    let service = call.service();
    answer::ok(
        &service
            .change_own_settings(caller, conversation, change)
            .await?,
    )
}

pub(super) async fn mark_unread(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let UnreadMark { seq } = call.json().await?;
    call.service()
        .mark_unread(caller, conversation, Seq(seq))
        .await?;
    answer::done()
}

pub(super) async fn set_draft(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let conversation = call.id("id")?;
    let DraftWords { content } = call.json().await?;
    call.service()
        .set_draft(caller, conversation, content)
        .await?;
    answer::done()
}

pub(super) async fn drafts(call: Call) -> Answer {
    let caller = call.caller()?;
    let drafts = call.service().drafts(caller)?;
    answer::ok(&Drafts { drafts })
}
