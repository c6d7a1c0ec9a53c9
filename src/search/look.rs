//! Looking at an index from outside, for checks.

use std::path::Path;

use serde::Serialize;

use super::Options;
use super::folders::Folders;
use super::index::Index;
use super::own::{IndexError, Own};
use crate::store::Store;

/// How an index lies in a data folder that no server uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lying {
    /// How many messages it has.
    pub messages: u64,
    /// How many events it does not have yet.
    pub behind: u64,
}

/// Looks at the newest index for this store; `None` if there is none that can be used, so that the server
/// builds one.
///
/// # Errors
/// It is damaged.
pub fn look(folder: &Path, store: &Store, options: &Options) -> Result<Option<Lying>, IndexError> {
    let folders = Folders::within(folder.to_path_buf());
    if !folder.is_dir() {
        return Ok(None);
    }
    let Some(number) = folders.numbers()?.into_iter().max() else {
        return Ok(None);
    };
    let own = Own::open(&folders.path(number), options.cache_bytes)?;
    let Some(index) = Index::load(own, options.tail)? else {
        return Ok(None);
    };
    let (mark, log) = (index.mark(), store.log());
    let usable = mark.whole && mark.epoch == log.epoch() && mark.seen <= log.head();
    Ok(usable.then(|| Lying {
        messages: mark.docs.into(),
        behind: log.head().0 - mark.seen.0,
    }))
}
