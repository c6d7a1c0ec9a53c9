//! A client that has asked for a namespace and waits for the answer.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::app::App;
use super::event::Event;
use super::hold::Hold;
use super::session::Session;
use super::socket::Socket;
use crate::protocol::socketio::{self, Kind};

/// A CONNECT to be answered, now or later, from any thread. Dropping it refuses.
pub struct Connecting<A: App> {
    session: Arc<Session<A>>,
    namespace: &'static str,
    auth: Option<Box<RawValue>>,
    pid: Option<Box<str>>,
    offset: Option<Box<str>>,
    handshake: Arc<A::Handshake>,
    answered: bool,
}

impl<A: App> Connecting<A> {
    pub(super) fn new(
        session: Arc<Session<A>>,
        namespace: &'static str,
        auth: Option<Box<RawValue>>,
        pid: Option<Box<str>>,
        offset: Option<Box<str>>,
        handshake: Arc<A::Handshake>,
    ) -> Self {
        Self {
            session,
            namespace,
            auth,
            pid,
            offset,
            handshake,
            answered: false,
        }
    }

    /// The namespace that it asks for, one of the program's.
    pub fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// The client's `auth` payload: a JSON object, otherwise unchecked.
    pub fn auth(&self) -> Option<&RawValue> {
        self.auth.as_deref()
    }

    /// The `pid` in the payload, if it is a string of at most 128 bytes.
    pub fn pid(&self) -> Option<&str> {
        self.pid.as_deref()
    }

    /// The `offset` in the payload, if it is a string of at most 128 bytes.
    pub fn offset(&self) -> Option<&str> {
        self.offset.as_deref()
    }

    /// What [`App::open`] kept of the opening request.
    pub fn handshake(&self) -> &A::Handshake {
        &self.handshake
    }

    /// Whether somebody still waits for the answer.
    pub fn is_waiting(&self) -> bool {
        !self.session.is_closed()
    }

    /// Connects the client and tells it the `pid` to resume with. The socket is on hold, so that
    /// the program can join its rooms and replay what was missed before it releases it. `None`:
    /// the client is gone; [`App::disconnected`] is not called then.
    pub fn accept(mut self, data: A::Data, pid: Option<&str>) -> Option<Hold<A>> {
        self.answered = true;
        let socket = Socket::new(Arc::clone(&self.session), self.namespace, data);
        let mut answer = format!("{{\"sid\":\"{}\"", socket.id());
        if let Some(pid) = pid {
            answer.push_str(",\"pid\":");
            socketio::push_string(&mut answer, pid);
        }
        answer.push('}');
        let text = socketio::encode(Kind::Connect, self.namespace, None, 0, &answer);
        if self.session.admit(&socket, &Event::packet(&text)).is_none() {
            socket.abandon();
            return None;
        }
        Some(Hold::new(socket))
    }

    /// Answers with an error: `{"message": message, "data": data}`.
    pub fn refuse(mut self, message: &str, data: Option<&RawValue>) {
        self.answer_no(message, data);
    }

    fn answer_no(&mut self, message: &str, data: Option<&RawValue>) {
        self.answered = true;
        let mut error = String::from("{\"message\":");
        socketio::push_string(&mut error, message);
        if let Some(data) = data {
            error.push_str(",\"data\":");
            error.push_str(data.get());
        }
        error.push('}');
        self.session.refuse(self.namespace, &error);
    }
}

impl<A: App> Drop for Connecting<A> {
    fn drop(&mut self) {
        if !self.answered {
            self.answer_no("refused", None);
        }
    }
}
