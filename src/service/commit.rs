//! The committer: one thread decides all commands on the current state and makes what follows
//! from them durable, one thread tells it.
//!
//! command → rule → events → one batch for the whole group → publish → acknowledge. While one
//! group is synced the next one gathers; no delay is added. Knows no rule and no resource.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use parking_lot::RwLock;
use tokio::sync::{Notify, oneshot, watch};

use super::chores::{Chore, Lend, Tidying};
use super::command::{Ack, Command, command};
use super::decision::Rule;
use super::queue::{Queue, Room};
use super::{Answer, Follower, ServiceError};
use crate::base::clock::{Clock, Stopwatch, Timestamp};
use crate::metrics::Meters;
use crate::model::{Event, EventBody, EventSeq};
use crate::store::{LogLimits, StoreError, Txn, Writer};

/// The most that one group holds.
const GROUP: Room = Room {
    commands: 512,
    bytes: 1 << 20,
};

/// Groups that may wait to be published; then the commit thread waits.
const GROUPS_AHEAD: usize = 2;

/// What the commit thread is asked for.
enum Work {
    /// To decide a command.
    Decide(Box<dyn Command>),
    /// To do something between the groups.
    Chore(Chore),
}

/// What the commit thread hands to the publish thread.
struct Group {
    events: Vec<Event>,
    /// Each with what became of its own command.
    acks: Vec<(Ack, Answer<()>)>,
    committed: Answer<()>,
    /// Runs since then.
    since: Stopwatch,
}

/// Told once when the store failed: the process must end.
pub type Fatal = Box<dyn FnOnce(&str) + Send>;

type Followers = RwLock<Vec<Arc<dyn Follower>>>;

/// Where commands go. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Committer {
    queue: Arc<Queue<Work>>,
    followers: Arc<Followers>,
    published: watch::Receiver<EventSeq>,
    refused: Arc<Notify>,
}

/// The committer's two threads.
pub struct Threads {
    queue: Arc<Queue<Work>>,
    joins: Vec<JoinHandle<()>>,
}

impl Committer {
    /// Starts the two threads. `head` is the newest durable event.
    pub fn start(
        writer: Writer,
        head: EventSeq,
        clock: Clock,
        room: Room,
        meters: Meters,
        fatal: Fatal,
    ) -> std::io::Result<(Self, Threads)> {
        let queue = Arc::new(Queue::new(room));
        let followers = Arc::new(Followers::default());
        let (seen, published) = watch::channel(head);
        let (groups, decided) = sync_channel(GROUPS_AHEAD);
        let mut threads = Threads {
            queue: Arc::clone(&queue),
            joins: Vec::new(),
        };
        let told = Arc::clone(&followers);
        let counted = meters.clone();
        let publish = thread::Builder::new().name("publish".into());
        threads
            .joins
            .push(publish.spawn(move || publish_all(&decided, &told, &seen, &counted))?);
        let taken = Arc::clone(&queue);
        let refused = Arc::new(Notify::new());
        let full = Arc::clone(&refused);
        let commit = thread::Builder::new().name("commit".into());
        threads.joins.push(commit.spawn(move || {
            let _closing = Closing(&taken);
            let commit = || commit_all(writer, &taken, &clock, (&groups, &full), &meters);
            let failed = catch_unwind(AssertUnwindSafe(commit))
                .unwrap_or_else(|_| Err("the commit thread failed by panic".into()));
            if let Err(error) = failed {
                tracing::error!(error, "nothing can be stored any more, the server must end");
                fatal(&error);
            }
        })?);
        let committer = Self {
            queue,
            followers,
            published,
            refused,
        };
        Ok((committer, threads))
    }

    /// Decides a command and returns its answer once it is durable and published. Dropping the
    /// future does not undo the command.
    pub async fn run<R: Rule>(&self, rule: R) -> Answer<R::Outcome> {
        let (tell, told) = oneshot::channel();
        self.run_then(rule, move |answer| {
            // Who asked may have gone meanwhile.
            let _ = tell.send(answer);
        });
        told.await.unwrap_or(Err(ServiceError::ServerBusy))
    }

    /// The same with a callback: called exactly once, on the publish thread in commit order, or
    /// at once when the queue has no room. It must not block.
    pub fn run_then<R: Rule>(
        &self,
        rule: R,
        done: impl FnOnce(Answer<R::Outcome>) + Send + 'static,
    ) {
        let weight = rule.weight();
        let command = Work::Decide(command(rule, done));
        // A command that comes back is dropped, which calls `done`.
        drop(self.queue.push(command, weight));
    }

    /// Drops what of the log is over the limits and puts older messages into pages, a slice at a
    /// time between the groups. When the queue has no room it is left for the next time.
    pub fn tidy(&self, limits: LogLimits) {
        for tidying in [Tidying::Trim(limits), Tidying::Pack(None)] {
            drop(self.queue.push(Work::Chore(Chore::Tidy(tidying)), 0));
        }
    }

    /// Lets `work` have the writer for a moment, between two groups, and waits for it. Blocks.
    ///
    /// # Errors
    /// What it returns; [`StoreError::Stopped`] when it had no turn, because the server ends or has too much
    /// to do.
    pub fn with_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = sync_channel(1);
        let work: Lend = Box::new(move |writer| {
            let done = work(writer);
            let poisoned = matches!(done, Err(StoreError::Poisoned));
            // Who waits for it is still there.
            let _ = tell.send(done);
            if poisoned {
                Err(StoreError::Poisoned)
            } else {
                Ok(())
            }
        });
        drop(self.queue.push(Work::Chore(Chore::Lend(work)), 0));
        told.recv().unwrap_or(Err(StoreError::Stopped))
    }

    /// Adds who follows all events from now on.
    pub fn follow(&self, follower: Arc<dyn Follower>) {
        self.followers.write().push(follower);
    }

    /// Returns when something was refused because the disk is full; for one who waits.
    pub async fn refused(&self) {
        self.refused.notified().await;
    }

    /// How much waits to be decided.
    pub fn waiting(&self) -> Room {
        self.queue.waiting()
    }

    /// The newest event that all followers have seen.
    pub fn head(&self) -> watch::Receiver<EventSeq> {
        self.published.clone()
    }
}

impl Threads {
    /// Takes no more commands, answers all that wait, and returns when both threads have ended.
    /// Blocks.
    pub fn stop(mut self) {
        self.queue.close();
        for join in self.joins.drain(..) {
            // A panic of a thread was logged by the panic hook.
            let _ = join.join();
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Closes the queue when the commit thread ends, however it ends, and answers what still waits.
struct Closing<'a>(&'a Queue<Work>);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
        while self.0.take(GROUP).is_some() {}
    }
}

/// Returns when the queue is closed and empty, or with the reason why nothing can be stored.
fn commit_all(
    mut writer: Writer,
    queue: &Queue<Work>,
    clock: &Clock,
    (groups, full): (&SyncSender<Group>, &Notify),
    meters: &Meters,
) -> Result<(), String> {
    while let Some(taken) = queue.take(GROUP) {
        let mut commands = Vec::with_capacity(taken.len());
        let mut chores = Vec::new();
        for work in taken {
            match work {
                Work::Decide(command) => commands.push(command),
                Work::Chore(chore) => chores.push(chore),
            }
        }
        let (group, suspect) = commit_group(&mut writer, commands, clock, meters);
        if matches!(group.committed, Err(ServiceError::StorageFull)) {
            full.notify_one();
        }
        if groups.send(group).is_err() {
            return Err("the publish thread has ended".into());
        }
        if let Some(error) = suspect {
            return Err(error);
        }
        for chore in chores {
            if let Some(left) = chore.run(&mut writer, clock)? {
                drop(queue.push(Work::Chore(left), 0));
            }
        }
    }
    Ok(())
}

/// Decides, applies and commits one group. Also returns why the store can't be trusted any more,
/// if so.
fn commit_group(
    writer: &mut Writer,
    commands: Vec<Box<dyn Command>>,
    clock: &Clock,
    meters: &Meters,
) -> (Group, Option<String>) {
    let (took, decided) = (Stopwatch::start(), commands.len());
    let mut txn = writer.begin();
    let mut acks = Vec::with_capacity(commands.len());
    let mut applied = Ok(());
    for command in commands {
        let now = clock.now();
        let (events, ack) = command.decide(&txn, now);
        let mut own = Ok(());
        if applied.is_ok() {
            match apply(&mut txn, now, events) {
                Ok(done) => own = done,
                Err(error) => applied = Err(error),
            }
        }
        acks.push((ack, own));
    }
    let (committed, suspect) = match applied {
        Ok(()) if txn.is_empty() => (Ok(Vec::new()), None),
        Ok(()) => {
            let sync = Stopwatch::start();
            let committed = txn.commit();
            if committed.is_ok() {
                meters.committed(decided, took.elapsed(), sync.elapsed());
            }
            let refused = |error: &&StoreError| matches!(error, StoreError::Full { .. });
            let failed = committed.as_ref().err().filter(|error| !refused(error));
            let suspect = failed.map(ToString::to_string);
            (committed, suspect)
        }
        Err(error) => {
            let suspect = Some(error.to_string());
            (Err(error), suspect)
        }
    };
    let group = match committed {
        Ok(events) => Group {
            events,
            acks,
            committed: Ok(()),
            since: Stopwatch::start(),
        },
        Err(error) => Group {
            events: Vec::new(),
            acks,
            committed: Err(error.into()),
            since: Stopwatch::start(),
        },
    };
    (group, suspect)
}

/// Applies what a command decided, all of it or nothing. Outside: why the store can't be trusted
/// any more; inside: why this command failed, by a fault of its rule, and no other.
fn apply(
    txn: &mut Txn<'_>,
    now: Timestamp,
    events: Vec<EventBody>,
) -> Result<Answer<()>, StoreError> {
    let before = txn.len();
    let applied = events
        .into_iter()
        .try_for_each(|body| txn.apply(now, body).map(drop));
    match applied {
        Err(error) if !is_suspect(&error) => {
            txn.take_back(before)?;
            tracing::error!(error = %error, "a command was decided wrongly and is left out");
            Ok(Err(error.into()))
        }
        other => other.map(Ok),
    }
}

/// Whether an error that came before anything was written says that the engine can't be trusted.
pub(super) fn is_suspect(error: &StoreError) -> bool {
    !matches!(
        error,
        StoreError::Contradiction(_)
            | StoreError::TooLarge { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Full { .. }
    )
}

fn publish_all(
    groups: &Receiver<Group>,
    followers: &Followers,
    published: &watch::Sender<EventSeq>,
    meters: &Meters,
) {
    while let Ok(group) = groups.recv() {
        if let Some(newest) = group.events.last() {
            let followers = followers.read().clone();
            for follower in followers {
                let told = || follower.committed(&group.events);
                // The panic hook has logged it; the others and the acks must not suffer.
                let _ = catch_unwind(AssertUnwindSafe(told));
            }
            published.send_replace(newest.seq);
            meters.published(group.since.elapsed());
        }
        for (ack, own) in group.acks {
            let committed = group.committed.clone().and(own);
            let _ = catch_unwind(AssertUnwindSafe(|| ack(committed)));
        }
    }
    // Followers may hold the service, which holds this list.
    followers.write().clear();
}
