//! Making a database anew of rows that were told (`cut`): in a fresh data folder, under a log of its
//! own, without anybody's session.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::aside::{Mark, mark};
use super::check::Tally;
use super::codec::Record;
use super::error::StoreError;
use super::folder::Folder;
use super::installation::{self, Installation};
use super::kv::{Change, Kv, SledKv};
use super::open::{StoreOptions, assemble};
use super::schema::{Key, Meta, Table};
use super::txn::Changes;
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;

/// How many rows, and how many bytes of them, are written at once.
const SLICE_ROWS: usize = 500;
const SLICE_BYTES: usize = 256 << 10;

/// Free bytes that must be left when a database takes the place of another.
const ROOM: u64 = 64 << 20;

/// What must not come back: a session that was ended since would be open again.
const FORGOTTEN: [Table; 4] = [
    Table::Sessions,
    Table::SessionTokens,
    Table::UserSessions,
    Table::ResetLinks,
];

/// A database in the making. Dropping it leaves what the next start removes.
pub struct Restoring {
    kv: SledKv,
    prepared: PathBuf,
    /// The generation whose place it takes.
    before: Option<PathBuf>,
    options: StoreOptions,
    folder: Folder,
    rows: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    bytes: usize,
}

impl Restoring {
    /// Takes a folder that holds no database, making it if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Occupied`] if it holds one; nothing is changed then.
    pub fn begin(dir: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = Folder::claim(dir)?;
        if folder.current()?.is_some() {
            return Err(StoreError::Occupied {
                dir: dir.to_path_buf(),
            });
        }
        Self::within(folder, options)
    }

    /// Takes a folder whose database, which may be damaged, is to be replaced. That one is untouched until
    /// [`Restoring::finish`], and kept after it.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] if it holds none, [`StoreError::NoRoom`] if there is no room for another of its size.
    pub fn begin_over(dir: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = Folder::claim(dir)?;
        let Some(current) = folder.current()? else {
            return Err(StoreError::Foreign {
                dir: dir.to_path_buf(),
                found: "it holds no database".to_owned(),
            });
        };
        // The new one is hardly larger; and messages need some room after that.
        let size = disk::size(&current).map_err(StoreError::io("look at", &current))?;
        let (free, needed) = (folder.free()?, size.saturating_add(ROOM));
        if free < needed {
            return Err(StoreError::NoRoom {
                dir: dir.to_path_buf(),
                free: free >> 20,
                needed: needed >> 20,
            });
        }
        Self::within(folder, options)
    }

    fn within(folder: Folder, options: &StoreOptions) -> Result<Self, StoreError> {
        let before = folder.current()?;
        let prepared = folder.prepare_next()?;
        Ok(Self {
            kv: SledKv::open(&prepared, options.cache_bytes)?,
            prepared,
            before,
            options: options.clone(),
            folder,
            rows: Vec::new(),
            bytes: 0,
        })
    }

    /// Takes the next row, in the order in which they were told.
    pub fn take(&mut self, (key, value): Change<'_>) -> Result<(), StoreError> {
        if FORGOTTEN
            .iter()
            .any(|table| key.first() == Some(&(*table as u8)))
        {
            return Ok(());
        }
        self.bytes += key.len() + value.map_or(0, <[u8]>::len);
        self.rows.push((key.to_vec(), value.map(<[u8]>::to_vec)));
        if self.rows.len() >= SLICE_ROWS || self.bytes >= SLICE_BYTES {
            self.write()?;
        }
        Ok(())
    }

    /// Makes it the folder's database, after all of it was checked. What was there before is set aside at the
    /// next opening, by this mark and these words.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer Inkspot wrote it, [`StoreError::Corrupt`] if it is none. Then the
    /// folder is as it was before.
    pub fn finish(
        mut self,
        (clock, rng): (&Clock, &Rng),
        (kind, why): (Mark, &str),
    ) -> Result<Tally, StoreError> {
        self.write()?;
        let rows = Changes::new(&self.kv);
        if installation::format(&rows)?.is_none() {
            return Err(StoreError::corrupt("format number", "it is missing"));
        }
        // What clients have heard after the cut is not in this log: it is another one.
        let installation = Installation {
            epoch: u32::from_le_bytes(rng.bytes()),
            ..installation::load(&rows)?
        };
        let key = Key::meta(Meta::Installation);
        self.take((key.as_slice(), Some(&installation.encode()?)))?;
        self.write()?;
        let Self {
            kv,
            prepared,
            before,
            options,
            folder,
            ..
        } = self;
        let tally = {
            let (store, _writer) = assemble(Arc::new(kv), None, &options, rng, clock)?;
            store.check()?
        };
        if let Some(before) = before {
            mark(&before, kind, why)?;
        }
        folder.switch(&prepared)?;
        Ok(tally)
    }

    /// A key may come twice in one slice; the engine takes each once.
    fn write(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let last: BTreeMap<_, _> = rows.into_iter().collect();
        let mut changes = last.iter().map(|(key, value)| (&key[..], value.as_deref()));
        self.kv.write(&mut changes)?;
        self.kv.sync()
    }
}
