//! The catalog: every table, its key, its value. Written once; nothing else knows a prefix.
//!
//! One key space. A key is the table's byte followed by fixed-width big-endian parts, so that
//! byte order is the order of the parts. Where a part is text (a name, a code), the first half
//! of its SHA-256 stands for it.
//!
//! | table | key | value |
//! |---|---|---|
//! | `Meta` | name (1) | what the name says |
//! | `Accounts` | user (8) | account v1 |
//! | `Usernames` | hash of the folded name (16) | user |
//! | `Admins` | user (8), administrators who are not disabled | nothing |
//! | `Sessions` | session (16) | session v1 |
//! | `SessionTokens` | SHA-256 of the token (32) | session |
//! | `UserSessions` | user (8), session (16) | nothing |
//! | `ResetLinks` | user (8) | reset link v1 |
//! | `Invites` | invite (16) | invite v1 |
//! | `InviteCodes` | hash of the code (16) | invite |
//! | `UserInvites` | user (8), invite (16) | nothing |
//! | `Conversations` | conversation (8) | conversation v1 |
//! | `Directs` | lower user (8), higher user (8) | conversation |
//! | `Members` | conversation (8), user (8) | member v1 |
//! | `UserConversations` | user (8), conversation (8) | nothing |
//! | `GroupStates` | conversation (8), of groups that are not open | 1: read-only; 2: being erased |
//! | `Drafts` | user (8), conversation (8), part (2) | part 0: draft v1 with the first bytes of the body; then the next bytes |
//! | `Messages` | conversation (8), seq (8) | message v1 with the first bytes of the body |
//! | `MessageParts` | conversation (8), seq (8), part (2) | the next bytes of the body |
//! | `MessageHistory` | conversation (8), seq (8), version (2), part (2) | part 0: version v1 with the first bytes of the body; then the next bytes |
//! | `MessagePages` | conversation (8), seq of the first (8) | page v1: the rows of older messages that follow each other |
//! | `Mentions` | user (8), 0 for everybody in a group; conversation (8), seq (8) | sender (8) |
//! | `ClientIds` | sender (8), hash of the client id (16) | conversation (8), seq (8) |
//! | `Files` | file (16) | file v1 |
//! | `LooseFiles` | when it was complete (8), file (16), of those that nothing holds | nothing |
//! | `ConversationFiles` | conversation (8), class (1), seq (8), place in the message (1) | file |
//! | `BlobRefs` | SHA-256 of a content (32) | how many files and thumbnails it is (8) |
//! | `FileUsage` | user (8) | bytes of all their files (8) |
//! | `FileQuotas` | user (8), of those with a limit of their own | bytes (8) |
//! | `Log` | event (8) | log entry v1 |
//!
//! "Nothing" and bare ids are raw bytes without a version: they can't change.

use sha2::{Digest, Sha256};

/// The format of a whole database. Raised when a table is added or a record gets a new version,
/// so that an older Inkspot refuses instead of misreading.
pub const FORMAT: u32 = 1;

/// A table's byte. Never reused for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// Facts about the installation; see [`Meta`].
    Meta = 0x01,
    /// People.
    Accounts = 0x10,
    /// People by name.
    Usernames = 0x11,
    /// Active administrators.
    Admins = 0x12,
    /// Signed-in devices.
    Sessions = 0x18,
    /// Devices by token.
    SessionTokens = 0x19,
    /// Devices by person.
    UserSessions = 0x1a,
    /// Links to a new password, by person.
    ResetLinks = 0x1b,
    /// Invites.
    Invites = 0x20,
    /// Invites by code.
    InviteCodes = 0x21,
    /// Invites by who made them.
    UserInvites = 0x22,
    /// Conversations.
    Conversations = 0x28,
    /// Direct conversations by pair.
    Directs = 0x29,
    /// Members by conversation.
    Members = 0x2a,
    /// Conversations by member.
    UserConversations = 0x2b,
    /// What people began to write.
    Drafts = 0x2c,
    /// Groups that are not open.
    GroupStates = 0x2d,
    /// Messages by place.
    Messages = 0x30,
    /// What of a long message did not fit into its row.
    MessageParts = 0x31,
    /// Messages by the sender's own name for them.
    ClientIds = 0x32,
    /// What messages said before they were changed.
    MessageHistory = 0x33,
    /// Messages by whom they name.
    Mentions = 0x35,
    /// Files.
    Files = 0x38,
    /// Files that nothing holds, the oldest first.
    LooseFiles = 0x39,
    /// Files by where they were sent.
    ConversationFiles = 0x3a,
    /// How often each content is needed.
    BlobRefs = 0x3b,
    /// How much each person keeps here.
    FileUsage = 0x3c,
    /// How much those may keep who have a limit of their own.
    FileQuotas = 0x3d,
    /// Older messages, many to a row.
    MessagePages = 0x34,
    /// Events.
    Log = 0x40,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::Meta,
        Self::Accounts,
        Self::Usernames,
        Self::Admins,
        Self::Sessions,
        Self::SessionTokens,
        Self::UserSessions,
        Self::ResetLinks,
        Self::Invites,
        Self::InviteCodes,
        Self::UserInvites,
        Self::Conversations,
        Self::Directs,
        Self::Members,
        Self::UserConversations,
        Self::Drafts,
        Self::GroupStates,
        Self::Messages,
        Self::MessageParts,
        Self::ClientIds,
        Self::MessageHistory,
        Self::Mentions,
        Self::Files,
        Self::LooseFiles,
        Self::ConversationFiles,
        Self::BlobRefs,
        Self::FileUsage,
        Self::FileQuotas,
        Self::MessagePages,
        Self::Log,
    ];

    /// What the catalog calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "Meta",
            Self::Accounts => "Accounts",
            Self::Usernames => "Usernames",
            Self::Admins => "Admins",
            Self::Sessions => "Sessions",
            Self::SessionTokens => "SessionTokens",
            Self::UserSessions => "UserSessions",
            Self::ResetLinks => "ResetLinks",
            Self::Invites => "Invites",
            Self::InviteCodes => "InviteCodes",
            Self::UserInvites => "UserInvites",
            Self::Conversations => "Conversations",
            Self::Directs => "Directs",
            Self::Members => "Members",
            Self::UserConversations => "UserConversations",
            Self::Drafts => "Drafts",
            Self::GroupStates => "GroupStates",
            Self::Messages => "Messages",
            Self::MessageParts => "MessageParts",
            Self::ClientIds => "ClientIds",
            Self::MessageHistory => "MessageHistory",
            Self::Mentions => "Mentions",
            Self::Files => "Files",
            Self::LooseFiles => "LooseFiles",
            Self::ConversationFiles => "ConversationFiles",
            Self::BlobRefs => "BlobRefs",
            Self::FileUsage => "FileUsage",
            Self::FileQuotas => "FileQuotas",
            Self::MessagePages => "MessagePages",
            Self::Log => "Log",
        }
    }
}

/// The rows of [`Table::Meta`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Meta {
    /// [`FORMAT`], four bytes big-endian: readable by every version for ever.
    Format = 0x01,
    /// The installation's epoch, setup token, secret.
    Installation = 0x02,
    /// How many accounts there are, eight bytes big-endian.
    AccountCount = 0x03,
    /// The conversation that everybody joins, eight bytes big-endian.
    Everyone = 0x04,
    /// What administrators settled for the installation; house v1.
    House = 0x05,
}

/// A key, inline. At most [`Key::MAX`] bytes.
#[derive(Clone, Copy)]
pub struct Key {
    len: u8,
    bytes: [u8; Self::MAX],
}

impl Key {
    /// The longest key: a table byte, a SHA-256, and a byte for "just behind".
    pub const MAX: usize = 34;

    /// The key that a table's keys begin with.
    pub fn new(table: Table) -> Self {
        let mut bytes = [0; Self::MAX];
        bytes[0] = table as u8;
        Self { len: 1, bytes }
    }

    /// The key of a fact about the installation.
    pub fn meta(meta: Meta) -> Self {
        Self::new(Table::Meta).push(&[meta as u8])
    }

    /// Adds a part as it is.
    #[must_use]
    pub fn push(mut self, part: &[u8]) -> Self {
        let from = usize::from(self.len);
        let to = (from + part.len()).min(Self::MAX);
        self.bytes[from..to].copy_from_slice(&part[..to - from]);
        self.len = u8::try_from(to).unwrap_or(u8::MAX);
        self
    }

    /// Adds a number of 64 bits.
    #[must_use]
    pub fn u64(self, part: u64) -> Self {
        self.push(&part.to_be_bytes())
    }

    /// Adds a number of 128 bits.
    #[must_use]
    pub fn u128(self, part: u128) -> Self {
        self.push(&part.to_be_bytes())
    }

    /// Adds what stands for a text.
    #[must_use]
    pub fn text(self, part: &str) -> Self {
        self.push(&Sha256::digest(part.as_bytes())[..16])
    }

    /// A key read from a table.
    pub fn from_slice(key: &[u8]) -> Self {
        let empty = Self {
            len: 0,
            bytes: [0; Self::MAX],
        };
        empty.push(key)
    }

    /// The smallest key greater than `key`, for going on behind it.
    pub fn behind(key: &[u8]) -> Self {
        Self::from_slice(key).push(&[0])
    }

    /// The smallest key greater than every key that begins with this one.
    #[must_use]
    pub fn end_of_prefix(mut self) -> Self {
        while let Some(last) = usize::from(self.len).checked_sub(1) {
            if self.bytes[last] < u8::MAX {
                self.bytes[last] += 1;
                return self;
            }
            self.len -= 1;
        }
        self
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl std::fmt::Display for Key {
    /// In hexadecimal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in self.as_slice() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl std::borrow::Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        self.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_sort_as_their_parts_do(
            one: (u64, u128, [u8; 2]),
            other: (u64, u128, [u8; 2]),
            close: bool,
        ) {
            let other = if close { (one.0, one.1, other.2) } else { other };
            let key = |parts: (u64, u128, [u8; 2])| {
                Key::new(Table::Members).u64(parts.0).u128(parts.1).push(&parts.2)
            };
            prop_assert_eq!(key(one).cmp(&key(other)), one.cmp(&other));
        }

        #[test]
        fn a_prefix_ends_right_behind_its_last_key(conversation: u64, seq: u64, other: u64) {
            let prefix = Key::new(Table::Messages).u64(conversation);
            let inside = prefix.u64(seq);
            let end = prefix.end_of_prefix();
            prop_assert!(prefix < inside && inside < end);
            prop_assert!(inside < Key::behind(inside.as_slice()));
            prop_assert!(Key::behind(inside.as_slice()) <= prefix.u64(seq.saturating_add(1)).max(end));
            let outside = Key::new(Table::Messages).u64(other).u64(seq);
            prop_assert_eq!(other == conversation, prefix <= outside && outside < end);
        }
    }

    #[test]
    fn the_end_of_a_prefix_carries_over() {
        let all = Key::new(Table::Members).u64(u64::MAX);
        assert_eq!(all.end_of_prefix(), Key::new(Table::UserConversations));
        let longest = Key::new(Table::SessionTokens).push(&[0xff; 32]);
        assert_eq!(longest.as_slice().len(), Key::MAX - 1);
        assert!(Key::behind(longest.as_slice()) > longest);
    }
}
