//! What every kind of storage promises.

use std::sync::Barrier;

use inkspot::base::clock::Timestamp;
use inkspot::blobs::{self, BlobError, BlobHash, MAX_NOTE, StageId, Staged};

use super::{KINDS, content, hash_of, load, on_every_kind, open, options, store};

const NOW: Timestamp = Timestamp(1_000);
const ONE: StageId = StageId(1);

#[test]
fn content_comes_back_under_its_hash_whatever_the_pieces() {
    on_every_kind(|open| {
        let blobs = open();
        let lengths = [0, 1, 4_095, 4_096, 4_097, 70_000, 1_000_003];
        for (id, len) in (0..).zip(lengths) {
            for (again, piece) in (0..).zip([4_096, 1_000, 65_536, 300_001]) {
                let content = content(again + 10 * id, len);
                let hash = store(&*blobs, u128::from(again + 10 * id), &content, piece);
                assert_eq!(hash, hash_of(&content));
                assert_eq!(blobs.len(&hash).unwrap(), Some(len as u64));
                for buffer in [1_000, 65_536] {
                    assert!(load(&*blobs, &hash, buffer) == content, "{len} by {piece}");
                }
            }
        }
        assert!(blobs.stages().unwrap().is_empty());
    });
}

#[test]
fn any_range_can_be_read_and_nothing_beyond_the_end() {
    on_every_kind(|open| {
        let blobs = open();
        let content = content(1, 20_000);
        let hash = store(&*blobs, 1, &content, 7_777);
        for offset in [0, 1, 4_095, 4_096, 8_191, 12_345, 19_999] {
            for len in [0, 1, 4_096, 5_000, 30_000] {
                let mut buf = vec![7; len];
                let count = blobs.read(&hash, offset as u64, &mut buf).unwrap();
                let end = (offset + len).min(content.len());
                assert!(buf[..count] == content[offset..end], "{len} from {offset}");
                assert!(buf[count..].iter().all(|byte| *byte == 7));
            }
        }
        for offset in [20_000, 20_001, u64::MAX] {
            assert_eq!(blobs.read(&hash, offset, &mut [0; 9]).unwrap(), 0);
        }
        let read = blobs.read(&BlobHash([9; 32]), 0, &mut [0; 9]);
        assert!(matches!(read, Err(BlobError::Absent)));
        assert_eq!(blobs.len(&BlobHash([9; 32])).unwrap(), None);
    });
}

#[test]
fn a_stage_tells_how_far_it_is_and_what_was_noted() {
    on_every_kind(|open| {
        let blobs = open();
        assert_eq!(blobs.staged(ONE).unwrap(), None);
        let note = vec![0xAB; MAX_NOTE];
        blobs.begin(ONE, &note, NOW).unwrap();
        let begun = |len, touched| Staged {
            len,
            touched,
            note: note.clone(),
        };
        assert_eq!(blobs.staged(ONE).unwrap(), Some(begun(0, NOW)));
        let later = Timestamp(2_000);
        assert_eq!(blobs.append(ONE, 0, b"hello", later).unwrap(), 5);
        assert_eq!(blobs.append(ONE, 5, &[], later).unwrap(), 5);
        assert_eq!(blobs.staged(ONE).unwrap(), Some(begun(5, later)));
        assert_eq!(blobs.stages().unwrap(), [(ONE, begun(5, later))]);

        let taken = blobs.begin(ONE, b"", NOW);
        assert!(matches!(taken, Err(BlobError::Taken)), "{taken:?}");
        let long = blobs.begin(StageId(2), &vec![0; MAX_NOTE + 1], NOW);
        assert!(matches!(long, Err(BlobError::NoteTooLong { .. })));
        assert_eq!(blobs.staged(StageId(2)).unwrap(), None);
    });
}

#[test]
fn bytes_are_appended_at_the_end_only() {
    on_every_kind(|open| {
        let blobs = open();
        blobs.begin(ONE, b"", NOW).unwrap();
        blobs.append(ONE, 0, b"hello", NOW).unwrap();
        for offset in [0, 4, 6, u64::MAX] {
            let wrong = blobs.append(ONE, offset, b"x", NOW);
            assert!(matches!(wrong, Err(BlobError::Offset { len: 5 })));
        }
        assert_eq!(blobs.append(ONE, 5, b" there", NOW).unwrap(), 11);
        let (hash, _) = blobs.seal(ONE).unwrap();
        assert_eq!(hash, hash_of(b"hello there"));
        for gone in [
            blobs.append(ONE, 11, b"x", NOW).err(),
            blobs.sync(ONE).err(),
            blobs.seal(ONE).err(),
            blobs.read_staged(ONE, 0, &mut [0; 9]).err(),
        ] {
            assert!(matches!(gone, Some(BlobError::NoStage)), "{gone:?}");
        }
    });
}

#[test]
fn a_stage_can_be_read_before_it_is_sealed_synced_or_not() {
    on_every_kind(|open| {
        let blobs = open();
        let content = content(3, 30_000);
        blobs.begin(ONE, b"", NOW).unwrap();
        let mut offset = 0;
        for (round, bytes) in content.chunks(7_001).enumerate() {
            offset = blobs.append(ONE, offset, bytes, NOW).unwrap();
            if round % 2 == 1 {
                blobs.sync(ONE).unwrap();
            }
            let end = usize::try_from(offset).unwrap();
            for from in [0, 100, 4_096, end.saturating_sub(1), end, end + 5] {
                let mut buf = vec![0; 40_000];
                let count = blobs.read_staged(ONE, from as u64, &mut buf).unwrap();
                assert!(buf[..count] == content[from.min(end)..end], "from {from}");
            }
        }
    });
}

#[test]
fn what_was_synced_survives_being_opened_again_and_goes_on_from_there() {
    on_every_kind(|open| {
        let content = content(4, 50_000);
        let mut known = 0;
        for end in [0, 3, 4_096, 10_000, 10_001, 50_000] {
            let blobs = open();
            if end == 0 {
                blobs.begin(ONE, b"note", NOW).unwrap();
                blobs.begin(StageId(2), b"other", NOW).unwrap();
                blobs.discard(StageId(2)).unwrap();
                continue;
            }
            let staged = blobs.staged(ONE).unwrap().unwrap();
            assert_eq!(staged.len, known as u64);
            assert_eq!(staged.note, b"note");
            let mut offset = staged.len;
            for bytes in content[known..end].chunks(1_234) {
                offset = blobs.append(ONE, offset, bytes, Timestamp(offset)).unwrap();
            }
            blobs.sync(ONE).unwrap();
            let touched = blobs.staged(ONE).unwrap().unwrap().touched;
            known = end;
            // Not synced: it may be there afterwards or not, here as after a crash.
            drop(blobs);
            let blobs = open();
            assert_eq!(blobs.staged(ONE).unwrap().unwrap().touched, touched);
            assert_eq!(blobs.stages().unwrap().len(), 1);
        }
        let blobs = open();
        let (hash, _) = blobs.seal(ONE).unwrap();
        assert_eq!(hash, hash_of(&content), "hashed though it was opened again");
        drop(blobs);
        let blobs = open();
        assert!(load(&*blobs, &hash, 65_536) == content);
        assert!(blobs.stages().unwrap().is_empty());
    });
}

#[test]
fn equal_content_is_one_blob_and_takes_space_once() {
    on_every_kind(|open| {
        let blobs = open();
        let content = content(5, 300_000);
        let hash = store(&*blobs, 1, &content, 65_536);
        let once = blobs.usage().unwrap();
        assert_eq!(once.live, 300_000);
        for id in 2..5 {
            assert_eq!(store(&*blobs, id, &content, 50_000), hash);
        }
        assert_eq!(blobs.hashes(None, 10).unwrap(), [hash]);
        assert_eq!(blobs.usage().unwrap().live, 300_000);
        assert!(load(&*blobs, &hash, 65_536) == content);
    });
}

#[test]
fn equal_content_sealed_at_the_same_time_is_one_blob() {
    on_every_kind(|open| {
        let blobs = open();
        for round in 0..5_u128 {
            let content = content(round.try_into().unwrap(), 100_000);
            let start = Barrier::new(4);
            let hashes: Vec<BlobHash> = std::thread::scope(|scope| {
                let seal = |id| {
                    let (blobs, start, content) = (&blobs, &start, &content);
                    scope.spawn(move || {
                        let stage = StageId(10 * round + id);
                        blobs.begin(stage, b"", NOW).unwrap();
                        blobs.append(stage, 0, content, NOW).unwrap();
                        start.wait();
                        blobs.seal(stage).unwrap().0
                    })
                };
                let sealing: Vec<_> = (0..4).map(seal).collect();
                sealing.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(hashes.iter().all(|hash| *hash == hash_of(&content)));
            assert!(load(&*blobs, &hashes[0], 65_536) == content);
        }
        assert_eq!(blobs.hashes(None, 100).unwrap().len(), 5);
        assert!(blobs.stages().unwrap().is_empty());
    });
}

#[test]
fn of_many_who_append_at_one_offset_one_wins() {
    on_every_kind(|open| {
        let blobs = open();
        blobs.begin(ONE, b"", NOW).unwrap();
        let mut expected = Vec::new();
        for round in 0..20_u64 {
            let start = Barrier::new(4);
            let won: Vec<u8> = std::thread::scope(|scope| {
                let append = |who: u8| {
                    let (blobs, start) = (&blobs, &start);
                    scope.spawn(move || {
                        start.wait();
                        match blobs.append(ONE, 5_000 * round, &[who; 5_000], NOW) {
                            Ok(len) => (len == 5_000 * (round + 1)).then_some(who),
                            Err(BlobError::Offset { .. }) => None,
                            Err(error) => panic!("{error}"),
                        }
                    })
                };
                let trying: Vec<_> = (0..4).map(append).collect();
                trying
                    .into_iter()
                    .filter_map(|one| one.join().unwrap())
                    .collect()
            });
            assert_eq!(won.len(), 1);
            expected.extend([won[0]; 5_000]);
        }
        let (hash, _) = blobs.seal(ONE).unwrap();
        assert_eq!(hash, hash_of(&expected));
    });
}

#[test]
fn a_discarded_stage_is_gone_and_its_id_free() {
    on_every_kind(|open| {
        let blobs = open();
        blobs.discard(ONE).unwrap();
        blobs.begin(ONE, b"first", NOW).unwrap();
        blobs.append(ONE, 0, &[1; 10_000], NOW).unwrap();
        blobs.sync(ONE).unwrap();
        blobs.discard(ONE).unwrap();
        assert_eq!(blobs.staged(ONE).unwrap(), None);
        assert!(blobs.stages().unwrap().is_empty());
        assert_eq!(blobs.usage().unwrap().live, 0);
        blobs.begin(ONE, b"second", NOW).unwrap();
        blobs.append(ONE, 0, &[2; 100], NOW).unwrap();
        let (hash, _) = blobs.seal(ONE).unwrap();
        assert_eq!(load(&*blobs, &hash, 4_096), [2; 100]);
    });
}

#[test]
fn a_deleted_blob_is_absent_also_for_who_is_reading_it() {
    on_every_kind(|open| {
        let blobs = open();
        let (one, other) = (content(6, 100_000), content(7, 100_000));
        let hash = store(&*blobs, 1, &one, 65_536);
        let kept = store(&*blobs, 2, &other, 65_536);
        let mut buf = [0; 1_000];
        assert_eq!(blobs.read(&hash, 0, &mut buf).unwrap(), 1_000);
        blobs.delete(&hash).unwrap();
        blobs.delete(&hash).unwrap();
        let read = blobs.read(&hash, 1_000, &mut buf);
        assert!(matches!(read, Err(BlobError::Absent)), "{read:?}");
        assert_eq!(blobs.len(&hash).unwrap(), None);
        assert_eq!(blobs.hashes(None, 10).unwrap(), [kept]);
        // The same content may come again.
        assert_eq!(store(&*blobs, 3, &one, 65_536), hash);
        drop(blobs);
        let blobs = open();
        assert!(load(&*blobs, &hash, 65_536) == one);
        assert!(load(&*blobs, &kept, 65_536) == other);
    });
}

#[test]
fn hashes_come_in_order_and_in_pages() {
    on_every_kind(|open| {
        let blobs = open();
        assert!(blobs.hashes(None, 10).unwrap().is_empty());
        let mut all: Vec<BlobHash> = (0..150)
            .map(|id: u32| store(&*blobs, id.into(), &id.to_be_bytes(), 4))
            .collect();
        all.sort_unstable();
        let mut paged = Vec::new();
        loop {
            let page = blobs.hashes(paged.last().copied(), 7).unwrap();
            assert!(page.len() <= 7);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert!(paged == all);
        assert_eq!(blobs.hashes(None, 0).unwrap(), []);
    });
}

#[test]
fn under_the_floor_nothing_is_appended_and_reading_goes_on() {
    for kind in KINDS {
        let dir = tempfile::tempdir().unwrap();
        let blobs = open(dir.path(), kind);
        let hash = store(&*blobs, 1, b"content", 100);
        blobs.begin(ONE, b"", NOW).unwrap();
        drop(blobs);
        let mut high = options();
        high.floor_bytes = u64::MAX;
        let blobs = blobs::open(&dir.path().join("blobs"), kind, &high).unwrap();
        let begun = blobs.begin(StageId(2), b"", NOW).unwrap_err();
        let appended = blobs.append(ONE, 0, b"x", NOW).unwrap_err();
        for error in [begun, appended] {
            assert!(error.is_full(), "{error}");
        }
        assert_eq!(blobs.staged(ONE).unwrap().unwrap().len, 0);
        assert_eq!(load(&*blobs, &hash, 100), b"content");
        blobs.discard(ONE).unwrap();
        blobs.delete(&hash).unwrap();
    }
}

#[test]
fn a_second_opener_is_refused_and_everything_is_private() {
    use std::os::unix::fs::PermissionsExt;
    fn look(path: &std::path::Path) {
        let mode = path.symlink_metadata().unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            for entry in path.read_dir().unwrap() {
                look(&entry.unwrap().path());
            }
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
    for kind in KINDS {
        let dir = tempfile::tempdir().unwrap();
        let blobs = open(dir.path(), kind);
        store(&*blobs, 1, &content(1, 10_000), 100);
        blobs.begin(ONE, b"", NOW).unwrap();
        let folder = dir.path().join("blobs");
        let second = blobs::open(&folder, kind, &options());
        assert!(matches!(second.err(), Some(BlobError::Locked { .. })));
        look(&folder);
    }
}
