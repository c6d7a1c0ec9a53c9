//! The way of a browser through an address that people use, with whatever stands between.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use rustls::pki_types::ServerName;

use super::client::{self, Reply, Trouble};
use super::network::resolve;
use super::{Check, Topic, certificate};
use crate::base::clock::Timestamp;
use crate::config::Config;

const NAME: Topic = Topic("url-name", "The address: name");
const CERTIFICATE: Topic = Topic("url-certificate", "The address: certificate");
const ANSWER: Topic = Topic("url-answer", "The address: answer");
const HEADERS: Topic = Topic("url-headers", "The address: proxy headers");
const PATH: Topic = Topic("url-path", "The address: path");
const WEBSOCKET: Topic = Topic("url-websocket", "The address: WebSocket");

/// Any sixteen bytes will do for a connection that ends after its first words.
const KEY: &str = "aW5rc3BvdC1kb2N0b3IhIQ==";

/// An address, taken apart.
struct Address {
    at: SocketAddr,
    tls: Option<ServerName<'static>>,
    host: String,
    /// With scheme, without a path.
    origin: String,
    /// Without a slash at its end.
    base: String,
}

/// Looks at `url` step by step; stops where nothing further can work.
pub async fn examine(url: &str, config: &Config, now: Timestamp) -> Vec<Check> {
    let mut found = Vec::new();
    let address = match address(url).await {
        Ok(address) => address,
        Err(check) => return vec![check],
    };
    found.push(NAME.ok(format!("{} leads to {}.", address.host, address.at.ip())));
    let health = match address.get("/api/health").await {
        Ok(reply) => reply,
        Err(trouble) => {
            let remedy = match trouble {
                Trouble::Connect(_) => {
                    "Is the proxy running? Is the port open in the firewall, \
                    and forwarded by the router?"
                }
                _ => "Look at the proxy's log; docs/PROXIES.md has settings that work.",
            };
            found.push(ANSWER.fail(format!("{url}: {trouble}."), remedy));
            return found;
        }
    };
    if let Some(ServerName::DnsName(name)) = &address.tls {
        let names = [name.as_ref().to_owned()];
        found.push(certificate::judge(
            CERTIFICATE,
            config,
            &health.chain,
            &names,
            now,
        ));
    } else if address.tls.is_some() {
        let names = [address.at.ip().to_string()];
        found.push(certificate::judge(
            CERTIFICATE,
            config,
            &health.chain,
            &names,
            now,
        ));
    }
    let version = health.json()["version"].as_str().map(str::to_owned);
    let Some(version) = version.filter(|_| health.status == 200) else {
        let seen = format!(
            "{url}/api/health answered {}, and not as Inkspot does.",
            health.status
        );
        let remedy = "The proxy leads elsewhere: look at where it passes requests on to, and at \
            the path.";
        found.push(ANSWER.fail(seen, remedy));
        return found;
    };
    found.push(ANSWER.ok(format!("Inkspot {version} answers.")));
    found.push(address.headers().await);
    found.push(address.path(config).await);
    found.push(address.websocket(config).await);
    found
}

async fn address(url: &str) -> Result<Address, Check> {
    let wrong = || {
        let remedy = "It must look like https://chat.example.com or https://example.com/chat.";
        NAME.fail(format!("{url} is no address."), remedy)
    };
    let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| wrong())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    let name = authority.host().trim_matches(['[', ']']).to_owned();
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return Err(wrong()),
    };
    let found = resolve(&name).await.map_err(|error| {
        let remedy = "Make an A or AAAA record for it, or correct the address.";
        NAME.fail(format!("{name} leads nowhere: {error}."), remedy)
    })?;
    let ip = *found.first().ok_or_else(wrong)?;
    let tls = match scheme {
        "https" => Some(ServerName::try_from(name).map_err(|_| wrong())?),
        _ => None,
    };
    Ok(Address {
        at: SocketAddr::new(ip, authority.port_u16().unwrap_or(usual)),
        tls,
        host: authority.to_string(),
        origin: format!("{scheme}://{authority}"),
        base: uri.path().trim_end_matches('/').to_owned(),
    })
}

impl Address {
    async fn get(&self, path: &str) -> Result<Reply, Trouble> {
        let request = Request::get(format!("{}{path}", self.base))
            .header("host", &self.host)
            .header("accept", "text/html, application/json")
            .body(Full::<Bytes>::default());
        let request = request.map_err(|error| Trouble::Http(error.to_string()))?;
        client::ask(self.at, self.tls.as_ref(), request).await
    }

    /// Whether the server takes a page at this address for its own. Nobody is named, so nobody is
    /// signed in and nothing is counted.
    async fn headers(&self) -> Check {
        let request = Request::post(format!("{}/api/auth/login", self.base))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body(Full::from("{}"));
        let Ok(request) = request else {
            return HEADERS.fail("It can't be asked.", "Correct the address.");
        };
        let reply = match client::ask(self.at, self.tls.as_ref(), request).await {
            Ok(reply) => reply,
            Err(trouble) => {
                let remedy = "Does the proxy let POST through? Its log says more.";
                return HEADERS.fail(format!("{trouble}."), remedy);
            }
        };
        match reply.json()["error"]["code"].as_str() {
            Some("origin_refused") => HEADERS.fail(
                "The server takes its own page for another site's, so nobody can sign in.",
                "The proxy must pass on the Host header as the browser sent it, with its port, \
                 and set X-Forwarded-Proto; the server must name the proxy in \
                 server.trusted_proxies.",
            ),
            Some(_) if reply.status == 400 => {
                HEADERS.ok("The host is passed on: people can sign in.")
            }
            _ => HEADERS.fail(
                format!("A request to sign in was answered {}.", reply.status),
                "Something between answers instead of Inkspot: look at its log.",
            ),
        }
    }

    /// Whether the page that is served here is made for here.
    async fn path(&self, config: &Config) -> Check {
        let page = match self.get("/").await {
            Ok(page) => String::from_utf8_lossy(&page.body).into_owned(),
            Err(trouble) => return PATH.fail(format!("{trouble}."), "Look at the proxy's log."),
        };
        if page.contains(&format!("data-base=\"{}\"", self.base)) {
            return PATH.ok(match self.base.as_str() {
                "" => "The app lives at the root of this address.".to_owned(),
                base => format!("The app lives below {base}."),
            });
        }
        let seen = format!(
            "The page is made for \"{}/\", and is asked for at \"{}/\".",
            config.server.path_prefix, self.base
        );
        let remedy = format!("Set server.path_prefix to \"{}\".", self.base);
        PATH.fail(seen, remedy)
    }

    async fn websocket(&self, config: &Config) -> Check {
        let socket = format!("{}/?EIO=4&transport=", config.server.socket_path);
        let request = Request::get(format!("{}{socket}websocket", self.base))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", KEY)
            .body(Full::default());
        let Ok(request) = request else {
            return WEBSOCKET.fail("It can't be asked.", "Correct the address.");
        };
        let why = match client::first_words(self.at, self.tls.as_ref(), request).await {
            Ok(Ok(words)) if words.starts_with("0{") => {
                return WEBSOCKET.ok("A WebSocket gets through, and the server greets over it.");
            }
            Ok(Ok(_)) => "something else than Inkspot greeted".to_owned(),
            Ok(Err(status)) => format!("it was answered {status}"),
            Err(trouble) => trouble.to_string(),
        };
        let polling = self.get(&format!("{socket}polling")).await;
        let polls = polling.is_ok_and(|reply| reply.body.starts_with(b"0{"));
        let remedy = "The proxy must pass on Upgrade and Connection over HTTP/1.1, on the path \
            of server.socket_path.";
        if polls {
            let seen = format!("No WebSocket gets through: {why}. Polling works, more slowly.");
            return WEBSOCKET.warn(seen, remedy);
        }
        WEBSOCKET.fail(
            format!("No realtime connection gets through: {why}."),
            remedy,
        )
    }
}
