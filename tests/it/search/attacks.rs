//! What must not be found, and what must not cost.

use inkspot::search::{Caps, SearchError};

use super::*;

impl House {
    fn refused(&self, user: UserId, words: &str) -> String {
        let query = text::parse(words, Timestamp(self.now), 0).unwrap();
        let ask = Self::ask(user, &query);
        let (search, _) = self.search.as_ref().unwrap();
        match search.find(&ask, &AtomicBool::new(false)) {
            Err(SearchError::Unknown { piece, .. }) => piece,
            other => panic!("{words}: {other:?}"),
        }
    }

    fn within(&self, user: UserId, words: &str, room: u64) -> usize {
        let query = text::parse(words, Timestamp(self.now), 0).unwrap();
        let ask = Ask {
            within: Some(ConversationId(room)),
            ..Self::ask(user, &query)
        };
        let (search, _) = self.search.as_ref().unwrap();
        let found = search.find(&ask, &AtomicBool::new(false)).unwrap();
        assert!(found.next.is_none());
        found.hits.len()
    }

    /// Nothing of room 1 is found, in whatever way it is asked for.
    fn nothing_leaks(&self, user: UserId) {
        for words in [
            "secret ",
            "secr",
            "\"secret plan\"",
            "from:p1 secret ",
            "has:link ",
        ] {
            assert!(self.found(user, words).is_empty(), "{words}");
        }
        assert_eq!(self.within(user, "secret ", 1), 0);
        assert_eq!(self.refused(user, "secret in:\"Room 1\""), "in:Room 1");
    }
}

#[tokio::test]
async fn nothing_is_found_of_rooms_that_one_is_not_in() {
    let mut house = House::new(2, 2, options()).await;
    house.send([
        (1, ALICE, "the secret plan https://a.example"),
        (2, ALICE, "lunch"),
    ]);
    house.caught_up().await;
    assert_eq!(house.found(BOB, "secr").len(), 1);
    assert_eq!(house.within(BOB, "secret ", 1), 1);
    assert_eq!(house.within(BOB, "secret ", 2), 0);
    house.nothing_leaks(UserId(9));
    house.commit([leave(1, BOB)]);
    house.nothing_leaks(BOB);
    house.caught_up().await;
    house.nothing_leaks(BOB);
    house.restart().await;
    house.nothing_leaks(BOB);
    house.stop().await;
    std::fs::remove_dir_all(house.folder()).unwrap();
    house.start();
    house.caught_up().await;
    house.nothing_leaks(BOB);
    // Who comes back finds it again, at once.
    house.commit([EventBody::MemberAdded(member(1, BOB.0))]);
    assert_eq!(house.found(BOB, "secr").len(), 1);
    assert_eq!(house.found(ALICE, "secr").len(), 1);
    // Whose conversations were noted before the reader of the log saw anything.
    house.restart().await;
    assert_eq!(house.found(BOB, "secr").len(), 1);
    house.commit([leave(1, BOB)]);
    house.nothing_leaks(BOB);
}

#[tokio::test]
async fn what_is_sealed_or_deleted_is_not_found() {
    let mut house = House::new(1, 1, options()).await;
    house.send([(1, ALICE, "gone soon"), (1, ALICE, "gone later")]);
    house.caught_up().await;
    house.delete(1, 1);
    assert_eq!(house.found(ALICE, "gone "), ["gone later"]);
    assert_eq!(house.found(ALICE, "from:me "), ["gone later"]);
    let sealed = Message {
        content: String::new(),
        sealed: Some(b"gone".to_vec()),
        ..message(1, Seq(3), ALICE, "", house.now)
    };
    house.commit([EventBody::MessageSent(sealed)]);
    house.caught_up().await;
    assert_eq!(house.found(ALICE, "from:me "), ["gone later"]);
}

#[tokio::test]
async fn names_are_those_that_one_knows() {
    let mut house = House::new(2, 1, options()).await;
    let direct = Conversation {
        title: None,
        is_group: false,
        ..conversation(50)
    };
    let members = [ALICE, BOB].map(|user| EventBody::MemberAdded(member(50, user.0)));
    house.commit(std::iter::once(EventBody::ConversationCreated(direct)).chain(members));
    house.send([(1, ALICE, "one"), (50, BOB, "two"), (50, ALICE, "three")]);
    house.caught_up().await;
    assert_eq!(house.found(ALICE, "from:P2 "), ["two"]);
    assert_eq!(house.found(ALICE, "from:\"person 2\" "), ["two"]);
    assert_eq!(
        house.found(ALICE, "from:me from:p2 "),
        ["three", "two", "one"]
    );
    assert_eq!(house.found(ALICE, "in:p2 "), ["three", "two"]);
    assert_eq!(house.found(BOB, "in:\"Person 1\" from:me "), ["two"]);
    assert_eq!(
        house.found(BOB, "in:p1 in:\"ROOM 1\" "),
        ["three", "two", "one"]
    );
    assert_eq!(house.refused(ALICE, "from:nobody"), "from:nobody");
    assert_eq!(house.refused(ALICE, "in:p1"), "in:p1");
}

#[tokio::test]
async fn what_a_page_costs_is_capped_and_the_next_one_goes_on() {
    let caps = Caps {
        postings: 3_000,
        records: 50,
        ..Caps::default()
    };
    let tail = 500;
    let mut house = House::new(
        2,
        2,
        Options {
            caps,
            tail,
            ..options()
        },
    )
    .await;
    let texts: Vec<String> = (0..1500).map(|n| format!("bomb w{n} x{}", n % 7)).collect();
    house.send(texts.iter().map(|text| (1, ALICE, text.as_str())));
    house.caught_up().await;
    // A phrase that nothing has, of words that everything has: only records tell.
    for words in ["\"bomb bomb\"", "bomb -x", "bomb -bomb"] {
        let page = house.page(ALICE, words, None, 50);
        assert!(page.hits.is_empty() && page.next.is_some(), "{words}");
        assert!(house.ids(ALICE, words, 50).is_empty(), "{words}");
    }
    let found = house.ids(ALICE, "w bomb", 50);
    assert_eq!(found.len(), 1500);
    assert!(found.is_sorted_by(|one, other| one.seq > other.seq));
    // Many terms: the purse is empty before anything is known.
    let many = (0..30)
        .map(|n| format!("w{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    assert!(house.ids(ALICE, &many, 50).is_empty());
    // Who left sees nothing, however far it is to go.
    house.commit([leave(1, BOB)]);
    assert!(house.ids(BOB, "bomb ", 50).is_empty());
}

#[tokio::test]
async fn a_cancelled_search_says_where_to_go_on() {
    let mut house = House::new(1, 1, options()).await;
    house.send([(1, ALICE, "one word"), (1, ALICE, "another word")]);
    house.caught_up().await;
    let query = text::parse("word ", Timestamp(house.now), 0).unwrap();
    let ask = House::ask(ALICE, &query);
    let (search, _) = house.search.as_ref().unwrap();
    let found = search.find(&ask, &AtomicBool::new(true)).unwrap();
    assert!(found.hits.is_empty());
    let rest = house.page(ALICE, "word ", found.next, 10);
    assert_eq!((rest.hits.len(), rest.next), (2, None));
}

#[tokio::test]
async fn a_cursor_is_good_beyond_new_messages_and_a_new_index() {
    let mut house = House::new(
        1,
        1,
        Options {
            tail: 3,
            ..options()
        },
    )
    .await;
    let texts: Vec<String> = (0..10).map(|n| format!("word {n}")).collect();
    house.send(texts.iter().map(|text| (1, ALICE, text.as_str())));
    house.caught_up().await;
    let contents = |found: &Found| -> Vec<String> {
        let hits = found.hits.iter();
        hits.map(|hit| hit.message.content.clone()).collect()
    };
    let first = house.page(ALICE, "word ", None, 3);
    assert_eq!(contents(&first), ["word 9", "word 8", "word 7"]);
    house.send([(1, ALICE, "word 10")]);
    house.caught_up().await;
    let second = house.page(ALICE, "word ", first.next, 3);
    assert_eq!(contents(&second), ["word 6", "word 5", "word 4"]);
    house.stop().await;
    std::fs::remove_dir_all(house.folder()).unwrap();
    house.start();
    house.caught_up().await;
    let third = house.page(ALICE, "word ", second.next, 10);
    // The numbers are new: what has the time of the cursor may come twice.
    assert_eq!(
        contents(&third),
        ["word 4", "word 3", "word 2", "word 1", "word 0"]
    );
}

#[tokio::test]
async fn every_page_gets_on_however_little_it_may_cost() {
    let nothing = Caps {
        postings: 0,
        records: 0,
        time: Duration::ZERO,
    };
    let options = Options {
        caps: nothing,
        tail: 30,
        ..options()
    };
    let mut house = House::new(2, 2, options).await;
    let texts: Vec<String> = (0..80)
        .map(|n| format!("bomb w{} x{}", n % 9, n % 2))
        .collect();
    house.send(
        (1..)
            .zip(&texts)
            .map(|(n, text)| (n % 2 + 1, ALICE, text.as_str())),
    );
    house.caught_up().await;
    for (words, expected) in [
        ("bomb ", 80),
        ("bomb x1 w3 ", 5),
        ("bomb w", 80),
        ("w1 in:\"Room 1\" from:p1 ", 5),
        ("from:p1 -x1", 40),
        ("\"bomb w1 x1\"", 5),
        ("nothing bomb ", 0),
    ] {
        assert_eq!(house.ids(BOB, words, 7).len(), expected, "{words}");
    }
}

#[tokio::test]
async fn what_asks_for_very_many_words_finds_what_has_them() {
    let mut house = House::new(1, 1, options()).await;
    let words: Vec<String> = (0..30)
        .map(|n| format!("{}{n:02}x", ["ab", "cd"][n % 2]))
        .collect();
    let all = words.join(" ");
    house.send([(1, ALICE, all.as_str()), (1, ALICE, "ab00x cd01x")]);
    house.caught_up().await;
    // More lists than a search goes through.
    let phrase = format!("\"{all}\"");
    let beginnings = words.iter().map(|word| format!("{}* ", &word[..4]));
    let beginnings: String = beginnings.collect();
    for asked in [phrase.as_str(), all.as_str(), beginnings.as_str()] {
        assert_eq!(house.found(ALICE, asked), [all.as_str()], "{asked}");
    }
}
