//! Who may connect: how many connections and handshakes, in all and from one address.
//!
//! Knows addresses and numbers only. Who is refused is told so, as far as there are places for that;
//! beyond them it costs nothing but an `accept`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many are told at the same time that there is no room for them.
const TOLD: usize = 16;

/// Descriptors left for the store, the log and the listeners themselves.
const RESERVED_DESCRIPTORS: u64 = 128;

/// How many connections are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateLimits {
    /// Open connections in all.
    pub total: usize,
    /// Open connections of one IPv4 address or one IPv6 /64 network.
    pub per_address: usize,
    /// TLS handshakes at work at the same time; further ones wait.
    pub handshakes: usize,
    /// TLS handshakes that one address may have open.
    pub handshakes_per_address: usize,
}

impl GateLimits {
    /// For people: a home or an office behind one address fits, a flood does not. `most` are what
    /// the memory is for.
    pub fn standard(most: usize) -> Self {
        Self {
            total: connections_possible().min(most),
            per_address: 1024,
            handshakes: 512,
            handshakes_per_address: 128,
        }
    }

    /// Only what the machine can carry.
    pub fn unlimited() -> Self {
        let total = connections_possible();
        Self {
            total,
            per_address: total,
            handshakes: 512,
            handshakes_per_address: total,
        }
    }
}

/// Raises the number of open files to what the system allows and leaves some for ourselves.
fn connections_possible() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let now = if setrlimit(Resource::Nofile, wanted).is_ok() {
        limit.maximum
    } else {
        limit.current
    };
    let descriptors = now.unwrap_or(1 << 20).min(1 << 20);
    usize::try_from(descriptors.saturating_sub(RESERVED_DESCRIPTORS).max(16)).unwrap_or(usize::MAX)
}

/// The gate. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    handshakes: Arc<Semaphore>,
    told: Arc<Semaphore>,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    limits: GateLimits,
    total: usize,
    by_address: HashMap<IpAddr, PerAddress>,
}

#[derive(Debug, Default)]
struct PerAddress {
    connections: usize,
    handshakes: usize,
}

/// What has no room for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// The server.
    Total,
    /// What one address may have.
    Address,
}

/// One admitted connection; dropping it makes room for another.
#[derive(Debug)]
pub struct Slot {
    gate: Gate,
    /// `None` for who is not counted by address.
    address: Option<IpAddr>,
}

/// One TLS handshake of an address; dropping it makes room for another.
#[derive(Debug)]
pub struct Handshake<'s> {
    slot: &'s Slot,
    permit: Option<OwnedSemaphorePermit>,
}

impl Gate {
    /// A gate that nobody has passed yet.
    pub fn new(limits: GateLimits) -> Self {
        Self(Arc::new(Inner {
            handshakes: Arc::new(Semaphore::new(limits.handshakes)),
            told: Arc::new(Semaphore::new(TOLD)),
            counts: Mutex::new(Counts {
                limits,
                total: 0,
                by_address: HashMap::new(),
            }),
        }))
    }

    /// From now on these limits hold, but for the number of handshakes at work. Who is in stays.
    pub fn limit(&self, limits: GateLimits) {
        self.0.counts.lock().limits = limits;
    }

    /// How many are in, and how many may be.
    pub fn count(&self) -> (usize, usize) {
        let counts = self.0.counts.lock();
        (counts.total, counts.limits.total)
    }

    /// Lets a connection from `addr` in, unless there are too many. A trusted proxy (`counted` is
    /// false) stands for many people and counts in all only.
    pub fn admit(&self, addr: IpAddr, counted: bool) -> Result<Slot, NoRoom> {
        let address = counted.then(|| network_of(addr));
        let mut counts = self.0.counts.lock();
        let limits = counts.limits;
        if counts.total >= limits.total {
            return Err(NoRoom::Total);
        }
        if let Some(address) = address {
            let entry = counts.by_address.entry(address).or_default();
            if entry.connections >= limits.per_address {
                return Err(NoRoom::Address);
            }
            entry.connections += 1;
        }
        counts.total += 1;
        Ok(Slot {
            gate: self.clone(),
            address,
        })
    }

    /// A place among those who are told that there is no room, if one is free.
    pub fn tell(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.told).try_acquire_owned().ok()
    }
}

impl Slot {
    /// Registers a handshake, or `None` when the address has too many open.
    pub fn handshake(&self) -> Option<Handshake<'_>> {
        if let Some(address) = self.address {
            let mut counts = self.gate.0.counts.lock();
            let most = counts.limits.handshakes_per_address;
            let entry = counts.by_address.entry(address).or_default();
            if entry.handshakes >= most {
                return None;
            }
            entry.handshakes += 1;
        }
        Some(Handshake {
            slot: self,
            permit: None,
        })
    }
}

impl Handshake<'_> {
    /// Waits until this handshake may work.
    pub async fn wait(&mut self) {
        let handshakes = self.slot.gate.0.handshakes.clone();
        // The semaphore is never closed.
        self.permit = handshakes.acquire_owned().await.ok();
    }
}

impl Drop for Handshake<'_> {
    fn drop(&mut self) {
        if let Some(address) = self.slot.address {
            let mut counts = self.slot.gate.0.counts.lock();
            if let Some(entry) = counts.by_address.get_mut(&address) {
                entry.handshakes -= 1;
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.gate.0.counts.lock();
        counts.total -= 1;
        if let Some(address) = self.address
            && let Some(entry) = counts.by_address.get_mut(&address)
        {
            entry.connections -= 1;
            if entry.connections == 0 {
                counts.by_address.remove(&address);
            }
        }
    }
}

/// What counts as one address: an IPv6 subscriber owns a /64 at least.
fn network_of(addr: IpAddr) -> IpAddr {
    match addr.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: GateLimits = GateLimits {
        total: 4,
        per_address: 2,
        handshakes: 8,
        handshakes_per_address: 1,
    };

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_its_share_and_a_closed_connection_makes_room() {
        let gate = Gate::new(LIMITS);
        let one = gate.admit(ip("10.0.0.1"), true).unwrap();
        let _two = gate.admit(ip("::ffff:10.0.0.1"), true).unwrap();
        assert_eq!(
            gate.admit(ip("10.0.0.1"), true).err(),
            Some(NoRoom::Address)
        );
        let _other = gate.admit(ip("10.0.0.2"), true).unwrap();
        drop(one);
        assert!(gate.admit(ip("10.0.0.1"), true).is_ok());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let gate = Gate::new(LIMITS);
        let _one = gate.admit(ip("fd00::1"), true).unwrap();
        let _two = gate.admit(ip("fd00::2"), true).unwrap();
        assert!(gate.admit(ip("fd00::3"), true).is_err());
        assert!(gate.admit(ip("fd00:0:0:1::3"), true).is_ok());
    }

    #[test]
    fn all_together_meet_the_total_and_a_proxy_meets_only_that() {
        let gate = Gate::new(LIMITS);
        let proxied: Vec<_> = (0..4).map(|_| gate.admit(ip("10.0.0.1"), false)).collect();
        assert!(proxied.iter().all(Result::is_ok));
        assert_eq!(gate.admit(ip("10.0.0.1"), false).err(), Some(NoRoom::Total));
        assert!(gate.admit(ip("10.0.0.2"), true).is_err());
        drop(proxied);
        assert!(gate.admit(ip("10.0.0.2"), true).is_ok());
        assert!(gate.0.counts.lock().by_address.is_empty());
    }

    #[test]
    fn handshakes_of_one_address_are_counted_apart() {
        let gate = Gate::new(LIMITS);
        let one = gate.admit(ip("10.0.0.1"), true).unwrap();
        let two = gate.admit(ip("10.0.0.1"), true).unwrap();
        let handshake = one.handshake().unwrap();
        assert!(two.handshake().is_none());
        drop(handshake);
        assert!(two.handshake().is_some());
    }

    #[test]
    fn new_limits_count_for_who_comes_and_let_who_is_in_stay() {
        let gate = Gate::new(LIMITS);
        let inside: Vec<_> = (0..2).map(|_| gate.admit(ip("10.0.0.1"), true)).collect();
        gate.limit(GateLimits { total: 1, ..LIMITS });
        assert_eq!(gate.admit(ip("10.0.0.2"), true).err(), Some(NoRoom::Total));
        assert_eq!(gate.count(), (2, 1));
        drop(inside);
        let told: Vec<_> = (0..TOLD).map(|_| gate.tell()).collect();
        assert!(told.iter().all(Option::is_some) && gate.tell().is_none());
    }
}
