//! Who is at the other end of a connection.

use std::net::IpAddr;

/// The network peer of a request, after the trusted-proxy rules were applied.
/// The listener puts it into each request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub addr: IpAddr,
    /// Whether the client speaks TLS, to us or to a trusted proxy.
    pub secure: bool,
}
