//! Signed-in devices.
use crate::model::ids::SessionId;
use crate::model::view::SessionView;

use super::{Answer, Caller, Device, Service, ServiceError, SignedIn};

#[expect(clippy::unused_async, reason = "signatures come first")]
#[expect(
    clippy::missing_errors_doc,
    unused_variables,
    reason = "signatures come first"
)]
impl Service {
    /// Signs somebody in. Errors: `invalid_credentials`, `rate_limited`, `server_busy`.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        device: Device,
    ) -> Answer<SignedIn> {
        Err(ServiceError::ServerBusy)
    }

    /// Who this token signs in. Cheap: meant for each request. A token that is ended answers
    /// `unauthorized` from the moment on that its end was acknowledged.
    pub fn authenticate(&self, token: &str) -> Answer<Caller> {
        Err(ServiceError::Unauthorized)
    }

    /// Whether this session still stands: for long-lived sockets.
    pub fn require_session(&self, caller: Caller) -> Answer<()> {
        Err(ServiceError::Unauthorized)
    }

    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: Caller) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// The caller's sessions, the newest use first.
    pub fn sessions(&self, caller: Caller) -> Answer<Vec<SessionView>> {
        Err(ServiceError::Unauthorized)
    }

    /// Ends one of the caller's sessions. Errors: `not_found`.
    pub async fn end_session(&self, caller: Caller, session: SessionId) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }

    /// Ends all of the caller's sessions but this one.
    pub async fn end_other_sessions(&self, caller: Caller) -> Answer<()> {
        Err(ServiceError::ServerBusy)
    }
}
