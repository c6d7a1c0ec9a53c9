//! The file: `INKSPOT-BACKUP1\n`, then an LZ4 frame stream of frames.
//!
//! ```text
//! frame   = kind (1) ‖ length (4, big-endian) ‖ that many bytes
//! Rows    = any number of: key length (1) ‖ key ‖ value length (4; 2³²-1: removed) ‖ value
//! File    = path below the data folder, UTF-8        followed by Bytes
//! Content = SHA-256 (32)                             followed by Bytes
//! Bytes   = the next bytes of the file or content before it
//! End     = SHA-256 (32) of all frames before it
//! ```
//!
//! A frame has [`FRAME`] bytes at most, so that reading takes no more memory than that, whatever a
//! file claims.

use std::io::{self, Read, Write};

use lz4_flex::frame::{FrameDecoder, FrameEncoder, FrameInfo};
use sha2::{Digest, Sha256};

use super::BackupError;
use crate::store::kv::Change;

/// What a file begins with.
const MAGIC: &[u8; 16] = b"INKSPOT-BACKUP1\n";

/// The most bytes in a frame.
pub const FRAME: usize = 256 << 10;

/// The longest file of the data folder, in bytes.
pub const FILE_MAX: u64 = 1 << 20;

/// Stands for the length of a row that is gone.
const REMOVED: u32 = u32::MAX;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Rows of the database.
    Rows = 1,
    /// A file of the data folder begins.
    File = 2,
    /// The content of a file that somebody sent begins.
    Content = 3,
    /// More of what has begun.
    Bytes = 4,
    /// That was all.
    End = 5,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Rows,
            Self::File,
            Self::Content,
            Self::Bytes,
            Self::End,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// Writes frames.
pub struct Frames<W: Write> {
    out: FrameEncoder<W>,
    sum: Sha256,
    rows: Vec<u8>,
}

impl<W: Write> Frames<W> {
    /// Begins a file.
    pub fn begin(mut out: W) -> Result<Self, BackupError> {
        out.write_all(MAGIC).map_err(BackupError::writing)?;
        // So that what is damaged is not taken for what is newer.
        let info = FrameInfo::new().block_checksums(true);
        Ok(Self {
            out: FrameEncoder::with_frame_info(info, out),
            sum: Sha256::new(),
            rows: Vec::with_capacity(FRAME),
        })
    }

    /// Adds a frame of at most [`FRAME`] bytes, after the rows that wait.
    pub fn add(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), BackupError> {
        self.flush_rows()?;
        self.put(kind, bytes)
    }

    /// Adds a row, together with others.
    pub fn add_row(&mut self, (key, value): Change<'_>) -> Result<(), BackupError> {
        let more = 5 + key.len() + value.map_or(0, <[u8]>::len);
        if self.rows.len() + more > FRAME {
            self.flush_rows()?;
        }
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(REMOVED);
        self.rows.push(u8::try_from(key.len()).unwrap_or(u8::MAX));
        self.rows.extend_from_slice(key);
        let value_length = value.map_or(REMOVED, length);
        self.rows.extend_from_slice(&value_length.to_be_bytes());
        self.rows.extend_from_slice(value.unwrap_or_default());
        Ok(())
    }

    /// Ends the file; it is whole only then. Gives back what it was written to.
    pub fn end(mut self) -> Result<W, BackupError> {
        self.flush_rows()?;
        let sum = self.sum.clone().finalize();
        self.put(Kind::End, &sum)?;
        let out = self.out.finish();
        let mut out = out.map_err(|error| BackupError::writing(io::Error::from(error)))?;
        out.flush().map_err(BackupError::writing)?;
        Ok(out)
    }

    fn flush_rows(&mut self) -> Result<(), BackupError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.rows);
        let done = self.put(Kind::Rows, &rows);
        rows.clear();
        self.rows = rows;
        done
    }

    fn put(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), BackupError> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
        for part in [&[kind as u8][..], &length, bytes] {
            self.sum.update(part);
            self.out.write_all(part).map_err(BackupError::writing)?;
        }
        Ok(())
    }
}

/// Reads frames.
pub struct Source<R: Read> {
    from: FrameDecoder<R>,
    sum: Sha256,
    bytes: Vec<u8>,
}

impl<R: Read> Source<R> {
    /// Begins to read a file.
    pub fn begin(mut from: R) -> Result<Self, BackupError> {
        let mut magic = [0; MAGIC.len()];
        match from.read_exact(&mut magic) {
            Ok(()) if magic == *MAGIC => Ok(Self {
                from: FrameDecoder::new(from),
                sum: Sha256::new(),
                bytes: Vec::new(),
            }),
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                Err(BackupError::reading(error))
            }
            _ => Err(BackupError::Foreign),
        }
    }

    /// The next frame; `None` after the last one, once the checksum was found right.
    pub fn next(&mut self) -> Result<Option<(Kind, &[u8])>, BackupError> {
        let mut head = [0; 5];
        self.fill_head(&mut head)?;
        let kind = Kind::of(head[0]).ok_or(BackupError::Newer)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > FRAME {
            return Err(BackupError::Damaged("a part of it is too long"));
        }
        self.bytes.resize(length, 0);
        let read = self.from.read_exact(&mut self.bytes);
        read.map_err(BackupError::reading)?;
        if kind == Kind::End {
            return self.finish().map(|()| None);
        }
        self.sum.update(head);
        self.sum.update(&self.bytes);
        Ok(Some((kind, &self.bytes)))
    }

    fn fill_head(&mut self, head: &mut [u8; 5]) -> Result<(), BackupError> {
        self.from.read_exact(head).map_err(BackupError::reading)
    }

    fn finish(&mut self) -> Result<(), BackupError> {
        if self.sum.clone().finalize()[..] != self.bytes[..] {
            return Err(BackupError::Damaged("its checksum is another one"));
        }
        match self.from.read(&mut [0]).map_err(BackupError::reading)? {
            0 => Ok(()),
            _ => Err(BackupError::Damaged("it goes on after its end")),
        }
    }
}

/// The rows of a frame, one after the other.
pub fn rows(mut bytes: &[u8]) -> impl Iterator<Item = Result<Change<'_>, BackupError>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let row = row(&mut bytes);
        if row.is_none() {
            bytes = &[];
        }
        Some(row.ok_or(BackupError::Damaged("a row of it is cut")))
    })
}

fn row<'a>(bytes: &mut &'a [u8]) -> Option<Change<'a>> {
    let mut take = |length: usize| {
        let (part, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        Some(part)
    };
    let length = usize::from(take(1)?[0]);
    let key = take(length)?;
    match u32::from_be_bytes(take(4)?.try_into().ok()?) {
        REMOVED => Some((key, None)),
        length => Some((key, Some(take(length as usize)?))),
    }
}
