//! The way that one request took: whether the proxy that it came through is known and says for whom
//! it asks.

use std::net::IpAddr;

use super::{Check, Topic};
use crate::config::Config;

const PROXY: Topic = Topic("proxy", "Your own request");

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
    let believed = forwarded.is_some_and(|hops| hops.contains(&from.to_string()));
    match forwarded {
        Some(_) if !believed => PROXY.warn(
            format!("It came from {from} with an X-Forwarded-For that is not believed."),
            format!(
                "If {from} is your proxy, add it to server.trusted_proxies; until then all \
                 people count as one address, with its limits."
            ),
        ),
        None if is_proxy => PROXY.warn(
            format!("It came from the proxy {from}, which does not say for whom it asks."),
            "The proxy must send X-Forwarded-For; until then all people count as one address, \
             with its limits.",
        ),
        Some(_) if !secure => PROXY.warn(
            format!(
                "It came from {from} through your proxy, which does not say that it is encrypted."
            ),
            "The proxy must send X-Forwarded-Proto: https.",
        ),
        Some(_) => PROXY.ok(format!("It came from {from} through your proxy.")),
        None => PROXY.ok(format!("It came from {from}, with no proxy between.")),
    }
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
