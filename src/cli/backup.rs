//! `inkspot backup`: everything in one file, of a running or a stopped server.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};

use super::args::Seal;
use super::progress::Progress;
use super::transfer::{Done, Hear};
use super::{control, given, owner, print};
use crate::app;
use crate::backup::{self, Amount, Out, Sources};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::service::Service;

/// Writes to standard output.
const STANDARD_OUTPUT: &str = "-";

/// Where a backup goes: into a file that has its name only once it is whole, or through a pipe.
enum Target {
    Pipe,
    File {
        path: PathBuf,
        part: PathBuf,
        file: File,
    },
}

impl Target {
    /// Made before anything else, as whoever asks for it.
    fn open(path: &Path) -> anyhow::Result<Self> {
        if path.as_os_str() == STANDARD_OUTPUT {
            return Ok(Self::Pipe);
        }
        if path.exists() {
            bail!(
                "{} is there already; choose another name, or remove it first",
                path.display()
            );
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        disk::remove_file(&part)
            .and_then(|()| disk::make_file(&part))
            .map(|file| Self::File {
                path: path.to_owned(),
                part: part.clone(),
                file,
            })
            .with_context(|| format!("cannot create {}", part.display()))
    }

    fn write(
        &mut self,
        work: impl FnOnce(&mut dyn Write) -> anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        match self {
            Self::Pipe => work(&mut io::stdout().lock()),
            Self::File { file, .. } => work(file),
        }
    }

    /// Gives the file its name, or removes it when the work failed.
    fn close(self, done: anyhow::Result<String>) -> anyhow::Result<()> {
        let Self::File { path, part, file } = self else {
            let text = done?;
            // Standard output has the backup.
            let _ = writeln!(io::stderr(), "{text}");
            return Ok(());
        };
        let kept = done.and_then(|text| {
            file.sync_all()
                .and_then(|()| fs::rename(&part, &path))
                .and_then(|()| disk::sync_dir(folder_of(&path)))
                .with_context(|| format!("cannot keep {}", path.display()))?;
            Ok(text)
        });
        match kept {
            Ok(text) => print(format!("{text}\n").as_bytes()),
            Err(error) => {
                let _ = fs::remove_file(&part);
                Err(error)
            }
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a backup of a running server, which goes on, or of the data of a stopped one.
pub(super) fn back_up(config: &Config, path: &Path, seal: &Seal) -> anyhow::Result<()> {
    require_data(config)?;
    let passphrase = given::new_passphrase(config, seal)?;
    let mut target = Target::open(path)?;
    let done = target.write(|out| {
        let mut out = Out::begin(out, passphrase.as_ref(), &Rng::system())?;
        let mut progress = Progress::default();
        let text = write(config, &mut out, &mut |done, of| {
            progress.tell("Backing up", done >> 10, of.map(|of| of >> 10), "KiB");
        })?;
        out.finish()?;
        Ok(text)
    });
    target.close(done)
}

pub(super) fn require_data(config: &Config) -> anyhow::Result<()> {
    let data = &config.server.data;
    if !data.exists() {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    Ok(())
}

/// Writes one as it is, tells how far it is, and says what it holds.
pub(super) fn write(
    config: &Config,
    out: &mut dyn Write,
    hear: &mut Hear<'_>,
) -> anyhow::Result<String> {
    let data = &config.server.data;
    match control::fetch_backup(data, out, hear)? {
        Some(text) => Ok(text),
        None => owner::as_owner(data, || alone(config, out, hear)),
    }
}

fn alone(config: &Config, out: &mut dyn Write, hear: &mut Hear<'_>) -> anyhow::Result<String> {
    let began = Instant::now();
    let (clock, rng) = (Clock::system(), Rng::system());
    let (store, writer) = app::open_store(config, &clock, &rng)?;
    let blobs = app::open_blobs(config, 0)?;
    let (data, settings) = (&config.server.data, config.file.as_deref());
    let sources = Sources::all(&store, &*blobs, data, settings);
    let (of, mut done) = (sources.bytes(), 0);
    let (amount, _) = backup::write_telling(&sources, out, &mut |more| {
        done += more as u64;
        hear(done, of);
    })?;
    drop((store, writer));
    Ok(sentence(amount, began))
}

/// Writes a backup of a running server with its data folder and its settings file, on a thread where that blocks
/// nobody; notes how far it is.
pub(super) async fn of_running<W: Write + Send + 'static>(
    service: &Service,
    (data, settings): (PathBuf, Option<PathBuf>),
    mut out: W,
    noted: Arc<Done>,
) -> (Result<String, String>, Option<W>) {
    let began = Instant::now();
    let done = service.with_all(move |store, blobs| {
        let sources = Sources::all(store, blobs, &data, settings.as_deref());
        noted.begin(sources.bytes());
        let written = backup::write_telling(&sources, &mut out, &mut |more| noted.add(more));
        (written.map(|(amount, _)| amount), out)
    });
    match done.await {
        Some((Ok(amount), out)) => (Ok(sentence(amount, began)), Some(out)),
        Some((Err(error), out)) => (Err(error.to_string()), Some(out)),
        None => (
            Err("the backup broke off; see the server's log".to_owned()),
            None,
        ),
    }
}

fn sentence(amount: Amount, began: Instant) -> String {
    format!(
        "Backed up {} rows, {} contents of files ({} MiB){} in {:.1} s.{}",
        amount.rows,
        amount.contents,
        amount.bytes >> 20,
        if amount.settings {
            " and the settings file"
        } else {
            ""
        },
        began.elapsed().as_secs_f64(),
        damage(amount)
    )
}

pub(super) fn damage(amount: Amount) -> String {
    match amount.damaged {
        0 => String::new(),
        n => format!(" {n} contents were damaged before and are not in it."),
    }
}
