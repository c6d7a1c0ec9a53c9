//! Who is at the other end of a connection.

use std::any::Any;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The network peer of a request, after the trusted-proxy rules were applied.
/// The listener puts it into each request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub addr: IpAddr,
    /// Whether the client speaks TLS, to us or to a trusted proxy.
    pub secure: bool,
}

/// How a request that takes long says that it goes on: the listener gives up those that don't
/// answer in time, counted from the last time that something was made of them. The listener puts
/// it into each request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicBool>);

impl Progress {
    /// The request goes on.
    pub fn made(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it did since this was asked before.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// A connection's place in the server's count, and its share in a graceful end. The listener puts
/// it into each request's extensions; whoever takes the connection over (an upgraded socket) keeps
/// it until that is closed.
#[derive(Clone)]
pub struct Admission(
    #[expect(dead_code, reason = "its drop is what counts")] Arc<dyn Any + Send + Sync>,
);

impl Admission {
    /// Keeps `place` until the last clone is dropped.
    pub fn new(place: impl Any + Send + Sync) -> Self {
        Self(Arc::new(place))
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}
