//! Backups that the server makes by itself: when the last one is old enough and there is room, checked
//! by reading it, the newest ones kept.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::backup::{self, BackupError, Sources};
use crate::base::clock::{Clock, Stopwatch, Timestamp};
use crate::base::disk;
use crate::base::shutdown::Shutdown;
use crate::config::Backups;
use crate::metrics;
use crate::service::Service;

/// How often it is looked whether one is due, and how long after the start.
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// When one failed.
const TRY_AGAIN: Duration = Duration::from_hours(1);
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

/// What making them takes.
pub(super) struct Making {
    /// Where the server keeps its data.
    pub data: PathBuf,
    /// How they are to be made; it may change.
    pub settings: watch::Receiver<Backups>,
    /// Where it is noted how they went.
    pub meters: metrics::Backups,
    /// What they are made of.
    pub service: Service,
    /// Time.
    pub clock: Clock,
    /// Ends it.
    pub shutdown: Shutdown,
}

/// Makes them until the shutdown begins.
pub(super) async fn run(making: Making) {
    let shutdown = making.shutdown.clone();
    tokio::select! {
        () = make_all(making) => {}
        () = shutdown.begun() => {}
    }
}

async fn make_all(making: Making) {
    let Making {
        settings, clock, ..
    } = &making;
    let mut newest = None;
    let mut known = None;
    let mut not_before = Timestamp(0);
    loop {
        let folder = making.plan().folder;
        if known.as_ref() != Some(&folder) {
            newest = making.find_newest(&folder);
            (known, not_before) = (Some(folder), Timestamp(0));
        }
        clock.sleep(LOOK_EVERY).await;
        let Some(every) = settings.borrow().every() else {
            continue;
        };
        let now = clock.now();
        let due = newest.map_or(now, |newest: Timestamp| newest.plus(every));
        if now < due.max(not_before) {
            continue;
        }
        match making.make(Arc::new(making.plan()), now).await {
            Ok(path) => {
                tracing::info!(path = %path.display(), "made and checked a backup");
                newest = Some(now);
            }
            Err(error) => {
                making.meters.failed();
                tracing::error!(%error, "no backup was made; it is tried again");
                not_before = now.plus(every.min(TRY_AGAIN));
            }
        }
    }
}

impl Making {
    /// What is made under the present settings.
    fn plan(&self) -> Plan {
        let settings = self.settings.borrow();
        Plan {
            folder: settings.folder_beside(&self.data),
            keep: settings.keep as usize,
            shutdown: self.shutdown.clone(),
            data: self.data.clone(),
        }
    }

    /// When the newest one of a folder was made, on this clock; notes it.
    fn find_newest(&self, folder: &Path) -> Option<Timestamp> {
        let (made, bytes) = newest(folder)?;
        let age = SystemTime::now().duration_since(made).ok()?;
        let at = made.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.meters.made(at.as_secs_f64(), bytes, None);
        Some(self.clock.now().minus(age))
    }

    /// Makes one and notes it.
    async fn make(&self, plan: Arc<Plan>, now: Timestamp) -> Result<PathBuf, BackupError> {
        let took = Stopwatch::start();
        let path = plan.make_and_check(&self.service, now).await?;
        let bytes = fs::metadata(&path).map_or(0, |file| file.len());
        let at = Duration::from_millis(now.0).as_secs_f64();
        self.meters.made(at, bytes, Some(took.elapsed()));
        Ok(path)
    }
}

impl Plan {
    /// Makes one beside what people do, reads it once more, and lets the oldest go.
    async fn make_and_check(
        self: Arc<Self>,
        service: &Service,
        now: Timestamp,
    ) -> Result<PathBuf, BackupError> {
        const BROKEN: BackupError = BackupError::Damaged("it broke off");
        let plan = Arc::clone(&self);
        let made = service.with_all(move |store, blobs| {
            let data = &plan.data;
            plan.make(now, &Sources::all(store, blobs, data))
        });
        let (part, damaged) = made.await.ok_or(BROKEN)??;
        // Nobody waits for this.
        spawn_blocking(move || self.keep_checked(&part, damaged))
            .await
            .map_err(|_| BROKEN)?
    }

    /// What was written, unfinished, and whether a stored file was found damaged.
    fn make(&self, now: Timestamp, sources: &Sources<'_>) -> Result<(PathBuf, bool), BackupError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::File { path, source }
        };
        fs::create_dir_all(self.folder.parent().unwrap_or(&self.folder))
            .map_err(at(&self.folder))?;
        disk::make_dir(&self.folder).map_err(at(&self.folder))?;
        self.tidy(usize::MAX);
        self.require_room(sources)?;
        let moment = now.to_string().replace(':', "-");
        let part = format!("{}{moment}{}{PART}", NAME.0, NAME.1);
        let part = self.folder.join(part);
        let shutdown = &self.shutdown;
        let file = disk::make_file(&part).map_err(at(&part))?;
        let (amount, Stopping { inner, .. }) = backup::write(
            sources,
            Stopping {
                inner: file,
                shutdown,
            },
        )?;
        inner.sync_all().map_err(at(&part))?;
        Ok((part, amount.damaged > 0))
    }

    /// Reads it to its end and gives it its name. Those before stay when it lacks what they may have.
    fn keep_checked(&self, part: &Path, damaged: bool) -> Result<PathBuf, BackupError> {
        let path = part.with_extension("");
        let at = |source| BackupError::File {
            path: path.clone(),
            source,
        };
        let shutdown = &self.shutdown;
        let inner = BufReader::with_capacity(256 << 10, File::open(part).map_err(at)?);
        backup::check(Stopping { inner, shutdown })?;
        fs::rename(part, &path)
            .and_then(|()| disk::sync_dir(&self.folder))
            .map_err(at)?;
        if !damaged {
            self.tidy(self.keep);
        }
        Ok(path)
    }

    /// What it may take is what is there; and as much again must stay free, for messages.
    fn require_room(&self, sources: &Sources<'_>) -> Result<(), BackupError> {
        let fault = |source| BackupError::File {
            path: self.folder.clone(),
            source,
        };
        let contents = sources
            .blobs
            .map_or(Ok(0), |blobs| blobs.usage().map(|it| it.live))?;
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

    /// Removes all but the newest, and what was not finished.
    fn tidy(&self, keep: usize) {
        let names = disk::names(&self.folder).unwrap_or_default();
        let mut whole: Vec<_> = names.iter().filter(|name| is_ours(name, "")).collect();
        whole.sort();
        let old = whole.len().saturating_sub(keep);
        let unfinished = names.iter().filter(|name| is_ours(name, PART));
        for name in whole.into_iter().take(old).chain(unfinished) {
            let path = self.folder.join(name);
            if let Err(error) = disk::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "an old backup stays");
            }
        }
    }
}

/// Whether the server has given this name: nobody else's files are touched.
fn is_ours(name: &str, ending: &str) -> bool {
    const MOMENT: &str = "0000-00-00T00-00-00.000Z";
    let inner = name
        .strip_prefix(NAME.0)
        .and_then(|rest| rest.strip_suffix(ending))
        .and_then(|rest| rest.strip_suffix(NAME.1));
    inner.is_some_and(|inner| {
        let digits_as_0 = |c: char| if c.is_ascii_digit() { '0' } else { c };
        inner.chars().map(digits_as_0).eq(MOMENT.chars())
    })
}

/// Fails once the server stops: nobody waits for a backup.
struct Stopping<'a, T> {
    inner: T,
    shutdown: &'a Shutdown,
}

impl<T> Stopping<'_, T> {
    fn go_on(&self) -> io::Result<()> {
        if self.shutdown.is_begun() {
            return Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the server stops",
            ));
        }
        Ok(())
    }
}

impl<T: Write> Write for Stopping<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.go_on()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Stopping<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.go_on()?;
        self.inner.read(buffer)
    }
}

/// All whole ones, the newest first.
pub(super) fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let mut names = disk::names(folder).unwrap_or_default();
    names.retain(|name| is_ours(name, ""));
    names.sort();
    names.iter().rev().map(|name| folder.join(name)).collect()
}

/// When the newest one was made, by its file, and its bytes.
fn newest(folder: &Path) -> Option<(SystemTime, u64)> {
    let newest = newest_first(folder).into_iter().next()?;
    let file = fs::metadata(newest).ok()?;
    Some((file.modified().ok()?, file.len()))
}
