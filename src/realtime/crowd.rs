//! Connections that have not said who they are, counted by network.
//!
//! A polling connection is no socket of the listener's, so that the listener can't count it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::service::limits::LimitKey;

/// How many of one network may be open at once. Those of an office that all come back at the same
/// moment are refused for as long as it takes the first to sign in.
const MOST: usize = 256;

/// All that are open.
#[derive(Clone, Default)]
pub(super) struct Crowd(Arc<Mutex<HashMap<LimitKey, usize>>>);

/// One of them; dropping it makes room for another.
pub(super) struct Place {
    crowd: Crowd,
    network: LimitKey,
}

impl Crowd {
    /// Counts one more from an address. `None`: there are too many.
    pub(super) fn enter(&self, from: IpAddr) -> Option<Place> {
        let network = LimitKey::network(from);
        let mut counts = self.0.lock();
        let count = counts.entry(network).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        let crowd = self.clone();
        Some(Place { crowd, network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.0.lock();
        if let Entry::Occupied(mut count) = counts.entry(self.network) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}
