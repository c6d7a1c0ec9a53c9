//! What can be wrong with the settings, each a plain sentence that says what to do.

use std::io;
use std::path::PathBuf;

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("cannot read the configuration file {}: {source}; check the path and its permissions, or name another one with --config", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A key in the file that no setting has.
    #[error("{}:{line}:{column}: unknown setting \"{key}\"; {}", path.display(), remedy(nearest.as_deref()))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What the file says.
        key: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
    },
    /// The file is no TOML, or a value has the wrong type.
    #[error("{}:{line}:{column}: {message}; correct this line or remove it", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A value that the setting can't take.
    #[error(
        "the setting {key} must be {wanted}; correct it in the file, in {} or on the command line",
        variable(key)
    )]
    Value {
        /// The setting, with its topic.
        key: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
    /// Mode "acme" lacks a name.
    #[error(
        "tls.mode \"acme\" needs the name under which people reach this server; set server.hostnames, or start with `inkspot serve chat.example.com`"
    )]
    NoPublicName,
    /// Mode "acme" has a name that no public authority knows.
    #[error(
        "no public authority can vouch for {name}, which exists in private networks only; use tls.mode \"local-ca\", or a name that anybody can look up"
    )]
    PrivateName {
        /// The name.
        name: String,
    },
    /// Mode "files" lacks a file.
    #[error("tls.mode \"files\" needs tls.cert and tls.key; set both to the paths of PEM files")]
    FilesNotNamed,
    /// Files are named that the mode would ignore.
    #[error(
        "tls.cert and tls.key are used in tls.mode \"files\" only; set the mode to \"files\" or remove them"
    )]
    FilesNotUsed,
    /// Unencrypted to everybody.
    #[error(
        "with tls.mode \"off\" everybody on the network could read along; set server.listen to a loopback address such as 127.0.0.1:8080, or name the proxy that encrypts in server.trusted_proxies"
    )]
    PlainInPublic,
    /// Numbers for everybody.
    #[error(
        "metrics.listen without metrics.token_file must be a loopback address such as 127.0.0.1:9464; choose one, or name a file with a token"
    )]
    MetricsInPublic,
    /// Unlimited to everybody.
    #[error(
        "limits.profile \"off\" is allowed on loopback addresses only; set server.listen to an address such as 127.0.0.1:8443 or leave the limits on"
    )]
    LimitsOffInPublic,
}

impl ConfigError {
    pub(super) fn value(key: &'static str, wanted: &'static str) -> Self {
        Self::Value { key, wanted }
    }
}

fn remedy(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => "see `inkspot config example` for those that exist".to_owned(),
    }
}

/// The variable of a setting; those of `[server]` go without their topic.
fn variable(key: &str) -> String {
    let name = key.strip_prefix("server.").unwrap_or(key);
    format!("INKSPOT_{}", name.replace('.', "_").to_uppercase())
}
