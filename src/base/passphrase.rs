//! A passphrase that somebody keeps in a file, and what it must be like. What it opens is others' affair.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The shortest for something new, in characters: whoever has what it seals can try as many as they like.
pub const LEAST: usize = 12;
/// The longest, in bytes.
pub const MOST: usize = 1024;

/// Why a passphrase can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Its file can't be read.
    #[error("it can't be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is too short for something new.
    #[error(
        "it has fewer than {LEAST} characters, and who has the file can try as many as they like"
    )]
    TooShort,
    /// It is too long.
    #[error("it is longer than {MOST} bytes")]
    TooLong,
    /// There is none, or more.
    #[error("it must be one line")]
    NotOneLine,
}

/// What the only line of a file says.
///
/// # Errors
/// All but [`Fault::TooShort`].
pub fn read(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    let file = File::open(path)?;
    file.take(most + 1).read_to_string(&mut text)?;
    if text.len() > MOST {
        return Err(Fault::TooLong);
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.contains(['\n', '\r']) {
        return Err(Fault::NotOneLine);
    }
    Ok(line.to_owned())
}

/// Whether something new may be sealed with it.
///
/// # Errors
/// [`Fault::TooShort`].
pub fn check_new(text: &str) -> Result<(), Fault> {
    if text.chars().count() < LEAST {
        return Err(Fault::TooShort);
    }
    Ok(())
}
