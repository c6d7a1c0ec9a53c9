//! Why the server can't start, each a plain sentence that says what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::acme::Trouble;

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error(
        "another program already listens on {addr}; stop it, or choose another address with --listen or --plain-listen"
    )]
    Taken {
        /// The address.
        addr: SocketAddr,
    },
    /// The system refuses to listen there.
    #[error("cannot listen on {addr}: {source}; {}", listen_remedy(source))]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A file or directory can't be read or written.
    #[error("cannot {action} {}: {source}; check its owner, its permissions and the free space", path.display())]
    File {
        /// "read", "write", "create".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate or key file has the wrong content.
    #[error("cannot use {}: {problem}; {remedy}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A file has no token in it.
    #[error(
        "the file {} named in metrics.token_file must hold a token of at least 16 characters and nothing else; make one with `openssl rand -hex 32`", path.display()
    )]
    MetricsToken {
        /// The file.
        path: PathBuf,
    },
    /// The settings of a public authority can't be used.
    #[error(transparent)]
    PublicAuthority(#[from] Trouble),
    /// The cryptography library refuses.
    #[error("cannot set up TLS: {0}; this is a fault in Inkspot, please report it")]
    Tls(String),
}

impl StartError {
    pub(super) fn file(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.into(),
            source,
        }
    }
}

fn listen_remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need the right to open them: choose a higher port or grant CAP_NET_BIND_SERVICE"
        }
        io::ErrorKind::AddrNotAvailable => "choose an address that this machine has",
        _ => "choose another address with --listen or --plain-listen",
    }
}
