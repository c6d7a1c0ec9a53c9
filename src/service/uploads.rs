//! Uploads in the making: beginning one, asking how far it has come, giving it up.
//!
//! Each is a stage among the blobs, whose note says whose it is, so that all of them come back
//! after a restart. How bytes arrive is in `receiving`, what becomes of them in `finishing`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedMutexGuard, RwLock, Semaphore, watch};

use super::file_names;
use super::limits::{LimitKey, LimitedAction};
use super::{Answer, Caller, Service, ServiceError};
use crate::base::clock::{Clock, Timestamp};
use crate::blobs::{BlobError, Blobs, StageId, Staged};
use crate::model::ids::{FileId, UserId};
use crate::model::view::FileView;
use crate::model::{File, FileUse};
use crate::store::{Reads, files};

/// How many unfinished uploads one person may have.
const PENDING_MOST: usize = 100;
/// How long whoever writes an upload may take to let go of it.
const LETTING_GO: Duration = Duration::from_secs(10);
/// How many uploads are written at the same time, in all and by one person.
const WRITERS: usize = 32;
pub(super) const WRITERS_OF_ONE: usize = 8;

/// What a stage's note says. Kept on disk: fields may be added, with defaults.
#[derive(Serialize, Deserialize)]
struct Note {
    owner: u64,
    name: String,
    length: Option<u64>,
    created: u64,
}

/// An upload in the making.
pub struct Upload {
    pub(super) id: FileId,
    pub(super) owner: UserId,
    pub(super) name: String,
    /// Its length in bytes, if it was said.
    pub(super) length: Option<u64>,
    /// How much of the quota is kept for it, in bytes.
    reserved: AtomicU64,
    /// When something of it last arrived.
    touched: AtomicU64,
    /// Who has it writes it.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Raised by each who wants the turn: whoever has it lets go.
    wanted: watch::Sender<u64>,
}

impl Upload {
    fn new(id: FileId, owner: UserId, name: String, length: Option<u64>, at: Timestamp) -> Self {
        Self {
            id,
            owner,
            name,
            length,
            reserved: AtomicU64::new(length.unwrap_or(0)),
            touched: AtomicU64::new(at.0),
            turn: Arc::default(),
            wanted: watch::Sender::new(0),
        }
    }

    pub(super) fn stage(&self) -> StageId {
        StageId(self.id.0)
    }

    pub(super) fn touch(&self, at: Timestamp) {
        self.touched.fetch_max(at.0, Ordering::Relaxed);
    }

    fn touched(&self) -> Timestamp {
        Timestamp(self.touched.load(Ordering::Relaxed))
    }

    /// Makes whoever writes it let go, and waits for that.
    pub(super) async fn take(self: &Arc<Self>, clock: &Clock) -> Answer<Turn> {
        let mut ticket = 0;
        self.wanted.send_modify(|wanted| {
            *wanted += 1;
            ticket = *wanted;
        });
        let turn = clock.timeout(LETTING_GO, Arc::clone(&self.turn).lock_owned());
        let held = turn.await.ok_or(ServiceError::UploadBusy)?;
        let wanted = self.wanted.subscribe();
        let turn = Turn {
            upload: Arc::clone(self),
            wanted,
            ticket,
            _held: held,
        };
        if turn.is_wanted() {
            return Err(ServiceError::UploadBusy);
        }
        Ok(turn)
    }
}

/// The right to write an upload.
pub(super) struct Turn {
    pub upload: Arc<Upload>,
    wanted: watch::Receiver<u64>,
    ticket: u64,
    _held: OwnedMutexGuard<()>,
}

impl Turn {
    fn is_wanted(&self) -> bool {
        *self.wanted.borrow() != self.ticket
    }

    /// Returns when somebody else wants it.
    pub async fn wanted(&mut self) {
        let ticket = self.ticket;
        // The sender lives in the upload, which this holds: it can't be gone.
        let _ = self.wanted.wait_for(|wanted| *wanted != ticket).await;
    }
}

/// What one person has pending.
#[derive(Clone, Copy, Default)]
struct Weight {
    uploads: usize,
    bytes: u64,
    writers: usize,
}

#[derive(Default)]
struct Pending {
    by_id: HashMap<FileId, Arc<Upload>>,
    by_owner: HashMap<UserId, Weight>,
}

impl Pending {
    fn weight(&mut self, owner: UserId) -> &mut Weight {
        self.by_owner.entry(owner).or_default()
    }

    fn forget_weightless(&mut self, owner: UserId) {
        if let Entry::Occupied(weight) = self.by_owner.entry(owner)
            && weight.get().uploads == 0
            && weight.get().writers == 0
        {
            weight.remove();
        }
    }

    fn add(&mut self, upload: Arc<Upload>) {
        let weight = self.weight(upload.owner);
        weight.uploads += 1;
        weight.bytes += upload.reserved.load(Ordering::Relaxed);
        self.by_id.insert(upload.id, upload);
    }

    fn remove(&mut self, id: FileId) {
        if let Some(upload) = self.by_id.remove(&id) {
            let weight = self.weight(upload.owner);
            weight.uploads -= 1;
            weight.bytes -= upload.reserved.load(Ordering::Relaxed);
            self.forget_weightless(upload.owner);
        }
    }
}

/// All uploads in the making, and what working on them shares.
pub struct Uploads {
    pub(super) blobs: Arc<dyn Blobs>,
    pending: Mutex<Pending>,
    /// Held for reading from the moment a content is sealed until a file of it is committed, for
    /// writing while contents that no file needs are deleted.
    pub(super) sealing: RwLock<()>,
    /// Who works on a picture: it takes a core and some memory.
    pub(super) pictures: Semaphore,
    pub(super) writers: Semaphore,
    pub(super) ending: watch::Sender<bool>,
}

/// One who writes, counted.
pub(super) struct Writing<'a> {
    uploads: &'a Uploads,
    owner: UserId,
    _permit: tokio::sync::SemaphorePermit<'a>,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut pending = self.uploads.pending.lock();
        pending.weight(self.owner).writers -= 1;
        pending.forget_weightless(self.owner);
    }
}

impl Uploads {
    /// Finds the uploads that were not finished. Blocks. Stages that are no uploads, left by a
    /// process that was killed, go away.
    pub fn load(blobs: Arc<dyn Blobs>) -> Result<Self, BlobError> {
        let mut pending = Pending::default();
        for (stage, staged) in blobs.stages()? {
            match known(stage, &staged) {
                Some(upload) => pending.add(Arc::new(upload)),
                None => blobs.discard(stage)?,
            }
        }
        Ok(Self {
            blobs,
            pending: Mutex::new(pending),
            sealing: RwLock::default(),
            pictures: Semaphore::new(1),
            writers: Semaphore::new(WRITERS),
            ending: watch::Sender::new(false),
        })
    }

    /// Counts one who writes. Errors: `server_busy`.
    pub(super) fn writing(&self, owner: UserId) -> Answer<Writing<'_>> {
        let permit = self.writers.try_acquire();
        let permit = permit.map_err(|_| ServiceError::ServerBusy)?;
        let mut pending = self.pending.lock();
        let weight = pending.weight(owner);
        if weight.writers >= WRITERS_OF_ONE {
            return Err(ServiceError::ServerBusy);
        }
        weight.writers += 1;
        drop(pending);
        Ok(Writing {
            uploads: self,
            owner,
            _permit: permit,
        })
    }

    /// The uploads of which nothing arrived since `before`.
    pub(super) fn untouched_since(&self, before: Timestamp) -> Vec<Arc<Upload>> {
        let pending = self.pending.lock();
        let old = pending.by_id.values().filter(|one| one.touched() < before);
        old.cloned().collect()
    }

    pub(super) fn forget(&self, id: FileId) {
        self.pending.lock().remove(id);
    }

    fn find(&self, owner: UserId, id: FileId) -> Option<Arc<Upload>> {
        let found = self.pending.lock().by_id.get(&id).cloned();
        found.filter(|upload| upload.owner == owner)
    }

    /// Keeps more of the quota for an upload that didn't say its length.
    fn reserve(&self, upload: &Upload, bytes: u64, used: u64, quota: u64) -> Answer<()> {
        let mut pending = self.pending.lock();
        let weight = pending.weight(upload.owner);
        if used.saturating_add(weight.bytes).saturating_add(bytes) > quota {
            return Err(ServiceError::QuotaExceeded { limit: quota });
        }
        weight.bytes += bytes;
        upload.reserved.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    fn begin(&self, upload: Arc<Upload>, used: u64, quota: u64) -> Answer<()> {
        let mut pending = self.pending.lock();
        let weight = *pending.weight(upload.owner);
        let asked = upload.length.unwrap_or(0);
        let refused = if weight.uploads >= PENDING_MOST {
            let message = "You have 100 unfinished uploads. Please finish or cancel some first.";
            Some(ServiceError::Conflict(message))
        } else if used.saturating_add(weight.bytes).saturating_add(asked) > quota {
            Some(ServiceError::QuotaExceeded { limit: quota })
        } else {
            None
        };
        match refused {
            Some(refused) => {
                pending.forget_weightless(upload.owner);
                Err(refused)
            }
            None => {
                pending.add(upload);
                Ok(())
            }
        }
    }
}

/// The upload that a stage is, if it is one.
fn known(stage: StageId, staged: &Staged) -> Option<Upload> {
    let note: Note = serde_json::from_slice(&staged.note).ok()?;
    // Without a length it can't be resumed.
    note.length?;
    let touched = staged.touched.max(Timestamp(note.created));
    let (id, owner) = (FileId(stage.0), UserId(note.owner));
    Some(Upload::new(id, owner, note.name, note.length, touched))
}

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
    /// When it goes away if nothing more arrives.
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
        let limit = self.0.settings.files.max_bytes;
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
        let note = Note {
            owner: caller.user.0,
            name: name.clone(),
            length,
            created: now.0,
        };
        let note = serde_json::to_vec(&note)
            .map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        let upload = Arc::new(Upload::new(id, caller.user, name, length, now));
        let used = files::usage(&self.0.store.view(), caller.user)?;
        let uploads = &self.0.uploads;
        uploads.begin(Arc::clone(&upload), used, self.quota())?;
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
        self.limit(LimitedAction::Transfer, LimitKey::user(caller.user))?;
        let Some(upload) = self.find_upload(caller.user, id).await? else {
            return self.finished_lately(caller, id);
        };
        let turn = upload.take(&self.0.clock).await?;
        let offset = self.offset_of(&upload).await?;
        if upload.length == Some(offset) {
            let file = self.finish(caller, turn, offset).await?;
            return Ok(self.finished(&file));
        }
        Ok(self.unfinished(&upload, offset))
    }

    /// How far an upload has come, while it goes on. Errors: `not_found`.
    pub async fn upload(&self, caller: Caller, id: FileId) -> Answer<UploadState> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        match self.find_upload(caller.user, id).await? {
            Some(upload) => {
                let offset = self.offset_of(&upload).await?;
                Ok(self.unfinished(&upload, offset))
            }
            None => self.finished_lately(caller, id),
        }
    }

    /// Gives an unfinished upload up; a finished one that nothing holds yet, too.
    /// Errors: `not_found`, `upload_busy`.
    pub async fn discard_upload(&self, caller: Caller, id: FileId) -> Answer<()> {
        let Some(upload) = self.find_upload(caller.user, id).await? else {
            return self.delete_file(caller, id).await;
        };
        self.limit(LimitedAction::Upload, LimitKey::user(caller.user))?;
        let turn = upload.take(&self.0.clock).await?;
        self.drop_upload(&turn).await
    }

    /// Makes everybody who writes an upload let go of it, for good: the server stops.
    pub fn stop_uploads(&self) {
        self.0.uploads.ending.send_replace(true);
    }

    /// The same, and waits until they have.
    pub(super) async fn end_uploads(&self) {
        self.stop_uploads();
        let all = u32::try_from(WRITERS).unwrap_or(u32::MAX);
        // It is never closed.
        let _ = self.0.uploads.writers.acquire_many(all).await;
    }

    pub(super) async fn drop_upload(&self, turn: &Turn) -> Answer<()> {
        let stage = turn.upload.stage();
        self.0.uploads.forget(turn.upload.id);
        self.with_blobs(move |blobs| blobs.discard(stage)).await
    }

    /// Somebody's own upload that has not expired.
    pub(super) async fn find_upload(
        &self,
        owner: UserId,
        id: FileId,
    ) -> Answer<Option<Arc<Upload>>> {
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

    /// The bytes that have arrived of an upload.
    pub(super) async fn offset_of(&self, upload: &Upload) -> Answer<u64> {
        let stage = upload.stage();
        let staged = self.with_blobs(move |blobs| blobs.staged(stage)).await?;
        // Somebody may have finished or dropped it meanwhile.
        Ok(staged.ok_or(ServiceError::NotFound)?.len)
    }

    /// Keeps more of the quota for an upload without a length.
    pub(super) fn grow(&self, upload: &Upload, bytes: u64) -> Answer<()> {
        let used = files::usage(&self.0.store.view(), upload.owner)?;
        self.0.uploads.reserve(upload, bytes, used, self.quota())
    }

    /// Refuses when the disk would have less than its reserve left. The database goes on until
    /// much less is left.
    pub(super) fn require_disk(&self, bytes: u64) -> Answer<()> {
        let space = self.0.store.space()?;
        let reserve = match self.0.settings.files.reserve_bytes {
            Some(reserve) => reserve,
            None => (1 << 30).min(space.total / 10),
        };
        let reserve = reserve.max(space.floor.saturating_mul(2));
        if space.free < reserve.saturating_add(bytes) {
            return Err(ServiceError::StorageFull);
        }
        Ok(())
    }

    /// What one person may keep, in bytes.
    pub(super) fn quota(&self) -> u64 {
        self.0.settings.files.quota_bytes.unwrap_or(u64::MAX)
    }

    fn expires_at(&self, upload: &Upload) -> Timestamp {
        upload.touched().plus(self.0.settings.files.expires)
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
            expires_at: file.created_at.plus(self.0.settings.files.expires),
            file: Some(self.file_view(file)),
        }
    }

    /// What became of somebody's own upload within the last hour.
    fn finished_lately(&self, caller: Caller, id: FileId) -> Answer<UploadState> {
        const LATELY: Duration = Duration::from_hours(1);
        let state = self.0.store.view();
        let file = files::find(&state as &dyn Reads, id)?;
        let now = self.0.clock.now();
        let file = file
            .filter(|file| file.owner == caller.user && now.since(file.created_at) <= LATELY)
            .filter(|file| !matches!(file.used, FileUse::Avatar(_)))
            .ok_or(ServiceError::NotFound)?;
        Ok(self.finished(&file))
    }

    /// Works with the blobs on a thread where that blocks nobody.
    pub(super) async fn with_blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Blobs) -> Result<T, BlobError> + Send + 'static,
    ) -> Answer<T> {
        let blobs = Arc::clone(&self.0.uploads.blobs);
        let done = tokio::task::spawn_blocking(move || work(&*blobs)).await;
        match done {
            Ok(done) => Ok(done?),
            // The panic hook has logged it.
            Err(_) => Err(ServiceError::Internal("work on a file broke off".into())),
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
