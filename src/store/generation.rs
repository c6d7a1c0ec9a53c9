//! The next generation of the database, made while this one is in use: copied, brought up to date, compared,
//! and made the current one between two commits.
//!
//! Until the last step nothing but its own folder is touched, and whatever ends it leaves what the next start
//! removes. The switch is the replacement of one small file (`folder`), after everything of the new
//! generation was synced and before anything is committed to it.

use std::collections::BTreeSet;
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::cut::Page;
use super::error::StoreError;
use super::folder::{self, Folder};
use super::kv::{Kv, Order, SledKv};
use super::rows::{Rows, Span};
use super::schema::Key;
use super::tee::{Kept, Purpose};
use super::txn::Writer;
use super::{Shared, Space, Store};

/// What the engine may keep in memory of the copy while it is made, in bytes.
const COPY_CACHE: u64 = 1 << 20;

/// How many times its rows a copy may take on the disk, with some to spare.
const TIMES: u64 = 3;

/// What may be left to be done between two commits: bytes of rows, rows to look at again.
const LEFT_BYTES: u64 = 64 << 10;
const LEFT_ROWS: usize = 500;

/// How many rows may be found to differ, because they changed meanwhile, before they are looked at again.
const DIFFERING: usize = 20_000;

/// How often it is tried to catch up with what is committed meanwhile.
const ROUNDS: usize = 50;

/// How far it has come. Told after at most 256 rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many rows are copied.
    Copying(u64),
    /// What was committed meanwhile follows.
    Following,
    /// So many rows are the same in both.
    Comparing(u64),
    /// It can be switched to.
    Ready,
    /// It is the current one, and the one before is still there.
    Switched,
}

/// Told how far it has come; says whether to go on, and may wait.
pub type Watch<'a> = dyn FnMut(Step) -> ControlFlow<()> + 'a;

/// A generation that is as new as the current one, but for little.
pub struct Generation {
    /// First, so that the engine closes before its folder is removed.
    kv: SledKv,
    kept: Kept,
    draft: Draft,
    /// Rows that were found to differ.
    differing: BTreeSet<Key>,
    rows: u64,
    bytes: u64,
    grown: i64,
    shared: Arc<Shared>,
}

/// A folder that goes away unless it is kept.
struct Draft {
    path: PathBuf,
    keep: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = folder::remove_dir(&self.path)
        {
            tracing::warn!(%error, "an unfinished copy of the database stays until the next start");
        }
    }
}

/// The generation before, out of use.
pub struct Retired {
    engines: [Arc<dyn Kv>; 2],
    path: PathBuf,
    rows: u64,
    shared: Arc<Shared>,
}

impl Store {
    /// Makes the next generation. Blocks, for as long as it takes to copy everything and read it twice; others
    /// read and write meanwhile. Memory is bounded, and so many bytes of the disk stay free.
    ///
    /// # Errors
    /// [`StoreError::Full`] without room for it, [`StoreError::Busy`] while another one is made,
    /// [`StoreError::Stopped`] if `watch` says so; what the disk or the engine refuses. After any of them nothing
    /// has changed.
    pub fn next_generation(
        &self,
        reserve: u64,
        watch: &mut Watch<'_>,
    ) -> Result<Generation, StoreError> {
        let shared = &self.0;
        let folder = folder_of(shared)?;
        self.require_room_for_a_copy(reserve)?;
        let grown = shared.weight.grown();
        let mut kept = Kept::begin(shared, Purpose::Generation)?;
        let mut draft = Draft {
            path: folder.prepare_next()?,
            keep: false,
        };
        let copy = SledKv::open(&draft.path, COPY_CACHE)?;
        let (mut rows, mut bytes) = (0, 0);
        self.tell_pages(&mut |_, page| {
            for (key, value) in page.rows() {
                copy.change((key, Some(value)))?;
                bytes += (key.len() + value.len()) as u64;
            }
            rows += page.len() as u64;
            go_on(watch, Step::Copying(rows))
        })?;
        follow(&copy, &mut kept, watch)?;
        copy.sync()?;
        drop(copy);
        draft.path = folder.name(&draft.path)?;
        let mut next = Generation {
            // What was written is read from the disk.
            kv: SledKv::open(&draft.path, COPY_CACHE)?,
            kept,
            draft,
            differing: BTreeSet::new(),
            rows,
            bytes,
            grown,
            shared: Arc::clone(shared),
        };
        next.compare(self, watch)?;
        next = next.with_cache(shared.cache_bytes)?;
        next.catch_up(watch)?;
        go_on(watch, Step::Ready)?;
        Ok(next)
    }
}

impl Store {
    fn require_room_for_a_copy(&self, reserve: u64) -> Result<(), StoreError> {
        let occupied = self.occupied()?;
        let rows = occupied.rows.unwrap_or(u64::MAX);
        let copy = occupied.disk.min(rows.saturating_mul(TIMES));
        let space = self.space()?;
        Space {
            floor: reserve.saturating_add(copy),
            ..space
        }
        .require()
    }
}

impl Generation {
    /// Opens it anew with the memory that it will have.
    fn with_cache(self, cache_bytes: u64) -> Result<Self, StoreError> {
        // What followed since it was opened; closing would only log that it can't be written.
        self.kv.sync()?;
        drop(self.kv);
        Ok(Self {
            kv: SledKv::open(&self.draft.path, cache_bytes)?,
            ..self
        })
    }

    /// Looks whether every row is the same in both, beside those that change meanwhile.
    fn compare(&mut self, store: &Store, watch: &mut Watch<'_>) -> Result<(), StoreError> {
        let mut compared = 0;
        store.tell_pages(&mut |span, page| {
            self.compare_page(span, page)?;
            compared += page.len() as u64;
            if self.differing.len() > DIFFERING {
                self.look_again(watch)?;
            }
            go_on(watch, Step::Comparing(compared))
        })
    }

    fn compare_page(&mut self, span: Span, page: &Page) -> Result<(), StoreError> {
        let mut wanted = page.rows().peekable();
        let differing = &mut self.differing;
        let (from, to) = (span.from.as_slice(), span.to.as_slice());
        self.kv.scan(from, to, Order::Forward, &mut |key, value| {
            while let Some((missing, _)) = wanted.next_if(|(wanted, _)| *wanted < key) {
                differing.insert(Key::from_slice(missing));
            }
            match wanted.next_if(|(wanted, _)| *wanted == key) {
                Some((_, same)) if same == value => {}
                _ => drop(differing.insert(Key::from_slice(key))),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        differing.extend(wanted.map(|(missing, _)| Key::from_slice(missing)));
        Ok(())
    }

    /// Follows, and looks at the rows again that were found to differ.
    fn look_again(&mut self, watch: &mut Watch<'_>) -> Result<(), StoreError> {
        follow(&self.kv, &mut self.kept, watch)?;
        let view = Store(Arc::clone(&self.shared)).view();
        let mut failed = None;
        let mut seen = 0_usize;
        self.differing.retain(|key| {
            seen += 1;
            if seen.is_multiple_of(super::cut::PAGE) && failed.is_none() {
                failed = go_on(watch, Step::Following).err();
            }
            let same = || Ok(view.get(key)? == self.kv.get(key.as_slice())?);
            match failed.is_none().then(same) {
                Some(Ok(same)) => !same,
                Some(Err(error)) => {
                    failed = Some(error);
                    true
                }
                None => true,
            }
        });
        match failed {
            Some(error) => Err(error),
            None if self.differing.len() > DIFFERING => Err(differs()),
            None => Ok(()),
        }
    }

    /// Follows until little is left.
    fn catch_up(&mut self, watch: &mut Watch<'_>) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            self.look_again(watch)?;
            if self.kept.left()? <= LEFT_BYTES && self.differing.len() <= LEFT_ROWS {
                return Ok(());
            }
        }
        Err(StoreError::Engine(
            "more is written than the copy of the database can follow; it is tried again"
                .to_owned(),
        ))
    }
}

impl Writer {
    /// Makes a generation the current one: what is left follows, everything is synced, then the data folder
    /// names it. Takes as long as a few commits.
    ///
    /// # Errors
    /// After [`StoreError::Poisoned`] the process should end: either generation may be named, both hold
    /// everything that was committed. After any other nothing has changed.
    pub fn switch(&mut self, next: Generation) -> Result<Retired, StoreError> {
        let mut next = next;
        let shared = Arc::clone(&self.shared);
        shared.require_trust()?;
        let folder = folder_of(&shared)?;
        next.look_again(&mut |_| ControlFlow::Continue(()))?;
        if !next.differing.is_empty() {
            return Err(differs());
        }
        next.kv.sync()?;
        let before = folder.current()?.ok_or(StoreError::Poisoned)?;
        if let Err(error) = folder.point_at(&next.draft.path) {
            // Nobody knows what a loss of power would leave, unless it was not replaced at all.
            if !matches!(folder.current(), Ok(Some(named)) if named == before) {
                tracing::error!(%error, "it is not known which generation of the database is named");
                next.draft.keep = true;
                shared.poisoned.store(true, Ordering::Release);
                return Err(StoreError::Poisoned);
            }
            return Err(error);
        }
        next.draft.keep = true;
        let Generation {
            kv,
            kept,
            rows,
            bytes,
            grown,
            draft,
            ..
        } = next;
        drop(kept);
        let kv: Arc<dyn Kv> = Arc::new(kv);
        let own = mem::replace(&mut self.kv, Arc::clone(&kv));
        let read = mem::replace(&mut shared.state.write().kv, kv);
        let disk = folder::size(&draft.path).unwrap_or(0);
        shared.weight.set(bytes, grown, disk);
        shared.note_head();
        Ok(Retired {
            engines: [own, read],
            path: before,
            rows,
            shared,
        })
    }
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Rows copied, all there are.
    pub rows: u64,
    /// Size on disk before, in bytes.
    pub bytes_before: u64,
    /// Size on disk after, in bytes.
    pub bytes_after: u64,
}

impl Retired {
    /// Closes it and gives its space back.
    ///
    /// # Errors
    /// What the disk refuses; the next start removes what is left.
    pub fn remove(self) -> Result<Compacted, StoreError> {
        let bytes_before = folder::size(&self.path)?;
        drop(self.engines);
        folder::remove_dir(&self.path)?;
        let folder = folder_of(&self.shared)?;
        folder::sync_dir(folder.path())?;
        let current = folder.current()?;
        Ok(Compacted {
            rows: self.rows,
            bytes_before,
            bytes_after: current.map_or(Ok(0), |path: PathBuf| folder::size(&path))?,
        })
    }
}

/// Tells the copy what was committed meanwhile, until little is left.
fn follow(copy: &SledKv, kept: &mut Kept, watch: &mut Watch<'_>) -> Result<(), StoreError> {
    let mut told = 0_usize;
    for _ in 0..ROUNDS {
        kept.tell(&mut |change| {
            told += 1;
            if told.is_multiple_of(super::cut::PAGE) {
                go_on(watch, Step::Following)?;
            }
            copy.change(change)
        })?;
        if kept.left()? <= LEFT_BYTES {
            break;
        }
    }
    Ok(())
}

fn go_on(watch: &mut Watch<'_>, step: Step) -> Result<(), StoreError> {
    match watch(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(StoreError::Stopped),
    }
}

fn differs() -> StoreError {
    StoreError::Engine(
        "the compacted copy differs from the original, which stays in use".to_owned(),
    )
}

/// Only what lies in a folder has generations.
fn folder_of(shared: &Shared) -> Result<&Folder, StoreError> {
    let nowhere = || StoreError::Foreign {
        dir: Path::new("").to_path_buf(),
        found: "the database has no folder".to_owned(),
    };
    shared.folder.as_ref().ok_or_else(nowhere)
}
