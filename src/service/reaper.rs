//! What goes away by itself: what is left of deleted groups, uploads that were never finished, files
//! that were never sent, and contents that no file needs any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::decision::Decision;
use super::{Answer, Follower, Service};
use crate::blobs::BlobHash;
use crate::model::ids::FileId;
use crate::model::{Event, EventBody, FileUse};
use crate::store::{Reads, files};

/// How long a file waits to be sent.
pub(super) const UNSENT_FOR: Duration = Duration::from_hours(24);
/// How often it is looked for what should go. When something lost its last use, sooner.
const EVERY: Duration = Duration::from_mins(30);
/// The least time between two looks.
const PAUSE: Duration = Duration::from_mins(1);
/// How many are looked at together.
const SLICE: usize = 256;

/// Wakes the reaper when files went.
pub struct Loosened(pub Arc<tokio::sync::Notify>);

impl Follower for Loosened {
    fn committed(&self, events: &[Event]) {
        let loosens = |event: &Event| {
            matches!(
                event.body,
                EventBody::FileRemoved { .. }
                    | EventBody::AvatarChanged { .. }
                    | EventBody::MessageDeleted { .. }
                    | EventBody::GroupDeleted { .. }
            )
        };
        if events.iter().any(loosens) {
            self.0.notify_one();
        }
    }
}

impl Service {
    /// Runs until uploads end.
    pub(super) async fn run_reaping(self) {
        let mut ending = self.0.uploads.ending();
        loop {
            let due = async {
                self.0.clock.sleep(PAUSE).await;
                tokio::select! {
                    () = self.0.clock.sleep(EVERY) => {}
                    () = self.0.reaper.notified() => {}
                }
            };
            tokio::select! {
                biased;
                _ = ending.wait_for(|ending| *ending) => return,
                () = due => {}
            }
            if let Err(error) = self.reap().await {
                let error = error.to_string();
                tracing::warn!(error, "not all that should go away did; it is tried again");
            }
        }
    }

    /// Lets everything go whose time has come, and gives its space back. Ends early when uploads
    /// end.
    pub async fn reap(&self) -> Answer<()> {
        // What of a group can't be read keeps nothing else.
        let erased = self.erase_groups().await;
        self.reap_uploads().await?;
        self.reap_unsent().await?;
        self.reap_contents().await?;
        while !self.0.uploads.is_ending() && self.with_blobs(|blobs| blobs.tidy()).await?.more {}
        erased
    }

    async fn reap_uploads(&self) -> Answer<()> {
        let now = self.0.clock.now();
        let before = now.minus(self.settings().files.expires);
        for upload in self.0.uploads.untouched_since(before) {
            if self.0.uploads.is_ending() {
                break;
            }
            // One that is being written, against all odds, is left alone.
            if let Ok(turn) = upload.take(&self.0.clock).await {
                self.drop_upload(&turn).await?;
            }
        }
        Ok(())
    }

    async fn reap_unsent(&self) -> Answer<()> {
        loop {
            let before = self.0.clock.now().minus(UNSENT_FOR);
            let unsent = files::loose_before(&self.0.store.view(), before, SLICE)?;
            let all = unsent.len() < SLICE;
            if !unsent.is_empty() {
                self.decide(move |state: &dyn Reads, _| remove_unsent(state, &unsent))
                    .await?;
            }
            if all || self.0.uploads.is_ending() {
                return Ok(());
            }
        }
    }

    async fn reap_contents(&self) -> Answer<()> {
        let service = self.clone();
        let kept = spawn_blocking(move || service.set_asides()).await;
        if !kept.is_ok_and(|kept| kept.is_empty()) {
            // A database that was set aside may be wanted again, with the contents that it refers to.
            tracing::debug!("no contents are removed while a database that was set aside is kept");
            return Ok(());
        }
        let mut after = None;
        while !self.0.uploads.is_ending() {
            let hashes = self
                .with_blobs(move |blobs| blobs.hashes(after, SLICE))
                .await?;
            let Some(last) = hashes.last() else {
                return Ok(());
            };
            after = Some(*last);
            let unneeded = self.unneeded(hashes)?;
            if unneeded.is_empty() {
                continue;
            }
            // A backup takes its time; the next round comes.
            let Ok(reading) = Arc::clone(&self.0.uploads.reading).try_write_owned() else {
                return Ok(());
            };
            // Once nobody is between sealing and saying so, it is certain.
            let sealing = Arc::clone(&self.0.uploads.sealing).write_owned().await;
            let unneeded = self.unneeded(unneeded)?;
            self.with_blobs(move |blobs| {
                // As long as it is worked on, also when nobody waits for that any more.
                let (_reading, _sealing) = (reading, sealing);
                unneeded.iter().try_for_each(|hash| blobs.delete(hash))
            })
            .await?;
        }
        Ok(())
    }

    fn unneeded(&self, mut hashes: Vec<BlobHash>) -> Answer<Vec<BlobHash>> {
        let state = self.0.store.view();
        let mut failed = None;
        hashes.retain(|hash| match files::is_needed(&state, &hash.0) {
            Ok(needed) => !needed,
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(hashes),
        }
    }
}

fn remove_unsent(state: &dyn Reads, unsent: &[FileId]) -> Answer<Decision<()>> {
    let mut events = Vec::new();
    for id in unsent {
        let found = files::find(state, *id)?;
        if found.is_some_and(|file| file.used == FileUse::Unattached) {
            events.push(EventBody::FileRemoved { file: *id });
        }
    }
    Ok(Decision::events(events, ()))
}
