//! Which of this machine's networks people's own devices are on.

use std::net::{IpAddr, Ipv4Addr};

use if_addrs::Interface;

/// Whether people's devices are on it, and not machines within this one.
pub fn is_of_people(interface: &str) -> bool {
    let within = [
        "docker", "br-", "veth", "virbr", "podman", "lxc", "lxdbr", "incusbr", "cni", "flannel",
    ];
    !within.iter().any(|prefix| interface.starts_with(prefix))
}

/// Whether neighbours reach a server there that listens on these addresses, and nobody else does.
pub fn is_for_neighbours(interface: &Interface, listening: &[IpAddr]) -> bool {
    let ip = interface.ip();
    let reaches = |at: &IpAddr| *at == ip || at.is_unspecified() && at.is_ipv4() == ip.is_ipv4();
    is_of_people(&interface.name) && is_private(ip) && listening.iter().any(reaches)
}

/// Whether the machine is on a network at present where neighbours reach a server that listens on these.
pub fn has_neighbours(listening: &[IpAddr]) -> bool {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut interfaces = interfaces.iter();
    interfaces.any(|interface| is_for_neighbours(interface, listening))
}

/// Whether everybody reaches it, wherever they are: none of those that are for a network, a provider's
/// router (RFC 6598), a translator (RFC 6890), tunnels that borrow a place for benchmarks (RFC 2544), the
/// link or the machine only, and one of a single machine.
pub fn is_public_ipv4(ip: Ipv4Addr) -> bool {
    let is_borrowed = match ip.octets() {
        [100, second, ..] => second & 0xC0 == 64,
        [192, 0, 0, _] | [198, 18..=19, ..] | [0 | 224.., ..] => true,
        _ => false,
    };
    let is_near = ip.is_private() || ip.is_link_local() || ip.is_loopback();
    !is_borrowed && !is_near
}

/// Whether only neighbours can have it.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_neighbours_have_private_addresses() {
        for (ip, private) in [
            ("192.168.1.5", true),
            ("10.0.0.1", true),
            ("172.31.0.1", true),
            ("169.254.3.4", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("203.0.113.5", false),
            ("100.64.0.1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(ip.parse().unwrap()), private, "{ip}");
        }
    }

    #[test]
    fn what_a_network_or_a_provider_gives_out_for_itself_is_not_public() {
        for (ip, public) in [
            ("198.51.100.7", true),
            ("100.63.255.255", true),
            ("100.128.0.1", true),
            ("172.32.0.1", true),
            ("100.64.0.1", false),
            ("100.127.255.254", false),
            ("192.168.1.5", false),
            ("172.31.0.1", false),
            ("169.254.3.4", false),
            ("127.0.0.1", false),
            ("0.0.0.0", false),
            ("192.0.0.4", false),
            ("192.0.2.4", true),
            ("198.18.0.1", false),
            ("198.19.255.1", false),
            ("198.20.0.1", true),
            ("224.0.0.251", false),
            ("255.255.255.255", false),
        ] {
            assert_eq!(is_public_ipv4(ip.parse().unwrap()), public, "{ip}");
        }
    }

    #[test]
    fn bridges_to_machines_within_this_one_are_not_of_people() {
        for (name, of_people) in [
            ("eth0", true),
            ("wlp3s0", true),
            ("docker0", false),
            ("br-1a2b3c", false),
            ("lxdbr0", false),
            ("cni0", false),
            ("veth12ab", false),
        ] {
            assert_eq!(is_of_people(name), of_people, "{name}");
        }
    }
}
