//! What the certificate in use follows: the machine's addresses, what the network calls it, the calendar and
//! SIGHUP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::StartError;
use super::announce::LocalName;
use super::names::Names;
use super::signals::ReloadSignal;
use super::tls::Certificates;
use crate::base::clock::{Clock, Timestamp};
use crate::config::{Config, TlsMode};

/// What the certificate follows.
pub(super) struct Freshness {
    pub certificates: Arc<Certificates>,
    pub config: Config,
    pub local_name: LocalName,
    pub listening: Vec<SocketAddr>,
    pub every: Duration,
}

impl Freshness {
    /// As long as the server runs.
    pub async fn keep(mut self, clock: Clock) {
        let mut hangup = match ReloadSignal::listen() {
            Ok(hangup) => Some(hangup),
            Err(error) => {
                tracing::warn!(%error, "SIGHUP will not read the certificate again");
                None
            }
        };
        loop {
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.next().await,
                    None => std::future::pending().await,
                }
            };
            let fresh = tokio::select! {
                () = asked => self.certificates.reload(),
                () = self.local_name.changed() => self.renew(clock.now()),
                () = clock.sleep(self.every) => self.renew(clock.now()),
            };
            if let Err(error) = fresh {
                tracing::error!(%error, "the certificate in use stays");
            }
        }
    }

    fn renew(&self, now: Timestamp) -> Result<(), StartError> {
        let names = own_names(&self.config, &self.local_name);
        let names = Names::collect(&names, &self.listening);
        self.certificates.renew(&names, now)
    }
}

/// The names that the server's own authority speaks for beside the machine's: none that a public one does.
pub(super) fn own_names(config: &Config, local: &LocalName) -> Vec<String> {
    match config.tls.mode {
        TlsMode::Acme => Vec::new(),
        _ => [config.server.hostnames.clone(), local.all()].concat(),
    }
}
