//! The private certificate authority: made at the first start, kept in the data directory, used
//! for this server's own certificate only.
//!
//! It is name-constrained: even who steals its key can pretend to be nothing but private
//! addresses, local names, and the names that this server had when it was made. Its key never
//! leaves `DATA/tls`.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::StartError;
use super::disk::{create_private_dir, write_private};
use super::names::{Name, Names};
use crate::base::clock::Timestamp;

const DAY: Duration = Duration::from_hours(24);
const AUTHORITY_LIFE: Duration = Duration::from_hours(24 * 3652);
/// With the day before, within the 397 days that devices accept.
const LEAF_LIFE: Duration = Duration::from_hours(24 * 395);
const RENEW_BEFORE: Duration = Duration::from_hours(24 * 30);
/// A board without a battery may start in 1970: nothing is issued as if it were before this,
/// 2026-01-01.
const EARLIEST: Timestamp = Timestamp(1_767_225_600_000);
/// Names that exist on private networks only.
const LOCAL_DOMAINS: [&str; 5] = ["localhost", "local", "home.arpa", "internal", "lan"];
/// Addresses that exist on this machine or on private networks only, those of shared carrier
/// networks (100.64.0.0/10, used by overlay networks) included.
const LOCAL_NETWORKS: [&str; 9] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];
const REMEDY: &str = "restore the tls directory from a backup, or remove it to make a new \
    authority, which every device must then trust again";

/// The authority of one data directory.
pub(super) struct Authority {
    dir: PathBuf,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key, as the server presents it.
pub(super) struct Leaf {
    pub cert: CertificateDer<'static>,
    pub key: PrivateKeyDer<'static>,
}

impl Authority {
    /// The authority in `dir`; a new one, permitted to speak for `names`, when none is there.
    pub fn open(dir: &Path, names: &Names, now: Timestamp) -> Result<Self, StartError> {
        let (key_path, cert_path) = (dir.join("ca.key"), dir.join("ca.crt"));
        let Some(cert) = read(&cert_path)? else {
            create_private_dir(dir)?;
            return Self::create(dir, names, now);
        };
        let unusable = |path: &Path, problem: String| StartError::Certificate {
            path: path.to_owned(),
            problem,
            remedy: REMEDY,
        };
        let key = read(&key_path)?
            .ok_or_else(|| unusable(&key_path, "the file is missing".to_owned()))?;
        let key = KeyPair::from_pem(&key)
            .map_err(|error| unusable(&key_path, format!("it holds no private key ({error})")))?;
        let no_certificate = || unusable(&cert_path, "it holds no certificate".to_owned());
        let der = CertificateDer::from_pem_slice(cert.as_bytes()).map_err(|_| no_certificate())?;
        let (_, parsed) = X509Certificate::from_der(&der).map_err(|_| no_certificate())?;
        if parsed.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
            return Err(unusable(
                &cert_path,
                "it does not belong to ca.key".to_owned(),
            ));
        }
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(|_| no_certificate())?;
        Ok(Self {
            dir: dir.to_owned(),
            der,
            issuer,
        })
    }

    fn create(dir: &Path, names: &Names, now: Timestamp) -> Result<Self, StartError> {
        let now = now.max(EARLIEST);
        let key = KeyPair::generate().map_err(fault)?;
        let mut params = CertificateParams::default();
        let whose = names.machine().unwrap_or("this machine");
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Inkspot on {whose}"));
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Inkspot");
        params.not_before = date(now.minus(DAY))?;
        params.not_after = date(now.plus(AUTHORITY_LIFE))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted(names),
            excluded_subtrees: Vec::new(),
        });
        let cert = params.self_signed(&key).map_err(fault)?;
        // The key first: a certificate on disk says that the authority is complete.
        write_private(&dir.join("ca.key"), key.serialize_pem().as_bytes())?;
        write_private(&dir.join("ca.crt"), cert.pem().as_bytes())?;
        tracing::info!(dir = %dir.display(), "made a private certificate authority");
        let der = cert.der().clone();
        Ok(Self {
            dir: dir.to_owned(),
            der,
            issuer: Issuer::new(params, key),
        })
    }

    /// The authority's certificate.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// The file with the authority's certificate in PEM.
    pub fn file(&self) -> PathBuf {
        self.dir.join("ca.crt")
    }

    /// The kept certificate if it serves these names for another 30 days, else a new one.
    /// Names that the authority may not speak for are left out with a warning.
    pub fn leaf(&self, names: &Names, now: Timestamp) -> Result<Leaf, StartError> {
        let now = now.max(EARLIEST);
        let path = self.dir.join("server.pem");
        let (names, refused) = self.split_permitted(names);
        if let Some(pem) = read(&path)?
            && let Some(leaf) = self.still_good(&pem, &names, now)
        {
            return Ok(leaf);
        }
        if !refused.is_empty() {
            tracing::warn!(
                names = ?refused,
                "the certificate can't cover these names, because the authority was made \
                 before the server had them; remove the tls directory to make a new authority, \
                 which every device must then trust again"
            );
        }
        let (leaf, pem) = self.issue(names, now)?;
        write_private(&path, pem.as_bytes())?;
        tracing::info!("issued a new server certificate");
        Ok(leaf)
    }

    fn still_good(&self, pem: &str, names: &[Name], now: Timestamp) -> Option<Leaf> {
        let mut certs = CertificateDer::pem_slice_iter(pem.as_bytes());
        let cert = certs.next()?.ok()?;
        // The file ends with the authority that issued it: a replaced authority is noticed.
        let is_ours = certs.next()?.ok()? == self.der;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let (_, parsed) = X509Certificate::from_der(&cert).ok()?;
        let seconds = |at: Timestamp| i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
        let validity = parsed.validity();
        let in_time = validity.not_before.timestamp() <= seconds(now)
            && seconds(now.plus(RENEW_BEFORE)) < validity.not_after.timestamp();
        let mut covered = names_of(&parsed);
        covered.sort_unstable();
        let fits = covered == names;
        (is_ours && in_time && fits).then_some(Leaf { cert, key })
    }

    fn issue(&self, names: Vec<Name>, now: Timestamp) -> Result<(Leaf, String), StartError> {
        let key = KeyPair::generate().map_err(fault)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "Inkspot");
        params.not_before = date(now.minus(DAY))?;
        params.not_after = date(now.plus(LEAF_LIFE))?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let sans: Result<Vec<SanType>, rcgen::Error> = names.into_iter().map(san).collect();
        params.subject_alt_names = sans.map_err(fault)?;
        let cert = params.signed_by(&key, &self.issuer).map_err(fault)?;
        let authority = fs::read_to_string(self.file())
            .map_err(|error| StartError::file("read", self.file(), error))?;
        let pem = [cert.pem(), authority, key.serialize_pem()].concat();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        Ok((
            Leaf {
                cert: cert.der().clone(),
                key,
            },
            pem,
        ))
    }

    /// The names that the authority may speak for, sorted, and the others.
    fn split_permitted(&self, names: &Names) -> (Vec<Name>, Vec<Name>) {
        let parsed = X509Certificate::from_der(&self.der).ok();
        let constraints = parsed
            .as_ref()
            .and_then(|(_, cert)| cert.name_constraints().ok().flatten())
            .and_then(|extension| extension.value.permitted_subtrees.as_ref());
        let is_permitted = |name: &Name| {
            constraints.is_none_or(|trees| trees.iter().any(|tree| covers(&tree.base, name)))
        };
        names.iter().cloned().partition(is_permitted)
    }
}

fn permitted(names: &Names) -> Vec<GeneralSubtree> {
    let networks = LOCAL_NETWORKS
        .iter()
        .filter_map(|network| network.parse::<CidrSubnet>().ok());
    let domains = LOCAL_DOMAINS.iter().map(|&domain| domain.to_owned());
    let own = names.iter().map(|name| match name {
        Name::Dns(name) => GeneralSubtree::DnsName(name.clone()),
        Name::Ip(ip) => {
            let bits = if ip.is_ipv4() { 32 } else { 128 };
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*ip, bits))
        }
    });
    networks
        .map(GeneralSubtree::IpAddress)
        .chain(domains.map(GeneralSubtree::DnsName))
        .chain(own)
        .collect()
}

fn covers(tree: &GeneralName<'_>, name: &Name) -> bool {
    match (tree, name) {
        (GeneralName::DNSName(domain), Name::Dns(name)) => name
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        (GeneralName::IPAddress(network), Name::Ip(ip)) => {
            let octets = match ip {
                IpAddr::V4(v4) => v4.octets().to_vec(),
                IpAddr::V6(v6) => v6.octets().to_vec(),
            };
            network.len() == 2 * octets.len() && {
                let (base, mask) = network.split_at(octets.len());
                (0..octets.len()).all(|i| octets[i] & mask[i] == base[i] & mask[i])
            }
        }
        _ => false,
    }
}

/// What a certificate stands for.
pub(super) fn names_of(cert: &X509Certificate<'_>) -> Vec<Name> {
    let Ok(Some(extension)) = cert.subject_alternative_name() else {
        return Vec::new();
    };
    let name = |general: &GeneralName<'_>| match general {
        GeneralName::DNSName(name) => Some(Name::Dns((*name).to_owned())),
        GeneralName::IPAddress(octets) => {
            let v4 = <[u8; 4]>::try_from(*octets).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*octets).map(IpAddr::from))
                .ok()
                .map(Name::Ip)
        }
        _ => None,
    };
    extension
        .value
        .general_names
        .iter()
        .filter_map(name)
        .collect()
}

fn san(name: Name) -> Result<SanType, rcgen::Error> {
    Ok(match name {
        Name::Dns(name) => SanType::DnsName(name.try_into()?),
        Name::Ip(ip) => SanType::IpAddress(ip),
    })
}

fn read(path: &Path) -> Result<Option<String>, StartError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StartError::file("read", path, error)),
    }
}

fn date(at: Timestamp) -> Result<OffsetDateTime, StartError> {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| StartError::Tls(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn fault(error: rcgen::Error) -> StartError {
    StartError::Tls(error.to_string())
}
