//! Who is at the other end, also when a trusted proxy stands between.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use crate::config::Network;
use crate::model::peer::Peer;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

pub(super) fn is_trusted(addr: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(addr))
}

/// The client behind a connection from `from`. Forwarded headers count only when they come from
/// a trusted proxy; each trusted proxy in a chain appended the address that it saw, so the client
/// is the last one that is no trusted proxy.
pub(super) fn peer(from: IpAddr, tls: bool, headers: &HeaderMap, trusted: &[Network]) -> Peer {
    let from = from.to_canonical();
    if !is_trusted(from, trusted) {
        return Peer {
            addr: from,
            secure: tls,
        };
    }
    // Traefik says `wss` of a WebSocket.
    let is_secure = |proto| matches!(proto, "https" | "wss");
    let secure = last_value(headers, &FORWARDED_PROTO).map_or(tls, is_secure);
    let mut addr = from;
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        for hop in line.to_str().unwrap_or_default().rsplit(',') {
            // What a trusted proxy did not write can't be believed, nor can what stands before it.
            let Some(hop) = parse(hop.trim()) else {
                return Peer { addr, secure };
            };
            addr = hop;
            if !is_trusted(addr, trusted) {
                return Peer { addr, secure };
            }
        }
    }
    Peer { addr, secure }
}

fn last_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?;
    line.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop
        .strip_prefix('[')
        .and_then(|hop| hop.strip_suffix(']'))
        .unwrap_or(hop);
    let addr = bare
        .parse()
        .ok()
        .or_else(|| hop.parse().ok().map(|at: SocketAddr| at.ip()));
    addr.map(|addr: IpAddr| addr.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, forwarded: &[&str], proto: Option<&str>, addr: &str, secure: bool) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        if let Some(proto) = proto {
            headers.append(FORWARDED_PROTO, proto.parse().unwrap());
        }
        let expected = Peer {
            addr: addr.parse().unwrap(),
            secure,
        };
        assert_eq!(
            peer(from.parse().unwrap(), false, &headers, &trusted),
            expected
        );
    }

    #[test]
    fn a_trusted_proxy_says_who_the_client_is() {
        check(
            "10.0.0.1",
            &["203.0.113.7"],
            Some("https"),
            "203.0.113.7",
            true,
        );
        check(
            "10.0.0.1",
            &["203.0.113.7:4711"],
            Some("http"),
            "203.0.113.7",
            false,
        );
        check("10.0.0.1", &[], Some("wss"), "10.0.0.1", true);
        check("10.0.0.1", &[], Some("ws"), "10.0.0.1", false);
        check(
            "127.0.0.1",
            &["[2001:db8::1]:443"],
            None,
            "2001:db8::1",
            false,
        );
        check(
            "::ffff:10.0.0.1",
            &["::ffff:203.0.113.7"],
            None,
            "203.0.113.7",
            false,
        );
    }

    #[test]
    fn others_are_not_believed() {
        check(
            "203.0.113.9",
            &["192.0.2.1"],
            Some("https"),
            "203.0.113.9",
            false,
        );
    }

    #[test]
    fn what_the_client_itself_claims_stays_behind_what_the_proxy_saw() {
        check(
            "10.0.0.1",
            &["192.0.2.1, 203.0.113.7"],
            None,
            "203.0.113.7",
            false,
        );
        check(
            "10.0.0.1",
            &["192.0.2.1", "203.0.113.7, 10.0.0.2"],
            None,
            "203.0.113.7",
            false,
        );
        check("10.0.0.1", &["nonsense, 10.0.0.2"], None, "10.0.0.2", false);
        check("10.0.0.1", &[""], Some("http, https"), "10.0.0.1", true);
    }
}
