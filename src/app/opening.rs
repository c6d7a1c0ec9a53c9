//! What is opened under the settings, and how each part behaves by them.

use std::path::PathBuf;
use std::sync::Arc;

use super::{AppError, upgrade};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::blobs::{self, BlobError, BlobKind, BlobOptions, Blobs};
use crate::config::{Config, FileStorage, LimitProfile};
use crate::engine::EngineConfig;
use crate::metrics::Meters;
use crate::search;
use crate::service::{self, Parts, Running, Service};
use crate::store::{self, Store, StoreError, StoreOptions, Writer};

/// The service on an opened store, for those who need no doors: the command line.
pub fn start_service(
    config: &Config,
    (store, writer): (Store, Writer),
    clock: &Clock,
    rng: &Rng,
    fatal: service::Fatal,
) -> Result<(Service, Running), AppError> {
    start_counting_service(
        config,
        (store, writer),
        clock,
        rng,
        fatal,
        Meters::default(),
    )
}

/// How the service behaves under these settings.
pub(super) fn service_settings(config: &Config, meters: Meters) -> service::Settings {
    service::Settings {
        server_name: config.server.name.clone(),
        session_idle: config.sessions.idle(),
        registration: config.accounts.registration,
        open: service::OpenHouse {
            per_hour: config.accounts.open_per_hour,
            most: u64::from(config.accounts.open_most),
        },
        limited: config.limits.profile == LimitProfile::Default,
        files: service::FileSettings {
            max_bytes: config.files.max_file_bytes(),
            quota_bytes: config.files.quota_bytes(),
            expires: config.files.upload_expires(),
            reserve_bytes: config.files.disk_reserve_bytes(),
            writers: config.memory.upload_writers(),
            path_prefix: config.server.path_prefix.clone(),
        },
        password_turns: config.memory.password_turns(),
        meters,
        ..service::Settings::default()
    }
}

pub(super) fn start_counting_service(
    config: &Config,
    (store, writer): (Store, Writer),
    clock: &Clock,
    rng: &Rng,
    fatal: service::Fatal,
    meters: Meters,
) -> Result<(Service, Running), AppError> {
    let settings = service_settings(config, meters);
    // They stop a little later than uploads, so that space is given back on a disk that has just
    // become full, and long before the database does.
    let reserve = settings.files.reserve(&store.space()?);
    let blobs = open_blobs(config, reserve - reserve / 4)?;
    let (clock, rng) = (clock.clone(), rng.clone());
    Service::start(Parts {
        store,
        writer,
        blobs,
        clock,
        rng,
        settings,
        fatal,
    })
    .map_err(AppError::Service)
}

/// Opens the contents of files in the data directory, which this process holds. Nothing is added
/// to them while less than `floor_bytes` are free.
pub fn open_blobs(config: &Config, floor_bytes: u64) -> Result<Arc<dyn Blobs>, BlobError> {
    let kind = match config.files.storage {
        FileStorage::Volumes => BlobKind::Volumes,
        FileStorage::Files => BlobKind::Files,
    };
    let folder = blobs_folder(config);
    let options = BlobOptions {
        floor_bytes,
        ..BlobOptions::default()
    };
    blobs::open(&folder, kind, &options)
}

/// Where the contents of files lie.
pub fn blobs_folder(config: &Config) -> PathBuf {
    config.server.data.join("blobs")
}

/// How the store is opened under these settings.
pub fn store_options(config: &Config) -> StoreOptions {
    StoreOptions {
        cache_bytes: config.memory.store_cache_bytes(),
        ..StoreOptions::default()
    }
}

/// The same as [`open_store`], to be written to: a database of an older format is brought to the newest one,
/// after a backup of it was made.
pub fn open_store_to_write(
    config: &Config,
    clock: &Clock,
    rng: &Rng,
) -> Result<(Store, Writer), AppError> {
    upgraded(config, (clock, rng), open_store(config, clock, rng)?)
}

pub(super) fn upgraded(
    config: &Config,
    tools: (&Clock, &Rng),
    (store, mut writer): (Store, Writer),
) -> Result<(Store, Writer), AppError> {
    upgrade::upgrade(config, &store, &mut writer, tools).map_err(AppError::Upgrade)?;
    Ok((store, writer))
}

/// Takes the data directory for this process and opens the store in it.
pub fn open_store(
    config: &Config,
    clock: &Clock,
    rng: &Rng,
) -> Result<(Store, Writer), StoreError> {
    store::open(&config.server.data, &store_options(config), rng, clock)
}

/// Where the search index lies.
pub fn search_folder(config: &Config) -> PathBuf {
    config.server.data.join("search")
}

/// How the search index is kept under these settings.
pub fn search_options(config: &Config) -> search::Options {
    search::Options {
        cache_bytes: config.memory.search_cache_bytes(),
        ..search::Options::default()
    }
}

/// The realtime engine under these settings.
pub(super) fn engine_config(config: &Config) -> EngineConfig {
    EngineConfig {
        queue_bytes_in_all: usize::try_from(config.memory.outbox_bytes()).unwrap_or(usize::MAX),
        ..EngineConfig::default()
    }
}
