//! The addresses under which people and programs reach this server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use http::Uri;

use super::machine;
use crate::config::{Config, Listen, TlsMode};

/// Where this server is reached. Base URLs have no slash at their end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// For programs on this machine.
    pub local: String,
    /// For people, the best first; at least one.
    pub people: Vec<String>,
    /// The plain-HTTP listener, for programs on this machine.
    pub plain: Option<String>,
    /// The page that explains how to trust this server, for people.
    pub trust: Option<String>,
    /// The certificate that proves this server, in PEM; none without TLS.
    pub ca_file: Option<PathBuf>,
}

impl Links {
    pub(super) fn new(
        config: &Config,
        listening: &[SocketAddr],
        plain: &[SocketAddr],
        ca_file: Option<PathBuf>,
    ) -> Self {
        let machine = machine::addresses();
        let scheme = if config.tls.mode == TlsMode::Off {
            "http"
        } else {
            "https"
        };
        let prefix = &config.server.path_prefix;
        let first = |at: &[SocketAddr]| at.first().copied().map(reachable_here);
        let local = first(listening)
            .map(|at| url(scheme, at))
            .unwrap_or_default();
        let mut people: Vec<String> = Vec::new();
        if let Some(public) = &config.server.public_url {
            people.push(public.clone());
        } else {
            if let (Some(name), Some(at)) = (config.server.hostnames.first(), listening.first()) {
                people.push(url(
                    scheme,
                    Host {
                        name,
                        port: at.port(),
                    },
                ));
            }
            // What a public authority vouches for is enough; devices don't trust the rest.
            if config.tls.mode != TlsMode::Acme {
                let others = reachable(listening, &machine).into_iter();
                people.extend(others.map(|at| url(scheme, at)));
            }
        }
        if people.is_empty() {
            people.push(local.clone());
        }
        for link in &mut people {
            link.push_str(prefix);
        }
        let has_authority = config.tls.mode == TlsMode::LocalCa;
        // Who speaks plain HTTP to the TLS listener is answered, too.
        let plain_or_not = if plain.is_empty() { listening } else { plain };
        let trust = trust_host(config, plain_or_not, &machine).filter(|_| has_authority);
        Self {
            local,
            people,
            plain: first(plain).map(|at| url("http", at)),
            trust: trust.map(|at| url("http", at) + "/trust"),
            ca_file,
        }
    }

    /// Where a server with these settings will be reached; `None` when that is decided at its
    /// start only, by port 0.
    pub fn expected(config: &Config) -> Option<Self> {
        let at = |listen: Vec<Listen>| listen.into_iter().map(|at| at.addr).collect::<Vec<_>>();
        let listening = at(config.listeners());
        let is_known = listening.iter().all(|at| at.port() != 0);
        is_known.then(|| Self::new(config, &listening, &at(config.plain_listeners()), None))
    }

    /// With the address under a name on the own network, behind the best one.
    #[must_use]
    pub fn known_as(mut self, name: Option<&str>) -> Self {
        let (Some(name), Ok(at)) = (name, self.local.parse::<Uri>()) else {
            return self;
        };
        let best = self.primary().parse::<Uri>().unwrap_or_default();
        let scheme = at.scheme_str().unwrap_or("https");
        let port = at.port().map(|port| format!(":{port}"));
        let (port, path) = (port.unwrap_or_default(), best.path().trim_end_matches('/'));
        let named = format!("{scheme}://{name}{port}{path}");
        if !self.people.contains(&named) {
            self.people.insert(self.people.len().min(1), named);
        }
        self
    }

    /// The best base URL for people.
    pub fn primary(&self) -> &str {
        self.people.first().unwrap_or(&self.local)
    }
}

/// Where the page about trust is found, with its port: under the name that people use, unless only
/// this machine listens there, else under the best address.
fn trust_host(config: &Config, plain: &[SocketAddr], machine: &[IpAddr]) -> Option<String> {
    let open = plain.iter().find(|at| !at.ip().is_loopback());
    match (config.server.hostnames.first(), open) {
        (Some(name), Some(at)) => Some(
            Host {
                name,
                port: at.port(),
            }
            .to_string(),
        ),
        _ => reachable(plain, machine).first().map(ToString::to_string),
    }
}

/// Each address that others can use, without those that only this machine can unless there are
/// no others.
fn reachable(listening: &[SocketAddr], machine: &[IpAddr]) -> Vec<SocketAddr> {
    let mut found = Vec::new();
    for at in listening {
        if at.ip().is_unspecified() {
            let same = machine
                .iter()
                .filter(|ip| ip.is_ipv4() == at.ip().is_ipv4());
            found.extend(same.map(|ip| SocketAddr::new(*ip, at.port())));
        } else {
            found.push(*at);
        }
    }
    if found.is_empty() {
        found.extend(listening.first().copied().map(reachable_here));
    }
    found
}

fn reachable_here(at: SocketAddr) -> SocketAddr {
    match at.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => (Ipv4Addr::LOCALHOST, at.port()).into(),
        IpAddr::V6(v6) if v6.is_unspecified() => (Ipv6Addr::LOCALHOST, at.port()).into(),
        _ => at,
    }
}

struct Host<'n> {
    name: &'n str,
    port: u16,
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.parse() {
            Ok(ip) => SocketAddr::new(ip, self.port).fmt(f),
            Err(_) => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

/// A base URL; the scheme's usual port goes without saying.
fn url(scheme: &str, at: impl fmt::Display) -> String {
    let url = format!("{scheme}://{at}");
    let usual = if scheme == "https" { ":443" } else { ":80" };
    url.strip_suffix(usual).map_or(url.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn people_never_see_the_unspecified_address() {
        let machine = ["192.168.1.5".parse().unwrap(), "fd00::5".parse().unwrap()];
        let found = reachable(&[at("0.0.0.0:8443"), at("[::]:8443")], &machine);
        assert_eq!(found, [at("192.168.1.5:8443"), at("[fd00::5]:8443")]);
        assert_eq!(
            reachable(&[at("0.0.0.0:8443")], &[]),
            [at("127.0.0.1:8443")]
        );
    }

    #[test]
    fn urls_leave_out_the_usual_port_only() {
        assert_eq!(url("https", at("192.0.2.1:443")), "https://192.0.2.1");
        assert_eq!(url("https", at("192.0.2.1:8443")), "https://192.0.2.1:8443");
        assert_eq!(url("https", at("[::1]:443")), "https://[::1]");
        assert_eq!(url("http", at("192.0.2.1:80")), "http://192.0.2.1");
        assert_eq!(url("http", at("192.0.2.1:443")), "http://192.0.2.1:443");
    }

    #[test]
    fn links_come_from_the_public_url_the_names_or_the_addresses_in_this_order() {
        let mut config = Config::default();
        let listening = [at("127.0.0.1:8443")];
        let links = Links::new(&config, &listening, &[at("127.0.0.1:8080")], None);
        assert_eq!(links.people, ["https://127.0.0.1:8443"]);
        assert_eq!(links.plain.as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(links.trust.as_deref(), Some("http://127.0.0.1:8080/trust"));

        config.server.hostnames = vec!["chat.example".to_owned()];
        config.server.path_prefix = "/chat".to_owned();
        let links = Links::new(&config, &listening, &[], None);
        assert_eq!(links.primary(), "https://chat.example:8443/chat");
        assert_eq!(links.local, "https://127.0.0.1:8443");

        let found = links.known_as(Some("inkspot.local"));
        let named = "https://inkspot.local:8443/chat";
        assert_eq!(found.people[..2], ["https://chat.example:8443/chat", named]);
        assert_eq!(found.clone().known_as(None), found);
        assert_eq!(found.clone().known_as(Some("inkspot.local")), found);

        // As in a cloud whose router has the public address.
        config.server.hostnames = vec!["203.0.113.5".to_owned()];
        let links = Links::new(
            &config,
            &[at("10.0.0.5:8443")],
            &[at("10.0.0.5:8080")],
            None,
        );
        assert_eq!(links.primary(), "https://203.0.113.5:8443/chat");
        let page = "http://203.0.113.5:8080/trust";
        assert_eq!(links.trust.as_deref(), Some(page));
        // Only this machine gets there.
        let links = Links::new(&config, &listening, &[at("127.0.0.1:8080")], None);
        let page = "http://127.0.0.1:8080/trust";
        assert_eq!(links.trust.as_deref(), Some(page));

        config.server.public_url = Some("https://family.example".to_owned());
        let links = Links::new(&config, &listening, &[], None);
        assert_eq!(links.people, ["https://family.example/chat"]);
    }
}
