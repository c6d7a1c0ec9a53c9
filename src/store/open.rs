//! Opening: from a data folder to a store and its one writer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use parking_lot::{Mutex, RwLock};

use super::error::StoreError;
use super::folder::Folder;
use super::kv::{Kv, SledKv};
use super::weight::Weight;
use super::{Shared, State, Store, View, Writer, installation, log, repair, space};
use crate::base::clock::Clock;
use crate::base::rng::Rng;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// What the engine may keep of the database in memory, in bytes.
    pub cache_bytes: u64,
    /// Free bytes on the disk under which nothing is written.
    pub floor_bytes: u64,
    /// Bytes kept in reserve for opening the database on a full disk; 0 for none.
    pub ballast_bytes: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 48 << 20,
            floor_bytes: 64 << 20,
            ballast_bytes: 16 << 20,
        }
    }
}

/// Opens the store in a data folder, making both if they are not there. The store closes, and
/// the folder is free again, when the writer and all clones of the store and its views are
/// dropped; the last drop blocks until it is.
///
/// # Errors
/// Each says in a plain sentence what to do; see [`StoreError`].
pub fn open(
    dir: &Path,
    options: &StoreOptions,
    rng: &Rng,
    clock: &Clock,
) -> Result<(Store, Writer), StoreError> {
    let folder = Folder::claim(dir)?;
    let kv = open_engine(&folder, options)?;
    folder.remove_leftovers()?;
    space::take_ballast(&folder, options.ballast_bytes, options.floor_bytes);
    assemble(Arc::new(kv), Some(folder), options, rng, clock)
}

/// Opens the store on an engine, without a folder. For tests on a second engine; the product
/// uses [`open`].
pub fn open_with(kv: Box<dyn Kv>, rng: &Rng, clock: &Clock) -> Result<(Store, Writer), StoreError> {
    assemble(Arc::from(kv), None, &StoreOptions::default(), rng, clock)
}

/// Opens the current generation, or makes the first one.
pub(super) fn open_engine(folder: &Folder, options: &StoreOptions) -> Result<SledKv, StoreError> {
    space::make_room(folder, options.ballast_bytes)?;
    open_current(folder, options).map_err(|error| {
        if error.is_full() {
            let free = folder.free().unwrap_or(0);
            let floor = options.floor_bytes;
            StoreError::Full { free, floor }
        } else {
            error
        }
    })
}

fn open_current(folder: &Folder, options: &StoreOptions) -> Result<SledKv, StoreError> {
    if let Some(path) = folder.current()? {
        return repair::open_or_repair(folder, &path, options.cache_bytes);
    }
    let prepared = folder.prepare_next()?;
    drop(SledKv::open(&prepared, options.cache_bytes)?);
    let path = folder.switch(&prepared)?;
    SledKv::open(&path, options.cache_bytes)
}

pub(super) fn assemble(
    kv: Arc<dyn Kv>,
    folder: Option<Folder>,
    options: &StoreOptions,
    rng: &Rng,
    clock: &Clock,
) -> Result<(Store, Writer), StoreError> {
    let installation = installation::load_or_create(&*kv, rng, clock)?;
    let weight = folder.as_ref().map_or_else(Default::default, |folder| {
        Weight::from_note(folder.noted_weight())
    });
    let state = State {
        kv: Arc::clone(&kv),
        unsynced: None,
    };
    let shared = Arc::new(Shared {
        state: RwLock::new(state),
        tees: Mutex::default(),
        weight,
        poisoned: AtomicBool::new(false),
        first: AtomicU64::new(1),
        head: AtomicU64::new(0),
        installation,
        cache_bytes: options.cache_bytes,
        floor: options.floor_bytes,
        full: AtomicBool::new(false),
        folder,
    });
    if let Some((first, head)) = log::ends(&View(Arc::clone(&shared)))? {
        shared.set_first(first);
        shared.set_head(head);
    }
    let writer = Writer {
        kv,
        shared: Arc::clone(&shared),
    };
    Ok((Store(shared), writer))
}
