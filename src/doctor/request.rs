//! The way that one request took: whether the proxy that it came through is known and says for whom
//! it asks.

use std::net::IpAddr;

use super::findings::Finding;
use super::{Check, Topic};
use crate::config::Config;

pub(super) const PROXY: Topic = Topic("proxy", "Your own request");

/// How a request came.
#[derive(Clone, Copy, Debug)]
pub struct Way<'r> {
    /// The address that it counts for.
    pub from: IpAddr,
    /// Whether it came encrypted, as far as is known.
    pub secure: bool,
    /// Its `X-Forwarded-For`, if it has one.
    pub forwarded: Option<&'r str>,
}

pub(super) fn judge(config: &Config, way: Way<'_>) -> Check {
    let Way {
        from,
        secure,
        forwarded,
    } = way;
    let trusted = &config.server.trusted_proxies;
    let is_proxy = trusted.iter().any(|network| network.contains(from));
    let address = from.to_string();
    let believed = forwarded.is_some_and(|hops| hops.contains(&address));
    PROXY.found(match forwarded {
        Some(_) if !believed => Finding::ProxyDisbelieved { address },
        None if is_proxy => Finding::ProxySilent { address },
        Some(_) if !secure => Finding::ProxyUnencrypted { address },
        Some(_) => Finding::ProxyKnown { address },
        None => Finding::NoProxy { address },
    })
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_proxy_that_is_unknown_or_silent_is_told() {
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["10.0.0.2".parse().unwrap()];
        for (from, secure, forwarded, state) in [
            ("203.0.113.7", true, Some("203.0.113.7"), State::Ok),
            (
                "203.0.113.7",
                true,
                Some("192.0.2.1, 203.0.113.7"),
                State::Ok,
            ),
            ("203.0.113.7", false, Some("203.0.113.7"), State::Warn),
            ("10.0.0.2", true, None, State::Warn),
            ("10.0.0.3", true, Some("203.0.113.7"), State::Warn),
            ("203.0.113.7", true, None, State::Ok),
        ] {
            let way = Way {
                from: from.parse().unwrap(),
                secure,
                forwarded,
            };
            let check = judge(&config, way);
            assert_eq!(check.state, state, "{way:?}");
            assert_eq!(check.remedy.is_some(), state != State::Ok);
        }
    }
}
