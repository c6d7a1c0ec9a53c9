//! Settings: one file per topic, each setting with its words and its default in one place.
//!
//! A value comes from the command line, else from an `INKSPOT_*` variable, else from the file
//! given with `--config` (without it: [`SYSTEM_FILE`], where there is one), else from the default.
//! Nothing here acts on a setting, and nothing is read from disk except that file; what depends on
//! the machine's memory asks for that.

mod accounts;
mod backups;
mod error;
mod example;
mod file;
mod files;
mod limits;
mod log;
mod memory;
mod metrics;
mod network;
mod overrides;
mod server;
mod sessions;
mod tls;
mod topic;
mod variables;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use accounts::Accounts;
pub use backups::Backups;
pub use error::ConfigError;
pub use example::example;
pub use files::{FileStorage, Files};
pub use limits::{LimitProfile, Limits};
pub use log::{Debug, Log};
pub use memory::Memory;
pub use metrics::Metrics;
pub use network::Network;
pub use overrides::Overrides;
pub use server::{Listen, Server};
pub use sessions::Sessions;
pub use tls::{Tls, TlsMode};
pub use variables::{UnknownVariable, unknown_variables};

/// The settings of the machine's own server, as the Debian package installs it.
pub const SYSTEM_FILE: &str = "/etc/inkspot/config.toml";

/// All settings of one process, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The file that this was read from, if there is one.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// `[server]`
    pub server: Server,
    /// `[tls]`
    pub tls: Tls,
    /// `[limits]`
    pub limits: Limits,
    /// `[memory]`
    pub memory: Memory,
    /// `[files]`
    pub files: Files,
    /// `[backups]`
    pub backups: Backups,
    /// `[accounts]`
    pub accounts: Accounts,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[log]`
    pub log: Log,
    /// `[metrics]`
    pub metrics: Metrics,
}

impl Config {
    /// Reads the file that `overrides` names, else the machine's if there is one, lays the
    /// overrides over it and checks the result. Reads nothing else and writes nothing.
    pub fn load(overrides: Overrides) -> Result<Self, ConfigError> {
        let system = Path::new(SYSTEM_FILE);
        let file = overrides.config.as_deref();
        let file = file.or_else(|| system.exists().then_some(system));
        let mut config = match file {
            Some(path) => Self {
                // A pipe is gone when it was read.
                file: std::path::absolute(path).ok().filter(|path| path.is_file()),
                ..file::read(path)?
            },
            None => Self::default(),
        };
        overrides.apply(&mut config);
        config.check()?;
        Ok(config)
    }

    /// Whether these settings can work together.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.tls.check(&self.server.hostnames)?;
        self.server.check()?;
        self.memory.check()?;
        self.files.check()?;
        self.backups.check()?;
        self.accounts.check()?;
        self.sessions.check()?;
        self.metrics.check()?;
        if self.tls.mode == TlsMode::Off
            && !self.listens_on_loopback_only()
            && self.server.trusted_proxies.is_empty()
        {
            return Err(ConfigError::PlainInPublic);
        }
        if self.limits.profile == LimitProfile::Off
            && !(self.listens_on_loopback_only() && self.redirects_on_loopback_only())
        {
            return Err(ConfigError::LimitsOffInPublic);
        }
        Ok(())
    }

    /// The settings in which `other` differs, each as `topic.key`, in the order of the example.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let all = |config: &Self| {
            [
                config.server.values(),
                config.tls.values(),
                config.limits.values(),
                config.memory.values(),
                config.files.values(),
                config.backups.values(),
                config.accounts.values(),
                config.sessions.values(),
                config.log.values(),
                config.metrics.values(),
            ]
            .concat()
        };
        let pairs = all(self).into_iter().zip(all(other));
        pairs
            .filter(|((_, own), (_, others))| own != others)
            .map(|((key, _), _)| key)
            .collect()
    }

    /// Where the product itself is served.
    pub fn listeners(&self) -> Vec<Listen> {
        self.server.listeners(self.tls.mode)
    }

    /// Where plain HTTP leads people to HTTPS: nowhere when TLS is off.
    pub fn plain_listeners(&self) -> Vec<Listen> {
        match self.tls.mode {
            TlsMode::Off => Vec::new(),
            mode => self.server.plain_listeners(mode),
        }
    }

    /// The name that the server's own network is told, if it is told one: `inkspot.local`.
    pub fn local_name(&self) -> Option<String> {
        let Server {
            local_name,
            public_url,
            ..
        } = &self.server;
        let told = self.tls.mode == TlsMode::LocalCa
            && public_url.is_none()
            && !local_name.is_empty()
            && !self.listens_on_loopback_only();
        told.then(|| format!("{}.local", local_name.to_ascii_lowercase()))
    }

    fn listens_on_loopback_only(&self) -> bool {
        self.listeners().iter().all(|at| at.addr.ip().is_loopback())
    }

    fn redirects_on_loopback_only(&self) -> bool {
        let mut plain = self.plain_listeners().into_iter();
        plain.all(|at| at.addr.ip().is_loopback())
    }
}
