//! What was deleted leaves the index's files, while searches go on.

use std::fs;

use super::*;

/// Whether the bytes are anywhere in the files of a folder.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let file = fs::read(path).unwrap();
        file.windows(bytes.len()).any(|part| part == bytes)
    })
}

impl House {
    /// Returns when the bytes are in the files of the index, which is a little after it has them.
    async fn on_disk(&self, bytes: &[u8]) {
        let begun = Instant::now();
        while !holds(&self.folder(), bytes) {
            assert!(begun.elapsed() < Duration::from_mins(1));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Returns when the index is that of this number and no other is there. What is found is right
    /// all the while.
    async fn renewed(&self, number: &str, words: &str, expected: usize) {
        let begun = Instant::now();
        loop {
            assert_eq!(self.found(ALICE, words).len(), expected);
            let there = fs::read_dir(self.folder()).unwrap();
            let there: Vec<_> = there.map(|entry| entry.unwrap().file_name()).collect();
            if there == [number] {
                return;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "still {there:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test]
async fn the_words_of_deleted_messages_leave_the_disk() {
    let options = Options {
        tail: 20,
        renew_after: 2,
        renew_pause: Duration::ZERO,
        ..options()
    };
    let mut house = House::new(1, 2, options).await;
    let texts: Vec<String> = (0..300).map(|number| format!("common n{number}")).collect();
    house.send([
        (1, ALICE, "common xylophonist"),
        (2, ALICE, "common kingfishery"),
    ]);
    house.send(
        (0..)
            .zip(&texts)
            .map(|(n, text)| (n % 2 + 1, ALICE, text.as_str())),
    );
    house.caught_up().await;
    assert!(house.only_index().ends_with("0001"));
    // The first letters may be written once for several words.
    for word in ["lophonist", "ngfishery"] {
        house.on_disk(word.as_bytes()).await;
    }
    let cursor = house.page(ALICE, "common ", None, 100).next;
    house.delete(1, 1);
    house.delete(2, 1);
    house.renewed("0002", "common ", 300).await;
    for word in ["lophonist", "ngfishery"] {
        assert!(!holds(&house.folder(), word.as_bytes()), "{word}");
    }
    // A cursor from before goes on; the one of its own moment may come twice.
    let rest = house.page(ALICE, "common ", cursor, 1000).hits.len();
    assert!((200..=201).contains(&rest), "{rest}");
    house.send([(1, ALICE, "common and new")]);
    house.caught_up().await;
    assert_eq!(house.found(ALICE, "common ").len(), 301);
    house.restart().await;
    assert!(house.only_index().ends_with("0002"));
    assert_eq!(house.found(ALICE, "common ").len(), 301);
}

#[tokio::test]
async fn a_day_later_even_a_few_words_leave_the_disk() {
    let mut house = House::new(
        1,
        1,
        Options {
            tail: 5,
            ..options()
        },
    )
    .await;
    house.send(["rare xylophonist", "rare"].map(|text| (1, ALICE, text)));
    house.send(["a", "b", "c", "d", "e", "f"].map(|text| (1, ALICE, text)));
    house.caught_up().await;
    house.on_disk(b"lophonist").await;
    house.delete(1, 1);
    house.caught_up().await;
    // It is known over a restart how long ago that was.
    house.restart().await;
    assert!(house.only_index().ends_with("0001"));
    house.clock.advance(Duration::from_hours(25));
    house.send([(1, ALICE, "g")]);
    house.renewed("0002", "rare ", 1).await;
    assert!(!holds(&house.folder(), b"lophonist"));
}

#[tokio::test]
async fn what_a_killed_process_left_is_cleared_away() {
    let mut house = House::new(1, 1, options()).await;
    house.send([(1, ALICE, "word")]);
    house.caught_up().await;
    house.stop().await;
    let folder = house.folder();
    fs::create_dir(folder.join("0007")).unwrap();
    fs::create_dir(folder.join("nonsense")).unwrap();
    fs::write(folder.join("db"), "of an older Inkspot").unwrap();
    house.start();
    house.caught_up().await;
    assert!(house.only_index().ends_with("0001"));
    assert_eq!(house.found(ALICE, "word "), ["word"]);
}
