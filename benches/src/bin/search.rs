//! Searches beside SQLite's FTS5, on the same messages, in the same run.
//!
//! Synthetic messages with a Zipf vocabulary in 1,000 conversations; the one who searches is a
//! member of 200. Both give the newest 50 messages that answer, with their content and what to
//! mark in it, of the person's conversations only. Queries alternate; what both find must be
//! the same.
//!
//! `benches/run search [MESSAGES [DIR]]`

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::blobs::{self, BlobKind, BlobOptions};
use inkspot::model::{
    Account, Conversation, ConversationId, EventBody, Member, MemberRole, Message, MessageId,
    MessageKind, Role, Seq, Session, SessionId, UserId,
};
use inkspot::search::{Ask, Options, Running, Search};
use inkspot::service::{Caller, NewMessage, Parts, Service, Settings};
use inkspot::store::{self, Store, StoreOptions, Writer};
use inkspot::text;
use inkspot_benches::median;
use rusqlite::{Connection, params};
use tokio::sync::watch;

const CONVERSATIONS: u64 = 1000;
const WORDS: usize = 50_000;
const ME: u64 = 1;
const PAGE: usize = 50;
const QUERIES: usize = 300;
const PASSES: usize = 5;
const START: u64 = 1_790_000_000_000;

// ------------------------------------------------------------------------------- what is searched

/// A generator of numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end
    }

    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

struct Vocabulary {
    words: Vec<String>,
    /// The sum of all shares up to each word.
    shares: Vec<f64>,
}

impl Vocabulary {
    fn new() -> Self {
        let mut dice = Dice(0x9e37_79b9);
        let mut seen = std::collections::HashSet::new();
        let mut words = Vec::with_capacity(WORDS);
        while words.len() < WORDS {
            // The commonest are short, as everywhere.
            let long = 2 + words.len().max(1).ilog10() as usize + dice.below(4);
            let word: String = (0..long)
                .map(|at| {
                    let letters: &[u8] = if at % 2 == 0 { b"bcdfghklmnprstvw" } else { b"aeiou" };
                    char::from(letters[dice.below(letters.len())])
                })
                .collect();
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let shares = (1..=WORDS)
            .map(|rank| {
                sum += 1.0 / rank as f64;
                sum
            })
            .collect();
        Self { words, shares }
    }

    fn word(&self, dice: &mut Dice) -> &str {
        let share = dice.part() * self.shares[WORDS - 1];
        &self.words[self.shares.partition_point(|sum| *sum < share).min(WORDS - 1)]
    }

    fn text(&self, dice: &mut Dice) -> String {
        let long = 3 + dice.below(10) + dice.below(10);
        let words: Vec<&str> = (0..long).map(|_| self.word(dice)).collect();
        words.join(" ")
    }
}

/// Every message, the same for both.
fn messages(count: usize, mut each: impl FnMut(usize, u64, Seq, UserId, String)) {
    let vocabulary = Vocabulary::new();
    let mut dice = Dice(0xabcd_ef12_3456);
    let mut seqs = vec![Seq(0); CONVERSATIONS as usize];
    for number in 0..count {
        let room = dice.below(CONVERSATIONS as usize);
        seqs[room] = seqs[room].next();
        let sender = UserId(2 + dice.next() % 50);
        each(number, room as u64 + 1, seqs[room], sender, vocabulary.text(&mut dice));
    }
}

fn is_mine(room: u64) -> bool {
    room.is_multiple_of(5)
}

// ------------------------------------------------------------------------------------------ ours

fn store_options() -> StoreOptions {
    StoreOptions { floor_bytes: 0, ballast_bytes: 0, ..StoreOptions::default() }
}

fn account(id: u64) -> Account {
    Account {
        id: UserId(id),
        username: format!("p{id}"),
        display_name: format!("P {id}"),
        role: Role::Member,
        disabled: false,
        password_hash: String::new(),
        created_at: Timestamp(1),
        last_seen_at: None,
        avatar: None,
    }
}

/// The session of a sender of [`acks`].
fn session(sender: u64) -> Session {
    Session {
        id: SessionId(u128::from(sender)),
        user: UserId(2 + sender),
        token_hash: [sender as u8; 32],
        created_at: Timestamp(START),
        last_used_at: Timestamp(START),
        user_agent: String::new(),
        address: String::new(),
    }
}

fn conversation(id: u64) -> Conversation {
    Conversation {
        id: ConversationId(id),
        title: Some(format!("Room {id}")),
        is_group: true,
        everyone: false,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }
}

fn member(room: u64, user: u64) -> EventBody {
    EventBody::MemberAdded(Member {
        conversation: ConversationId(room),
        user: UserId(user),
        role: MemberRole::Member,
        joined_at: Timestamp(1),
        last_read_seq: Seq(0),
        last_read_at: None,
        unread_from: None,
        own: inkspot::model::OwnSettings::default(),
    })
}

fn commit(writer: &mut Writer, events: Vec<EventBody>) {
    let mut txn = writer.begin();
    for event in events {
        let at = match &event {
            EventBody::MessageSent(message) => message.created_at,
            _ => Timestamp(START),
        };
        txn.apply(at, event).expect("apply");
    }
    txn.commit().expect("commit");
}

fn fill(dir: &Path, count: usize) {
    let opened = store::open(dir, &store_options(), &Rng::system(), &Clock::system());
    let (_store, mut writer) = opened.expect("open");
    commit(&mut writer, (1..=60).map(|id| EventBody::AccountCreated(account(id))).collect());
    commit(&mut writer, (0..16).map(|sender| EventBody::SessionStarted(session(sender))).collect());
    for room in 1..=CONVERSATIONS {
        let mut events = vec![EventBody::ConversationCreated(conversation(room))];
        events.extend((2..=51).map(|user| member(room, user)));
        if is_mine(room) {
            events.push(member(room, ME));
        }
        commit(&mut writer, events);
    }
    let mut group = Vec::new();
    messages(count, |number, room, seq, sender, content| {
        group.push(EventBody::MessageSent(Message {
            id: MessageId { conversation: ConversationId(room), seq },
            sender,
            kind: MessageKind::Text,
            content,
            attachments: Vec::new(),
            mentions: Default::default(),
            client_id: None,
            reply_to: None,
            sealed: None,
            created_at: Timestamp(START + number as u64 * 1000),
            edited_at: None,
            deleted_at: None,
        }));
        if group.len() == 512 {
            commit(&mut writer, std::mem::take(&mut group));
        }
    });
    commit(&mut writer, group);
}

/// Starts the search and waits until it has everything.
fn start(
    folder: &Path,
    store: &Store,
    published: watch::Receiver<inkspot::model::EventSeq>,
    options: Options,
) -> (Search, Running, f64) {
    let begun = Instant::now();
    let (search, running) = Search::start(
        folder.to_path_buf(),
        store.clone(),
        published,
        (&Clock::system(), &Rng::system()),
        options,
    )
    .expect("start");
    while search.is_indexing() || search.lag() > 0 {
        thread::sleep(Duration::from_millis(5));
    }
    (search, running, begun.elapsed().as_secs_f64())
}

/// What our answers cost beside the index: reading the messages, and looking for the words in them.
fn records(store: &Store, words: &str, found: &[(u64, u64)]) {
    let query = text::parse(words, Timestamp(START), 0).expect("a query");
    let view = store.view();
    for &(room, seq) in found {
        let id = MessageId { conversation: ConversationId(room), seq: Seq(seq) };
        let message = store::messages::find(&view, id).expect("read").expect("is there");
        let marks = text::matches(&query, &message.content).expect("matches");
        std::hint::black_box(text::highlights_utf16(&message.content, &marks));
    }
}

fn ours(search: &Search, words: &str) -> Vec<(u64, u64)> {
    let query = text::parse(words, Timestamp(START), 0).expect("a query");
    let called = |_: &str| Vec::new();
    let ask = Ask { user: UserId(ME), query: &query, called: &called, within: None, at: None, limit: PAGE };
    let found = search.find(&ask, &AtomicBool::new(false)).expect("find");
    let ids = found.hits.iter().map(|hit| {
        assert!(!hit.highlights.is_empty());
        (hit.message.id.conversation.0, hit.message.id.seq.0)
    });
    ids.collect()
}

// ---------------------------------------------------------------------------------------- SQLite

struct Sqlite {
    db: Connection,
    bytes: i64,
    per_message_us: f64,
}

impl Sqlite {
    fn fill(dir: &Path, count: usize) -> Self {
        let db = Connection::open(dir.join("fts.sqlite")).expect("open");
        db.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;
             CREATE TABLE messages(doc INTEGER PRIMARY KEY, conversation INTEGER, seq INTEGER,
               sender INTEGER, created_at INTEGER, content TEXT);
             CREATE TABLE members(user INTEGER, conversation INTEGER,
               PRIMARY KEY(user, conversation)) WITHOUT ROWID;
             CREATE VIRTUAL TABLE f USING fts5(content, content='messages', content_rowid='doc',
               tokenize='unicode61 remove_diacritics 2', prefix='2 3');
             BEGIN;",
        )
        .expect("schema");
        for room in (1..=CONVERSATIONS).filter(|room| is_mine(*room)) {
            db.execute("INSERT INTO members VALUES(?1,?2)", params![ME as i64, room as i64])
                .expect("insert");
        }
        let pages = || -> i64 {
            db.query_row("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", (), |row| row.get(0))
                .expect("pages")
        };
        messages(count, |number, room, seq, sender, content| {
            db.prepare_cached("INSERT INTO messages VALUES(?1,?2,?3,?4,?5,?6)")
                .expect("prepare")
                .execute(params![
                    number as i64, room as i64, seq.0 as i64, sender.0 as i64,
                    (START + number as u64 * 1000) as i64, content
                ])
                .expect("insert");
        });
        db.execute_batch("COMMIT; BEGIN").expect("commit");
        let before = pages();
        let begun = Instant::now();
        for number in 0..count {
            db.prepare_cached("INSERT INTO f(rowid, content) SELECT doc, content FROM messages WHERE doc = ?1")
                .expect("prepare")
                .execute(params![number as i64])
                .expect("insert");
            if number % 1000 == 999 {
                db.execute_batch("COMMIT; BEGIN").expect("commit");
            }
        }
        db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").expect("commit");
        let per_message_us = begun.elapsed().as_secs_f64() * 1e6 / count as f64;
        let bytes = pages() - before;
        Self { db, bytes, per_message_us }
    }

    /// The whole answer.
    fn find(&self, words: &str) -> Vec<(u64, u64)> {
        let mut find = self
            .db
            .prepare_cached(
                "SELECT m.conversation, m.seq, m.sender, m.created_at, m.content,
                   highlight(f, 0, char(1), char(2))
                 FROM f JOIN messages m ON m.doc = f.rowid
                 JOIN members k ON k.user = ?1 AND k.conversation = m.conversation
                 WHERE f MATCH ?2 ORDER BY f.rowid DESC LIMIT ?3",
            )
            .expect("prepare");
        let rows = find
            .query_map(params![ME as i64, words, PAGE as i64], |row| {
                let _: (i64, i64, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
                Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64))
            })
            .expect("find");
        rows.map(|row| row.expect("row")).collect()
    }

    /// Which messages, and nothing else.
    fn ids(&self, words: &str) -> usize {
        let mut find = self
            .db
            .prepare_cached(
                "SELECT f.rowid FROM f JOIN messages m ON m.doc = f.rowid
                 JOIN members k ON k.user = ?1 AND k.conversation = m.conversation
                 WHERE f MATCH ?2 ORDER BY f.rowid DESC LIMIT ?3",
            )
            .expect("prepare");
        let rows = find
            .query_map(params![ME as i64, words, PAGE as i64], |row| row.get::<_, i64>(0))
            .expect("find");
        rows.count()
    }
}

// -------------------------------------------------------------------------------------- searches

/// What is typed, for us and for SQLite.
struct Asked {
    name: &'static str,
    target: f64,
    queries: Vec<(String, String)>,
}

fn asked() -> Vec<Asked> {
    let vocabulary = Vocabulary::new();
    let words = &vocabulary.words;
    let mut dice = Dice(77_777_777);
    let mut all = |name, target, make: &mut dyn FnMut(&mut Dice) -> (String, String)| Asked {
        name,
        target,
        queries: (0..QUERIES).map(|_| make(&mut dice)).collect(),
    };
    let one = |word: &str| (format!("{word} "), format!("\"{word}\""));
    vec![
        all("rare word", 0.2, &mut |dice| one(&words[15_000 + dice.below(30_000)])),
        all("common word", 0.1, &mut |dice| one(&words[dice.below(50)])),
        all("two words", 0.35, &mut |dice| {
            let (a, b) = (&words[20 + dice.below(500)], &words[20 + dice.below(500)]);
            (format!("{a} {b} "), format!("\"{a}\" \"{b}\""))
        }),
        all("prefix", 0.6, &mut |dice| {
            let word = &words[dice.below(20_000)];
            let start = &word[..word.len().min(2 + dice.below(3))];
            (start.to_owned(), format!("\"{start}\"*"))
        }),
    ]
}

fn timed<T>(into: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    into.push(begun.elapsed().as_secs_f64() * 1e3);
    done
}

fn at(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * part) as usize]
}

fn compare(store: &Store, search: &Search, sqlite: &Sqlite) {
    println!("             |   whole answers: ours |           FTS5 |         | without records, p50");
    println!("search       |  p50 ms        p99 | p50 ms      p99 | ratio  target | ours     FTS5  ratio");
    for asked in asked() {
        let (mut of_ours, mut of_sqlite, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        let mut alone = Vec::new();
        for pass in 0..PASSES {
            for (mine, theirs) in &asked.queries {
                let found = timed(&mut of_ours, || ours(search, mine));
                let expected = timed(&mut of_sqlite, || sqlite.find(theirs));
                assert_eq!(found, expected, "{mine}");
                timed(&mut ids, || sqlite.ids(theirs));
                let mut read = Vec::new();
                timed(&mut read, || records(store, mine, &found));
                alone.push((of_ours[of_ours.len() - 1] - read[0]).max(0.0));
            }
            if pass == 0 {
                // The first pass only warms both.
                of_ours.clear();
                of_sqlite.clear();
                ids.clear();
                alone.clear();
            }
        }
        let (mine, theirs) = (at(&mut of_ours, 0.5), at(&mut of_sqlite, 0.5));
        println!(
            "{:12} | {mine:9.3} {:9.3} | {theirs:8.3} {:8.3} | {:5.2}   <= {} | {:.3} {:.3} {:.2}",
            asked.name, at(&mut of_ours, 0.99), at(&mut of_sqlite, 0.99), mine / theirs,
            asked.target, at(&mut alone, 0.5), at(&mut ids, 0.5),
            at(&mut alone, 0.5) / at(&mut ids, 0.5),
        );
    }
}

// ------------------------------------------------------------------------------------- the senders

/// The median wait of 16 senders for the disk, with or without an index that follows, in turns.
async fn acks(dir: &Path, rounds: usize) {
    let (clock, rng) = (Clock::system(), Rng::system());
    let (store, writer) = store::open(dir, &store_options(), &rng, &clock).expect("open");
    let folder = dir.join("search");
    let blobs = blobs::open(&dir.join("blobs"), BlobKind::Files, &BlobOptions::default());
    let (service, running) = Service::start(Parts {
        store: store.clone(),
        writer,
        blobs: blobs.expect("open"),
        clock,
        rng,
        settings: Settings { limited: false, ..Settings::default() },
        fatal: Box::new(|why| panic!("{why}")),
    })
    .expect("start");
    let (mut without, mut with, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let alone = sends(&service, round * 2).await;
        let (search, following, _) = start(&folder, &store, service.published(), Options::default());
        let followed = sends(&service, round * 2 + 1).await;
        println!("  round {round}: {alone:.3} ms alone, {followed:.3} ms with the index; it was {} events behind", search.lag());
        drop(search);
        following.stop().await;
        without.push(alone);
        with.push(followed);
        ratios.push(followed / alone);
    }
    println!(
        "ack p50, 16 senders: {:.3} ms alone, {:.3} ms with the index, ratio {:.2} (<= 1.1)",
        median(without), median(with), median(ratios)
    );
    running.stop().await;
}

async fn sends(service: &Service, round: usize) -> f64 {
    let until = Instant::now() + Duration::from_secs(3);
    let vocabulary = Arc::new(Vocabulary::new());
    let senders = (0..16_u64).map(|sender| {
        let (service, vocabulary) = (service.clone(), Arc::clone(&vocabulary));
        tokio::spawn(async move {
            let mut dice = Dice(sender * 7919 + round as u64 * 104_729 + 1);
            let mut waits = Vec::new();
            while Instant::now() < until {
                let new = NewMessage {
                    conversation: ConversationId(1 + dice.next() % CONVERSATIONS),
                    content: vocabulary.text(&mut dice),
                    kind: MessageKind::Text,
                    attachments: Vec::new(),
                    client_id: Some(format!("{:032x}", dice.next())),
                };
                let caller = Caller { user: UserId(2 + sender), session: SessionId(u128::from(sender)) };
                let begun = Instant::now();
                service.send(caller, new).await.expect("sent");
                waits.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            waits
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut waits = Vec::new();
    for sender in senders {
        waits.extend(sender.await.expect("a sender"));
    }
    median(waits)
}

// --------------------------------------------------------------------------------------- the rest

fn rss() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    let kib: f64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("KiB");
    kib / 1024.0
}

fn size(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(path).expect("read").map(|entry| entry.expect("entry").path());
    entries
        .map(|path| {
            let meta = fs::symlink_metadata(&path).expect("look");
            if meta.is_dir() { size(&path) } else { meta.blocks() * 512 }
        })
        .sum()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(1_000_000, |count| count.parse().expect("a number"));
    let dir = match arguments.next() {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir_in("."),
    }
    .expect("a folder");
    let data = dir.path().join("data");
    println!("{count} messages, {QUERIES} searches of each kind, {PASSES} passes, the first not counted");
    fill(&data, count);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("runtime");
    let _inside = runtime.enter();
    let (store, writer) =
        store::open(&data, &store_options(), &Rng::system(), &Clock::system()).expect("open");
    let (_publish, published) = watch::channel(store.log().head());
    let folder = data.join("search");
    let eager = Options { rest: 0.0, ..Options::default() };
    let (search, running, seconds) = start(&folder, &store, published.clone(), eager);
    let per_message_us = seconds * 1e6 / count as f64;
    drop(search);
    runtime.block_on(running.stop());
    let bytes = size(&folder) as f64 / count as f64;
    let sqlite = Sqlite::fill(dir.path(), count);
    let before = rss();
    let (search, running, seconds) = start(&folder, &store, published, Options::default());
    println!("index opened in {seconds:.2} s, RSS +{:.1} MiB", rss() - before);
    let theirs = sqlite.bytes as f64 / count as f64;
    println!("bytes a message: {bytes:.1}, FTS5 {theirs:.1}, ratio {:.2} (<= 1.5)", bytes / theirs);
    println!("indexing a message: {per_message_us:.1} us, FTS5 {:.1} us", sqlite.per_message_us);
    compare(&store, &search, &sqlite);
    println!("RSS after the searches +{:.1} MiB", rss() - before);
    drop(search);
    runtime.block_on(running.stop());
    drop((store, writer));
    runtime.block_on(acks(&data, 5));
}
