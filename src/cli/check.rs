//! `inkspot check`: reads everything of a stopped server and says what is wrong; on demand gives the space of
//! what was deleted back to the disk, or builds the search index anew.

use std::fmt::Write;
use std::ops::ControlFlow;

use anyhow::{Context, bail};
use serde::Serialize;

use super::command::Command;
use super::progress::Progress;
use super::{control, print};
use crate::app;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::blobs::{BlobError, BlobHash, Blobs};
use crate::config::Config;
use crate::search::{self, Lying};
use crate::store::{self, Audit, Finding, Look, Step, Store, StoreError, Tally};

/// How many contents are looked up at a time, and how much of one is read.
const CONTENTS: usize = 256;
const PIECE: usize = 256 << 10;

/// What is asked for.
#[derive(clap::Args, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct What {
    /// Also give the space of what was deleted back to the disk; a running server does it beside its work
    #[arg(long)]
    pub compact: bool,
    /// Also build the search index anew from the messages
    #[arg(long)]
    pub rebuild_search: bool,
    /// Also read the contents of all files and compare them with their checksums
    #[arg(long)]
    pub contents: bool,
    /// Report as JSON
    #[arg(long)]
    pub json: bool,
}

/// What was found, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Whether nothing is wrong.
    whole: bool,
    /// How much there is.
    counts: Tally,
    rows: u64,
    /// Contents of files that are needed, and whether each was read.
    contents: u64,
    contents_read: bool,
    /// What the search index has; `null` if the server will build it.
    search: Option<Lying>,
    /// What is wrong, a thousand at most.
    problems: Vec<Finding>,
    more_problems: u64,
}

/// Whether nothing is wrong.
pub(super) fn run(config: &Config, what: What) -> anyhow::Result<bool> {
    let data = &config.server.data;
    if !data.exists() {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    let mut progress = Progress::default();
    if what.compact {
        if let Some(text) = control::ask(data, &Command::Compact)? {
            return print(text.as_bytes()).map(|()| true);
        }
        compact(config, what, &mut progress)?;
    }
    let opened = app::open_store(config, &Clock::system(), &Rng::system());
    let (store, writer) = match opened {
        Err(error @ StoreError::Damaged { .. }) => return unopened(&error, what),
        opened => opened?,
    };
    let mut audit = audit(&store, &mut progress)?;
    let contents = check_contents(config, &store, what, &mut audit, &mut progress)?;
    if what.rebuild_search {
        let built = rebuild(config, &store, &mut progress)?;
        if !what.json {
            print(format!("Built the search index of {built} messages.\n").as_bytes())?;
        }
    }
    let search = check_search(config, &store, &mut audit);
    drop((store, writer));
    progress.end();
    let report = Report {
        whole: audit.findings.is_empty(),
        counts: audit.tally,
        rows: audit.rows,
        contents,
        contents_read: what.contents,
        search,
        problems: audit.findings,
        more_problems: audit.more,
    };
    tell(&report, what)?;
    Ok(report.whole)
}

/// One that can't even be opened.
fn unopened(error: &StoreError, what: What) -> anyhow::Result<bool> {
    let text = if what.json {
        let report = serde_json::json!({"whole": false, "error": error.to_string()});
        format!("{report}\n")
    } else {
        format!("{error}\n")
    };
    print(text.as_bytes()).map(|()| false)
}

fn compact(config: &Config, what: What, progress: &mut Progress) -> anyhow::Result<()> {
    let data = &config.server.data;
    let watch = &mut |step| {
        match step {
            Step::Copying(rows) => progress.tell("Copying", rows, None, "rows"),
            Step::Comparing(rows) => progress.tell("Comparing", rows, None, "rows"),
            _ => {}
        }
        ControlFlow::Continue(())
    };
    let done = store::compact(data, &app::store_options(config), watch)?;
    progress.end();
    if what.json {
        return Ok(());
    }
    let report = format!(
        "Compacted: {} rows, {} before, {} now.\n",
        done.rows,
        mebibytes(done.bytes_before),
        mebibytes(done.bytes_after),
    );
    print(report.as_bytes())
}

fn audit(store: &Store, progress: &mut Progress) -> anyhow::Result<Audit> {
    let all = store.occupied()?.rows.map(|bytes| bytes >> 10);
    let audit = store.audit(&mut |look| {
        match look {
            Look::Rows(bytes) => progress.tell("Reading", bytes >> 10, all, "KiB of rows"),
            Look::Messages(seen) => progress.tell("Following", seen, None, "messages"),
        }
        ControlFlow::Continue(())
    });
    Ok(audit?)
}

/// Whether the contents that files need are there, and what they should be. Gives how many are needed.
fn check_contents(
    config: &Config,
    store: &Store,
    what: What,
    audit: &mut Audit,
    progress: &mut Progress,
) -> anyhow::Result<u64> {
    let blobs = match app::open_blobs(config, 0) {
        Ok(blobs) => blobs,
        Err(error @ BlobError::Damaged { .. }) => {
            audit.note(wrong("contents", None, error.to_string()));
            return Ok(0);
        }
        Err(error) => return Err(error).context("the contents of files can't be opened"),
    };
    let (mut seen, mut after) = (0, None);
    loop {
        let page = match store.needed_contents(after, CONTENTS) {
            Ok(page) => page,
            Err(error) => {
                audit.note(wrong("contents", None, error.to_string()));
                return Ok(seen);
            }
        };
        let Some(last) = page.last() else {
            return Ok(seen);
        };
        after = Some(*last);
        for hash in page {
            seen += 1;
            progress.tell("Looking at", seen, None, "contents of files");
            let hash = BlobHash(hash);
            if let Err(why) = look_at(&*blobs, &hash, what.contents) {
                audit.note(wrong("contents", Some(hash.to_string()), why));
            }
        }
    }
}

/// One content: whether it is there, and what it should be.
fn look_at(blobs: &dyn Blobs, hash: &BlobHash, read: bool) -> Result<(), String> {
    use sha2::{Digest, Sha256};

    let fault = |error: BlobError| error.to_string();
    if blobs.len(hash).map_err(fault)?.is_none() {
        return Err("a file needs it, and it is not there".to_owned());
    }
    if !read {
        return Ok(());
    }
    let (mut at, mut sum, mut piece) = (0, Sha256::new(), vec![0; PIECE]);
    loop {
        match blobs.read(hash, at, &mut piece).map_err(fault)? {
            0 if sum.clone().finalize()[..] == hash.0 => return Ok(()),
            0 => return Err("it has another checksum".to_owned()),
            length => {
                sum.update(&piece[..length]);
                at += length as u64;
            }
        }
    }
}

/// An index that is missing or behind is no fault: the server sees to it.
fn check_search(config: &Config, store: &Store, audit: &mut Audit) -> Option<Lying> {
    let (folder, options) = (app::search_folder(config), app::search_options(config));
    match search::look(&folder, store, &options) {
        Ok(lying) => lying,
        Err(error) => {
            let what = format!("{error}; the server builds it anew");
            audit.note(wrong("search index", None, what));
            None
        }
    }
}

fn wrong(place: &'static str, key: Option<String>, what: String) -> Finding {
    Finding { place, key, what }
}

fn tell(report: &Report, what: What) -> anyhow::Result<()> {
    if what.json {
        let json = serde_json::to_string_pretty(report)?;
        return print(format!("{json}\n").as_bytes());
    }
    let mut text = String::new();
    // Writing to a string can't fail.
    for Finding { place, key, what } in &report.problems {
        let _ = match key {
            Some(key) => writeln!(text, "{place} {key}: {what}"),
            None => writeln!(text, "{place}: {what}"),
        };
    }
    if report.more_problems > 0 {
        let _ = writeln!(text, "… and {} more", report.more_problems);
    }
    let Tally {
        accounts,
        conversations,
        members,
        messages,
        files,
        events,
    } = report.counts;
    let state = if report.whole {
        "The database is whole:"
    } else {
        "The database is damaged; restore a backup with `inkspot restore --replace FILE`. It has"
    };
    let _ = writeln!(
        text,
        "{state} {accounts} accounts, {conversations} conversations, {members} memberships, {messages} messages, \
         {files} files, {events} events."
    );
    print(text.as_bytes())
}

/// Builds the search index anew.
fn rebuild(config: &Config, store: &Store, progress: &mut Progress) -> anyhow::Result<u64> {
    let (folder, options) = (app::search_folder(config), app::search_options(config));
    let told = &mut |done, of| progress.tell("Indexing", done, Some(of), "messages");
    search::rebuild(&folder, store, &options, &Rng::system(), told)
        .context("the search index could not be built; the server will try it again by itself")
}

fn mebibytes(bytes: u64) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes & 0xf_ffff) * 10) >> 20)
}
