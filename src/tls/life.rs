use rustls::pki_types::CertificateDer;

use crate::base::clock::Timestamp;

/// When a certificate begins and ends (RFC 5280, section 4.1.2.5). `None`: it can't be read, or is from before 1970.
#[must_use]
pub fn life_of(certificate: &CertificateDer<'_>) -> Option<(Timestamp, Timestamp)> {
    let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let moment = |seconds: i64| {
        let seconds = u64::try_from(seconds).ok()?;
        Some(Timestamp(seconds.saturating_mul(1000)))
    };
    let validity = read.validity();
    let begins = moment(validity.not_before.timestamp())?;
    Some((begins, moment(validity.not_after.timestamp())?))
}
