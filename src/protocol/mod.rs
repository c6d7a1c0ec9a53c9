//! The wire formats of the realtime transports, and how requests show who they come from, without
//! I/O: bytes in, values out, and back.
//!
//! Everything here is fed by strangers. Each decoder has a hard limit on whatever a peer can
//! declare, allocates only for bytes that have arrived, and never panics. `fuzz/` has a target
//! for each. No sockets, no clocks, no sessions.

pub mod check;
pub mod credentials;
pub mod engineio;
pub mod socketio;
pub mod websocket;
