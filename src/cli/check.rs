//! `inkspot check`: reads the whole database of a stopped server, and on demand copies it into a
//! fresh one, which gives the space of what was deleted back to the disk, or builds the search
//! index anew.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::command::Command;
use super::{control, print};
use crate::app;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::search;
use crate::store::{self, Store};

/// How often is said how far it has come.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

pub(super) fn run(config: &Config, compact: bool, rebuild_search: bool) -> anyhow::Result<()> {
    let data = &config.server.data;
    if !data.exists() {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    if compact {
        if let Some(text) = control::ask(data, &Command::Compact)? {
            return print(text.as_bytes());
        }
        let go_on = &mut |_| ControlFlow::Continue(());
        let done = store::compact(data, &app::store_options(config), go_on)?;
        let report = format!(
            "Compacted: {} rows, {} before, {} now.\n",
            done.rows,
            mebibytes(done.bytes_before),
            mebibytes(done.bytes_after),
        );
        print(report.as_bytes())?;
    }
    let (store, writer) = app::open_store(config, &Clock::system(), &Rng::system())?;
    let tally = store
        .check()
        .context("the database is damaged; restore a backup")?;
    if rebuild_search {
        rebuild(config, &store)?;
    }
    drop((store, writer));
    let report = format!(
        "The database is whole: {} accounts, {} conversations, {} memberships, {} messages, \
         {} events.\n",
        tally.accounts, tally.conversations, tally.members, tally.messages, tally.events,
    );
    print(report.as_bytes())
}

/// Builds the search index anew, and says how far it has come on a terminal's line of its own.
fn rebuild(config: &Config, store: &Store) -> anyhow::Result<()> {
    let (folder, options) = (app::search_folder(config), app::search_options(config));
    let mut told = Instant::now();
    let messages = search::rebuild(&folder, store, &options, &Rng::system(), &mut |done, of| {
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            eprintln!("Building the search index: {done} of {of} messages");
        }
    })
    .context("the search index could not be built; the server will try it again by itself")?;
    let report = format!("Built the search index of {messages} messages.\n");
    print(report.as_bytes())
}

fn mebibytes(bytes: u64) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20)
}
