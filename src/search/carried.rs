//! What a message carries: what `has:` asks for.

use super::unreadable::Unreadable;
use crate::model::{FileClass, Message, MessageKind};
use crate::store::{Reads, StoreError, files};
use crate::text::Has;

/// Every kind of thing that a message may carry.
const ALL: [Has; 6] = [
    Has::File,
    Has::Image,
    Has::Link,
    Has::Voice,
    Has::Video,
    Has::Audio,
];

/// How web addresses begin.
const LINKS: [&str; 3] = ["http://", "https://", "www."];

/// A set of kinds of things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried(u8);

impl Carried {
    /// What this message carries. Its files don't change, nor do their kinds.
    pub(super) fn by(
        reads: &dyn Reads,
        unreadable: &Unreadable,
        message: &Message,
    ) -> Result<Self, StoreError> {
        let mut carried = Self::default();
        match message.kind {
            MessageKind::Text => {}
            MessageKind::Image => carried.add(&[Has::File, Has::Image]),
            MessageKind::File => carried.add(&[Has::File]),
        }
        if has_link(&message.content) {
            carried.add(&[Has::Link]);
        }
        for &file in &message.attachments {
            carried.add(&[Has::File]);
            let found = unreadable.or_skip(files::find(reads, file))?.flatten();
            match found.map(|file| file.class) {
                Some(FileClass::Image) => carried.add(&[Has::Image]),
                Some(FileClass::Video) => carried.add(&[Has::Video]),
                // Nothing tells a voice message from another sound.
                Some(FileClass::Audio) => carried.add(&[Has::Audio, Has::Voice]),
                Some(FileClass::File) | None => {}
            }
        }
        Ok(carried)
    }

    /// Whether this is in it.
    pub(super) fn has(self, has: Has) -> bool {
        self.0 & bit(has) != 0
    }

    /// All that is in it.
    pub(super) fn iter(self) -> impl Iterator<Item = Has> {
        ALL.into_iter().filter(move |&has| self.has(has))
    }

    fn add(&mut self, all: &[Has]) {
        for &has in all {
            self.0 |= bit(has);
        }
    }
}

fn bit(has: Has) -> u8 {
    1 << match has {
        Has::File => 0,
        Has::Image => 1,
        Has::Link => 2,
        Has::Voice => 3,
        Has::Video => 4,
        Has::Audio => 5,
    }
}

/// Whether a word of the text is a web address.
fn has_link(content: &str) -> bool {
    let words = content.split_whitespace();
    let mut words = words.map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()));
    words.any(|word| {
        LINKS.iter().any(|start| {
            let head = word.get(..start.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(start)) && word.len() > start.len()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::has_link;

    #[test]
    fn web_addresses_are_seen_wherever_they_stand() {
        for text in [
            "https://a.example",
            "see (HTTP://A.example/x).",
            "look:\nwww.a.example",
            "“https://ä.example”",
        ] {
            assert!(has_link(text), "{text}");
        }
        for text in [
            "",
            "https://",
            "http",
            "awww.b",
            "a.example",
            "ftp://a.example",
            "日本https",
        ] {
            assert!(!has_link(text), "{text}");
        }
    }
}
