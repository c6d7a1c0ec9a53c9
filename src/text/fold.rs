//! Folding: what is typed in different ways and means the same becomes one text.
//!
//! Compatibility forms (NFKC) and case are folded everywhere. Marks are folded where people leave
//! them out when they type, and kept where they make another letter that people type as such:
//!
//! | script | folded | kept |
//! |---|---|---|
//! | Latin | all accents (`é`, `ü`, Vietnamese), `ß`→`ss`, `ø ł đ ı æ œ þ`→`o l d i ae oe th` | |
//! | Greek | accents, breathings, final sigma | |
//! | Cyrillic | stress marks, `ё`→`е` | `й ў ї ѓ ќ` |
//! | Hebrew | points, final letters | |
//! | Arabic | vowel signs, tatweel, forms of alef, `ى ی`→`ي`, `ک`→`ك`, `ة ہ`→`ه` | hamza on `و ي` |
//! | Devanagari | nukta, candrabindu→anusvara | vowel signs, virama |
//! | Japanese | katakana→hiragana, half-width forms | dakuten, handakuten |
//! | Korean | syllables become their keystrokes, so that a half-typed one is a beginning | |
//! | other | marks that belong to no script | all their own signs |
//!
//! Digits of all scripts become `0`–`9`. Simplified and traditional Chinese stay apart.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::script::{digit, is_ignorable, is_jamo};

/// Characters of one visible character that count; what else is piled on it is ignored.
const MAX_CLUSTER: usize = 32;

/// Appends the folded form of one visible character: letters, digits and their marks. Nothing, if it
/// has none.
pub(super) fn fold_into(folded: &mut String, cluster: &str) {
    if let [byte] = cluster.as_bytes() {
        if byte.is_ascii_alphanumeric() {
            folded.push(char::from(byte.to_ascii_lowercase()));
        }
        return;
    }
    let mut letters = String::new();
    let mut base = ' ';
    for c in decomposed(cluster) {
        if is_combining_mark(c) {
            letters.extend(mark(base, c));
        } else if c == '\u{2044}' {
            // A fraction such as ½ would read as 12.
            folded.extend(cluster.chars().next());
            return;
        } else {
            base = c;
            push_letter(&mut letters, c);
        }
    }
    if letters.chars().any(is_jamo) {
        letters.chars().for_each(|c| push_keystrokes(folded, c));
    } else {
        let letters = letters.nfc().map(hiragana);
        folded.extend(letters.map(|c| digit(c).unwrap_or(c)));
    }
}

/// The cluster in small letters, taken apart; at most [`MAX_CLUSTER`] of its characters.
fn decomposed(cluster: &str) -> impl Iterator<Item = char> {
    let seen = cluster.chars().filter(|c| !is_ignorable(*c));
    let small = seen
        .take(MAX_CLUSTER)
        .nfkc()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    small.nfkd().collect::<Vec<_>>().into_iter()
}

/// What becomes of a mark on `base`.
fn mark(base: char, mark: char) -> Option<char> {
    match (base, mark) {
        // й ў ї ѓ ќ, and hamza where it makes another letter.
        ('и' | 'у', '\u{306}')
        | ('і', '\u{308}')
        | ('г' | 'к', '\u{301}')
        | ('و' | 'ي', '\u{654}') => Some(mark),
        (_, '\u{901}') => Some('\u{902}'),
        _ if is_left_out(mark) => None,
        _ => Some(mark),
    }
}

/// Whether people leave the mark out when they type: marks for any script, Hebrew points, Arabic
/// vowel signs, nukta.
fn is_left_out(mark: char) -> bool {
    matches!(
        mark,
        '\u{300}'..='\u{36F}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5C7}'
            | '\u{610}'..='\u{61A}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{6D6}'..='\u{6ED}'
            | '\u{8D3}'..='\u{8FF}'
            | '\u{93C}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Appends what people type for the letter, if it is one.
fn push_letter(letters: &mut String, c: char) {
    letters.push_str(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ĸ' => "k",
        'ŋ' => "n",
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        'ة' | 'ہ' | 'ە' => "ه",
        c if c.is_alphanumeric() => return letters.push(c),
        _ => "",
    });
}

/// Katakana as hiragana.
fn hiragana(c: char) -> char {
    match c {
        '\u{30A1}'..='\u{30F6}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// Appends a part of a Korean syllable as the keys that are pressed for it: a consonant at the end
/// is the same key as at the beginning of the next syllable, and doubled vowels are two.
fn push_keystrokes(folded: &mut String, jamo: char) {
    /// The keys for the consonants that may end a syllable, from U+11A8 on.
    const FINALS: [&str; 27] = [
        "ᄀ", "ᄁ", "ᄀᄉ", "ᄂ", "ᄂᄌ", "ᄂᄒ", "ᄃ", "ᄅ", "ᄅᄀ", "ᄅᄆ", "ᄅᄇ", "ᄅᄉ",
        "ᄅᄐ", "ᄅᄑ", "ᄅᄒ", "ᄆ", "ᄇ", "ᄇᄉ", "ᄉ", "ᄊ", "ᄋ", "ᄌ", "ᄎ", "ᄏ", "ᄐ", "ᄑ",
        "ᄒ",
    ];
    let last = u32::from(jamo).checked_sub(0x11A8);
    let keys = last
        .and_then(|at| usize::try_from(at).ok())
        .and_then(|at| FINALS.get(at));
    folded.push_str(match jamo {
        'ᅪ' => "ᅩᅡ",
        'ᅫ' => "ᅩᅢ",
        'ᅬ' => "ᅩᅵ",
        'ᅯ' => "ᅮᅥ",
        'ᅰ' => "ᅮᅦ",
        'ᅱ' => "ᅮᅵ",
        'ᅴ' => "ᅳᅵ",
        other => match keys {
            Some(keys) => keys,
            None => return folded.push(other),
        },
    });
}
