//! The backups of a running server: where they are kept by the settings of the moment, what is being made,
//! and whether somebody waits for one. Who makes them is `app`'s; who may ask is `service`'s.

use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};

use super::{BackupError, Folder};
use crate::base::clock::Timestamp;
use crate::config::Backups;

/// What is done at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was asked for and begins in a moment.
    Waiting,
    /// It is written.
    Writing,
    /// It is read to its end.
    Checking,
}

/// How far that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// What is done.
    pub step: Step,
    /// Bytes so far.
    pub bytes: u64,
    /// Of how many, where that is known.
    pub of: Option<u64>,
}

/// Why the last try made none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// A sentence that says what to do.
    pub why: String,
}

impl Failed {
    /// For this reason.
    pub fn new(at: Timestamp, why: &BackupError) -> Self {
        let why = why.to_string();
        Self { at, why }
    }
}

/// Where they are kept and what goes on. All clones are one.
#[derive(Clone, Debug)]
pub struct Shelf(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    data: PathBuf,
    settings: watch::Receiver<Backups>,
    wanted: Notify,
    bytes: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    doing: Option<(Step, Option<u64>)>,
    /// Whether another one was asked for once what is in this one stood.
    again: bool,
    failed: Option<Failed>,
}

impl Shelf {
    /// That of a server which keeps its data in a folder, under settings that may change.
    pub fn new(data: PathBuf, settings: watch::Receiver<Backups>) -> Self {
        Self(Arc::new(Inner {
            data,
            settings,
            wanted: Notify::new(),
            bytes: AtomicU64::new(0),
            state: Mutex::default(),
        }))
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Backups {
        self.0.settings.borrow().clone()
    }

    /// Where they are kept now.
    pub fn folder(&self) -> Folder {
        Folder::new(self.0.settings.borrow().folder_beside(&self.0.data))
    }

    /// Somebody wants one now. Where one is being written, that is the one; what is only checked any more
    /// lacks what came since, and another one follows it.
    pub fn ask(&self) {
        let mut state = self.0.state.lock();
        match state.doing {
            None => self.waits(&mut state),
            Some((Step::Waiting | Step::Writing, _)) => {}
            Some((Step::Checking, _)) => state.again = true,
        }
    }

    fn waits(&self, state: &mut State) {
        self.0.bytes.store(0, Relaxed);
        state.doing = Some((Step::Waiting, None));
        self.0.wanted.notify_one();
    }

    /// Waits until somebody wants one.
    pub async fn asked(&self) {
        loop {
            if matches!(self.0.state.lock().doing, Some((Step::Waiting, _))) {
                return;
            }
            self.0.wanted.notified().await;
        }
    }

    /// This is done from now on, of so many bytes.
    pub fn begins(&self, step: Step, of: Option<u64>) {
        let mut state = self.0.state.lock();
        self.0.bytes.store(0, Relaxed);
        state.doing = Some((step, of));
    }

    /// So many more bytes are done.
    pub fn adds(&self, bytes: usize) {
        self.0.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// What was done is over. Who asked too late for it waits for the next one.
    pub fn ended(&self, failed: Option<Failed>) {
        let mut state = self.0.state.lock();
        let again = mem::take(&mut state.again);
        *state = State {
            failed,
            ..State::default()
        };
        if again {
            self.waits(&mut state);
        }
    }

    /// None can be made, for this reason; known before one is tried.
    pub fn warn(&self, failed: Failed) {
        self.0.state.lock().failed = Some(failed);
    }

    /// What is done, and how the last one failed if it did.
    pub fn state(&self) -> (Option<Doing>, Option<Failed>) {
        let state = self.0.state.lock();
        let bytes = self.0.bytes.load(Relaxed);
        let doing = state.doing.map(|(step, of)| Doing { step, bytes, of });
        (doing, state.failed.clone())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn it_goes_by_the_settings_of_the_moment() {
        let (sender, settings) = watch::channel(Backups::default());
        let shelf = Shelf::new(PathBuf::from("data"), settings);
        assert_eq!(shelf.folder().path(), PathBuf::from("data/backups"));
        sender.send_modify(|settings| settings.folder = Some(PathBuf::from("/far")));
        assert_eq!(shelf.folder().path(), PathBuf::from("/far"));
    }

    #[tokio::test]
    async fn who_asks_twice_gets_one() {
        let shelf = Shelf::new(PathBuf::new(), watch::channel(Backups::default()).1);
        shelf.ask();
        shelf.ask();
        shelf.asked().await;
        shelf.begins(Step::Writing, Some(10));
        shelf.adds(4);
        shelf.ask();
        let doing = Doing {
            step: Step::Writing,
            bytes: 4,
            of: Some(10),
        };
        assert_eq!(shelf.state(), (Some(doing), None));
        let failed = Failed {
            at: Timestamp(1),
            why: "full".to_owned(),
        };
        shelf.ended(Some(failed.clone()));
        assert_eq!(shelf.state(), (None, Some(failed)));
        assert_eq!(shelf.asked().now_or_never(), None, "nobody asked since");
    }

    #[test]
    fn who_asks_while_one_ends_gets_the_next() {
        let shelf = Shelf::new(PathBuf::new(), watch::channel(Backups::default()).1);
        let step = || shelf.state().0.map(|doing| doing.step);
        shelf.ask();
        shelf.begins(Step::Writing, None);
        shelf.begins(Step::Checking, Some(10));
        shelf.adds(10);
        shelf.ask();
        assert_eq!(step(), Some(Step::Checking));
        shelf.ended(None);
        let waiting = Doing {
            step: Step::Waiting,
            bytes: 0,
            of: None,
        };
        assert_eq!(shelf.state(), (Some(waiting), None));
        assert_eq!(shelf.asked().now_or_never(), Some(()));
        shelf.begins(Step::Writing, None);
        shelf.begins(Step::Checking, Some(11));
        shelf.ended(None);
        assert_eq!((step(), shelf.asked().now_or_never()), (None, None));
    }

    #[test]
    fn what_is_missing_is_told_and_takes_no_question_away() {
        let shelf = Shelf::new(PathBuf::new(), watch::channel(Backups::default()).1);
        shelf.ask();
        let failed = Failed {
            at: Timestamp(1),
            why: "no passphrase".to_owned(),
        };
        shelf.warn(failed.clone());
        assert_eq!(shelf.asked().now_or_never(), Some(()));
        assert_eq!(shelf.state().1, Some(failed));
    }
}
