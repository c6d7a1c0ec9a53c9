//! What people may type: the limits and forms of single values.
//!
//! Every limit of a field is on this one screen. No state is read here.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Answer, ServiceError};
use crate::model::name::fold;

/// Longest username, in characters after folding.
pub const USERNAME_MAX: usize = 32;
/// Longest display name, in characters.
pub const DISPLAY_NAME_MAX: usize = 64;
/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 8;
/// Longest password, in characters.
pub const PASSWORD_MAX: usize = 256;
/// Longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Longest group title, in characters.
pub const TITLE_MAX: usize = 100;
/// Longest message, in characters.
pub const CONTENT_MAX: usize = 8000;
/// Most members of a group. "Everyone" is not bound by it.
pub const MEMBERS_MAX: u32 = 5000;
/// Most names in one call.
pub const NAMES_MAX: usize = 200;
/// Longest part of a list.
pub const PAGE_MAX: u32 = 100;
/// Longest description of a device that is kept, in characters; the rest is cut.
pub const USER_AGENT_MAX: usize = 200;

/// A username as it is kept (NFKC), for which [`fold`] gives what makes it unique.
pub fn username(typed: &str) -> Answer<String> {
    const FIELD: &str = "username";
    const FORM: &str = "Please use letters, digits, dots, dashes and underscores, starting with \
                        a letter or a digit.";
    const SCRIPTS: &str = "Please don't mix letters of different scripts that look alike.";
    let invalid = |message| {
        let field = FIELD;
        Err(ServiceError::InvalidField { field, message })
    };
    not_endless(FIELD, typed, USERNAME_MAX)?;
    let kept: String = typed.nfkc().collect();
    let folded = fold(&kept);
    bounded(FIELD, &folded, 1, USERNAME_MAX)?;
    bounded(FIELD, &kept, 1, USERNAME_MAX)?;
    if !folded.starts_with(char::is_alphanumeric) || !folded.chars().all(in_username) {
        return invalid(FORM);
    }
    let mut scripts = folded.chars().filter_map(lookalike_script);
    if let Some(first) = scripts.next()
        && scripts.any(|other| other != first)
    {
        return invalid(SCRIPTS);
    }
    Ok(kept)
}

/// Whether a folded username may have this character. Marks are letters' parts in many scripts.
pub(super) fn in_username(c: char) -> bool {
    let mark = is_combining_mark(c);
    (c.is_alphanumeric() || mark || matches!(c, '.' | '_' | '-')) && !is_invisible(c)
}

/// The scripts whose letters are easily taken for each other's.
fn lookalike_script(c: char) -> Option<u8> {
    match c {
        'a'..='z' | '\u{df}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(0),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(1),
        '\u{400}'..='\u{52f}' => Some(2),
        '\u{530}'..='\u{58f}' => Some(3),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some(4),
        _ => None,
    }
}

/// What shows nothing, or changes how the text around it is shown: zero-width characters,
/// fillers, variation selectors, marks of direction, tags.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A display name: trimmed, NFC, one line, nothing that turns or hides text. Joiners and
/// variation selectors are allowed inside, as emoji and some scripts need them.
pub fn display_name(typed: &str) -> Answer<String> {
    line("displayName", typed, DISPLAY_NAME_MAX)
}

/// A group's title, under the same rules as display names.
pub fn title(typed: &str) -> Answer<String> {
    line("title", typed, TITLE_MAX)
}

fn line(field: &'static str, typed: &str, max: usize) -> Answer<String> {
    not_endless(field, typed, max)?;
    let kept: String = typed.trim().nfc().collect();
    bounded(field, &kept, 1, max)?;
    let needed_by_text = |c| matches!(c, '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    if kept
        .chars()
        .any(|c| c.is_control() || (is_invisible(c) && !needed_by_text(c)))
    {
        let message = "Please use one line of plain text, without invisible characters.";
        return Err(ServiceError::InvalidField { field, message });
    }
    if kept.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(ServiceError::TooShort { field, limit: 1 });
    }
    Ok(kept)
}

/// A new password in the form that is hashed: other spaces become plain ones, then NFKC (like
/// `SASLprep`), no control characters. Never cut.
pub fn new_password(field: &'static str, typed: &str) -> Answer<String> {
    if typed.len() > PASSWORD_BYTES_MAX {
        let limit = PASSWORD_MAX as u64;
        return Err(ServiceError::TooLong { field, limit });
    }
    let kept = password(typed);
    bounded(field, &kept, PASSWORD_MIN, PASSWORD_MAX)?;
    if kept.chars().any(char::is_control) {
        let message = "Please use a password without control characters.";
        return Err(ServiceError::InvalidField { field, message });
    }
    Ok(kept)
}

/// A password given again, in the form that is hashed; `None` when it is too long to be anyone's.
pub fn given_password(typed: &str) -> Option<String> {
    (typed.len() <= PASSWORD_BYTES_MAX).then(|| password(typed))
}

fn password(typed: &str) -> String {
    let plain = |c: char| {
        if c.is_whitespace() && !c.is_control() {
            ' '
        } else {
            c
        }
    };
    typed.chars().map(plain).nfkc().collect()
}

/// What a message says: kept as it is typed, but not blank.
pub fn content(typed: &str) -> Answer<()> {
    const FIELD: &str = "content";
    bounded(FIELD, typed, 1, CONTENT_MAX)?;
    caption(typed)?;
    if typed
        .chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
    {
        let (field, message) = (FIELD, "Please write something.");
        return Err(ServiceError::InvalidField { field, message });
    }
    Ok(())
}

/// What a message says that may also say nothing: kept as it is typed.
pub fn caption(typed: &str) -> Answer<()> {
    const FIELD: &str = "content";
    bounded(FIELD, typed, 0, CONTENT_MAX)?;
    if typed.contains('\0') {
        let (field, message) = (FIELD, "A message can't hold the character NUL.");
        return Err(ServiceError::InvalidField { field, message });
    }
    Ok(())
}

/// Usernames given to find people by. Whether anybody has them is decided later.
pub fn names(given: &[String]) -> Answer<Vec<String>> {
    const FIELD: &str = "members";
    if given.len() > NAMES_MAX {
        let (field, limit) = (FIELD, NAMES_MAX as u64);
        return Err(ServiceError::TooLong { field, limit });
    }
    for name in given {
        not_endless(FIELD, name, USERNAME_MAX)?;
    }
    Ok(given.to_vec())
}

/// A number between two limits, both included.
pub fn number(field: &'static str, given: u32, least: u32, most: u32) -> Answer<u32> {
    if given < least {
        let limit = u64::from(least);
        return Err(ServiceError::TooShort { field, limit });
    }
    if given > most {
        let limit = u64::from(most);
        return Err(ServiceError::TooLong { field, limit });
    }
    Ok(given)
}

/// The length of a part of a list.
pub fn page_limit(given: u32) -> Answer<usize> {
    number("limit", given, 1, PAGE_MAX).map(|limit| limit as usize)
}

/// A text's length in characters between two limits, both included.
pub fn bounded(field: &'static str, text: &str, least: usize, most: usize) -> Answer<()> {
    // Only as far as it matters: a text can be long.
    let count = text.chars().take(most.saturating_add(1)).count();
    if count < least {
        let limit = least as u64;
        return Err(ServiceError::TooShort { field, limit });
    }
    if count > most {
        let limit = most as u64;
        return Err(ServiceError::TooLong { field, limit });
    }
    Ok(())
}

/// Refuses a text that is far over its limit before any work is done on it: normalising can make
/// one shorter, but not as much as that.
fn not_endless(field: &'static str, text: &str, most: usize) -> Answer<()> {
    let limit = most as u64;
    bounded(field, text, 0, most * 4).map_err(|_| ServiceError::TooLong { field, limit })
}

/// A device's own description, cut to what is kept and without what could harm a list.
pub fn user_agent(given: &str) -> String {
    let shown = |c: &char| !(c.is_control() || is_invisible(*c));
    given.chars().filter(shown).take(USER_AGENT_MAX).collect()
}

/// How names are put in order: folded and without accents.
pub fn search_form(text: &str) -> String {
    let bare = fold(text);
    bare.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// A display name for who gave none: the username.
pub fn display_name_or<'a>(typed: Option<&'a str>, username: &'a str) -> Answer<Cow<'a, str>> {
    match typed.map(str::trim).filter(|typed| !typed.is_empty()) {
        Some(typed) => display_name(typed).map(Cow::Owned),
        None => Ok(Cow::Borrowed(username)),
    }
}
