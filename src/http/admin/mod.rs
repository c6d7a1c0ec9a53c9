//! What administrators ask of the installation, and settle for it: a file per room. No content.

pub(super) mod groups;
pub(super) mod health;
pub(super) mod house;
pub(super) mod people;
pub(super) mod storage;

use super::call::Call;
use super::error::Failure;
use crate::base::work::blocking;
use crate::service::{Caller, Service, ServiceError};

/// How many of these questions are answered at the same time.
pub(super) const TURNS: usize = 2;

/// Asks the service on a thread that may block; few do at a time, the others wait.
pub(super) async fn ask<T: Send + 'static>(
    call: &Call,
    work: impl FnOnce(&Service, Caller) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Failure> {
    let caller = call.caller()?;
    // Nobody else stands in their way.
    call.service().may_administrate(caller)?;
    let turn = call.admin_turn().await;
    let service = call.service().clone();
    let asked = blocking(move || {
        let answer = work(&service, caller);
        drop(turn);
        answer
    });
    let broke = || ServiceError::Internal("an administrator's question broke off".into());
    Ok(asked.await.ok_or_else(broke)??)
}

fn bad_cursor() -> Failure {
    Failure::invalid_field("cursor", "This is not from the page before.")
}
