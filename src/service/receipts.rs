//! Read marks.
use crate::model::ids::ConversationId;

use super::{Answer, Caller, ReadUpTo, Service, ServiceError};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// Marks everything up to a position as read by the caller. It never moves backwards and never
    /// beyond the newest message; marks that come while one is being stored are stored as one.
    /// Errors: `not_found`, `rate_limited`.
    pub async fn mark_read(
        &self,
        caller: Caller,
        conversation: ConversationId,
        up_to: ReadUpTo,
    ) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// The same with a callback, called exactly once. Must not block.
    pub fn mark_read_then(
        &self,
        caller: Caller,
        conversation: ConversationId,
        up_to: ReadUpTo,
        done: impl FnOnce(Answer<()>) + Send + 'static,
    ) {
        done(Err(ServiceError::ServerBusy));
    }
}
