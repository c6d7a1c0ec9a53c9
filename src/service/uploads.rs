//! Uploads in the making: beginning one, asking how far it has come, giving it up.
//!
//! Each is a stage among the blobs, whose note says whose it is, so that all of them come back
//! after a restart. How bytes arrive is in `receiving`, what becomes of them in `finishing`.

use std::sync::Arc;
use std::time::Duration;

use super::file_names;
use super::limits::{LimitKey, LimitedAction};
use super::pending::{Turn, Upload};
use super::reaper::UNSENT_FOR;
use super::{Answer, Caller, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::base::work::blocking;
use crate::blobs::{BlobError, Blobs};
use crate::model::ids::{FileId, UserId};
use crate::model::view::FileView;
use crate::model::{File, FileUse};
use crate::store::{Reads, Store, files};

/// An upload as its owner sees it.
#[derive(Clone, Debug)]
pub struct UploadState {
    /// Its id, and that of the file it becomes.
    pub id: FileId,
    /// Its name as it is kept.
    pub name: String,
    /// Bytes that have arrived.
    pub offset: u64,
    /// Bytes that it has in all.
    pub length: u64,
    /// When it goes away if nothing more arrives; when it is complete, if it is not sent.
    pub expires_at: Timestamp,
    /// What became of it, when it is complete.
    pub file: Option<FileView>,
}

impl Service {
    /// Begins an upload of `length` bytes, which is finished at once if that is 0. Its name is
    /// cleaned. Errors: `file_too_large`, `quota_exceeded`, `storage_full`, `conflict` (too many
    /// unfinished ones), `rate_limited`.
    pub async fn begin_upload(
        &self,
        caller: Caller,
        name: &str,
        length: u64,
    ) -> Answer<UploadState> {
        let limit = self.settings().files.max_bytes;
        if length > limit {
            return Err(ServiceError::FileTooLarge { limit });
        }
        let upload = self.new_upload(caller, name, Some(length)).await?;
        if length == 0 {
            let turn = upload.take(&self.0.clock).await?;
            let file = self.finish(caller, turn, 0).await?;
            return Ok(self.finished(&file));
        }
        Ok(self.unfinished(&upload, 0))
    }

    /// Begins an upload; one without a length is for who sends it at once and whole.
    pub(super) async fn new_upload(
        &self,
        caller: Caller,
        name: &str,
        length: Option<u64>,
    ) -> Answer<Arc<Upload>> {
        self.limit(LimitedAction::Upload, LimitKey::user(caller.user))?;
        self.require_disk(length.unwrap_or(0))?;
        let id = FileId(self.0.rng.u128());
        let name = file_names::clean(name);
        let now = self.0.clock.now();
        let upload = Arc::new(Upload::new(id, caller.user, name, length, now));
        let note = upload.note()?;
        let view = self.0.store.view();
        let used = files::usage(&view, caller.user)?;
        let uploads = &self.0.uploads;
        uploads.begin(Arc::clone(&upload), used, self.quota(&view, caller.user)?)?;
        let stage = upload.stage();
        let begun = self.with_blobs(move |blobs| blobs.begin(stage, &note, now));
        if let Err(error) = begun.await {
            uploads.forget(id);
            return Err(error);
        }
        Ok(upload)
    }

    /// How far an upload has come. Whoever still writes it is made to let go, so that nothing is
    /// added after this; one that is complete is finished. Also answers for an hour after the
    /// end. Errors: `not_found`, `upload_busy`, and those of finishing.
    pub async fn settle_upload(&self, caller: Caller, id: FileId) -> Answer<UploadState> {
        let Some((turn, offset)) = self.take_upload(caller.user, id).await? else {
            return self.finished_lately(caller, id);
        };
        if turn.upload.length == Some(offset) {
            let file = self.finish(caller, turn, offset).await?;
            return Ok(self.finished(&file));
        }
        Ok(self.unfinished(&turn.upload, offset))
    }

    /// How far an upload has come, while it goes on. Errors: `not_found`.
    pub async fn upload(&self, caller: Caller, id: FileId) -> Answer<UploadState> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        if let Some(upload) = self.find_upload(caller.user, id).await? {
            if let Some(offset) = self.offset_of(&upload).await? {
                return Ok(self.unfinished(&upload, offset));
            }
            if let (Some(upload), Some(length)) =
                (self.0.uploads.find(caller.user, id), upload.length)
            {
                // A file is being made of it.
                return Ok(self.unfinished(&upload, length));
            }
        }
        self.finished_lately(caller, id)
    }

    /// Gives an unfinished upload up; a finished one that nothing holds yet, too.
    /// Errors: `not_found`, `upload_busy`.
    pub async fn discard_upload(&self, caller: Caller, id: FileId) -> Answer<()> {
        let Some((turn, _)) = self.take_upload(caller.user, id).await? else {
            return self.delete_file(caller, id).await;
        };
        self.limit(LimitedAction::Upload, LimitKey::user(caller.user))?;
        self.drop_upload(&turn).await
    }

    /// Makes everybody who writes an upload let go of it, for good: the server stops.
    pub fn stop_uploads(&self) {
        self.0.uploads.stop();
    }

    pub(super) async fn drop_upload(&self, turn: &Turn) -> Answer<()> {
        let stage = turn.upload.stage();
        self.0.uploads.forget(turn.upload.id);
        self.with_blobs(move |blobs| blobs.discard(stage)).await
    }

    /// Somebody's own upload that has not expired.
    async fn find_upload(&self, owner: UserId, id: FileId) -> Answer<Option<Arc<Upload>>> {
        let Some(upload) = self.0.uploads.find(owner, id) else {
            return Ok(None);
        };
        if self.0.clock.now() < self.expires_at(&upload) {
            return Ok(Some(upload));
        }
        // The timer does the same; it may be late.
        let turn = upload.take(&self.0.clock).await?;
        self.drop_upload(&turn).await?;
        Ok(None)
    }

    /// The turn to write somebody's own upload, and the bytes that have arrived of it. `None` if
    /// there is none, or it was finished or dropped while this waited. Errors: `upload_busy`.
    pub(super) async fn take_upload(
        &self,
        owner: UserId,
        id: FileId,
    ) -> Answer<Option<(Turn, u64)>> {
        let Some(upload) = self.find_upload(owner, id).await? else {
            return Ok(None);
        };
        let turn = upload.take(&self.0.clock).await?;
        let offset = self.offset_of(&upload).await?;
        Ok(offset.map(|offset| (turn, offset)))
    }

    /// The bytes that have arrived of an upload. `None` if they are no stage any more: it was
    /// dropped, or a file is made of them.
    async fn offset_of(&self, upload: &Upload) -> Answer<Option<u64>> {
        let stage = upload.stage();
        let staged = self.with_blobs(move |blobs| blobs.staged(stage)).await?;
        Ok(staged.map(|staged| staged.len))
    }

    /// Keeps more of the quota for an upload without a length.
    pub(super) fn grow(&self, upload: &Upload, bytes: u64) -> Answer<()> {
        let state = self.0.store.view();
        let used = files::usage(&state, upload.owner)?;
        let quota = self.quota(&state, upload.owner)?;
        self.0.uploads.reserve(upload, bytes, used, quota)
    }

    /// Refuses when the disk would have less than its reserve left.
    pub(super) fn require_disk(&self, bytes: u64) -> Answer<()> {
        let space = self.0.store.space()?;
        let reserve = self.settings().files.reserve(&space);
        if space.free < reserve.saturating_add(bytes) {
            return Err(ServiceError::StorageFull);
        }
        Ok(())
    }

    /// What a person may keep, in bytes.
    pub(super) fn quota(&self, state: &dyn Reads, user: UserId) -> Answer<u64> {
        Ok(self.quota_of(state, user)?.bytes.unwrap_or(u64::MAX))
    }

    fn expires_at(&self, upload: &Upload) -> Timestamp {
        upload.touched().plus(self.settings().files.expires)
    }

    pub(super) fn unfinished(&self, upload: &Upload, offset: u64) -> UploadState {
        UploadState {
            id: upload.id,
            name: upload.name.clone(),
            offset,
            length: upload.length.unwrap_or(offset),
            expires_at: self.expires_at(upload),
            file: None,
        }
    }

    pub(super) fn finished(&self, file: &File) -> UploadState {
        UploadState {
            id: file.id,
            name: file.name.clone(),
            offset: file.received,
            length: file.received,
            expires_at: file.created_at.plus(UNSENT_FOR),
            file: Some(self.file_view(file)),
        }
    }

    /// What became of somebody's own upload within the last hour. Errors: `not_found`.
    pub(super) fn finished_lately(&self, caller: Caller, id: FileId) -> Answer<UploadState> {
        const LATELY: Duration = Duration::from_hours(1);
        let state = self.0.store.view();
        let file = files::find(&state, id)?;
        let now = self.0.clock.now();
        let file = file
            .filter(|file| file.owner == caller.user && now.since(file.created_at) <= LATELY)
            .filter(|file| !matches!(file.used, FileUse::Avatar(_)))
            .ok_or(ServiceError::NotFound)?;
        Ok(self.finished(&file))
    }

    /// Works with everything that is kept, on a thread where that blocks nobody: for backups. No
    /// content that anybody needed at any moment meanwhile is deleted. `None` if the work panicked.
    pub async fn with_all<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store, &dyn Blobs) -> T + Send + 'static,
    ) -> Option<T> {
        let reading = Arc::clone(&self.0.uploads.reading).read_owned().await;
        let (store, blobs) = (self.0.store.clone(), Arc::clone(&self.0.uploads.blobs));
        let working = move || {
            let _reading = reading;
            work(&store, &*blobs)
        };
        blocking(working).await
    }

    /// Works with the blobs on a thread where that blocks nobody.
    pub(super) async fn with_blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Blobs) -> Result<T, BlobError> + Send + 'static,
    ) -> Answer<T> {
        let blobs = Arc::clone(&self.0.uploads.blobs);
        match blocking(move || work(&*blobs)).await {
            Some(done) => Ok(done?),
            None => Err(ServiceError::Internal("work on a file broke off".into())),
        }
    }
}

impl From<BlobError> for ServiceError {
    fn from(error: BlobError) -> Self {
        match error {
            error if error.is_full() => Self::StorageFull,
            BlobError::Offset { len } => Self::WrongOffset { offset: len },
            BlobError::NoStage => Self::NotFound,
            error => Self::Internal(error.to_string().into()),
        }
    }
}
