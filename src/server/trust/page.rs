//! The page itself, put together for who reads it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY};
use http::{HeaderValue, Response, StatusCode};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sha2::{Digest, Sha256};

use super::super::answer;
use super::super::handler::BoxBody;
use super::reader::{Language, System};
use super::words::{Steps, Words};
use super::{MARK, escape};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What is the same for all readers; texts are HTML.
pub(super) struct Page {
    prefix: String,
    authority: String,
    /// 32 pairs, each in an element.
    fingerprint: String,
    /// The policy without the addresses that the check may ask.
    policy: String,
}

/// What is said to one reader.
#[derive(Clone, Copy)]
pub(super) struct Seen<'r> {
    /// What people call the server.
    pub server: &'r str,
    /// See [`Visit`](super::Visit).
    pub origin: &'r str,
    /// See [`Visit`](super::Visit).
    pub here: &'r str,
}

impl Page {
    /// See [`TrustPage::new`](super::TrustPage::new).
    pub fn new(prefix: &str, authority: &str, fingerprint: &str) -> Self {
        let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
        Self {
            prefix: prefix.to_owned(),
            authority: isolated(authority),
            fingerprint: fingerprint
                .split_inclusive(':')
                .flat_map(|pair| ["<span>", pair, "</span>"])
                .collect(),
            policy: format!(
                "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'",
                hash(STYLE),
                hash(SCRIPT),
            ),
        }
    }

    /// For this reader.
    pub fn answer(
        &self,
        language: Language,
        system: Option<System>,
        seen: Seen<'_>,
    ) -> Response<BoxBody> {
        let page = self.fill(language, system, seen);
        let origin = seen.origin;
        let mut response = answer::content(StatusCode::OK, "text/html; charset=utf-8", page);
        let mark = if origin.contains('[') {
            // A policy can't name an IPv6 address (CSP 3, 2.3.1).
            "https:".to_owned()
        } else {
            format!("{origin}{MARK}")
        };
        let policy = format!("{}; connect-src {mark}; img-src {mark}", self.policy);
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        let tag = HeaderValue::from_static(language.words().tag);
        headers.insert(CONTENT_LANGUAGE, tag);
        response
    }

    fn fill(&self, language: Language, system: Option<System>, seen: Seen<'_>) -> String {
        let words = language.words();
        let Seen { origin, here, .. } = seen;
        let server = isolated(seen.server);
        let plain = |text: &str| self.sentence(text, &server);
        let (own, others) = steps(words, system, &plain);
        let values = [
            ("tag", words.tag.to_owned()),
            ("direction", words.direction.to_owned()),
            ("style", STYLE.to_owned()),
            ("script", SCRIPT.to_owned()),
            ("languages_label", plain(words.languages)),
            ("languages", languages(language)),
            ("title", plain(words.title)),
            ("lede", plain(words.lede)),
            ("origin", escape(origin)),
            ("home", escape(&format!("{origin}{}/", self.prefix))),
            ("looking", plain(words.looking)),
            ("not_yet", plain(words.not_yet)),
            ("trusts", plain(words.trusts)),
            ("passed_by", plain(words.passed_by)),
            ("no_tick", plain(words.no_tick)),
            ("scriptless", plain(words.scriptless)),
            ("open", plain(words.open)),
            ("own", own),
            ("others", others),
            ("compare_title", plain(words.compare_title)),
            ("compare", plain(words.compare)),
            ("fingerprint", self.fingerprint.clone()),
            ("power_title", plain(words.power_title)),
            ("power", plain(words.power)),
            ("elsewhere_title", plain(words.elsewhere_title)),
            ("elsewhere", plain(words.elsewhere)),
            ("code_label", plain(words.code)),
            ("code", code(here)),
            ("here", escape(here)),
        ];
        // In one pass: what is filled in is never looked at again, whatever a server is called.
        let mut page = String::with_capacity(32 * 1024);
        let mut rest = PAGE;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, after) = after.split_once('}').unwrap_or(("", after));
            page.push_str(before);
            if let Some((_, value)) = values.iter().find(|(name, _)| *name == key) {
                page.push_str(value);
            }
            rest = after;
        }
        page.push_str(rest);
        page
    }

    /// A sentence as HTML: with its names, and what stands between backticks as code.
    fn sentence(&self, text: &str, server: &str) -> String {
        let mut html = String::new();
        for (index, part) in escape(text).split('`').enumerate() {
            if index % 2 == 1 {
                html.extend(["<code dir=\"ltr\">", part, "</code>"]);
            } else {
                html += part;
            }
        }
        html.replace("{authority}", &self.authority)
            .replace("{name}", server)
    }
}

/// The steps of the reader's system, unfolded, and those of the others. All are the first where the
/// system is not known.
fn steps(words: &Words, used: Option<System>, plain: &impl Fn(&str) -> String) -> (String, String) {
    let list = |heading: &str, systems: &[System]| {
        let open = systems.len() == 1;
        let all: String = systems
            .iter()
            .map(|system| section(words, *system, open, plain))
            .collect();
        let heading = escape(heading);
        format!("<h2>{heading}</h2>\n<div class=\"rest\">\n{all}</div>")
    };
    let Some(used) = used else {
        return (list(words.each, &System::ALL), String::new());
    };
    let others = System::ALL.into_iter().filter(|system| *system != used);
    let others: Vec<System> = others.collect();
    (list(words.here, &[used]), list(words.others, &others))
}

/// The steps of a system.
fn section(words: &Words, system: System, open: bool, plain: &impl Fn(&str) -> String) -> String {
    let Steps {
        system: name,
        steps,
    } = match system {
        System::Ios => &words.ios,
        System::Android => &words.android,
        System::Windows => &words.windows,
        System::Mac => &words.mac,
        System::Linux => &words.linux,
        System::Firefox => &words.firefox,
    };
    let (file, label) = match system {
        System::Ios => ("inkspot.mobileconfig", words.download_profile),
        System::Android | System::Windows | System::Mac => ("inkspot-ca.cer", words.download),
        System::Linux | System::Firefox => ("inkspot-ca.crt", words.download),
    };
    let steps: Vec<String> = steps.iter().map(|step| plain(step)).collect();
    let steps = steps.join("</li>\n<li>");
    format!(
        "<details id=\"{id}\"{open}>\n<summary>{name}</summary>\n\
             <a class=\"button{first}\" href=\"/trust/{file}{language}\">{label}</a>\n\
             <ol>\n<li>{steps}</li>\n</ol>\n</details>\n",
        id = system.id(),
        open = if open { " open" } else { "" },
        name = escape(name),
        first = if open { " first" } else { "" },
        language = match system {
            // It says what it is for.
            System::Ios => format!("?lang={}", words.tag),
            _ => String::new(),
        },
        label = escape(label),
    )
}

/// A name as HTML, so that its direction does not disturb the sentence.
fn isolated(name: &str) -> String {
    // Marks (Unicode 9.0, first strong isolate) and no element: also titles and labels carry names.
    format!("\u{2068}{}\u{2069}", escape(name))
}

fn languages(current: Language) -> String {
    let link = |language: Language| {
        let Words { tag, own_name, .. } = language.words();
        let mark = if language == current {
            " aria-current=\"true\""
        } else {
            ""
        };
        format!(
            "<a href=\"/trust?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"{mark}>{own_name}</a>"
        )
    };
    Language::ALL.into_iter().map(link).collect()
}

/// An address as a picture; nothing if it is too long for one.
fn code(address: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(address, EcLevel::M) else {
        return String::new();
    };
    let document = code
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .quiet_zone(true)
        .build();
    // Inside of a page it is an element and no document.
    document
        .find("<svg")
        .map_or(String::new(), |start| document[start..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::new("", "Inkspot on <rowan>", "AB:CD")
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere_and_leaves_no_blank() {
        for text in ["@import", "url(", "style=\"", "http://", "https://"] {
            let all = [PAGE, STYLE, SCRIPT];
            assert!(all.iter().all(|it| !it.contains(text)), "{text}");
        }
        let keys = PAGE
            .split('{')
            .skip(1)
            .map(|it| it.split_once('}').unwrap());
        for (key, _) in keys {
            assert!(key.chars().all(|it| it.is_ascii_lowercase() || it == '_'));
        }
        for language in Language::ALL {
            let here = "http://192.0.2.1:8080/trust";
            let seen = Seen {
                server: "Home {origin} `x`",
                origin: "https://192.0.2.1:8443",
                here,
            };
            let filled = page().fill(language, Some(System::Ios), seen);
            let shown = filled.replace(STYLE, "").replace(SCRIPT, "");
            let blanks = shown.replace("Home {origin} `x`", "");
            assert!(!blanks.contains(['{', '}', '`']), "{blanks}");
            assert!(shown.contains("Inkspot on &lt;rowan&gt;"), "{shown}");
            assert!(shown.contains("<details id=\"ios\" open>"), "{shown}");
            assert_eq!(shown.matches("<details").count(), 6);
            assert_eq!(shown.matches(" open>").count(), 1);
            assert!(shown.contains("<svg") && !shown.contains("<?xml"));
        }
    }

    #[test]
    fn the_policy_names_the_one_address_that_the_check_asks() {
        let policy = |origin: &str| {
            let here = "http://a:8080/trust";
            let server = "Home";
            let seen = Seen {
                server,
                origin,
                here,
            };
            let response = page().answer(Language::English, None, seen);
            let policy = &response.headers()[CONTENT_SECURITY_POLICY];
            policy.to_str().unwrap().to_owned()
        };
        let named = policy("https://a.example:8443");
        let mark = "connect-src https://a.example:8443/trust/mark.svg; img-src https://a.example:8443/trust/mark.svg";
        assert!(named.ends_with(mark), "{named}");
        assert!(named.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!named.contains("unsafe"));
        assert!(policy("https://[fd00::1]:8443").ends_with("connect-src https:; img-src https:"));
    }
}
