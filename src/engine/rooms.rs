//! Rooms: which sockets hear what. What a room stands for is the program's business.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

use parking_lot::Mutex;

use super::app::App;
use super::socket::Socket;

/// Tables that rooms are spread over, so that sends to different rooms don't wait for each other.
const SHARDS: usize = 16;

/// Names a room: a kind and a key of that kind, both the program's. All sockets of a room must be
/// of the same namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoomId {
    kind: u8,
    key: u64,
}

impl RoomId {
    /// The room `key` of the kind `kind`.
    pub const fn new(kind: u8, key: u64) -> Self {
        Self { kind, key }
    }
}

/// A room exists while somebody is in it. Lock order: a room's shard, then a socket's state.
pub(super) struct Rooms<A: App> {
    shards: [Shard<A>; SHARDS],
    hasher: RandomState,
}

type Shard<A> = Mutex<HashMap<RoomId, Vec<Socket<A>>>>;

impl<A: App> Rooms<A> {
    pub fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, room: RoomId) -> &Shard<A> {
        let hash = self.hasher.hash_one(room).to_ne_bytes();
        &self.shards[usize::from(hash[0]) % SHARDS]
    }

    /// Adds a member, if `join` (called under the room's lock) agrees.
    pub fn join(&self, room: RoomId, socket: &Socket<A>, join: impl FnOnce() -> bool) -> bool {
        let mut rooms = self.shard(room).lock();
        let joined = join();
        if joined {
            rooms.entry(room).or_default().push(socket.clone());
        }
        joined
    }

    /// Removes a member, after calling `leave` under the room's lock.
    pub fn leave<T>(&self, room: RoomId, socket: &Socket<A>, leave: impl FnOnce() -> T) -> T {
        let mut rooms = self.shard(room).lock();
        let left = leave();
        if let Entry::Occupied(mut entry) = rooms.entry(room) {
            let members = entry.get_mut();
            if let Some(index) = members.iter().position(|member| member == socket) {
                members.swap_remove(index);
            }
            if members.is_empty() {
                entry.remove();
            } else if members.len() < members.capacity() / 4 {
                members.shrink_to(members.len() * 2);
            }
        }
        left
    }

    /// Calls `visit` with the members, under the room's lock.
    pub fn with<T>(&self, room: RoomId, visit: impl FnOnce(&[Socket<A>]) -> T) -> T {
        let rooms = self.shard(room).lock();
        visit(rooms.get(&room).map_or(&[], Vec::as_slice))
    }

    /// How many rooms there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }
}
