//! The certificate of a public authority as the listeners know it, and as it is kept. When to ask for
//! it is the [`keeper`](super::keeper)'s affair.

use std::sync::Arc;

use parking_lot::RwLock;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::names_of;
use super::names::Name;
use crate::acme::Challenges;
use crate::base::clock::Timestamp;
use crate::tls::life_of;

/// What the listeners know of it.
#[derive(Default)]
pub(super) struct Public {
    /// What an authority may look for at present.
    pub challenges: Challenges,
    pub shown: RwLock<Option<Kept>>,
}

/// A certificate that is kept.
#[derive(Clone)]
pub(super) struct Kept {
    key: Arc<CertifiedKey>,
    /// What it stands for, sorted.
    pub names: Vec<Name>,
    /// When its life began,
    pub from: Timestamp,
    /// and when it ends.
    pub until: Timestamp,
}

impl Public {
    /// The certificate for who asks for this name; for who asks for none if it stands for an
    /// address.
    pub fn certificate(&self, asked: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let shown = self.shown.read();
        let kept = shown.as_ref()?;
        let fits = kept.names.iter().any(|name| match (name, asked) {
            (Name::Dns(name), Some(asked)) => name.eq_ignore_ascii_case(asked),
            (Name::Ip(_), None) => true,
            _ => false,
        });
        fits.then(|| kept.key.clone())
    }

    /// When the one that is shown begins and ends.
    pub fn life(&self) -> Option<(Timestamp, Timestamp)> {
        let shown = self.shown.read();
        shown.as_ref().map(|kept| (kept.from, kept.until))
    }
}

impl Kept {
    /// Reads the chain and the key out of one PEM text.
    pub fn parse(pem: &str) -> Result<Self, String> {
        let chain = CertificateDer::pem_slice_iter(pem.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| error.to_string())?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        let key = key.map_err(|error| error.to_string())?;
        let first = chain.first().ok_or("it holds no certificate")?;
        let parsed = X509Certificate::from_der(first).map_err(|error| error.to_string())?;
        let (from, until) = life_of(first).ok_or("it says no time in which it is valid")?;
        let mut names = names_of(&parsed.1);
        names.sort_unstable();
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider());
        Ok(Self {
            key: Arc::new(key.map_err(|error| error.to_string())?),
            names,
            from,
            until,
        })
    }

    /// The server's own certificate.
    pub fn leaf(&self) -> Option<&CertificateDer<'static>> {
        self.key.cert.first()
    }
}
