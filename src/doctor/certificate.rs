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
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::config::{Config, TlsMode};

pub(super) const CERTIFICATE: Topic = Topic("certificate", "Certificate");

/// A certificate that ends within this time should have been renewed.
const SOON: Duration = Duration::from_hours(14 * 24);

/// The files of a server that is not asked itself.
pub(super) fn of_files(config: &Config, now: Timestamp) -> Check {
    match config.tls.mode {
        TlsMode::Off => CERTIFICATE.ok("TLS is off: the proxy in front has the certificate."),
        TlsMode::Files => match (&config.tls.cert, &config.tls.key) {
            (Some(cert), Some(key)) => of_pair(config, cert, key, now),
            _ => CERTIFICATE.fail("tls.cert or tls.key is missing.", "Set both."),
        },
        _ if own_authority(config).is_some() => {
            CERTIFICATE.ok("The server's own authority is there; it makes the certificate itself.")
        }
        _ => CERTIFICATE.ok("There is none yet; the server gets one when it starts."),
    }
}

fn of_pair(config: &Config, cert: &Path, key: &Path, now: Timestamp) -> Check {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        let seen = format!("{} can't be used: {error}.", path.display());
        CERTIFICATE.fail(seen, "It must be PEM, and readable for the server's user.")
    };
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Chain, _>>);
    let chain = match chain {
        Ok(chain) => chain,
        Err(error) => return unreadable(cert, &error),
    };
    if chain.is_empty() {
        return unreadable(cert, &"it holds no certificate");
    }
    let secret = match PrivateKeyDer::from_pem_file(key) {
        Ok(secret) => secret,
        Err(error) => return unreadable(key, &error),
    };
    if let Err(error) = CertifiedKey::from_der(chain.clone(), secret, &ring::default_provider()) {
        let seen = format!("{} and {}: {error}.", cert.display(), key.display());
        let remedy = "The key must belong to the first certificate of the chain.";
        return CERTIFICATE.fail(seen, remedy);
    }
    let open = fs::metadata(key).is_ok_and(|key| key.mode() & 0o007 != 0);
    if open {
        let seen = format!(
            "{} can be read by everybody on this machine.",
            key.display()
        );
        return CERTIFICATE.warn(seen, format!("`chmod o= {}`", key.display()));
    }
    judge(CERTIFICATE, config, &chain, &names(config), now)
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
pub(super) fn judge(
    topic: Topic,
    config: &Config,
    chain: &Chain,
    names: &[String],
    now: Timestamp,
) -> Check {
    let Some((leaf, between)) = chain.split_first() else {
        return topic.fail("The server shows no certificate.", "Look at its log.");
    };
    let Some(until) = end_of(leaf) else {
        return topic.fail("The certificate can't be read.", "Make a new one.");
    };
    let (public, own) = (public_roots(), own_authority(config));
    let mut trust = "everybody trusts it";
    for name in names {
        let Ok(asked) = ServerName::try_from(name.clone()) else {
            continue;
        };
        let check = |roots| verify(roots, leaf, between, &asked, now);
        let by_all = check(public.clone());
        let found = match (&by_all, &own) {
            (Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)), Some(own)) => {
                trust = "devices trust it that have the server's own authority";
                check(own.clone())
            }
            _ => by_all,
        };
        if let Err(error) = found {
            return refused(topic, name, &error, until);
        }
    }
    let renewed = own.is_some() && config.tls.mode == TlsMode::LocalCa;
    if now.plus(SOON) > until && !renewed {
        let seen = format!("It ends on {}.", until.to_minute());
        let remedy = "Renew it, or see why it was not renewed; then SIGHUP or a restart reads it.";
        return topic.warn(seen, remedy);
    }
    let asked = if names.is_empty() {
        "It is good".to_owned()
    } else {
        format!("It is good for {}, {trust}", names.join(", "))
    };
    topic.ok(format!("{asked}, until {}.", until.to_minute()))
}

fn refused(topic: Topic, name: &str, error: &Error, until: Timestamp) -> Check {
    let Error::InvalidCertificate(error) = error else {
        return topic.fail(format!("For {name}: {error}."), "Make a new one.");
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            topic.fail(format!("It ended on {}.", until.to_minute()), "Renew it.")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => topic.fail(
            "It is not valid yet.",
            "Look at the clock of this machine, and of the one that made it.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            topic.fail(
                format!("It is not for {name}."),
                "Get one that names it, or correct server.hostnames or server.public_url.",
            )
        }
        CertificateError::UnknownIssuer => topic.warn(
            "Nobody knows who made it, or the certificates between are missing.",
            "Put the whole chain into the file; with an authority of one's own all is well where \
             devices trust it.",
        ),
        other => topic.fail(format!("For {name}: {other}."), "Make a new one."),
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
