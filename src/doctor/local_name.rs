//! The name that the server's own network is told (`inkspot.local`), asked for as a device would ask.
//!
//! A question by multicast goes to the networks that are told the name, and nowhere else. What another
//! machine hears can't be seen from here; that questions and answers leave and reach this one can.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mdns_sd::{HostnameResolutionEvent, IfKind, IfPredicate, Receiver, ScopedIp, ServiceDaemon};
use tokio::task::spawn_blocking;

use super::findings::Finding;
use super::network::own_addresses;
use super::{Check, Topic};
use crate::base::networks::{has_neighbours, is_for_neighbours};
use crate::config::Config;

pub(super) const LOCAL_NAME: Topic = Topic("local-name", "Name on the own network");

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
    LOCAL_NAME.found(look(config, listening, telling).await)
}

async fn look(config: &Config, listening: &[SocketAddr], telling: Telling) -> Finding {
    let Some(wanted) = config.local_name() else {
        return why_none(config);
    };
    let listening: Vec<IpAddr> = listening.iter().map(SocketAddr::ip).collect();
    if !has_neighbours(&listening) {
        return Finding::LocalNameNowhere;
    }
    let own = own_addresses();
    let names = Names {
        own: own.clone(),
        wanted: wanted.clone(),
        telling: telling.clone(),
    };
    let error = match spawn_blocking(move || names.ask(listening)).await {
        Ok(Ok(found)) => return judge(wanted, telling, &own, &found),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Finding::LocalNameUnasked { error }
}

/// Why a server with these settings tells no network a name.
fn why_none(config: &Config) -> Finding {
    if config.server.local_name.is_empty() {
        Finding::LocalNameOff
    } else if config.server.public_url.is_some() {
        Finding::LocalNamePublic
    } else {
        Finding::LocalNameNotLocal
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

fn judge(wanted: String, telling: Telling, own: &BTreeSet<IpAddr>, found: &Found) -> Finding {
    let other = found.wanted.difference(own).next();
    let other = other.map(IpAddr::to_string);
    let name = match telling {
        Telling::Stopped => {
            let name = wanted;
            return match other {
                None if found.wanted.is_empty() => Finding::LocalNameFree { name },
                None => Finding::LocalNameThere { name },
                Some(address) => Finding::LocalNameTaken { address, name },
            };
        }
        Telling::Nobody => return Finding::LocalNameUntold { name: wanted },
        Telling::Called(name) => name,
    };
    if found.called.is_disjoint(own) {
        return Finding::LocalNameBlocked { name };
    }
    match (other, name == wanted) {
        (None, true) => Finding::LocalNameLeads { name },
        (Some(address), true) => Finding::LocalNameShared { address, name },
        (None, false) => Finding::LocalNameChanged { wanted, name },
        (Some(address), false) => Finding::LocalNameChangedFor {
            address,
            wanted,
            name,
        },
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
        let found = judge("inkspot.local".to_owned(), telling.clone(), &own, &found);
        let check = LOCAL_NAME.found(found);
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
