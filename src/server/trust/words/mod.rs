//! What the page says, a file per language: one that lacks a sentence does not compile.
//!
//! `{name}` is the server's name, `{authority}` what devices list its authority as; what stands between
//! backticks is typed or named exactly so. Names of menus are those of the systems in that language.

pub(in crate::server::trust) mod ar;
pub(in crate::server::trust) mod de;
pub(in crate::server::trust) mod en;
pub(in crate::server::trust) mod es;
pub(in crate::server::trust) mod zh;

/// All sentences of one language.
pub(super) struct Words {
    /// Its tag.
    pub tag: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// What it calls itself.
    pub own_name: &'static str,
    /// What the choice of languages is called.
    pub languages: &'static str,
    pub title: &'static str,
    pub lede: &'static str,
    /// The live check: being made; it does; it does not yet; what it can't tell.
    pub looking: &'static str,
    pub trusts: &'static str,
    pub not_yet: &'static str,
    pub passed_by: &'static str,
    /// The check for who runs no script: what a tick before the sentence means, what stands for none.
    pub scriptless: &'static str,
    pub no_tick: &'static str,
    pub open: &'static str,
    /// Headings of the steps: of the system that is used, of the others, of all when it is unknown.
    pub here: &'static str,
    pub others: &'static str,
    pub each: &'static str,
    pub download: &'static str,
    pub download_profile: &'static str,
    pub ios: Steps,
    pub android: Steps,
    pub windows: Steps,
    pub mac: Steps,
    pub linux: Steps,
    pub firefox: Steps,
    pub compare_title: &'static str,
    pub compare: &'static str,
    pub power_title: &'static str,
    /// Also in the profile.
    pub power: &'static str,
    pub elsewhere_title: &'static str,
    pub elsewhere: &'static str,
    pub code: &'static str,
    /// What the profile is for.
    pub profile: &'static str,
}

/// How one system learns it, after the download.
pub(super) struct Steps {
    pub system: &'static str,
    pub steps: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::super::reader::Language;
    use super::*;

    fn steps(words: &Words) -> [&Steps; 6] {
        [
            &words.ios,
            &words.android,
            &words.windows,
            &words.mac,
            &words.linux,
            &words.firefox,
        ]
    }

    /// Places and typed words of a sentence.
    fn fixed(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
        for place in ["{name}", "{authority}"] {
            found.extend(text.matches(place));
        }
        found
    }

    #[test]
    fn all_languages_say_the_same_with_the_same_places_and_typed_words() {
        let english = Language::English.words();
        for language in Language::ALL {
            let words = language.words();
            for (one, other) in steps(words).into_iter().zip(steps(english)) {
                assert_eq!(one.steps.len(), other.steps.len(), "{}", one.system);
                for (one, other) in one.steps.iter().zip(other.steps) {
                    assert_eq!(fixed(one), fixed(other), "{one}");
                }
            }
            for (one, other) in [
                (words.title, english.title),
                (words.lede, english.lede),
                (words.trusts, english.trusts),
                (words.not_yet, english.not_yet),
                (words.scriptless, english.scriptless),
                (words.open, english.open),
                (words.power, english.power),
                (words.profile, english.profile),
            ] {
                assert_eq!(fixed(one), fixed(other), "{one}");
            }
        }
    }
}
