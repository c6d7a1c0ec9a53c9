//! How long and how many clients may keep the server waiting.

use std::time::Duration;

use super::gate::GateLimits;
use crate::config::{Config, LimitProfile};

/// How long clients may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the TLS handshake.
    pub handshake: Duration,
    /// From the handshake to the first request.
    pub first_request: Duration,
    /// For a request's header on HTTP/1.1; also for the pause between two requests.
    pub header: Duration,
    /// For what was sent to be taken by the other side, or at least a part of it.
    pub unread: Duration,
    /// Between two HTTP/2 pings, and for their answer.
    pub keep_alive: Duration,
    /// For the handler to begin its answer, the request's body included; from the last progress
    /// that it made, if it says so.
    pub answer: Duration,
    /// From the begin of the shutdown for who has just come in, to shake hands and ask.
    pub last_words: Duration,
    /// From the begin of the shutdown until those who still work are cut off.
    pub drain: Duration,
    /// Between two looks at the machine's addresses and the certificate's end.
    pub renewal: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            first_request: Duration::from_secs(30),
            header: Duration::from_secs(30),
            unread: Duration::from_mins(1),
            keep_alive: Duration::from_secs(30),
            answer: Duration::from_mins(2),
            last_words: Duration::from_secs(1),
            drain: Duration::from_secs(10),
            renewal: Duration::from_mins(1),
        }
    }
}

/// What keeps clients within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many connections.
    pub gate: GateLimits,
    /// How slow they may be.
    pub timeouts: Timeouts,
}

impl Bounds {
    /// Those of the configured profile.
    pub fn of(config: &Config) -> Self {
        let gate = match config.limits.profile {
            LimitProfile::Default => GateLimits::standard(config.memory.connections()),
            LimitProfile::Off => GateLimits::unlimited(),
        };
        Self {
            gate,
            timeouts: Timeouts::default(),
        }
    }
}
