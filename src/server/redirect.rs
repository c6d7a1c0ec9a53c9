//! The plain-HTTP listener: leads people to HTTPS and to the page that explains how to trust this
//! server, and answers a public authority that looks for it. It knows nothing else of the product.

use std::sync::Arc;

use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};

use super::answer;
use super::handler::BoxBody;
use super::public::Public;
use super::trust::TrustPage;

/// What the plain listener knows.
pub(super) struct Plain {
    /// The port of the TLS listener.
    pub tls_port: u16,
    /// There when this server has its own authority.
    pub trust: Option<TrustPage>,
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
        let origin = self.origin(&host);
        if let Some(trust) = &self.trust
            && let Some(page) = trust.find(request.uri().path(), &origin)
        {
            return if matches!(*request.method(), Method::GET | Method::HEAD) {
                page
            } else {
                answer::sentence(StatusCode::METHOD_NOT_ALLOWED, "Only GET works here.\n")
            };
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

    fn origin(&self, host: &str) -> String {
        match self.tls_port {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        }
    }
}

/// The host name or address that the client used, without its port: exactly one, and nothing
/// that could mean something else to a browser than to us.
fn host_of<B>(request: &Request<B>) -> Option<String> {
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
    let port = authority.as_str().strip_prefix(name)?;
    if !(port.is_empty() || port.strip_prefix(':')?.parse::<u16>().is_ok()) {
        return None;
    }
    let is_v6 = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .is_some_and(|name| name.parse::<std::net::Ipv6Addr>().is_ok());
    let is_plain = !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    (is_v6 || is_plain).then(|| name.to_ascii_lowercase())
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
            trust: None,
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
