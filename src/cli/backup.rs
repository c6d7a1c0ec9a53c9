//! `inkspot backup` and `inkspot restore`.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};

use super::{control, owner, print};
use crate::app;
use crate::backup::{self, Amount, BackupError, Restored, Sources};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::service::Service;
use crate::store::Mark;

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

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a backup of a running server, which goes on, or of the data of a stopped one.
pub(super) fn back_up(config: &Config, path: &Path) -> anyhow::Result<()> {
    let data = &config.server.data;
    if !data.exists() {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    let mut target = Target::open(path)?;
    let done = target.write(|out| match control::fetch_backup(data, out)? {
        Some(text) => Ok(text),
        None => owner::as_owner(data, || alone(config, out)),
    });
    target.close(done)
}

fn alone(config: &Config, out: &mut dyn Write) -> anyhow::Result<String> {
    let began = Instant::now();
    let (clock, rng) = (Clock::system(), Rng::system());
    let (store, writer) = app::open_store(config, &clock, &rng)?;
    let blobs = app::open_blobs(config, 0)?;
    let sources = Sources::all(&store, &*blobs, &config.server.data);
    let (amount, _) = backup::write(&sources, out)?;
    drop((store, writer));
    Ok(sentence(amount, began))
}

/// Writes a backup of a running server, on a thread where that blocks nobody.
pub(super) async fn of_running<W: Write + Send + 'static>(
    service: &Service,
    data: PathBuf,
    mut out: W,
) -> (Result<String, String>, Option<W>) {
    let began = Instant::now();
    let done = service.with_all(move |store, blobs| {
        let data = &data;
        let written = backup::write(&Sources::all(store, blobs, data), &mut out);
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
        "Backed up {} rows and {} contents of files ({} MiB) in {:.1} s.{}",
        amount.rows,
        amount.contents,
        amount.bytes >> 20,
        began.elapsed().as_secs_f64(),
        damage(amount)
    )
}

fn damage(amount: Amount) -> String {
    match amount.damaged {
        0 => String::new(),
        n => format!(" {n} contents were damaged before and are not in it."),
    }
}

/// Restores a backup into an empty data folder.
pub(super) fn restore(config: &Config, path: &Path) -> anyhow::Result<()> {
    let data = &config.server.data;
    let file = open(path)?;
    owner::become_owner(data)?;
    let done = restore_into(config, data, file)?;
    print(format!("Restored into {}: {done}\nNobody is signed in; people sign in with the passwords that they had.\n", data.display()).as_bytes())
}

/// Puts a backup in the place of the database, which is kept.
pub(super) fn replace(config: &Config, path: &Path) -> anyhow::Result<()> {
    let (data, began) = (&config.server.data, Clock::system());
    // Read as whoever asks for it, written as the owner of the data.
    drop(open(path)?);
    owner::become_owner(data)?;
    let why = format!("replaced on {} by {}", began.now(), path.display());
    let done = app::replace(
        config,
        path,
        (&began, &Rng::system()),
        (Mark::Replaced, &why),
    )?;
    let done = contents(done);
    print(format!("Restored into {}: {done}\nThe database before is kept beside it, once the server has started: replaced-…\nNobody is signed in; people sign in with the passwords that they had.\n", data.display()).as_bytes())
}

/// Does so with what was kept before the last upgrade.
pub(super) fn roll_back(config: &Config) -> anyhow::Result<()> {
    let folder = config.backups.folder_beside(&config.server.data);
    let Some(path) = app::newest_before_upgrade(&folder) else {
        bail!(
            "there is nothing from before an upgrade in {}; restore another backup with `inkspot restore --replace FILE`",
            folder.display()
        );
    };
    replace(config, &path)?;
    print(b"Start the Inkspot from before the upgrade now: this one would upgrade again.\n")
}

/// Restores it beside its file, says what it holds, and removes it.
pub(super) fn verify(config: &Config, path: &Path) -> anyhow::Result<()> {
    let file = open(path)?;
    let folder = folder_of(path);
    let trial = folder.join(format!("inkspot-verify-{}", std::process::id()));
    let length = file.get_ref().metadata()?.len();
    let free = File::open(folder).and_then(|folder| disk::free(&folder))?;
    // Unpacked and in a database it takes more.
    if free < length.saturating_mul(5) {
        bail!(
            "trying this backup takes about {} MiB in {}, and {} are free; copy it to a larger disk first",
            (length * 5) >> 20,
            folder.display(),
            free >> 20
        );
    }
    disk::make_dir(&trial).with_context(|| format!("cannot create {}", trial.display()))?;
    let done = restore_into(config, &trial, file);
    let removed = fs::remove_dir_all(&trial);
    let done = done?;
    removed.with_context(|| format!("cannot remove {}", trial.display()))?;
    print(format!("The backup is whole: {done}\n").as_bytes())
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::with_capacity(256 << 10, file))
}

fn restore_into(config: &Config, data: &Path, file: impl io::Read) -> anyhow::Result<String> {
    let mut config = config.clone();
    data.clone_into(&mut config.server.data);
    let (clock, rng) = (Clock::system(), Rng::system());
    let open_blobs = || app::open_blobs(&config, 0).map_err(BackupError::from);
    let options = app::store_options(&config);
    let done = backup::restore(file, data, &options, open_blobs, (&clock, &rng))?;
    Ok(contents(done))
}

fn contents(Restored { tally, amount }: Restored) -> String {
    let mut text = format!(
        "{} accounts, {} conversations, {} messages, {} files ({} MiB of contents).",
        tally.accounts,
        tally.conversations,
        tally.messages,
        tally.files,
        amount.bytes >> 20
    );
    text.push_str(&damage(amount));
    text
}
