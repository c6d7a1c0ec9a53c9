//! An Engine.IO v4 / Socket.IO v5 server that knows nothing of chat.

mod app;
mod config;
mod event;
mod signatures;

pub use app::{AckId, App, Args, DisconnectReason, Incoming, Owner, Refusal, Stats};
pub use config::EngineConfig;
pub use event::{Event, EventBuilder};
pub use signatures::*;
