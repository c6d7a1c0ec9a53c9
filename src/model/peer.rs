//! Who is at the other end of a connection.

use std::any::Any;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::ids::UserId;
use super::view::ErrorView;

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

/// Who turned out to ask, for the log: the door that finds out notes it. The listener puts it into
/// each request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Asker(Arc<OnceLock<UserId>>);

impl Asker {
    /// It is this person.
    pub fn is(&self, user: UserId) {
        // Who asks doesn't change within a request.
        let _ = self.0.set(user);
    }

    /// Who it is, if that is known.
    pub fn known(&self) -> Option<UserId> {
        self.0.get().copied()
    }
}

/// Why a request got no good answer. The door that refuses puts it into the answer's extensions; the
/// listener logs it, once, and names the request in the answer if the fault is the server's.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What the client is told.
    pub error: ErrorView,
    /// What the log is told besides.
    pub reason: Option<String>,
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
