//! `inkspot export`: everything as files that are read without Inkspot, of a running or a stopped server or of
//! a backup. It is unpacked first, so that all of it is of one moment and nobody waits for it.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;

use anyhow::{Context, anyhow, bail};

use super::given::{Given, Watched};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::restore::{LEFT, TIMES};
use super::{backup, print};
use crate::app;
use crate::backup::{self as backups, BackupError, Restored};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::config::{Config, FileStorage};
use crate::export::{self, Exported, Prepared, Sources};
use crate::store;

/// How often the lines and the pages take the rows, together and at most as a rule.
const WRITTEN: u64 = 3;

pub(super) fn run(config: &Config, dir: &Path, from: Option<&Given>) -> anyhow::Result<()> {
    let interrupt = Interrupt::watch()?;
    let needed = match from {
        Some(given) => room_for(config, given, &interrupt)?,
        None => room_for_server(config)?,
    };
    let prepared = export::prepare(dir)?;
    let work = || -> anyhow::Result<Exported> {
        require_room(dir, needed)?;
        let mut unpacked = config.clone();
        unpacked.server.data = prepared.unpacked();
        unpacked.files.storage = FileStorage::Files;
        let restored = match from {
            Some(given) => {
                let from = given.open_until(config, "Unpacking", Some(&interrupt))?;
                unpack(&unpacked, from)?
            }
            None => unpack_server(config, &unpacked, &interrupt)?,
        };
        write(&unpacked, &prepared, restored, &interrupt)
    };
    match work() {
        Ok(done) => {
            prepared.tidy()?;
            print(sentence(done, dir).as_bytes())
        }
        Err(error) => {
            let cleared = prepared.clear();
            let why = if interrupt.is_asked() {
                anyhow!("it was interrupted")
            } else {
                error
            };
            let nothing = format!("nothing was exported into {}", dir.display());
            Err(why.context(match cleared {
                Ok(()) => nothing,
                Err(left) => format!("{nothing}, and what is in it is not whole ({left})"),
            }))
        }
    }
}

/// What is needed for a backup, which is read to its end; nothing where it comes through a pipe, which is read
/// once.
fn room_for(config: &Config, given: &Given, interrupt: &Interrupt) -> anyhow::Result<Room> {
    if fs::metadata(&given.path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Ok(Room::default());
    }
    let from = given.open_until(config, "Reading", Some(interrupt))?;
    let amount = backups::examine(from)?;
    Ok(Room {
        rows: amount.row_bytes,
        contents: amount.bytes,
    })
}

/// What is needed for the data of a server.
fn room_for_server(config: &Config) -> anyhow::Result<Room> {
    backup::require_data(config)?;
    let data = &config.server.data;
    let contents = app::blobs_folder(config);
    let contents = match disk::size(&contents) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        size => size.with_context(|| format!("cannot look into {}", contents.display()))?,
    };
    // What is unpacked is hardly larger than what is there.
    let rows = store::database_bytes(data)? / TIMES;
    Ok(Room { rows, contents })
}

/// What an export takes, in bytes.
#[derive(Clone, Copy, Default)]
struct Room {
    rows: u64,
    contents: u64,
}

/// Asks before anything is written: what is unpacked, what is made of it, and some room for others.
fn require_room(dir: &Path, room: Room) -> anyhow::Result<()> {
    // Where nothing can be linked, contents lie there twice until the end.
    let times = if links(dir)? { 1 } else { 2 };
    let rows = room.rows.saturating_mul(TIMES + WRITTEN);
    let needed = room.contents.saturating_mul(times).saturating_add(rows);
    let needed = needed.saturating_add(LEFT);
    let free = File::open(dir).and_then(|dir| disk::free(&dir));
    let free = free.with_context(|| format!("cannot look at the disk of {}", dir.display()))?;
    if free < needed {
        bail!(
            "the export takes about {} MiB, and {} are free there: free some space, or name a directory on another disk",
            needed >> 20,
            free >> 20
        );
    }
    Ok(())
}

/// Whether one file can have two names there.
fn links(dir: &Path) -> anyhow::Result<bool> {
    let [one, other] = ["index.html", "index-2.html"].map(|name| dir.join(name));
    let linked = disk::make_file(&one).map(|_| fs::hard_link(&one, &other).is_ok());
    let removed = disk::remove_file(&one).and_then(|()| disk::remove_file(&other));
    let cannot = || format!("cannot write to {}", dir.display());
    removed.and(linked).with_context(cannot)
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
fn unpack_server(
    server: &Config,
    unpacked: &Config,
    interrupt: &Interrupt,
) -> anyhow::Result<Restored> {
    let (from, mut to) = io::pipe().context("cannot make a pipe")?;
    thread::scope(|scope| {
        let telling = scope.spawn(move || backup::write(server, &mut to, &mut |_, _| {}));
        let watched = Watched::new(from, None, "Unpacking").until(Some(interrupt));
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

fn write(
    unpacked: &Config,
    into: &Prepared,
    restored: Restored,
    interrupt: &Interrupt,
) -> anyhow::Result<Exported> {
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
    let done = export::export(&sources, into, &mut |done| {
        progress.tell("Writing", done, Some(total), "messages and files");
        if interrupt.is_asked() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    drop((store, writer));
    Ok(done?)
}
