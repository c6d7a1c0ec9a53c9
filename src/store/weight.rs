//! How much of what the database takes on the disk is rows: the engine never gives space back, so that it
//! takes more and more beside them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use super::Store;
use super::error::StoreError;

/// A smaller database is left as it is, in bytes.
const LEAST: u64 = 64 << 20;

/// How many times its rows it may take. Afterwards it takes about 2.4 times.
const TIMES: u64 = 3;

/// Bytes of all rows. Kept as changes are made; noted now and then, so that it is about right after a kill,
/// and counted when it is not known.
#[derive(Default)]
pub struct Weight {
    known: AtomicBool,
    base: AtomicI64,
    /// By how much the rows grew since it was opened.
    grown: AtomicI64,
    born: AtomicU64,
}

impl Weight {
    /// As it was noted: the bytes of all rows, and those on the disk when the generation began.
    pub fn from_note(noted: Option<(u64, u64)>) -> Self {
        let weight = Self::default();
        if let Some((rows, born)) = noted {
            weight.set(rows, 0, born);
        }
        weight
    }

    /// What is to be noted.
    pub fn noted(&self) -> Option<(u64, u64)> {
        Some((self.rows()?, self.born.load(Ordering::Acquire)))
    }

    /// The rows became more, or less.
    pub fn add(&self, growth: i64) {
        self.grown.fetch_add(growth, Ordering::AcqRel);
    }

    /// By how much the rows grew so far.
    pub fn grown(&self) -> i64 {
        self.grown.load(Ordering::Acquire)
    }

    /// The rows were counted, from when they had grown by so much on.
    pub fn set(&self, rows: u64, grown: i64, born: u64) {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        self.base
            .store(rows.saturating_sub(grown), Ordering::Release);
        self.born.store(born, Ordering::Release);
        self.known.store(true, Ordering::Release);
    }

    fn rows(&self) -> Option<u64> {
        let rows = self
            .base
            .load(Ordering::Acquire)
            .saturating_add(self.grown());
        let known = self.known.load(Ordering::Acquire);
        known.then(|| u64::try_from(rows).unwrap_or(0))
    }
}

/// What the database takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupied {
    /// Keys and values of all rows; `None` until they are counted.
    pub rows: Option<u64>,
    /// On the disk.
    pub disk: u64,
    /// On the disk when the generation began; 0 for the first one.
    pub born: u64,
}

impl Occupied {
    /// Whether copying the rows would give much back. `None` if they have to be counted first.
    ///
    /// Not again before it has grown by half: were its rows such that the engine takes more than usual for
    /// them, it would be copied for ever.
    pub fn is_mostly_dead(&self) -> Option<bool> {
        if self.disk < LEAST || self.disk < self.born.saturating_add(self.born / 2) {
            return Some(false);
        }
        Some(self.disk > self.rows?.saturating_mul(TIMES))
    }
}

impl Store {
    /// What the database takes. Reads its folder: not for each request.
    pub fn occupied(&self) -> Result<Occupied, StoreError> {
        let weight = &self.0.weight;
        Ok(Occupied {
            rows: weight.rows(),
            disk: self.disk_bytes()?,
            born: weight.born.load(Ordering::Acquire),
        })
    }

    /// Counts the bytes of all rows, which takes as long as reading them. `step` is called now and then and
    /// says whether to go on.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if it was not to go on; a database that can't be read.
    pub fn count(&self, step: &mut dyn FnMut() -> ControlFlow<()>) -> Result<(), StoreError> {
        let grown = self.0.weight.grown();
        let mut bytes = 0;
        self.tell_pages(&mut |_, page| {
            let sizes = page.rows().map(|(key, value)| key.len() + value.len());
            bytes += sizes.sum::<usize>() as u64;
            match step() {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(StoreError::Stopped),
            }
        })?;
        let born = self.0.weight.born.load(Ordering::Acquire);
        self.0.weight.set(bytes, grown, born);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn occupied(rows: u64, disk: u64, born: u64) -> Occupied {
        Occupied {
            rows: Some(rows * MIB),
            disk: disk * MIB,
            born: born * MIB,
        }
    }

    #[test]
    fn what_is_mostly_dead_is_copied_and_then_left_until_it_has_grown() {
        assert_eq!(occupied(100, 301, 0).is_mostly_dead(), Some(true));
        assert_eq!(occupied(100, 300, 0).is_mostly_dead(), Some(false));
        assert_eq!(occupied(0, 63, 0).is_mostly_dead(), Some(false), "small");
        assert_eq!(occupied(0, 64, 0).is_mostly_dead(), Some(true));
        // It took more than usual even then.
        assert_eq!(occupied(100, 449, 300).is_mostly_dead(), Some(false));
        assert_eq!(occupied(100, 450, 300).is_mostly_dead(), Some(true));
        let uncounted = |disk| Occupied {
            rows: None,
            ..occupied(0, disk, 0)
        };
        assert_eq!(uncounted(64).is_mostly_dead(), None);
        assert_eq!(uncounted(63).is_mostly_dead(), Some(false));
    }

    #[test]
    fn rows_are_counted_while_they_grow() {
        let weight = Weight::default();
        weight.add(50);
        assert_eq!(weight.noted(), None);
        let before = weight.grown();
        weight.add(7);
        weight.set(1_000, before, 0);
        weight.add(-3);
        assert_eq!(weight.noted(), Some((1_004, 0)));
        assert_eq!(Weight::from_note(weight.noted()).noted(), Some((1_004, 0)));
    }
}
