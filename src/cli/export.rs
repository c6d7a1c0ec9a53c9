//! `inkspot export`: everything as files that are read without Inkspot, of a running or a stopped server or of
//! a backup. It is unpacked first, so that all of it is of one moment and nobody waits for it.

use std::fs;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::thread;

use anyhow::{Context, anyhow};

use super::given::{Given, Watched};
use super::progress::Progress;
use super::{backup, print};
use crate::app;
use crate::backup::{self as backups, BackupError, Restored};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::{Config, FileStorage};
use crate::export::{self, Exported, Sources};

/// Where it is unpacked, in the directory of the export; gone afterwards.
const UNPACKED: &str = ".unpacked";

pub(super) fn run(config: &Config, dir: &Path, from: Option<&Given>) -> anyhow::Result<()> {
    let opened = from.map(|given| given.open(config, "Unpacking"));
    let opened = opened.transpose()?;
    if opened.is_none() {
        backup::require_data(config)?;
    }
    export::prepare(dir)?;
    let mut unpacked = config.clone();
    unpacked.server.data = dir.join(UNPACKED);
    unpacked.files.storage = FileStorage::Files;
    let restored = match opened {
        Some(from) => unpack(&unpacked, from),
        None => unpack_server(config, &unpacked),
    };
    let done = restored.and_then(|restored| write(&unpacked, dir, restored));
    let removed = match fs::remove_dir_all(&unpacked.server.data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    let done = done.with_context(|| {
        let dir = dir.display();
        format!("the export in {dir} is not whole; remove it and try again")
    })?;
    removed.with_context(|| format!("cannot remove {}", unpacked.server.data.display()))?;
    print(sentence(done, dir).as_bytes())
}

fn sentence(done: Exported, dir: &Path) -> String {
    let missing = match done.missing {
        0 => String::new(),
        n => format!(" {n} files are lost: their contents were not there, or damaged."),
    };
    format!(
        "Exported {} people, {} conversations, {} messages and {} files ({} MiB) into {}.{missing}\n\
         It holds all conversations, direct ones too: whoever can read it can read everything. Open {} in a browser.\n",
        done.people,
        done.conversations,
        done.messages,
        done.files,
        done.bytes >> 20,
        dir.display(),
        dir.join("index.html").display()
    )
}

/// Out of a stream of what the server holds at this moment.
fn unpack_server(server: &Config, unpacked: &Config) -> anyhow::Result<Restored> {
    let (from, mut to) = io::pipe().context("cannot make a pipe")?;
    thread::scope(|scope| {
        let telling = scope.spawn(move || backup::write(server, &mut to));
        let watched = Watched::new(from, None, "Unpacking");
        let restored = unpack(unpacked, BufReader::with_capacity(256 << 10, watched));
        // Why there was nothing more to read is told by who should have written it, unless they could not
        // since nobody has read any more.
        let told = telling.join().map_err(|_| anyhow!("it broke off"))?;
        match (restored, told) {
            (Err(error), Ok(_)) => Err(error),
            (Err(error), Err(_)) if !is_cut(&error) => Err(error),
            (restored, told) => told.and(restored),
        }
    })
}

fn is_cut(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(BackupError::Damaged(_) | BackupError::Foreign)
    )
}

fn unpack(unpacked: &Config, from: impl Read) -> anyhow::Result<Restored> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let open_blobs = || app::open_blobs(unpacked, 0).map_err(BackupError::from);
    let (data, options) = (&unpacked.server.data, app::store_options(unpacked));
    Ok(backups::restore(
        from,
        data,
        &options,
        open_blobs,
        (&clock, &rng),
    )?)
}

fn write(unpacked: &Config, dir: &Path, restored: Restored) -> anyhow::Result<Exported> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let (store, writer) = app::open_store(unpacked, &clock, &rng)?;
    let contents = app::blobs_folder(unpacked);
    let sources = Sources {
        view: &store.view(),
        contents: &contents,
        server: &unpacked.server.name,
        at: clock.now(),
    };
    let total = restored.tally.messages + restored.tally.files;
    let mut progress = Progress::default();
    let done = export::export(&sources, dir, &mut |done| {
        progress.tell("Writing", done, Some(total), "messages and files");
    });
    drop((store, writer));
    Ok(done?)
}
