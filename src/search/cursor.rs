//! Where a search goes on.

use std::fmt;
use std::str::FromStr;

use crate::base::clock::Timestamp;

/// Where the next page of a search begins. Opaque to clients: they get it as text and give
/// it back with the same search. It stays good when messages come in, and when the index is built
/// anew: then a message of the same millisecond may come twice, but none is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The numbering of the documents that `doc` means.
    pub(super) numbering: u64,
    /// What is found next is older than this document.
    pub(super) doc: u32,
    /// When its message was sent.
    pub(super) at: Timestamp,
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor from an earlier page")]
pub struct BadCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}-{:x}", self.numbering, self.doc, self.at.0)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let parts: Vec<&str> = text.splitn(4, '-').collect();
        let [numbering, doc, at] = parts[..] else {
            return Err(BadCursor);
        };
        Ok(Self {
            numbering: hex(numbering)?,
            doc: u32::try_from(hex(doc)?).map_err(|_| BadCursor)?,
            at: Timestamp(hex(at)?),
        })
    }
}

/// The number that only this text means.
fn hex(text: &str) -> Result<u64, BadCursor> {
    let number = u64::from_str_radix(text, 16).map_err(|_| BadCursor)?;
    let same = format!("{number:x}") == text;
    same.then_some(number).ok_or(BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_survives_the_wire(numbering: u64, doc: u32, at: u64) {
            let cursor = Cursor { numbering, doc, at: Timestamp(at) };
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }

        #[test]
        fn only_one_text_is_a_cursor(text in "[0-9a-fA-F+-]{0,12}") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }

    #[test]
    fn nonsense_is_no_cursor() {
        for text in [
            "",
            "--",
            "1-2",
            "1-2-3-4",
            "01-2-3",
            "1-100000000-3",
            "x-1-2",
            "+1-2-3",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text}");
        }
    }
}
