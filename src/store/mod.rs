//! The store: everything that Inkspot remembers, and the only room that knows the engine, keys
//! and encodings.
//!
//! Many readers ([`Store`], [`View`]) and exactly one [`Writer`]. State changes only by applying
//! events in a [`Txn`]; a group of them becomes durable at once, and readers see nothing of it
//! before. No rule is decided here: who may do what is the service's.

mod apply;
mod aside;
mod audit;
mod body;
mod check;
mod codec;
mod compact;
mod cut;
mod entry;
mod error;
mod file_record;
mod folder;
mod generation;
mod installation;
pub mod kv;
mod log;
mod open;
mod pages;
mod recall;
mod repair;
mod restore;
mod rows;
mod schema;
mod space;
mod tee;
mod txn;
mod weight;

pub mod accounts;
pub mod conversations;
pub mod drafts;
pub mod files;
pub mod groups;
pub mod history;
pub mod house;
pub mod invites;
pub mod members;
pub mod mentions;
pub mod messages;
pub mod resets;
pub mod sessions;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use crate::base::disk;
use crate::model::{Event, EventSeq};

pub use aside::{Mark, SetAside};
pub use audit::{Audit, Finding, Look, Looking};
pub use check::Tally;
pub use compact::compact;
pub use error::StoreError;
pub use folder::database_bytes;
pub use generation::{Compacted, Generation, Retired, Step, Watch};
pub use installation::{Installation, require_known};
pub use log::{Log, LogLimits, TailError};
pub use open::{StoreOptions, open, open_with};
pub use restore::Restoring;
pub use rows::Reads;
pub use schema::FORMAT;
pub use space::Space;
pub use tee::Each;
pub use txn::{Txn, Writer};
pub use weight::Occupied;

use folder::Folder;
use kv::{Kv, Order};
use rows::{Overlay, Rows, Side, Span, Visit};
use schema::Key;
use tee::Tees;
use weight::Weight;

/// How many rows a scan visits before it lets a waiting commit pass.
const SCAN_SLICE: usize = 256;

/// What is read.
struct State {
    /// The current generation.
    kv: Arc<dyn Kv>,
    /// The group that is applied but not yet synced: readers see the rows as they were.
    unsynced: Option<Overlay>,
}

/// What readers and the writer share.
struct Shared {
    state: RwLock<State>,
    /// Held by a commit from its first write until readers see it.
    tees: Mutex<Tees>,
    weight: Weight,
    poisoned: AtomicBool,
    first: AtomicU64,
    head: AtomicU64,
    installation: Installation,
    /// What the engine may keep of a generation in memory, in bytes.
    cache_bytes: u64,
    /// Free bytes under which nothing is written.
    floor: u64,
    /// Whether less than that was free when it was last looked.
    full: AtomicBool,
    /// Last, so that the folder stays locked until the engine has closed.
    folder: Option<Folder>,
}

impl Shared {
    fn head(&self) -> EventSeq {
        EventSeq(self.head.load(Ordering::Acquire))
    }

    fn set_head(&self, head: EventSeq) {
        self.head.store(head.0, Ordering::Release);
    }

    fn first(&self) -> EventSeq {
        EventSeq(self.first.load(Ordering::Acquire))
    }

    fn set_first(&self, first: EventSeq) {
        self.first.store(first.0, Ordering::Release);
    }

    /// Refuses after a failed write.
    fn require_trust(&self) -> Result<(), StoreError> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(StoreError::Poisoned);
        }
        Ok(())
    }

    fn space(&self) -> Result<Space, StoreError> {
        let free = self.folder.as_ref().map_or(Ok(u64::MAX), Folder::free)?;
        let total = self.folder.as_ref().map_or(Ok(u64::MAX), Folder::total)?;
        let floor = self.floor;
        Ok(Space { free, floor, total })
    }

    /// Refuses on a full disk, until a little more is free than has to be: nobody is to hear of it again
    /// and again.
    fn require_room(&self) -> Result<(), StoreError> {
        let space = self.space()?;
        let full = self.full.load(Ordering::Acquire);
        let margin = if full { space.floor / 8 } else { 0 };
        let floor = space.floor.saturating_add(margin);
        let room = Space { floor, ..space }.require();
        self.full.store(room.is_err(), Ordering::Release);
        room
    }

    /// Notes how far the log has come; see [`Folder::note_head`].
    fn note_head(&self) {
        if let Some(folder) = &self.folder {
            let epoch = self.installation.epoch;
            folder.note(epoch, self.head(), self.weight.noted());
        }
    }

    /// Writes a group and makes it durable; only then readers see it.
    fn commit(&self, overlay: Overlay) -> Result<(), StoreError> {
        self.require_trust()?;
        if overlay.is_unchanged() {
            return Ok(());
        }
        self.require_room()?;
        let mut tees = self.tees.lock();
        let growth = overlay.growth();
        self.state.write().unsynced = Some(overlay);
        let written = {
            let State { kv, unsynced } = &*self.state.read();
            let changes = || unsynced.iter().flat_map(Overlay::changes);
            let written = kv.write(&mut changes());
            let written = written.and_then(|()| kv.sync());
            if written.is_ok() {
                tees.keep(changes);
            }
            written
        };
        if written.is_ok() {
            self.weight.add(growth);
            self.state.write().unsynced = None;
        } else {
            self.poisoned.store(true, Ordering::Release);
        }
        written
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.note_head();
    }
}

/// The store, for readers. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

impl Store {
    /// The committed state. Each single read is of one moment; two reads in a row may see a
    /// commit between them.
    pub fn view(&self) -> View {
        View(Arc::clone(&self.0))
    }

    /// The log.
    pub fn log(&self) -> &dyn Log {
        self
    }

    /// How much room the disk has, against the floor under which nothing is written.
    pub fn space(&self) -> Result<Space, StoreError> {
        self.0.space()
    }

    /// Whether there is room to write anything. Once there was none, an eighth more than the floor must be
    /// free.
    pub fn has_room(&self) -> Result<bool, StoreError> {
        match self.0.require_room() {
            Err(StoreError::Full { .. }) => Ok(false),
            looked => looked.map(|()| true),
        }
    }

    /// Bytes that the database takes on the disk. Reads its folder: not for each request.
    pub fn disk_bytes(&self) -> Result<u64, StoreError> {
        let Some(folder) = &self.0.folder else {
            return Ok(0);
        };
        let current = folder.current()?;
        current.map_or(Ok(0), |path| {
            disk::size(&path).map_err(StoreError::io("look at", &path))
        })
    }

    /// Databases in the data folder that are kept and not used.
    pub fn set_asides(&self) -> Vec<SetAside> {
        let folder = self.0.folder.as_ref();
        folder.map_or_else(Vec::new, Folder::set_asides)
    }

    /// Facts about this installation.
    pub fn installation(&self) -> &Installation {
        &self.0.installation
    }
}

impl Log for Store {
    fn epoch(&self) -> u32 {
        self.0.installation.epoch
    }

    fn first(&self) -> EventSeq {
        self.0.first()
    }

    fn head(&self) -> EventSeq {
        self.0.head()
    }

    fn tail(&self, after: EventSeq, limit: usize) -> Result<Vec<Event>, TailError> {
        log::tail(&self.view(), after, limit)
    }
}

/// The committed, durable state.
#[derive(Clone)]
pub struct View(Arc<Shared>);

impl Rows for View {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let State { kv, unsynced } = &*self.0.state.read();
        match unsynced.as_ref().and_then(|rows| rows.row(key)) {
            Some(row) => Ok(row.side(Side::Old).map(<[u8]>::to_vec)),
            None => kv.get(key.as_slice()),
        }
    }

    fn scan(&self, range: &Span, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut rest = *range;
        loop {
            let mut left = SCAN_SLICE;
            let mut last = None;
            let mut slice = |key: &[u8], value: &[u8]| {
                left -= 1;
                let go_on = visit(key, value)?;
                if go_on.is_continue() && left == 0 {
                    last = Some(match range.order {
                        Order::Forward => Key::behind(key),
                        Order::Backward => Key::from_slice(key),
                    });
                    return Ok(ControlFlow::Break(()));
                }
                Ok(go_on)
            };
            let state = self.0.state.read();
            if let Some(overlay) = &state.unsynced {
                overlay.scan(&*state.kv, Side::Old, &rest, &mut slice)?;
            } else {
                let (from, to) = (rest.from.as_slice(), rest.to.as_slice());
                state.kv.scan(from, to, rest.order, &mut slice)?;
            }
            drop(state);
            match (last, rest.order) {
                (None, _) => return Ok(()),
                (Some(next), Order::Forward) => rest.from = next,
                (Some(next), Order::Backward) => rest.to = next,
            }
        }
    }
}
