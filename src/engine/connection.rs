//! A connection below Socket.IO, for a program that takes Engine.IO messages itself.

use std::sync::Arc;

use super::app::{App, DisconnectReason};
use super::event::Event;
use super::session::Session;
use crate::protocol::engineio::Message;

/// An Engine.IO connection.
pub struct Connection<A: App>(Arc<Session<A>>);

impl<A: App> Connection<A> {
    pub(super) fn new(session: Arc<Session<A>>) -> Self {
        Self(session)
    }

    /// Sends a message. False: the connection is closed.
    pub fn send(&self, message: &Message<'_>) -> bool {
        match message {
            Message::Text(text) => self.0.send(&Event::packet(&format!("4{text}"))),
            Message::Binary(bytes) => self.0.send(&Event::binary(bytes)),
        }
    }

    /// Takes a message as a part of Socket.IO: what [`App::message`] does by itself. An error
    /// closes the connection.
    pub fn speak_socketio(&self, message: Message<'_>) -> Result<(), DisconnectReason> {
        self.0.speak_socketio(message)
    }
}
