//! Giving space back while the server runs: when the database is mostly dead, and when an administrator asks.
//!
//! How it is done is the store's (`store::Generation`). Here is when, and that nobody notices: it works for
//! half of the time at most, on a thread of its own, and the commit thread stops for the switch alone.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::spawn_blocking;

use super::limits::{LimitKey, LimitedAction};
use super::rules::require_admin;
use super::{Answer, Caller, Service, ServiceError};
use crate::store::{Compacted, Step, StoreError};

/// How often the database is looked at, and how long after the start.
const LOOK_EVERY: Duration = Duration::from_mins(10);

/// The longest rest between two pieces of work.
const REST_MOST: Duration = Duration::from_millis(50);

/// What is known of it.
#[derive(Default)]
pub struct Compaction {
    asked: Notify,
    going: AtomicBool,
    copied: AtomicU64,
    compared: AtomicU64,
}

/// How far the copying has come. The whole is not known before it is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompactionProgress {
    /// Rows that are copied.
    pub copied: u64,
    /// Rows of them that were compared with what they are copies of; then it is done.
    pub compared: u64,
}

/// Works for half of the time, and ends when the server does or room is short.
struct Pace {
    service: Service,
    since: Instant,
}

impl Pace {
    fn note(&self, step: Step) {
        let Compaction {
            copied, compared, ..
        } = &self.service.0.compaction;
        match step {
            Step::Copying(rows) => copied.store(rows, Ordering::Relaxed),
            Step::Comparing(rows) => compared.store(rows, Ordering::Relaxed),
            Step::Following | Step::Ready | Step::Switched => {}
        }
    }

    fn watch(&mut self, step: Step) -> ControlFlow<()> {
        let store = &self.service.0.store;
        let short = store.space().is_ok_and(|it| it.free / 2 < it.floor);
        if short || self.service.0.uploads.is_ending() {
            return ControlFlow::Break(());
        }
        // What is committed meanwhile would grow during a rest.
        if !matches!(step, Step::Following | Step::Ready) {
            thread::sleep(self.since.elapsed().min(REST_MOST));
        }
        self.since = Instant::now();
        ControlFlow::Continue(())
    }
}

impl Service {
    /// Begins to give the space of deleted things back to the disk. It takes its time, beside what people do.
    /// Errors: `forbidden`, `conflict` while it is done already.
    pub fn compact(&self, caller: Caller) -> Answer<()> {
        self.limit(LimitedAction::Manage, LimitKey::user(caller.user))?;
        require_admin(&self.0.store.view(), caller.actor())?;
        self.compact_soon()
    }

    /// The same for whoever has the machine. Errors: `conflict` while it is done already.
    pub fn compact_soon(&self) -> Answer<()> {
        if self.is_compacting() {
            return Err(ServiceError::Conflict {
                field: "compaction",
                message: "Space is being given back already. Please wait until it is done.",
            });
        }
        self.0.compaction.asked.notify_one();
        Ok(())
    }

    /// Whether the database is just copied into its next generation.
    pub fn is_compacting(&self) -> bool {
        self.0.compaction.going.load(Ordering::Acquire)
    }

    /// How far it has come, while it goes on.
    pub fn compaction_progress(&self) -> Option<CompactionProgress> {
        let compaction = &self.0.compaction;
        self.is_compacting().then(|| CompactionProgress {
            copied: compaction.copied.load(Ordering::Relaxed),
            compared: compaction.compared.load(Ordering::Relaxed),
        })
    }

    /// Runs until uploads end.
    pub(super) async fn run_compacting(self) {
        let mut ending = self.0.uploads.ending();
        loop {
            let asked = tokio::select! {
                biased;
                _ = ending.wait_for(|ending| *ending) => return,
                () = self.0.compaction.asked.notified() => true,
                () = self.0.clock.sleep(LOOK_EVERY) => false,
            };
            self.0.compaction.copied.store(0, Ordering::Relaxed);
            self.0.compaction.compared.store(0, Ordering::Relaxed);
            self.0.compaction.going.store(asked, Ordering::Release);
            let service = self.clone();
            let done = spawn_blocking(move || service.give_back(asked)).await;
            self.0.compaction.going.store(false, Ordering::Release);
            match done {
                Ok(Ok(Some(done))) => {
                    let Compacted {
                        rows,
                        bytes_before,
                        bytes_after,
                    } = done;
                    tracing::info!(
                        rows,
                        bytes_before,
                        bytes_after,
                        "gave space back to the disk"
                    );
                }
                Ok(Err(StoreError::Stopped)) if !*ending.borrow() => {
                    tracing::warn!(
                        "no space was given back: the disk is too full to make the copy beside what people do; \
                         make room on it, or stop the server and run `inkspot check --compact`"
                    );
                }
                // A panic was logged by the panic hook.
                Ok(Ok(None) | Err(StoreError::Stopped)) | Err(_) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "no space was given back; it is tried again later");
                }
            }
        }
    }

    /// Looks, counts if need be, and copies if it is worth it. Blocks.
    fn give_back(&self, asked: bool) -> Result<Option<Compacted>, StoreError> {
        let mut pace = Pace {
            service: self.clone(),
            since: Instant::now(),
        };
        let store = &self.0.store;
        if store.occupied()?.rows.is_none() && (asked || self.is_wasteful()?.is_none()) {
            store.count(&mut || pace.watch(Step::Comparing(0)))?;
        }
        if !asked && self.is_wasteful()? != Some(true) {
            return Ok(None);
        }
        self.0.compaction.going.store(true, Ordering::Release);
        // Nobody's uploads are to end because of it, unless somebody wants that.
        let space = store.space()?;
        let reserve = if asked {
            space.floor
        } else {
            self.settings().files.reserve(&space)
        };
        let next = store.next_generation(reserve, &mut |step| {
            pace.note(step);
            pace.watch(step)
        })?;
        let retired = self
            .0
            .committer
            .with_writer(move |writer| writer.switch(next))?;
        retired.remove().map(Some)
    }

    fn is_wasteful(&self) -> Result<Option<bool>, StoreError> {
        Ok(self.0.store.occupied()?.is_mostly_dead())
    }
}
