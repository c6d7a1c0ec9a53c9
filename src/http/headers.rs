//! What every answer carries, whatever it says: the rules that browsers enforce for us.
//!
//! Nothing here depends on the request. There are no CORS headers anywhere, on purpose:
//! no other site has any business with this server.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue};
use http::header::{REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};

/// Only our own files, no inline code, no framing, no plain strings into script sinks: the one policy
/// that may make a script's address is the app's own for its service worker.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; font-src 'self'; \
    manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types inkspot-worker";

/// The device's senses are nobody's business until a feature needs one.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

const FIXED: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS),
    ),
];

/// Two years, for certificates that every device trusts. With a private authority it would lock
/// people out who have not installed it yet.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Puts the rules on an answer, unless it has a stricter one of its own. What says nothing about
/// caching is not kept.
pub(super) fn secure(headers: &mut HeaderMap, public_certificate: bool) {
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    if public_certificate {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_54_the_policy_allows_no_inline_code_and_no_framing() {
        let mut headers = HeaderMap::new();
        secure(&mut headers, false);
        let csp = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(csp.starts_with("default-src 'none'; script-src 'self'; "));
        assert!(csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe"));
        assert!(csp.ends_with("require-trusted-types-for 'script'; trusted-types inkspot-worker"));
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
        assert!(
            headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control"))
        );
        assert!(!headers.contains_key("service-worker-allowed"));

        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        secure(&mut headers, true);
        assert_eq!(headers[CACHE_CONTROL], "no-cache");
        assert_eq!(headers[STRICT_TRANSPORT_SECURITY], "max-age=63072000");
    }
}
