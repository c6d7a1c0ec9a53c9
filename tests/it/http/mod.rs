//! The HTTP door, over real connections.

mod access;
mod accounts;
mod cookies;
mod described;
mod flow;
mod limits;
mod sign_in;
mod transport;
mod uploads;
