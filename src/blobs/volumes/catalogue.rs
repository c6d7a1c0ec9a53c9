//! The catalogue: which blobs and stages there are, and where their content lies. What it does not
//! name is not there, whatever lies in the volumes.

use std::ops::ControlFlow;

use super::extent::Row;
use super::pool::{CATALOGUE, Pool};
use crate::base::database::{Database, DatabaseError};
use crate::blobs::{BlobError, BlobHash, StageId};

/// The first byte of a key.
const BLOB: u8 = b'b';
const NOTE: u8 = b'n';
const STAGE: u8 = b's';

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Blob(BlobHash),
    Stage(StageId),
}

impl Name {
    fn key(self) -> Vec<u8> {
        match self {
            Self::Blob(hash) => key(BLOB, &hash.0),
            Self::Stage(stage) => key(STAGE, &stage.0.to_be_bytes()),
        }
    }
}

fn key(table: u8, name: &[u8]) -> Vec<u8> {
    [&[table], name].concat()
}

fn note_key(stage: StageId) -> Vec<u8> {
    key(NOTE, &stage.0.to_be_bytes())
}

/// The rows behind the pool's catalogue.
#[derive(Clone, Copy)]
pub struct Catalogue<'a>(pub &'a Pool);

impl Catalogue<'_> {
    fn with<T>(
        self,
        work: impl FnOnce(&Database) -> Result<T, DatabaseError>,
    ) -> Result<T, BlobError> {
        self.0.with(CATALOGUE, work)
    }

    pub fn find(self, name: Name) -> Result<Option<Row>, BlobError> {
        match self.with(|rows| rows.get(&name.key()))? {
            None => Ok(None),
            Some(bytes) => match Row::decode(&bytes) {
                Some(row) => Ok(Some(row)),
                None => Err(self.damaged()),
            },
        }
    }

    pub fn note(self, stage: StageId) -> Result<Option<Vec<u8>>, BlobError> {
        self.with(|rows| rows.get(&note_key(stage)))
    }

    /// Adds a stage with its note, durable when this returns.
    pub fn begin(self, stage: StageId, row: &Row, note: &[u8]) -> Result<(), BlobError> {
        let row = row.encode()?;
        self.commit(&[
            (Name::Stage(stage).key(), Some(row)),
            (note_key(stage), Some(note.to_vec())),
        ])
    }

    /// Sets a row, durable when this returns.
    pub fn set(self, name: Name, row: &Row) -> Result<(), BlobError> {
        self.commit(&[(name.key(), Some(row.encode()?))])
    }

    /// Removes a blob, durable when this returns.
    pub fn remove_blob(self, hash: BlobHash) -> Result<(), BlobError> {
        self.commit(&[(Name::Blob(hash).key(), None)])
    }

    /// Removes a stage, and sets the row of the blob that it has become, if it has.
    pub fn end(self, stage: StageId, blob: Option<(BlobHash, &Row)>) -> Result<(), BlobError> {
        let mut changes = vec![(Name::Stage(stage).key(), None), (note_key(stage), None)];
        if let Some((hash, row)) = blob {
            changes.push((Name::Blob(hash).key(), Some(row.encode()?)));
        }
        self.commit(&changes)
    }

    fn commit(self, changes: &[(Vec<u8>, Option<Vec<u8>>)]) -> Result<(), BlobError> {
        self.with(|rows| {
            let mut changes = changes.iter().map(|(k, v)| (&k[..], v.as_deref()));
            rows.write(&mut changes)?;
            rows.sync()
        })
    }

    /// Blobs above `after`, in order: `limit` of them at most.
    pub fn blobs(
        self,
        after: Option<BlobHash>,
        limit: usize,
    ) -> Result<Vec<(BlobHash, Row)>, BlobError> {
        let from = after.map_or(vec![BLOB], |hash| [&key(BLOB, &hash.0)[..], &[0]].concat());
        let hash = |key: &[u8]| Some(BlobHash(key.try_into().ok()?));
        self.rows(&from, BLOB, limit, &hash)
    }

    /// All stages.
    pub fn stages(self) -> Result<Vec<(StageId, Row)>, BlobError> {
        let id = |key: &[u8]| Some(StageId(u128::from_be_bytes(key.try_into().ok()?)));
        self.rows(&[STAGE], STAGE, usize::MAX, &id)
    }

    fn rows<T>(
        self,
        from: &[u8],
        table: u8,
        limit: usize,
        name: &dyn Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<(T, Row)>, BlobError> {
        let mut found = Vec::new();
        self.with(|rows| {
            rows.scan(from, &[table + 1], false, &mut |key, value| {
                if found.len() >= limit {
                    return Ok(ControlFlow::Break(()));
                }
                found.push(name(&key[1..]).zip(Row::decode(value)));
                Ok::<_, DatabaseError>(ControlFlow::Continue(()))
            })
        })?;
        let whole = |row: Option<_>| row.ok_or_else(|| self.damaged());
        found.into_iter().map(whole).collect()
    }

    fn damaged(self) -> BlobError {
        BlobError::Damaged {
            path: self.0.path(CATALOGUE),
            what: "a row does not read as what it should be".to_owned(),
        }
    }
}
