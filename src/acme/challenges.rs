//! What this server answers while an authority looks whether it is really there: a line under a
//! certain address (HTTP-01, RFC 8555), or a certificate that nobody else is shown (TLS-ALPN-01,
//! RFC 8737).

use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;

use super::trouble::Trouble;

/// The protocol that an authority asks for when it looks by TLS-ALPN-01.
pub const ALPN: &[u8] = b"acme-tls/1";
/// Where an authority looks by HTTP-01, before the token.
const PATH: &str = "/.well-known/acme-challenge/";

/// The answers that authorities may look for at present: as many as the server has names at most,
/// and none most of the time.
#[derive(Debug, Default)]
pub struct Challenges(Mutex<Vec<Answer>>);

#[derive(Debug)]
enum Answer {
    Line {
        token: String,
        text: String,
    },
    Certificate {
        name: String,
        key: Arc<CertifiedKey>,
    },
}

impl Challenges {
    /// What stands under this path, if an authority may look for it now.
    pub fn line(&self, path: &str) -> Option<String> {
        let asked = path.strip_prefix(PATH)?;
        self.0.lock().iter().find_map(|answer| match answer {
            Answer::Line { token, text } if token == asked => Some(text.clone()),
            _ => None,
        })
    }

    /// The certificate for who asks for this name by [`ALPN`], if an authority may do so now.
    pub fn certificate(&self, asked: &str) -> Option<Arc<CertifiedKey>> {
        self.0.lock().iter().find_map(|answer| match answer {
            Answer::Certificate { name, key } if name.eq_ignore_ascii_case(asked) => {
                Some(key.clone())
            }
            _ => None,
        })
    }

    pub(super) fn add_line(&self, token: &str, text: &str) {
        let (token, text) = (token.to_owned(), text.to_owned());
        self.0.lock().push(Answer::Line { token, text });
    }

    pub(super) fn add_certificate(&self, of: &str, digest: &[u8]) -> Result<(), Trouble> {
        let key = certificate(of, digest)?;
        let name = name_asked(of);
        self.0.lock().push(Answer::Certificate { name, key });
        Ok(())
    }

    /// Takes all answers away when what this returns is dropped.
    pub(super) fn until_dropped(&self) -> impl Drop + '_ {
        Emptied(self)
    }
}

struct Emptied<'c>(&'c Challenges);

impl Drop for Emptied<'_> {
    fn drop(&mut self) {
        self.0.0.lock().clear();
    }
}

/// How a client names `of` in its greeting: an address in its form for DNS (RFC 8738).
fn name_asked(of: &str) -> String {
    match of.parse() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        Ok(IpAddr::V6(v6)) => {
            let octets = v6.octets().into_iter().rev();
            let digits = octets.map(|octet| format!("{:x}.{:x}.", octet & 15, octet >> 4));
            digits.collect::<String>() + "ip6.arpa"
        }
        Err(_) => of.to_owned(),
    }
}

fn certificate(of: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, Trouble> {
    let fault = |error: rcgen::Error| Trouble::internal(error.to_string());
    let mut params = CertificateParams::new(vec![of.to_owned()]).map_err(fault)?;
    params.distinguished_name = DistinguishedName::new();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(fault)?;
    let cert = params.self_signed(&key).map_err(fault)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = ring::default_provider().key_provider.load_private_key(key);
    let key = key.map_err(|error| Trouble::internal(error.to_string()))?;
    // Not compared with its key: what would do that knows no such certificates.
    Ok(Arc::new(CertifiedKey::new(vec![cert.der().clone()], key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_there_for_who_asks_exactly_and_only_meanwhile() {
        let challenges = Challenges::default();
        {
            let _until = challenges.until_dropped();
            challenges.add_line("token", "token.key");
            challenges.add_certificate("a.example", &[7; 32]).unwrap();
            let line = challenges.line("/.well-known/acme-challenge/token");
            assert_eq!(line.as_deref(), Some("token.key"));
            assert_eq!(challenges.line("/.well-known/acme-challenge/toke"), None);
            assert_eq!(challenges.line("/token"), None);
            assert!(challenges.certificate("A.example").is_some());
            assert!(challenges.certificate("b.example").is_none());
        }
        assert_eq!(challenges.line("/.well-known/acme-challenge/token"), None);
        assert!(challenges.certificate("a.example").is_none());
    }

    #[test]
    fn an_address_is_asked_for_in_its_form_for_dns() {
        assert_eq!(name_asked("192.0.2.1"), "1.2.0.192.in-addr.arpa");
        assert_eq!(
            name_asked("2001:db8::1"),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
        assert_eq!(name_asked("a.example"), "a.example");
    }
}
