//! Keeps sled's threads from waiting for each other for ever.
//!
//! sled 0.34 has one pool of seven threads for all databases of a process. Who writes may have to
//! wait for a job of that pool while all seven wait for the writer; sled lends the pool another
//! thread only when more than seven jobs are queued. So whenever a call takes suspiciously long,
//! jobs that do no harm are queued until the pool has grown. It shrinks again by itself.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use sled::Db;

/// How often is looked, and how long a call may take until help comes.
const LOOKED_EVERY: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(2);

/// More than the pool lets queue up before it takes another thread.
const JOBS: usize = 12;

static WATCH: LazyLock<Watch> = LazyLock::new(Watch::default);

/// The calls into the engine that are under way, and the thread that looks after them.
#[derive(Default)]
struct Watch {
    calls: Mutex<Calls>,
    called: Condvar,
}

#[derive(Default)]
struct Calls {
    under_way: BTreeMap<u64, (Db, Instant)>,
    next: u64,
    watched: bool,
    /// How often help came.
    helped: u64,
}

/// A call that is watched until this is dropped.
pub(super) struct Call(u64);

/// Watches a call into the engine that starts now.
pub(super) fn watch(db: &Db) -> Call {
    watch_since(db, Instant::now())
}

fn watch_since(db: &Db, since: Instant) -> Call {
    let mut calls = WATCH.calls.lock();
    let number = calls.next;
    calls.next += 1;
    calls.under_way.insert(number, (db.clone(), since));
    if !calls.watched {
        let thread = thread::Builder::new().name("sled-watch".into());
        match thread.spawn(look_on) {
            Ok(_) => calls.watched = true,
            Err(error) => tracing::warn!("the database is not watched: {error}"),
        }
    }
    drop(calls);
    WATCH.called.notify_one();
    Call(number)
}

impl Drop for Call {
    fn drop(&mut self) {
        let ended = WATCH.calls.lock().under_way.remove(&self.0);
        // Outside of the lock, should it be the last handle.
        drop(ended);
    }
}

/// Runs as long as the process does; sleeps while nobody calls.
fn look_on() {
    loop {
        let mut calls = WATCH.calls.lock();
        while calls.under_way.is_empty() {
            WATCH.called.wait(&mut calls);
        }
        let waiting = calls.under_way.values();
        let late = waiting.filter(|(_, since)| since.elapsed() > PATIENCE);
        let late: Vec<Db> = late.map(|(db, _)| db.clone()).collect();
        calls.helped += late.len() as u64;
        drop(calls);
        for db in &late {
            help(db);
        }
        drop(late);
        thread::sleep(LOOKED_EVERY);
    }
}

/// Queues jobs, without waiting for them.
fn help(db: &Db) {
    tracing::warn!("the database takes long to write; its engine gets more threads");
    for _ in 0..JOBS {
        let flush = pin!(db.flush_async());
        // Asking once is what queues it; nobody needs to know when it is done.
        let _ = flush.poll(&mut Context::from_waker(Waker::noop()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_comes_to_a_call_that_takes_long_and_does_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let db = sled::Config::new().path(dir.path()).open().unwrap();
        let before = WATCH.calls.lock().helped;
        let long_ago = Instant::now().checked_sub(2 * PATIENCE).unwrap();
        let call = watch_since(&db, long_ago);
        while WATCH.calls.lock().helped == before {
            thread::yield_now();
        }
        drop(call);
        db.insert("key", "value").unwrap();
        db.flush().unwrap();
        assert_eq!(db.get("key").unwrap().unwrap(), "value");
        assert!(
            !WATCH
                .calls
                .lock()
                .under_way
                .values()
                .any(|(_, since)| *since == long_ago)
        );
    }
}
