//! Inkspot: private, real-time messaging in one binary.

pub mod base;
