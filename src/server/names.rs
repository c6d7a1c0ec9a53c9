//! The names and addresses that this server's certificate stands for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::machine;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A host name in lower case.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

impl Name {
    /// A configured one.
    pub fn parse(text: &str) -> Self {
        match text.parse() {
            Ok(ip) => Self::Ip(ip),
            Err(_) => Self::Dns(text.to_ascii_lowercase()),
        }
    }
}

/// All of them, without repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    machine: Option<String>,
    all: BTreeSet<Name>,
}

impl Names {
    /// This machine's names and addresses, the configured ones and those that are listened on.
    pub fn collect(hostnames: &[String], listening: &[SocketAddr]) -> Self {
        let listened = listening
            .iter()
            .map(SocketAddr::ip)
            .filter(|ip| !ip.is_unspecified());
        let addresses = machine::addresses().into_iter().chain(listened);
        Self::new(machine::hostname(), hostnames, addresses)
    }

    /// The given ones and those that every machine has.
    pub fn new(
        machine: Option<String>,
        hostnames: &[String],
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> Self {
        let mut all: BTreeSet<Name> = BTreeSet::from([
            Name::Dns("localhost".to_owned()),
            Name::Ip(Ipv4Addr::LOCALHOST.into()),
            Name::Ip(Ipv6Addr::LOCALHOST.into()),
        ]);
        all.extend(hostnames.iter().map(|name| Name::parse(name)));
        all.extend(addresses.into_iter().map(Name::Ip));
        if let Some(name) = &machine {
            all.insert(Name::Dns(name.clone()));
            if !name.contains('.') {
                all.insert(Name::Dns(format!("{name}.local")));
            }
        }
        Self { machine, all }
    }

    /// The machine's own name.
    pub fn machine(&self) -> Option<&str> {
        self.machine.as_deref()
    }

    /// All names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.all.iter()
    }
}
