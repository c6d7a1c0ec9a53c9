//! What the store's process occupies while messages come in, and after it is opened again.
//!
//! `cargo run --release --bin memory [-- MESSAGES [CACHE_MIB [DIR]]]` writes messages in groups of 64 and
//! prints resident memory and the size of the database as it goes; then it closes and opens it, and gives its
//! space back while more messages come in.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::model::{
    ClientId, Conversation, ConversationId, EventBody, Member, MemberRole, Mentions, Message,
    MessageId, MessageKind, OwnSettings, Seq, UserId,
};
use inkspot::service::Settings;
use inkspot::store::{self, Store, StoreOptions, Writer, conversations};

const CONVERSATIONS: u64 = 200;
const GROUP: u64 = 64;
const TIDIED_EVERY: u64 = 64 * 500;

fn rss_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .expect("VmRSS");
    kib / 1024.0
}

fn disk_mib(dir: &Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![PathBuf::from(dir)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder").flatten() {
            let meta = entry.metadata().expect("metadata");
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += meta.len();
            }
        }
    }
    bytes as f64 / (1024.0 * 1024.0)
}

fn open(dir: &Path, cache_mib: u64) -> (Store, Writer) {
    let options = StoreOptions {
        cache_bytes: cache_mib << 20,
        ..StoreOptions::default()
    };
    store::open(dir, &options, &Rng::system(), &Clock::system()).expect("open")
}

fn found(writer: &mut Writer) {
    for id in 1..=CONVERSATIONS {
        let mut txn = writer.begin();
        let at = Timestamp(1);
        let conversation = Conversation {
            id: ConversationId(id),
            title: Some("bench".to_owned()),
            is_group: true,
            everyone: false,
            created_at: at,
            updated_at: at,
            last_seq: Seq(0),
            member_count: 0,
            avatar: None,
        };
        txn.apply(at, EventBody::ConversationCreated(conversation))
            .expect("apply");
        for user in 1..=10 {
            let member = Member {
                conversation: ConversationId(id),
                user: UserId(user),
                role: MemberRole::Member,
                joined_at: at,
                last_read_seq: Seq(0),
                last_read_at: None,
                unread_from: None,
                own: OwnSettings::default(),
            };
            txn.apply(at, EventBody::MemberAdded(member))
                .expect("apply");
        }
        txn.commit().expect("commit");
    }
}

fn send(writer: &mut Writer, number: u64) {
    let mut txn = writer.begin();
    for number in number..number + GROUP {
        let conversation = ConversationId(1 + number.wrapping_mul(7919) % CONVERSATIONS);
        let head = conversations::find(&txn, conversation)
            .expect("read")
            .expect("it is there");
        let at = Timestamp(1_700_000_000_000 + number);
        let message = Message {
            id: MessageId {
                conversation,
                seq: head.last_seq.next(),
            },
            sender: UserId(1 + number % 10),
            kind: MessageKind::Text,
            content: format!("message {number} {}", "of some length ".repeat(8)),
            attachments: Vec::new(),
            mentions: Mentions::default(),
            client_id: Some(ClientId(format!("client-{number:020}"))),
            reply_to: None,
            sealed: None,
            created_at: at,
            edited_at: None,
            deleted_at: None,
        };
        txn.apply(at, EventBody::MessageSent(message))
            .expect("apply");
    }
    txn.commit().expect("commit");
}

/// What the product does every ten minutes.
fn tidy(writer: &mut Writer, sent: u64) {
    let limits = Settings::default().log_limits;
    while writer
        .trim(&limits, Timestamp(1_700_000_000_000 + sent))
        .expect("trim")
    {}
    let mut at = None;
    loop {
        at = writer.pack(at).expect("pack");
        if at.is_none() {
            break;
        }
    }
}

/// Copies the database into its next generation, beside a group of messages every 50 ms.
fn give_back(store: &Store, writer: &mut Writer, mut number: u64) {
    store.count(&mut || ControlFlow::Continue(())).expect("count");
    let rows = store.occupied().expect("occupied").rows.expect("counted");
    let before = rss_mib();
    let (most, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    let compacted = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                most.fetch_max((rss_mib() * 1024.0) as u64, Ordering::AcqRel);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let (hand, taken) = sync_channel(1);
        scope.spawn(move || {
            let next = store.next_generation(0, &mut |_| ControlFlow::Continue(()));
            hand.send(next.expect("a copy")).expect("somebody waits");
        });
        let next = loop {
            let began = Instant::now();
            if number > 0 {
                send(writer, number);
                number += GROUP;
            }
            slowest = slowest.max(began.elapsed());
            if let Ok(next) = taken.recv_timeout(Duration::from_millis(50)) {
                break next;
            }
        };
        let began = Instant::now();
        let retired = writer.switch(next).expect("switch");
        let switched = began.elapsed();
        let compacted = retired.remove().expect("remove");
        done.store(true, Ordering::Release);
        println!("  switched in {switched:?}; slowest group meanwhile {slowest:?}");
        compacted
    });
    let mib = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let (was, is) = (compacted.bytes_before, compacted.bytes_after);
    println!("  rows {:.1} MiB, disk {:.1} MiB before and {:.1} after: {:.2} and {:.2} times the rows, in {:?}",
        mib(rows), mib(was), mib(is), was as f64 / rows as f64, is as f64 / rows as f64, start.elapsed());
    let most = most.load(Ordering::Acquire) as f64 / 1024.0;
    println!("  RSS {before:.1} MiB before, {most:.1} at most: {:.1} more; {:.1} after", most - before, rss_mib());
}

fn main() {
    let mut args = std::env::args().skip(1);
    let messages: u64 = args
        .next()
        .map_or(300_000, |n| n.parse().expect("MESSAGES"));
    let cache: u64 = args.next().map_or(48, |n| n.parse().expect("CACHE_MIB"));
    let dir = tempfile::tempdir().expect("folder");
    let dir = args.next().map_or(dir.path().to_owned(), PathBuf::from);
    println!("messages   RSS MiB   disk MiB   ({cache} MiB of cache)");
    let (store, mut writer) = open(&dir, cache);
    println!("{:>8} {:>9.1} {:>10.1}", 0, rss_mib(), disk_mib(&dir));
    if messages > 0 {
        found(&mut writer);
    }
    for number in (0..messages).step_by(GROUP as usize) {
        send(&mut writer, number);
        let sent = number + GROUP;
        if sent.is_multiple_of(TIDIED_EVERY) {
            tidy(&mut writer, sent);
        }
        if sent % (messages / 10) < GROUP {
            println!("{sent:>8} {:>9.1} {:>10.1}", rss_mib(), disk_mib(&dir));
        }
    }
    drop((store, writer));
    println!("  closed {:>9.1} {:>10.1}", rss_mib(), disk_mib(&dir));
    let start = Instant::now();
    let (store, mut writer) = open(&dir, cache);
    println!(
        "  opened {:>9.1} {:>10.1}   {:?}",
        rss_mib(),
        disk_mib(&dir),
        start.elapsed()
    );
    give_back(&store, &mut writer, messages);
}
