//! As whom a command works: what root asks for is done as the owner of the data directory.
//!
//! Else a file that a command makes there would be root's, and the server could not open it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::Context;
use rustix::process::{Gid, Uid, geteuid, getgroups};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

/// From here on root is the owner of `data`, for good. Anybody else stays who they are. To be called
/// while there is one thread only: those that follow take after it.
pub(super) fn become_owner(data: &Path) -> anyhow::Result<()> {
    let Some((user, group)) = other_owner(data) else {
        return Ok(());
    };
    set_thread_groups(&[group])
        .and_then(|()| set_thread_res_gid(group, group, group))
        .and_then(|()| set_thread_res_uid(user, user, user))
        .with_context(|| cannot(data))
}

/// Does this work as the owner of `data`, and is root again afterwards: for what is written elsewhere.
/// Threads that the work starts stay the owner.
pub(super) fn as_owner<T>(
    data: &Path,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some((user, group)) = other_owner(data) else {
        return work();
    };
    let groups = getgroups().context("cannot see one's groups")?;
    set_thread_groups(&[group])
        .and_then(|()| set_thread_res_gid(None, group, None))
        .and_then(|()| set_thread_res_uid(None, user, None))
        .with_context(|| cannot(data))?;
    let done = work();
    set_thread_res_uid(None, Uid::ROOT, None)
        .and_then(|()| set_thread_res_gid(None, Gid::ROOT, None))
        .and_then(|()| set_thread_groups(&groups))
        .context("cannot be root again")?;
    done
}

/// Whose `data` is, for root, if it is somebody else's.
fn other_owner(data: &Path) -> Option<(Uid, Gid)> {
    if !geteuid().is_root() {
        return None;
    }
    let owner = fs::metadata(data).ok()?;
    (owner.uid() != 0).then(|| (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid())))
}

fn cannot(data: &Path) -> String {
    format!("cannot become the owner of {}", data.display())
}
