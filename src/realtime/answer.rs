//! What clients are told when something goes wrong, and how callbacks are answered.

use serde::Serialize;
use ts_rs::TS;

use super::chat::Chat;
use crate::engine::Ack;
use crate::service::ServiceError;

/// An error on the wire: the payload of `message-error`, and of a callback that failed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "RealtimeError")]
pub(super) struct Failure {
    /// A sentence for people.
    pub error: String,
    /// A stable name for programs.
    pub code: &'static str,
    /// The field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<&'static str>,
    /// The limit that was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub limit: Option<u64>,
    /// Seconds until trying again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub retry_after: Option<u64>,
    /// The sender's own name for the message that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_id: Option<String>,
}

impl From<&ServiceError> for Failure {
    fn from(error: &ServiceError) -> Self {
        if let Some(text) = error.log() {
            tracing::error!(code = error.code(), "a realtime command failed: {text}");
        }
        Self {
            error: error.message().into_owned(),
            code: error.code(),
            field: error.field(),
            limit: error.limit(),
            retry_after: error.retry_after(),
            client_id: None,
        }
    }
}

/// A callback's answer when there is nothing else to say.
#[derive(Serialize)]
struct Done {
    ok: bool,
}

/// Answers a callback, if the client gave one.
pub(super) fn answer(ack: Option<Ack<Chat>>, outcome: &Result<(), ServiceError>) {
    match outcome {
        Ok(()) => send(ack, &Done { ok: true }),
        Err(error) => send(ack, &Failure::from(error)),
    }
}

/// Answers a callback with a value, if the client gave one.
pub(super) fn send<T: Serialize>(ack: Option<Ack<Chat>>, value: &T) {
    if let Some(Err(error)) = ack.map(|ack| ack.send(value)) {
        tracing::error!("a callback could not be answered: {error}");
    }
}
