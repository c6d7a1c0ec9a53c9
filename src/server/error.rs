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
    #[error("cannot listen on {addr}: {cause}; {}", listen_remedy(cause))]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system says; within the sentence, and so not told as a reason once more.
        cause: io::Error,
    },
    /// A file or directory can't be read or written.
    #[error("cannot {action} {}: {cause}; check its owner, its permissions and the free space", path.display())]
    File {
        /// "read", "write", "create".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says; within the sentence, and so not told as a reason once more.
        cause: io::Error,
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
    pub(super) fn file(action: &'static str, path: impl Into<PathBuf>, cause: io::Error) -> Self {
        Self::File {
            action,
            path: path.into(),
            cause,
        }
    }
}

fn listen_remedy(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("inkspot"));
            format!(
                "ports below 1024 take a right: give it to the program with `sudo setcap \
                 cap_net_bind_service=+ep {}` (again after each upgrade), let the service of the \
                 Debian package run it, or choose higher ports with --listen and --plain-listen",
                program.display()
            )
        }
        io::ErrorKind::AddrNotAvailable => "choose an address that this machine has".to_owned(),
        _ => "choose another address with --listen or --plain-listen".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_open_a_port_is_told_how_to_get_the_right() {
        let error = StartError::Listen {
            addr: "0.0.0.0:443".parse().unwrap(),
            cause: io::ErrorKind::PermissionDenied.into(),
        };
        let text = error.to_string();
        let program = std::env::current_exe().unwrap();
        for part in [
            "cannot listen on 0.0.0.0:443",
            &*format!("setcap cap_net_bind_service=+ep {}", program.display()),
            "Debian package",
            "--listen",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
