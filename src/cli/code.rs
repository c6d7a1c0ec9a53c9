//! Links as QR codes for cameras, in a terminal.

use std::io::{self, IsTerminal};

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use rustix::termios::tcgetwinsize;

/// The code of a link, when standard output is a terminal that it fits into.
pub(super) fn for_terminal(link: &str) -> Option<String> {
    terminal_width().and_then(|width| qr(link, width))
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
