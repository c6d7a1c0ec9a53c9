//! The backups of a running server: where they are kept by the settings of the moment, what is being made,
//! and whether somebody waits for one. Who makes them is `app`'s; who may ask is `service`'s.

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

    /// Somebody wants one now. Where one is being made, that is the one.
    pub fn ask(&self) {
        let mut state = self.0.state.lock();
        if state.doing.is_none() {
            self.0.bytes.store(0, Relaxed);
            state.doing = Some((Step::Waiting, None));
            self.0.wanted.notify_one();
        }
    }

    /// Waits until somebody wants one.
    pub async fn asked(&self) {
        self.0.wanted.notified().await;
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

    /// Nothing is done any more.
    pub fn ended(&self, failed: Option<Failed>) {
        let doing = None;
        *self.0.state.lock() = State { doing, failed };
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
    use std::time::Duration;

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
        let again = tokio::time::timeout(Duration::ZERO, shelf.asked()).await;
        assert!(again.is_err(), "nobody asked since");
    }
}
