//! All rules: who may, what is valid, what happens; and the committer that decides them.
//!
//! No wires, no status codes, no keys, no encoding. Both doors call the same methods of
//! [`Service`]; a file per resource.

pub mod error;
pub mod limits;
pub mod types;

mod accounts;
mod conversations;
mod invites;
mod live;
mod messages;
mod receipts;
mod sessions;

pub use error::ServiceError;
pub use limits::LimitedAction;
pub use types::*;

/// The service floor. Cheap to clone; all clones are one.
///
/// Methods that change something are `async` and return once it is on disk; dropping their future
/// does not undo what was asked. Methods that read return at once.
#[derive(Clone, Debug)]
pub struct Service(());

/// What methods return.
pub type Answer<T> = Result<T, ServiceError>;
