//! What follows the header: chunks of 64 KiB, each sealed by ChaCha20-Poly1305 under its number, the last one
//! marked, so that what is cut, changed or put in another order is refused. One chunk is in memory.

use std::io::{self, Read, Write};

use ring::aead::{Aad, LessSafeKey, Nonce};

use super::header::{FileKey, cipher};
use crate::base::rng::Rng;

/// Bytes in a chunk, and how many more it has when it is sealed.
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// The numbers under which chunks are sealed.
struct Numbers(u64);

impl Numbers {
    /// That of the next chunk.
    fn next(&mut self, last: bool) -> Nonce {
        let mut bytes = [0; 12];
        bytes[3..11].copy_from_slice(&self.0.to_be_bytes());
        bytes[11] = u8::from(last);
        self.0 += 1;
        Nonce::assume_unique_for_key(bytes)
    }
}

/// Seals what is written.
pub struct Sealer<W: Write> {
    out: W,
    key: LessSafeKey,
    numbers: Numbers,
    chunk: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub fn begin(mut out: W, key: &FileKey, rng: &Rng) -> io::Result<Self> {
        let salt: [u8; 16] = rng.bytes();
        out.write_all(&salt)?;
        Ok(Self {
            out,
            key: cipher(&key.derive(&salt, b"payload")?)?,
            numbers: Numbers(0),
            chunk: Vec::with_capacity(CHUNK + TAG),
        })
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.numbers.next(last);
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("a part could not be sealed"))?;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }

    /// Ends it; it is whole only then.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full one waits until it is known whether it is the last.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.put(false)?;
        }
        let count = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what is read.
pub struct Opener<R: Read> {
    from: R,
    key: LessSafeKey,
    numbers: Numbers,
    /// A sealed chunk, and the first byte of the next one, by which it is known that there is one.
    sealed: Vec<u8>,
    /// An opened one, and how much of it was taken.
    open: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Opener<R> {
    pub fn begin(mut from: R, key: &FileKey) -> io::Result<Self> {
        let mut salt = [0; 16];
        from.read_exact(&mut salt)?;
        Ok(Self {
            from,
            key: cipher(&key.derive(&salt, b"payload")?)?,
            numbers: Numbers(0),
            sealed: Vec::with_capacity(CHUNK + TAG + 1),
            open: Vec::with_capacity(CHUNK + TAG),
            taken: 0,
            ended: false,
        })
    }

    fn fill(&mut self) -> io::Result<()> {
        const FULL: usize = CHUNK + TAG;
        let missing = (FULL + 1 - self.sealed.len()) as u64;
        let from = &mut self.from;
        from.take(missing).read_to_end(&mut self.sealed)?;
        let last = self.sealed.len() <= FULL;
        let rest = self.sealed.split_off(self.sealed.len().min(FULL));
        self.open = std::mem::replace(&mut self.sealed, rest);
        self.sealed.reserve_exact(FULL + 1 - self.sealed.len());
        let first = self.numbers.0 == 0;
        let nonce = self.numbers.next(last);
        let opened = self.key.open_in_place(nonce, Aad::empty(), &mut self.open);
        let length = opened.map_err(|_| io::ErrorKind::InvalidData)?.len();
        if length == 0 && !first {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.open.truncate(length);
        (self.taken, self.ended) = (0, last);
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.open.len() {
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
        let rest = &self.open[self.taken..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}
