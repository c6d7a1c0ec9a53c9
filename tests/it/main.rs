//! The one integration test binary: a file per feature, driven through the real doors.
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

mod blobs;
mod bundle;
mod cli;
mod config;
mod engine;
mod faults;
mod floors;
mod frames;
mod harness;
mod http;
mod http2;
mod ledger;
mod model;
mod process;
mod protocol;
mod realtime;
mod search;
mod server;
mod service_accounts;
mod service_conversations;
mod service_edits;
mod service_follow;
mod service_house;
mod service_invites;
mod service_limits;
mod service_live;
mod service_members;
mod service_messages;
mod service_receipts;
mod service_sessions;
mod service_setup;
mod shutdown;
mod store;
mod tls;
mod tus;
