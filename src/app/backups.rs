//! Backups that the server makes by itself: when the last one is old enough and there is room, checked
//! by reading it, the newest ones kept.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::backup::{self, BackupError, Sources};
use crate::base::clock::{Clock, Timestamp};
use crate::base::disk;
use crate::base::shutdown::Shutdown;
use crate::config::Config;
use crate::service::Service;

/// How often it is looked whether one is due, and how long after the start.
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// What their names begin and end with; between stands when they were made, so that they sort by it.
const NAME: (&str, &str) = ("inkspot-", ".backup");
/// An unfinished one.
const PART: &str = ".part";

/// What is made, and where.
struct Plan {
    data: PathBuf,
    folder: PathBuf,
    keep: usize,
    shutdown: Shutdown,
}

/// Makes them until the shutdown begins.
pub(super) async fn run(config: Config, service: Service, clock: Clock, shutdown: Shutdown) {
    let Some(every) = config.backups.every() else {
        return;
    };
    let data = config.server.data;
    let plan = Plan {
        folder: config.backups.folder_beside(&data),
        keep: config.backups.keep as usize,
        shutdown: shutdown.clone(),
        data,
    };
    tokio::select! {
        () = make_all(plan, every, service, clock) => {}
        () = shutdown.begun() => {}
    }
}

async fn make_all(plan: Plan, every: Duration, service: Service, clock: Clock) {
    let plan = std::sync::Arc::new(plan);
    let waited = newest_age(&plan.folder).unwrap_or(every);
    let mut due = clock.now().plus(every.saturating_sub(waited));
    loop {
        clock.sleep(LOOK_EVERY).await;
        let now = clock.now();
        if now < due {
            continue;
        }
        due = now.plus(every);
        let made = {
            let plan = std::sync::Arc::clone(&plan);
            service.with_all(move |store, blobs| {
                let data = &plan.data;
                plan.make(now, &Sources { store, blobs, data })
            })
        };
        match made.await {
            Some(Ok(path)) => tracing::info!(path = %path.display(), "made and checked a backup"),
            Some(Err(error)) => tracing::warn!(%error, "no backup was made"),
            // The panic hook has logged it.
            None => {}
        }
    }
}

impl Plan {
    fn make(&self, now: Timestamp, sources: &Sources<'_>) -> Result<PathBuf, BackupError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::File { path, source }
        };
        fs::create_dir_all(self.folder.parent().unwrap_or(&self.folder))
            .map_err(at(&self.folder))?;
        disk::make_dir(&self.folder).map_err(at(&self.folder))?;
        self.tidy(0);
        self.require_room(sources)?;
        let moment = now.to_string().replace(':', "-");
        let path = self.folder.join(format!("{}{moment}{}", NAME.0, NAME.1));
        let part = path.with_extension(&format!("backup{PART}")[..]);
        let written = disk::make_file(&part)
            .map_err(at(&part))
            .and_then(|file| self.write(file, &part, sources));
        let kept = written.and_then(|()| {
            fs::rename(&part, &path)
                .and_then(|()| disk::sync_dir(&self.folder))
                .map_err(at(&path))
        });
        if kept.is_err() {
            let _ = disk::remove_file(&part);
        }
        kept?;
        self.tidy(self.keep);
        Ok(path)
    }

    /// Writes it and reads it once more.
    fn write(&self, file: File, part: &Path, sources: &Sources<'_>) -> Result<(), BackupError> {
        let shutdown = &self.shutdown;
        let Stopping { file, .. } = backup::write(sources, Stopping { file, shutdown })?.1;
        let fault = |source| BackupError::File {
            path: part.to_owned(),
            source,
        };
        file.sync_all().map_err(fault)?;
        let again = File::open(part).map_err(fault)?;
        backup::check(BufReader::with_capacity(256 << 10, again))
    }

    /// What it may take is what is there; and as much again must stay free, for messages.
    fn require_room(&self, sources: &Sources<'_>) -> Result<(), BackupError> {
        let fault = |source| BackupError::File {
            path: self.folder.clone(),
            source,
        };
        let contents = sources.blobs.usage()?.live;
        let rows = sources.store.disk_bytes()?;
        let free = disk::free(&File::open(&self.folder).map_err(fault)?).map_err(fault)?;
        let needed = contents.saturating_add(rows).saturating_mul(2);
        if free < needed {
            return Err(BackupError::NoRoom {
                folder: self.folder.clone(),
                free: free >> 20,
                needed: needed >> 20,
            });
        }
        Ok(())
    }

    /// Removes all but the newest, and what was not finished. 0 removes none but those.
    fn tidy(&self, keep: usize) {
        let names = disk::names(&self.folder).unwrap_or_default();
        let ours = |name: &&String| name.starts_with(NAME.0);
        let (mut whole, unfinished): (Vec<_>, Vec<_>) = names
            .iter()
            .filter(ours)
            .filter(|name| name.ends_with(NAME.1) || name.ends_with(PART))
            .partition(|name| name.ends_with(NAME.1));
        whole.sort();
        let old = whole
            .len()
            .saturating_sub(if keep == 0 { usize::MAX } else { keep });
        for name in whole.into_iter().take(old).chain(unfinished) {
            let path = self.folder.join(name);
            if let Err(error) = disk::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "an old backup stays");
            }
        }
    }
}

/// Fails once the server stops: nobody waits for a backup.
struct Stopping<'a> {
    file: File,
    shutdown: &'a Shutdown,
}

impl Write for Stopping<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shutdown.is_begun() {
            return Err(io::Error::other("the server stops"));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// How old the newest one is, by its file.
fn newest_age(folder: &Path) -> Option<Duration> {
    let names = disk::names(folder).ok()?;
    let ours = names
        .into_iter()
        .filter(|name| name.starts_with(NAME.0) && name.ends_with(NAME.1));
    let newest = folder.join(ours.max()?);
    let made = fs::metadata(newest).and_then(|file| file.modified()).ok()?;
    SystemTime::now().duration_since(made).ok()
}
