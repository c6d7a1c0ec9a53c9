//! All rules: who may, what is valid, what happens; and the committer that decides them.
//!
//! No wires, no status codes, no keys, no encoding. Both doors call the same methods of
//! [`Service`]; a file per resource.

pub mod error;
pub mod fields;
pub mod limits;
pub mod types;

mod accounts;
mod admin;
mod avatars;
mod chores;
mod command;
mod commit;
#[cfg(test)]
mod commit_tests;
mod compaction;
mod confirmed;
mod conversations;
mod deadlines;
mod decision;
mod devices;
mod directory;
mod edits;
mod file_names;
mod files;
mod finding;
mod finishing;
mod follow;
mod groups;
mod handoffs;
mod house;
mod invites;
mod live;
mod members;
mod mentions;
mod messages;
mod newcomers;
mod own;
mod passwords;
mod pending;
mod places;
mod presence;
mod queue;
mod readings;
mod reaper;
mod receipts;
mod receiving;
mod resets;
mod rules;
mod session_cache;
mod sessions;
mod setup;
mod staged;
mod start;
mod typing;
mod uploads;
mod views;
mod writable;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::metrics::Meters;
use crate::store::{Reads, Store, StoreError};

pub use crate::store::LogLimits;
pub use commit::Fatal;
pub use confirmed::Purpose;
pub use decision::{Decision, Rule};
pub use edits::EDITS_MAX;
pub use error::ServiceError;
pub use files::{Content, FileFilter, FilePart, Reading, StorageUsage};
pub use house::QUOTA_MOST;
pub use limits::LimitedAction;
pub use live::Listener;
pub use newcomers::OpenHouse;
pub use own::DRAFTS_MAX;
pub use passwords::PasswordCost;
pub use queue::Room;
pub use readings::Readings;
pub use receiving::{Checksum, Piece};
pub use start::{FileSettings, Parts, Running, Settings};
pub use types::*;
pub use uploads::UploadState;

use commit::Committer;
use devices::Devices;
use directory::Directory;
use limits::{LimitKey, Limits};
use live::Live;
use passwords::Passwords;
use pending::Uploads;
use receipts::Receipts;
use session_cache::SessionCache;

/// What methods return.
pub type Answer<T> = Result<T, ServiceError>;

/// The service floor. Cheap to clone; all clones are one.
///
/// Methods that change something are `async` and return once it is on disk; dropping their future
/// does not undo what was asked. Methods that read return at once.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: Store,
    committer: Committer,
    clock: Clock,
    rng: Rng,
    settings: watch::Sender<Arc<Settings>>,
    /// Who counts what happens.
    meters: Meters,
    passwords: Passwords,
    devices: Devices,
    limits: Limits,
    directory: Arc<Directory>,
    sessions: Arc<SessionCache>,
    settled: Arc<house::Settled>,
    live: Arc<Live>,
    receipts: Receipts,
    uploads: Uploads,
    readers: places::Places,
    writable: writable::Writable,
    compaction: compaction::Compaction,
    confirmed: confirmed::Confirmed,
    newcomers: newcomers::Newcomers,
    handoffs: handoffs::Handoffs,
    /// Wakes who lets files go.
    reaper: Arc<tokio::sync::Notify>,
    /// The last id given to an account or a conversation.
    last_id: AtomicU64,
}

impl Service {
    /// Decides a command; see [`Rule`].
    async fn decide<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&dyn Reads, crate::base::clock::Timestamp) -> Answer<Decision<T>>
        + Send
        + 'static,
    ) -> Answer<T> {
        self.0.committer.run(rule).await
    }

    /// Returns once the commit and the publish thread have passed on what changes nothing: they are
    /// alive. Errors: `server_busy`.
    pub async fn beat(&self) -> Answer<()> {
        self.decide(|_, _| Ok(Decision::nothing(()))).await
    }

    /// How it behaves now.
    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.0.settings.borrow())
    }

    /// From now on it behaves like this, as far as that can change while it runs: what it is called,
    /// how long sessions stand, whether rates are limited, what may be uploaded.
    pub fn settle(&self, new: Settings) {
        self.0.limits.set(new.limited);
        self.0.settings.send_modify(|settings| {
            let before = &**settings;
            *settings = Arc::new(Settings {
                server_name: new.server_name,
                session_idle: new.session_idle,
                registration: new.registration,
                limited: new.limited,
                files: FileSettings {
                    path_prefix: before.files.path_prefix.clone(),
                    writers: before.files.writers,
                    ..new.files
                },
                ..before.clone()
            });
        });
    }

    fn limit(&self, action: LimitedAction, key: LimitKey) -> Answer<()> {
        self.0.limits.check(action, key)
    }

    /// How many password hashes were computed so far, to make one or to check one.
    pub fn password_hashes(&self) -> u64 {
        self.0.passwords.done()
    }

    /// A new id for an account or a conversation: milliseconds and 20 random bits, always
    /// greater than the one before.
    fn next_id(&self) -> u64 {
        let random = self.0.rng.u64() & 0xf_ffff;
        let id = self.0.clock.now().0 << 20 | random;
        let later = |last: u64| Some(id.max(last + 1));
        let order = Ordering::Relaxed;
        let before = self.0.last_id.fetch_update(order, order, later);
        before.map_or(id, |last| id.max(last + 1))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        if error.is_full() {
            Self::StorageFull
        } else {
            Self::Internal(error.to_string().into())
        }
    }
}
