//! A second engine behind the key-value seam, so that nothing above it leans on sled's ways.

use std::ops::ControlFlow;
use std::path::Path;

use inkspot::store::StoreError;
use inkspot::store::kv::{Change, Kv, Order, Visit};
use redb::{Database, Durability, ReadableDatabase, TableDefinition};

const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");

/// redb: writes are atomic at once and durable with the next sync.
pub struct RedbKv(Database);

fn engine(error: impl std::fmt::Display) -> StoreError {
    StoreError::Engine(error.to_string())
}

impl RedbKv {
    pub fn open(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let db = Database::create(dir.join("rows.redb")).unwrap();
        let write = db.begin_write().unwrap();
        write.open_table(ROWS).unwrap();
        write.commit().unwrap();
        Self(db)
    }

    fn commit(
        &self,
        durability: Durability,
        changes: &mut dyn Iterator<Item = Change<'_>>,
    ) -> Result<(), StoreError> {
        let mut write = self.0.begin_write().map_err(engine)?;
        write.set_durability(durability).map_err(engine)?;
        {
            let mut rows = write.open_table(ROWS).map_err(engine)?;
            for (key, value) in changes {
                match value {
                    Some(value) => rows.insert(key, value),
                    None => rows.remove(key),
                }
                .map_err(engine)?;
            }
        }
        write.commit().map_err(engine)
    }
}

impl Kv for RedbKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let read = self.0.begin_read().map_err(engine)?;
        let rows = read.open_table(ROWS).map_err(engine)?;
        let value = rows.get(key).map_err(engine)?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        if from >= to {
            return Ok(());
        }
        let read = self.0.begin_read().map_err(engine)?;
        let rows = read.open_table(ROWS).map_err(engine)?;
        let mut range = rows.range::<&[u8]>(from..to).map_err(engine)?;
        loop {
            let row = match order {
                Order::Forward => range.next(),
                Order::Backward => range.next_back(),
            };
            let Some(row) = row else { return Ok(()) };
            let (key, value) = row.map_err(engine)?;
            if let ControlFlow::Break(()) = visit(key.value(), value.value())? {
                return Ok(());
            }
        }
    }

    fn write(&self, changes: &mut dyn Iterator<Item = Change<'_>>) -> Result<(), StoreError> {
        self.commit(Durability::None, changes)
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.commit(Durability::Immediate, &mut std::iter::empty())
    }
}
