//! Volumes that are damaged: a clear error for what they hold, and everything else goes on.

use std::fs;

use inkspot::base::clock::Timestamp;
use inkspot::blobs::{self, BlobError, BlobKind, StageId};

use super::{content, load, open, options, store};

#[test]
fn a_damaged_volume_harms_nothing_but_what_it_holds_and_that_can_be_stored_again() {
    for how in ["overwritten", "cut", "gone"] {
        let dir = tempfile::tempdir().unwrap();
        let blobs = open(dir.path(), BlobKind::Volumes);
        // The first volume is full after that, and another is begun.
        let hashes: Vec<_> = (0..22_u64)
            .map(|number| store(&*blobs, number.into(), &content(number, 1 << 20), 1 << 20))
            .collect();
        drop(blobs);
        let folder = dir.path().join("blobs/volumes");
        assert!(folder.join("000002").is_dir());
        let file = folder.join("000001/db");
        match how {
            "overwritten" => fs::write(&file, vec![0xA5; 30 << 20]).unwrap(),
            "cut" => fs::write(&file, []).unwrap(),
            _ => fs::remove_dir_all(folder.join("000001")).unwrap(),
        }
        let blobs = open(dir.path(), BlobKind::Volumes);
        let first = blobs.read(&hashes[0], 0, &mut [0; 100]);
        let Err(error @ BlobError::Damaged { .. }) = first else {
            panic!("{how}: {first:?}");
        };
        assert!(error.to_string().contains("000001"), "{error}");
        assert!(load(&*blobs, &hashes[21], 65_536) == content(21, 1 << 20));
        store(&*blobs, 100, b"new content", 100);
        blobs.delete(&hashes[1]).unwrap();
        while blobs.tidy().unwrap().more {}
        assert_eq!(
            store(&*blobs, 101, &content(0, 1 << 20), 1 << 20),
            hashes[0]
        );
        assert!(
            load(&*blobs, &hashes[0], 65_536) == content(0, 1 << 20),
            "{how}"
        );
    }
}

#[test]
fn the_newest_volume_may_be_damaged_too() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = open(dir.path(), BlobKind::Volumes);
    let hash = store(&*blobs, 1, &content(1, 100_000), 65_536);
    let stage = StageId(2);
    blobs.begin(stage, b"", Timestamp(1)).unwrap();
    blobs.append(stage, 0, &[1; 10_000], Timestamp(1)).unwrap();
    blobs.sync(stage).unwrap();
    drop(blobs);
    let file = dir.path().join("blobs/volumes/000001/db");
    fs::write(&file, vec![0xA5; 4 << 20]).unwrap();
    let blobs = open(dir.path(), BlobKind::Volumes);
    assert!(blobs.read(&hash, 0, &mut [0; 9]).is_err());
    let lost = blobs.append(stage, 10_000, &[1; 10], Timestamp(1));
    assert!(lost.is_err(), "never wrong bytes");
    blobs.discard(stage).unwrap();
    assert_eq!(store(&*blobs, 3, &content(1, 100_000), 9_999), hash);
    assert!(load(&*blobs, &hash, 65_536) == content(1, 100_000));
}

#[test]
fn the_other_kind_of_storage_is_refused_in_words() {
    for (kind, other) in [
        (BlobKind::Volumes, BlobKind::Files),
        (BlobKind::Files, BlobKind::Volumes),
    ] {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path(), kind));
        let refused = blobs::open(&dir.path().join("blobs"), other, &options());
        let error = refused.err().unwrap();
        assert!(matches!(error, BlobError::OtherKind { .. }), "{error}");
        assert!(error.to_string().contains("files.storage = "), "{error}");
        open(dir.path(), kind);
    }
}
