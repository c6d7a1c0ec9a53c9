//! `inkspot licenses`: what others wrote, and under which licences.
//!
//! `packaging/build.sh` packs the list into the program, which so carries the notices that those
//! licences ask for wherever it is copied to. Other builds have none.

use std::io::Read;

use anyhow::{Context, bail};
use flate2::read::GzDecoder;

use super::print;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/licenses.gz"));

pub(super) fn run() -> anyhow::Result<()> {
    if PACKED.is_empty() {
        bail!(
            "this build does not carry the licences of the libraries in it; \
             those made by packaging/build.sh do, and Cargo.lock names the libraries"
        );
    }
    let mut text = Vec::new();
    GzDecoder::new(PACKED)
        .read_to_end(&mut text)
        .context("the list of licences in this program is broken")?;
    print(&text)
}
