//! Where the files of the web app come from. How they are sent is not said here.
//!
//! A release build carries them. A debug build reads them from `assets/dist` as it starts, or from the
//! folder that `INKSPOT_BUNDLE` names: so a test can put a newer version in place of the one before.

use bytes::Bytes;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/dist"]
struct Dist;

/// A file of the bundle as it is stored, packed.
pub(super) struct Stored {
    /// Its path in the bundle, with `.br` or `.gz` at the end.
    pub path: String,
    pub bytes: Bytes,
    /// SHA-256 of the bytes.
    pub hash: [u8; 32],
}

/// All files.
pub(super) fn files() -> Vec<Stored> {
    #[cfg(debug_assertions)]
    if let Some(folder) = std::env::var_os("INKSPOT_BUNDLE") {
        return elsewhere::files(folder.as_ref());
    }
    let stored = |path: std::borrow::Cow<'static, str>| {
        let file = Dist::get(&path)?;
        Some(Stored {
            path: path.into_owned(),
            hash: file.metadata.sha256_hash(),
            bytes: match file.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
            },
        })
    };
    Dist::iter().filter_map(stored).collect()
}

#[cfg(debug_assertions)]
mod elsewhere {
    use std::path::Path;
    use std::{fs, io};

    use sha2::{Digest, Sha256};

    use super::Stored;

    /// What can be read below a folder.
    pub fn files(folder: &Path) -> Vec<Stored> {
        let mut all = Vec::new();
        if let Err(error) = add(folder, "", &mut all) {
            tracing::error!(%error, folder = %folder.display(), "the bundle can't be read");
        }
        all
    }

    fn add(folder: &Path, prefix: &str, all: &mut Vec<Stored>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                add(&entry.path(), &format!("{path}/"), all)?;
                continue;
            }
            let bytes = fs::read(entry.path())?;
            let hash = Sha256::digest(&bytes).into();
            let bytes = bytes.into();
            all.push(Stored { path, bytes, hash });
        }
        Ok(())
    }
}
