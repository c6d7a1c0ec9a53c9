//! How names are compared: two usernames that fold to the same text are the same name.
//!
//! Which characters a name may have is a rule, and those are `service`'s.

use unicode_normalization::UnicodeNormalization;

/// The form in which names are compared and looked up: NFKC, case folded, NFKC again.
///
/// Going over capitals folds what lower case alone leaves apart (`ß` and `ss`, `ς` and `σ`).
/// Folding twice changes nothing more.
pub fn fold(text: &str) -> String {
    let small = text.nfkc().flat_map(char::to_lowercase);
    let small = small
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    small.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::fold;
    use proptest::prelude::*;

    #[test]
    fn names_that_look_alike_fold_to_the_same_text() {
        for (one, other) in [
            ("Anna", "anna"),
            ("ＡＮＮＡ", "anna"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "straße"),
            ("ſam", "Sam"),
            ("e\u{301}ric", "Éric"),
            ("ﬁona", "FIONA"),
            ("ΟΔΟΣ", "οδος"),
            ("K\u{212a}", "kk"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
            assert_eq!(fold(&fold(one)), fold(one), "{one}");
        }
        assert_ne!(fold("anna"), fold("anne"));
        assert_ne!(fold("eric"), fold("éric"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }

    #[test]
    fn every_single_character_folds_once_and_for_all() {
        for c in '\0'..=char::MAX {
            let folded = fold(&c.to_string());
            assert_eq!(fold(&folded), folded, "U+{:04X}", u32::from(c));
        }
    }
}
