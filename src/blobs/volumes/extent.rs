//! Where content lies: in chunks of a volume, one run after the other.

use super::super::BlobError;
use crate::base::clock::Timestamp;

/// Bytes in a chunk. It is what is read of a leaf at once, and each leaf that is read is held until
/// it was used often (`base::database`): smaller ones cost more rows, larger ones more memory.
pub const CHUNK: usize = 2 << 10;

/// The most extents that content may have, so that its row stays small in the catalogue. A volume
/// takes one of them, so that content has 40 GiB at most.
const MAX_EXTENTS: usize = 160;

/// Goes up with the size of a chunk, too.
const VERSION: u8 = 2;
const EXTENT: usize = 24;

/// A stretch of content: chunks of one run, in one volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub volume: u32,
    pub run: u64,
    /// The number of its first chunk in the run.
    pub first: u32,
    /// Bytes; only the last chunk may hold less than a whole one.
    pub len: u64,
}

impl Extent {
    /// The key of the chunk that holds the byte `at`, counted from the extent's start.
    pub fn key(&self, at: u64) -> [u8; 12] {
        let number = u64::from(self.first) + at / CHUNK as u64;
        key(self.run, u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// How many bytes lie in its last chunk, if that is not whole.
    pub fn partial(&self) -> usize {
        usize::try_from(self.len % CHUNK as u64).unwrap_or(0)
    }
}

/// The key of a chunk in a volume.
pub fn key(run: u64, chunk: u32) -> [u8; 12] {
    let mut key = [0; 12];
    key[..8].copy_from_slice(&run.to_be_bytes());
    key[8..].copy_from_slice(&chunk.to_be_bytes());
    key
}

/// The run that a key belongs to.
pub fn run_of(key: &[u8]) -> u64 {
    key.first_chunk::<8>()
        .map_or(0, |run| u64::from_be_bytes(*run))
}

/// What the catalogue says of a blob or a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it was last appended to.
    pub touched: Timestamp,
    pub extents: Vec<Extent>,
}

impl Row {
    pub fn len(&self) -> u64 {
        total(&self.extents)
    }

    pub fn encode(&self) -> Result<Vec<u8>, BlobError> {
        if self.extents.len() > MAX_EXTENTS {
            return Err(BlobError::TooScattered);
        }
        let mut bytes = vec![VERSION];
        bytes.extend(self.touched.0.to_be_bytes());
        for extent in &self.extents {
            bytes.extend(extent.volume.to_be_bytes());
            bytes.extend(extent.run.to_be_bytes());
            bytes.extend(extent.first.to_be_bytes());
            bytes.extend(extent.len.to_be_bytes());
        }
        Ok(bytes)
    }

    /// `None` if the bytes are no row.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (touched, mut rest) = rest.split_first_chunk::<8>()?;
        if *version != VERSION {
            return None;
        }
        let mut extents = Vec::with_capacity(rest.len() / EXTENT);
        while !rest.is_empty() {
            let (volume, more) = rest.split_first_chunk::<4>()?;
            let (run, more) = more.split_first_chunk::<8>()?;
            let (first, more) = more.split_first_chunk::<4>()?;
            let (len, more) = more.split_first_chunk::<8>()?;
            extents.push(Extent {
                volume: u32::from_be_bytes(*volume),
                run: u64::from_be_bytes(*run),
                first: u32::from_be_bytes(*first),
                len: u64::from_be_bytes(*len),
            });
            rest = more;
        }
        let touched = Timestamp(u64::from_be_bytes(*touched));
        Some(Self { touched, extents })
    }
}

/// Bytes in extents.
pub fn total(extents: &[Extent]) -> u64 {
    extents.iter().map(|extent| extent.len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_what_it_writes_and_nothing_else() {
        let extent = |n| Extent {
            volume: n,
            run: u64::MAX - 1,
            first: 7,
            len: 1 << 40,
        };
        let row = Row {
            touched: Timestamp(12),
            extents: (0..3).map(extent).collect(),
        };
        let bytes = row.encode().unwrap();
        assert_eq!(Row::decode(&bytes), Some(row));
        for end in 0..bytes.len() {
            let whole = end >= 9 && (end - 9) % EXTENT == 0;
            assert_eq!(Row::decode(&bytes[..end]).is_some(), whole, "{end}");
        }
        let mut other = bytes;
        other[0] = 1;
        assert_eq!(Row::decode(&other), None);
        let scattered = Row {
            touched: Timestamp(0),
            extents: vec![extent(1); MAX_EXTENTS + 1],
        };
        assert!(scattered.encode().is_err());
    }
}
