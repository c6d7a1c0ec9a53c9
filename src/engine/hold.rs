//! A socket on hold: room for a replay before its rooms are heard.

use std::ops::Deref;

use super::app::App;
use super::socket::Socket;

/// While this lives, events to the socket's rooms wait behind what is emitted to it directly, and
/// [`App::disconnected`] isn't called for it. Dropping it releases everything. What waits is
/// bounded like a slow client's queue.
#[must_use = "dropping it ends the hold"]
pub struct Hold<A: App> {
    socket: Socket<A>,
    /// Held events up to this sequence were replayed.
    replayed: Option<u64>,
}

impl<A: App> Hold<A> {
    pub(super) fn new(socket: Socket<A>) -> Self {
        Self {
            socket,
            replayed: None,
        }
    }

    /// Lets all that was held go out.
    pub fn release(self) -> Socket<A> {
        self.socket.clone()
    }

    /// Lets go out what was held, except events whose sequence is `sequence` or less.
    pub fn release_after(mut self, sequence: u64) -> Socket<A> {
        self.replayed = Some(sequence);
        self.release()
    }
}

impl<A: App> Deref for Hold<A> {
    type Target = Socket<A>;

    fn deref(&self) -> &Socket<A> {
        &self.socket
    }
}

impl<A: App> Drop for Hold<A> {
    fn drop(&mut self) {
        self.socket.release(self.replayed);
    }
}
