//! What kinds of characters there are, as far as cutting texts into words goes.

/// Whether the character is seen by nobody, so that a text means the same without it: zero-width
/// and bidirectional controls, soft hyphens, tatweel, variation selectors, fillers, tags.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{640}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether the script has no spaces between words, so that its texts are cut into pairs of
/// characters.
pub(super) fn is_dense(c: char) -> bool {
    matches!(
        c,
        // Thai, Lao
        '\u{E01}'..='\u{E3A}' | '\u{E40}'..='\u{E4E}' | '\u{E81}'..='\u{ECE}' | '\u{EDC}'..='\u{EDF}'
        // Myanmar with its extensions, Khmer
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}' | '\u{A9E0}'..='\u{A9EF}'
        | '\u{AA60}'..='\u{AA7F}' | '\u{1780}'..='\u{17D3}' | '\u{17DC}' | '\u{17DD}'
        // Tai Le, New Tai Lue, Tai Tham, Tai Viet, Balinese, Javanese
        | '\u{1950}'..='\u{1974}' | '\u{1980}'..='\u{19C9}' | '\u{1A20}'..='\u{1A7F}'
        | '\u{AA80}'..='\u{AADF}' | '\u{1B00}'..='\u{1B4C}' | '\u{A980}'..='\u{A9C0}'
        // Japanese syllables and marks of repetition, Bopomofo, Yi
        | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{303B}' | '\u{303C}'
        | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}'
        | '\u{A000}'..='\u{A48C}'
        // Chinese characters
        | '\u{2E80}'..='\u{2FDF}' | '\u{3021}'..='\u{3029}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Whether the character is a part of a Korean syllable, as folding leaves them.
pub(super) fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}')
}

/// Whether a visible character that begins so is an emoji or a sign used like one.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{203C}' | '\u{2049}' | '\u{2194}'..='\u{2199}' | '\u{21A9}' | '\u{21AA}'
        | '\u{231A}' | '\u{231B}' | '\u{2328}' | '\u{23CF}' | '\u{23E9}'..='\u{23FA}'
        | '\u{25AA}' | '\u{25AB}' | '\u{25B6}' | '\u{25C0}' | '\u{25FB}'..='\u{25FE}'
        | '\u{2600}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B05}'..='\u{2B07}'
        | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}' | '\u{3030}' | '\u{303D}'
        | '\u{1F000}'..='\u{1FAFF}'
    )
}

/// Whether the character gives the emoji before it a colour of skin.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// The decimal digit that the character is in its script.
pub(super) fn digit(c: char) -> Option<char> {
    /// The zeros of the scripts in use; the nine others follow each.
    const ZEROS: [u32; 30] = [
        0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
        0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
        0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA9D0,
    ];
    let code = u32::from(c);
    ZEROS
        .iter()
        .find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))
        .and_then(|value| char::from_digit(value, 10))
}
