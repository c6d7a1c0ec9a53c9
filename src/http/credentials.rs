//! How a request shows who it comes from: bearer token, cookies, and the site that sent it.
//!
//! Whether a token is good is the service's affair.

use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::uri::Authority;

use crate::model::Peer;

/// Holds the session's token.
pub(super) const SESSION_COOKIE: &str = "__Host-inkspot";
/// Marks a browser from which somebody signed in before, and outlives signing out.
pub(super) const DEVICE_COOKIE: &str = "__Host-inkspot-device";
/// 400 days, the longest that browsers keep a cookie, in seconds.
const COOKIE_LIFE: u32 = 400 * 24 * 60 * 60;
/// Longer than any token that we give out; in bytes.
const TOKEN_MAX: usize = 256;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A token and how it came. A browser adds cookies by itself, whoever made it send the request;
/// a bearer token is added by code that knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `Authorization: Bearer …`.
    Bearer(String),
    /// The session cookie.
    Cookie(String),
}

/// The token of a request. An `Authorization` header, whatever it holds, outranks the cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<Token> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = token.trim();
        let fits = scheme.eq_ignore_ascii_case("bearer") && token.len() <= TOKEN_MAX;
        return (fits && !token.is_empty()).then(|| Token::Bearer(token.to_owned()));
    }
    cookie(headers, SESSION_COOKIE).map(Token::Cookie)
}

/// The value of a cookie. Browsers may send cookies in one header or in several.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty() && value.len() <= TOKEN_MAX)
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` value; an empty `value` removes the cookie.
pub(super) fn set_cookie(name: &str, value: &str) -> Option<HeaderValue> {
    let life = if value.is_empty() { 0 } else { COOKIE_LIFE };
    let text = format!("{name}={value}; Max-Age={life}; Path=/; HttpOnly; Secure; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}

/// What the browser says about the site that made it send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// Our own pages, or the person (address bar, bookmark).
    Own,
    /// Anybody else's.
    Foreign,
    /// Nothing was said: not a browser of this decade.
    Unsaid,
}

/// Which site a request comes from. Where two headers disagree the worse one counts.
pub(super) fn site(headers: &HeaderMap, own: Option<&Authority>, peer: Peer) -> Site {
    let origin = headers.get(ORIGIN).map(|origin| {
        let same = |own| {
            origin
                .to_str()
                .is_ok_and(|origin| is_same_origin(origin, own, peer))
        };
        own.is_some_and(same)
    });
    let fetch_site = headers
        .get(FETCH_SITE)
        .map(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    match (origin, fetch_site) {
        (Some(false), _) | (_, Some(false)) => Site::Foreign,
        (None, None) => Site::Unsaid,
        _ => Site::Own,
    }
}

/// Behind a proxy that speaks TLS for us unannounced, only the host can be compared.
fn is_same_origin(origin: &str, own: &Authority, peer: Peer) -> bool {
    let Some((scheme, host)) = origin.split_once("://") else {
        return false;
    };
    let standard = match scheme {
        "https" => 443,
        "http" if !peer.secure => 80,
        _ => return false,
    };
    let Ok(origin) = host.parse::<Authority>() else {
        return false;
    };
    let port = |a: &Authority| a.port_u16().unwrap_or(standard);
    !host.contains('@')
        && origin.host().eq_ignore_ascii_case(own.host())
        && port(&origin) == port(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_token_comes_by_header_or_by_cookie() {
        let bearer = |text: &str| Some(Token::Bearer(text.to_owned()));
        let cookie = |text: &str| Some(Token::Cookie(text.to_owned()));
        for (pairs, token) in [
            (&[("authorization", "Bearer abc")][..], bearer("abc")),
            (&[("authorization", "bearer  abc ")], bearer("abc")),
            (
                &[
                    ("authorization", "Bearer x"),
                    ("cookie", "__Host-inkspot=y"),
                ],
                bearer("x"),
            ),
            (
                &[("authorization", "Basic x"), ("cookie", "__Host-inkspot=y")],
                None,
            ),
            (&[("authorization", "Bearer ")], None),
            (
                &[("authorization", &format!("Bearer {}", "x".repeat(257)))],
                None,
            ),
            (&[("cookie", "a=b; __Host-inkspot=y; c=d")], cookie("y")),
            (
                &[("cookie", "a=b"), ("cookie", "__Host-inkspot=y")],
                cookie("y"),
            ),
            (
                &[("cookie", "__Host-inkspot="), ("cookie", "inkspot=y")],
                None,
            ),
            (&[], None),
        ] {
            assert_eq!(super::token(&headers(pairs)), token, "{pairs:?}");
        }
    }

    #[test]
    fn case_31_cookies_are_out_of_reach_for_scripts_and_other_sites() {
        let cookie = set_cookie(SESSION_COOKIE, "abc").unwrap();
        assert_eq!(
            cookie,
            "__Host-inkspot=abc; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Lax"
        );
        assert!(
            set_cookie(SESSION_COOKIE, "")
                .unwrap()
                .to_str()
                .unwrap()
                .contains("Max-Age=0")
        );
        assert_eq!(set_cookie(SESSION_COOKIE, "a\nb"), None);
    }

    #[test]
    fn case_32_only_our_own_pages_are_our_own_site() {
        const OWN: &str = "chat.example:8443";
        let secure = Peer {
            addr: [127, 0, 0, 1].into(),
            secure: true,
        };
        for (pairs, expected) in [
            (&[][..], Site::Unsaid),
            (&[("origin", "https://chat.example:8443")], Site::Own),
            (&[("origin", "https://CHAT.example:8443")], Site::Own),
            (&[("sec-fetch-site", "same-origin")], Site::Own),
            (&[("sec-fetch-site", "none")], Site::Own),
            (&[("sec-fetch-site", "same-site")], Site::Foreign),
            (&[("sec-fetch-site", "cross-site")], Site::Foreign),
            (&[("sec-fetch-site", "")], Site::Foreign),
            (&[("origin", "null")], Site::Foreign),
            (&[("origin", "")], Site::Foreign),
            (&[("origin", "https://chat.example")], Site::Foreign),
            (&[("origin", "http://chat.example:8443")], Site::Foreign),
            (
                &[("origin", "https://chat.example:8443.evil.example")],
                Site::Foreign,
            ),
            (&[("origin", "https://x@chat.example:8443")], Site::Foreign),
            (
                &[
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "none"),
                ],
                Site::Foreign,
            ),
            (
                &[
                    ("origin", "https://chat.example:8443"),
                    ("sec-fetch-site", "cross-site"),
                ],
                Site::Foreign,
            ),
        ] {
            let own: Authority = OWN.parse().unwrap();
            assert_eq!(
                site(&headers(pairs), Some(&own), secure),
                expected,
                "{pairs:?}"
            );
        }
        let pairs = [("origin", "https://chat.example")];
        let own: Authority = "chat.example:443".parse().unwrap();
        assert_eq!(site(&headers(&pairs), Some(&own), secure), Site::Own);
        assert_eq!(site(&headers(&pairs), None, secure), Site::Foreign);
    }
}
