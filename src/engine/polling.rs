//! HTTP long-polling: one request waits for what is to be sent, others bring what is received.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};

use super::app::{App, DisconnectReason};
use super::outbox::Transport;
use super::serve::{Trouble, answer};
use super::session::Session;
use crate::protocol::engineio;

/// How long the body of a request may take.
const BODY: Duration = Duration::from_secs(20);

/// Waits until there is something to send, or something has happened to the session.
pub(super) async fn poll<A: App>(session: &Arc<Session<A>>) -> Response<Full<Bytes>> {
    let hub = &session.hub;
    {
        let mut out = session.out.lock();
        let over = out.closed && out.is_empty();
        if over || out.transport == Transport::WebSocket {
            return Trouble::BadRequest.answer();
        }
        if out.parked {
            drop(out);
            session.close(DisconnectReason::Protocol);
            return Trouble::BadRequest.answer();
        }
        out.parked = true;
    }
    let _parked = Parked(session);
    loop {
        let woken = session.wake.notified();
        {
            let mut out = session.out.lock();
            if !out.is_empty() && out.transport != Transport::WebSocket {
                let payload = out.take_payload(hub.config.max_payload, &hub.output);
                if out.closed && out.is_empty() {
                    drop(out);
                    hub.forget(session.sid);
                }
                return answer(StatusCode::OK, payload);
            }
            match out.transport {
                Transport::Pausing | Transport::WebSocket => return answer(StatusCode::OK, "6"),
                Transport::Polling | Transport::Probing if out.closed => {
                    return answer(StatusCode::OK, "1");
                }
                Transport::Polling | Transport::Probing => {}
            }
        }
        woken.await;
    }
}

/// A poll that waits; dropped when it is answered or its client has gone.
struct Parked<'s, A: App>(&'s Session<A>);

impl<A: App> Drop for Parked<'_, A> {
    fn drop(&mut self) {
        self.0.out.lock().parked = false;
    }
}

/// Takes the packets in a request's body.
pub(super) async fn post<A: App, B: Body<Data = Bytes>>(
    session: &Arc<Session<A>>,
    body: B,
) -> Response<Full<Bytes>> {
    {
        let mut out = session.out.lock();
        if out.closed || out.transport == Transport::WebSocket {
            return Trouble::BadRequest.answer();
        }
        if out.posting {
            drop(out);
            session.close(DisconnectReason::Protocol);
            return Trouble::BadRequest.answer();
        }
        out.posting = true;
    }
    let _posting = Posting(session);
    let mut charged = Charge(session, 0);
    match take(session, body, &mut charged).await {
        Ok(()) => answer(StatusCode::OK, "ok"),
        Err(reason) => {
            session.close(reason);
            match reason {
                DisconnectReason::ClientClosed => answer(StatusCode::OK, "ok"),
                DisconnectReason::TooLarge => Trouble::TooLarge.answer(),
                _ => Trouble::BadRequest.answer(),
            }
        }
    }
}

async fn take<A: App, B: Body<Data = Bytes>>(
    session: &Arc<Session<A>>,
    body: B,
    charged: &mut Charge<'_, A>,
) -> Result<(), DisconnectReason> {
    let clock = &session.hub.clock;
    let body = collect(session, body, charged);
    let body = clock.timeout(BODY, body).await;
    let body = body.ok_or(DisconnectReason::Broken)??;
    let mut wait = session.count_input(0, body.len());
    let max_packets = session.hub.config.packets_burst as usize;
    for packet in engineio::parse_payload(&body, max_packets) {
        loop {
            let woken = session.wake.notified();
            if session.is_closed() {
                return Ok(());
            }
            if !wait.is_zero() {
                clock.sleep(std::mem::take(&mut wait)).await;
            } else if session.is_busy() {
                woken.await;
            } else {
                break;
            }
        }
        session.receive(packet.map_err(|_| DisconnectReason::Protocol)?)?;
        let waiting = session
            .pending
            .lock()
            .as_ref()
            .map_or(0, |packet| packet.bytes());
        charged.set(body.len() + waiting)?;
        wait = session.count_input(1, 0);
    }
    Ok(())
}

/// Reads a body that is no longer than the session's messages may be now.
async fn collect<A: App, B: Body<Data = Bytes>>(
    session: &Session<A>,
    body: B,
    charged: &mut Charge<'_, A>,
) -> Result<Vec<u8>, DisconnectReason> {
    let max = session.max_message();
    let mut body = std::pin::pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| DisconnectReason::Broken)?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > max {
                return Err(DisconnectReason::TooLarge);
            }
            bytes.extend_from_slice(&data);
            charged.set(bytes.len())?;
        }
    }
    Ok(bytes)
}

/// A request whose body is being read.
struct Posting<'s, A: App>(&'s Session<A>);

impl<A: App> Drop for Posting<'_, A> {
    fn drop(&mut self) {
        self.0.out.lock().posting = false;
    }
}

/// What a request holds of all connections' budget.
struct Charge<'s, A: App>(&'s Session<A>, usize);

impl<A: App> Charge<'_, A> {
    fn set(&mut self, bytes: usize) -> Result<(), DisconnectReason> {
        if self.0.hub.input.adjust(&mut self.1, bytes) {
            Ok(())
        } else {
            Err(DisconnectReason::TooLarge)
        }
    }
}

impl<A: App> Drop for Charge<'_, A> {
    fn drop(&mut self) {
        self.0.hub.input.adjust(&mut self.1, 0);
    }
}
