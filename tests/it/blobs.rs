//! Blobs: one contract, held by every kind of storage.

mod contract;
mod crash;
mod damage;
mod space;

use std::path::Path;
use std::sync::Arc;

use inkspot::base::clock::Timestamp;
use inkspot::base::rng::Rng;
use inkspot::blobs::{self, BlobHash, BlobKind, BlobOptions, Blobs, StageId};
use sha2::{Digest, Sha256};

/// Every kind of storage.
pub const KINDS: [BlobKind; 2] = [BlobKind::Volumes, BlobKind::Files];

/// What the tests open with.
pub fn options() -> BlobOptions {
    BlobOptions {
        floor_bytes: 0,
        volume_bytes: 32 << 20,
    }
}

pub fn open(dir: &Path, kind: BlobKind) -> Arc<dyn Blobs> {
    blobs::open(&dir.join("blobs"), kind, &options()).unwrap()
}

/// Runs a test on every kind, each in a fresh folder. `open` opens it, also again.
pub fn on_every_kind(test: impl Fn(&dyn Fn() -> Arc<dyn Blobs>)) {
    for kind in KINDS {
        println!("{kind:?}");
        let dir = tempfile::tempdir().unwrap();
        test(&|| open(dir.path(), kind));
    }
}

/// Bytes that nothing compresses and that differ by seed.
pub fn content(seed: u64, len: usize) -> Vec<u8> {
    let rng = Rng::seeded(seed);
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        bytes.extend(rng.bytes::<64>());
    }
    bytes.truncate(len);
    bytes
}

pub fn hash_of(content: &[u8]) -> BlobHash {
    BlobHash(Sha256::digest(content).into())
}

/// Appends in pieces of the given size and seals.
pub fn store(blobs: &dyn Blobs, id: u128, content: &[u8], piece: usize) -> BlobHash {
    let stage = StageId(id);
    blobs.begin(stage, b"", Timestamp(1)).unwrap();
    let mut offset = 0;
    for bytes in content.chunks(piece) {
        offset = blobs.append(stage, offset, bytes, Timestamp(2)).unwrap();
    }
    let (hash, len) = blobs.seal(stage).unwrap();
    assert_eq!(len, content.len() as u64);
    hash
}

/// Reads a whole blob, a buffer at a time.
pub fn load(blobs: &dyn Blobs, hash: &BlobHash, buffer: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let mut buf = vec![0; buffer];
    loop {
        let count = blobs.read(hash, content.len() as u64, &mut buf).unwrap();
        if count == 0 {
            return content;
        }
        content.extend(&buf[..count]);
    }
}
