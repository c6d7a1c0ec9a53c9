//! The ways to the server: its names, its addresses, and what it shows there.

use std::collections::BTreeSet;
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
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::config::{Config, TlsMode};

const NAMES: Topic = Topic("names", "Names");
const PORTS: Topic = Topic("ports", "Ports");

/// How long the resolver may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn examine(
    config: &Config,
    listening: &[SocketAddr],
    now: Timestamp,
) -> Vec<Check> {
    let (names, (ports, shown)) = tokio::join!(names(config), ports(config, listening));
    let certificate = match shown {
        Some(chain) if config.tls.mode != TlsMode::Off => {
            let names = certificate::names(config);
            certificate::judge(CERTIFICATE, config, &chain, &names, now)
        }
        _ => certificate::of_files(config, now),
    };
    vec![names, ports, certificate]
}

/// Whether the names that are set lead here.
async fn names(config: &Config) -> Check {
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
        return NAMES.ok("No name is set; people use the machine's addresses.");
    }
    let own = own_addresses();
    let mut elsewhere = Vec::new();
    for name in &all {
        match resolve(name).await {
            Err(error) => {
                let seen = format!("{name} leads nowhere: {error}.");
                let remedy = "Make an A or AAAA record for it, or correct server.public_url or \
                    server.hostnames.";
                return NAMES.fail(seen, remedy);
            }
            Ok(found) => elsewhere.extend(
                found
                    .into_iter()
                    .filter(|ip| !own.contains(ip))
                    .map(|ip| format!("{name} leads to {ip}")),
            ),
        }
    }
    if elsewhere.is_empty() {
        return NAMES.ok(format!("{} lead to this machine.", all.join(", ")));
    }
    let seen = format!(
        "{}, which is no address of this machine.",
        elsewhere.join(", ")
    );
    if config.server.trusted_proxies.is_empty() {
        let remedy = "That is right behind a router that forwards the port; else correct the \
            record of the name.";
        return NAMES.warn(seen, remedy);
    }
    NAMES.ok(format!("{seen} A proxy is set, which it may be."))
}

/// The addresses of a name, or of an address that is written as one.
pub(super) async fn resolve(name: &str) -> Result<Vec<IpAddr>, String> {
    let name = name.trim_matches(['[', ']']);
    let found = timeout(PATIENCE, lookup_host((name, 0))).await;
    let found = found.map_err(|_| "the resolver gave no answer".to_owned())?;
    let found = found.map_err(|error| error.to_string())?;
    let found: BTreeSet<IpAddr> = found.map(|at| at.ip()).collect();
    if found.is_empty() {
        return Err("it has no address".to_owned());
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
async fn ports(config: &Config, listening: &[SocketAddr]) -> (Check, Option<Chain>) {
    let (mut seen, mut shown) = (Vec::new(), None);
    for at in listening {
        match who_listens(config, *at).await {
            Listener::Inkspot(version, chain) => {
                seen.push(format!("Inkspot {version} answers on {at}"));
                shown.get_or_insert(chain);
            }
            Listener::Nobody(Ok(())) => seen.push(format!("{at} is free, Inkspot does not run")),
            Listener::Nobody(Err(error)) => {
                let remedy = "Take an address of this machine; for a port below 1024 use the \
                    service, whose unit allows it, or another port.";
                let seen = format!("Inkspot can't listen on {at}: {error}.");
                return (PORTS.fail(seen, remedy), shown);
            }
            Listener::Other(what) => {
                let seen = format!("Another program has {at}: {what}.");
                let remedy = "`ss -ltnp` names it: stop it, or choose another address in \
                    server.listen.";
                return (PORTS.fail(seen, remedy), shown);
            }
        }
    }
    if seen.is_empty() {
        let seen = "The server chooses its port when it starts.";
        return (PORTS.ok(seen), shown);
    }
    (PORTS.ok(format!("{}.", seen.join(", "))), shown)
}

enum Listener {
    /// With its version, and the certificate that it shows.
    Inkspot(String, Chain),
    /// Whether one could listen there.
    Nobody(std::io::Result<()>),
    Other(String),
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
    let Ok(question) = question else {
        return Listener::Other("it can't be asked".to_owned());
    };
    match client::ask(here, tls, question).await {
        Ok(reply) => match reply.json()["version"].as_str() {
            Some(version) if reply.status == 200 => {
                Listener::Inkspot(version.to_owned(), reply.chain)
            }
            _ => Listener::Other(format!("it answered {}", reply.status)),
        },
        Err(Trouble::Connect(_)) => Listener::Nobody(TcpListener::bind(at).await.map(drop)),
        Err(trouble) => Listener::Other(trouble.to_string()),
    }
}
