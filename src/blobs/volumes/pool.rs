//! The databases that are open: the catalogue, and of the volumes only as many as are written or
//! read at the moment, since each takes memory. The one used longest ago is closed for the next.
//!
//! After a failure a database is closed as soon as nobody uses it, and opened afresh by whoever
//! needs it next: what was not synced may then be gone, which `failures` tells.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Condvar, Mutex, MutexGuard};

use super::super::BlobError;
use crate::base::database::{Database, DatabaseError, Tuning};

/// The number by which the catalogue goes here. Volumes are counted from 1.
pub const CATALOGUE: u32 = 0;

/// Open databases by number.
pub struct Pool {
    dir: PathBuf,
    /// How many volumes are open at most.
    max: usize,
    state: Mutex<State>,
    changed: Condvar,
    failures: AtomicU64,
}

#[derive(Default)]
struct State {
    slots: HashMap<u32, Slot>,
    /// Counts uses, to tell which was longest ago.
    uses: u64,
}

enum Slot {
    /// Being opened or closed.
    Busy,
    Open(Opened),
}

struct Opened {
    database: Arc<Database>,
    used: u64,
    failed: bool,
}

impl Opened {
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.database) == 1
    }
}

impl Pool {
    pub fn new(dir: &Path, max: usize) -> Self {
        Self {
            dir: dir.to_path_buf(),
            max,
            state: Mutex::default(),
            changed: Condvar::new(),
            failures: AtomicU64::new(0),
        }
    }

    /// How often what was written and not synced may have been lost.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    /// The folder of a database.
    pub fn path(&self, number: u32) -> PathBuf {
        match number {
            CATALOGUE => self.dir.join("catalogue"),
            number => self.dir.join(format!("{number:06}")),
        }
    }

    /// Works with a database, whose folder is there, opening it if need be. A failure of the
    /// database closes it. Nobody works with one volume while working with another: he might
    /// wait for himself.
    pub fn with<T>(
        &self,
        number: u32,
        work: impl FnOnce(&Database) -> Result<T, DatabaseError>,
    ) -> Result<T, BlobError> {
        let database = self.take(number)?;
        let done = work(&database);
        self.give_back(number, database, done.is_err());
        done.map_err(|error| self.blob_error(number, error))
    }

    fn take(&self, number: u32) -> Result<Arc<Database>, BlobError> {
        let mut state = self.state.lock();
        loop {
            state.uses += 1;
            let used = state.uses;
            if let Some(Slot::Open(open)) = state.slots.get_mut(&number)
                && !open.failed
            {
                open.used = used;
                return Ok(Arc::clone(&open.database));
            }
            if state.slots.contains_key(&number) {
                self.changed.wait(&mut state);
            } else if number == CATALOGUE || state.volumes() < self.max {
                break;
            } else if let Some(idle) = state.idle() {
                self.close(&mut state, idle);
            } else {
                self.changed.wait(&mut state);
            }
        }
        state.slots.insert(number, Slot::Busy);
        let opened = MutexGuard::unlocked(&mut state, || self.open(number));
        state.slots.remove(&number);
        if let Ok(database) = &opened {
            let open = Opened {
                database: Arc::clone(database),
                used: state.uses,
                failed: false,
            };
            state.slots.insert(number, Slot::Open(open));
        }
        self.changed.notify_all();
        opened
    }

    fn give_back(&self, number: u32, database: Arc<Database>, failed: bool) {
        let mut state = self.state.lock();
        drop(database);
        if let Some(Slot::Open(open)) = state.slots.get_mut(&number) {
            if failed && !open.failed {
                open.failed = true;
                self.failures.fetch_add(1, Ordering::AcqRel);
            }
            if open.failed && open.is_idle() {
                self.close(&mut state, number);
            }
        }
        self.changed.notify_all();
    }

    /// Closes a database that nobody uses, letting go of the lock meanwhile.
    fn close(&self, state: &mut MutexGuard<'_, State>, number: u32) {
        let Some(Slot::Open(open)) = state.slots.insert(number, Slot::Busy) else {
            return;
        };
        MutexGuard::unlocked(state, || {
            // What others are about to rely on must not get lost unnoticed.
            if !open.failed && open.database.sync().is_err() {
                self.failures.fetch_add(1, Ordering::AcqRel);
            }
            drop(open);
        });
        state.slots.remove(&number);
        self.changed.notify_all();
    }

    /// Closes a volume whose memory is full of what will hardly be read again, unless somebody uses
    /// it.
    pub fn leave(&self, number: u32) {
        let mut state = self.state.lock();
        if let Some(Slot::Open(open)) = state.slots.get(&number)
            && open.is_idle()
        {
            self.close(&mut state, number);
        }
    }

    /// Closes a volume that is not needed any more, once nobody uses it.
    pub fn retire(&self, number: u32) {
        let mut state = self.state.lock();
        loop {
            match state.slots.get(&number) {
                None => return,
                Some(Slot::Open(open)) if open.is_idle() => self.close(&mut state, number),
                Some(_) => self.changed.wait(&mut state),
            }
        }
    }

    fn open(&self, number: u32) -> Result<Arc<Database>, BlobError> {
        let dir = self.path(number);
        if !dir.is_dir() {
            let what = "it is not there".to_owned();
            return Err(BlobError::Damaged { path: dir, what });
        }
        let tuning = match number {
            CATALOGUE => Tuning::with_cache(2 << 20),
            _ => Tuning {
                cache_bytes: 1 << 20,
                segment_bytes: 2 << 20,
                sparing: true,
            },
        };
        Database::open(&dir, tuning)
            .map(Arc::new)
            .map_err(|error| self.blob_error(number, error))
    }

    fn blob_error(&self, number: u32, error: DatabaseError) -> BlobError {
        match error {
            DatabaseError::Locked { dir } => BlobError::Locked { dir },
            DatabaseError::Engine(what) => BlobError::Damaged {
                path: self.path(number),
                what,
            },
            DatabaseError::Io(error) => BlobError::Io(error),
        }
    }
}

impl State {
    /// How many volumes are open or about to be.
    fn volumes(&self) -> usize {
        self.slots.keys().filter(|key| **key != CATALOGUE).count()
    }

    /// The volume that was used longest ago, of those that nobody uses.
    fn idle(&self) -> Option<u32> {
        let idle = |(number, slot): (&u32, &Slot)| match slot {
            Slot::Open(open) if *number != CATALOGUE && open.is_idle() => {
                Some((open.used, *number))
            }
            _ => None,
        };
        let oldest = self.slots.iter().filter_map(idle).min();
        oldest.map(|(_, number)| number)
    }
}
