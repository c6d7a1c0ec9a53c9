//! How the certificate of a public authority is doing, as administrators see it.

use std::fmt;

use serde::{Serialize, Serializer};
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
    #[serde(serialize_with = "in_words")]
    #[schema(value_type = String)]
    pub remedy: Advice,
    /// When it is tried again.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    pub next_try_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn in_words<S: Serializer>(advice: &Advice, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(advice)
}

/// An enum of what helps: code, name, English sentence.
macro_rules! advices {
    ($($code:literal $advice:ident $words:literal;)+) => {
        /// What helps when a public authority gives no certificate. The UI says each in its languages: it
        /// does not build while it lacks one. A code is never used for something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "their sentences say it")]
        pub enum Advice {
            $($advice,)+
        }

        impl Advice {
            /// The codes of all.
            pub const CODES: &[&str] = &[$($code),+];

            /// As it is written on the wire.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$advice => $code,)+
                }
            }
        }

        impl fmt::Display for Advice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$advice => $words,)+
                })
            }
        }
    };
}

advices! {
    "wait" Wait
        "Nothing needs to be done: it is asked again.";
    "wait-allowed" WaitAllowed
        "Nothing needs to be done but to wait: it is asked again when it allows that.";
    "new-account" NewAccount
        "Nothing needs to be done: a new account is made.";
    "out-of-order" OutOfOrder
        "It is probably out of order for a while and is asked again; if this lasts, check tls.acme_directory.";
    "their-words" TheirWords
        "Its own words say more; it is asked again.";
    "clock-or-root" ClockOrRoot
        "Check this machine's clock; a private authority's own root must be named in tls.acme_ca.";
    "way-out" WayOut
        "Check this machine's way to the internet: its DNS, its route, and that a firewall lets it out to port 443.";
    "directory" Directory
        "Check that tls.acme_directory is the address of an ACME directory.";
    "root-file" RootFile
        "tls.acme_ca must name a PEM file with the root of the authority in tls.acme_directory.";
    "other-authority" OtherAuthority
        "Choose another authority in tls.acme_directory.";
    "account-beforehand" AccountBeforehand
        "It wants an account made beforehand, which is not supported: choose another authority in tls.acme_directory.";
    "records" Records
        "Make an A or AAAA record of that name with this server's public address, and remove an AAAA record that leads elsewhere.";
    "way-in" WayIn
        "Each name must lead to this server's public address, and port 80 or 443 must be open to the internet there: look at the firewall, and at the router's port forwarding.";
    "both-ports" BothPorts
        "Open both port 80 and port 443 to the internet, so that it can choose.";
    "other-server" OtherServer
        "Another server answers under that name, or a proxy stands in between: let the name lead to this server, or let the proxy have the certificate.";
    "caa" Caa
        "A CAA record of the domain forbids this authority to issue: change or remove it.";
    "other-name" OtherName
        "This authority issues nothing for that name: correct server.hostnames, or use tls.mode \"local-ca\".";
    "email" Email
        "Correct tls.acme_email, or remove it: none is needed.";
    "terms" Terms
        "Somebody must agree to the authority's new terms at the address that it names.";
    "report" Report
        "This is a fault in Inkspot, please report it.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_is_a_sentence_for_programs_and_a_code_for_the_ui() {
        let trouble = CertificateTrouble {
            detail: "ca.example says: no".to_owned(),
            remedy: Advice::Email,
            next_try_at: Timestamp(0),
        };
        let told = serde_json::to_value(&trouble).unwrap();
        assert_eq!(told["remedy"], Advice::Email.to_string());
        assert!(Advice::CODES.contains(&Advice::Email.code()));
    }
}
