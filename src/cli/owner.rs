//! As whom a command works: what root asks for is done as the owner of the data directory.
//!
//! Else a file that a command makes there would be root's, and the server could not open it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::Context;
use rustix::process::{Gid, Uid, geteuid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

/// From here on root is the owner of `data`, for good. Anybody else stays who they are. To be called
/// while there is one thread only: those that follow take after it.
pub(super) fn become_owner(data: &Path) -> anyhow::Result<()> {
    if !geteuid().is_root() {
        return Ok(());
    }
    let Ok(owner) = fs::metadata(data) else {
        return Ok(());
    };
    if owner.uid() == 0 {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()));
    set_thread_groups(&[group])
        .and_then(|()| set_thread_res_gid(group, group, group))
        .and_then(|()| set_thread_res_uid(user, user, user))
        .with_context(|| format!("cannot become the owner of {}", data.display()))
}
