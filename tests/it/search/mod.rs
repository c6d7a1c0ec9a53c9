//! The search, on a real store and a real index. Here is what its tests share.

mod attacks;
mod crash;
mod follow;
mod model;
mod renewal;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    Account, Conversation, ConversationId, EventBody, EventSeq, Member, MemberRole, Mentions,
    Message, MessageId, MessageKind, OwnSettings, Role, Seq, UserId,
};
use inkspot::search::{Ask, Cursor, Found, Options, Running, Search};
use inkspot::store::{self, Store, StoreOptions, Writer, conversations, messages};
use inkspot::text;
use tempfile::TempDir;
use tokio::sync::watch;

const ALICE: UserId = UserId(1);
const BOB: UserId = UserId(2);

/// The time of the first message.
const START: u64 = 1_790_000_000_000;

/// A store with people and rooms, and the search beside it.
struct House {
    dir: PathBuf,
    store: Store,
    writer: Writer,
    publish: watch::Sender<EventSeq>,
    search: Option<(Search, Running)>,
    options: Options,
    clock: Clock,
    now: u64,
    /// Last to go.
    kept: Option<TempDir>,
}

fn options() -> Options {
    Options {
        cache_bytes: 4 << 20,
        rest: 0.0,
        gather: Duration::ZERO,
        ..Options::default()
    }
}

impl House {
    /// One in a folder of its own with so many people, called `p1`, `p2` …, and so many rooms,
    /// called `Room 1` …; everybody is in every room.
    async fn new(people: u64, rooms: u64, options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut house = Self::at(dir.path().to_path_buf(), options);
        house.kept = Some(dir);
        house.furnish(people, rooms);
        house.start();
        house.caught_up().await;
        house
    }

    /// What is in this folder.
    fn at(dir: PathBuf, options: Options) -> Self {
        let clock = Clock::manual(Timestamp(START));
        let (store, writer) = open(&dir, &clock);
        let (publish, _) = watch::channel(store.log().head());
        Self {
            dir,
            kept: None,
            store,
            writer,
            publish,
            search: None,
            options,
            clock,
            now: START,
        }
    }

    fn furnish(&mut self, people: u64, rooms: u64) {
        let mut events: Vec<_> = (1..=people)
            .map(|id| EventBody::AccountCreated(account(id)))
            .collect();
        for room in 1..=rooms {
            events.push(EventBody::ConversationCreated(conversation(room)));
            let members = (1..=people).map(|user| EventBody::MemberAdded(member(room, user)));
            events.extend(members);
        }
        self.commit(events);
    }

    /// Makes this happen, a second later.
    fn commit(&mut self, events: impl IntoIterator<Item = EventBody>) {
        self.now += 1000;
        let mut txn = self.writer.begin();
        for body in events {
            txn.apply(Timestamp(self.now), body).unwrap();
        }
        txn.commit().unwrap();
        self.publish.send_replace(self.store.log().head());
    }

    /// Sends messages, each a second after the one before, all in one group.
    fn send<'a>(&mut self, messages: impl IntoIterator<Item = (u64, UserId, &'a str)>) {
        let view = self.store.view();
        let mut newest = std::collections::HashMap::new();
        let mut txn = self.writer.begin();
        for (room, sender, content) in messages {
            self.now += 1000;
            let seq = newest.entry(room).or_insert_with(|| {
                let room = conversations::find(&view, ConversationId(room));
                room.unwrap().unwrap().last_seq
            });
            *seq = seq.next();
            let message = message(room, *seq, sender, content, self.now);
            txn.apply(Timestamp(self.now), EventBody::MessageSent(message))
                .unwrap();
        }
        txn.commit().unwrap();
        self.publish.send_replace(self.store.log().head());
    }

    /// Changes what a message says.
    fn edit(&mut self, room: u64, seq: u64, content: &str) {
        let message = self.message(room, seq);
        let message = Message {
            content: content.to_owned(),
            edited_at: Some(Timestamp(self.now)),
            ..message
        };
        self.commit([EventBody::MessageEdited(message)]);
    }

    fn delete(&mut self, room: u64, seq: u64) {
        let message = self.message(room, seq).erased(Timestamp(self.now));
        let by = message.sender;
        self.commit([EventBody::MessageDeleted { message, by }]);
    }

    fn message(&self, room: u64, seq: u64) -> Message {
        let id = MessageId {
            conversation: ConversationId(room),
            seq: Seq(seq),
        };
        messages::find(&self.store.view(), id).unwrap().unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.dir.join("data/search")
    }

    /// The folder of the index, besides which there is nothing.
    fn only_index(&self) -> PathBuf {
        let found = std::fs::read_dir(self.folder()).unwrap();
        let found: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
        let [index] = &found[..] else {
            panic!("{found:?}");
        };
        index.clone()
    }

    fn start(&mut self) {
        let started = Search::start(
            self.folder(),
            self.store.clone(),
            self.publish.subscribe(),
            (&self.clock, &Rng::system()),
            self.options.clone(),
        );
        self.search = Some(started.unwrap());
    }

    async fn stop(&mut self) {
        let (search, running) = self.search.take().unwrap();
        drop(search);
        running.stop().await;
    }

    async fn restart(&mut self) {
        self.stop().await;
        self.start();
        self.caught_up().await;
    }

    /// Returns when the index has everything.
    async fn caught_up(&self) {
        let (search, _) = self.search.as_ref().unwrap();
        let begun = Instant::now();
        while search.lag() > 0 || search.is_indexing() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "it never catches up"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn ask(user: UserId, query: &text::Query) -> Ask<'_> {
        Ask {
            user,
            query,
            called: &|name| {
                name.strip_prefix("person ")
                    .map_or_else(Vec::new, |id| vec![UserId(id.parse().unwrap())])
            },
            within: None,
            at: None,
            limit: 10,
        }
    }

    fn page(&self, user: UserId, words: &str, at: Option<Cursor>, limit: usize) -> Found {
        let query = text::parse(words, Timestamp(self.now), 0).unwrap();
        let ask = Ask {
            at,
            limit,
            ..Self::ask(user, &query)
        };
        let (search, _) = self.search.as_ref().unwrap();
        search.find(&ask, &AtomicBool::new(false)).unwrap()
    }

    /// What is found, page by page.
    fn ids(&self, user: UserId, words: &str, limit: usize) -> Vec<MessageId> {
        let mut found = Vec::new();
        let mut at = None;
        loop {
            let page = self.page(user, words, at, limit);
            assert!(page.hits.len() <= limit);
            found.extend(page.hits.iter().map(|hit| hit.message.id));
            at = page.next;
            if at.is_none() {
                return found;
            }
        }
    }

    /// The contents of what is found at once.
    fn found(&self, user: UserId, words: &str) -> Vec<String> {
        let page = self.page(user, words, None, 1000);
        assert!(page.next.is_none() && !page.indexing);
        let hits = page.hits.into_iter();
        hits.map(|hit| hit.message.content).collect()
    }
}

fn open(dir: &Path, clock: &Clock) -> (Store, Writer) {
    let options = StoreOptions {
        cache_bytes: 16 << 20,
        floor_bytes: 0,
        ballast_bytes: 0,
    };
    store::open(&dir.join("data"), &options, &Rng::system(), clock).unwrap()
}

fn account(id: u64) -> Account {
    Account {
        id: UserId(id),
        username: format!("p{id}"),
        display_name: format!("Person {id}"),
        role: Role::Member,
        disabled: false,
        password_hash: String::new(),
        created_at: Timestamp(1),
        last_seen_at: None,
        avatar: None,
    }
}

fn conversation(id: u64) -> Conversation {
    Conversation {
        id: ConversationId(id),
        title: Some(format!("Room {id}")),
        is_group: true,
        everyone: false,
        created_at: Timestamp(2),
        updated_at: Timestamp(2),
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }
}

fn member(room: u64, user: u64) -> Member {
    Member {
        conversation: ConversationId(room),
        user: UserId(user),
        role: MemberRole::Member,
        joined_at: Timestamp(3),
        last_read_seq: Seq(0),
        last_read_at: None,
        unread_from: None,
        own: OwnSettings::default(),
    }
}

fn message(room: u64, seq: Seq, sender: UserId, content: &str, at: u64) -> Message {
    let kind = match content.as_bytes().first() {
        Some(b'!') => MessageKind::Image,
        Some(b'?') => MessageKind::File,
        _ => MessageKind::Text,
    };
    Message {
        id: MessageId {
            conversation: ConversationId(room),
            seq,
        },
        sender,
        kind,
        content: content.to_owned(),
        attachments: Vec::new(),
        mentions: Mentions::default(),
        client_id: None,
        reply_to: None,
        sealed: None,
        created_at: Timestamp(at),
        edited_at: None,
        deleted_at: None,
    }
}

fn leave(room: u64, user: UserId) -> EventBody {
    EventBody::MemberRemoved {
        conversation: ConversationId(room),
        user,
        by: None,
    }
}
