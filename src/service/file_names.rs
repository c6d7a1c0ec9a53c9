//! Names of files: what people gave them, made safe to be a file's name on any system, in any
//! script and in any header.

use unicode_normalization::UnicodeNormalization;

use super::fields::is_invisible;

/// Longest name, in bytes: what common file systems take.
pub const NAME_MAX: usize = 255;
/// Longest ending that is kept when a name is cut, in bytes with its dot.
const ENDING_MAX: usize = 16;
/// How much of a given name is looked at, in bytes.
const LOOKED_AT: usize = 4096;
/// The name of what has none left.
const NAMELESS: &str = "file";

/// A name as it is kept: the last piece of a path, in NFC, without what turns or hides text,
/// neither blank nor made of dots, with no dash or space in front, at most [`NAME_MAX`] bytes
/// with its ending whole. What is good already stays as it is.
pub fn clean(given: &str) -> String {
    let end = (0..=given.len().min(LOOKED_AT)).rfind(|at| given.is_char_boundary(*at));
    let given = &given[..end.unwrap_or(0)];
    let last = given
        .rsplit(['/', '\\'])
        .find(|piece| !piece.trim().is_empty());
    let shown: String = last
        .unwrap_or_default()
        .nfc()
        .filter(|c| !c.is_control() && (!is_invisible(*c) || is_needed_by_text(*c)))
        .collect();
    let name = shown.trim();
    let bare = name.trim_start_matches('-');
    let dashes = name.len() - bare.len();
    let name = format!("{}{bare}", "_".repeat(dashes));
    let name = cut(&name);
    let is_something = |c: char| !(c == '.' || c.is_whitespace() || is_invisible(c));
    if name.chars().any(is_something) {
        name.into_owned()
    } else {
        NAMELESS.to_owned()
    }
}

/// Joiners and variation selectors, which emoji and some scripts are made with.
fn is_needed_by_text(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// The name within [`NAME_MAX`] bytes; its ending stays.
fn cut(name: &str) -> std::borrow::Cow<'_, str> {
    if name.len() <= NAME_MAX {
        return name.into();
    }
    let dot = name.rfind('.').filter(|dot| *dot > 0);
    let dot = dot.filter(|dot| name.len() - dot <= ENDING_MAX);
    let ending = dot.map_or("", |dot| &name[dot..]);
    let room = NAME_MAX - ending.len();
    let end = (0..=room).rfind(|at| name.is_char_boundary(*at));
    let stem = name[..end.unwrap_or(0)].trim_end();
    format!("{stem}{ending}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_37_names_are_made_safe_and_keep_their_meaning() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("Grüße, 世界 👩‍👩‍👧.tar.gz", "Grüße, 世界 👩‍👩‍👧.tar.gz"),
            ("say \"hi\" (1).txt", "say \"hi\" (1).txt"),
            (".bashrc", ".bashrc"),
            ("100% & more;.txt", "100% & more;.txt"),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\ann\\notes.txt", "notes.txt"),
            ("folder/", "folder"),
            ("a\0b.txt", "ab.txt"),
            ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{2066}a\u{2069}.txt", "a.txt"),
            ("-rf.txt", "_rf.txt"),
            ("--help", "__help"),
            ("  spaced .txt ", "spaced .txt"),
            ("e\u{301}.txt", "é.txt"),
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            ("...", "file"),
            ("/", "file"),
            (" \u{200b}\t", "file"),
            ("\u{200d}", "file"),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
        let long = format!("{}.tar.gz", "ü".repeat(150));
        let kept = clean(&long);
        assert!(
            kept.len() <= NAME_MAX && kept.len() > NAME_MAX - 3,
            "{}",
            kept.len()
        );
        assert!(kept.starts_with("üü") && kept.ends_with("ü.gz"), "{kept}");
        assert_eq!(clean(&"x".repeat(300)).len(), NAME_MAX);
        assert_eq!(clean(&format!("a.{}", "x".repeat(300))).len(), NAME_MAX);
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_that_stays_as_it_is(given in any::<String>()) {
            let kept = clean(&given);
            prop_assert!(!kept.is_empty() && kept.len() <= NAME_MAX);
            prop_assert!(!kept.contains(['/', '\\', '\0', '\n']) && !kept.starts_with('-'));
            prop_assert_eq!(clean(&kept), kept);
        }
    }
}
