//! The data folder: whose it is, who uses it, which generation counts, what a full disk does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, EventSeq};
use inkspot::store::kv::{Kv, SledKv};
use inkspot::store::{self, StoreError, StoreOptions, messages};

use super::{
    ALICE, commit, compact, copy_folder, furnish, message, message_id, open, options, sent,
    try_open,
};

/// Every file in a folder with what is in it.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.insert(path.clone(), Vec::new());
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    all
}

fn refusal(dir: &Path) -> StoreError {
    match try_open(dir) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[test]
fn a_foreign_folder_is_refused_and_nothing_in_it_is_changed() {
    let make: [fn(&Path); 5] = [
        |dir| fs::write(dir.join("thesis.doc"), "mine").unwrap(),
        |dir| fs::create_dir(dir.join("db-0001")).unwrap(),
        |dir| fs::write(dir.join("CURRENT"), "MANIFEST-000004\n").unwrap(),
        |dir| fs::write(dir.join("CURRENT"), "db-0001\n").unwrap(),
        |dir| fs::write(dir.join("CURRENT"), "db-1/../../etc\n").unwrap(),
    ];
    for make in make {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path());
        let before = contents(dir.path());
        let error = refusal(dir.path());
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert!(error.to_string().contains("nothing was changed"), "{error}");
        assert_eq!(contents(dir.path()), before);
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(refusal(&file), StoreError::Foreign { .. }));
}

#[test]
fn a_new_folder_is_private_and_may_hold_what_other_rooms_made_first() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("new").join("data");
    drop(open(&data));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("db-0001")), 0o700);

    let data = dir.path().join("with-tls");
    fs::create_dir_all(data.join("tls")).unwrap();
    drop(open(&data));
}

#[test]
fn a_second_process_is_told_so_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    let error = refusal(dir.path());
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    let error = compact(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    furnish(&mut writer);
    drop((store, writer));
    assert_eq!(open(dir.path()).0.log().head(), EventSeq(5));
}

#[test]
fn a_database_of_a_newer_format_is_refused_in_plain_words() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    {
        let kv = SledKv::open(&dir.path().join("db-0001"), 16 << 20).unwrap();
        let format = [0x01, 0x01];
        assert_eq!(kv.get(&format).unwrap(), Some(vec![0, 0, 0, 1]));
        let newer = [0, 0, 0, 9];
        kv.write(&mut [(&format[..], Some(&newer[..]))].into_iter())
            .unwrap();
        kv.sync().unwrap();
    }
    for _ in 0..2 {
        let error = refusal(dir.path());
        assert!(
            matches!(error, StoreError::Newer { found: 9, known: 1 }),
            "{error}"
        );
    }
}

#[test]
fn leftovers_of_an_interrupted_switch_are_cleaned_up() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    drop(open(data));
    copy_folder(&data.join("db-0001"), &data.join("db-0002"));
    fs::create_dir(data.join("db-0003.new")).unwrap();
    fs::write(data.join("CURRENT.new"), "db-").unwrap();
    fs::write(data.join("HEAD.new"), "").unwrap();
    let (store, mut writer) = open(data);
    furnish(&mut writer);
    drop((store, writer));
    let names: Vec<_> = contents(data)
        .into_keys()
        .filter(|path| path.parent() == Some(data))
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["CURRENT", "HEAD", "db-0001"]);
}

#[test]
fn an_interrupted_creation_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("db-0001.new")).unwrap();
    fs::write(dir.path().join("db-0001.new").join("db"), "half").unwrap();
    drop(open(dir.path()));
    drop(open(dir.path()));
}

#[test]
fn compaction_keeps_every_row_and_gives_space_back() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    for seq in 1..=1_500 {
        commit(&mut writer, seq, [sent(seq, ALICE, "compact me")]);
    }
    // What is deleted leaves its space behind: eight megabytes, far more than the rest takes.
    let long = "going ".repeat(4_000);
    let seqs: Vec<_> = (1_501..=1_850).collect();
    for group in seqs.chunks(50) {
        let bodies = group.iter().map(|seq| sent(*seq, ALICE, &long));
        commit(&mut writer, 2_000, bodies);
    }
    for group in seqs.chunks(50) {
        let bodies = group.iter().map(|seq| EventBody::MessageDeleted {
            message: message(*seq, ALICE, &long).erased(Timestamp(3_000)),
            by: ALICE,
        });
        commit(&mut writer, 3_000, bodies);
    }
    let wanted = store.check().unwrap();
    let installation = store.installation().clone();
    drop((store, writer));

    let compacted = compact(dir.path()).unwrap();
    assert!(
        compacted.bytes_after < compacted.bytes_before,
        "{compacted:?}"
    );
    assert!(!dir.path().join("db-0001").exists());
    let (store, mut writer) = open(dir.path());
    assert_eq!(store.check().unwrap(), wanted);
    assert_eq!(store.installation(), &installation);
    assert_eq!(store.log().head(), EventSeq(2_205));
    commit(&mut writer, 3_001, [sent(1_851, ALICE, "and on")]);
    drop((store, writer));
    compact(dir.path()).unwrap();
    assert!(dir.path().join("db-0003").exists());
    assert_eq!(open(dir.path()).0.log().head(), EventSeq(2_206));
}

#[test]
fn compacting_nothing_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let error = compact(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(contents(dir.path()).len(), 0);
    let missing = dir.path().join("missing");
    assert!(compact(&missing).is_err());
    assert!(!missing.exists());
}

#[test]
fn under_the_floor_nothing_is_written_and_reading_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    commit(&mut writer, 1, [sent(1, ALICE, "before")]);
    drop((store, writer));

    let full = StoreOptions {
        floor_bytes: u64::MAX,
        ..options()
    };
    let clock = Clock::manual(Timestamp(1));
    let (store, mut writer) = store::open(dir.path(), &full, &Rng::system(), &clock).unwrap();
    for _ in 0..2 {
        let mut txn = writer.begin();
        txn.apply(Timestamp(2), sent(2, ALICE, "refused")).unwrap();
        let error = txn.commit().unwrap_err();
        assert!(error.is_full(), "{error}");
        assert!(!store.has_room().unwrap());
        let found = messages::find(&store.view(), message_id(1)).unwrap();
        assert_eq!(found.unwrap().content, "before");
        assert_eq!(messages::find(&store.view(), message_id(2)).unwrap(), None);
    }
    drop((store, writer));
    let (_store, mut writer) = open(dir.path());
    commit(&mut writer, 3, [sent(2, ALICE, "room again")]);
}

#[test]
fn the_ballast_is_taken_on_and_thrown_off_when_the_disk_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let with = |ballast_bytes| StoreOptions {
        ballast_bytes,
        ..options()
    };
    let clock = Clock::manual(Timestamp(1));
    let open = |options| store::open(dir.path(), &options, &Rng::system(), &clock).unwrap();
    drop(open(with(1 << 20)));
    let ballast = dir.path().join("ballast");
    assert_eq!(fs::metadata(&ballast).unwrap().len(), 1 << 20);
    // No disk has this much free: as if less than the ballast were left.
    drop(open(with(u64::MAX)));
    assert!(!ballast.exists());
    drop(open(with(1 << 20)));
    assert!(ballast.exists());
}

#[test]
fn a_log_that_became_shorter_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (data, old) = (dir.path().join("data"), dir.path().join("old"));
    let (store, mut writer) = open(&data);
    furnish(&mut writer);
    drop((store, writer));
    copy_folder(&data.join("db-0001"), &old);
    let (store, mut writer) = open(&data);
    commit(
        &mut writer,
        1,
        [sent(1, ALICE, "gone"), sent(2, ALICE, "too")],
    );
    drop((store, writer));
    fs::remove_dir_all(data.join("db-0001")).unwrap();
    copy_folder(&old, &data.join("db-0001"));
    fs::create_dir(data.join("backups")).unwrap();
    fs::write(data.join("backups").join("2026-11-21.inkspot"), "").unwrap();
    let error = refusal(&data).to_string();
    assert!(error.contains("newest 2 events are missing"), "{error}");
    assert!(error.contains("backups/2026-11-21.inkspot"), "{error}");
    // Who has no backup goes on with what is there by removing the note.
    fs::remove_file(data.join("HEAD")).unwrap();
    assert_eq!(open(&data).0.log().head(), EventSeq(5));
}

#[test]
fn what_the_engine_can_make_again_is_repaired_and_the_broken_database_kept() {
    for broken in ["snap.", "conf"] {
        let dir = tempfile::tempdir().unwrap();
        let (store, mut writer) = open(dir.path());
        furnish(&mut writer);
        commit(&mut writer, 1, [sent(1, ALICE, "still here")]);
        drop((store, writer));
        // Opening writes the snapshot.
        drop(open(dir.path()));
        let generation = dir.path().join("db-0001");
        let file = contents(&generation)
            .into_keys()
            .find(|path| {
                path.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with(broken)
            })
            .expect("the engine wrote it");
        fs::write(&file, "long nonsense").unwrap();

        let (store, _writer) = open(dir.path());
        assert_eq!(store.check().unwrap().messages, 1);
        assert!(!generation.exists());
        let kept = dir.path().join("damaged-db-0001-1");
        assert!(kept.join("db").exists());
        assert_eq!(
            fs::read(kept.join(file.file_name().unwrap())).unwrap(),
            b"long nonsense"
        );
    }
}

#[test]
fn a_database_without_its_file_is_refused_and_no_new_one_is_made() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    fs::remove_file(dir.path().join("db-0001").join("db")).unwrap();
    let before = contents(dir.path());
    let error = refusal(dir.path());
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert_eq!(contents(dir.path()), before);
}
