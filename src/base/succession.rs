//! Listening sockets that outlive the program: given by systemd, or by the program that this
//! process was before.
//!
//! A process hands them to its successor by beginning anew as another program: same process, same
//! sockets. Connections wait at them meanwhile; none is refused. Both givers speak systemd's
//! protocol, see `sd_listen_fds(3)`. Knows nothing of who listens where.

use std::env;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command};

use command_fds::{CommandFdExt, FdMapping};
use listenfd::ListenFd;

/// Where the sockets begin in a new program.
const FIRST: i32 = 3;

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
pub fn succeed(program: &Path, sockets: Vec<OwnedFd>) -> io::Error {
    let mut arguments = env::args_os();
    let mut next = Command::new(program);
    if let Some(name) = arguments.next() {
        next.arg0(name);
    }
    next.args(arguments)
        .env("LISTEN_FDS", sockets.len().to_string())
        .env("LISTEN_PID", process::id().to_string());
    let mappings = (FIRST..).zip(sockets);
    let mappings = mappings.map(|(child_fd, parent_fd)| FdMapping {
        parent_fd,
        child_fd,
    });
    match next.fd_mappings(mappings.collect()) {
        Ok(next) => next.exec(),
        Err(error) => io::Error::other(error),
    }
}
