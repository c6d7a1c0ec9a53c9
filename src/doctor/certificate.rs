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

use super::Topic;
use super::client::Chain;
use super::finding::{Moment, Several};
use super::findings::Finding;
use crate::base::clock::Timestamp;
use crate::config::{Config, TlsMode};
use crate::model::certificate::CertificateState;
use crate::tls::life_of;

pub(super) const CERTIFICATE: Topic = Topic("certificate", "Certificate");

/// A certificate that ends within this time should have been renewed, unless it lives so short that this
/// is more than a fifth of its life: those for bare addresses live six days.
const SOON: Duration = Duration::from_hours(14 * 24);

fn soon(begins: Timestamp, ends: Timestamp) -> Duration {
    SOON.min(ends.since(begins) / 5)
}

/// What keeps a public authority from giving a certificate, of which `found` was found: a finding that asks for
/// something else stays.
pub(super) fn of_public(state: &CertificateState, found: Finding) -> Finding {
    use Finding as F;
    let names = Several(state.names.clone());
    let trouble = state.trouble.as_ref().map(|trouble| {
        let error = trouble.detail.trim_end_matches('.').to_owned();
        (error, trouble.remedy)
    });
    match (state.valid_until, found, trouble) {
        (None, _, None) => F::CertificateAwaited { names },
        (None, _, Some((error, advice)))
        | (_, F::CertificateEnded { .. } | F::CertificateOtherName { .. }, Some((error, advice))) => {
            F::CertificateNotGiven {
                names,
                error,
                advice,
            }
        }
        (
            _,
            F::CertificateEnds { until }
            | F::CertificateGood { until }
            | F::CertificatePublic { until, .. },
            Some((error, advice)),
        ) => F::CertificateNotRenewed {
            until,
            error,
            advice,
        },
        (_, found, _) => found,
    }
}

/// The files of a server that is not asked itself.
pub(super) fn of_files(config: &Config, now: Timestamp) -> Finding {
    match config.tls.mode {
        TlsMode::Off => Finding::CertificateElsewhere,
        TlsMode::Files => match (&config.tls.cert, &config.tls.key) {
            (Some(cert), Some(key)) => of_pair(config, cert, key, now),
            _ => Finding::CertificateUnset,
        },
        _ if own_authority(config).is_some() => Finding::CertificateAuthority,
        _ => Finding::CertificateLater,
    }
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
    let Some((begins, ends)) = life_of(leaf) else {
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
    if now.plus(soon(begins, ends)) > ends && !renewed {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::{Advice, CertificateTrouble};

    const DAY: Duration = Duration::from_hours(24);

    /// One that lives for so many days, and its first moment.
    fn living(days: u64) -> (Chain, Timestamp) {
        let mut params = rcgen::CertificateParams::new(vec!["chat.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2027, 1, 1);
        params.not_after = params.not_before + DAY * u32::try_from(days).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        (
            vec![made.der().clone()],
            "2027-01-01T00:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn how_soon_a_certificate_ends_is_seen_by_how_long_it_lives() {
        for (days, passed, ends) in [
            (6, 1, false),
            (6, 4, false),
            (6, 5, true),
            (90, 70, false),
            (90, 75, false),
            (90, 77, true),
        ] {
            let (chain, begins) = living(days);
            let now = begins.plus(DAY * passed);
            let found = judge(&Config::default(), &chain, &[], now);
            let told = matches!(found, Finding::CertificateEnds { .. });
            assert_eq!(told, ends, "{passed} of {days} days: {found:?}");
        }
    }

    #[test]
    fn what_keeps_a_public_authority_from_giving_one_is_told() {
        let (chain, begins) = living(90);
        let config = Config::default();
        let mut state = CertificateState {
            names: vec!["chat.example".to_owned()],
            ..CertificateState::default()
        };
        let code = |state: &CertificateState, day: u32| {
            let found = judge(&config, &chain, &[], begins.plus(DAY * day));
            CERTIFICATE.found(of_public(state, found))
        };
        assert_eq!(code(&state, 1).code, "certificate-awaited");
        state.trouble = Some(CertificateTrouble {
            detail: "nobody answers".to_owned(),
            remedy: Advice::WayIn,
            next_try_at: begins,
        });
        let told = code(&state, 1);
        assert_eq!(told.code, "certificate-not-given");
        assert!(told.detail.ends_with(": nobody answers."), "{told:?}");
        assert_eq!(told.remedy, Some(Advice::WayIn.to_string()));
        assert_eq!(told.facts["advice"], "way-in");
        // The one in use is good, for a while or soon no more.
        state.valid_until = Some(begins.plus(DAY * 90));
        assert_eq!(code(&state, 1).code, "certificate-not-renewed");
        assert_eq!(code(&state, 80).code, "certificate-not-renewed");
        // It has ended, or is for other names than those that are set by now.
        for found in [
            Finding::CertificateEnded {
                until: Moment(begins),
            },
            Finding::CertificateOtherName {
                name: "talk.example".to_owned(),
            },
        ] {
            let told = CERTIFICATE.found(of_public(&state, found));
            assert_eq!(told.code, "certificate-not-given");
        }
        // What helps against something else is said all the same.
        let told = CERTIFICATE.found(of_public(&state, Finding::CertificateUnknown));
        assert_eq!(told.code, "certificate-unknown");
        state.trouble = None;
        assert_eq!(code(&state, 1).code, "certificate-good");
        assert_eq!(code(&state, 80).code, "certificate-ends");
    }
}
