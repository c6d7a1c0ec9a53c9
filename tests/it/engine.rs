//! The realtime engine, driven over real sockets by clients that need not behave.

mod client;
mod events;
mod heartbeat;
mod limits;
mod polling;
mod program;
mod rooms;
mod tls;
mod websocket;
