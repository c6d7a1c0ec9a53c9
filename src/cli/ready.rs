//! The ready file: tells a program that started the server where it is.

use std::path::Path;

use serde::Serialize;

use crate::server::{Links, StartError, write_private};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'r> {
    url: &'r str,
    plain_url: Option<&'r str>,
    ca_file: Option<&'r Path>,
    setup_link: Option<&'r str>,
    pid: u32,
}

/// Writes one line of JSON: `{"url","plainUrl","caFile","setupLink","pid"}`.
pub(super) fn write(path: &Path, links: &Links, setup: Option<&str>) -> Result<(), StartError> {
    let ready = Ready {
        url: &links.local,
        plain_url: links.plain.as_deref(),
        ca_file: links.ca_file.as_deref(),
        setup_link: setup,
        pid: std::process::id(),
    };
    let mut line = serde_json::to_vec(&ready).map_err(|error| StartError::File {
        action: "write",
        path: path.into(),
        cause: error.into(),
    })?;
    line.push(b'\n');
    write_private(path, &line)
}
