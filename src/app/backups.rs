//! Backups that the server makes, by itself or asked by an administrator: when the last one is old enough and
//! there is room, checked by reading it, the newest ones kept.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::task::spawn_blocking;

use crate::backup::{self, BackupError, Failed, Folder, In, Out, Passphrase, Shelf, Sources, Step};
use crate::base::clock::{Clock, Stopwatch, Timestamp};
use crate::base::disk;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::metrics;
use crate::service::Service;

/// How often it is looked whether one is due, and how long after the start.
const LOOK_EVERY: Duration = Duration::from_mins(10);
/// Where none is made by itself.
const A_DAY: Duration = Duration::from_hours(24);
/// When one failed.
const TRY_AGAIN: Duration = Duration::from_hours(1);

/// How one is made.
struct Plan {
    data: PathBuf,
    settings: Option<PathBuf>,
    folder: Folder,
    keep: usize,
    /// How long after another one must be begun, so that both stay.
    apart: Duration,
    /// Where the passphrase is, if there is one.
    passphrase: Option<PathBuf>,
    rng: Rng,
    /// Where it is told how far it has come.
    shelf: Shelf,
    shutdown: Shutdown,
}

/// What was written, and is not checked yet.
struct Part {
    path: PathBuf,
    /// Whether a stored file was found damaged.
    damaged: bool,
    passphrase: Option<Passphrase>,
}

/// What making them takes.
pub(super) struct Making {
    /// Where the server keeps its data.
    pub data: PathBuf,
    /// The settings file, which goes along.
    pub settings: Option<PathBuf>,
    /// Where they go, and how they are to be made; that may change.
    pub shelf: Shelf,
    /// Where it is noted how they went.
    pub meters: metrics::Backups,
    /// What they are made of.
    pub service: Service,
    /// Time and randomness.
    pub clock: Clock,
    pub rng: Rng,
    /// Ends it.
    pub shutdown: Shutdown,
}

/// Makes them, when they are due and when somebody asks, until the shutdown begins.
pub(super) async fn run(making: Making) {
    let shutdown = making.shutdown.clone();
    tokio::select! {
        () = make_all(making) => {}
        () = shutdown.begun() => {}
    }
}

async fn make_all(making: Making) {
    let Making { shelf, clock, .. } = &making;
    let mut newest = None;
    let mut known = None;
    let mut not_before = Timestamp(0);
    loop {
        let folder = shelf.folder();
        if known.as_ref() != Some(&folder) {
            newest = making.find_newest(&folder);
            making.say_what_is_missing().await;
            (known, not_before) = (Some(folder), Timestamp(0));
        }
        let asked = tokio::select! {
            () = clock.sleep(LOOK_EVERY) => false,
            () = shelf.asked() => true,
        };
        let (now, every) = (clock.now(), shelf.settings().every());
        let due = every.map(|every| newest.map_or(now, |at: Timestamp| at.plus(every)));
        if !asked && due.is_none_or(|due| now < due.max(not_before)) {
            continue;
        }
        let made = making.make(now).await;
        shelf.ended(made.as_ref().err().map(|error| Failed::new(now, error)));
        match made {
            Ok(path) => {
                tracing::info!(path = %path.display(), "made and checked a backup");
                newest = Some(now);
            }
            Err(error) => {
                making.meters.failed();
                tracing::error!(%error, "no backup was made");
                not_before = now.plus(every.unwrap_or(TRY_AGAIN).min(TRY_AGAIN));
            }
        }
    }
}

impl Making {
    /// How one is made under the present settings.
    fn plan(&self) -> Plan {
        let settings = self.shelf.settings();
        Plan {
            folder: self.shelf.folder(),
            keep: settings.keep as usize,
            apart: settings.every().unwrap_or(A_DAY) / 2,
            passphrase: settings.passphrase_file,
            rng: self.rng.clone(),
            shelf: self.shelf.clone(),
            shutdown: self.shutdown.clone(),
            data: self.data.clone(),
            settings: self.settings.clone(),
        }
    }

    /// Before it is needed, perhaps in a day.
    async fn say_what_is_missing(&self) {
        let plan = self.plan();
        if let Ok(Err(error)) = spawn_blocking(move || plan.passphrase()).await {
            tracing::error!(%error, "no backup can be made");
            self.shelf.warn(Failed::new(self.clock.now(), &error));
        }
    }

    /// When the newest one of a folder was made, on this clock; notes it.
    fn find_newest(&self, folder: &Folder) -> Option<Timestamp> {
        let newest = folder.all().ok()?.into_iter().next()?;
        let since = Duration::from_millis(newest.made_at.0);
        self.meters.made(since.as_secs_f64(), newest.bytes, None);
        let age = SystemTime::now().duration_since(UNIX_EPOCH + since).ok()?;
        Some(self.clock.now().minus(age))
    }

    /// Makes one and notes it.
    async fn make(&self, now: Timestamp) -> Result<PathBuf, BackupError> {
        let (took, plan) = (Stopwatch::start(), Arc::new(self.plan()));
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
        let (plan, this) = (Arc::clone(&self), Arc::clone(&self));
        let made = service.with_all(move |store, blobs| {
            let (data, settings) = (&plan.data, plan.settings.as_deref());
            plan.make(now, &Sources::all(store, blobs, data, settings))
        });
        let written = match made.await {
            // Nobody waits for this.
            Some(Ok(part)) => spawn_blocking(move || this.keep_checked(&part)).await,
            Some(Err(error)) => Ok(Err(error)),
            None => Ok(Err(BROKEN)),
        };
        let made = written.unwrap_or(Err(BROKEN));
        if made.is_err() {
            // What is unfinished takes room only.
            let _ = spawn_blocking(move || self.folder.tidy(usize::MAX, Duration::ZERO)).await;
        }
        made
    }

    /// What a new one is sealed with.
    fn passphrase(&self) -> Result<Option<Passphrase>, BackupError> {
        let file = self.passphrase.as_deref();
        file.map(Passphrase::read_for_new).transpose()
    }

    /// Writes one.
    fn make(&self, now: Timestamp, sources: &Sources<'_>) -> Result<Part, BackupError> {
        let at = BackupError::file;
        let (folder, passphrase) = (self.folder.path(), self.passphrase()?);
        fs::create_dir_all(folder.parent().unwrap_or(folder)).map_err(at(folder))?;
        disk::make_dir(folder).map_err(at(folder))?;
        self.folder.tidy(usize::MAX, Duration::ZERO);
        sources.require_room(folder)?;
        // How small it becomes is not known before.
        self.shelf.begins(Step::Writing, None);
        let path = self.folder.part(now, passphrase.is_some());
        let file = disk::make_file(&path).map_err(at(&path))?;
        let out = Out::begin(self.watch(file), passphrase.as_ref(), &self.rng)?;
        let (amount, out) = backup::write(sources, out)?;
        out.finish()?.inner.sync_all().map_err(at(&path))?;
        Ok(Part {
            path,
            damaged: amount.damaged > 0,
            passphrase,
        })
    }

    /// Reads it to its end and gives it its name. Those before stay when it lacks what they may have.
    fn keep_checked(&self, part: &Part) -> Result<PathBuf, BackupError> {
        let path = part.path.with_extension("");
        let at = || BackupError::file(&path);
        let file = File::open(&part.path).map_err(at())?;
        let bytes = file.metadata().map_err(at())?.len();
        self.shelf.begins(Step::Checking, Some(bytes));
        let file = self.watch(BufReader::with_capacity(256 << 10, file));
        backup::check(In::begin::<BackupError>(file, || {
            Ok(part.passphrase.clone())
        })?)?;
        fs::rename(&part.path, &path)
            .and_then(|()| disk::sync_dir(self.folder.path()))
            .map_err(at())?;
        if !part.damaged {
            self.folder.tidy(self.keep, self.apart);
        }
        Ok(path)
    }

    /// Reads or writes for as long as the server runs, and says how far it came.
    fn watch<T>(&self, inner: T) -> Watched<'_, T> {
        Watched { inner, plan: self }
    }
}

/// Fails once the server stops: nobody waits for a backup.
struct Watched<'a, T> {
    inner: T,
    plan: &'a Plan,
}

impl<T> Watched<'_, T> {
    fn go_on(&self) -> io::Result<()> {
        if self.plan.shutdown.is_begun() {
            return Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the server stops",
            ));
        }
        Ok(())
    }
}

impl<T: Write> Write for Watched<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.go_on()?;
        let count = self.inner.write(bytes)?;
        self.plan.shelf.adds(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Watched<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.go_on()?;
        let count = self.inner.read(buffer)?;
        self.plan.shelf.adds(count);
        Ok(count)
    }
}
