//! What a person reads when the server has started.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use rustix::termios::tcgetwinsize;

use super::command::setup_link;
use crate::server::Links;

/// The link to open, the other addresses, and how devices come to trust this server. The QR code
/// is there when standard output is a terminal that it fits into.
pub(super) fn greeting(
    links: &Links,
    setup_token: Option<&str>,
    fingerprint: Option<&str>,
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
    if let Some(code) = terminal_width().and_then(|width| qr(&primary, width)) {
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
        let _ = writeln!(
            text,
            "How a device learns to trust this server:\n\n  {trust}\n"
        );
    }
    if let Some(fingerprint) = fingerprint {
        let _ = writeln!(
            text,
            "The SHA-256 fingerprint of its authority:\n\n  {fingerprint}\n"
        );
    }
    text
}

fn terminal_width() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let columns = tcgetwinsize(out).ok()?.ws_col;
    // Some terminals don't say.
    Some(if columns == 0 {
        80
    } else {
        usize::from(columns)
    })
}

/// The code in half blocks, black on white whatever the terminal's colours are.
fn qr(link: &str, width: usize) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    let picture = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Dark)
        .light_color(Dense1x2::Light)
        .quiet_zone(true)
        .build();
    let wide = picture.lines().map(|line| line.chars().count()).max()?;
    if wide + 2 > width {
        return None;
    }
    let colours = |line: &str| format!("  \u{1b}[38;5;16;48;5;231m{line}\u{1b}[0m\n");
    Some(picture.lines().map(colours).collect())
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
        let text = greeting(&links(), Some("T0KEN"), Some("AA:BB"));
        for part in [
            "https://192.0.2.1:8443/setup?token=T0KEN\n",
            "https://[fd00::1]:8443/setup?token=T0KEN\n",
            "http://192.0.2.1:8080/trust\n",
            "AA:BB",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!greeting(&links(), None, None).contains("setup"));
    }

    #[test]
    fn a_code_is_shown_only_where_it_fits() {
        let link = "https://192.0.2.1:8443/setup?token=0123456789012345678901234567890123456789012";
        let code = qr(link, 80).unwrap();
        let lines: Vec<&str> = code.lines().collect();
        assert!(lines.len() >= 20, "{code}");
        assert!(lines.iter().all(|line| line.ends_with("\u{1b}[0m")));
        assert_eq!(qr(link, 20), None);
    }
}
