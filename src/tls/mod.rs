//! The server's side of TLS connections, made so that an idle one is small: between two records
//! it keeps no buffer at all.
//!
//! rustls does the protocol and the cryptography; what is here is what surrounds it, buffers and
//! sockets. [`Session`](session::Session) is a connection without its socket, [`TlsStream`] one
//! with it. Which certificate is shown is the listener's affair, what is said over it the doors';
//! how long one lives is read here ([`life_of`]).

mod life;
mod session;
mod stream;
#[cfg(test)]
mod tests;

pub use life::life_of;
pub use stream::TlsStream;
