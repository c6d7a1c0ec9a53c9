//! The realtime door: the origin's events over Socket.IO.
//!
//! Translates between the wire and the service, both ways. No rules here: who may do what is
//! decided by the service, and whatever changes state goes through it. Each event's name stands
//! once, in [`names`].

mod answer;
mod audience;
mod chat;
mod commands;
mod crowd;
mod hub;
mod lines;
mod names;
mod news;
mod outbound;
mod resume;
mod rooms;
mod told;
mod updates;
mod watch;

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;

use self::chat::Chat;
use self::hub::Hub;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::Debug;
use crate::engine::{Engine, EngineConfig, Stats};
use crate::service::Service;

pub use self::chat::OriginPolicy;

/// The realtime door, open. Cheap to clone.
#[derive(Clone)]
pub struct Realtime {
    engine: Engine<Chat>,
    hub: Arc<Hub>,
}

impl Realtime {
    /// Opens the door. Nothing moves before [`Realtime::run`].
    pub fn new(
        service: &Service,
        config: EngineConfig,
        origins: OriginPolicy,
        clock: Clock,
        rng: Rng,
    ) -> Self {
        let chat = Chat::new(service.clone(), origins, clock.clone(), rng.clone());
        let engine = Engine::new(config, chat, clock.clone(), rng);
        let hub = Hub::new(engine.clone(), service.clone(), clock);
        hub.follow(service);
        Self { engine, hub }
    }

    /// Does the door's work until [`Realtime::shutdown`]. Spawn it once.
    pub async fn run(self) {
        tokio::select! {
            () = self.engine.run() => {}
            () = self.hub.run() => {}
        }
    }

    /// Answers a request to the socket path.
    pub async fn serve(
        &self,
        request: http::Request<hyper::body::Incoming>,
    ) -> http::Response<Full<Bytes>> {
        self.engine.serve(request).await
    }

    /// Closes all sockets so that their clients come back (1012), within
    /// [`GRACE`](crate::engine::GRACE).
    pub async fn shutdown(&self) {
        self.engine.shutdown(1012).await;
    }

    /// From now on rates are limited, or not.
    pub fn limit(&self, limited: bool) {
        self.engine.limit(limited);
    }

    /// From now on these packets are logged, as far as logs show
    /// [`PACKETS`](crate::base::logging::PACKETS).
    pub fn watch(&self, topics: Vec<Debug>) {
        self.engine.app().watch.set(topics);
    }

    /// Counters for metrics.
    pub fn stats(&self) -> Stats {
        self.engine.stats()
    }
}

/// The shapes of this door's events as `TypeScript` declarations, for `docs/protocol.d.ts`.
pub fn typescript() -> Vec<String> {
    outbound::typescript()
}
