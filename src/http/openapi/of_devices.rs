//! What the addresses of hand-offs do, take and give; see `operations`.

use http::Method;

use super::describe::{Operation, operation};
use crate::http::{auth, handoffs, link};

pub(super) fn all() -> [Operation; 4] {
    const OWN: &str = "/api/auth/handoff";
    const ONE: &str = "/api/handoffs/{code}";
    [
        operation(
            Method::POST,
            OWN,
            "createHandoff",
            "Makes a link that signs one further device of the caller's in, within five minutes; \
             the one made here before works no more. The password must have been confirmed for `handoff`.",
        )
        .gives::<handoffs::HandoffMade>(201, "It is made.")
        .refuses(&["forbidden"]),
        operation(
            Method::DELETE,
            OWN,
            "cancelHandoff",
            "Takes the link back that the caller made here.",
        )
        .gives_nothing("It works no more."),
        operation(Method::GET, ONE, "handoff", "Whom a hand-off signs in.")
            .open()
            .gives::<link::LinkState<'_>>(200, "It works.")
            .refuses(&["handoff_invalid"]),
        operation(
            Method::POST,
            ONE,
            "acceptHandoff",
            "Signs this device in by a hand-off, which is used up.",
        )
        .open()
        .gives::<auth::LoggedIn>(200, "They are signed in.")
        .refuses(&["handoff_invalid", "storage_full"]),
    ]
}
