//! Certificates from a public authority, by ACME (RFC 8555): proving that this server answers under
//! its names, asking for a certificate, and when to ask for the next.
//!
//! This is the only room that connects to another machine by itself, and it does so only for those
//! who call it. Which certificate is shown to whom, where it is kept and when the authority is asked
//! is its caller's affair. No disk, but for the file of an authority's own roots.

mod authority;
mod challenges;
mod client;
mod order;
mod renewal;
mod trouble;

pub use authority::{Authority, Window};
pub use challenges::{ALPN, Challenges};
pub use order::{Issued, Proof};
pub use renewal::{due, moment_within};
pub use trouble::{Cause, Trouble};
