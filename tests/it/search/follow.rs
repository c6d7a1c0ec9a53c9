//! The index follows the log, wherever it was cut off.

use std::fs;

use inkspot::store::kv::{Kv, SledKv};

use super::*;

#[tokio::test]
async fn what_was_sent_is_found_by_those_who_are_there() {
    let mut house = House::new(2, 2, options()).await;
    house.send([
        (1, ALICE, "The quick brown fox"),
        (2, BOB, "jumps over the lazy dog"),
        (1, BOB, "Quickly, before it rains"),
    ]);
    house.caught_up().await;
    assert_eq!(house.found(BOB, "fox "), ["The quick brown fox"]);
    assert_eq!(
        house.found(ALICE, "quick"),
        ["Quickly, before it rains", "The quick brown fox"]
    );
    assert_eq!(house.found(ALICE, "quick "), ["The quick brown fox"]);
    assert!(house.found(UserId(3), "fox").is_empty());
    house.commit([leave(1, BOB)]);
    assert!(
        house.found(BOB, "fox").is_empty(),
        "at once, not when the index has heard"
    );
    assert_eq!(house.found(BOB, "dog"), ["jumps over the lazy dog"]);
}

#[tokio::test]
async fn it_goes_on_where_it_was_and_begins_anew_when_it_can_not() {
    let mut house = House::new(
        2,
        3,
        Options {
            tail: 10,
            ..options()
        },
    )
    .await;
    let words = ["alpha beta", "beta gamma", "gamma delta", "alpha delta"];
    for round in 0..20 {
        let words = words.iter().cycle().skip(round);
        house.send((0..7).zip(words).map(|(n, text)| (n % 3 + 1, ALICE, *text)));
        if round % 5 == 2 {
            house.restart().await;
        }
    }
    house.caught_up().await;
    let expected = house.ids(BOB, "alpha ", 1000);
    assert_eq!(expected.len(), 70);
    for damage in ["nothing", "gone", "cut"] {
        house.stop().await;
        match damage {
            "gone" => fs::remove_dir_all(house.folder()).unwrap(),
            "cut" => {
                let file = house.only_index().join("db");
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
            _ => {}
        }
        house.start();
        house.caught_up().await;
        assert_eq!(house.ids(BOB, "alpha ", 3), expected, "{damage}");
    }
}

#[tokio::test]
async fn edits_and_deletes_leave_at_once_and_keep_their_place() {
    for tail in [2, 1000] {
        let mut house = House::new(1, 2, Options { tail, ..options() }).await;
        let numbers: Vec<String> = (0..9).map(|number| format!("note {number}")).collect();
        house.send(numbers.iter().map(|text| (1, ALICE, text.as_str())));
        house.caught_up().await;
        house.edit(1, 2, "changed 1");
        house.delete(1, 4);
        let rest = [
            "note 8", "note 7", "note 6", "note 5", "note 4", "note 2", "note 0",
        ];
        assert_eq!(
            house.found(ALICE, "note "),
            rest,
            "before the index has heard"
        );
        house.caught_up().await;
        assert_eq!(house.found(ALICE, "note "), rest);
        assert_eq!(house.found(ALICE, "changed "), ["changed 1"]);
        house.edit(1, 9, "changed 8");
        house.caught_up().await;
        // By when they were sent, whenever they were changed.
        assert_eq!(house.found(ALICE, "chan"), ["changed 8", "changed 1"]);
        house.restart().await;
        assert_eq!(house.found(ALICE, "chan"), ["changed 8", "changed 1"]);
        assert_eq!(house.found(ALICE, "\"note 3\""), Vec::<String>::new());
    }
}

/// Puts nonsense in the place of messages of the first room.
fn damage(dir: &Path, seqs: &[u64]) {
    let kv = SledKv::open(&dir.join("data/db-0001"), 4 << 20).unwrap();
    for seq in seqs {
        let mut key = vec![0x30];
        key.extend(1_u64.to_be_bytes());
        key.extend(seq.to_be_bytes());
        assert!(kv.get(&key).unwrap().is_some());
        let row = (key.as_slice(), Some(&[99_u8, 1, 2][..]));
        kv.write(&mut std::iter::once(row)).unwrap();
    }
    kv.sync().unwrap();
}

#[tokio::test]
async fn what_can_not_be_read_is_left_out_and_the_index_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut house = House::at(dir.path().to_path_buf(), options());
    house.furnish(1, 2);
    house.start();
    let send = |house: &mut House, numbers: std::ops::Range<u64>| {
        let texts: Vec<String> = numbers.map(|number| format!("note {number}")).collect();
        house.send(texts.iter().map(|text| (1, ALICE, text.as_str())));
    };
    send(&mut house, 1..6);
    house.send([(2, ALICE, "note elsewhere")]);
    house.caught_up().await;
    house.stop().await;
    let index = house.only_index();
    // The index has not seen these yet.
    send(&mut house, 6..10);
    drop(house);
    damage(dir.path(), &[1, 3, 7]);
    let mut house = House::at(dir.path().to_path_buf(), options());
    house.now += 1_000_000;
    house.start();
    let rest = [
        "note 9",
        "note 8",
        "note 6",
        "note elsewhere",
        "note 5",
        "note 4",
        "note 2",
    ];
    for round in ["it goes on", "it is made anew"] {
        house.caught_up().await;
        assert_eq!(house.found(ALICE, "note "), rest, "{round}");
        assert_eq!(
            house.found(ALICE, "in:\"Room 1\" note ").len(),
            6,
            "{round}"
        );
        let (search, _) = house.search.as_ref().unwrap();
        assert!(search.unreadable() > 0, "{round}");
        house.stop().await;
        if round == "it goes on" {
            assert_eq!(house.only_index(), index, "the same index");
            fs::remove_dir_all(house.folder()).unwrap();
        }
        house.start();
    }
    house.caught_up().await;
    send(&mut house, 10..11);
    house.caught_up().await;
    assert_eq!(house.found(ALICE, "note ")[0], "note 10");
}
