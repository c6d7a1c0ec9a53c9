//! The process's outer shell: listeners, TLS, and the way of each request to the handler that
//! answers it.
//!
//! It knows nothing of chat: what answers is handed in as two [`Handler`]s. Order of a
//! connection: accept → [`gate`] → handshake with a limit → HTTP/1.1 or HTTP/2 → the exact socket
//! path goes to the socket handler, everything else to the other one.

mod announce;
mod answer;
mod authority;
mod bounds;
mod connection;
mod disk;
mod error;
mod fresh;
mod gate;
mod guest;
mod handler;
mod keeper;
mod links;
mod listener;
mod machine;
mod metrics;
mod names;
mod peer;
mod public;
mod redirect;
mod requests;
mod signals;
mod tls;
mod trust;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use announce::LocalName;
pub use bounds::{Bounds, Timeouts};
pub use disk::write_private;
pub use error::StartError;
pub use gate::GateLimits;
pub use handler::{BoxBody, BoxError, Handler, boxed};
pub use links::Links;
pub use metrics::{MetricsDoor, MetricsToken};
pub use signals::{EndSignals, ReloadSignal, SuccessionSignal, hold_signals, release_signals};

use crate::acme;
use crate::base::clock::{Clock, Timestamp};
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::config::{Config, Network, TlsMode};
use crate::metrics::Meters;
use crate::model::certificate::CertificateState;
use announce::Announcer;
use authority::Authority;
use connection::{Answers, Protocols, Shared};
use fresh::{Freshness, own_names};
use gate::{Gate, NoRoom};
use keeper::Keeper;
use listener::{Acceptor, Given};
use names::Names;
use redirect::Plain;
use requests::Requests;
use tls::Certificates;
use trust::TrustPage;

/// What answers requests.
pub struct Handlers {
    /// The realtime connection: exactly the configured socket path.
    pub socket: Handler,
    /// Everything else.
    pub http: Handler,
}

/// The addresses are taken, nothing is written yet. Connections wait.
pub struct Listening {
    config: Config,
    clock: Clock,
    bounds: Bounds,
    listeners: Vec<TcpListener>,
    plain: Vec<TcpListener>,
    files: Option<Certificates>,
    asked: Option<acme::Authority>,
}

impl Listening {
    /// Reads the certificate files and listens: all that can be refused without leaving a trace
    /// on disk. Must be called within a tokio runtime.
    pub fn bind(config: Config, clock: Clock, bounds: Bounds) -> Result<Self, StartError> {
        let files = match (config.tls.mode, &config.tls.cert, &config.tls.key) {
            (TlsMode::Files, Some(cert), Some(key)) => Some(Certificates::from_files(cert, key)?),
            _ => None,
        };
        let asked = match config.tls.mode {
            TlsMode::Acme => Some(acme::Authority::new(
                &config.tls.acme_directory,
                config.tls.acme_ca.as_deref(),
                config.tls.acme_email.as_deref(),
            )?),
            _ => None,
        };
        let mut given = Given::all();
        let listeners = listener::bind_all(&config.listeners(), &mut given)?;
        let plain = listener::bind_all(&config.plain_listeners(), &mut given)?;
        Ok(Self {
            config,
            clock,
            bounds,
            listeners,
            plain,
            files,
            asked,
        })
    }

    /// Prepares TLS; makes the private authority in `tls` below the data directory at the first
    /// start. The caller holds that directory for this process.
    pub fn secure(self) -> Result<Server, StartError> {
        let Self {
            config,
            clock,
            bounds,
            listeners,
            plain,
            files,
            asked,
        } = self;
        let listening = addresses(&listeners);
        let dir = config.server.data.join("tls");
        let hostnames = &config.server.hostnames;
        let keeper = asked
            .map(|asked| Keeper::open(&dir, hostnames, asked, !plain.is_empty(), &clock))
            .transpose()?;
        let announcer = Announcer::new(&config);
        let certificates = match config.tls.mode {
            TlsMode::LocalCa | TlsMode::Acme => {
                let names = own_names(&config, &announcer.name());
                let names = Names::collect(&names, &listening);
                let authority = Authority::open(&dir, &names, clock.now())?;
                let public = keeper.as_ref().map(Keeper::public);
                Some(Certificates::from_authority(
                    authority,
                    &names,
                    clock.now(),
                    public,
                )?)
            }
            _ => files,
        };
        let ca_file = certificates.as_ref().map(Certificates::file);
        let ca_file = ca_file.map(|file| file.canonicalize().unwrap_or(file));
        let links = Links::new(&config, &listening, &addresses(&plain), ca_file);
        let certificates = certificates.map(Arc::new);
        let control = Control {
            gate: Gate::new(bounds.gate),
            trusted_proxies: watch::Sender::new(config.server.trusted_proxies.clone()),
            server_name: watch::Sender::new(config.server.name.clone()),
        };
        Ok(Server {
            config,
            clock,
            bounds,
            listeners,
            plain,
            certificates,
            keeper,
            links,
            announcer,
            control,
            meters: Meters::default(),
        })
    }
}

/// A server that is ready to answer. Connections wait.
pub struct Server {
    config: Config,
    clock: Clock,
    bounds: Bounds,
    listeners: Vec<TcpListener>,
    plain: Vec<TcpListener>,
    certificates: Option<Arc<Certificates>>,
    keeper: Option<Keeper>,
    links: Links,
    announcer: Announcer,
    control: Control,
    meters: Meters,
}

impl Server {
    /// Where this server is reached.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// What its own network calls it.
    pub fn local_name(&self) -> LocalName {
        self.announcer.name()
    }

    /// The addresses that it listens on for the product.
    pub fn listening(&self) -> Vec<SocketAddr> {
        addresses(&self.listeners)
    }

    /// The SHA-256 fingerprint of the server's own authority, as devices show it.
    pub fn fingerprint(&self) -> Option<String> {
        let authority = self.certificates.as_ref()?.authority()?;
        Some(trust::fingerprint(authority.der()))
    }

    /// Counts with these instruments.
    #[must_use]
    pub fn counting(mut self, meters: Meters) -> Self {
        self.meters = meters;
        self
    }

    /// What of it can change, and be looked at, while it serves.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Says when the certificate in use begins and ends; `None` without TLS.
    pub fn certificate_life(
        &self,
    ) -> impl Fn() -> Option<(Timestamp, Timestamp)> + Send + Sync + use<> {
        let certificates = self.certificates.clone();
        move || certificates.as_ref()?.life()
    }

    /// The sockets that listen, once more, to be kept while this server ends: connections wait at
    /// them for who comes next.
    pub fn doors(&self) -> io::Result<Vec<OwnedFd>> {
        let listeners = self.listeners.iter().chain(&self.plain);
        listeners
            .map(|listener| listener.as_fd().try_clone_to_owned())
            .collect()
    }

    /// How the certificate of a public authority is doing, if one is asked.
    pub fn certificate(&self) -> Option<watch::Receiver<CertificateState>> {
        self.keeper.as_ref().map(Keeper::state)
    }

    /// Answers requests until `shutdown` begins, then lets those who still work finish within a
    /// limit.
    pub async fn serve(self, handlers: Handlers, shutdown: Shutdown) -> Result<(), StartError> {
        let (product, plain) = self.answers(handlers, &shutdown)?;
        let Self {
            config,
            clock,
            bounds,
            ..
        } = self;
        let listening = addresses(&self.listeners);
        let gate = self.control.gate.clone();
        let mut loops = JoinSet::new();
        let product = self
            .listeners
            .into_iter()
            .map(|listener| (listener, Some(product.clone())));
        let plain = self
            .plain
            .into_iter()
            .map(|listener| (listener, plain.clone()));
        for (listener, shared) in product.chain(plain) {
            if let Some(shared) = shared {
                let acceptor = Acceptor::new(listener, clock.clone());
                loops.spawn(accept(acceptor, gate.clone(), shared));
            }
        }
        let local_name = self.announcer.name();
        let called = self.control.server_name.subscribe();
        let prefix = &config.server.path_prefix;
        let telling = self.announcer.begin(called, prefix, &listening);
        if let Some(telling) = &telling {
            loops.spawn(telling.clone().follow(clock.clone()));
        }
        if let Some(certificates) = self.certificates {
            let fresh = Freshness {
                certificates,
                config: config.clone(),
                local_name,
                listening,
                every: bounds.timeouts.renewal,
            };
            loops.spawn(fresh.keep(clock.clone()));
        }
        if let Some(keeper) = self.keeper {
            loops.spawn(keeper.run());
        }
        shutdown.begun().await;
        // Ends the loops at their next pause, listeners closed.
        loops.shutdown().await;
        let goodbye = async {
            if let Some(telling) = telling {
                telling.end().await;
            }
        };
        let drained = clock.timeout(bounds.timeouts.drain, shutdown.drained());
        if tokio::join!(drained, goodbye).0.is_none() {
            tracing::warn!("some connections did not end in time and are cut off");
        }
        Ok(())
    }

    /// What the listeners answer with: the product, and with TLS the plain way to it.
    fn answers(
        &self,
        handlers: Handlers,
        shutdown: &Shutdown,
    ) -> Result<(Arc<Shared>, Option<Arc<Shared>>), StartError> {
        let requests = Arc::new(Requests::new(self.meters.clone()));
        let shared = |answers, tls, plain| {
            Arc::new(Shared {
                answers,
                tls,
                plain,
                trusted_proxies: self.control.trusted_proxies.subscribe(),
                requests: requests.clone(),
                rng: Rng::system(),
                protocols: Protocols::new(&self.bounds.timeouts),
                timeouts: self.bounds.timeouts,
                clock: self.clock.clone(),
                shutdown: shutdown.clone(),
            })
        };
        let product = |plain| Answers::Product {
            http: handlers.http,
            socket: handlers.socket,
            socket_path: self.config.server.socket_path.clone(),
            path_prefix: self.config.server.path_prefix.clone(),
            plain,
        };
        let Some(certificates) = &self.certificates else {
            return Ok((shared(product(None), None, None), None));
        };
        let tls = Arc::new(tls::server_config(certificates.clone())?);
        let port = |listeners| addresses(listeners).first().map(SocketAddr::port);
        let tls_port = port(&self.listeners).unwrap_or(443);
        let plain = Arc::new(Plain {
            tls_port,
            // Who speaks plain HTTP to the TLS listener gets the same answers.
            own_port: port(&self.plain).unwrap_or(tls_port),
            trust: self.trust_page(certificates)?,
            trust_url: self.links.trust.clone(),
            public: certificates.public().cloned(),
        });
        let product = product(Some(plain.clone()));
        let plain = Answers::Plain(plain);
        let plain = shared(plain, None, None);
        Ok((shared(product, Some(tls), Some(plain.clone())), Some(plain)))
    }

    fn trust_page(&self, certificates: &Certificates) -> Result<Option<TrustPage>, StartError> {
        let Some(authority) = certificates.authority() else {
            return Ok(None);
        };
        let file = authority.file();
        let pem = std::fs::read_to_string(&file).map_err(|e| StartError::file("read", &file, e))?;
        let called = self.control.server_name.subscribe();
        let prefix = &self.config.server.path_prefix;
        Ok(Some(TrustPage::new(called, prefix, authority.der(), pem)))
    }
}

/// What of a server can change, and be looked at, while it serves. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Control {
    gate: Gate,
    trusted_proxies: watch::Sender<Vec<Network>>,
    /// What people call the server.
    server_name: watch::Sender<String>,
}

impl Control {
    /// From now on who comes is held to these settings.
    pub fn settle(&self, config: &Config) {
        self.gate.limit(Bounds::of(config).gate);
        let trusted = &config.server.trusted_proxies;
        self.trusted_proxies.send_replace(trusted.clone());
        self.server_name.send_if_modified(|name| {
            let is_new = *name != config.server.name;
            name.clone_from(&config.server.name);
            is_new
        });
    }

    /// How many connections there are, and how many there may be.
    pub fn connections(&self) -> (usize, usize) {
        self.gate.count()
    }
}

fn addresses(listeners: &[TcpListener]) -> Vec<SocketAddr> {
    listeners.iter().flat_map(listener::addresses).collect()
}

/// Lets connections in, one task each.
async fn accept(mut acceptor: Acceptor, gate: Gate, shared: Arc<Shared>) {
    loop {
        let (stream, from) = acceptor.accept().await;
        let counted = !peer::is_trusted(from.ip(), &shared.trusted_proxies.borrow());
        match gate.admit(from.ip(), counted) {
            Ok(slot) => {
                tokio::spawn(connection::serve(stream, from, slot, shared.clone()));
            }
            Err(full) => {
                shared.requests.meters.connection_refused(match full {
                    NoRoom::Total => "total",
                    NoRoom::Address => "address",
                });
                tracing::debug!(peer = %from.ip(), ?full, "too many connections");
                if let Some(place) = gate.tell() {
                    tokio::spawn(connection::turn_away(
                        stream,
                        from,
                        full,
                        shared.clone(),
                        place,
                    ));
                }
            }
        }
    }
}
