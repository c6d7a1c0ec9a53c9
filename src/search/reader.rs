//! The thread that follows the log. It works in slices and rests between them, so that the machine
//! belongs to those who wait for an answer; nobody waits for it.
//!
//! Whatever fails is logged and tried again: the worst that can happen to the index is that it is
//! built anew, while the server goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::build::Build;
use super::folders::Folders;
use super::index::Index;
use super::indexer::Indexer;
use super::layout::Mark;
use super::own::{self, Failure, IndexError, Own};
use super::unreadable::Unreadable;
use super::{Options, Shared};
use crate::base::clock::Timestamp;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::model::{Event, EventSeq};
use crate::store::{Store, StoreError, TailError};

/// Events, or messages, that are taken at once.
pub(super) const SLICE: usize = 128;

/// How many times as long as after other work it rests while the index is renewed.
const RENEWAL_REST: f32 = 4.0;

/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Why a round ended.
pub(super) enum End {
    /// Somebody wants it to.
    Stopped,
    /// The index cannot be brought up to date: it begins anew.
    Outdated(&'static str),
    /// Something failed.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<TailError> for End {
    fn from(error: TailError) -> Self {
        match error {
            TailError::Trimmed { .. } => Self::Outdated("the log was trimmed past it"),
            TailError::Store(error) => error.into(),
        }
    }
}

/// See the module.
pub(super) struct Reader {
    pub shared: Arc<Shared>,
    pub folders: Folders,
    pub options: Options,
    pub published: watch::Receiver<EventSeq>,
    pub stop: Shutdown,
    pub runtime: Handle,
    pub rng: Rng,
    /// The number of the index in use.
    pub number: u32,
    /// The number up to which indexes were given up; a search may still be in one of them.
    pub given_up: u32,
    /// When the index was last renewed, or that was tried.
    pub renewed_at: Option<Timestamp>,
}

impl Reader {
    /// Works until it is stopped.
    pub(super) fn run(mut self) {
        loop {
            let round = catch_unwind(AssertUnwindSafe(|| self.round()));
            // The panic hook has logged it.
            let panicked = StoreError::Contradiction("the reader of the search failed by panic");
            let end = round.unwrap_or_else(|_| Err(panicked.into()));
            self.shared.indexing.store(true, Ordering::Release);
            let index = self.shared.index.write().take();
            let lost = match &end {
                Err(End::Outdated(_)) => true,
                Err(End::Failed(Failure::Index(error))) => error.is_lost(),
                _ => false,
            };
            if lost {
                index.inspect(|index| index.let_go());
                self.given_up = self.number;
            }
            match end {
                Ok(()) | Err(End::Stopped) => return,
                Err(End::Outdated(why)) => {
                    tracing::info!(why, "the search index is built anew");
                }
                Err(End::Failed(error)) => {
                    tracing::warn!(%error, built_anew = lost, "the search index failed");
                    if self.rest(AFTER_FAILURE).is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn round(&mut self) -> Result<(), End> {
        let mut indexer = self.open()?;
        *self.shared.index.write() = Some(Arc::clone(indexer.index()));
        self.shared.saw(indexer.seen());
        loop {
            // The index is as good as before when it is the store that failed.
            match self.follow(&mut indexer) {
                Err(End::Failed(Failure::Store(error))) => {
                    tracing::warn!(%error, "the search index waits because of the store");
                    self.rest(AFTER_FAILURE)?;
                }
                end => return end,
            }
        }
    }

    /// Brings the index up to date and keeps it so.
    fn follow(&mut self, indexer: &mut Indexer) -> Result<(), End> {
        if !indexer.is_whole() {
            self.build(indexer)?;
        }
        let goal = self.shared.store.log().head();
        let mut renewal = None;
        loop {
            if renewal.is_none() {
                self.wait_for_space()?;
            }
            let begun = Instant::now();
            let more = self.take_events(indexer)?;
            self.shared.saw(indexer.seen());
            if indexer.seen() >= goal {
                self.shared.indexing.store(false, Ordering::Release);
            }
            let writing = indexer.write(self.shared.clock.now())?;
            if self.renew(&mut renewal, indexer)? {
                self.rest(begun.elapsed().mul_f32(RENEWAL_REST * self.options.rest))?;
            } else if more || writing {
                self.yield_after(begun)?;
            } else {
                self.wait(indexer.seen())?;
            }
        }
    }

    /// Gives the next events to an index. Returns whether there are more.
    pub(super) fn take_events(&self, indexer: &mut Indexer) -> Result<bool, End> {
        let log = self.shared.store.log();
        let events = match log.tail(indexer.seen(), SLICE) {
            // One of them can't be read: it is found by taking them one by one.
            Err(TailError::Store(StoreError::Corrupt { .. })) => {
                if let Some(events) = self.next_event(indexer.seen())? {
                    indexer.take(&events)?;
                } else {
                    indexer.skip();
                }
                return Ok(true);
            }
            events => events?,
        };
        indexer.take(&events)?;
        Ok(events.len() == SLICE)
    }

    /// The next event alone; `None` if it can't be read.
    fn next_event(&self, seen: EventSeq) -> Result<Option<Vec<Event>>, End> {
        match self.shared.store.log().tail(seen, 1) {
            Err(TailError::Store(error)) => Ok(self.shared.unreadable.or_skip(Err(error))?),
            events => Ok(Some(events?)),
        }
    }

    /// Opens the newest index that is whole, else one that isn't, or begins one.
    fn open(&mut self) -> Result<Indexer, End> {
        let mut found: Option<(u32, Indexer)> = None;
        for number in self.folders.numbers()?.into_iter().rev() {
            // What was given up may still be used by a search.
            if number <= self.given_up || found.as_ref().is_some_and(|(_, one)| one.is_whole()) {
                break;
            }
            if let Some(indexer) = self.load(number)?
                && (found.is_none() || indexer.is_whole())
            {
                found = Some((number, indexer));
            }
        }
        let (number, indexer) = if let Some(found) = found {
            found
        } else {
            let number = self.folders.next()?.max(self.given_up + 1);
            let store = &self.shared.store;
            let path = self.folders.path(number);
            let index = begin(&path, store, &self.options, &self.rng)?;
            (number, Indexer::new(store, &self.shared.unreadable, index))
        };
        self.folders.keep_only(number, self.given_up)?;
        self.number = number;
        Ok(indexer)
    }

    /// Opens an index; `None`, and it is removed, if it is of no use.
    pub(super) fn load(&self, number: u32) -> Result<Option<Indexer>, End> {
        let Options {
            cache_bytes, tail, ..
        } = self.options;
        let path = self.folders.path(number);
        let loaded = Own::open(&path, cache_bytes).and_then(|own| Index::load(own, tail));
        let why = match loaded {
            Ok(Some(index)) => match self.why_useless(index.mark()) {
                None => {
                    let Shared {
                        store, unreadable, ..
                    } = &*self.shared;
                    return Ok(Some(Indexer::new(store, unreadable, index)));
                }
                Some(why) => why.to_owned(),
            },
            Ok(None) => "it is of another format".to_owned(),
            Err(error) if error.is_lost() => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        tracing::info!(why, "a search index is of no use any more");
        own::remove(&path);
        Ok(None)
    }

    /// Why an index that has come so far can't be brought up to date.
    fn why_useless(&self, mark: Mark) -> Option<&'static str> {
        let log = self.shared.store.log();
        if mark.epoch != log.epoch() || mark.seen > log.head() {
            Some("it belongs to another log")
        } else if mark.seen.0.saturating_add(1) < log.first().0 {
            Some("the log was trimmed past it")
        } else {
            None
        }
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
    pub(super) fn rest(&self, duration: Duration) -> Result<(), End> {
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
/// `progress` is told now and then how many it has so far, of how many. What was there before
/// stays until it is finished.
pub fn rebuild(
    folder: &Path,
    store: &Store,
    options: &Options,
    rng: &Rng,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, Failure> {
    let folders = Folders::within(folder.to_path_buf());
    let number = folders.next()?;
    let index = begin(&folders.path(number), store, options, rng)?;
    index.let_go();
    let mut indexer = Indexer::new(store, &Arc::new(Unreadable::default()), index);
    let mut build = Build::begin(store, &mut indexer)?;
    while !build.step(store, &mut indexer, SLICE)? {
        progress(indexer.index().docs().into(), build.messages());
    }
    indexer.set_whole();
    indexer.write_all()?;
    let docs = indexer.index().docs();
    indexer.index().keep();
    drop(indexer);
    folders.keep_only(number, 0)?;
    Ok(docs.into())
}

/// Begins an index of everything that is stored now, in a folder that isn't there.
pub(super) fn begin(
    folder: &Path,
    store: &Store,
    options: &Options,
    rng: &Rng,
) -> Result<Index, IndexError> {
    let own = Own::open(folder, options.cache_bytes)?;
    let log = store.log();
    let mark = Mark {
        epoch: log.epoch(),
        seen: log.head(),
        docs: 0,
        whole: false,
        numbering: rng.u64(),
        erased: 0,
        erased_since: Timestamp(0),
    };
    Index::begin(own, options.tail, mark)
}
