//! Starting the service floor, and ending it in order.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::commit::{Committer, Fatal, Threads};
use super::compaction::Compaction;
use super::confirmed::Confirmed;
use super::devices::Devices;
use super::directory::Directory;
use super::files::READERS_OF_ONE;
use super::handoffs::Handoffs;
use super::house::Settled;
use super::limits::Limits;
use super::live::Live;
use super::newcomers::{Newcomers, OpenHouse};
use super::passwords::{PasswordCost, Passwords};
use super::pending::Uploads;
use super::places::Places;
use super::presence::Presence;
use super::queue::Room;
use super::reaper::Loosened;
use super::receipts::Receipts;
use super::session_cache::SessionCache;
use super::writable::Writable;
use super::{Answer, Inner, Service, ServiceError};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::blobs::Blobs;
use crate::metrics::Meters;
use crate::model::Registration;
use crate::store::{LogLimits, Space, Store, Writer};

/// How often what is outdated in memory is dropped.
const MEMORY_TIDIED_EVERY: Duration = Duration::from_mins(1);

/// How often the store is tidied up: the log trimmed, older messages put into pages.
const STORE_TIDIED_EVERY: Duration = Duration::from_mins(10);

/// What the service is made of.
pub struct Parts {
    /// What is stored, for reading.
    pub store: Store,
    /// The only way to change it.
    pub writer: Writer,
    /// The contents of files.
    pub blobs: Arc<dyn Blobs>,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// How it behaves.
    pub settings: Settings,
    /// Called once, on a thread of the committer, when nothing can be stored any more: the
    /// process must end with an error.
    pub fatal: Fatal,
}

/// How the service behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What people call this server.
    pub server_name: String,
    /// How long an unused session stands.
    pub session_idle: Duration,
    /// Who may make an account, until an administrator settles it.
    pub registration: Registration,
    /// How many may make one where everybody may.
    pub open: OpenHouse,
    /// Whether rates are limited.
    pub limited: bool,
    /// What hashing a password costs.
    pub password_cost: PasswordCost,
    /// How many passwords are hashed at the same time.
    pub password_turns: usize,
    /// How long somebody without a socket is still online.
    pub grace: Duration,
    /// How many commands may wait.
    pub room: Room,
    /// How much of the log is kept. Who fell behind further starts again from the present state.
    pub log_limits: LogLimits,
    /// What may be uploaded.
    pub files: FileSettings,
    /// Who counts what happens.
    pub meters: Meters,
}

/// What may be uploaded, and where it is found.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// What one person may keep in all, in bytes.
    pub quota_bytes: Option<u64>,
    /// How long an unfinished upload waits.
    pub expires: Duration,
    /// Free bytes below which uploads stop; a gibibyte or a tenth of the disk if not set.
    pub reserve_bytes: Option<u64>,
    /// How many uploads are written at the same time; others wait.
    pub writers: u32,
    /// What stands in front of `/api` in the addresses of files; empty or `/prefix`.
    pub path_prefix: String,
}

impl FileSettings {
    /// Free bytes below which uploads stop on such a disk. The database goes on until much less
    /// is left.
    pub fn reserve(&self, space: &Space) -> u64 {
        let reserve = self.reserve_bytes;
        let reserve = reserve.unwrap_or_else(|| (1 << 30).min(space.total / 10));
        reserve.max(space.floor.saturating_mul(2))
    }
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            max_bytes: 100 << 20,
            quota_bytes: Some(2 << 30),
            expires: Duration::from_hours(24),
            reserve_bytes: None,
            writers: 32,
            path_prefix: String::new(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server_name: "Inkspot".into(),
            session_idle: Duration::from_hours(90 * 24),
            registration: Registration::default(),
            open: OpenHouse::default(),
            limited: true,
            password_cost: PasswordCost::default(),
            password_turns: 1,
            grace: Duration::from_secs(5),
            room: Room {
                commands: 4096,
                bytes: 8 << 20,
            },
            log_limits: LogLimits {
                max_age: Duration::from_hours(30 * 24),
                max_events: 200_000,
            },
            files: FileSettings::default(),
            meters: Meters::default(),
        }
    }
}

/// A started service. Dropping it ends the service too, without waiting.
pub struct Running {
    service: Service,
    threads: Option<Threads>,
    timers: Vec<JoinHandle<()>>,
    /// What ends by itself when uploads do.
    keepers: Vec<JoinHandle<()>>,
}

impl Service {
    /// Starts the committer's threads and the timers. Must be called within a tokio runtime.
    pub fn start(parts: Parts) -> Answer<(Self, Running)> {
        let Parts {
            store,
            writer,
            blobs,
            clock,
            rng,
            settings,
            fatal,
        } = parts;
        let prefix = settings.files.path_prefix.clone();
        let directory = Arc::new(Directory::load(&store.view(), prefix)?);
        let uploads = Uploads::load(blobs, &store.view(), settings.files.writers)?;
        let reaper = Arc::default();
        let sessions = Arc::new(SessionCache::default());
        let settled = Arc::new(Settled::load(&store.view())?);
        let live = Arc::new(Live::new(Presence::new(settings.grace), clock.clone()));
        let passwords =
            Passwords::new(settings.password_cost, settings.password_turns, rng.clone())?;
        let head = store.log().head();
        let meters = settings.meters.clone();
        let (committer, threads) = Committer::start(
            writer,
            head,
            clock.clone(),
            settings.room,
            meters.clone(),
            fatal,
        )
        .map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        committer.follow(directory.clone());
        committer.follow(sessions.clone());
        committer.follow(settled.clone());
        committer.follow(live.clone());
        committer.follow(Arc::new(Loosened(Arc::clone(&reaper))));
        let service = Self(Arc::new(Inner {
            devices: Devices::new(store.installation().secret, rng.clone()),
            limits: Limits::new(settings.limited, &clock),
            store,
            committer,
            clock,
            rng,
            settings: watch::Sender::new(Arc::new(settings)),
            meters,
            passwords,
            directory,
            sessions,
            settled,
            live,
            receipts: Receipts::default(),
            uploads,
            readers: Places::new(READERS_OF_ONE),
            writable: Writable::default(),
            compaction: Compaction::default(),
            confirmed: Confirmed::default(),
            newcomers: Newcomers::default(),
            handoffs: Handoffs::default(),
            reaper,
            last_id: AtomicU64::new(0),
        }));
        service.look_at_room();
        let timers = vec![
            tokio::spawn(service.clone().run_looking_at_room()),
            tokio::spawn(service.clone().run_live()),
            tokio::spawn(service.clone().run_memory_tidying()),
            tokio::spawn(service.clone().run_store_tidying()),
        ];
        let keepers = vec![
            tokio::spawn(service.clone().run_reaping()),
            tokio::spawn(service.clone().run_compacting()),
        ];
        let running = Running {
            service: service.clone(),
            threads: Some(threads),
            timers,
            keepers,
        };
        Ok((service, running))
    }

    /// Drops what is outdated, from time to time; runs until it is dropped.
    async fn run_memory_tidying(self) {
        loop {
            self.0.clock.sleep(MEMORY_TIDIED_EVERY).await;
            self.0.limits.forget_full();
        }
    }

    async fn run_store_tidying(self) {
        loop {
            self.0.committer.tidy(self.settings().log_limits);
            self.0.clock.sleep(STORE_TIDIED_EVERY).await;
        }
    }
}

impl Running {
    /// Ends in order: notes when everybody who is still here was last seen, takes no more
    /// commands, answers all that wait, publishes what they led to, and lets go of the database.
    /// Close the doors before.
    pub async fn stop(mut self) {
        for timer in self.timers.drain(..) {
            timer.abort();
            // That it was aborted is no news.
            let _ = timer.await;
        }
        self.service.stop_uploads();
        for keeper in self.keepers.drain(..) {
            // What it has begun on a disk it ends. A panic was logged by the panic hook.
            let _ = keeper.await;
        }
        let _idle = self.service.0.uploads.idle().await;
        let (users, at) = self.service.0.live.end();
        let (tell, told) = oneshot::channel::<()>();
        self.service.went(users, at, move |_| drop(tell));
        // The answer doesn't matter, only that it came.
        let _ = told.await;
        if let Some(threads) = self.threads.take() {
            // A panic of a thread was logged by the panic hook.
            let _ = tokio::task::spawn_blocking(move || threads.stop()).await;
        }
        self.service.0.live.forget_listeners();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in self.timers.drain(..).chain(self.keepers.drain(..)) {
            task.abort();
        }
    }
}
