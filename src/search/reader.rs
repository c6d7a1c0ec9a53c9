//! The thread that follows the log. It works in slices and rests between them, so that the machine
//! belongs to those who wait for an answer; nobody waits for it.
//!
//! Whatever fails is logged and tried again: the worst that can happen to the index is that it is
//! built anew, while the server goes on.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::build::Build;
use super::index::Index;
use super::indexer::Indexer;
use super::layout::Mark;
use super::{Options, Shared};
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::model::EventSeq;
use crate::store::kv::SledKv;
use crate::store::{Store, StoreError, TailError};

/// Events, or messages, that are taken at once.
const SLICE: usize = 128;

/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Why a round ended.
enum End {
    /// Somebody wants it to.
    Stopped,
    /// The index cannot be brought up to date: it begins anew.
    Outdated(&'static str),
    /// A database failed.
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<TailError> for End {
    fn from(error: TailError) -> Self {
        match error {
            TailError::Trimmed { .. } => Self::Outdated("the log was trimmed past it"),
            TailError::Store(error) => Self::Failed(error),
        }
    }
}

/// See the module.
pub(super) struct Reader {
    pub shared: Arc<Shared>,
    pub folder: PathBuf,
    pub options: Options,
    pub published: watch::Receiver<EventSeq>,
    pub stop: Shutdown,
    pub runtime: Handle,
    pub rng: Rng,
}

impl Reader {
    /// Works until it is stopped.
    pub(super) fn run(mut self) {
        loop {
            let round = catch_unwind(AssertUnwindSafe(|| self.round()));
            // The panic hook has logged it.
            let panicked = StoreError::Contradiction("the reader of the search failed by panic");
            let end = round.unwrap_or(Err(End::Failed(panicked)));
            self.shared.indexing.store(true, Ordering::Release);
            match end {
                Ok(()) | Err(End::Stopped) => {
                    *self.shared.index.write() = None;
                    return;
                }
                Err(End::Outdated(why)) => {
                    tracing::info!(why, "the search index is built anew");
                    self.remove();
                }
                Err(End::Failed(error)) => {
                    let useless =
                        matches!(error, StoreError::Engine(_) | StoreError::Corrupt { .. });
                    tracing::warn!(%error, built_anew = useless, "the search index failed");
                    if useless {
                        self.remove();
                    } else {
                        *self.shared.index.write() = None;
                    }
                    if self.rest(AFTER_FAILURE).is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Closes the index and removes its folder.
    fn remove(&self) {
        *self.shared.index.write() = None;
        if let Err(error) = remove(&self.folder) {
            tracing::warn!(%error, "the search index could not be removed");
        }
    }

    fn round(&mut self) -> Result<(), End> {
        let mut indexer = self.open()?;
        *self.shared.index.write() = Some(Arc::clone(indexer.index()));
        self.shared.saw(indexer.seen());
        if !indexer.is_whole() {
            self.build(&mut indexer)?;
        }
        let goal = self.shared.store.log().head();
        loop {
            self.wait_for_space()?;
            let begun = Instant::now();
            let events = self.shared.store.log().tail(indexer.seen(), SLICE)?;
            indexer.take(&events)?;
            self.shared.saw(indexer.seen());
            if indexer.seen() >= goal {
                self.shared.indexing.store(false, Ordering::Release);
            }
            let writing = indexer.write(self.shared.clock.now())?;
            if events.len() == SLICE || writing {
                self.yield_after(begun)?;
            } else {
                self.wait(indexer.seen())?;
            }
        }
    }

    /// Opens the index, or begins one.
    fn open(&self) -> Result<Indexer, End> {
        let Options {
            cache_bytes, tail, ..
        } = self.options;
        let store = &self.shared.store;
        let log = store.log();
        let kv = SledKv::open(&self.folder, cache_bytes)?;
        let Some(index) = Index::load(Box::new(kv), tail)? else {
            remove(&self.folder)?;
            let index = begin(&self.folder, store, &self.options, &self.rng)?;
            return Ok(Indexer::new(store, Arc::new(index)));
        };
        let mark = index.mark();
        if mark.epoch != log.epoch() || mark.seen > log.head() {
            return Err(End::Outdated("it belongs to another log"));
        }
        if mark.seen.0.saturating_add(1) < log.first().0 {
            return Err(End::Outdated("the log was trimmed past it"));
        }
        Ok(Indexer::new(store, Arc::new(index)))
    }

    fn build(&self, indexer: &mut Indexer) -> Result<(), End> {
        let store = &self.shared.store;
        let begun = Instant::now();
        let mut build = Build::begin(store, indexer)?;
        loop {
            self.wait_for_space()?;
            let begun = Instant::now();
            let done = build.step(store, indexer, SLICE)?;
            let writing = indexer.write(self.shared.clock.now())?;
            if done && !writing {
                break;
            }
            self.yield_after(begun)?;
        }
        indexer.set_whole();
        indexer.write_all()?;
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let messages = indexer.index().docs();
        tracing::info!(messages, duration_ms, "the search index was built");
        Ok(())
    }

    /// Returns when the disk has room: what is left of it is for messages. Searches go on meanwhile.
    fn wait_for_space(&self) -> Result<(), End> {
        let mut told = false;
        while self.shared.store.space()?.require().is_err() {
            if !told {
                tracing::warn!("the search index waits until the disk has room");
                told = true;
            }
            self.rest(AFTER_FAILURE)?;
        }
        Ok(())
    }

    /// Rests for a while in proportion to how long was worked.
    fn yield_after(&self, begun: Instant) -> Result<(), End> {
        self.rest(begun.elapsed().mul_f32(self.options.rest))
    }

    /// Rests, or ends when it is stopped meanwhile.
    fn rest(&self, duration: Duration) -> Result<(), End> {
        let stopped = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.stop.begun() => true,
                () = tokio::time::sleep(duration) => false,
            }
        });
        if stopped { Err(End::Stopped) } else { Ok(()) }
    }

    /// Returns when there is something newer, a little later so that more has gathered.
    fn wait(&mut self, seen: EventSeq) -> Result<(), End> {
        let Self {
            published, stop, ..
        } = self;
        let goes_on = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = stop.begun() => false,
                found = published.wait_for(|head| *head > seen) => found.is_ok(),
                // Even if nothing happens, something may be due.
                () = tokio::time::sleep(self.options.at_least_every) => true,
            }
        });
        if !goes_on {
            return Err(End::Stopped);
        }
        self.rest(self.options.gather)
    }
}

/// Builds the index anew in a data folder that no server uses, and returns how many messages it has.
/// `progress` is told now and then how many it has so far, of how many.
pub fn rebuild(
    folder: &Path,
    store: &Store,
    options: &Options,
    rng: &Rng,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, StoreError> {
    remove(folder)?;
    let index = Arc::new(begin(folder, store, options, rng)?);
    let mut indexer = Indexer::new(store, Arc::clone(&index));
    let mut build = Build::begin(store, &mut indexer)?;
    while !build.step(store, &mut indexer, SLICE)? {
        progress(index.docs().into(), build.messages());
    }
    indexer.set_whole();
    indexer.write_all()?;
    Ok(index.docs().into())
}

/// Begins an index of everything that is stored now, in a folder that isn't there.
fn begin(folder: &Path, store: &Store, options: &Options, rng: &Rng) -> Result<Index, StoreError> {
    let kv = SledKv::open(folder, options.cache_bytes)?;
    let log = store.log();
    let mark = Mark {
        epoch: log.epoch(),
        seen: log.head(),
        docs: 0,
        whole: false,
        numbering: rng.u64(),
    };
    Index::begin(Box::new(kv), options.tail, mark)
}

/// Removes the folder of an index, if there is one.
fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", folder)(error))
        }
        _ => Ok(()),
    }
}
