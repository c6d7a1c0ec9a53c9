//! A file on disk: the record behind the table `Files`.

use serde::{Deserialize, Serialize};

use super::codec::record_v1;
use crate::base::clock::Timestamp;
use crate::model::file::ContentHash;
use crate::model::{
    AvatarOf, ConversationId, File, FileClass, FileId, FileUse, MessageId, Seq, Thumbnail, UserId,
};

#[derive(Serialize, Deserialize)]
struct ThumbnailV1 {
    side: u32,
    hash: ContentHash,
    width: u32,
    height: u32,
    mime: String,
    size: u64,
}

#[derive(Serialize, Deserialize)]
enum UseV1 {
    Unattached,
    Message { conversation: u64, seq: u64 },
    UserAvatar(u64),
    ConversationAvatar(u64),
}

#[derive(Serialize, Deserialize)]
enum ClassV1 {
    Image,
    Video,
    Audio,
    File,
}

#[derive(Serialize, Deserialize)]
struct FileV1 {
    id: u128,
    owner: u64,
    name: String,
    mime: String,
    class: ClassV1,
    inline: bool,
    hash: ContentHash,
    size: u64,
    received: u64,
    sides: Option<(u32, u32)>,
    placeholder: Vec<u8>,
    thumbnails: Vec<ThumbnailV1>,
    created_at: u64,
    used: UseV1,
}

impl From<&File> for FileV1 {
    fn from(file: &File) -> Self {
        let thumbnails = file.thumbnails.iter().map(|small| ThumbnailV1 {
            side: small.side,
            hash: small.hash,
            width: small.width,
            height: small.height,
            mime: small.mime.clone(),
            size: small.size,
        });
        Self {
            id: file.id.0,
            owner: file.owner.0,
            name: file.name.clone(),
            mime: file.mime.clone(),
            class: match file.class {
                FileClass::Image => ClassV1::Image,
                FileClass::Video => ClassV1::Video,
                FileClass::Audio => ClassV1::Audio,
                FileClass::File => ClassV1::File,
            },
            inline: file.inline,
            hash: file.hash,
            size: file.size,
            received: file.received,
            sides: file.sides,
            placeholder: file.placeholder.clone(),
            thumbnails: thumbnails.collect(),
            created_at: file.created_at.0,
            used: match file.used {
                FileUse::Unattached => UseV1::Unattached,
                FileUse::Message(id) => UseV1::Message {
                    conversation: id.conversation.0,
                    seq: id.seq.0,
                },
                FileUse::Avatar(AvatarOf::User(user)) => UseV1::UserAvatar(user.0),
                FileUse::Avatar(AvatarOf::Conversation(id)) => UseV1::ConversationAvatar(id.0),
            },
        }
    }
}

impl From<FileV1> for File {
    fn from(v1: FileV1) -> Self {
        let thumbnails = v1.thumbnails.into_iter().map(|small| Thumbnail {
            side: small.side,
            hash: small.hash,
            width: small.width,
            height: small.height,
            mime: small.mime,
            size: small.size,
        });
        Self {
            id: FileId(v1.id),
            owner: UserId(v1.owner),
            name: v1.name,
            mime: v1.mime,
            class: match v1.class {
                ClassV1::Image => FileClass::Image,
                ClassV1::Video => FileClass::Video,
                ClassV1::Audio => FileClass::Audio,
                ClassV1::File => FileClass::File,
            },
            inline: v1.inline,
            hash: v1.hash,
            size: v1.size,
            received: v1.received,
            sides: v1.sides,
            placeholder: v1.placeholder,
            thumbnails: thumbnails.collect(),
            created_at: Timestamp(v1.created_at),
            used: match v1.used {
                UseV1::Unattached => FileUse::Unattached,
                UseV1::Message { conversation, seq } => FileUse::Message(MessageId {
                    conversation: ConversationId(conversation),
                    seq: Seq(seq),
                }),
                UseV1::UserAvatar(user) => FileUse::Avatar(AvatarOf::User(UserId(user))),
                UseV1::ConversationAvatar(id) => {
                    FileUse::Avatar(AvatarOf::Conversation(ConversationId(id)))
                }
            },
        }
    }
}

record_v1!(File, "file", FileV1);
