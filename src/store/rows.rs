//! Reading rows: the committed state, and the state as an unfinished group of changes sees it.
//!
//! Both are the engine's rows below an [`Overlay`]. A transaction reads its own new values
//! through it. Readers read the *old* values through it while a group is applied but not yet
//! synced, so that nobody is answered with a row that a loss of power could take back.
//! Knows keys and bytes, but no record.

use std::collections::BTreeMap;
use std::collections::btree_map::{Entry, Range};
use std::ops::{Bound, ControlFlow};

use super::codec::{self, Record};
use super::error::StoreError;
use super::kv::{Change, Kv, Order};
use super::schema::Key;

/// A state that can be read: the committed one ([`View`](super::View)) or that of a group of
/// changes in the making ([`Txn`](super::Txn)). The typed readers take it as `&dyn Reads`.
pub trait Reads: Rows {}

impl<T: Rows> Reads for T {}

/// The raw side of [`Reads`]; it can't be named outside the store.
pub trait Rows {
    /// The value of a key.
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits a range until the visitor breaks.
    fn scan(&self, range: &Span, visit: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// Called with each key and value of a scan.
pub type Visit<'a> = super::kv::Visit<'a>;

/// A range of keys, `from` included, `to` not.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: Key,
    pub to: Key,
    pub order: Order,
}

impl Span {
    /// All keys that begin with `prefix`.
    pub fn of(prefix: Key) -> Self {
        Self {
            from: prefix,
            to: prefix.end_of_prefix(),
            order: Order::Forward,
        }
    }

    /// The same, starting behind `key` if there is one.
    #[must_use]
    pub fn after(mut self, key: Option<Key>) -> Self {
        if let Some(key) = key {
            self.from = Key::behind(key.as_slice());
        }
        self
    }

    /// The same, largest key first.
    #[must_use]
    pub fn backward(mut self) -> Self {
        self.order = Order::Backward;
        self
    }
}

/// Reads and decodes one row.
pub fn find<R: Record>(rows: &dyn Reads, key: &Key) -> Result<Option<R>, StoreError> {
    rows.get(key)?
        .map(|bytes| codec::decode(&bytes))
        .transpose()
}

/// Collects what `read` makes of at most `limit` rows of a range.
pub fn collect<T>(
    rows: &dyn Reads,
    span: &Span,
    limit: usize,
    mut read: impl FnMut(&[u8], &[u8]) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    rows.scan(span, &mut |key, value| {
        found.push(read(key, value)?);
        Ok(if found.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    Ok(found)
}

/// The number in eight bytes of a key or a value.
pub fn u64_at(record: &'static str, bytes: &[u8], at: usize) -> Result<u64, StoreError> {
    bytes
        .get(at..at + 8)
        .and_then(|part| part.try_into().ok())
        .map(u64::from_be_bytes)
        .ok_or_else(|| StoreError::corrupt(record, "it is too short"))
}

/// The number in sixteen bytes of a key or a value.
pub fn u128_at(record: &'static str, bytes: &[u8], at: usize) -> Result<u128, StoreError> {
    bytes
        .get(at..at + 16)
        .and_then(|part| part.try_into().ok())
        .map(u128::from_be_bytes)
        .ok_or_else(|| StoreError::corrupt(record, "it is too short"))
}

/// What a group of changes knows of a row.
#[derive(Debug)]
pub struct Row {
    /// The committed value.
    old: Option<Vec<u8>>,
    new: New,
}

/// What a group of changes makes of a row.
#[derive(Debug)]
enum New {
    /// It was only read.
    Same,
    Value(Vec<u8>),
    Removed,
}

/// The rows that a group has read or changes, with their values before and after.
#[derive(Debug, Default)]
pub struct Overlay(BTreeMap<Key, Row>);

/// Which of the two values of a row a reader sees.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// Before the group.
    Old,
    /// After the group.
    New,
}

impl Overlay {
    /// What is known of a row; without it the engine has to be asked.
    pub fn row(&self, key: &Key) -> Option<&Row> {
        self.0.get(key)
    }

    /// Remembers the committed value of a row, so that it need not be read again.
    pub fn remember(&mut self, key: Key, old: Option<Vec<u8>>) {
        let new = New::Same;
        self.0.entry(key).or_insert(Row { old, new });
    }

    /// Changes a row, whose committed value is read if it isn't known.
    pub fn set(&mut self, kv: &dyn Kv, key: Key, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let new = value.map_or(New::Removed, New::Value);
        match self.0.entry(key) {
            Entry::Occupied(row) => row.into_mut().new = new,
            Entry::Vacant(place) => {
                let old = kv.get(key.as_slice())?;
                place.insert(Row { old, new });
            }
        }
        Ok(())
    }

    /// Adds a row that the caller knows to be new, sparing the look at the engine.
    pub fn add(&mut self, key: Key, value: Vec<u8>) {
        let row = self.0.entry(key).or_insert(Row {
            old: None,
            new: New::Same,
        });
        row.new = New::Value(value);
    }

    /// Whether it changes nothing.
    pub fn is_unchanged(&self) -> bool {
        self.changes().next().is_none()
    }

    /// The changes, for the engine.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        self.0.iter().filter_map(|(key, row)| match &row.new {
            New::Value(value) => Some((key.as_slice(), Some(value.as_slice()))),
            New::Removed if row.old.is_some() => Some((key.as_slice(), None)),
            New::Same | New::Removed => None,
        })
    }

    /// By how many bytes, of keys and values, it makes the rows more.
    pub fn growth(&self) -> i64 {
        let size =
            |key: &Key, value: &[u8]| (key.as_slice().len() + value.len()).cast_signed() as i64;
        let of = |(key, row): (&Key, &Row)| {
            let now = row.side(Side::New).map_or(0, |value| size(key, value));
            let before = row.old.as_ref().map_or(0, |value| size(key, value));
            now - before
        };
        self.0.iter().map(of).sum()
    }

    /// Visits the rows of a range as one side of the overlay sees them.
    pub fn scan(
        &self,
        kv: &dyn Kv,
        side: Side,
        span: &Span,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let (from, to) = (span.from.as_slice(), span.to.as_slice());
        if from >= to {
            return Ok(());
        }
        let mut own = Directed {
            rows: self
                .0
                .range::<[u8], _>((Bound::Included(from), Bound::Excluded(to))),
            order: span.order,
        }
        .map(|(key, row)| (key.as_slice(), row.side(side)))
        .peekable();
        let mut broken = false;
        kv.scan(from, to, span.order, &mut |key, value| {
            while let Some((own_key, own_value)) =
                own.next_if(|(own_key, _)| comes_before(own_key, key, span.order))
            {
                if let Some(own_value) = own_value
                    && visit(own_key, own_value)?.is_break()
                {
                    broken = true;
                    return Ok(ControlFlow::Break(()));
                }
            }
            let value = match own.next_if(|(own_key, _)| *own_key == key) {
                Some((_, own_value)) => own_value,
                None => Some(value),
            };
            let Some(value) = value else {
                return Ok(ControlFlow::Continue(()));
            };
            let go_on = visit(key, value)?;
            broken = go_on.is_break();
            Ok(go_on)
        })?;
        if broken {
            return Ok(());
        }
        for (key, value) in own {
            if let Some(value) = value
                && visit(key, value)?.is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

impl Row {
    /// One of its two values.
    pub fn side(&self, side: Side) -> Option<&[u8]> {
        match side {
            Side::Old => self.old.as_deref(),
            Side::New => match &self.new {
                New::Same => self.old.as_deref(),
                New::Value(value) => Some(value),
                New::Removed => None,
            },
        }
    }
}

fn comes_before(one: &[u8], other: &[u8], order: Order) -> bool {
    match order {
        Order::Forward => one < other,
        Order::Backward => one > other,
    }
}

/// A range of the overlay in either direction.
struct Directed<'a> {
    rows: Range<'a, Key, Row>,
    order: Order,
}

impl<'a> Iterator for Directed<'a> {
    type Item = (&'a Key, &'a Row);

    fn next(&mut self) -> Option<Self::Item> {
        match self.order {
            Order::Forward => self.rows.next(),
            Order::Backward => self.rows.next_back(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::Table;
    use parking_lot::Mutex;
    use proptest::prelude::*;

    /// The least engine there can be.
    #[derive(Default)]
    struct Memory(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

    impl Kv for Memory {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self.0.lock().get(key).cloned())
        }

        fn scan(
            &self,
            from: &[u8],
            to: &[u8],
            order: Order,
            visit: &mut Visit<'_>,
        ) -> Result<(), StoreError> {
            let rows = self.0.lock();
            let mut range: Vec<_> = rows.range(from.to_vec()..to.to_vec()).collect();
            if order == Order::Backward {
                range.reverse();
            }
            for (key, value) in range {
                if visit(key, value)?.is_break() {
                    break;
                }
            }
            Ok(())
        }

        fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
            let mut rows = self.0.lock();
            for (key, value) in changes {
                match value {
                    Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                    None => rows.remove(key),
                };
            }
            Ok(())
        }

        fn sync(&self) -> Result<(), StoreError> {
            Ok(())
        }
    }

    fn key(number: u8) -> Key {
        Key::new(Table::Log).push(&[number])
    }

    fn read(overlay: &Overlay, kv: &Memory, side: Side, span: &Span, limit: usize) -> Vec<u8> {
        let mut seen = Vec::new();
        overlay
            .scan(kv, side, span, &mut |key, value| {
                seen.extend([key[1], value[0]]);
                Ok(if seen.len() < 2 * limit {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })
            .unwrap();
        seen
    }

    proptest! {
        /// What a transaction sees before its commit is what everybody sees after it, and what
        /// they see meanwhile is what was there before.
        #[test]
        fn an_overlay_shows_both_sides_of_a_group(
            before in prop::collection::btree_map(0_u8..30, any::<u8>(), 0..20),
            group in prop::collection::vec((0_u8..30, any::<Option<u8>>(), any::<bool>()), 0..20),
            (from, to) in (0_u8..30, 0_u8..31),
            limit in 1_usize..12,
            backward: bool,
        ) {
            let kv = Memory::default();
            for (number, value) in &before {
                let row = (key(*number), [*value]);
                kv.write(&mut [(row.0.as_slice(), Some(&row.1[..]))].into_iter()).unwrap();
            }
            let mut overlay = Overlay::default();
            for (number, value, look_first) in group {
                if look_first {
                    overlay.remember(key(number), kv.get(key(number).as_slice()).unwrap());
                }
                overlay.set(&kv, key(number), value.map(|value| vec![value])).unwrap();
            }
            let mut span = Span { from: key(from), to: key(to), order: Order::Forward };
            if backward {
                span = span.backward();
            }
            let nothing = Overlay::default();
            let old = read(&nothing, &kv, Side::New, &span, limit);
            let new = read(&overlay, &kv, Side::New, &span, limit);
            prop_assert_eq!(&read(&overlay, &kv, Side::Old, &span, limit), &old);
            kv.write(&mut overlay.changes()).unwrap();
            prop_assert_eq!(&read(&nothing, &kv, Side::New, &span, limit), &new);
            prop_assert_eq!(&read(&overlay, &kv, Side::Old, &span, limit), &old);
        }
    }
}
