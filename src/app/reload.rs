//! Settings that change while the server runs: read again, laid over those in use, handed to whom they
//! concern.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::AppError;
use super::opening::service_settings;
use crate::base::logging::{self, Logging};
use crate::config::{Backups, Config, LimitProfile};
use crate::doctor::Doctor;
use crate::metrics::Meters;
use crate::realtime::Realtime;
use crate::server::{Control, MetricsToken, StartError};
use crate::service::Service;

/// The settings that change at once. All others take a restart.
pub const LIVE: [&str; 20] = [
    "server.name",
    "server.trusted_proxies",
    "limits.profile",
    "files.max_file_mib",
    "files.quota_mib",
    "files.upload_expires_hours",
    "files.disk_reserve_mib",
    "backups.every_hours",
    "backups.keep",
    "backups.folder",
    "backups.passphrase_file",
    "backups.download",
    "accounts.registration",
    "accounts.open_per_hour",
    "accounts.open_most",
    "sessions.idle_days",
    "log.level",
    "log.format",
    "log.debug",
    "metrics.token_file",
];

/// What changed, each as `topic.key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// What is in use from now on.
    pub changed: Vec<String>,
    /// What is in use after a restart.
    pub restart: Vec<String>,
}

/// Everybody who can be given other settings.
pub(super) struct Parts {
    pub service: Service,
    pub realtime: Realtime,
    pub control: Control,
    pub doctor: Arc<Doctor>,
    pub backups: watch::Sender<Backups>,
    pub metrics: Option<MetricsToken>,
}

/// The way to change the settings of a running server.
pub struct Reload {
    parts: Parts,
    /// In use, but for what takes a restart: that is as it was at the start.
    current: Mutex<Config>,
}

impl Reload {
    pub(super) fn new(parts: Parts, config: &Config) -> Self {
        parts.realtime.watch(config.log.debug.clone());
        Self {
            parts,
            current: Mutex::new(config.clone()),
        }
    }

    /// Hands `new` to whom it concerns. On an error nothing has changed. What can change must fit what
    /// stays as it was, too.
    pub fn apply(&self, new: &Config) -> Result<Reloaded, AppError> {
        let mut current = self.current.lock();
        let mut next = current.clone();
        next.server.name.clone_from(&new.server.name);
        next.server
            .trusted_proxies
            .clone_from(&new.server.trusted_proxies);
        next.limits = new.limits.clone();
        next.files = crate::config::Files {
            storage: current.files.storage,
            ..new.files.clone()
        };
        next.backups = new.backups.clone();
        next.accounts = new.accounts.clone();
        next.sessions = new.sessions.clone();
        next.log = new.log.clone();
        next.metrics.token_file.clone_from(&new.metrics.token_file);
        next.check()?;
        self.hand_over(&next)?;
        let reloaded = Reloaded {
            changed: current.differences(&next),
            restart: next.differences(new),
        };
        *current = next;
        Ok(reloaded)
    }

    fn hand_over(&self, config: &Config) -> Result<(), StartError> {
        let Parts {
            service,
            realtime,
            control,
            doctor,
            backups,
            metrics,
        } = &self.parts;
        // The only one that can fail comes first. A file may say something else by the same name.
        if let Some(token) = metrics {
            token.settle(&config.metrics)?;
        }
        service.settle(service_settings(config, Meters::default()));
        realtime.limit(config.limits.profile == LimitProfile::Default);
        realtime.watch(config.log.debug.clone());
        control.settle(config);
        doctor.settle(config);
        backups.send_replace(config.backups.clone());
        logging::settle(logging_of(config));
        Ok(())
    }
}

/// What the settings say about the log.
pub fn logging_of(config: &Config) -> Logging {
    Logging {
        format: config.log.format,
        level: config.log.level,
        packets: !config.log.debug.is_empty(),
    }
}
