//! `inkspot check`: reads the whole database of a stopped server, and on demand copies it into a
//! fresh one, which gives the space of what was deleted back to the disk.

use anyhow::{Context, bail};

use super::print;
use crate::app;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::store;

pub(super) fn run(config: &Config, compact: bool) -> anyhow::Result<()> {
    let data = &config.server.data;
    if !data.exists() {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    if compact {
        let done = store::compact(data, &app::store_options(config))?;
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
    drop((store, writer));
    let report = format!(
        "The database is whole: {} accounts, {} conversations, {} memberships, {} messages, \
         {} events.\n",
        tally.accounts, tally.conversations, tally.members, tally.messages, tally.events,
    );
    print(report.as_bytes())
}

fn mebibytes(bytes: u64) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20)
}
