//! How connections are encrypted.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::topic::topic;

topic! {
    /// How connections are encrypted.
    pub struct Tls in "tls" {
        /// "local-ca": the server makes its own authority and certificate at the first start.
        /// "files": it uses `cert` and `key`. "off": plain HTTP, on this machine only or behind
        /// a trusted proxy that encrypts.
        pub mode: TlsMode = TlsMode::LocalCa,
        /// The certificate chain for mode "files", in PEM, the server's own certificate first.
        /// SIGHUP reads it again.
        pub cert: Option<PathBuf> = None, like r#""/etc/inkspot/cert.pem""#,
        /// The private key of that certificate, in PEM.
        pub key: Option<PathBuf> = None, like r#""/etc/inkspot/key.pem""#,
    }
}

/// Where the certificate comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// From an own authority, made at the first start.
    #[default]
    LocalCa,
    /// From two files.
    Files,
    /// There is none: plain HTTP.
    Off,
    /// From a public authority, asked automatically. Understood, so that the answer is helpful,
    /// and refused.
    Acme,
}

impl Tls {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self.mode {
            TlsMode::Acme => Err(ConfigError::NoAcme),
            TlsMode::Files if self.cert.is_none() || self.key.is_none() => {
                Err(ConfigError::FilesNotNamed)
            }
            TlsMode::LocalCa | TlsMode::Off if self.cert.is_some() || self.key.is_some() => {
                Err(ConfigError::FilesNotUsed)
            }
            _ => Ok(()),
        }
    }
}
