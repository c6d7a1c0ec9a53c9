//! What a person reads when the server has started.

use std::fmt::Write;

use super::code;
use super::command::{about_trust, setup_link};
use crate::server::Links;

/// The link to open, the other addresses, and how devices come to trust this server. The QR code
/// is there with `qr`, when standard output is a terminal that it fits into.
pub(super) fn greeting(
    links: &Links,
    setup_token: Option<&str>,
    fingerprint: Option<&str>,
    qr: bool,
) -> String {
    let link = |base: &str| match setup_token {
        Some(token) => setup_link(base, token),
        None => base.to_owned(),
    };
    let primary = link(links.primary());
    let mut text = String::from("\nInkspot is ready. ");
    text.push_str(match setup_token {
        Some(_) => "Make your account here; the link works once:\n\n",
        None => "Open it here:\n\n",
    });
    // Writing to a string can't fail.
    let _ = writeln!(text, "  {primary}\n");
    if let Some(code) = code::for_terminal(&primary).filter(|_| qr) {
        let _ = writeln!(text, "{code}");
    }
    if links.people.len() > 1 {
        text.push_str("The same under this machine's other addresses:\n\n");
        for base in &links.people[1..] {
            let _ = writeln!(text, "  {}", link(base));
        }
        text.push('\n');
    }
    if let Some(trust) = &links.trust {
        let _ = writeln!(text, "{}", about_trust(trust));
    }
    if let Some(fingerprint) = fingerprint {
        let _ = writeln!(
            text,
            "The SHA-256 fingerprint of its authority:\n\n  {fingerprint}\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links {
            local: "https://127.0.0.1:8443".to_owned(),
            people: vec![
                "https://192.0.2.1:8443".to_owned(),
                "https://[fd00::1]:8443".to_owned(),
            ],
            plain: None,
            trust: Some("http://192.0.2.1:8080/trust".to_owned()),
            ca_file: None,
        }
    }

    #[test]
    fn the_first_start_shows_the_setup_link_under_each_address() {
        let text = greeting(&links(), Some("T0KEN"), Some("AA:BB"), true);
        for part in [
            "https://192.0.2.1:8443/setup?token=T0KEN\n",
            "https://[fd00::1]:8443/setup?token=T0KEN\n",
            "http://192.0.2.1:8080/trust\n",
            "AA:BB",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!greeting(&links(), None, None, true).contains("setup"));
    }
}
