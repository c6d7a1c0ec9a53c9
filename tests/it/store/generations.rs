//! The next generation is made while the current one is in use: nothing is lost, wherever it ends.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use inkspot::model::Seq;
use inkspot::store::{Occupied, Step, Store, StoreError, Writer, database_bytes, messages};

use super::{ALICE, ROOM, commit, copy_folder, furnish, open, sent};

const MESSAGES: u64 = 1_500;

/// Adds the next message, a long one now and then.
fn say(writer: &mut Writer, seq: u64) {
    let times = if seq.is_multiple_of(50) { 900 } else { 3 };
    let content = format!("message {seq} ").repeat(times);
    commit(writer, seq, [sent(seq, ALICE, &content)]);
}

fn filled(dir: &Path) -> (Store, Writer) {
    let (store, mut writer) = open(dir);
    furnish(&mut writer);
    (1..=MESSAGES).for_each(|seq| say(&mut writer, seq));
    (store, writer)
}

fn go_on(_: Step) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The databases in a data folder, and anything that is unfinished.
fn generations(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with("db-") || name.contains(".new"))
        .collect();
    names.sort();
    names
}

/// What a process leaves that is killed right now, with how many messages were committed by then.
struct Killed {
    step: String,
    copy: PathBuf,
    committed: u64,
}

/// At each of some steps another message is committed, and the folder copied as a kill would leave it.
#[test]
fn whoever_is_killed_at_any_step_finds_everything_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (store, mut writer) = filled(&data);
    let mut killed = Vec::new();
    let mut last = MESSAGES;
    let mut kill = |writer: &mut Writer, step: &str, last: &mut u64| {
        *last += 1;
        say(writer, *last);
        let copy = dir.path().join(format!("killed-{}", killed.len()));
        copy_folder(&data, &copy);
        killed.push(Killed {
            step: step.to_owned(),
            copy,
            committed: *last,
        });
    };
    let mut steps = 0;
    let next = store.next_generation(0, &mut |step| {
        steps += 1;
        if steps % 4 == 0 || step == Step::Ready {
            kill(&mut writer, &format!("{step:?}"), &mut last);
        } else {
            // As many as to have it follow.
            last += 1;
            say(&mut writer, last);
        }
        ControlFlow::Continue(())
    });
    let retired = writer.switch(next.unwrap()).unwrap();
    kill(&mut writer, "switched", &mut last);
    retired.remove().unwrap();
    kill(&mut writer, "removed", &mut last);
    assert_eq!(generations(&data), ["db-0002"]);
    assert_eq!(store.check().unwrap().messages, last);
    drop((store, writer));

    let stages = ["Copying", "Comparing", "Ready", "switched", "removed"];
    for stage in stages {
        let met = |one: &Killed| one.step.starts_with(stage);
        assert!(killed.iter().any(met), "{stage} was met");
    }
    for Killed {
        step,
        copy,
        committed,
    } in killed
    {
        let (store, mut writer) = open(&copy);
        let tally = store.check().unwrap();
        assert_eq!(tally.messages, committed, "killed at {step}");
        let number = if matches!(&step[..], "switched" | "removed") {
            2
        } else {
            1
        };
        assert_eq!(generations(&copy), [format!("db-000{number}")], "{step}");
        say(&mut writer, committed + 1);
        drop((store, writer));
        fs::remove_dir_all(copy).unwrap();
    }
    let (store, _writer) = open(&data);
    assert_eq!(store.check().unwrap().messages, last);
}

/// Others read and write at full speed; what they see is always whole.
#[test]
fn readers_and_the_writer_go_on_over_the_switch() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = filled(dir.path());
    let done = AtomicBool::new(false);
    let last = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Acquire) {
                let view = store.view();
                let newest = messages::after(&view, ROOM, Seq(seen), 5_000).unwrap();
                for message in newest {
                    assert_eq!(message.id.seq.0, seen + 1, "no gap");
                    seen += 1;
                }
            }
            seen
        });
        let mut last = MESSAGES;
        for round in 2..5 {
            let (hand, taken) = std::sync::mpsc::sync_channel(1);
            let making = scope.spawn({
                let store = store.clone();
                move || hand.send(Box::new(store.next_generation(0, &mut go_on).unwrap()))
            });
            let next = loop {
                last += 1;
                say(&mut writer, last);
                if let Ok(next) = taken.try_recv() {
                    break next;
                }
            };
            making.join().unwrap().unwrap();
            // It is behind by a few again.
            last += 1;
            say(&mut writer, last);
            writer.switch(*next).unwrap().remove().unwrap();
            assert_eq!(generations(dir.path()), [format!("db-000{round}")]);
        }
        done.store(true, Ordering::Release);
        let seen = reader.join().unwrap();
        assert!((MESSAGES..=last).contains(&seen));
        last
    });
    assert_eq!(store.check().unwrap().messages, last);
    assert_eq!(store.log().head().0, 5 + last);
}

#[test]
fn one_that_is_given_up_leaves_nothing_and_the_next_one_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = filled(dir.path());
    for stop_at in [1, 8, 20, 30] {
        let mut steps = 0;
        let given_up = store.next_generation(0, &mut |_| {
            steps += 1;
            if steps == stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(
            matches!(given_up.err(), Some(StoreError::Stopped)),
            "{stop_at}"
        );
        assert_eq!(generations(dir.path()), ["db-0001"]);
    }
    let one = store.next_generation(0, &mut go_on).unwrap();
    let busy = store.next_generation(0, &mut go_on);
    assert!(matches!(busy.err(), Some(StoreError::Busy)));
    // A backup does not mind.
    let mut rows = 0;
    let count = &mut |_: (&[u8], Option<&[u8]>)| {
        rows += 1;
        Ok(())
    };
    store.cut(count).unwrap();
    assert!(rows > 1_500);
    drop(one);
    assert_eq!(generations(dir.path()), ["db-0001"]);
    let no_room = store.next_generation(u64::MAX, &mut go_on);
    assert!(no_room.err().unwrap().is_full());
    say(&mut writer, MESSAGES + 1);
    let next = store.next_generation(0, &mut go_on).unwrap();
    writer.switch(next).unwrap().remove().unwrap();
    assert_eq!(store.check().unwrap().messages, MESSAGES + 1);
}

#[test]
fn what_it_takes_is_known_again_after_a_start() {
    let dir = tempfile::tempdir().unwrap();
    let (store, writer) = filled(dir.path());
    assert_eq!(store.occupied().unwrap().rows, None);
    store.count(&mut || ControlFlow::Continue(())).unwrap();
    let Occupied { rows, disk, born } = store.occupied().unwrap();
    let rows = rows.unwrap();
    assert!(
        rows > 30 * MESSAGES && rows < disk && born == 0,
        "{rows} of {disk}"
    );
    drop((store, writer));
    let (store, mut writer) = open(dir.path());
    assert_eq!(store.occupied().unwrap().rows, Some(rows));
    say(&mut writer, MESSAGES + 1);
    let more = store.occupied().unwrap().rows.unwrap();
    store.count(&mut || ControlFlow::Continue(())).unwrap();
    assert_eq!(
        store.occupied().unwrap().rows,
        Some(more),
        "kept as counted"
    );
    let next = store.next_generation(0, &mut go_on).unwrap();
    let done = writer.switch(next).unwrap().remove().unwrap();
    let now = store.occupied().unwrap();
    assert_eq!(now.rows, Some(more));
    assert_eq!(
        (now.disk, now.born > 0),
        (done.bytes_after, true),
        "{done:?}"
    );
}

#[test]
fn another_process_can_weigh_it_while_one_generation_follows_another() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    furnish(&mut writer);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let weighing = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert!(database_bytes(dir.path()).unwrap() > 0);
            }
        });
        for _ in 0..10 {
            let next = store.next_generation(0, &mut go_on).unwrap();
            writer.switch(next).unwrap().remove().unwrap();
            if weighing.is_finished() {
                break;
            }
        }
        over.store(true, Ordering::Relaxed);
        weighing.join().unwrap();
    });
}
