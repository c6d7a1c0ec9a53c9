//! The one integration test binary: a file per feature, driven through the real doors.
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

mod config;
mod floors;
mod harness;
mod http;
mod protocol;
mod server;
mod shutdown;
mod store;
mod tls;
