//! The ways to the server: its names, its addresses, and what it shows there.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, lookup_host};
use tokio::time::timeout;

use super::certificate::{self, CERTIFICATE};
use super::client::{self, Chain, Trouble};
use super::finding::Several;
use super::findings::Finding;
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::config::{Config, TlsMode};
use crate::model::certificate::CertificateState;

pub(super) const NAMES: Topic = Topic("names", "Names");
pub(super) const PORTS: Topic = Topic("ports", "Ports");

/// How long the resolver may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// `plain` are addresses that plain HTTP will be asked at, of a server that does not run; `public` is what
/// one that runs knows of its public authority.
pub(super) async fn examine(
    config: &Config,
    (listening, plain): (&[SocketAddr], &[SocketAddr]),
    public: Option<CertificateState>,
    now: Timestamp,
) -> Vec<Check> {
    let (names, (ports, shown)) = tokio::join!(names(config), ports(config, listening, plain));
    let certificate = match shown {
        Some(chain) if config.tls.mode != TlsMode::Off => {
            let names = certificate::names(config);
            certificate::judge(config, &chain, &names, now)
        }
        _ => certificate::of_files(config, now),
    };
    let certificate = match public {
        Some(state) => certificate::of_public(&state, certificate),
        None => certificate,
    };
    vec![
        NAMES.found(names),
        PORTS.found(ports),
        CERTIFICATE.found(certificate),
    ]
}

/// Whether the names that are set lead here.
async fn names(config: &Config) -> Finding {
    let public = config.server.public_url.as_deref();
    let public = public.and_then(|url| Some(url.parse::<http::Uri>().ok()?.host()?.to_owned()));
    let all: BTreeSet<String> = config
        .server
        .hostnames
        .iter()
        .cloned()
        .chain(public)
        .collect();
    // What mDNS says is no affair of the resolver here.
    let all: Vec<String> = all
        .into_iter()
        .filter(|name| name.rsplit('.').next() != Some("local"))
        .collect();
    if all.is_empty() {
        return Finding::NoNames;
    }
    let own = own_addresses();
    let mut elsewhere = Vec::new();
    for name in &all {
        let addresses = match resolve(name).await {
            Ok(addresses) => addresses,
            Err(trouble) => return trouble.of(name.clone()),
        };
        let others = addresses.iter().filter(|ip| !own.contains(ip));
        elsewhere.extend(others.map(|ip| format!("{name} → {ip}")));
    }
    let ways = Several(elsewhere);
    if ways.0.is_empty() {
        Finding::NamesHere {
            names: Several(all),
        }
    } else if config.server.trusted_proxies.is_empty() {
        Finding::NamesElsewhere { ways }
    } else {
        Finding::NamesProxied { ways }
    }
}

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("the resolver gave no answer")]
    Silence,
    #[error("{0}")]
    Refused(String),
}

impl Lost {
    fn of(self, name: String) -> Finding {
        match self {
            Self::Silence => Finding::NameUnanswered { name },
            Self::Refused(error) => Finding::NameNowhere { name, error },
        }
    }
}

/// The addresses of a name, or of an address that is written as one: at least one.
pub(super) async fn resolve(name: &str) -> Result<Vec<IpAddr>, Lost> {
    let name = name.trim_matches(['[', ']']);
    let found = timeout(PATIENCE, lookup_host((name, 0))).await;
    let found = found.map_err(|_| Lost::Silence)?;
    let found = found.map_err(|error| Lost::Refused(error.to_string()))?;
    let found: BTreeSet<IpAddr> = found.map(|at| at.ip()).collect();
    if found.is_empty() {
        return Err(Lost::Refused("no address".to_owned()));
    }
    Ok(found.into_iter().collect())
}

pub(super) fn own_addresses() -> BTreeSet<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let all = interfaces.iter().map(if_addrs::Interface::ip);
    // Every machine answers itself below 127.
    all.chain([Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        .collect()
}

/// Who listens where the server does, or would; and the certificate that was shown.
async fn ports(
    config: &Config,
    listening: &[SocketAddr],
    plain: &[SocketAddr],
) -> (Finding, Option<Chain>) {
    let (mut answered, mut free) = (Vec::new(), Vec::new());
    let (mut first, mut shown) = (String::new(), None);
    for at in listening {
        let address = at.to_string();
        let trouble = match who_listens(config, *at).await {
            Listener::Inkspot(version, chain) => {
                if shown.is_none() {
                    (first, shown) = (version, Some(chain));
                }
                answered.push(address);
                continue;
            }
            Listener::Nobody(Ok(())) => {
                free.push(address);
                continue;
            }
            Listener::Nobody(Err(error)) => {
                let error = error.to_string();
                Finding::PortUnusable { address, error }
            }
            Listener::Other(status) => Finding::PortOther { address, status },
            Listener::Foreign(Trouble::Silence) => Finding::PortSilent { address },
            Listener::Foreign(Trouble::Tls(error)) => {
                let error = error.to_string();
                Finding::PortNoTls { address, error }
            }
            Listener::Foreign(Trouble::Http(error)) => Finding::PortNoHttp { address, error },
            Listener::Foreign(Trouble::Connect(error)) => {
                let error = error.to_string();
                Finding::PortNoHttp { address, error }
            }
        };
        return (trouble, shown);
    }
    if answered.is_empty() {
        for at in plain {
            let address = at.to_string();
            match TcpListener::bind(at).await {
                Ok(_) => free.push(address),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return (Finding::PortTaken { address }, shown);
                }
                Err(error) => {
                    let error = error.to_string();
                    return (Finding::PortUnusable { address, error }, shown);
                }
            }
        }
    }
    let (version, addresses) = (first, Several(answered));
    let found = match (addresses.0.is_empty(), free.is_empty()) {
        (true, true) => Finding::PortsLater,
        (true, false) => Finding::PortsFree {
            free: Several(free),
        },
        (false, true) => Finding::PortsAnswered { version, addresses },
        (false, false) => Finding::PortsPartly {
            version,
            addresses,
            free: Several(free),
        },
    };
    (found, shown)
}

enum Listener {
    /// With its version, and the certificate that it shows.
    Inkspot(String, Chain),
    /// Whether one could listen there.
    Nobody(std::io::Result<()>),
    /// Something else, which answered this.
    Other(u16),
    /// Something that can't be talked to.
    Foreign(Trouble),
}

async fn who_listens(config: &Config, at: SocketAddr) -> Listener {
    let here = match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, at.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, at.port()).into(),
        _ => at,
    };
    let name = certificate::names(config).into_iter().next();
    let name = name.and_then(|name| ServerName::try_from(name).ok());
    let name = name.unwrap_or(ServerName::IpAddress(here.ip().into()));
    let tls = (config.tls.mode != TlsMode::Off).then_some(&name);
    let question = Request::get("/api/health")
        .header("host", here.to_string())
        .body(Full::<Bytes>::default());
    let question = match question {
        Ok(question) => question,
        Err(error) => return Listener::Foreign(Trouble::Http(error.to_string())),
    };
    match client::ask(here, tls, question).await {
        Ok(reply) => match reply.json()["version"].as_str() {
            Some(version) if reply.status == 200 => {
                Listener::Inkspot(version.to_owned(), reply.chain)
            }
            _ => Listener::Other(reply.status),
        },
        Err(Trouble::Connect(_)) => Listener::Nobody(TcpListener::bind(at).await.map(drop)),
        Err(trouble) => Listener::Foreign(trouble),
    }
}
