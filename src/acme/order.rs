//! One order: proving the names, and fetching the certificate.

use std::net::IpAddr;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error, Identifier,
    NewOrder, Order, OrderStatus, Problem, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use rustls::pki_types::CertificateDer;

use super::authority::Authority;
use super::challenges::Challenges;
use super::trouble::{Cause, Trouble};
use crate::model::certificate::Advice;

/// How long the authority may look, and then issue. It says itself when to ask again.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_mins(3));
/// The kind of certificate that an authority gives for addresses, where it has several.
const FOR_ADDRESSES: &str = "shortlived";

/// How the server shows that it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a line over plain HTTP at port 80 (HTTP-01).
    Line,
    /// By a certificate at port 443 (TLS-ALPN-01).
    Certificate,
}

impl Proof {
    fn kind(self) -> ChallengeType {
        match self {
            Self::Line => ChallengeType::Http01,
            Self::Certificate => ChallengeType::TlsAlpn01,
        }
    }
}

/// A certificate with its key.
pub struct Issued {
    /// The chain in PEM, the server's own certificate first.
    pub chain: String,
    /// Its private key in PEM.
    pub key: String,
}

impl Authority {
    /// Asks for a certificate for these host names and addresses, which proves itself by `proof`.
    /// Whoever calls this has signed in, and lets `challenges` be looked at meanwhile. `replaces`:
    /// the certificate that the new one comes after.
    pub async fn issue(
        &mut self,
        names: &[String],
        proof: Proof,
        challenges: &Challenges,
        replaces: Option<&CertificateDer<'_>>,
    ) -> Result<Issued, Trouble> {
        let account = self.signed_in()?.clone();
        let placed = place(&account, names, replaces).await;
        let mut order = placed.map_err(|error| self.trouble(&error))?;
        let _until = challenges.until_dropped();
        let proven = self.prove(&mut order, proof, challenges).await;
        proven?;
        let made = fetch(&mut order, names).await;
        made.map_err(|error| self.trouble(&error))
    }

    async fn prove(
        &mut self,
        order: &mut Order,
        proof: Proof,
        challenges: &Challenges,
    ) -> Result<(), Trouble> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(|error| self.trouble(&error))?;
            if authorization.status != AuthorizationStatus::Pending {
                continue;
            }
            let Some(mut challenge) = authorization.challenge(proof.kind()) else {
                return Err(Trouble::new(
                    Cause::Unproven,
                    format!("{} does not look by {proof:?}", self.name()),
                    Advice::BothPorts,
                ));
            };
            let answer = challenge.key_authorization();
            match proof {
                Proof::Line => challenges.add_line(&challenge.token, answer.as_str()),
                Proof::Certificate => {
                    let of = challenge.identifier().to_string();
                    challenges.add_certificate(&of, answer.digest().as_ref())?;
                }
            }
            challenge
                .set_ready()
                .await
                .map_err(|error| self.trouble(&error))?;
        }
        let looked = order.poll_ready(&PATIENCE).await;
        if matches!(looked, Ok(OrderStatus::Ready)) {
            return Ok(());
        }
        // What it found at each name says more than what it says of the order.
        if let Some(problem) = found_wrong(order).await {
            return Err(Trouble::of_problem(&problem, self.name(), None));
        }
        match looked {
            Err(error) => Err(self.trouble(&error)),
            Ok(_) => Err(Trouble::new(
                Cause::Unproven,
                format!("{} did not find this server under its names", self.name()),
                Advice::WayIn,
            )),
        }
    }
}

/// Places the order. An authority that can't tell what is replaced is asked for a plain one.
async fn place(
    account: &Account,
    names: &[String],
    replaces: Option<&CertificateDer<'_>>,
) -> Result<Order, Error> {
    let identifiers: Vec<Identifier> = names.iter().map(|name| identifier(name)).collect();
    let for_address = identifiers
        .iter()
        .any(|identifier| matches!(identifier, Identifier::Ip(_)));
    let profiled = || {
        let order = NewOrder::new(&identifiers);
        let mut known = account.profiles();
        if for_address && known.any(|profile| profile.name == FOR_ADDRESSES) {
            order.profile(FOR_ADDRESSES)
        } else {
            order
        }
    };
    if let Some(id) = replaces.and_then(|cert| CertificateIdentifier::try_from(cert).ok()) {
        match account.new_order(&profiled().replaces(id)).await {
            Ok(order) => return Ok(order),
            Err(error) => tracing::debug!(%error, "the order can't say what it replaces"),
        }
    }
    account.new_order(&profiled()).await
}

fn identifier(name: &str) -> Identifier {
    match name.parse::<IpAddr>() {
        Ok(ip) => Identifier::Ip(ip),
        Err(_) => Identifier::Dns(name.to_owned()),
    }
}

/// What the authority found at the names, as one problem.
async fn found_wrong(order: &mut Order) -> Option<Problem> {
    let mut authorizations = order.authorizations();
    let mut found: Vec<Problem> = Vec::new();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        let name = state.identifier().to_string();
        let errors = state
            .challenges
            .iter()
            .filter_map(|each| each.error.clone());
        found.extend(errors.map(|problem| Problem {
            detail: problem.detail.map(|detail| format!("{name}: {detail}")),
            ..problem
        }));
    }
    let mut found = found.into_iter();
    let first = found.next()?;
    Some(found.fold(first, |first, next| {
        Problem {
            detail: Some(
                [first.detail, next.detail]
                    .map(Option::unwrap_or_default)
                    .join("; "),
            ),
            ..first
        }
    }))
}

async fn fetch(order: &mut Order, names: &[String]) -> Result<Issued, Error> {
    let fault = |error: rcgen::Error| Error::Other(Box::new(error));
    let mut params = CertificateParams::new(names).map_err(fault)?;
    params.distinguished_name = DistinguishedName::new();
    let key = KeyPair::generate().map_err(fault)?;
    let request = params.serialize_request(&key).map_err(fault)?;
    order.finalize_csr(request.der()).await?;
    Ok(Issued {
        chain: order.poll_certificate(&PATIENCE).await?,
        key: key.serialize_pem(),
    })
}
