//! The composition root: opens the store, starts the service, opens the doors, and ends them all
//! in the opposite order. It knows everybody; nobody knows it but `cli` and tests.

mod backups;
mod opening;
mod readings;
mod reload;
mod rescue;
mod upgrade;

pub use opening::{
    blobs_folder, open_blobs, open_store, open_store_to_write, search_folder, search_options,
    start_service, store_options,
};
pub use reload::{LIVE, Reload, Reloaded, logging_of};

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::backup::{BackupError, Shelf};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::blobs::BlobError;
use crate::config::{Config, ConfigError, LimitProfile, TlsMode};
use crate::doctor::Doctor;
use crate::engine;
use crate::http;
use crate::metrics::{Meters, Scrape};
use crate::realtime::{OriginPolicy, Realtime};
use crate::search::{self, Search};
use crate::server::{
    Bounds, Handler, Handlers, Links, Listening, LocalName, MetricsDoor, Server, StartError,
};
use crate::service::{Running, Service, ServiceError};
use crate::store::{Store, StoreError};

pub use rescue::{configured_passphrase, open_backup, replace};
pub use upgrade::newest as newest_before_upgrade;

use opening::{engine_config, start_counting_service, upgraded};

/// Why the program could not start, or had to end. Each is a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The outer shell: addresses, certificates, the data directory.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Settings that do not work together.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The contents of files.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The rows could not be kept before the format of the database is raised.
    #[error("the database is of an older Inkspot and must be backed up before it is changed: {0}")]
    Upgrade(BackupError),
    /// The service.
    #[error("{}", .0.log().unwrap_or("the service could not start"))]
    Service(ServiceError),
    /// A thread could not be started.
    #[error("the search could not start: {0}")]
    Search(std::io::Error),
    /// Nothing can be stored any more.
    #[error("nothing can be stored any more: {0}")]
    Fatal(String),
}

/// The whole program, listening but not answering yet.
pub struct App {
    server: Server,
    service: Service,
    running: Running,
    backups: Shelf,
    search: Search,
    searching: search::Running,
    store: Store,
    realtime: Realtime,
    http: Handler,
    config: Config,
    clock: Clock,
    rng: Rng,
    shutdown: Shutdown,
    fatal: Arc<Mutex<Option<String>>>,
    meters: Meters,
    metrics: Option<MetricsDoor>,
    scrape: Scrape,
    reload: Arc<Reload>,
    doctor: Arc<Doctor>,
}

impl App {
    /// Takes the data directory, listens and starts everything. Must be called within a tokio
    /// runtime.
    pub fn start(config: &Config, clock: &Clock, rng: &Rng) -> Result<Self, AppError> {
        let bounds = Bounds::of(config);
        Self::start_within(config, bounds, clock, rng)
    }

    /// The same with other bounds; for tests.
    pub fn start_within(
        config: &Config,
        bounds: Bounds,
        clock: &Clock,
        rng: &Rng,
    ) -> Result<Self, AppError> {
        let listening = Listening::bind(config.clone(), clock.clone(), bounds)?;
        let metrics = MetricsDoor::bind(&config.metrics)?;
        let opened = upgraded(config, (clock, rng), rescue::open(config, clock, rng)?)?;
        let meters = Meters::default();
        let server = listening.secure()?.counting(meters.clone());
        let store = opened.0.clone();
        let shutdown = Shutdown::new();
        let fatal = Arc::new(Mutex::new(None));
        let on_fatal = {
            let (fatal, shutdown) = (fatal.clone(), shutdown.clone());
            Box::new(move |why: &str| {
                *fatal.lock() = Some(why.to_owned());
                shutdown.begin();
            })
        };
        let counted = meters.clone();
        let (service, running) =
            start_counting_service(config, opened, clock, rng, on_fatal, counted)?;
        let (search, searching) = Search::start(
            search_folder(config),
            store.clone(),
            service.published(),
            (clock, rng),
            search_options(config),
        )
        .map_err(AppError::Search)?;
        let realtime = Realtime::new(
            &service,
            engine_config(config),
            OriginPolicy::default(),
            clock.clone(),
            rng.clone(),
        );
        realtime.limit(config.limits.profile == LimitProfile::Default);
        let scrape = readings::scrape(readings::Sources {
            meters: meters.clone(),
            service: service.clone(),
            search: search.clone(),
            realtime: realtime.clone(),
            control: server.control(),
            certificate_life: Box::new(server.certificate_life()),
            clock: clock.clone(),
        });
        let (sender, settings) = watch::channel(config.backups.clone());
        let backups = Shelf::new(config.server.data.clone(), settings);
        let local_name = server.local_name();
        let doctor = Doctor::new(config.clone(), clock.clone(), server.listening());
        let doctor = Arc::new(
            doctor
                .called(move || local_name.now())
                .certified(server.certificate()),
        );
        let parts = reload::Parts {
            service: service.clone(),
            realtime: realtime.clone(),
            control: server.control(),
            doctor: doctor.clone(),
            backups: sender,
            metrics: metrics.as_ref().map(MetricsDoor::token),
        };
        let reload = Arc::new(Reload::new(parts, config));
        let settings = http::Settings {
            url: server.links().primary().to_owned(),
            path_prefix: config.server.path_prefix.clone(),
            socket_path: config.server.socket_path.clone(),
            public_certificate: config.tls.mode == TlsMode::Acme,
            trust_link: server.links().trust.clone(),
            certificate: server.certificate(),
            clock: clock.clone(),
            scrape: Some(scrape.clone()),
            doctor: doctor.clone(),
            backups: backups.clone(),
        };
        let routes = http::routes(service.clone(), search.clone(), settings);
        let http = Handler::from_service(warp::service(routes));
        let (clock, rng) = (clock.clone(), rng.clone());
        Ok(Self {
            server,
            service,
            running,
            backups,
            search,
            searching,
            store,
            realtime,
            http,
            config: config.clone(),
            clock,
            rng,
            shutdown,
            fatal,
            meters,
            metrics,
            scrape,
            reload,
            doctor,
        })
    }

    /// The way to change its settings while it runs. Holding it keeps the database open.
    pub fn reload(&self) -> Weak<Reload> {
        Arc::downgrade(&self.reload)
    }

    /// Where a monitoring system reads how it does, if it may.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.address()
    }

    /// Where it is reached.
    pub fn links(&self) -> &Links {
        self.server.links()
    }

    /// What its own network calls it.
    pub fn local_name(&self) -> LocalName {
        self.server.local_name()
    }

    /// The file that its settings were read from.
    pub fn settings_file(&self) -> Option<&Path> {
        self.config.file.as_deref()
    }

    /// The fingerprint of the server's own authority, as devices show it.
    pub fn fingerprint(&self) -> Option<String> {
        self.server.fingerprint()
    }

    /// Its listening sockets, for who comes next; see [`Server::doors`].
    pub fn doors(&self) -> std::io::Result<Vec<OwnedFd>> {
        self.server.doors()
    }

    /// The rules, for the local control socket.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Looks at what is around this server.
    pub fn doctor(&self) -> &Arc<Doctor> {
        &self.doctor
    }

    /// The search.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// Beginning it ends the program in order.
    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Answers requests until the shutdown begins, then ends in order: no new connections, sockets
    /// are told to come back, requests finish, the queue is drained, the database is closed.
    pub async fn run(self) -> Result<(), AppError> {
        let Self {
            server,
            service,
            running,
            backups,
            search,
            searching,
            store,
            realtime,
            http,
            config,
            clock,
            rng,
            shutdown,
            fatal,
            meters,
            metrics,
            scrape,
            reload,
            ..
        } = self;
        let door = realtime.clone();
        let socket = Handler::new(move |request| {
            let door = door.clone();
            async move { door.serve(request).await }
        });
        let mut sockets = tokio::spawn(realtime.clone().run());
        let making = backups::run(backups::Making {
            data: config.server.data,
            settings: config.file,
            shelf: backups,
            meters: meters.backups.clone(),
            service: service.clone(),
            clock: clock.clone(),
            rng,
            shutdown: shutdown.clone(),
        });
        let numbers = async {
            if let Some(metrics) = metrics {
                let (clock, shutdown) = (clock.clone(), shutdown.clone());
                metrics.serve(scrape, clock, shutdown).await;
            }
        };
        let leave = async {
            shutdown.begun().await;
            service.stop_uploads();
            realtime.shutdown().await;
        };
        let serve = async {
            let served = server.serve(Handlers { socket, http }, shutdown.clone());
            let served = Box::pin(served).await;
            // When it could not even begin, the others must hear that it is over.
            shutdown.begin();
            served
        };
        let (served, (), (), ()) = tokio::join!(serve, leave, making, numbers);
        // It ends by itself once everybody is gone; before that the database can't be closed.
        if clock.timeout(engine::GRACE, &mut sockets).await.is_none() {
            sockets.abort();
            let _ = sockets.await;
        }
        drop((realtime, service, search, reload));
        searching.stop().await;
        running.stop().await;
        close(store).await;
        served?;
        match fatal.lock().take() {
            Some(why) => Err(AppError::Fatal(why)),
            None => Ok(()),
        }
    }
}

/// Closes the database; it is closed when this returns.
async fn close(store: Store) {
    if let Err(error) = tokio::task::spawn_blocking(move || drop(store)).await {
        tracing::error!("closing the database failed: {error}");
    }
}
