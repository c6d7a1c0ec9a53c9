//! A page: what is text stays text, and nothing in it runs or asks the network for anything.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::names::address;
use crate::base::clock::Timestamp;

const STYLE: &str = include_str!("style.css");

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A page in the making, or a part of one.
#[derive(Default)]
pub struct Html(String);

impl Html {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what we have written ourselves.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds a part that was made before.
    pub fn part(&mut self, part: &Self) -> &mut Self {
        self.0.push_str(&part.0);
        self
    }

    /// Adds text, which stays text, inside and outside of quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(c),
                c if c.is_control() => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    pub fn number(&mut self, number: u64) -> &mut Self {
        // Writing to a string can't fail.
        let _ = write!(self.0, "{number}");
        self
    }

    /// Adds the address of something in the folder, from two folders below it or from its root.
    pub fn address(&mut self, root: &'static str, path: &str) -> &mut Self {
        self.0.push_str(root);
        self.0.push_str(&address(path));
        self
    }

    /// Adds text with its web addresses as links.
    pub fn linked(&mut self, text: &str) -> &mut Self {
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if is_web_address(word) {
                let (word, after) =
                    word.split_at(word.trim_end_matches(['.', ',', ';', '!', '?']).len());
                self.markup("<a rel=\"noreferrer noopener\" href=\"")
                    .text(word);
                self.markup("\">").text(word).markup("</a>").text(after);
                self.text(&piece[word.len() + after.len()..]);
            } else {
                self.text(piece);
            }
        }
        self
    }

    /// Adds a moment: its time of day, the whole of it on demand.
    pub fn time(&mut self, at: Timestamp) -> &mut Self {
        let all = at.to_string();
        self.markup("<time datetime=\"").text(&all);
        self.markup("\" title=\"").text(&all).markup("\">");
        self.text(all.get(11..16).unwrap_or_default())
            .markup("</time>")
    }

    /// The whole page around this.
    pub fn page(&self, title: &str) -> Vec<u8> {
        let mut page = Self::default();
        page.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; style-src '");
        page.text(&style_hash());
        page.markup("'; base-uri 'none'; form-action 'none'\"><meta name=\"referrer\" content=\"no-referrer\">");
        page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>");
        page.text(title).markup("</title><style>").markup(STYLE);
        page.markup("</style></head>\n<body><div class=\"sheet\">\n")
            .part(self);
        page.markup("</div></body></html>\n");
        page.0.into_bytes()
    }
}

fn style_hash() -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE)))
}

fn is_web_address(word: &str) -> bool {
    let rest = word
        .strip_prefix("https://")
        .or(word.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
}

/// The day of a moment: "23 November 2026".
pub fn day(at: Timestamp) -> String {
    let all = at.to_string();
    let mut parts = all.get(..10).unwrap_or_default().split('-');
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day) = (next(), next(), next());
    let month = month.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let month = month.and_then(|it| MONTHS.get(it)).unwrap_or(&"");
    format!("{} {month} {year}", day.trim_start_matches('0'))
}

/// "23 November 2026, 04:05".
pub fn moment(at: Timestamp) -> String {
    let all = at.to_string();
    format!("{}, {}", day(at), all.get(11..16).unwrap_or_default())
}

/// "1 message", "2 messages".
pub fn count(number: u64, one: &'static str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn linked(text: &str) -> String {
        let mut html = Html::default();
        html.linked(text);
        html.0
    }

    #[test]
    fn text_stays_text_and_addresses_become_links() {
        assert_eq!(linked("a < b & \"c\"\n"), "a &lt; b &amp; &quot;c&quot;\n");
        let link = "<a rel=\"noreferrer noopener\" href=\"https://x.org/?a=1&amp;b\">https://x.org/?a=1&amp;b</a>";
        assert_eq!(
            linked("see https://x.org/?a=1&b, now"),
            format!("see {link}, now")
        );
        for harmless in [
            "javascript:alert(1)",
            "https://",
            "data:text/html,x",
            "http:x",
            "https://\"",
        ] {
            assert!(!linked(harmless).contains("<a"), "{harmless}");
        }
        assert_eq!(
            linked("https://x\"onclick=alert(1)"),
            "<a rel=\"noreferrer noopener\" href=\"https://x&quot;onclick=alert(1)\">https://x&quot;onclick=alert(1)</a>"
        );
        let at = Timestamp(1_795_359_600_123);
        assert_eq!(day(at), "22 November 2026");
        assert_eq!(moment(at), "22 November 2026, 15:00");
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_place(text in any::<String>()) {
            let mut html = Html::default();
            html.text(&text);
            prop_assert!(!html.0.contains(['<', '>', '"', '\'', '\0']));
            let ours = "<a rel=\"noreferrer noopener\" href=\"";
            let tags = linked(&text).matches('<').count();
            prop_assert_eq!(tags, 2 * linked(&text).matches(ours).count());
        }
    }
}
