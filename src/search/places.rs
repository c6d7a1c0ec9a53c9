//! Where the documents on disk are. Searches ask for the newest ones again and again, so that the
//! rows that were read lately are kept.

use std::sync::Arc;

use parking_lot::Mutex;

use super::layout;
use super::own::{IndexError, Own, damaged};
use super::tail::Place;

/// How many rows, of 2 KiB, are kept in memory.
const KEPT: usize = 64;

/// The rows that were read lately, each where its number says.
pub(super) struct PlaceRows([Mutex<PlaceRow>; KEPT]);

impl Default for PlaceRows {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

/// A row that was read. On disk it may have grown since.
#[derive(Clone, Default)]
pub(super) struct PlaceRow {
    number: u32,
    bytes: Arc<[u8]>,
}

impl PlaceRow {
    fn place(&self, number: u32, index: u32) -> Option<Place> {
        let is_this = self.number == number;
        is_this.then(|| layout::place_at(&self.bytes, index))?
    }
}

impl PlaceRows {
    /// Where a document is that is on disk. `row` is the one that the caller was given last.
    pub(super) fn of(&self, kv: &Own, doc: u32, row: &mut PlaceRow) -> Result<Place, IndexError> {
        let number = doc / layout::PLACES;
        let index = doc % layout::PLACES;
        if let Some(place) = row.place(number, index) {
            return Ok(place);
        }
        let kept = &self.0[number as usize % KEPT];
        *row = kept.lock().clone();
        if let Some(place) = row.place(number, index) {
            return Ok(place);
        }
        let bytes = kv.get(&layout::places_key(number))?;
        let bytes = bytes.ok_or_else(|| damaged("places are missing"))?.into();
        *row = PlaceRow { number, bytes };
        *kept.lock() = row.clone();
        row.place(number, index)
            .ok_or_else(|| damaged("a place is missing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(kv: &Own, number: u32, room: u32, count: u32) {
        let mut bytes = Vec::new();
        for seq in 0..count {
            layout::put_place(Place { room, seq }, &mut bytes);
        }
        let key = layout::places_key(number);
        let row = (key.as_slice(), Some(bytes.as_slice()));
        kv.write(&mut std::iter::once(row)).unwrap();
    }

    #[test]
    fn a_kept_row_is_read_again_when_it_grew_and_is_never_taken_for_another() {
        let dir = tempfile::tempdir().unwrap();
        let kv = Own::open(&dir.path().join("1"), 1 << 20).unwrap();
        let rows = PlaceRows::default();
        let (mut row, mut fresh) = (PlaceRow::default(), PlaceRow::default());
        write(&kv, 0, 1, 3);
        assert_eq!(
            rows.of(&kv, 2, &mut row).unwrap(),
            Place { room: 1, seq: 2 }
        );
        assert!(rows.of(&kv, 3, &mut row).is_err());
        write(&kv, 0, 1, 4);
        let grown = Place { room: 1, seq: 3 };
        assert_eq!(rows.of(&kv, 3, &mut row).unwrap(), grown);
        assert_eq!(rows.of(&kv, 3, &mut fresh).unwrap(), grown);
        // It shares the place with the first one.
        let other = u32::try_from(KEPT).unwrap();
        write(&kv, other, 2, 4);
        let doc = other * layout::PLACES + 3;
        assert_eq!(
            rows.of(&kv, doc, &mut row).unwrap(),
            Place { room: 2, seq: 3 }
        );
        assert_eq!(
            rows.of(&kv, 3, &mut PlaceRow::default()).unwrap(),
            Place { room: 1, seq: 3 }
        );
    }
}
