//! Space comes back when content goes, and a full disk refuses in words and loses nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use inkspot::base::clock::Timestamp;
use inkspot::blobs::{self, BlobError, BlobHash, BlobOptions, Blobs, StageId};

use super::{KINDS, content, hash_of, load, on_every_kind, store};
use crate::faults::Disk;

const MIB: usize = 1 << 20;
const NOW: Timestamp = Timestamp(1);

/// Tidies until there is nothing more to do; returns how many slices that took.
fn tidy(blobs: &dyn Blobs) -> u32 {
    for slice in 1..1_000 {
        let tidied = blobs.tidy().unwrap();
        assert!(tidied.copied <= 17 << 20, "a slice is bounded");
        if !tidied.more {
            return slice;
        }
    }
    panic!("it never ends");
}

fn store_many(blobs: &dyn Blobs, numbers: std::ops::Range<u64>) -> Vec<BlobHash> {
    numbers
        .map(|number| store(blobs, number.into(), &content(number, MIB + 100), 300_000))
        .collect()
}

#[test]
fn space_comes_back_when_most_is_deleted_and_what_is_kept_is_whole() {
    on_every_kind(|open| {
        let blobs = open();
        // A stage that was begun first and lives through all of it, half of it never synced.
        let stage = StageId(1_000);
        let staged = content(1_000, 3 * MIB);
        blobs.begin(stage, b"note", NOW).unwrap();
        let half = blobs.append(stage, 0, &staged[..MIB + 10], NOW).unwrap();
        blobs.sync(stage).unwrap();
        let hashes = store_many(&*blobs, 0..36);
        let half = blobs
            .append(stage, half, &staged[MIB + 10..2 * MIB + 33], NOW)
            .unwrap();
        let full = blobs.usage().unwrap();
        for (number, hash) in hashes.iter().enumerate() {
            if number % 12 != 5 {
                blobs.delete(hash).unwrap();
            }
        }
        tidy(&*blobs);
        let after = blobs.usage().unwrap();
        assert!(after.disk * 3 < full.disk, "{full:?} became {after:?}");
        assert_eq!(after.live, 3 * (MIB as u64 + 100) + half);
        assert_eq!(tidy(&*blobs), 1, "nothing is left to do");
        let check = |blobs: &dyn Blobs| {
            for number in [5_u64, 17, 29] {
                let hash = &hashes[usize::try_from(number).unwrap()];
                assert!(load(blobs, hash, 65_536) == content(number, MIB + 100));
            }
        };
        check(&*blobs);
        drop(blobs);
        let blobs = open();
        check(&*blobs);
        let len = blobs.staged(stage).unwrap().unwrap().len;
        let from = usize::try_from(len).unwrap();
        assert!(len > MIB as u64);
        blobs.append(stage, len, &staged[from..], NOW).unwrap();
        assert_eq!(blobs.seal(stage).unwrap().0, hash_of(&staged));
    });
}

#[test]
fn who_reads_while_it_is_tidied_gets_the_right_bytes_or_an_error() {
    on_every_kind(|open| {
        let blobs = open();
        let hashes = store_many(&*blobs, 0..20);
        let (kept, going) = (&hashes[3], &hashes[4]);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (number, hash) in [(3, kept), (4, going)] {
                let (blobs, done) = (&blobs, &done);
                scope.spawn(move || {
                    let content = content(number, MIB + 100);
                    let mut buf = vec![0; 100_000];
                    while !done.load(Ordering::Acquire) {
                        let mut offset = 0;
                        while offset < content.len() {
                            match blobs.read(hash, offset as u64, &mut buf) {
                                Ok(count) => {
                                    assert!(buf[..count] == content[offset..offset + count]);
                                    offset += count;
                                }
                                Err(BlobError::Absent) => {
                                    assert_eq!(number, 4, "only the deleted one");
                                    return;
                                }
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                });
            }
            for hash in hashes.iter().filter(|hash| *hash != kept) {
                blobs.delete(hash).unwrap();
            }
            tidy(&*blobs);
            done.store(true, Ordering::Release);
        });
        assert!(load(&*blobs, kept, 65_536) == content(3, MIB + 100));
    });
}

/// On a real small disk, with a floor and without one.
#[test]
fn a_full_disk_refuses_and_everything_goes_on_when_there_is_space_again_as_root() {
    for (kind, floor_bytes) in KINDS
        .into_iter()
        .flat_map(|kind| [(kind, 16 << 20), (kind, 0)])
    {
        println!("{kind:?} with a floor of {floor_bytes}");
        let disk = Disk::mount(64).expect("a tmpfs can be mounted");
        let options = BlobOptions {
            floor_bytes,
            volume_bytes: 24 << 20,
        };
        let open = || blobs::open(&disk.path().join("blobs"), kind, &options).unwrap();
        let blobs = open();
        let stage = StageId(7);
        blobs.begin(stage, b"note", NOW).unwrap();
        blobs.append(stage, 0, &vec![7; 50_000], NOW).unwrap();
        blobs.sync(stage).unwrap();
        let mut stored = Vec::new();
        let refusal = loop {
            let number = stored.len() as u64;
            let content = content(number, MIB);
            let id = StageId(100 + u128::from(number));
            let sealed = blobs
                .begin(id, b"", NOW)
                .and_then(|()| blobs.append(id, 0, &content, NOW))
                .and_then(|_| blobs.seal(id));
            match sealed {
                Ok((hash, _)) => stored.push(hash),
                Err(error) => break error,
            }
            assert!(stored.len() < 64);
        };
        assert!(refusal.is_full(), "{refusal} ({refusal:?})");
        let check = |blobs: &dyn Blobs| {
            for (number, hash) in (0..).zip(&stored) {
                if blobs.len(hash).unwrap().is_some() {
                    assert!(
                        load(blobs, hash, 65_536) == content(number, MIB),
                        "{number}"
                    );
                }
            }
        };
        if floor_bytes > 0 {
            check(&*blobs);
            drop(blobs);
            check(&*open());
        } else {
            drop(blobs);
        }
        // There is space again, as when something else is removed from the disk.
        let status = std::process::Command::new("mount")
            .args(["-o", "remount,size=200m"])
            .arg(disk.path())
            .status();
        assert!(status.unwrap().success());
        let blobs = open();
        check(&*blobs);
        assert!(stored.iter().all(|hash| blobs.len(hash).unwrap().is_some()));
        let len = blobs.staged(stage).unwrap().unwrap().len;
        assert_eq!(len, 50_000);
        blobs.append(stage, len, &vec![8; 50_000], NOW).unwrap();
        let (hash, _) = blobs.seal(stage).unwrap();
        assert!(load(&*blobs, &hash, 4_096) == [vec![7; 50_000], vec![8; 50_000]].concat());
        store_many(&*blobs, 200..203);
    }
}
