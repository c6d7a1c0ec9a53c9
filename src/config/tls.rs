//! How connections are encrypted.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::topic::topic;

topic! {
    /// How connections are encrypted.
    pub struct Tls in "tls" {
        /// "local-ca": the server makes its own authority and certificate at the first start.
        /// "acme": a public authority gives the certificate for `server.hostnames`, which agrees to
        /// its terms of service. "files": it uses `cert` and `key`. "off": plain HTTP, on this
        /// machine only or behind a trusted proxy that encrypts.
        pub mode: TlsMode = TlsMode::LocalCa,
        /// The certificate chain for mode "files", in PEM, the server's own certificate first.
        /// It is read again when it has changed, and at SIGHUP.
        pub cert: Option<PathBuf> = None, like r#""/etc/inkspot/cert.pem""#,
        /// The private key of that certificate, in PEM.
        pub key: Option<PathBuf> = None, like r#""/etc/inkspot/key.pem""#,
        /// The directory of the authority for mode "acme". The only address that the server
        /// connects to by itself, and in this mode only.
        pub acme_directory: String = LETS_ENCRYPT.to_owned(),
        /// The root, in PEM, that vouches for that directory when it is a private authority. Others
        /// are not believed then.
        pub acme_ca: Option<PathBuf> = None, like r#""/etc/inkspot/authority.pem""#,
        /// Where that authority may write to when something is wrong. It need not be set.
        pub acme_email: Option<String> = None, like r#""admin@example.com""#,
    }
}

/// The public authority that everybody can use.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

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
    /// From a public authority, asked automatically.
    Acme,
}

impl Tls {
    pub(super) fn check(&self, hostnames: &[String]) -> Result<(), ConfigError> {
        let has_files = self.cert.is_some() || self.key.is_some();
        match self.mode {
            TlsMode::Files if self.cert.is_none() || self.key.is_none() => {
                Err(ConfigError::FilesNotNamed)
            }
            TlsMode::LocalCa | TlsMode::Off | TlsMode::Acme if has_files => {
                Err(ConfigError::FilesNotUsed)
            }
            TlsMode::Acme => self.check_acme(hostnames),
            _ => Ok(()),
        }
    }

    fn check_acme(&self, hostnames: &[String]) -> Result<(), ConfigError> {
        if hostnames.is_empty() {
            return Err(ConfigError::NoPublicName);
        }
        if hostnames.len() > MOST_NAMES {
            let wanted = "at most 100 names in tls.mode \"acme\"";
            return Err(ConfigError::value("server.hostnames", wanted));
        }
        // A private authority may have its own rules.
        let private = hostnames.iter().find(|name| !is_public(name));
        if let Some(name) = private.filter(|_| self.acme_ca.is_none()) {
            let name = name.clone();
            return Err(ConfigError::PrivateName { name });
        }
        let is_url = |url: &str| {
            let rest = url.strip_prefix("https://");
            rest.is_some_and(|rest| !rest.starts_with('/') && url.parse::<http::Uri>().is_ok())
        };
        if !is_url(&self.acme_directory) {
            let wanted = "an address that begins with https://";
            return Err(ConfigError::value("tls.acme_directory", wanted));
        }
        let is_email = |text: &str| {
            let parts = text.split_once('@');
            parts.is_some_and(|(who, at)| !who.is_empty() && at.contains('.'))
                && text.is_ascii()
                && !text.contains([' ', ',', '?', '<', '>'])
        };
        if !self.acme_email.as_deref().is_none_or(is_email) {
            let wanted = "one e-mail address such as \"admin@example.com\"";
            return Err(ConfigError::value("tls.acme_email", wanted));
        }
        Ok(())
    }
}

/// What authorities put into one certificate at most.
const MOST_NAMES: usize = 100;

/// Whether a public authority could vouch for it.
fn is_public(name: &str) -> bool {
    match name.parse() {
        Ok(IpAddr::V4(v4)) => !(v4.is_private() || is_local(v4.into()) || v4.is_link_local()),
        Ok(IpAddr::V6(v6)) => {
            !(v6.is_unique_local() || is_local(v6.into()) || v6.is_unicast_link_local())
        }
        Err(_) => {
            let end = name.rsplit('.').next().unwrap_or(name);
            name.contains('.')
                && !PRIVATE_ENDS
                    .iter()
                    .any(|private| private.eq_ignore_ascii_case(end))
                && !name.to_ascii_lowercase().ends_with(".home.arpa")
        }
    }
}

fn is_local(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
}

/// Names that exist in private networks only (RFC 6761, RFC 6762, RFC 9476).
const PRIVATE_ENDS: [&str; 6] = ["localhost", "local", "internal", "lan", "test", "alt"];
