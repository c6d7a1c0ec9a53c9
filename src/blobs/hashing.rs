//! The hash of a stage, kept up while bytes come in and caught up from the disk where it was not:
//! after a restart the bytes are there and their hash is not.

use sha2::{Digest, Sha256};

use super::{BlobError, BlobHash};

/// How much is read at once to catch up, in bytes.
const READ: usize = 256 << 10;

/// The hash of the first bytes of a stage.
#[derive(Clone, Default)]
pub struct Hashing {
    hash: Sha256,
    len: u64,
}

impl Hashing {
    /// Takes in bytes that lie at `offset`; those that don't follow are left for later.
    pub fn note(&mut self, offset: u64, bytes: &[u8]) {
        if offset == self.len {
            self.hash.update(bytes);
            self.len += bytes.len() as u64;
        }
    }

    /// The hash of the first `len` bytes, of which `read` reads those that are missing into a
    /// buffer, from an offset on.
    pub fn finish(
        mut self,
        len: u64,
        mut read: impl FnMut(u64, &mut [u8]) -> Result<usize, BlobError>,
    ) -> Result<BlobHash, BlobError> {
        let mut buf = vec![0; if self.len < len { READ } else { 0 }];
        while self.len < len {
            let wanted = usize::try_from(len - self.len).map_or(READ, |left| left.min(READ));
            let count = read(self.len, &mut buf[..wanted])?;
            if count == 0 {
                break;
            }
            self.note(self.len, &buf[..count]);
        }
        Ok(BlobHash(self.hash.finalize().into()))
    }
}
