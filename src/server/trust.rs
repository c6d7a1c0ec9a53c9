//! The page that explains how a device comes to trust this server, and the certificate it needs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use http::{HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

use super::answer;
use super::handler::BoxBody;

const PAGE: &str = include_str!("trust.html");
const STYLE: &str = include_str!("trust.css");
const CERTIFICATE: &str = "application/x-x509-ca-cert";

/// The page and the certificate.
pub(super) struct TrustPage {
    name: String,
    der: Bytes,
    pem: Bytes,
    fingerprint: String,
    policy: HeaderValue,
}

impl TrustPage {
    /// `name` is the server's name as people see it; `der` and `pem` hold its authority.
    pub fn new(name: &str, der: &[u8], pem: String) -> Self {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        );
        Self {
            name: escape(name),
            der: Bytes::copy_from_slice(der),
            pem: pem.into(),
            fingerprint: fingerprint(der),
            policy: HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("")),
        }
    }

    /// What is served under `path`, if anything. `origin` is the HTTPS address that the client
    /// should use; its host was checked.
    pub fn find(&self, path: &str, origin: &str) -> Option<Response<BoxBody>> {
        match path {
            "/trust" | "/trust/" => Some(self.page(origin)),
            "/trust/inkspot-ca.crt" => Some(download(&self.pem, "inkspot-ca.crt")),
            "/trust/inkspot-ca.der" => Some(download(&self.der, "inkspot-ca.der")),
            _ => None,
        }
    }

    fn page(&self, origin: &str) -> Response<BoxBody> {
        let page = PAGE
            .replace("{style}", STYLE)
            .replace("{name}", &self.name)
            .replace("{fingerprint}", &self.fingerprint.replace(':', ":<wbr>"))
            .replace("{origin}", &escape(origin));
        let mut response = answer::content(StatusCode::OK, "text/html; charset=utf-8", page);
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

fn download(certificate: &Bytes, name: &'static str) -> Response<BoxBody> {
    let mut response = answer::content(StatusCode::OK, CERTIFICATE, certificate.clone());
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        response
            .headers_mut()
            .insert(CONTENT_DISPOSITION, disposition);
    }
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

fn escape(text: &str) -> String {
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

    #[test]
    fn the_page_needs_nothing_from_elsewhere_and_leaves_no_blank() {
        for text in ["src=", "@import", "url(", "style=\"", "<script"] {
            assert!(!PAGE.contains(text) && !STYLE.contains(text), "{text}");
        }
        let page = PAGE
            .replace("{style}", "")
            .replace("{name}", "")
            .replace("{origin}", "");
        assert!(!page.replace("{fingerprint}", "").contains(['{', '}']));
    }
}
