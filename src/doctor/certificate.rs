//! Certificates: the files that are set, and what a server shows.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, RootCertStore};

use super::client::Chain;
use super::finding::{Moment, Several};
use super::findings::Finding;
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::config::{Config, TlsMode};

pub(super) const CERTIFICATE: Topic = Topic("certificate", "Certificate");

/// A certificate that ends within this time should have been renewed.
const SOON: Duration = Duration::from_hours(14 * 24);

/// The files of a server that is not asked itself.
pub(super) fn of_files(config: &Config, now: Timestamp) -> Check {
    let found = match config.tls.mode {
        TlsMode::Off => Finding::CertificateElsewhere,
        TlsMode::Files => match (&config.tls.cert, &config.tls.key) {
            (Some(cert), Some(key)) => of_pair(config, cert, key, now),
            _ => Finding::CertificateUnset,
        },
        _ if own_authority(config).is_some() => Finding::CertificateAuthority,
        _ => Finding::CertificateLater,
    };
    CERTIFICATE.found(found)
}

fn of_pair(config: &Config, cert: &Path, key: &Path, now: Timestamp) -> Finding {
    let shown = |path: &Path| path.display().to_string();
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| Finding::CertificateUnreadable {
        path: shown(path),
        error: error.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Chain, _>>);
    let chain = match chain {
        Ok(chain) => chain,
        Err(error) => return unreadable(cert, &error),
    };
    if chain.is_empty() {
        return Finding::CertificateEmpty { path: shown(cert) };
    }
    let secret = match PrivateKeyDer::from_pem_file(key) {
        Ok(secret) => secret,
        Err(error) => return unreadable(key, &error),
    };
    if let Err(error) = CertifiedKey::from_der(chain.clone(), secret, &ring::default_provider()) {
        return Finding::CertificateOtherKey {
            cert: shown(cert),
            key: shown(key),
            error: error.to_string(),
        };
    }
    if fs::metadata(key).is_ok_and(|key| key.mode() & 0o007 != 0) {
        return Finding::CertificateKeyOpen { path: shown(key) };
    }
    judge(config, &chain, &names(config), now)
}

/// The names by which people ask this server itself, if it has any.
pub(super) fn names(config: &Config) -> Vec<String> {
    let direct = config.server.trusted_proxies.is_empty();
    let public = config.server.public_url.as_deref().filter(|_| direct);
    let public = public.and_then(|url| Some(url.parse::<http::Uri>().ok()?.host()?.to_owned()));
    let names = config.server.hostnames.iter().cloned().chain(public);
    let mut names: Vec<String> = names
        .map(|name| name.trim_matches(['[', ']']).to_owned())
        .collect();
    names.dedup();
    names
}

/// What a certificate is worth to who asks by these names.
pub(super) fn judge(config: &Config, chain: &Chain, names: &[String], now: Timestamp) -> Finding {
    let Some((leaf, between)) = chain.split_first() else {
        return Finding::CertificateNotShown;
    };
    let Some(ends) = end_of(leaf) else {
        return Finding::CertificateGarbled;
    };
    let until = Moment(ends);
    let (public, own) = (public_roots(), own_authority(config));
    let mut by_own = false;
    for name in names {
        let Ok(asked) = ServerName::try_from(name.clone()) else {
            continue;
        };
        let check = |roots| verify(roots, leaf, between, &asked, now);
        let by_all = check(public.clone());
        let found = match (&by_all, &own) {
            (Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)), Some(own)) => {
                by_own = true;
                check(own.clone())
            }
            _ => by_all,
        };
        if let Err(error) = found {
            return refused(name, &error, until);
        }
    }
    let renewed = own.is_some() && config.tls.mode == TlsMode::LocalCa;
    if now.plus(SOON) > ends && !renewed {
        return Finding::CertificateEnds { until };
    }
    let names = Several(names.to_vec());
    match (names.0.is_empty(), by_own) {
        (true, _) => Finding::CertificateGood { until },
        (false, true) => Finding::CertificateOwn { names, until },
        (false, false) => Finding::CertificatePublic { names, until },
    }
}

fn refused(name: &str, error: &Error, until: Moment) -> Finding {
    let name = name.to_owned();
    let Error::InvalidCertificate(error) = error else {
        let error = error.to_string();
        return Finding::CertificateRefused { name, error };
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Finding::CertificateEnded { until }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Finding::CertificateEarly
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Finding::CertificateOtherName { name }
        }
        CertificateError::UnknownIssuer => Finding::CertificateUnknown,
        other => Finding::CertificateRefused {
            name,
            error: other.to_string(),
        },
    }
}

fn verify(
    roots: Arc<RootCertStore>,
    leaf: &CertificateDer<'_>,
    between: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
    let verifier = verifier.map_err(|error| Error::General(error.to_string()))?;
    let now = UnixTime::since_unix_epoch(Duration::from_millis(now.0));
    verifier.verify_server_cert(leaf, between, name, &[], now)?;
    Ok(())
}

/// When a certificate ends.
fn end_of(leaf: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, read) = x509_parser::parse_x509_certificate(leaf).ok()?;
    let seconds = u64::try_from(read.validity().not_after.timestamp()).ok()?;
    Some(Timestamp(seconds.saturating_mul(1000)))
}

/// Those that browsers trust.
fn public_roots() -> Arc<RootCertStore> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
    Arc::new(RootCertStore { roots })
}

/// The one that this server made for itself.
fn own_authority(config: &Config) -> Option<Arc<RootCertStore>> {
    let file = config.server.data.join("tls/ca.crt");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file).ok()?).ok()?;
    Some(Arc::new(roots))
}
