//! Giving space back: the engine never shrinks its file, so that the rows are copied into the next
//! generation and the one before is removed. Here at rest; `generation` does the same while it is in use.

use std::path::Path;
use std::sync::Arc;

use super::error::StoreError;
use super::folder::Folder;
use super::generation::{Compacted, Step, Watch};
use super::open::{StoreOptions, assemble, open_engine};
use crate::base::clock::Clock;
use crate::base::rng::Rng;

/// Copies the database of a data folder that nobody uses into a fresh one and removes the old. `watch` is
/// told how far it has come.
///
/// # Errors
/// [`StoreError::Locked`] while a server runs on it, [`StoreError::Full`] when the disk has no
/// room for the copy beside the original. After any error the original is in place, untouched.
pub fn compact(
    dir: &Path,
    options: &StoreOptions,
    watch: &mut Watch<'_>,
) -> Result<Compacted, StoreError> {
    let nothing = || StoreError::Foreign {
        dir: dir.to_path_buf(),
        found: "it holds no database".to_owned(),
    };
    if !dir.exists() {
        return Err(nothing());
    }
    let folder = Folder::claim(dir)?;
    if folder.current()?.is_none() {
        return Err(nothing());
    }
    let kv = open_engine(&folder, options)?;
    folder.remove_leftovers()?;
    let (rng, clock) = (Rng::system(), Clock::system());
    let (store, mut writer) = assemble(Arc::new(kv), Some(folder), options, &rng, &clock)?;
    let next = store.next_generation(options.floor_bytes, watch)?;
    let retired = writer.switch(next)?;
    // It is the current one, whatever is said now.
    let _ = watch(Step::Switched);
    retired.remove()
}
