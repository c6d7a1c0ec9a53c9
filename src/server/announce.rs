//! This server's name on its own network: `inkspot.local`, told by multicast DNS (RFC 6762), and the server
//! as a service of `_https._tcp` (RFC 6763).
//!
//! Told on private addresses only, and only where our own authority vouches for the name. Nothing of it
//! leaves the network. The library does its work on a thread of its own.

use std::net::{IpAddr, SocketAddr};
use std::thread;
use std::time::Duration;

use mdns_sd::{
    DaemonEvent, DaemonStatus, IfKind, IfPredicate, RRType, Receiver, ServiceDaemon, ServiceInfo,
};
use tokio::sync::watch;

use crate::base::clock::Clock;
use crate::base::networks::{has_neighbours, is_for_neighbours};
use crate::config::Config;

const SERVICE: &str = "_https._tcp.local.";
/// Between two looks at the machine's addresses, in seconds.
const LOOK: u32 = 30;
/// How many names the certificate follows, when others take them.
const MOST_NAMES: usize = 5;
/// How long the network has to object before links are shown. Three questions take a second.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often, and how long apart, the library is asked to tell a name: it refuses while it has much to do.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(200);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// What the network calls this server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Called {
    /// Each name that it has, or had before somebody else was found to have it; the newest last.
    names: Vec<String>,
    /// Whether it was told to somebody, which is after nobody objected.
    told: bool,
    /// Whether it isn't to be waited for: there is no network of one's own, or none can be told.
    alone: bool,
}

/// The name, as it is now. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LocalName(watch::Receiver<Called>);

impl LocalName {
    /// `NAME.local`; `None` as long as the network was not told it.
    pub fn now(&self) -> Option<String> {
        let called = self.0.borrow();
        called.names.last().filter(|_| called.told).cloned()
    }

    /// The same, once the network had time to object; at once where there is none to tell it to.
    pub async fn settled(&self, clock: &Clock) -> Option<String> {
        let mut called = self.0.clone();
        let settled = called.wait_for(|it| it.told || it.alone || it.names.is_empty());
        clock.timeout(PATIENCE, settled).await;
        self.now()
    }

    /// Each name that the certificate should stand for.
    pub(super) fn all(&self) -> Vec<String> {
        self.0.borrow().names.clone()
    }

    /// Returns when there is another one; never, if there can't be.
    pub(super) async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Who tells it.
pub(super) struct Announcer {
    called: watch::Sender<Called>,
    name: Option<String>,
}

impl Announcer {
    /// Tells nobody yet.
    pub fn new(config: &Config) -> Self {
        let name = config.local_name();
        let called = Called {
            names: name.iter().cloned().collect(),
            ..Called::default()
        };
        Self {
            called: watch::Sender::new(called),
            name,
        }
    }

    /// The name.
    pub fn name(&self) -> LocalName {
        LocalName(self.called.subscribe())
    }

    /// Tells the network, if it should be told: `server` is what people call the server at the moment.
    pub fn begin(
        self,
        server: watch::Receiver<String>,
        prefix: &str,
        listening: &[SocketAddr],
    ) -> Option<Telling> {
        let name = self.name.clone()?;
        let called = self.called.clone();
        let addresses: Vec<IpAddr> = listening.iter().map(SocketAddr::ip).collect();
        let alone = !has_neighbours(&addresses);
        let telling = match self.try_begin(&name, server, prefix, listening) {
            Ok(telling) => telling,
            Err(error) => {
                tracing::warn!(%error, name, "the network can't be told this server's name");
                None
            }
        };
        called.send_modify(|called| called.alone = alone || telling.is_none());
        telling
    }

    fn try_begin(
        self,
        name: &str,
        mut server: watch::Receiver<String>,
        prefix: &str,
        listening: &[SocketAddr],
    ) -> mdns_sd::Result<Option<Telling>> {
        let Some(port) = listening.first().map(SocketAddr::port) else {
            return Ok(None);
        };
        let addresses: Vec<IpAddr> = listening.iter().map(SocketAddr::ip).collect();
        let daemon = ServiceDaemon::new()?;
        daemon.set_ip_check_interval(LOOK)?;
        daemon.disable_interface(IfKind::All)?;
        daemon.enable_interface(IfKind::Predicate(IfPredicate::new(move |interface| {
            is_for_neighbours(interface, &addresses)
        })))?;
        let place = Place {
            path: format!("{prefix}/"),
            port,
        };
        let info = place.of(&server.borrow_and_update(), name)?;
        let events = daemon.monitor()?;
        let (called, name) = (self.called.clone(), self.name());
        let watcher = thread::Builder::new().name("local-name".to_owned());
        if let Err(error) = watcher.spawn(move || watch(&events, &called)) {
            tracing::warn!(%error, "cannot follow this server's name on the network");
        }
        daemon.register(info.clone())?;
        Ok(Some(Telling {
            daemon,
            place,
            name,
            server,
            told: info,
        }))
    }
}

/// Where the service is.
#[derive(Clone)]
struct Place {
    path: String,
    port: u16,
}

impl Place {
    fn of(&self, server: &str, name: &str) -> mdns_sd::Result<ServiceInfo> {
        let path = [("path", self.path.as_str())];
        let host = format!("{name}.");
        let info = ServiceInfo::new(SERVICE, server, &host, "", self.port, &path[..])?;
        Ok(info.enable_addr_auto())
    }
}

/// As long as the network is told.
#[derive(Clone)]
pub(super) struct Telling {
    daemon: ServiceDaemon,
    place: Place,
    name: LocalName,
    server: watch::Receiver<String>,
    /// The service that it was told last.
    told: ServiceInfo,
}

impl Telling {
    /// Tells another name of the server, whenever people call it by one.
    pub async fn follow(mut self, clock: Clock) {
        while self.server.changed().await.is_ok() {
            if let Err(error) = self.rename(&clock).await {
                tracing::warn!(%error, "the network can't be told the server's new name");
            }
        }
    }

    async fn rename(&mut self, clock: &Clock) -> mdns_sd::Result<()> {
        let name = self.name.all().pop().unwrap_or_default();
        let next = self.place.of(&self.server.borrow_and_update(), &name)?;
        self.daemon.unregister(self.told.get_fullname())?;
        let register = |info: &ServiceInfo| self.daemon.register(info.clone());
        let (told, done) = tell_instead(clock, &self.told, next, register).await;
        self.told = told;
        done
    }

    /// Says goodbye, so that nobody looks for this server any more.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || {
            let said = self.daemon.shutdown()?;
            Ok::<_, mdns_sd::Error>(said.recv_timeout(GOODBYE))
        });
        match ended.await {
            Ok(Ok(Ok(DaemonStatus::Shutdown))) => {}
            other => tracing::debug!(?other, "no goodbye to the network"),
        }
    }
}

/// Tells what comes next instead of what was told before; if that can't be, what was told before again. Gives
/// which of them it is.
async fn tell_instead(
    clock: &Clock,
    before: &ServiceInfo,
    next: ServiceInfo,
    mut register: impl FnMut(&ServiceInfo) -> mdns_sd::Result<()>,
) -> (ServiceInfo, mdns_sd::Result<()>) {
    let mut failure = Ok(());
    for info in [&next, before] {
        for left in (0..TRIES).rev() {
            match register(info) {
                Ok(()) => return (info.clone(), failure),
                Err(_) if left > 0 => clock.sleep(PAUSE).await,
                Err(error) => failure = failure.and(Err(error)),
            }
        }
    }
    (before.clone(), failure)
}

/// Follows what comes of the name, until nobody tells it any more.
fn watch(events: &Receiver<DaemonEvent>, called: &watch::Sender<Called>) {
    while let Ok(event) = events.recv() {
        match event {
            DaemonEvent::NameChange(change)
                if matches!(change.rr_type, RRType::A | RRType::AAAA) =>
            {
                let name = change.new_name.trim_end_matches('.').to_ascii_lowercase();
                let is_new = called.send_if_modified(|called| {
                    let is_new = !called.names.contains(&name);
                    // Who takes each name that is tried does not make this list longer for ever.
                    let is_new = is_new && called.names.len() < MOST_NAMES;
                    if is_new {
                        called.names.push(name.clone());
                    }
                    is_new
                });
                if is_new {
                    tracing::info!(
                        name,
                        "another machine has the name, so the network is told this one"
                    );
                }
            }
            DaemonEvent::Announce(_, interfaces) => {
                let is_new =
                    called.send_if_modified(|called| !std::mem::replace(&mut called.told, true));
                if is_new {
                    let name = called.borrow().names.last().cloned();
                    tracing::info!(name, interfaces, "told the network this server's name");
                }
            }
            DaemonEvent::Error(error) => {
                tracing::debug!(%error, "telling the network this server's name");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::base::clock::Timestamp;

    #[tokio::test]
    async fn a_name_is_shown_once_it_was_told_and_the_newest_counts() {
        let called = watch::Sender::new(Called {
            names: vec!["inkspot.local".to_owned()],
            ..Called::default()
        });
        let name = LocalName(called.subscribe());
        assert_eq!(name.now(), None);
        assert_eq!(name.all(), ["inkspot.local"]);
        called.send_modify(|called| {
            called.names.push("inkspot-2.local".to_owned());
            called.told = true;
        });
        // Its time stands still.
        let clock = Clock::manual(Timestamp(0));
        let settled = |name: &LocalName| name.settled(&clock).now_or_never();
        assert_eq!(settled(&name), Some(Some("inkspot-2.local".to_owned())));
        assert_eq!(name.all(), ["inkspot.local", "inkspot-2.local"]);
        called.send_modify(|called| called.told = false);
        assert_eq!(settled(&name), None, "the network has time to object");
        called.send_modify(|called| called.alone = true);
        assert_eq!(settled(&name), Some(None), "there is no network");
        let nobody = LocalName(watch::Sender::new(Called::default()).subscribe());
        assert_eq!(settled(&nobody), Some(None));
    }

    #[tokio::test]
    async fn what_the_network_can_not_be_told_at_once_is_tried_again_and_the_name_of_before_stays()
    {
        let place = Place {
            path: "/".to_owned(),
            port: 443,
        };
        let [before, next] =
            ["Before", "Next"].map(|server| place.of(server, "inkspot.local").unwrap());
        for (refused, told) in [(0, &next), (TRIES - 1, &next), (TRIES, &before)] {
            let mut asked = Vec::new();
            let register = |info: &ServiceInfo| {
                asked.push(info.get_fullname().to_owned());
                if asked.len() <= refused {
                    return Err(mdns_sd::Error::Again);
                }
                Ok(())
            };
            let clock = Clock::system();
            let (now, done) = tell_instead(&clock, &before, next.clone(), register).await;
            assert_eq!(now.get_fullname(), told.get_fullname());
            assert_eq!(done.is_ok(), refused < TRIES);
            assert_eq!(asked.len(), refused + 1);
            assert_eq!(asked.last().unwrap(), told.get_fullname());
        }
    }
}
