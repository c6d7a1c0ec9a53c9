//! Files as they are kept: what is known of one, and what holds it.

use super::ids::{ConversationId, FileId, MessageId, UserId};
use crate::base::clock::Timestamp;

/// SHA-256 of a content, by which it is found among the blobs.
pub type ContentHash = [u8; 32];

/// What a file is for people, told by its content alone.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = FileKind)]
#[ts(rename = "FileKind")]
pub enum FileClass {
    /// A picture with known sides.
    Image,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// Anything else.
    File,
}

/// A small still of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// The longest side that it was made for, in pixels: 320 or 1280.
    pub side: u32,
    /// Its content.
    pub hash: ContentHash,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its media type.
    pub mime: String,
    /// In bytes.
    pub size: u64,
}

/// What holds a file. Who may see that may see the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    /// Nothing yet: only its owner sees it, and it goes away by itself.
    Unattached,
    /// A message.
    Message(MessageId),
    /// A person or a group has it for a face.
    Avatar(AvatarOf),
}

/// Whose face a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarOf {
    /// A person's.
    User(UserId),
    /// A group's.
    Conversation(ConversationId),
}

/// A file that arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// 128 random bits; the same as those of its upload.
    pub id: FileId,
    /// Who brought it, and whose quota it counts against.
    pub owner: UserId,
    /// At most 255 bytes, safe as a file's name on any system.
    pub name: String,
    /// Its media type, told by its content.
    pub mime: String,
    /// What it is for people.
    pub class: FileClass,
    /// Whether browsers may show it in place; everything else is downloaded.
    pub inline: bool,
    /// Its content.
    pub hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// How many bytes were uploaded, before metadata was taken out.
    pub received: u64,
    /// Width and height in pixels as shown, of a picture.
    pub sides: Option<(u32, u32)>,
    /// A blurred preview of a picture (`ThumbHash`), at most a few dozen bytes.
    pub placeholder: Vec<u8>,
    /// Smaller stills of a picture, the smallest first.
    pub thumbnails: Vec<Thumbnail>,
    /// When it was complete.
    pub created_at: Timestamp,
    /// What holds it.
    pub used: FileUse,
}

impl File {
    /// All contents that it keeps, its own first.
    pub fn hashes(&self) -> impl Iterator<Item = &ContentHash> {
        std::iter::once(&self.hash).chain(self.thumbnails.iter().map(|small| &small.hash))
    }

    /// Bytes of all its contents: what it takes of its owner's quota.
    pub fn weight(&self) -> u64 {
        let smaller = self.thumbnails.iter().map(|small| small.size);
        smaller.fold(self.size, u64::saturating_add)
    }
}
