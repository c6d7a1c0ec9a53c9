//! The answer to a client's event.

use bytes::Bytes;
use serde::Serialize;

use super::app::App;
use super::event::Event;
use super::socket::Socket;
use crate::protocol::socketio::{self, Kind};

/// Answers a client's event, now or later, from any thread. Dropping it answers nothing: the
/// client's callback is then called only if it has a timeout.
pub struct Ack<A: App> {
    socket: Socket<A>,
    id: u64,
}

impl<A: App> Ack<A> {
    pub(super) fn new(socket: Socket<A>, id: u64) -> Self {
        Self { socket, id }
    }

    /// Whom it answers.
    pub fn socket(&self) -> &Socket<A> {
        &self.socket
    }

    /// Answers with one argument.
    pub fn send<T: Serialize + ?Sized>(self, value: &T) -> serde_json::Result<()> {
        let args = format!("[{}]", serde_json::to_string(value)?);
        self.send_args(&args, &[]);
        Ok(())
    }

    /// Answers with `args`, a JSON array whose placeholders name the attachments.
    pub fn send_args(self, args: &str, attachments: &[Bytes]) {
        let namespace = self.socket.namespace();
        let count = attachments.len();
        let text = socketio::encode(Kind::Ack, namespace, Some(self.id), count, args);
        let answer = Event::from_messages(&text, attachments, None, None);
        if self.socket.is_connected() {
            self.socket.send(&answer);
        }
    }
}
