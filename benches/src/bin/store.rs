//! Durable sends per second: our store beside SQLite (WAL, `synchronous=FULL`).
//!
//! Both do the same work for a message: look whether the client id is known, whether the sender
//! is a member and which position comes next; then write message, conversation head, the
//! sender's member row, client-id row and log row. Both are driven by the same loop: one thread
//! drains what waits (512 at most), writes it as one durable group and answers everybody.
//! Rounds are interleaved; medians are printed.
//!
//! `cargo run --release --bin store [-- ROUNDS [SECONDS [DIR]]]`

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    ClientId, Conversation, ConversationId, EventBody, Member, MemberRole, Mentions, Message,
    MessageId, MessageKind, OwnSettings, Seq, UserId,
};
use inkspot::store::{self, StoreOptions, Txn, Writer, conversations, members, messages};
use rusqlite::{Connection, params};

const CONVERSATIONS: u64 = 200;
const WRITERS: [u64; 3] = [1, 16, 128];
const GROUP: usize = 512;
const CACHE: u64 = 48 << 20;

/// What a writer asks for.
struct Command {
    sender: u64,
    conversation: u64,
    client_id: String,
    content: String,
}

/// A thing that stores groups of messages durably.
trait Engine: Send {
    fn group(&mut self, commands: &[Command]);
}

// ---------------------------------------------------------------------------------------- ours

struct Ours {
    writer: Writer,
    now: u64,
}

impl Ours {
    fn open(dir: &Path, users: u64) -> Self {
        let options = StoreOptions {
            cache_bytes: CACHE,
            ..StoreOptions::default()
        };
        let (_, writer) =
            store::open(dir, &options, &Rng::system(), &Clock::system()).expect("open");
        let mut ours = Self { writer, now: 1 };
        for id in 1..=CONVERSATIONS {
            let mut txn = ours.writer.begin();
            apply(
                &mut txn,
                1,
                EventBody::ConversationCreated(conversation(id)),
            );
            for user in 1..=users {
                apply(&mut txn, 1, EventBody::MemberAdded(member(id, user)));
            }
            txn.commit().expect("commit");
        }
        ours
    }
}

fn apply(txn: &mut Txn<'_>, now: u64, body: EventBody) {
    txn.apply(Timestamp(now), body).expect("apply");
}

fn conversation(id: u64) -> Conversation {
    Conversation {
        id: ConversationId(id),
        title: Some("bench".to_owned()),
        is_group: true,
        everyone: false,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }
}

fn member(conversation: u64, user: u64) -> Member {
    Member {
        conversation: ConversationId(conversation),
        user: UserId(user),
        role: MemberRole::Member,
        joined_at: Timestamp(1),
        last_read_seq: Seq(0),
        last_read_at: None,
        unread_from: None,
        own: OwnSettings::default(),
    }
}

impl Engine for Ours {
    fn group(&mut self, commands: &[Command]) {
        let mut txn = self.writer.begin();
        for command in commands {
            self.now += 1;
            let sender = UserId(command.sender);
            let conversation = ConversationId(command.conversation);
            let client_id = ClientId(command.client_id.clone());
            let known = messages::by_client_id(&txn, sender, &client_id).expect("read");
            assert!(known.is_none());
            let member = members::find(&txn, conversation, sender).expect("read");
            assert!(member.is_some());
            let head = conversations::find(&txn, conversation)
                .expect("read")
                .expect("the conversation is there");
            let at = Timestamp(1_700_000_000_000 + self.now);
            let message = Message {
                id: MessageId {
                    conversation,
                    seq: head.last_seq.next(),
                },
                sender,
                kind: MessageKind::Text,
                content: command.content.clone(),
                attachments: Vec::new(),
                mentions: Mentions::default(),
                client_id: Some(client_id),
                reply_to: None,
                sealed: None,
                created_at: at,
                edited_at: None,
                deleted_at: None,
            };
            apply(&mut txn, at.0, EventBody::MessageSent(message));
        }
        txn.commit().expect("commit");
    }
}

// -------------------------------------------------------------------------------------- SQLite

struct Sqlite {
    db: Connection,
    now: i64,
    head: i64,
}

impl Sqlite {
    fn open(dir: &Path, users: u64) -> Self {
        std::fs::create_dir_all(dir).expect("create");
        let mut db = Connection::open(dir.join("bench.sqlite")).expect("open");
        db.execute_batch(&format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-{};
             CREATE TABLE conversations(id INTEGER PRIMARY KEY, title TEXT, last_seq INTEGER,
               member_count INTEGER, updated_at INTEGER);
             CREATE TABLE members(conversation INTEGER, user INTEGER, role INTEGER,
               joined_at INTEGER, last_read_seq INTEGER, last_read_at INTEGER,
               PRIMARY KEY(conversation, user)) WITHOUT ROWID;
             CREATE TABLE messages(conversation INTEGER, seq INTEGER, sender INTEGER,
               content TEXT, client_id TEXT, created_at INTEGER,
               PRIMARY KEY(conversation, seq)) WITHOUT ROWID;
             CREATE TABLE client_ids(sender INTEGER, client_id TEXT, conversation INTEGER,
               seq INTEGER, PRIMARY KEY(sender, client_id)) WITHOUT ROWID;
             CREATE TABLE log(seq INTEGER PRIMARY KEY, at INTEGER, kind INTEGER,
               conversation INTEGER, message INTEGER, sender INTEGER);",
            CACHE / 1024
        ))
        .expect("schema");
        db.set_prepared_statement_cache_capacity(64);
        let tx = db.transaction().expect("begin");
        for id in 1..=CONVERSATIONS {
            tx.execute(
                "INSERT INTO conversations VALUES(?1,'bench',0,?2,1)",
                params![id as i64, users as i64],
            )
            .expect("insert");
            for user in 1..=users {
                tx.execute(
                    "INSERT INTO members VALUES(?1,?2,0,1,0,NULL)",
                    params![id as i64, user as i64],
                )
                .expect("insert");
            }
        }
        tx.commit().expect("commit");
        Self {
            db,
            now: 1,
            head: 0,
        }
    }
}

impl Engine for Sqlite {
    fn group(&mut self, commands: &[Command]) {
        let tx = self.db.transaction().expect("begin");
        {
            let sql = |text: &str| tx.prepare_cached(text).expect("prepare");
            let mut known = sql("SELECT seq FROM client_ids WHERE sender=?1 AND client_id=?2");
            let mut is_member = sql("SELECT role FROM members WHERE conversation=?1 AND user=?2");
            let mut last = sql("SELECT last_seq FROM conversations WHERE id=?1");
            let mut message = sql("INSERT INTO messages VALUES(?1,?2,?3,?4,?5,?6)");
            let mut head = sql("UPDATE conversations SET last_seq=?2, updated_at=?3 WHERE id=?1");
            let mut read = sql(
                "UPDATE members SET last_read_seq=?3, last_read_at=?4 WHERE conversation=?1 AND user=?2",
            );
            let mut client = sql("INSERT INTO client_ids VALUES(?1,?2,?3,?4)");
            let mut log = sql("INSERT INTO log VALUES(?1,?2,17,?3,?4,?5)");
            for command in commands {
                self.now += 1;
                self.head += 1;
                let (sender, conversation) = (command.sender as i64, command.conversation as i64);
                assert!(
                    !known
                        .exists(params![sender, command.client_id])
                        .expect("read")
                );
                assert!(
                    is_member
                        .exists(params![conversation, sender])
                        .expect("read")
                );
                let seq: i64 = last
                    .query_row(params![conversation], |row| row.get(0))
                    .expect("read");
                let (seq, at) = (seq + 1, 1_700_000_000_000 + self.now);
                message
                    .execute(params![
                        conversation,
                        seq,
                        sender,
                        command.content,
                        command.client_id,
                        at
                    ])
                    .expect("write");
                head.execute(params![conversation, seq, at]).expect("write");
                read.execute(params![conversation, sender, seq, at])
                    .expect("write");
                client
                    .execute(params![sender, command.client_id, conversation, seq])
                    .expect("write");
                log.execute(params![self.head, at, conversation, seq, sender])
                    .expect("write");
            }
        }
        tx.commit().expect("commit");
    }
}

// ------------------------------------------------------------------------------------ the loop

struct Round {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

type Ask = (Command, tokio::sync::oneshot::Sender<()>);

/// Drives an engine for some time with `writers` callers, one outstanding message each.
fn drive(engine: &mut dyn Engine, writers: u64, time: Duration, round: usize) -> Round {
    let (ask, asked) = mpsc::channel::<Ask>();
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("runtime");
    let callers: Vec<_> = (1..=writers)
        .map(|user| runtime.spawn(caller(user, round, ask.clone(), Arc::clone(&stop))))
        .collect();
    drop(ask);
    let begun = Instant::now();
    let mut commands = Vec::new();
    let mut answers = Vec::new();
    while let Ok((command, answer)) = asked.recv() {
        commands.push(command);
        answers.push(answer);
        while commands.len() < GROUP
            && let Ok((command, answer)) = asked.try_recv()
        {
            commands.push(command);
            answers.push(answer);
        }
        engine.group(&commands);
        commands.clear();
        for answer in answers.drain(..) {
            let _ = answer.send(());
        }
        if begun.elapsed() >= time {
            stop.store(true, Ordering::Relaxed);
        }
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let mut waits = runtime.block_on(async {
        let mut waits = Vec::new();
        for caller in callers {
            waits.extend(caller.await.expect("a caller"));
        }
        waits
    });
    waits.sort_by(f64::total_cmp);
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize];
    Round {
        per_second: waits.len() as f64 / elapsed,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
    }
}

async fn caller(
    user: u64,
    round: usize,
    ask: mpsc::Sender<Ask>,
    stop: Arc<AtomicBool>,
) -> Vec<f64> {
    let mut waits = Vec::new();
    let mut dice = user * 7919 + round as u64 * 104_729 + 1;
    let mut number = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        number += 1;
        let command = Command {
            sender: user,
            conversation: dice % CONVERSATIONS + 1,
            // as long and as random as the UUID that a browser makes
            client_id: format!(
                "{:016x}-{user:03}-{round:04}-{number:09}",
                dice.rotate_left(17)
            ),
            content: "lorem ipsum dolor sit amet ".repeat(1 + (dice >> 32) as usize % 6),
        };
        let (answer, answered) = tokio::sync::oneshot::channel();
        let begun = Instant::now();
        if ask.send((command, answer)).is_err() || answered.await.is_err() {
            break;
        }
        waits.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    waits
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| {
        arguments
            .next()
            .map_or(default, |text| text.parse().expect("a number"))
    };
    let rounds = number(5);
    let time = Duration::from_secs(number(3) as u64);
    let dir = match arguments.next() {
        Some(dir) => tempfile::tempdir_in(dir),
        None => tempfile::tempdir_in("."),
    }
    .expect("a folder");
    println!(
        "{rounds} rounds of {} s each, interleaved; medians",
        time.as_secs()
    );
    println!("writers | ours /s  p50 ms  p99 ms | SQLite /s  p50 ms  p99 ms | ours/SQLite");
    for writers in WRITERS {
        let mut ours = Ours::open(&dir.path().join(format!("ours-{writers}")), writers);
        let mut sqlite = Sqlite::open(&dir.path().join(format!("sqlite-{writers}")), writers);
        let (mut of_ours, mut of_sqlite) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            of_ours.push(drive(&mut ours, writers, time, round));
            of_sqlite.push(drive(&mut sqlite, writers, time, round));
        }
        let ratio = median(
            of_ours
                .iter()
                .zip(&of_sqlite)
                .map(|(ours, sqlite)| ours.per_second / sqlite.per_second),
        );
        let figures = |rounds: &[Round]| {
            let figure = |of: fn(&Round) -> f64| median(rounds.iter().map(of));
            (
                figure(|r| r.per_second),
                figure(|r| r.p50_ms),
                figure(|r| r.p99_ms),
            )
        };
        let (ours, sqlite) = (figures(&of_ours), figures(&of_sqlite));
        println!(
            "{writers:7} | {:7.0} {:7.2} {:7.2} | {:9.0} {:7.2} {:7.2} | {ratio:.2}",
            ours.0, ours.1, ours.2, sqlite.0, sqlite.1, sqlite.2
        );
    }
}
