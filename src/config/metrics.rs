//! Where a monitoring system reads how the server does.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::ConfigError;
use super::topic::topic;

topic! {
    /// Numbers for a monitoring system such as Prometheus. Administrators also read them, signed in, at
    /// /api/admin/metrics.
    pub struct Metrics in "metrics" {
        /// An address that serves them over plain HTTP at /metrics, and nothing else. Unless it is a
        /// loopback address, `token_file` must be set too.
        pub listen: Option<SocketAddr> = None, like r#""127.0.0.1:9464""#,
        /// A file with a token of at least 16 characters: only who sends it is answered, by the header
        /// `Authorization: Bearer TOKEN`.
        pub token_file: Option<PathBuf> = None, like r#""/etc/inkspot/metrics-token""#,
    }
}

impl Metrics {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let public = self.listen.is_some_and(|at| !at.ip().is_loopback());
        if public && self.token_file.is_none() {
            return Err(ConfigError::MetricsInPublic);
        }
        Ok(())
    }
}
