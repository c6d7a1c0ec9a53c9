//! Names of files as people gave them, made safe for a folder that is looked at on any system.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest name, in bytes; a number stands before it.
const MOST: usize = 120;
/// The longest ending that is kept when a name is cut, in bytes with its dot.
const ENDING: usize = 16;

/// Endings of what no browser runs, wherever it is opened. Behind any other one stands [`INERT`].
const HARMLESS: [&str; 63] = [
    "7z", "aac", "apk", "avif", "bin", "bmp", "bz2", "csv", "deb", "doc", "docx", "eml", "epub",
    "exe", "flac", "gif", "gpx", "gz", "heic", "heif", "ics", "iso", "jpeg", "jpg", "json", "key",
    "log", "m4a", "m4v", "md", "mkv", "mov", "mp3", "mp4", "mpeg", "msg", "odp", "ods", "odt",
    "oga", "ogg", "ogv", "opus", "pages", "pdf", "png", "ppt", "pptx", "psd", "rar", "rtf", "tar",
    "tgz", "tif", "tiff", "txt", "vcf", "wav", "webm", "webp", "xls", "xlsx", "zip",
];

/// What stands behind such a name.
const INERT: &str = ".download";

/// What stays as it is in an address.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_');

/// A name without what leads elsewhere, hides, or means something to a system; not empty.
pub fn safe(name: &str) -> String {
    let shown = name.chars().filter(|c| !is_unseen(*c)).map(|c| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' => '_',
        c if c.is_control() => '_',
        c => c,
    });
    let shown: String = shown.collect();
    let name = cut(shown.trim_matches([' ', '.']));
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|ending| ending.chars().all(char::is_alphanumeric));
    match ending.map(str::to_ascii_lowercase) {
        _ if name.is_empty() => "file".to_owned(),
        Some(ending) if !HARMLESS.contains(&&*ending) => name + INERT,
        _ => name,
    }
}

/// The address of a path, for a page.
pub fn address(path: &str) -> String {
    utf8_percent_encode(path, &PLAIN).to_string()
}

/// What turns the direction of text, or is not seen at all.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

fn cut(name: &str) -> String {
    if name.len() <= MOST {
        return name.to_owned();
    }
    let dot = name
        .rfind('.')
        .filter(|dot| *dot > 0 && name.len() - dot <= ENDING);
    let ending = dot.map_or("", |dot| &name[dot..]);
    let end = name.floor_char_boundary(MOST - ending.len());
    format!("{}{ending}", name[..end].trim_end_matches([' ', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_keep_what_is_harmless() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("Grüße, 世界.tar.gz", "Grüße, 世界.tar.gz"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\x\\y.txt", "C__x_y.txt"),
            ("..", "file"),
            ("", "file"),
            ("a\nb\0.txt", "a_b_.txt"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("<script>.png", "_script_.png"),
            ("page.HTML", "page.HTML.download"),
            ("drawing.svg", "drawing.svg.download"),
            ("html", "html"),
            ("feed.atom", "feed.atom.download"),
            ("page.html. ", "page.html.download"),
        ] {
            assert_eq!(safe(given), kept, "{given:?}");
        }
        let long = format!("{}.tar", "é".repeat(200));
        assert!(safe(&long).len() <= MOST && safe(&long).ends_with("é.tar"));
        assert_eq!(
            address("files/1-a b#?é\".txt"),
            "files/1-a%20b%23%3F%C3%A9%22.txt"
        );
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_piece_of_a_path(name in any::<String>()) {
            let name = safe(&name);
            prop_assert!(!name.is_empty() && name.len() <= MOST + INERT.len());
            prop_assert!(!name.contains(['/', '\\', '\0', '\n']));
            prop_assert!(!name.starts_with('.') && !name.ends_with('.'));
        }
    }
}
