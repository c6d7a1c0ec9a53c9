//! The name that the server's own network is told (`inkspot.local`), asked for as a device would ask.
//!
//! A question by multicast goes to the networks that are told the name, and nowhere else. What another
//! machine hears can't be seen from here; that questions and answers leave and reach this one can.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mdns_sd::{HostnameResolutionEvent, IfKind, IfPredicate, Receiver, ScopedIp, ServiceDaemon};
use tokio::task::spawn_blocking;

use super::network::own_addresses;
use super::{Check, Topic};
use crate::base::networks::is_for_neighbours;
use crate::config::Config;

const LOCAL_NAME: Topic = Topic("local-name", "Name on the own network");

/// How long the network has to answer. It is asked three times meanwhile.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// It does not run.
    Stopped,
    /// It runs and has told nobody.
    Nobody,
    /// It runs and has told the network that this is its name.
    Called(String),
}

/// Who answers to a name.
type Answers = BTreeSet<IpAddr>;

pub(super) async fn examine(config: &Config, listening: &[SocketAddr], telling: Telling) -> Check {
    let Some(wanted) = config.local_name() else {
        return LOCAL_NAME.ok(why_none(config));
    };
    let listening: Vec<IpAddr> = listening.iter().map(SocketAddr::ip).collect();
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut interfaces = interfaces.iter();
    if !interfaces.any(|interface| is_for_neighbours(interface, &listening)) {
        let seen = "No address that the server listens on is one of an own network, so that none \
            is told a name.";
        return LOCAL_NAME.ok(seen);
    }
    let own = own_addresses();
    let names = Names {
        own: own.clone(),
        wanted: wanted.clone(),
        telling: telling.clone(),
    };
    match spawn_blocking(move || names.ask(listening)).await {
        Ok(Ok(found)) => judge(&wanted, &telling, &own, &found),
        Ok(Err(error)) => not_asked(&error.to_string()),
        Err(error) => not_asked(&error.to_string()),
    }
}

fn not_asked(error: &str) -> Check {
    let seen = format!("The network can't be asked: {error}.");
    LOCAL_NAME.warn(seen, "Look again in a moment; the log says more.")
}

/// Why a server with these settings tells no network a name.
fn why_none(config: &Config) -> &'static str {
    if config.server.local_name.is_empty() {
        "The network is told no name: server.local_name is empty."
    } else if config.server.public_url.is_some() {
        "The network is told no name: people use server.public_url."
    } else {
        "The network is told no name: it is for servers of a network with tls.mode \"local-ca\"."
    }
}

/// What is asked for.
struct Names {
    own: BTreeSet<IpAddr>,
    wanted: String,
    telling: Telling,
}

/// Who answers: to the name that was wanted, and to the one that the server has.
#[derive(Debug, Default)]
struct Found {
    wanted: Answers,
    called: Answers,
}

impl Names {
    /// Takes as long as the answers do, and up to [`PATIENCE`] for each that does not come.
    fn ask(&self, listening: Vec<IpAddr>) -> mdns_sd::Result<Found> {
        let daemon = ServiceDaemon::new()?;
        let found = self.ask_by(&daemon, listening);
        // Its thread ends by this, and else with the process.
        if let Err(error) = daemon.shutdown() {
            tracing::debug!(%error, "the question for this server's name does not end");
        }
        found
    }

    fn ask_by(&self, daemon: &ServiceDaemon, listening: Vec<IpAddr>) -> mdns_sd::Result<Found> {
        daemon.disable_interface(IfKind::All)?;
        let asked = IfPredicate::new(move |interface| is_for_neighbours(interface, &listening));
        daemon.enable_interface(IfKind::Predicate(asked))?;
        let question = |name: &str| {
            let millis = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
            daemon.resolve_hostname(&format!("{name}."), Some(millis))
        };
        let is_own = |answers: &Answers| !answers.is_disjoint(&self.own);
        let wanted = question(&self.wanted)?;
        let Telling::Called(name) = &self.telling else {
            let wanted = collect(&wanted, |answers| !answers.is_empty());
            return Ok(Found {
                wanted,
                ..Found::default()
            });
        };
        if *name == self.wanted {
            let wanted = collect(&wanted, is_own);
            return Ok(Found {
                called: wanted.clone(),
                wanted,
            });
        }
        let called = collect(&question(name)?, is_own);
        let wanted = collect(&wanted, |answers| !answers.is_empty());
        Ok(Found { wanted, called })
    }
}

/// What is answered until it is enough, or nobody answers any more.
fn collect(
    events: &Receiver<HostnameResolutionEvent>,
    enough: impl Fn(&Answers) -> bool,
) -> Answers {
    let mut found = Answers::new();
    while let Ok(event) = events.recv_timeout(PATIENCE + Duration::from_secs(1)) {
        match event {
            HostnameResolutionEvent::AddressesFound(_, addresses) => {
                found.extend(addresses.iter().map(ScopedIp::to_ip_addr));
                if enough(&found) {
                    break;
                }
            }
            HostnameResolutionEvent::SearchTimeout(_)
            | HostnameResolutionEvent::SearchStopped(_) => break,
            _ => {}
        }
    }
    found
}

fn judge(wanted: &str, telling: &Telling, own: &BTreeSet<IpAddr>, found: &Found) -> Check {
    let other = found.wanted.difference(own).next();
    match (telling, other) {
        (Telling::Stopped, None) if found.wanted.is_empty() => {
            LOCAL_NAME.ok(format!("Nobody on the own network is called {wanted}."))
        }
        (Telling::Stopped, None) => {
            LOCAL_NAME.ok(format!("This machine is called {wanted} already."))
        }
        (Telling::Stopped, Some(other)) => {
            let seen = format!(
                "{other} is called {wanted} already; the server will add a number to the name."
            );
            LOCAL_NAME.warn(
                seen,
                "Choose another server.local_name, or rename the other one.",
            )
        }
        (Telling::Nobody, _) => {
            let seen = format!("The network was not told {wanted}.");
            let remedy = "In the first seconds that is right: look again. Else another program \
                has UDP port 5353 for itself (`ss -lunp`), or no interface takes multicast (`ip \
                link`).";
            LOCAL_NAME.warn(seen, remedy)
        }
        (Telling::Called(name), _) if found.called.is_disjoint(own) => {
            let seen = format!(
                "The network was told {name}, but not even this machine gets an answer to it: \
                multicast is blocked here."
            );
            let remedy = "Let UDP port 5353 in and out of this machine's firewall, for instance by \
                `ufw allow 5353/udp`. Until then people use the addresses that `inkspot \
                setup-link` and the log show.";
            LOCAL_NAME.warn(seen, remedy)
        }
        (Telling::Called(name), _) if name != wanted => {
            let who = other.map_or_else(
                || format!("Another machine was called {wanted} when the server started"),
                |other| format!("{other} is called {wanted} already"),
            );
            let seen = format!("{who}, so the network knows this server as {name}.");
            let remedy = format!(
                "{name} works as well. For another name set server.local_name; for {wanted}, \
                rename the other machine and restart."
            );
            LOCAL_NAME.warn(seen, remedy)
        }
        (Telling::Called(name), Some(other)) => {
            let seen = format!("{other} answers to {name}, too: devices may end up there.");
            LOCAL_NAME.warn(
                seen,
                "Choose another server.local_name, or rename the other one.",
            )
        }
        (Telling::Called(name), None) => {
            let seen = format!("Who asks the own network for {name} is led here.");
            LOCAL_NAME.ok(seen)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    const HERE: &str = "192.168.1.5";
    const ELSEWHERE: &str = "192.168.1.9";

    #[track_caller]
    fn check(telling: &Telling, wanted: &[&str], called: &[&str], state: State, words: &str) {
        let addresses = |all: &[&str]| all.iter().map(|ip| ip.parse().unwrap()).collect();
        let own = addresses(&[HERE, "127.0.0.1"]);
        let found = Found {
            wanted: addresses(wanted),
            called: addresses(called),
        };
        let check = judge("inkspot.local", telling, &own, &found);
        assert_eq!(check.state, state, "{check:?}");
        assert_eq!(check.remedy.is_none(), state == State::Ok, "{check:?}");
        let all = format!("{} {}", check.detail, check.remedy.unwrap_or_default());
        assert!(all.contains(words), "{all}");
    }

    #[test]
    fn of_a_stopped_server_it_says_whether_the_name_is_free() {
        let stopped = &Telling::Stopped;
        check(stopped, &[], &[], State::Ok, "Nobody");
        check(stopped, &[HERE], &[], State::Ok, "This machine");
        check(stopped, &[ELSEWHERE], &[], State::Warn, ELSEWHERE);
        check(
            stopped,
            &[HERE, ELSEWHERE],
            &[],
            State::Warn,
            "add a number",
        );
    }

    #[test]
    fn of_a_server_that_runs_it_says_whether_its_name_leads_there() {
        let called = |name: &str| Telling::Called(name.to_owned());
        let (first, second) = (&called("inkspot.local"), &called("inkspot-2.local"));
        check(first, &[HERE], &[HERE], State::Ok, "led here");
        let both = &[HERE, ELSEWHERE];
        check(first, both, both, State::Warn, ELSEWHERE);
        check(first, &[], &[], State::Warn, "5353");
        check(first, &[ELSEWHERE], &[ELSEWHERE], State::Warn, "5353");
        check(second, &[ELSEWHERE], &[HERE], State::Warn, ELSEWHERE);
        check(second, &[], &[HERE], State::Warn, "inkspot-2.local works");
        check(second, &[ELSEWHERE], &[], State::Warn, "5353");
        check(&Telling::Nobody, &[], &[], State::Warn, "was not told");
    }

    #[tokio::test]
    async fn nobody_is_asked_where_nobody_is_told() {
        let loopback = "127.0.0.1:8443".parse().unwrap();
        let mut config = Config::default();
        let check = examine(&config, &[loopback], Telling::Nobody).await;
        assert_eq!(check.state, State::Ok);
        assert!(check.detail.contains("own network"), "{check:?}");
        config.server.local_name = String::new();
        let check = examine(&config, &[loopback], Telling::Nobody).await;
        assert!(check.detail.contains("server.local_name"), "{check:?}");
        config.server.local_name = "chat".to_owned();
        config.server.public_url = Some("https://chat.example".to_owned());
        let check = examine(&config, &[loopback], Telling::Nobody).await;
        assert!(check.detail.contains("server.public_url"), "{check:?}");
    }
}
