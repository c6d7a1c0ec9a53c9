//! A new index beside the one in use, so that nothing is left on the disk of messages that were
//! deleted. Made of the messages as they are now, slice by slice and less urgently than anything
//! else; searches go on in the old one until it has everything that that one has.

use std::sync::Arc;
use std::time::Duration;

use super::Options;
use super::build::Build;
use super::indexer::Indexer;
use super::own::Failure;
use super::reader::{self, End, Reader, SLICE};

/// What part of the memory it takes that the index in use may take.
const PART: usize = 4;

/// The least that the cache of its database may be, in bytes.
const LEAST_CACHE: u64 = 1 << 20;

/// See the module. Unless it is finished nothing of it stays.
pub(super) struct Renewal {
    number: u32,
    indexer: Indexer,
    /// Until all messages are in it that were there when it began.
    build: Option<Build>,
}

impl Renewal {
    /// Begins one.
    pub(super) fn begin(reader: &Reader) -> Result<Self, End> {
        let options = Options {
            tail: (reader.options.tail / PART).max(1),
            cache_bytes: (reader.options.cache_bytes / PART as u64).max(LEAST_CACHE),
            ..reader.options.clone()
        };
        let number = reader.folders.next()?;
        let path = reader.folders.path(number);
        let store = &reader.shared.store;
        let index = reader::begin(&path, store, &options, &reader.rng)?;
        index.let_go();
        let mut indexer = Indexer::new(store, &reader.shared.unreadable, index);
        let build = Build::begin(store, &mut indexer)?;
        tracing::info!(messages = build.messages(), "the search index is renewed");
        Ok(Self {
            number,
            indexer,
            build: Some(build),
        })
    }

    /// Works a little. Returns whether all of it is on the disk, to stay.
    pub(super) fn step(&mut self, reader: &Reader) -> Result<bool, End> {
        let store = &reader.shared.store;
        if store.space()?.require().is_err() {
            return Err(End::Outdated("the disk has no room for two of them"));
        }
        if let Some(build) = &mut self.build {
            if build.step(store, &mut self.indexer, SLICE)? {
                self.build = None;
                self.indexer.set_whole();
            }
        } else if !reader.take_events(&mut self.indexer)? {
            self.indexer.write_all()?;
            self.indexer.index().keep();
            return Ok(true);
        }
        self.indexer.write(reader.shared.clock.now())?;
        Ok(false)
    }

    /// Closes it, and returns its number.
    pub(super) fn close(self) -> u32 {
        self.number
    }
}

/// How the reader of the log renews the index it keeps.
impl Reader {
    /// Works on the index that takes the place of this one, if there is one or one is due, and
    /// lets it take that place when it is finished. Returns whether it did anything.
    pub(super) fn renew(
        &mut self,
        renewal: &mut Option<Renewal>,
        used: &mut Indexer,
    ) -> Result<bool, End> {
        if renewal.is_none() && !self.is_renewal_due(used) {
            return Ok(false);
        }
        match self.renew_a_little(renewal, used) {
            Err(End::Failed(Failure::Index(error))) => {
                tracing::warn!(%error, "the search index could not be renewed");
            }
            Err(End::Outdated(why)) => {
                tracing::warn!(why, "the search index could not be renewed");
            }
            done => return done.map(|()| true),
        }
        // The one in use is as good as before.
        *renewal = None;
        Ok(true)
    }

    fn renew_a_little(
        &mut self,
        renewal: &mut Option<Renewal>,
        used: &mut Indexer,
    ) -> Result<(), End> {
        let Some(next) = renewal else {
            self.renewed_at = Some(self.shared.clock.now());
            *renewal = Some(Renewal::begin(self)?);
            return Ok(());
        };
        if !next.step(self)? {
            return Ok(());
        }
        let Some(number) = renewal.take().map(Renewal::close) else {
            return Ok(());
        };
        // Opened again, it has the memory of one that is used.
        let Some(mut next) = self.load(number)? else {
            return Ok(());
        };
        while self.take_events(&mut next)? {
            self.rest(Duration::ZERO)?;
        }
        *self.shared.index.write() = Some(Arc::clone(next.index()));
        self.shared.saw(next.seen());
        used.index().let_go();
        self.given_up = std::mem::replace(&mut self.number, number);
        *used = next;
        tracing::info!(
            messages = used.index().docs(),
            "the search index was renewed"
        );
        Ok(())
    }

    /// Whether so much was deleted, or so long ago, that its words should go from the disk.
    fn is_renewal_due(&self, used: &Indexer) -> bool {
        let now = self.shared.clock.now();
        let (erased, since) = used.erased();
        let Options {
            renew_after,
            renew_every,
            renew_pause,
            ..
        } = self.options;
        let paused = self
            .renewed_at
            .is_some_and(|at| now.since(at) < renew_pause);
        erased > 0 && !paused && (erased >= renew_after || now.since(since) >= renew_every)
    }
}
