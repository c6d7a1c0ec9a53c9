//! The plain-HTTP listener: leads people to HTTPS and to the page that explains how to trust this
//! server, and answers a public authority that looks for it. It knows nothing else of the product.

use std::net::IpAddr;
use std::sync::Arc;

use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Request, Response, StatusCode, Version, header};

use super::answer;
use super::handler::BoxBody;
use super::public::Public;
use super::trust::{TrustPage, Visit};

/// What the plain listener knows.
pub(super) struct Plain {
    /// The port of the TLS listener.
    pub tls_port: u16,
    /// The port at which plain HTTP is answered.
    pub own_port: u16,
    /// There when this server has its own authority.
    pub trust: Option<TrustPage>,
    /// The page's address for other machines, for who is on this one.
    pub trust_url: Option<String>,
    /// There when a public authority is asked.
    pub public: Option<Arc<Public>>,
}

impl Plain {
    /// The answer to any request.
    pub fn answer<B>(&self, request: &Request<B>) -> Response<BoxBody> {
        let public = self.public.as_ref();
        if let Some(line) = public.and_then(|it| it.challenges.line(request.uri().path())) {
            return answer::content(StatusCode::OK, "application/octet-stream", line);
        }
        let Some(host) = host_of(request) else {
            let text = "The request names no valid host. Open this server's HTTPS address.\n";
            return answer::sentence(StatusCode::BAD_REQUEST, text);
        };
        let here = at_port("http", &host.name, host.port.unwrap_or(80));
        let origin = at_port("https", &host.name, self.tls_port);
        if let Some(page) = self.trust(request, &host, &origin, &here) {
            return page;
        }
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", PathAndQuery::as_str);
        let path = if path.starts_with('/') { path } else { "/" };
        match HeaderValue::try_from(format!("{origin}{path}")) {
            Ok(to) => answer::redirect(to),
            Err(_) => answer::sentence(StatusCode::BAD_REQUEST, "The address is not valid.\n"),
        }
    }

    /// What of the page about trust is asked for over TLS, if anything.
    pub fn over_tls<B>(&self, request: &Request<B>) -> Option<Response<BoxBody>> {
        if !request.uri().path().starts_with("/trust") {
            return None;
        }
        let host = host_of(request)?;
        // The client is where it says, whatever port stands behind that.
        let origin = at_port("https", &host.name, host.port.unwrap_or(443));
        let here = at_port("http", &host.name, self.own_port);
        self.trust(request, &host, &origin, &here)
    }

    fn trust<B>(
        &self,
        request: &Request<B>,
        host: &Host,
        origin: &str,
        here: &str,
    ) -> Option<Response<BoxBody>> {
        let elsewhere = self.trust_url.clone().filter(|_| host.is_this_machine());
        self.trust.as_ref()?.answer(&Visit {
            method: request.method(),
            path: request.uri().path(),
            query: request.uri().query(),
            headers: request.headers(),
            origin,
            here: &elsewhere.unwrap_or_else(|| format!("{here}/trust")),
        })
    }
}

fn at_port(scheme: &str, host: &str, port: u16) -> String {
    match (scheme, port) {
        ("https", 443) | ("http", 80) => format!("{scheme}://{host}"),
        _ => format!("{scheme}://{host}:{port}"),
    }
}

/// Where a client believes to be.
struct Host {
    /// A name, or an address as URLs have it.
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Whether other machines mean themselves by it.
    fn is_this_machine(&self) -> bool {
        let address = self.name.trim_matches(['[', ']']).parse::<IpAddr>();
        address.is_ok_and(|it| it.is_loopback())
            || self.name == "localhost"
            || self.name.ends_with(".localhost")
    }
}

/// The host name or address that the client used: exactly one, and nothing that could mean
/// something else to a browser than to us.
fn host_of<B>(request: &Request<B>) -> Option<Host> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (request.uri().authority(), hosts.next(), hosts.next()) {
        (Some(authority), _, None) => authority.as_str(),
        (None, Some(host), None) => host.to_str().ok()?,
        (None, None, None) if request.version() == Version::HTTP_10 => "localhost",
        (_, _, Some(_)) | (None, None, None) => return None,
    };
    if host.contains('@') {
        return None;
    }
    let authority: Authority = host.parse().ok()?;
    let name = authority.host();
    let port = match authority.as_str().strip_prefix(name)? {
        "" => None,
        port => Some(port.strip_prefix(':')?.parse().ok()?),
    };
    let is_v6 = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .is_some_and(|name| name.parse::<std::net::Ipv6Addr>().is_ok());
    let is_plain = !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    (is_v6 || is_plain).then(|| Host {
        name: name.to_ascii_lowercase(),
        port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, hosts: &[&str], location: Option<&str>) {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let plain = Plain {
            tls_port: 8443,
            own_port: 8080,
            trust: None,
            trust_url: None,
            public: None,
        };
        let response = plain.answer(&request.body(()).unwrap());
        let found = response
            .headers()
            .get(header::LOCATION)
            .map(|to| to.to_str().unwrap());
        assert_eq!(found, location, "{uri} {hosts:?}");
        assert_eq!(
            response.status() == StatusCode::BAD_REQUEST,
            location.is_none()
        );
    }

    #[test]
    fn the_client_s_host_and_path_are_kept() {
        check("/", &["a.example"], Some("https://a.example:8443/"));
        check(
            "/c/1?q=%0a",
            &["A.example:8080"],
            Some("https://a.example:8443/c/1?q=%0a"),
        );
        check("/", &["192.0.2.1:80"], Some("https://192.0.2.1:8443/"));
        check("/x", &["[::1]:8080"], Some("https://[::1]:8443/x"));
        check(
            "//evil.example/x",
            &["a.example"],
            Some("https://a.example:8443//evil.example/x"),
        );
        check(
            "http://a.example/x",
            &["b.example"],
            Some("https://a.example:8443/x"),
        );
    }

    #[test]
    fn a_host_that_means_something_else_is_refused() {
        check("/", &[], None);
        for host in [
            "",
            ":80",
            "a b",
            "user@evil.example",
            "evil.example/x",
            "a.example:x",
            "[::1",
            "a.example#",
            "a.example?",
            "a\\b",
            "a.example,b.example",
            "[v1.x]",
            "%61.example",
        ] {
            check("/", &[host], None);
        }
        check("/", &["a.example", "b.example"], None);
        check("/", &["a.example", "a.example"], None);
        check("http://user@evil.example/", &["a.example"], None);
    }
}
