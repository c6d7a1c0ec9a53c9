//! Uploads in the making, as they are remembered: whose each is, who writes it, how much of a
//! quota they keep.
//!
//! What is done with them is in `uploads`, `receiving` and `finishing`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::{
    OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, OwnedSemaphorePermit, RwLock,
    Semaphore, SemaphorePermit, watch,
};

use super::places::Places;
use super::{Answer, ServiceError};
use crate::base::clock::{Clock, Timestamp};
use crate::blobs::{Blobs, StageId, Staged};
use crate::model::ids::{FileId, UserId};
use crate::store::{Reads, files};

/// How many unfinished uploads one person may have.
const PENDING_MOST: usize = 100;
/// How long whoever writes an upload may take to let go of it.
const LETTING_GO: Duration = Duration::from_secs(10);
/// How many uploads one person may write at the same time.
const WRITERS_OF_ONE: usize = 8;
/// How long another one waits for a place.
const WRITERS_WAIT: Duration = Duration::from_secs(30);
/// Bytes a second below which, after a while, one has to go when somebody waits.
const LEAST_PACE: u64 = 64 << 10;
const SLOW_AFTER: Duration = Duration::from_secs(30);

/// What a stage's note says. Kept on disk: fields may be added, with defaults.
#[derive(Serialize, Deserialize)]
struct Note {
    owner: u64,
    name: String,
    length: Option<u64>,
    created: u64,
}

impl Note {
    /// The upload that a stage is, if it is one.
    fn upload(stage: StageId, staged: &Staged) -> Option<Upload> {
        let note: Self = serde_json::from_slice(&staged.note).ok()?;
        // Without a length it can't be resumed.
        note.length?;
        let touched = staged.touched.max(Timestamp(note.created));
        let (id, owner) = (FileId(stage.0), UserId(note.owner));
        Some(Upload::new(id, owner, note.name, note.length, touched))
    }
}

/// An upload in the making.
pub struct Upload {
    pub id: FileId,
    pub owner: UserId,
    pub name: String,
    /// Its length in bytes, if it was said.
    pub length: Option<u64>,
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
    pub fn new(
        id: FileId,
        owner: UserId,
        name: String,
        length: Option<u64>,
        at: Timestamp,
    ) -> Self {
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

    /// What its stage's note says.
    pub fn note(&self) -> Result<Vec<u8>, ServiceError> {
        let note = Note {
            owner: self.owner.0,
            name: self.name.clone(),
            length: self.length,
            created: self.touched().0,
        };
        let note = serde_json::to_vec(&note);
        note.map_err(|error| ServiceError::Internal(error.to_string().into()))
    }

    /// Its stage.
    pub fn stage(&self) -> StageId {
        StageId(self.id.0)
    }

    /// Something of it arrived.
    pub fn touch(&self, at: Timestamp) {
        self.touched.fetch_max(at.0, Ordering::Relaxed);
    }

    /// When something of it last arrived.
    pub fn touched(&self) -> Timestamp {
        Timestamp(self.touched.load(Ordering::Relaxed))
    }

    /// Makes whoever writes it let go, and waits for that.
    pub async fn take(self: &Arc<Self>, clock: &Clock) -> Answer<Turn> {
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
pub struct Turn {
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
    /// Where contents are.
    pub blobs: Arc<dyn Blobs>,
    pending: Mutex<Pending>,
    /// Held for reading from the moment a content is sealed until a file of it is committed, for
    /// writing while contents that no file needs are deleted.
    pub sealing: Arc<RwLock<()>>,
    /// Held for reading by who reads all contents; meanwhile none is deleted.
    pub reading: Arc<RwLock<()>>,
    /// Held for reading by who makes a file of an upload.
    finishing: Arc<RwLock<()>>,
    /// Who works on a picture: it takes a core and some memory.
    pub pictures: Semaphore,
    /// Who copies a film: it keeps the disk busy.
    pub films: Semaphore,
    writers: Semaphore,
    writers_most: u32,
    writers_of: Places,
    /// Each who waits for a place among all holds one more of it.
    waiting: Arc<()>,
    ending: watch::Sender<bool>,
}

/// A place among those who write.
pub struct Writing<'a> {
    _own: OwnedSemaphorePermit,
    _permit: SemaphorePermit<'a>,
}

impl Uploads {
    /// Finds the uploads that were not finished. Blocks. Stages that are no uploads, left by a
    /// process that was killed, go away; so do those of which there is a file already.
    /// At most `writers` are written at the same time.
    pub fn load(blobs: Arc<dyn Blobs>, state: &dyn Reads, writers: u32) -> Answer<Self> {
        let mut pending = Pending::default();
        for (stage, staged) in blobs.stages()? {
            match Note::upload(stage, &staged) {
                Some(upload) if files::find(state, upload.id)?.is_none() => {
                    pending.add(Arc::new(upload));
                }
                _ => blobs.discard(stage)?,
            }
        }
        Ok(Self {
            blobs,
            pending: Mutex::new(pending),
            sealing: Arc::default(),
            reading: Arc::default(),
            finishing: Arc::default(),
            pictures: Semaphore::new(1),
            films: Semaphore::new(1),
            writers: Semaphore::new(writers as usize),
            writers_most: writers,
            writers_of: Places::new(WRITERS_OF_ONE),
            waiting: Arc::default(),
            ending: watch::Sender::new(false),
        })
    }

    /// Makes everybody who writes an upload let go of it, for good.
    pub fn stop(&self) {
        self.ending.send_replace(true);
    }

    /// Whether everybody has to let go.
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Becomes true when everybody has to let go.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Returns when nobody writes and no file is being made. None is as long as the guard lives.
    pub async fn idle(&self) -> OwnedRwLockWriteGuard<()> {
        // It is never closed.
        let _ = self.writers.acquire_many(self.writers_most).await;
        Arc::clone(&self.finishing).write_owned().await
    }

    /// To be held by who makes a file of an upload. Errors: `server_busy` when the server stops.
    pub fn finishing(&self) -> Answer<OwnedRwLockReadGuard<()>> {
        let finishing = Arc::clone(&self.finishing).try_read_owned();
        finishing.map_err(|_| ServiceError::ServerBusy)
    }

    /// A place among those who write, held for as long as it takes; who finds none waits.
    /// Errors: `server_busy`.
    pub async fn writing(&self, owner: UserId, clock: &Clock) -> Answer<Writing<'_>> {
        let own = self.writers_of.of(owner);
        let place = async {
            let own = own.acquire_owned().await.ok()?;
            let _waits = Arc::clone(&self.waiting);
            let permit = self.writers.acquire().await.ok()?;
            Some(Writing {
                _own: own,
                _permit: permit,
            })
        };
        let place = clock.timeout(WRITERS_WAIT, place).await;
        place.flatten().ok_or(ServiceError::ServerBusy)
    }

    /// Whether one who wrote so many bytes in that time keeps somebody waiting.
    pub fn is_too_slow(&self, bytes: u64, took: Duration) -> bool {
        let is_wanted = Arc::strong_count(&self.waiting) > 1;
        is_wanted && took > SLOW_AFTER && bytes / LEAST_PACE < took.as_secs()
    }

    /// How many are unfinished, and how many of them are being written.
    pub fn count(&self) -> (usize, usize) {
        let writing = self.writers_most as usize - self.writers.available_permits();
        (self.pending.lock().by_id.len(), writing)
    }

    /// The uploads of which nothing arrived since `before`.
    pub fn untouched_since(&self, before: Timestamp) -> Vec<Arc<Upload>> {
        let pending = self.pending.lock();
        let old = pending.by_id.values().filter(|one| one.touched() < before);
        old.cloned().collect()
    }

    /// It is no upload any more.
    pub fn forget(&self, id: FileId) {
        self.pending.lock().remove(id);
    }

    /// Somebody's own upload.
    pub fn find(&self, owner: UserId, id: FileId) -> Option<Arc<Upload>> {
        let found = self.pending.lock().by_id.get(&id).cloned();
        found.filter(|upload| upload.owner == owner)
    }

    /// Keeps more of the quota for an upload that didn't say its length.
    pub fn reserve(&self, upload: &Upload, bytes: u64, used: u64, quota: u64) -> Answer<()> {
        let mut pending = self.pending.lock();
        let weight = pending.weight(upload.owner);
        if used.saturating_add(weight.bytes).saturating_add(bytes) > quota {
            return Err(ServiceError::QuotaExceeded { limit: quota });
        }
        weight.bytes += bytes;
        upload.reserved.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Adds an upload, if its owner may have one more of this length. `used` is what their files
    /// take already.
    pub fn begin(&self, upload: Arc<Upload>, used: u64, quota: u64) -> Answer<()> {
        let mut pending = self.pending.lock();
        let weight = *pending.weight(upload.owner);
        let asked = upload.length.unwrap_or(0);
        pending.forget_weightless(upload.owner);
        if weight.uploads >= PENDING_MOST {
            let message = "You have 100 unfinished uploads. Please finish or cancel some first.";
            return Err(ServiceError::Conflict {
                field: "uploads",
                message,
            });
        }
        if used.saturating_add(weight.bytes).saturating_add(asked) > quota {
            return Err(ServiceError::QuotaExceeded { limit: quota });
        }
        pending.add(upload);
        Ok(())
    }
}
