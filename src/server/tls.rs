//! TLS: which certificate is shown, and with which settings.
//!
//! The certificate can be swapped while connections come in. No public authority is asked here.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};

use super::StartError;
use super::authority::Authority;
use super::names::Names;
use super::public::Public;
use crate::acme;
use crate::base::clock::Timestamp;
use crate::tls::life_of;

/// Where the certificate comes from.
pub(super) enum Source {
    /// Two PEM files of somebody else, as they were when they were read last.
    Files {
        cert: PathBuf,
        key: PathBuf,
        seen: Mutex<[Stamp; 2]>,
    },
    /// Our own authority.
    Authority(Box<Authority>),
}

/// What tells one state of a file from another: device, inode, length, time of the last change.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

/// The certificate that new connections are shown.
pub(super) struct Certificates {
    source: Source,
    current: RwLock<Arc<CertifiedKey>>,
    /// What a public authority gave goes before, for who asks for its names.
    public: Option<Arc<Public>>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if let Some(public) = &self.public {
            let looks = |mut protocols: Box<dyn Iterator<Item = &[u8]> + '_>| {
                protocols.any(|protocol| protocol == acme::ALPN)
            };
            if hello.alpn().is_some_and(|all| looks(Box::new(all))) {
                return public.challenges.certificate(hello.server_name()?);
            }
            if let Some(key) = public.certificate(hello.server_name()) {
                return Some(key);
            }
        }
        Some(self.current.read().clone())
    }
}

impl Certificates {
    /// Reads two files. Nothing is written.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Self, StartError> {
        let seen = Mutex::new([stamp(cert), stamp(key)]);
        let current = RwLock::new(Arc::new(load_files(cert, key)?));
        let source = Source::Files {
            cert: cert.to_owned(),
            key: key.to_owned(),
            seen,
        };
        Ok(Self {
            source,
            current,
            public: None,
        })
    }

    /// The authority's certificate for `names`; before it that of a public one, if there is one.
    pub fn from_authority(
        authority: Authority,
        names: &Names,
        now: Timestamp,
        public: Option<Arc<Public>>,
    ) -> Result<Self, StartError> {
        let current = RwLock::new(Arc::new(certify(&authority, names, now)?));
        Ok(Self {
            source: Source::Authority(Box::new(authority)),
            current,
            public,
        })
    }

    /// Issues a new certificate if the names changed or the old one ends soon, and reads files
    /// again that are not as they were. On an error the old certificate stays.
    pub fn renew(&self, names: &Names, now: Timestamp) -> Result<(), StartError> {
        match &self.source {
            Source::Authority(authority) => {
                *self.current.write() = Arc::new(certify(authority, names, now)?);
                Ok(())
            }
            Source::Files { cert, key, seen } => {
                let changed = *seen.lock() != [stamp(cert), stamp(key)];
                if changed { self.reload() } else { Ok(()) }
            }
        }
    }

    /// Reads the files again. On an error the old certificate stays.
    pub fn reload(&self) -> Result<(), StartError> {
        if let Source::Files { cert, key, seen } = &self.source {
            // What is wrong with these is said once; other ones are looked at again.
            *seen.lock() = [stamp(cert), stamp(key)];
            let fresh = Arc::new(load_files(cert, key)?);
            *self.current.write() = fresh;
            tracing::info!(cert = %cert.display(), "read the certificate again");
        }
        Ok(())
    }

    /// Our own authority, if devices are to trust it.
    pub fn authority(&self) -> Option<&Authority> {
        match &self.source {
            Source::Authority(authority) if self.public.is_none() => Some(authority),
            _ => None,
        }
    }

    /// When the one in use begins and ends.
    pub fn life(&self) -> Option<(Timestamp, Timestamp)> {
        if let Some(life) = self.public.as_ref().and_then(|public| public.life()) {
            return Some(life);
        }
        let current = self.current.read().clone();
        life_of(current.cert.first()?)
    }

    /// What is known of the public authority, if one is asked.
    pub fn public(&self) -> Option<&Arc<Public>> {
        self.public.as_ref()
    }

    /// The PEM file that proves this server.
    pub fn file(&self) -> PathBuf {
        match &self.source {
            Source::Authority(authority) => authority.file(),
            Source::Files { cert, .. } => cert.clone(),
        }
    }
}

/// TLS 1.2 and 1.3 with AEAD ciphers (the library has no others), HTTP/2 or HTTP/1.1.
pub(super) fn server_config(certificates: Arc<Certificates>) -> Result<ServerConfig, StartError> {
    let fault = |error: rustls::Error| StartError::Tls(error.to_string());
    let asks_publicly = certificates.public.is_some();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(fault)?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if asks_publicly {
        config.alpn_protocols.push(acme::ALPN.to_vec());
    }
    // Resumption by tickets that the client keeps: no memory here for who went away.
    config.ticketer = ring::Ticketer::new().map_err(fault)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 1;
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certify(
    authority: &Authority,
    names: &Names,
    now: Timestamp,
) -> Result<CertifiedKey, StartError> {
    let leaf = authority.leaf(names, now)?;
    CertifiedKey::from_der(vec![leaf.cert], leaf.key, &provider())
        .map_err(|error| StartError::Tls(error.to_string()))
}

fn load_files(cert: &Path, key: &Path) -> Result<CertifiedKey, StartError> {
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(cert, error, "tls.cert must name a PEM certificate chain"))?;
    if chain.is_empty() {
        return Err(StartError::Certificate {
            path: cert.to_owned(),
            problem: "it holds no certificate".to_owned(),
            remedy: "tls.cert must name a PEM certificate chain",
        });
    }
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unreadable(key, error, "tls.key must name a PEM private key"))?;
    CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| StartError::Certificate {
        path: cert.to_owned(),
        problem: format!("it does not work with {} ({error})", key.display()),
        remedy: "tls.cert and tls.key must belong together",
    })
}

fn stamp(path: &Path) -> Stamp {
    let found = fs::metadata(path).ok()?;
    let changed = (found.mtime(), found.mtime_nsec());
    Some((found.dev(), found.ino(), found.len(), changed.0, changed.1))
}

fn unreadable(path: &Path, error: pem::Error, remedy: &'static str) -> StartError {
    match error {
        pem::Error::Io(error) => StartError::file("read", path, error),
        pem::Error::NoItemsFound => StartError::Certificate {
            path: path.to_owned(),
            problem: "it does not hold what is expected".to_owned(),
            remedy,
        },
        error => StartError::Certificate {
            path: path.to_owned(),
            problem: format!("it is no valid PEM file ({error})"),
            remedy,
        },
    }
}
