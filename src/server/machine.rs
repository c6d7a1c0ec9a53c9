//! What this machine is called on its networks.

use std::net::IpAddr;

use if_addrs::IfAddr;

use crate::base::networks::{is_of_people, is_public_ipv4};

/// The machine's addresses that others can use, the most useful first: no loopback, no
/// link-local ones (they need a zone that a link can't carry).
pub(super) fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot list the machine's addresses");
        Vec::new()
    });
    let others = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !is_link_local(&interface.addr))
        .map(|interface| (interface.name.as_str(), interface.ip()));
    best_first(others)
}

/// Addresses with the interfaces that have them, the most useful first.
fn best_first<'a>(addresses: impl Iterator<Item = (&'a str, IpAddr)>) -> Vec<IpAddr> {
    let mut found: Vec<(u8, IpAddr)> = addresses
        .map(|(interface, addr)| (rank(interface, addr), addr))
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

/// A public IPv4 address is reached from everywhere, also from the own network; where there is none,
/// people are at home, where the network's own IPv4 is what they reach. Shared ones (100.64/10) are
/// those of providers and of VPNs. Least likely is one of a container bridge.
fn rank(interface: &str, addr: IpAddr) -> u8 {
    let of_family = match addr {
        IpAddr::V4(v4) if is_public_ipv4(v4) => 0,
        IpAddr::V4(v4) if v4.is_private() => 1,
        IpAddr::V4(_) => 2,
        IpAddr::V6(v6) if v6.is_unique_local() => 3,
        IpAddr::V6(_) => 4,
    };
    if is_of_people(interface) {
        of_family
    } else {
        of_family + 5
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

#[cfg(test)]
mod tests {
    use super::*;

    fn first(addresses: &[(&str, &str)]) -> Vec<String> {
        let parsed = addresses
            .iter()
            .map(|(interface, addr)| (*interface, addr.parse().unwrap()));
        let sorted = best_first(parsed).into_iter();
        sorted.map(|addr| addr.to_string()).collect()
    }

    #[test]
    fn on_a_rented_machine_the_public_address_comes_before_the_private_one() {
        let found = first(&[
            ("docker0", "172.17.0.1"),
            ("ens10", "10.0.0.2"),
            ("eth0", "2a01:4f8::1"),
            ("eth0", "198.51.100.7"),
        ]);
        let wanted = ["198.51.100.7", "10.0.0.2", "2a01:4f8::1", "172.17.0.1"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn at_home_the_networks_own_ipv4_address_comes_first() {
        let found = first(&[
            ("tailscale0", "100.101.102.103"),
            ("br-1a2b3c", "172.18.0.1"),
            ("eth0", "2001:db8::5"),
            ("eth0", "fd00::5"),
            ("eth0", "192.168.1.5"),
            ("eth0", "192.168.1.5"),
        ]);
        let wanted = [
            "192.168.1.5",
            "100.101.102.103",
            "fd00::5",
            "2001:db8::5",
            "172.18.0.1",
        ];
        assert_eq!(found, wanted);
    }
}
