//! The way of a browser through an address that people use, with whatever stands between.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use rustls::pki_types::ServerName;

use super::client::{self, Reply, Trouble};
use super::finding::findings;
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

findings! {
    /// What was found on that way, besides the certificate.
    pub(super) enum Found {
        "url-name-found" Name { host: String, address: String } => Ok
            "{host} leads to {address}.";
        "url-name-invalid" NameInvalid { url: String } => Fail
            "{url} is no address.",
            "It must look like https://chat.example.com or https://example.com/chat.";
        "url-name-nowhere" NameNowhere { name: String, error: String } => Fail
            "{name} leads nowhere: {error}.",
            "Make an A or AAAA record for it, or correct the address.";

        "url-answer-good" Answer { version: String } => Ok
            "Inkspot {version} answers.";
        "url-answer-unreachable" AnswerUnreachable { url: String, error: String } => Fail
            "{url}: {error}.",
            "Is the proxy running? Is the port open in the firewall, and forwarded by the router?";
        "url-answer-failed" AnswerFailed { url: String, error: String } => Fail
            "{url}: {error}.",
            "Look at the proxy's log; docs/PROXIES.md has settings that work.";
        "url-answer-other" AnswerOther { url: String, status: u16 } => Fail
            "{url}/api/health answered {status}, and not as Inkspot does.",
            "The proxy leads elsewhere: look at where it passes requests on to, and at the path.";

        "url-headers-good" Headers => Ok
            "The host is passed on: people can sign in.";
        "url-headers-failed" HeadersFailed { error: String } => Fail
            "{error}.",
            "Does the proxy let POST through? Its log says more.";
        "url-headers-refused" HeadersRefused => Fail
            "The server takes its own page for another site's, so nobody can sign in.",
            "The proxy must pass on the Host header as the browser sent it, with its port, and set X-Forwarded-Proto; the server must name the proxy in server.trusted_proxies.";
        "url-headers-other" HeadersOther { status: u16 } => Fail
            "A request to sign in was answered {status}.",
            "Something between answers instead of Inkspot: look at its log.";

        "url-path-root" PathRoot => Ok
            "The app lives at the root of this address.";
        "url-path-below" PathBelow { path: String } => Ok
            "The app lives below {path}.";
        "url-path-failed" PathFailed { error: String } => Fail
            "{error}.",
            "Look at the proxy's log.";
        "url-path-other" PathOther { path: String, asked: String } => Fail
            "The page is made for \"{path}/\", and is asked for at \"{asked}/\".",
            "Set server.path_prefix to \"{asked}\".";

        "url-websocket-good" WebSocket => Ok
            "A WebSocket gets through, and the server greets over it.";
        "url-websocket-polling" Polling { error: String } => Warn
            "No WebSocket gets through: {error}. Polling works, more slowly.",
            "The proxy must pass on Upgrade and Connection over HTTP/1.1, on the path of server.socket_path.";
        "url-websocket-none" NoRealtime { error: String } => Fail
            "No realtime connection gets through: {error}.",
            "The proxy must pass on Upgrade and Connection over HTTP/1.1, on the path of server.socket_path.";
    }
}

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
    let address = match address(url).await {
        Ok(address) => address,
        Err(found) => return vec![NAME.found(found)],
    };
    let mut found = vec![NAME.found(Found::Name {
        host: address.host.clone(),
        address: address.at.ip().to_string(),
    })];
    let url = url.to_owned();
    let health = match address.get("/api/health").await {
        Ok(reply) => reply,
        Err(trouble) => {
            let error = trouble.to_string();
            found.push(ANSWER.found(match trouble {
                Trouble::Connect(_) => Found::AnswerUnreachable { url, error },
                _ => Found::AnswerFailed { url, error },
            }));
            return found;
        }
    };
    if let Some(name) = &address.tls {
        let name = match name {
            ServerName::DnsName(name) => name.as_ref().to_owned(),
            _ => address.at.ip().to_string(),
        };
        let judged = certificate::judge(config, &health.chain, &[name], now);
        found.push(CERTIFICATE.found(judged));
    }
    let version = health.json()["version"].as_str().map(str::to_owned);
    let Some(version) = version.filter(|_| health.status == 200) else {
        let status = health.status;
        found.push(ANSWER.found(Found::AnswerOther { url, status }));
        return found;
    };
    found.push(ANSWER.found(Found::Answer { version }));
    found.push(HEADERS.found(address.headers().await));
    found.push(PATH.found(address.path(config).await));
    found.push(WEBSOCKET.found(address.websocket(config).await));
    found
}

async fn address(url: &str) -> Result<Address, Found> {
    let wrong = || Found::NameInvalid {
        url: url.to_owned(),
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
    let found = resolve(&name).await.map_err(|lost| Found::NameNowhere {
        name: name.clone(),
        error: lost.to_string(),
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
    async fn headers(&self) -> Found {
        let request = Request::post(format!("{}/api/auth/login", self.base))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body(Full::from("{}"));
        let request = match request {
            Ok(request) => request,
            Err(error) => return headers_failed(&error),
        };
        let reply = match client::ask(self.at, self.tls.as_ref(), request).await {
            Ok(reply) => reply,
            Err(trouble) => return headers_failed(&trouble),
        };
        match reply.json()["error"]["code"].as_str() {
            Some("origin_refused") => Found::HeadersRefused,
            Some(_) if reply.status == 400 => Found::Headers,
            _ => Found::HeadersOther {
                status: reply.status,
            },
        }
    }

    /// Whether the page that is served here is made for here.
    async fn path(&self, config: &Config) -> Found {
        let page = match self.get("/").await {
            Ok(page) => String::from_utf8_lossy(&page.body).into_owned(),
            Err(trouble) => {
                let error = trouble.to_string();
                return Found::PathFailed { error };
            }
        };
        let path = self.base.clone();
        if page.contains(&format!("data-base=\"{path}\"")) {
            return match path.as_str() {
                "" => Found::PathRoot,
                _ => Found::PathBelow { path },
            };
        }
        Found::PathOther {
            path: config.server.path_prefix.clone(),
            asked: path,
        }
    }

    async fn websocket(&self, config: &Config) -> Found {
        let socket = format!("{}/?EIO=4&transport=", config.server.socket_path);
        let request = Request::get(format!("{}{socket}websocket", self.base))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", KEY)
            .body(Full::default());
        let greeted = match request {
            Ok(request) => client::first_words(self.at, self.tls.as_ref(), request).await,
            Err(error) => Err(Trouble::Http(error.to_string())),
        };
        let error = match greeted {
            Ok(Ok(words)) if words.starts_with("0{") => return Found::WebSocket,
            Ok(Ok(_)) => "something else than Inkspot greeted".to_owned(),
            Ok(Err(status)) => format!("it was answered {status}"),
            Err(trouble) => trouble.to_string(),
        };
        let polling = self.get(&format!("{socket}polling")).await;
        if polling.is_ok_and(|reply| reply.body.starts_with(b"0{")) {
            return Found::Polling { error };
        }
        Found::NoRealtime { error }
    }
}

fn headers_failed(error: &dyn std::error::Error) -> Found {
    let error = error.to_string();
    Found::HeadersFailed { error }
}
