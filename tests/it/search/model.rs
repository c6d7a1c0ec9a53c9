//! Whatever is asked, the index finds what going through all messages finds.

use inkspot::model::MessageKind;
use inkspot::store::{members, messages};
use inkspot::text::{Has, Person, Query};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

const WORDS: [&str; 14] = [
    "a",
    "an",
    "ant",
    "ants",
    "antler",
    "bee",
    "beetle",
    "Bär",
    "日本語",
    "東京都",
    "x1",
    "foo_bar",
    "fooBar",
    "https://a.example/x",
];

const PEOPLE: u64 = 3;
const ROOMS: u64 = 4;

fn content() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(&WORDS[..]), 1..6);
    let kind = prop::sample::select(&["", "", "", "! ", "? "][..]);
    (kind, words).prop_map(|(kind, words)| format!("{kind}{}", words.join(" ")))
}

fn asked() -> impl Strategy<Value = String> {
    let word = prop::sample::select(&WORDS[..]);
    let two = (word.clone(), word.clone());
    let date = (0_u64..30)
        .prop_map(|days| Timestamp(START + days * 86_400_000).to_string()[..10].to_owned());
    let piece = prop_oneof![
        6 => word.clone().prop_map(str::to_owned),
        2 => two.prop_map(|(one, other)| format!("\"{one} {other}\"")),
        1 => word.clone().prop_map(|word| format!("-{word}")),
        2 => word.prop_map(|word| word.chars().take(2).collect()),
        1 => (1..=PEOPLE).prop_map(|user| format!("from:p{user}")),
        1 => (1..=ROOMS).prop_map(|room| format!("in:\"Room {room}\"")),
        1 => prop::sample::select(&["has:image", "has:file", "has:link", "from:me"][..])
            .prop_map(str::to_owned),
        1 => date.clone().prop_map(|date| format!("before:{date}")),
        1 => date.prop_map(|date| format!("after:{date}")),
    ];
    let pieces = prop::collection::vec(piece, 1..4);
    (pieces, any::<bool>()).prop_map(|(pieces, typing)| {
        let end = if typing { "" } else { " " };
        format!("{}{end}", pieces.join(" "))
    })
}

/// What going through all messages finds, the newest first.
fn model(house: &House, user: UserId, query: &Query) -> Vec<MessageId> {
    let view = house.store.view();
    let mut found = Vec::new();
    for room in (1..=ROOMS).map(ConversationId) {
        let title = format!("Room {}", room.0);
        let inside = &query.filters.inside;
        if members::find(&view, room, user).unwrap().is_none()
            || (!inside.is_empty() && !inside.contains(&title))
        {
            continue;
        }
        for message in messages::after(&view, room, Seq(0), usize::MAX).unwrap() {
            if message.deleted_at.is_none() && answers(user, query, &message) {
                found.push((message.created_at, message.id));
            }
        }
    }
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, id)| id).collect()
}

fn answers(user: UserId, query: &Query, message: &Message) -> bool {
    let filters = &query.filters;
    let has = |has: &Has| match has {
        Has::Image => message.kind == MessageKind::Image,
        Has::File => message.kind != MessageKind::Text,
        Has::Link => message.content.contains("https://"),
        _ => false,
    };
    let is_sender = |person: &Person| match person {
        Person::Me => message.sender == user,
        Person::Named(name) => *name == format!("p{}", message.sender.0),
    };
    filters.has.iter().all(has)
        && (filters.from.is_empty() || filters.from.iter().any(is_sender))
        && filters
            .since
            .is_none_or(|since| message.created_at >= since)
        && filters.until.is_none_or(|until| message.created_at < until)
        && text::matches(query, &message.content).is_some()
}

impl House {
    /// Changes a message, or deletes it.
    fn change(&mut self, which: prop::sample::Index, content: Option<&str>) {
        let mut all = Vec::new();
        for room in 1..=ROOMS {
            let room = ConversationId(room);
            let found = messages::after(&self.store.view(), room, Seq(0), usize::MAX);
            all.extend(found.unwrap());
        }
        let message = which.get(&all);
        let (room, seq) = (message.id.conversation.0, message.id.seq.0);
        match content {
            _ if message.deleted_at.is_some() => {}
            Some(content) => self.edit(room, seq, content),
            None => self.delete(room, seq),
        }
    }
}

fn check(house: &House, asked: &[String], limit: usize) -> Result<(), TestCaseError> {
    for words in asked {
        let Ok(query) = text::parse(words, Timestamp(house.now), 0) else {
            continue;
        };
        for user in (1..=PEOPLE).map(UserId) {
            // A title that isn't one's own is refused, which other tests see to.
            let own = query.filters.inside.iter().all(|title| {
                let room = ConversationId(title.trim_start_matches("Room ").parse().unwrap());
                let view = house.store.view();
                members::find(&view, room, user).unwrap().is_some()
            });
            if own {
                let found = house.ids(user, words, limit);
                prop_assert_eq!(found, model(house, user, &query), "{} {}", user, words);
            }
        }
    }
    Ok(())
}

#[test]
fn the_index_finds_what_going_through_everything_finds() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let sent = prop::collection::vec((1..=ROOMS, 1..=PEOPLE, content()), 1..120);
    let cases = (
        prop::collection::vec(sent, 1..4),
        prop::collection::vec(asked(), 20),
        prop::collection::vec((1..=ROOMS, 1..=PEOPLE), 0..3),
        prop::collection::vec(
            (any::<prop::sample::Index>(), prop::option::of(content())),
            0..20,
        ),
        (1_usize..60, 1_usize..30),
    );
    let config = Config {
        cases: 12,
        ..Config::default()
    };
    let ran = TestRunner::new(config).run(&cases, |(sent, asked, left, changes, (tail, limit))| {
        runtime.block_on(async {
            let options = Options { tail, ..options() };
            let mut house = House::new(PEOPLE, ROOMS, options).await;
            for part in &sent {
                let part = part.iter();
                house.send(part.map(|(room, user, text)| (*room, UserId(*user), text.as_str())));
                house.now += 5 * 86_400_000;
            }
            for (room, user) in left {
                let (id, user) = (ConversationId(room), UserId(user));
                if members::find(&house.store.view(), id, user)
                    .unwrap()
                    .is_some()
                {
                    house.commit([leave(room, user)]);
                }
            }
            for (which, content) in changes {
                house.change(which, content.as_deref());
            }
            house.caught_up().await;
            check(&house, &asked, limit)?;
            house.restart().await;
            check(&house, &asked, limit)?;
            // Made anew from the messages, it finds the same.
            house.stop().await;
            std::fs::remove_dir_all(house.folder()).unwrap();
            house.start();
            house.caught_up().await;
            check(&house, &asked, limit)
        })
    });
    ran.unwrap();
}
