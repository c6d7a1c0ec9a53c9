//! A stage as something to read and seek in.

use std::io::{self, Read, Seek, SeekFrom};

use crate::blobs::{Blobs, StageId};

/// Bytes that are read at once.
const READ_AHEAD: usize = 64 * 1024;

/// A stage as something to read, by a window of it.
pub struct Staged<'a> {
    blobs: &'a dyn Blobs,
    stage: StageId,
    len: u64,
    at: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Staged<'a> {
    /// From its start; `len` is its length in bytes.
    pub fn new(blobs: &'a dyn Blobs, stage: StageId, len: u64) -> Self {
        Self {
            blobs,
            stage,
            len,
            at: 0,
            window: Vec::new(),
            window_at: 0,
        }
    }

    /// What the window holds from here on.
    fn seen(&self) -> &[u8] {
        let skip = self.at.checked_sub(self.window_at);
        let skip = skip.and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.window.get(skip..))
            .unwrap_or_default()
    }
}

impl Read for Staged<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.seen().is_empty() && self.at < self.len {
            self.window.resize(READ_AHEAD, 0);
            let read = self
                .blobs
                .read_staged(self.stage, self.at, &mut self.window);
            self.window.truncate(read.map_err(io::Error::other)?);
            self.window_at = self.at;
        }
        let seen = self.seen();
        let read = seen.len().min(buf.len());
        buf[..read].copy_from_slice(&seen[..read]);
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Staged<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
