//! Telephone numbers, which people write with spaces, brackets and hyphens in any place.

/// A number that looks like one to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    /// Its digits, and its digits without what may stand before the national number.
    pub terms: Vec<String>,
    /// How many runs of digits it is written in.
    pub groups: u32,
    /// Where it ends in the text, in bytes.
    pub end: usize,
}

/// Digits that a telephone number has: at least, at most.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The telephone number whose first digit stands at `start`, if it says that it is one by
/// beginning with `+`, `(` or `0`; and where it ends.
pub(super) fn read(text: &str, start: usize) -> Option<(Phone, usize)> {
    let before = text.as_bytes()[..start].last();
    let rest = &text.as_bytes()[start..];
    if !matches!(before, Some(b'+' | b'(')) && rest.first() != Some(&b'0') {
        return None;
    }
    let (digits, groups, length) = groups(rest);
    if !DIGITS.contains(&digits.len()) {
        return None;
    }
    let (international, digits) = match digits.strip_prefix("00") {
        Some(rest) => (true, rest),
        None => (before == Some(&b'+'), digits.as_str()),
    };
    let mut terms = vec![digits.to_owned()];
    if international {
        // The country's code has one to three digits.
        terms.extend((1..=3).filter_map(|code| digits.get(code..).map(str::to_owned)));
    } else if let Some(national) = digits.strip_prefix('0') {
        terms.push(national.to_owned());
    }
    terms.retain(|term| term.len() >= 6);
    let end = start + length;
    let phone = Phone { terms, groups, end };
    Some((phone, end))
}

/// The digits of the groups that `text` begins with, how many groups, how many bytes.
fn groups(text: &[u8]) -> (String, u32, usize) {
    let mut digits = String::new();
    let (mut count, mut end, mut at) = (0, 0, 0);
    loop {
        let run = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let after = text.get(at + run).copied().unwrap_or(b' ');
        let is_word = after.is_ascii_alphabetic() || after == b'_' || !after.is_ascii();
        if run == 0 || is_word || digits.len() + run > *DIGITS.end() {
            return (digits, count, end);
        }
        let run_digits = &text[at..at + run];
        // The zero of `+49 (0)170` is dialled by those at home.
        let bracketed = at > 0 && text[at - 1] == b'(' && after == b')' && run_digits == b"0";
        if !bracketed {
            digits.extend(run_digits.iter().map(|b| char::from(*b)));
        }
        count += 1;
        end = at + run;
        let gap = text[end..].iter().take_while(|b| b" -./()".contains(b));
        at = end + gap.count().min(3);
    }
}
