//! Inkspot: private, real-time messaging in one binary.
//!
//! The rooms of the house, from the cellar up; imports point down only
//! (`docs/ARCHITECTURE.md` has the plan, `tests/it/floors.rs` holds it):
//! `base` → `model metrics` → `protocol config text tls acme media` → `store engine blobs` → `service search backup doctor export` → `http realtime` →
//! `server app cli`.

pub mod acme;
pub mod app;
pub mod backup;
pub mod base;
pub mod blobs;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod engine;
pub mod export;
pub mod http;
pub mod media;
pub mod metrics;
pub mod model;
pub mod protocol;
pub mod realtime;
pub mod search;
pub mod server;
pub mod service;
pub mod store;
pub mod text;
pub mod tls;
