//! How the certificate of a public authority is doing, as administrators see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::clock::{Timestamp, iso, iso_option};

/// The certificate of a public authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateState {
    /// The host names and addresses that it is wanted for.
    pub names: Vec<String>,
    /// Who gives it.
    pub authority: String,
    /// How long the one in use is good; `null` while there is none.
    #[serde(with = "iso_option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    /// When the next one is asked for; `null` while there is none.
    #[serde(with = "iso_option")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub renewal_at: Option<Timestamp>,
    /// Why the last try gave none; `null` when it gave one.
    pub trouble: Option<CertificateTrouble>,
}

/// Why there is no new certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateTrouble {
    /// What is wrong, with the authority's own words.
    pub detail: String,
    /// What helps.
    pub remedy: String,
    /// When it is tried again.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    pub next_try_at: Timestamp,
}
