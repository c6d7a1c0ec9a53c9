//! How a device comes to trust this server: a page that leads it through the steps of its system, what it
//! installs, and a picture that it can load only when it does.
//!
//! Served on the plain listener, for devices that don't trust yet, and over TLS. It needs nothing of the
//! product and nothing from elsewhere; it works without script.

mod page;
mod profile;
mod reader;
mod words;

use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, HeaderMap};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::answer;
use super::handler::BoxBody;
use page::{Page, Seen};
use reader::{Language, System};

const CERTIFICATE: &str = "application/x-x509-ca-cert";
const PROFILE: &str = "application/x-apple-aspen-config";
/// What loads over TLS only where this server is trusted. Other origins may load it: the page that asks
/// is on the plain listener.
const MARK: &str = "/trust/mark.svg";
const MARK_PICTURE: &str = include_str!("mark.svg");

/// Somebody comes.
pub(super) struct Visit<'r> {
    pub method: &'r Method,
    pub path: &'r str,
    pub query: Option<&'r str>,
    pub headers: &'r HeaderMap,
    /// The HTTPS address that the client should use: `https://host[:port]`; its host was checked.
    pub origin: &'r str,
    /// The address of this page for a device that does not trust this server yet.
    pub here: &'r str,
}

/// The page and what it hands out.
pub(super) struct TrustPage {
    page: Page,
    der: Bytes,
    pem: Bytes,
    fingerprint: String,
    authority: String,
    server: watch::Receiver<String>,
}

impl TrustPage {
    /// `server` is the server's name as people see it, as it is at the moment; `prefix` the path below which a proxy shows it;
    /// `der` and `pem` hold its authority.
    pub fn new(server: watch::Receiver<String>, prefix: &str, der: &[u8], pem: String) -> Self {
        let authority = common_name(der).unwrap_or_else(|| "Inkspot".to_owned());
        let fingerprint = fingerprint(der);
        Self {
            page: Page::new(prefix, &authority, &fingerprint),
            der: Bytes::copy_from_slice(der),
            pem: pem.into(),
            fingerprint,
            authority,
            server,
        }
    }

    /// What is served at this path, if anything.
    pub fn answer(&self, visit: &Visit<'_>) -> Option<Response<BoxBody>> {
        let path = visit.path;
        let found = match path.strip_suffix('/').unwrap_or(path) {
            "/trust" => self.page(visit),
            "/trust/inkspot-ca.crt" => download(CERTIFICATE, "inkspot-ca.crt", self.pem.clone()),
            "/trust/inkspot-ca.cer" => download(CERTIFICATE, "inkspot-ca.cer", self.der.clone()),
            "/trust/inkspot.mobileconfig" => {
                let words = Language::of(visit.query, visit.headers).words();
                let profile = profile::profile(
                    &self.server.borrow(),
                    &self.authority,
                    &self.fingerprint,
                    &self.der,
                    words,
                );
                download(PROFILE, "inkspot.mobileconfig", profile)
            }
            MARK => mark(),
            _ => return None,
        };
        Some(if matches!(*visit.method, Method::GET | Method::HEAD) {
            found
        } else {
            answer::sentence(StatusCode::METHOD_NOT_ALLOWED, "Only GET works here.\n")
        })
    }

    fn page(&self, visit: &Visit<'_>) -> Response<BoxBody> {
        let language = Language::of(visit.query, visit.headers);
        let system = System::of(visit.headers);
        let seen = Seen {
            server: &self.server.borrow(),
            origin: visit.origin,
            here: visit.here,
        };
        self.page.answer(language, system, seen)
    }
}

fn download(kind: &'static str, name: &str, content: impl Into<Bytes>) -> Response<BoxBody> {
    let mut response = answer::content(StatusCode::OK, kind, content);
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        response
            .headers_mut()
            .insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

fn mark() -> Response<BoxBody> {
    let mut response = answer::content(StatusCode::OK, "image/svg+xml", MARK_PICTURE);
    response.headers_mut().insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// SHA-256 in the form in which systems show it: upper-case pairs between colons.
pub(super) fn fingerprint(der: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(der)
        .iter()
        .map(|b| format!("{b:02X}"))
        .collect();
    pairs.join(":")
}

/// What the authority calls itself: devices list it by this.
fn common_name(der: &[u8]) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let name = parsed.subject().iter_common_name().next()?;
    Some(name.as_str().ok()?.to_owned())
}

/// Text as HTML and XML can carry it.
fn escape(text: &str) -> String {
    let text: String = text.chars().filter(|it| !it.is_control()).collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_devices_show_it() {
        let shown = fingerprint(b"");
        assert!(shown.starts_with("E3:B0:C4:42:98:FC:1C:14"), "{shown}");
        assert_eq!(shown.len(), 32 * 3 - 1);
    }
}
