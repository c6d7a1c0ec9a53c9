//! One public authority, and this server's account there.

use std::path::Path;
use std::time::Duration;

use instant_acme::{Account, AccountCredentials, CertificateIdentifier, Error, NewAccount};
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::client::Client;
use super::trouble::{Cause, Trouble};
use crate::base::clock::Timestamp;
use crate::model::certificate::Advice;

/// An authority. Nothing is asked of it before [`Authority::sign_in`].
pub struct Authority {
    directory: String,
    email: Option<String>,
    client: Client,
    pub(super) account: Option<Account>,
    /// The authority does not know the account that was kept.
    lost: bool,
}

/// The account as its owner keeps it. It holds a private key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept<C> {
    directory: String,
    email: Option<String>,
    credentials: C,
}

/// When the authority would like a certificate to be renewed (RFC 9773).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From then on,
    pub start: Timestamp,
    /// until then.
    pub end: Timestamp,
    /// After that long it may say something else.
    pub look_again: Duration,
}

impl Authority {
    /// The one whose directory this is. `roots`: a PEM file with those that vouch for it, if they
    /// are not among the world's. `email`: where it may write to.
    pub fn new(
        directory: &str,
        roots: Option<&Path>,
        email: Option<&str>,
    ) -> Result<Self, Trouble> {
        Ok(Self {
            directory: directory.to_owned(),
            email: email.map(str::to_owned),
            client: Client::new(roots)?,
            account: None,
            lost: false,
        })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        let rest = self.directory.strip_prefix("https://");
        let rest = rest.unwrap_or(&self.directory);
        rest.split('/').next().unwrap_or(rest)
    }

    /// Whether an account that was kept is one of this authority.
    pub fn is_of(&self, kept: &[u8]) -> bool {
        let kept: Result<Kept<serde::de::IgnoredAny>, _> = serde_json::from_slice(kept);
        kept.is_ok_and(|kept| kept.directory == self.directory)
    }

    /// Uses the account that was kept, else makes one, which agrees to the authority's terms.
    /// Returns what is to be kept from now on, if it is not the same.
    pub async fn sign_in(&mut self, kept: Option<&[u8]>) -> Result<Option<Vec<u8>>, Trouble> {
        if self.account.is_some() {
            return Ok(None);
        }
        let read = kept.and_then(|kept| serde_json::from_slice(kept).ok());
        let read = read.filter(|kept: &Kept<AccountCredentials>| {
            kept.directory == self.directory && !self.lost
        });
        let signed_in = match read {
            Some(kept) => self.restore(kept).await,
            None => self.create().await.map(Some),
        };
        signed_in.map_err(|error| self.trouble(&error))
    }

    async fn restore(&mut self, kept: Kept<AccountCredentials>) -> Result<Option<Vec<u8>>, Error> {
        let copy = serde_json::to_value(&kept.credentials)?;
        let builder = Account::builder_with_http(Box::new(self.client.clone()));
        let account = builder.from_credentials(kept.credentials).await?;
        let changed = kept.email != self.email;
        if changed {
            let contact = self.contact();
            let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
            account.update_contacts(&contact).await?;
        }
        self.account = Some(account);
        changed.then(|| self.keep(copy)).transpose()
    }

    async fn create(&mut self) -> Result<Vec<u8>, Error> {
        let contact = self.contact();
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let asked = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let builder = Account::builder_with_http(Box::new(self.client.clone()));
        let created = builder.create(&asked, self.directory.clone(), None).await?;
        let (account, credentials) = created;
        (self.account, self.lost) = (Some(account), false);
        self.keep(credentials)
    }

    fn contact(&self) -> Option<String> {
        self.email.as_ref().map(|email| format!("mailto:{email}"))
    }

    fn keep(&self, credentials: impl Serialize) -> Result<Vec<u8>, Error> {
        let kept = Kept {
            directory: self.directory.clone(),
            email: self.email.clone(),
            credentials,
        };
        Ok(serde_json::to_vec_pretty(&kept)?)
    }

    /// When it would like this certificate to be renewed; `None` when it has no opinion.
    pub async fn window(&mut self, cert: &CertificateDer<'_>) -> Result<Option<Window>, Trouble> {
        let (account, Ok(id)) = (self.signed_in()?, CertificateIdentifier::try_from(cert)) else {
            return Ok(None);
        };
        let (info, look_again) = match account.renewal_info(&id).await {
            Ok(told) => told,
            Err(Error::Unsupported(_)) => return Ok(None),
            Err(error) => return Err(self.trouble(&error)),
        };
        let moment = |at: OffsetDateTime| {
            Timestamp(
                u64::try_from(at.unix_timestamp())
                    .unwrap_or(0)
                    .saturating_mul(1000),
            )
        };
        let window = info.suggested_window;
        Ok(Some(Window {
            start: moment(window.start),
            end: moment(window.end),
            look_again,
        }))
    }

    pub(super) fn signed_in(&self) -> Result<&Account, Trouble> {
        let account = self.account.as_ref();
        account.ok_or_else(|| Trouble::internal("nobody has signed in at the authority"))
    }

    /// What an error means. The next one who asks signs in again: the authority's addresses may have
    /// changed, or the account is gone.
    pub(super) fn trouble(&mut self, error: &Error) -> Trouble {
        self.account = None;
        if let Error::Api(problem) = error {
            let kind = problem.r#type.as_deref().unwrap_or_default();
            self.lost |= kind.ends_with(":accountDoesNotExist");
        }
        let trouble = Trouble::of(error, self.name(), self.client.wait());
        if self.lost {
            return Trouble::new(Cause::Unreachable, trouble.detail, Advice::NewAccount);
        }
        trouble
    }
}
