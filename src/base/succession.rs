//! Listening sockets that outlive the program: given by systemd, or by the program that this
//! process was before.
//!
//! A process hands them to its successor by beginning anew as another program: same process, same
//! sockets. Connections wait at them meanwhile; none is refused. Both givers speak systemd's
//! protocol, see `sd_listen_fds(3)`. Knows nothing of who listens where.

use std::convert::Infallible;
use std::env;
use std::ffi::{CString, OsString};
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process;

use listenfd::ListenFd;
use nix::unistd::execve;
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

/// Where the sockets begin in a new program, if nothing else lies there.
const FIRST: RawFd = 3;
/// How many there are, for whom, and where they begin; the last is an addition of `listenfd`'s.
const GIVEN: [&str; 3] = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDS_FIRST_FD"];

/// The listening TCP sockets that were given to this process. They are given once: who calls this
/// again gets none. Whatever else was given is left alone.
pub fn inherited() -> Vec<TcpListener> {
    let mut given = ListenFd::from_env();
    (0..given.len())
        .filter_map(|index| match given.take_tcp_listener(index) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!(%error, "a socket that was handed to this program is of no use");
                None
            }
        })
        .collect()
}

/// Begins anew as this program, with the arguments of this process, and hands it the sockets. To be
/// called when nothing else is open that the new program wants. It only returns if it failed.
///
/// Signals that the calling thread holds back stay so in the new program, and those that came
/// meanwhile wait for it: none is lost, none ends it before it listens.
pub fn succeed(program: &Path, sockets: &[OwnedFd]) -> io::Error {
    match begin(program, sockets) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

/// Not by [`std::process::Command`], which lets signals through before the new program begins.
fn begin(program: &Path, sockets: &[OwnedFd]) -> io::Result<Infallible> {
    let row = in_a_row(sockets)?;
    for socket in &row {
        fcntl_setfd(socket, FdFlags::empty())?;
    }
    let first = row.first().map_or(FIRST, AsRawFd::as_raw_fd);
    let about = [
        row.len().to_string(),
        process::id().to_string(),
        first.to_string(),
    ];
    let kept = env::vars_os().filter(|(name, _)| !GIVEN.iter().any(|given| name == given));
    let given = GIVEN.map(OsString::from).into_iter().zip(about);
    let given = given.map(|(name, value)| (name, value.into()));
    let settings = kept.chain(given).map(|(mut name, value)| {
        name.push("=");
        name.push(value);
        name
    });
    let arguments = env::args_os().map(text).collect::<io::Result<Vec<_>>>()?;
    let settings = settings.map(text).collect::<io::Result<Vec<_>>>()?;
    Ok(execve(&text(program.into())?, &arguments, &settings)?)
}

fn text(text: OsString) -> io::Result<CString> {
    CString::new(text.into_vec()).map_err(io::Error::from)
}

/// The same sockets under numbers that follow one another.
fn in_a_row(sockets: &[OwnedFd]) -> io::Result<Vec<OwnedFd>> {
    let mut row: Vec<OwnedFd> = Vec::with_capacity(sockets.len());
    let mut wanted = FIRST;
    while let Some(socket) = sockets.get(row.len()) {
        // The lowest number that is free, from the wanted one on.
        let same = fcntl_dupfd_cloexec(socket, wanted)?;
        let number = same.as_raw_fd();
        if number != wanted && !row.is_empty() {
            // Something else lies there: once more behind it.
            row.clear();
            wanted = number;
            continue;
        }
        row.push(same);
        wanted = number + 1;
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn descriptors_come_in_a_row_whatever_lies_between() {
        let open = || OwnedFd::from(File::open("/dev/null").unwrap());
        let mut all: Vec<_> = (0..40).map(|_| open()).collect();
        // Gaps of one and two.
        let mut at = 0;
        all.retain(|_| {
            at += 1;
            at % 5 > 1
        });
        for count in [0, 1, 2, 3, 7] {
            let sockets: Vec<_> = (0..count).map(|_| open()).collect();
            let row = in_a_row(&sockets).unwrap();
            let numbers: Vec<_> = row.iter().map(AsRawFd::as_raw_fd).collect();
            assert_eq!(numbers.len(), count);
            assert!(
                numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
                "{numbers:?}"
            );
        }
    }
}
