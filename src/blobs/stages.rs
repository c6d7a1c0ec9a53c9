//! The stages that are open, one lock each, so that a slow disk holds up nobody else's upload.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{BlobError, StageId, Staged};

/// A stage behind its lock; `None` once it is sealed or discarded, for who waited meanwhile.
type Slot<S> = Arc<Mutex<Option<S>>>;

/// Stages by id; `S` is what an implementation keeps of one.
pub struct Stages<S>(Mutex<HashMap<StageId, Slot<S>>>);

impl<S> Stages<S> {
    /// With those that are there already.
    pub fn new(there: impl IntoIterator<Item = (StageId, S)>) -> Self {
        let slot = |(id, stage)| (id, Arc::new(Mutex::new(Some(stage))));
        Self(Mutex::new(there.into_iter().map(slot).collect()))
    }

    /// Their ids, in no order.
    pub fn ids(&self) -> Vec<StageId> {
        self.0.lock().keys().copied().collect()
    }

    /// All that are still there when `staged` looks at them, in no order.
    pub fn all(
        &self,
        staged: impl Fn(StageId) -> Result<Option<Staged>, BlobError>,
    ) -> Result<Vec<(StageId, Staged)>, BlobError> {
        let there = |id| Ok(staged(id)?.map(|staged| (id, staged)));
        self.ids()
            .into_iter()
            .map(there)
            .filter_map(Result::transpose)
            .collect()
    }

    /// Adds one that `make` makes, while nobody else can use it.
    pub fn add(
        &self,
        id: StageId,
        make: impl FnOnce() -> Result<S, BlobError>,
    ) -> Result<(), BlobError> {
        let slot = Slot::default();
        let mut stage = slot.lock();
        {
            let mut slots = self.0.lock();
            if slots.contains_key(&id) {
                return Err(BlobError::Taken);
            }
            slots.insert(id, Arc::clone(&slot));
        }
        match make() {
            Ok(begun) => {
                *stage = Some(begun);
                Ok(())
            }
            Err(error) => {
                self.0.lock().remove(&id);
                Err(error)
            }
        }
    }

    /// Works on one, alone.
    pub fn with<T>(
        &self,
        id: StageId,
        work: impl FnOnce(&mut S) -> Result<T, BlobError>,
    ) -> Result<T, BlobError> {
        let slot = self.0.lock().get(&id).map(Arc::clone);
        let slot = slot.ok_or(BlobError::NoStage)?;
        let mut stage = slot.lock();
        work(stage.as_mut().ok_or(BlobError::NoStage)?)
    }

    /// Works on one, alone, and forgets it if that went well.
    pub fn end<T>(
        &self,
        id: StageId,
        work: impl FnOnce(&mut S) -> Result<T, BlobError>,
    ) -> Result<T, BlobError> {
        let slot = self.0.lock().get(&id).map(Arc::clone);
        let slot = slot.ok_or(BlobError::NoStage)?;
        let mut stage = slot.lock();
        let done = work(stage.as_mut().ok_or(BlobError::NoStage)?)?;
        *stage = None;
        self.0.lock().remove(&id);
        Ok(done)
    }
}

/// What was found, or `None` if there is no such stage.
pub fn if_there<T>(found: Result<T, BlobError>) -> Result<Option<T>, BlobError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(BlobError::NoStage) => Ok(None),
        Err(error) => Err(error),
    }
}
