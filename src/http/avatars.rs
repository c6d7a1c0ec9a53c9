//! Faces: of people for everybody who is signed in, of groups for their members.

use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::auth::OneUser;
use super::call::Call;
use super::error::Failure;
use super::files::send;
use crate::model::FileId;

/// A face's address names what it shows, so that it never changes.
const KEPT: &str = "private, max-age=31536000, immutable";
/// Of a group's, who may see it can change.
const ASKED_AGAIN: &str = "private, no-cache";

/// A picture to be somebody's face.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Face {
    /// A picture of the caller's own that was uploaded and not sent.
    file_id: String,
}

impl Face {
    fn file(&self) -> Result<FileId, Failure> {
        let message = "Please give a picture of your own that you have uploaded for this.";
        let file = self.file_id.parse();
        file.map_err(|_| Failure::invalid_field("fileId", message))
    }
}

pub(super) async fn set_own(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let file = call.json::<Face>().await?.file()?;
    let user = call.service().set_own_avatar(caller, Some(file)).await?;
    answer::ok(&OneUser { user })
}

pub(super) async fn remove_own(call: Call) -> Answer {
    let caller = call.caller()?;
    let user = call.service().set_own_avatar(caller, None).await?;
    answer::ok(&OneUser { user })
}

pub(super) async fn set_of_group(mut call: Call) -> Answer {
    let caller = call.caller()?;
    let group = call.id("id")?;
    let file = call.json::<Face>().await?.file()?;
    let service = call.service();
    answer::ok(&service.set_group_avatar(caller, group, Some(file)).await?)
}

pub(super) async fn remove_of_group(call: Call) -> Answer {
    let caller = call.caller()?;
    let group = call.id("id")?;
    let service = call.service();
    answer::ok(&service.set_group_avatar(caller, group, None).await?)
}

pub(super) async fn of_user(call: Call) -> Answer {
    let caller = call.caller()?;
    let (user, version) = (call.id("id")?, call.id("version")?);
    let content = call.service().user_avatar(caller, user, version)?;
    send(&call, content, KEPT).await
}

pub(super) async fn of_group(call: Call) -> Answer {
    let caller = call.caller()?;
    let (group, version) = (call.id("id")?, call.id("version")?);
    let content = call.service().group_avatar(caller, group, version)?;
    send(&call, content, ASKED_AGAIN).await
}
