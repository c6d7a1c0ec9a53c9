//! What this machine is called on its networks.

use std::net::IpAddr;

use if_addrs::IfAddr;

use crate::base::networks::is_of_people;

/// The machine's addresses that others can use, the most useful first: no loopback, no
/// link-local ones (they need a zone that a link can't carry).
pub(super) fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot list the machine's addresses");
        Vec::new()
    });
    let mut found: Vec<(u8, IpAddr)> = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !is_link_local(&interface.addr))
        .map(|interface| (rank(&interface.name, interface.ip()), interface.ip()))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, addr)| addr).collect()
}

fn is_link_local(addr: &IfAddr) -> bool {
    match addr {
        IfAddr::V4(v4) => v4.ip.is_link_local(),
        IfAddr::V6(v6) => v6.ip.is_unicast_link_local(),
    }
}

/// People are most likely to reach a home network's IPv4 address, and least likely one of a
/// container bridge.
fn rank(interface: &str, addr: IpAddr) -> u8 {
    let of_family = match addr {
        IpAddr::V4(v4) if v4.is_private() => 0,
        IpAddr::V4(_) => 1,
        IpAddr::V6(v6) if v6.is_unique_local() => 2,
        IpAddr::V6(_) => 3,
    };
    if is_of_people(interface) {
        of_family
    } else {
        of_family + 4
    }
}

/// The machine's own name in lower case, if it is one that a certificate can carry.
pub(super) fn hostname() -> Option<String> {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_str().ok()?.to_ascii_lowercase();
    let fits = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let edges = name.starts_with(['-', '.']) || name.ends_with(['-', '.']) || name.contains("..");
    (fits && !edges && !name.is_empty() && name.len() <= 253).then_some(name)
}
