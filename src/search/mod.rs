//! Search: an index of all messages that follows the log, and answers to searches.
//!
//! The index lies in a database of its own and can always be made again from the messages, so
//! that nothing waits for it: sends don't, starting doesn't, and when it is damaged the server goes
//! on and builds another. One is also built beside it from time to time, after messages were
//! deleted ([`renewal`]). It only proposes; each message that it proposes is read, and whether
//! it is found is decided on the record as it is now (`find`). No rules but this one in
//! here: one finds what is in the conversations that one is a member of.
//!
//! How the parts fit: [`reader`] follows the log and gives messages to [`indexer`], which numbers
//! them as documents and adds their terms ([`document`]) to the live [`tail`]; what is full is
//! written to disk by [`flush`] as [`layout`] says. A search turns into a tree of lists that
//! [`walk`] goes through.

mod access;
mod build;
mod carried;
mod cursor;
mod document;
mod find;
mod flush;
mod folders;
mod index;
mod indexer;
mod layout;
mod lists;
mod look;
mod names;
mod own;
mod places;
mod postings;
mod reader;
mod renewal;
mod rooms;
mod tail;
mod terms;
mod unreadable;
mod walk;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::RwLock;
use tokio::runtime::Handle;
use tokio::sync::watch;

pub use cursor::{BadCursor, Cursor};
pub use find::Caps;
pub use look::{Lying, look};
pub use own::{Failure, IndexError};
pub use reader::rebuild;

use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::model::{ConversationId, EventSeq, Message, UserId};
use crate::store::{Store, StoreError};
use crate::text::Query;
use folders::Folders;
use index::Index;
use unreadable::Unreadable;

/// How the index is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// What its database may keep in memory, in bytes. Beside that the newest messages take up to
    /// 16 MiB, twice that while they are written, and each conversation about 32 bytes.
    pub cache_bytes: u64,
    /// How many of the newest messages are kept in memory before they go to the disk, at most
    /// 65,536.
    pub tail: usize,
    /// How long it rests after a slice of work when there is more, in parts of how long
    /// the slice took.
    pub rest: f32,
    /// How long it waits after something happened, for more of it.
    pub gather: Duration,
    /// How often it looks whether something is due, when nothing happens.
    pub at_least_every: Duration,
    /// What one page of a search may cost.
    pub caps: Caps,
    /// How many messages may be deleted before the index is renewed, so that none of their words
    /// are left on the disk.
    pub renew_after: u32,
    /// After how long it is renewed even if fewer were deleted.
    pub renew_every: Duration,
    /// How much time is between the beginnings of two renewals, at least.
    pub renew_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 16 << 20,
            tail: tail::FULL,
            rest: 1.0,
            gather: Duration::from_millis(50),
            at_least_every: Duration::from_mins(10),
            caps: Caps::default(),
            renew_after: 1000,
            renew_every: Duration::from_hours(24),
            renew_pause: Duration::from_hours(1),
        }
    }
}

/// What is searched for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// Who searches: only their conversations are looked through.
    pub user: UserId,
    /// What for.
    pub query: &'a Query,
    /// Who has this displayed name, as [`fold`](crate::model::name::fold) makes it.
    pub called: &'a dyn Fn(&str) -> Vec<UserId>,
    /// Only in this conversation.
    pub within: Option<ConversationId>,
    /// Where to go on: the `next` of the page before.
    pub at: Option<Cursor>,
    /// How many messages to find, at least 1.
    pub limit: usize,
}

/// One page of what was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The messages, the newest first: by when they were sent, whenever they were changed.
    pub hits: Vec<Hit>,
    /// Where to go on. `None` when nothing more is there; a page may have fewer hits than asked for,
    /// even none, and go on, when it has cost enough.
    pub next: Option<Cursor>,
    /// Whether some messages aren't in the index yet.
    pub indexing: bool,
}

impl Found {
    fn nothing() -> Self {
        Self {
            hits: Vec::new(),
            next: None,
            indexing: false,
        }
    }
}

/// A message that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The message as it is now.
    pub message: Message,
    /// What to mark in its content: from, to, in UTF-16 units.
    pub highlights: Vec<[usize; 2]>,
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// It names somebody or something that isn't known to the one who searches.
    #[error("{message}")]
    Unknown {
        /// The piece of the search that it is about.
        piece: String,
        /// A sentence or two for people.
        message: String,
    },
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What searches and the reader share.
struct Shared {
    store: Store,
    folder: PathBuf,
    clock: Clock,
    caps: Caps,
    /// `None` while it is being opened, or can't be.
    index: RwLock<Option<Arc<Index>>>,
    seen: AtomicU64,
    indexing: AtomicBool,
    unreadable: Arc<Unreadable>,
}

impl Shared {
    fn saw(&self, seen: EventSeq) {
        self.seen.store(seen.0, Ordering::Release);
    }
}

/// The search. Cheap to clone.
#[derive(Clone)]
pub struct Search(Arc<Shared>);

/// The thread behind it. Dropping it ends the thread too, without waiting.
pub struct Running {
    stop: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Search {
    /// Starts to follow the log of `store`, with the index in `folder`, which is used for
    /// nothing else and made if it isn't there. `published` says when there is something new. Must
    /// be called within a tokio runtime.
    ///
    /// # Errors
    /// Only if no thread can be started. An index that can't be used is built anew.
    pub fn start(
        folder: PathBuf,
        store: Store,
        published: watch::Receiver<EventSeq>,
        (clock, rng): (&Clock, &Rng),
        options: Options,
    ) -> std::io::Result<(Self, Running)> {
        let shared = Arc::new(Shared::new(store, folder.clone(), clock, options.caps));
        let stop = Shutdown::new();
        let reader = reader::Reader {
            shared: Arc::clone(&shared),
            folders: Folders::within(folder),
            options,
            published,
            stop: stop.clone(),
            runtime: Handle::current(),
            rng: rng.clone(),
            number: 0,
            given_up: 0,
            renewed_at: None,
        };
        let thread = thread::Builder::new().name("search".into());
        let thread = Some(thread.spawn(move || reader.run())?);
        Ok((Self(shared), Running { stop, thread }))
    }

    /// The newest messages that answer. Blocks; setting `cancelled` ends it soon, with what was
    /// found until then and a cursor to go on.
    pub fn find(&self, ask: &Ask<'_>, cancelled: &AtomicBool) -> Result<Found, SearchError> {
        let shared = &self.0;
        let indexing = shared.indexing.load(Ordering::Acquire);
        let index = shared.index.read().clone();
        let found = match index {
            Some(index) => find::find(shared, &index, ask, cancelled)?,
            None => Found::nothing(),
        };
        Ok(Found { indexing, ..found })
    }

    /// How many events happened that the index doesn't have yet.
    pub fn lag(&self) -> u64 {
        let head = self.0.store.log().head().0;
        head.saturating_sub(self.0.seen.load(Ordering::Acquire))
    }

    /// For how long the oldest event has waited that the index doesn't have yet; nothing when it has
    /// them all. Reads the log: not for each request.
    pub fn behind(&self) -> Duration {
        let seen = EventSeq(self.0.seen.load(Ordering::Acquire));
        let next = self.0.store.log().tail(seen, 1).unwrap_or_default();
        next.first()
            .map_or(Duration::ZERO, |event| self.0.clock.now().since(event.at))
    }

    /// Bytes that the index takes on the disk; 0 before it is made. Reads its folder: not for each
    /// request.
    pub fn disk_bytes(&self) -> u64 {
        disk::size(&self.0.folder).unwrap_or(0)
    }

    /// How often something of the store couldn't be read and was left out.
    pub fn unreadable(&self) -> u64 {
        self.0.unreadable.count()
    }

    /// Whether messages from before the start aren't in the index yet.
    pub fn is_indexing(&self) -> bool {
        self.0.indexing.load(Ordering::Acquire)
    }
}

impl Shared {
    fn new(store: Store, folder: PathBuf, clock: &Clock, caps: Caps) -> Self {
        Self {
            store,
            folder,
            clock: clock.clone(),
            caps,
            index: RwLock::default(),
            seen: AtomicU64::new(0),
            indexing: AtomicBool::new(true),
            unreadable: Arc::default(),
        }
    }
}

impl Running {
    /// Ends the thread and closes the index.
    pub async fn stop(mut self) {
        self.stop.begin();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was logged by the panic hook.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.begin();
    }
}
