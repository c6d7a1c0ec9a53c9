//! The C library's allocator, told to give memory back.
//!
//! It takes large blocks from the system one by one and gives each back when it is freed. But once
//! a larger one was freed it keeps blocks up to that size for itself, for the rest of the process: a
//! single sign-in (19 MiB for the password) or the buffers of one upload stay occupied for ever.
//! Saying the bound, as large as it is from the start, switches that off. It is read from the
//! environment before the program begins, so that the program begins once more with it.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The setting, and the value that it has when nobody sets it, in bytes.
const SETTING: &str = "MALLOC_MMAP_THRESHOLD_";
const VALUE: &str = "131072";
/// Says that it was done. Of a program with capabilities of its own the system may take the setting
/// away; it must not begin for ever.
const ONCE: &str = "_INKSPOT_BEGUN";

/// Begins the program once more, as the same process, unless the setting is there already. To be
/// called before anything is opened or started. It returns when that is so, or could not be done,
/// which costs memory only; other C libraries don't mind.
pub fn settle() -> io::Result<()> {
    if !cfg!(target_env = "gnu") || [SETTING, ONCE].iter().any(|it| env::var_os(it).is_some()) {
        return Ok(());
    }
    let mut arguments = env::args_os();
    let mut again = Command::new(env::current_exe()?);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    again.args(arguments).env(SETTING, VALUE).env(ONCE, "1");
    Err(again.exec())
}
