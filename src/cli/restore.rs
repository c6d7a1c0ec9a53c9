//! `inkspot restore`: a data directory out of a backup, or a trial of it.

use std::fs::{self, DirBuilder, File};
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::backup::{damage, folder_of};
use super::given::Given;
use super::{owner, print};
use crate::app;
use crate::backup::{self, Amount, BackupError, In, Restored};
use crate::base::clock::Clock;
use crate::base::disk;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::store::Mark;

/// Free bytes that what is unpacked leaves on its disk, and how often a database takes the rows of a backup.
pub(super) const LEFT: u64 = 64 << 20;
pub(super) const TIMES: u64 = 3;

/// Restores a backup into an empty data folder.
pub(super) fn restore(config: &Config, given: &Given) -> anyhow::Result<()> {
    let data = &config.server.data;
    let from = given.open(config, "Restoring")?;
    owner::become_owner(data)?;
    let (clock, rng) = (Clock::system(), Rng::system());
    let open_blobs = || app::open_blobs(config, 0).map_err(BackupError::from);
    let options = app::store_options(config);
    let done = backup::restore(from, data, &options, open_blobs, (&clock, &rng))?;
    let done = contents(done) + &about_settings(data, done.amount);
    print(format!("Restored into {}: {done}\nNobody is signed in; people sign in with the passwords that they had.\n", data.display()).as_bytes())
}

/// Puts a backup in the place of the database, which is kept.
pub(super) fn replace(config: &Config, given: &Given) -> anyhow::Result<()> {
    let (data, began) = (&config.server.data, Clock::system());
    // Read as whoever asks for it, written as the owner of the data.
    let from = given.open(config, "Restoring")?;
    owner::become_owner(data)?;
    let why = format!("replaced on {} by {}", began.now(), given.path.display());
    let mark = (Mark::Replaced, &*why);
    let done = app::replace(config, from, (&began, &Rng::system()), mark)?;
    let done = contents(done) + &about_settings(data, done.amount);
    print(format!("Restored into {}: {done}\nThe database before is kept beside it, once the server has started: replaced-…\nNobody is signed in; people sign in with the passwords that they had.\n", data.display()).as_bytes())
}

/// Does so with what was kept before the last upgrade.
pub(super) fn roll_back(config: &Config, passphrase_file: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(path) = app::newest_before_upgrade(config) else {
        bail!(
            "there is nothing from before an upgrade in {}; restore another backup with `inkspot restore --replace FILE`",
            config.backups.folder_beside(&config.server.data).display()
        );
    };
    replace(config, &Given::new(path, passphrase_file))?;
    print(b"Start the Inkspot from before the upgrade now: this one would upgrade again.\n")
}

/// Reads all of it, then makes a database of it beside its file (or of what a passphrase opens, in the folder for
/// temporary files), says what that holds, and removes it.
pub(super) fn verify(config: &Config, given: &Given) -> anyhow::Result<()> {
    let from = given.open(config, "Reading")?;
    // What lies under a passphrase is not unpacked on somebody else's disk.
    let temporary = std::env::temp_dir();
    let folder = match from {
        In::Sealed(_) => temporary.as_path(),
        In::Plain(_) => folder_of(&given.path),
    };
    let amount = backup::examine(from)?;
    // Contents were compared with their checksums; only rows are tried.
    let needed = amount.row_bytes.saturating_mul(TIMES).saturating_add(LEFT);
    let free = File::open(folder).and_then(|folder| disk::free(&folder))?;
    if free < needed {
        bail!(
            "the file is whole; trying to restore it takes {} MiB in {}, and {} are free: free some space, or {}",
            needed >> 20,
            folder.display(),
            free >> 20,
            if folder == temporary {
                "name a folder of this machine with more in TMPDIR"
            } else {
                "copy it to another disk"
            }
        );
    }
    let trial = folder.join(format!("inkspot-verify-{}", Rng::system().token()));
    // Nobody else's folder is taken for it.
    let made = DirBuilder::new().mode(0o700).create(&trial);
    made.with_context(|| format!("cannot create {}", trial.display()))?;
    let done = try_in(config, &trial, given.open(config, "Trying")?);
    let removed = fs::remove_dir_all(&trial);
    let done = Restored { amount, ..done? };
    removed.with_context(|| format!("cannot remove {}", trial.display()))?;
    let settings = if done.amount.settings {
        " The settings file is in it."
    } else {
        ""
    };
    print(format!("The backup is whole: {}{settings}\n", contents(done)).as_bytes())
}

fn try_in(config: &Config, trial: &Path, from: impl Read) -> anyhow::Result<Restored> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let options = app::store_options(config);
    Ok(backup::restore_rows(from, trial, &options, (&clock, &rng))?)
}

/// Where the settings are that the backup held; they are for people to look at.
fn about_settings(data: &Path, amount: Amount) -> String {
    if !amount.settings {
        return String::new();
    }
    format!(
        "\nThe settings of then are in {}; those in use stay as they are, take over what you miss.",
        data.join(backup::SETTINGS).display()
    )
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
