//! Whether the server works. Open to everybody; says nothing that they don't see anyway.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::call::Call;

/// The server works.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Which version answers.
    version: &'static str,
    /// Whether anything can be stored. `false` on a full disk: reading goes on, and so does all else
    /// once there is room.
    writable: bool,
}

pub(super) async fn show(call: Call) -> Answer {
    answer::ok(&Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        writable: call.service().is_writable(),
    })
}
