//! The note beside a stage's bytes: how many of them are durable, and what the caller noted.
//!
//! Two lines of `[length, 8 bytes][touched, 8 bytes][sum, 8 bytes]`, written in turn, so that
//! a torn one leaves the other; then `[version 1][length, 2 bytes][the caller's note][sum,
//! 8 bytes]`. Numbers are big-endian. The durable length only grows, so that the longer line
//! is the newer.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::BlobError;
use crate::base::clock::Timestamp;
use crate::base::disk;

const VERSION: u8 = 1;
const SUM: usize = 8;
const LINE: usize = 16 + SUM;

/// A note, read.
pub struct Note {
    /// What the caller noted.
    pub said: Vec<u8>,
    /// How many bytes of the stage are durable.
    pub len: u64,
    /// When the stage was last appended to before that.
    pub touched: Timestamp,
}

/// Makes the note of an empty stage. Its entry in the folder is not durable yet.
pub fn create(path: &Path, note: &[u8], now: Timestamp) -> Result<(), BlobError> {
    let mut said = vec![VERSION];
    said.extend(u16::try_from(note.len()).unwrap_or(u16::MAX).to_be_bytes());
    said.extend(note);
    let seal = sum(&said);
    disk::make_file(path)
        .and_then(|mut file| {
            file.write_all(&[line(0, now), line(0, now)].concat())?;
            file.write_all(&said)?;
            file.write_all(&seal)?;
            file.sync_all()
        })
        .map_err(BlobError::io("write", path))
}

/// Notes that `len` bytes are durable, and makes that durable.
pub fn set_len(path: &Path, len: u64, touched: Timestamp) -> Result<(), BlobError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .and_then(|file| {
            let mut first = [0; LINE];
            file.read_exact_at(&mut first, 0)?;
            let mut second = [0; LINE];
            file.read_exact_at(&mut second, LINE as u64)?;
            let older = parse_line(&first).map(|line| line.0) <= parse_line(&second).map(|l| l.0);
            let at = if older { 0 } else { LINE as u64 };
            file.write_all_at(&line(len, touched), at)?;
            file.sync_data()
        })
        .map_err(BlobError::io("write", path))
}

/// Reads a note. [`BlobError::Damaged`] if it is not whole.
pub fn read(path: &Path) -> Result<Note, BlobError> {
    let bytes = fs::read(path).map_err(BlobError::io("read", path))?;
    parse(&bytes).ok_or_else(|| BlobError::Damaged {
        path: path.to_path_buf(),
        what: "it is not a whole note".to_owned(),
    })
}

fn parse(bytes: &[u8]) -> Option<Note> {
    let (first, rest) = bytes.split_first_chunk::<LINE>()?;
    let (second, said) = rest.split_first_chunk::<LINE>()?;
    let (len, touched) = parse_line(first).max(parse_line(second))?;
    let (head, rest) = said.split_first_chunk::<3>()?;
    let count = usize::from(u16::from_be_bytes([head[1], head[2]]));
    let (note, seal) = rest.split_at_checked(count)?;
    let whole = head[0] == VERSION && *seal == sum(&said[..head.len() + count]);
    let said = note.to_vec();
    whole.then_some(Note { said, len, touched })
}

fn line(len: u64, touched: Timestamp) -> [u8; LINE] {
    let mut line = [0; LINE];
    line[..8].copy_from_slice(&len.to_be_bytes());
    line[8..16].copy_from_slice(&touched.0.to_be_bytes());
    let seal = sum(&line[..16]);
    line[16..].copy_from_slice(&seal);
    line
}

/// The durable length and the moment in a line; `None` if it is torn.
fn parse_line(line: &[u8; LINE]) -> Option<(u64, Timestamp)> {
    let (len, rest) = line.split_first_chunk::<8>()?;
    let touched = Timestamp(u64::from_be_bytes(*rest.first_chunk::<8>()?));
    let whole = line[16..] == sum(&line[..16]);
    whole.then_some((u64::from_be_bytes(*len), touched))
}

/// The first bytes of a hash: against torn writes, not against people.
fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut sum = [0; SUM];
    sum.copy_from_slice(&Sha256::digest(bytes)[..SUM]);
    sum
}
