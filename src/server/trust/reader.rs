//! Who reads the page: which language they want, and on which system they are. A guess for people, never
//! for rules.

use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};

use super::words::{self, Words};

/// Most bytes of `Accept-Language` that are read.
const READ: usize = 500;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    Spanish,
    Chinese,
    Arabic,
}

impl Language {
    pub const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::Chinese,
        Self::Arabic,
    ];

    /// The one asked for by `?lang=`, else the first of the browser's languages that is here.
    pub fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let chosen = query.unwrap_or_default().split('&');
        let mut chosen = chosen.filter_map(|pair| pair.strip_prefix("lang="));
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        chosen
            .find_map(Self::by_tag)
            .or_else(|| Self::accepted(accepted?))
            .unwrap_or(Self::English)
    }

    /// What it says.
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &words::en::WORDS,
            Self::German => &words::de::WORDS,
            Self::Spanish => &words::es::WORDS,
            Self::Chinese => &words::zh::WORDS,
            Self::Arabic => &words::ar::WORDS,
        }
    }

    fn by_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?.trim();
        let is = |language: &Self| language.words().tag.eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(is)
    }

    /// The most wanted of those that are here (RFC 9110, 12.5.4); the first of several equal ones.
    fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.get(..READ).unwrap_or(header).split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=");
            let weight = weight.map_or(1.0, |it| it.trim().parse().unwrap_or(0.0));
            let Some(language) = Self::by_tag(tag) else {
                continue;
            };
            if weight > best.map_or(0.0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A system with steps of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Ios,
    Mac,
    Android,
    Windows,
    Linux,
    /// Asks no system whom to trust where that is Linux.
    Firefox,
}

impl System {
    pub const ALL: [Self; 6] = [
        Self::Ios,
        Self::Android,
        Self::Windows,
        Self::Mac,
        Self::Linux,
        Self::Firefox,
    ];

    /// The one that is used, if it is known. An iPad may say that it is a Mac; the page's script knows.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let said = headers.get(USER_AGENT)?.to_str().ok()?;
        let says = |word: &str| said.contains(word);
        Some(match () {
            () if says("iPhone") || says("iPad") || says("iPod") => Self::Ios,
            () if says("Android") => Self::Android,
            () if says("Windows") => Self::Windows,
            () if says("Macintosh") => Self::Mac,
            () if says("Linux") && says("Firefox/") => Self::Firefox,
            () if says("Linux") || says("CrOS") || says("X11") => Self::Linux,
            () => return None,
        })
    }

    /// Its name in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Mac => "mac",
            Self::Android => "android",
            Self::Windows => "windows",
            Self::Linux => "linux",
            Self::Firefox => "firefox",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn language(query: Option<&str>, accepted: &str, expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::try_from(accepted).unwrap());
        assert_eq!(
            Language::of(query, &headers),
            expected,
            "{query:?} {accepted}"
        );
    }

    #[test]
    fn the_language_is_the_chosen_one_else_the_most_wanted_one() {
        language(None, "de-CH,de;q=0.9,en;q=0.8", Language::German);
        language(None, "fr, es;q=0.3, zh-Hant-TW;q=0.7", Language::Chinese);
        language(None, "AR-eg", Language::Arabic);
        language(None, "fr", Language::English);
        language(None, "de;q=0, es;q=0.1", Language::Spanish);
        language(None, "*;q=1,,;;q=,de;q=x", Language::English);
        language(Some("lang=es"), "de", Language::Spanish);
        language(Some("x=1&lang=zh-CN"), "de", Language::Chinese);
        language(Some("lang=xx"), "de", Language::German);
        assert_eq!(Language::of(None, &HeaderMap::new()), Language::English);
    }

    #[track_caller]
    fn system(said: &'static str, expected: Option<System>) {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(said));
        assert_eq!(System::of(&headers), expected, "{said}");
    }

    #[test]
    fn the_system_is_seen_by_what_browsers_say() {
        system(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            Some(System::Ios),
        );
        system(
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
            Some(System::Android),
        );
        system(
            "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0",
            Some(System::Android),
        );
        system(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
            Some(System::Windows),
        );
        system(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
            Some(System::Mac),
        );
        system(
            "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
            Some(System::Firefox),
        );
        system(
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36",
            Some(System::Linux),
        );
        system("curl/8.5.0", None);
    }
}
