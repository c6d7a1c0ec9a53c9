//! Files that have arrived: who sees them, what of them is read, where they were sent.

use std::fmt::Write;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::messages::newest;
use super::rules::{require_member, require_session};
use super::{Answer, Caller, Page, Service, ServiceError};
use crate::blobs::BlobHash;
use crate::model::file::ContentHash;
use crate::model::ids::{ConversationId, FileId, Seq};
use crate::model::view::{FileSource, FileView, SentFileView, ThumbnailView};
use crate::model::{EventBody, File, FileClass, FileUse, Message, MessageKind};
use crate::store::files::SentPlace;
use crate::store::{Reads, files, members};

/// Most files of one message.
pub const ATTACHMENTS_MAX: usize = 10;

/// How many contents one person reads at the same time.
pub(super) const READERS_OF_ONE: usize = 16;
/// How long another one waits for its turn.
const READERS_WAIT: Duration = Duration::from_secs(30);

/// A place among those who read.
#[derive(Debug)]
pub struct Reading(#[expect(dead_code, reason = "its drop is what counts")] OwnedSemaphorePermit);

/// What of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePart {
    /// The file.
    Whole,
    /// A smaller still of a picture, by the longest side that it was made for.
    Thumbnail(u32),
}

/// A content that somebody may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    hash: ContentHash,
    /// In bytes.
    pub size: u64,
    /// Its media type, told by its content.
    pub mime: String,
    /// The name to save it under.
    pub name: String,
    /// Whether browsers may show it in place.
    pub inline: bool,
}

impl Content {
    pub(super) fn of(file: File, part: FilePart) -> Answer<Self> {
        let FilePart::Thumbnail(side) = part else {
            return Ok(Self {
                hash: file.hash,
                size: file.size,
                mime: file.mime,
                name: file.name,
                inline: file.inline,
            });
        };
        // A picture that is no larger than a still has none of that size.
        let mut stills = file.thumbnails.into_iter().rev();
        let still = stills.find(|still| still.side <= side);
        let still = still.ok_or(ServiceError::NotFound)?;
        Ok(Self {
            hash: still.hash,
            size: still.size,
            mime: still.mime,
            name: file.name,
            inline: true,
        })
    }

    /// What tells two contents apart, as 43 characters of URL-safe base 64.
    pub fn tag(&self) -> String {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.hash)
    }
}

/// Which of a conversation's files are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileFilter {
    /// All of them.
    #[default]
    All,
    /// Pictures.
    Image,
    /// Films.
    Video,
    /// Sounds.
    Audio,
    /// Everything but pictures.
    File,
    /// Pictures and films.
    Media,
}

impl FileFilter {
    fn classes(self) -> &'static [FileClass] {
        use FileClass::{Audio, File, Image, Video};
        match self {
            Self::All => &[Image, Video, Audio, File],
            Self::Image => &[Image],
            Self::Video => &[Video],
            Self::Audio => &[Audio],
            Self::File => &[Video, Audio, File],
            Self::Media => &[Image, Video],
        }
    }
}

/// How much room somebody has. All in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageUsage {
    /// What their files take, smaller stills included.
    pub used: u64,
    /// What they may take; `None` without a limit.
    pub quota: Option<u64>,
    /// The largest file that is taken.
    pub max_file: u64,
}

impl Service {
    /// A content that the caller may see now: of their own file as long as it is not sent, else
    /// as a member of the conversation that holds its message. Errors: `not_found`,
    /// `rate_limited`.
    pub fn open_file(&self, caller: Caller, file: FileId, part: FilePart) -> Answer<Content> {
        self.limit(LimitedAction::Download, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let file = files::find(&state, file)?.ok_or(ServiceError::NotFound)?;
        let sees = match file.used {
            FileUse::Unattached => file.owner == caller.user,
            FileUse::Message(id) => members::find(&state, id.conversation, caller.user)?.is_some(),
            FileUse::Avatar(_) => false,
        };
        if !sees {
            return Err(ServiceError::NotFound);
        }
        Content::of(file, part)
    }

    /// A place among those who read files, held for as long as it takes. One person has some;
    /// who wants more waits. Errors: `server_busy`.
    pub async fn begin_reading(&self, caller: Caller) -> Answer<Reading> {
        let places = self.0.readers.of(caller.user);
        let place = self.0.clock.timeout(READERS_WAIT, places.acquire_owned());
        match place.await {
            Some(Ok(place)) => Ok(Reading(place)),
            // They are never closed.
            Some(Err(_)) | None => Err(ServiceError::ServerBusy),
        }
    }

    /// Reads at most `most` bytes of a content; none at its end. Blocks.
    pub fn read_content(&self, content: &Content, offset: u64, most: usize) -> Answer<Bytes> {
        let mut bytes = vec![0; most];
        let hash = BlobHash(content.hash);
        let read = self.0.uploads.blobs.read(&hash, offset, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes.into())
    }

    /// The largest file that is taken, in bytes.
    pub fn largest_file(&self) -> u64 {
        self.settings().files.max_bytes
    }

    /// Removes one of the caller's files that nothing holds yet. Errors: `not_found`.
    pub async fn delete_file(&self, caller: Caller, file: FileId) -> Answer<()> {
        self.limit(LimitedAction::Upload, LimitKey::user(caller.user))?;
        self.decide(move |state: &dyn Reads, _| {
            require_session(state, caller)?;
            require_loose(state, caller, file)?.ok_or(ServiceError::NotFound)?;
            Ok(Decision::events(vec![EventBody::FileRemoved { file }], ()))
        })
        .await
    }

    /// The caller's files.
    pub fn storage_usage(&self, caller: Caller) -> Answer<StorageUsage> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        Ok(StorageUsage {
            used: files::usage(&state, caller.user)?,
            quota: self.quota_of(&state, caller.user)?.bytes,
            max_file: self.settings().files.max_bytes,
        })
    }

    /// The files that were sent in a conversation, newest first. `limit` 1 to 100; `cursor` from
    /// the page before. Errors: `not_found`.
    pub fn conversation_files(
        &self,
        caller: Caller,
        conversation: ConversationId,
        filter: FileFilter,
        limit: u32,
        cursor: Option<&str>,
    ) -> Answer<Page<SentFileView>> {
        let limit = fields::page_limit(limit)?;
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        require_member(&state, caller.user, conversation)?;
        let before = cursor.map(parse_cursor).transpose()?;
        let classes = filter.classes();
        let mut found = files::sent_before(&state, conversation, classes, before, limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|(place, _)| format!("{}.{}", place.seq.0, place.index));
        let mut items = Vec::with_capacity(found.len());
        for (SentPlace { seq, .. }, id) in found {
            // Who takes a message back meanwhile has one less.
            let Some(file) = files::find(&state, id)? else {
                continue;
            };
            if let Some(message) = newest(&state, conversation, seq)? {
                items.push(self.sent_file_view(&file, &message));
            }
        }
        Ok(Page { items, next })
    }

    fn sent_file_view(&self, file: &File, message: &Message) -> SentFileView {
        SentFileView {
            file: self.file_view(file),
            message: FileSource {
                id: message.id,
                seq: message.id.seq.0,
                sender_id: message.sender,
                sender: self.sender_view(message.sender),
                created_at: message.created_at,
            },
        }
    }

    /// The files of a message, as they are embedded in it. One that can't be read is left out.
    pub(super) fn attachment_views(&self, attachments: &[FileId]) -> Vec<FileView> {
        if attachments.is_empty() {
            return Vec::new();
        }
        let state = self.0.store.view();
        let found = attachments.iter().filter_map(|id| {
            files::find(&state, *id).unwrap_or_else(|error| {
                tracing::error!(%error, "a file of a message can't be shown");
                None
            })
        });
        found.map(|file| self.file_view(&file)).collect()
    }

    /// A file as it goes over the wire.
    pub(super) fn file_view(&self, file: &File) -> FileView {
        let id = file.id;
        let settings = self.settings();
        let prefix = &settings.files.path_prefix;
        let thumbnails = file.thumbnails.iter().map(|still| ThumbnailView {
            url: format!("{prefix}/api/files/{id}/thumbnails/{}", still.side),
            width: still.width,
            height: still.height,
        });
        FileView {
            id,
            name: file.name.clone(),
            mime: file.mime.clone(),
            size: file.size,
            kind: file.class,
            url: format!("{prefix}/api/files/{id}/{}", url_piece(&file.name)),
            width: file.sides.map(|(width, _)| width),
            height: file.sides.map(|(_, height)| height),
            placeholder: (!file.placeholder.is_empty()).then(|| STANDARD.encode(&file.placeholder)),
            thumbnails: thumbnails.collect(),
        }
    }
}

/// A name as one piece of an address.
fn url_piece(name: &str) -> String {
    let mut piece = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            piece.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(piece, "%{byte:02X}");
        }
    }
    piece
}

fn parse_cursor(cursor: &str) -> Answer<SentPlace> {
    let parsed = cursor.split_once('.').and_then(|(seq, index)| {
        let seq = Seq(seq.parse().ok()?);
        let index = index.parse().ok()?;
        Some(SentPlace { seq, index })
    });
    parsed.ok_or(ServiceError::InvalidField {
        field: "cursor",
        message: "Please use the cursor that came with the page before.",
    })
}

/// One of the caller's own files that nothing holds, if it is one.
pub(super) fn require_loose(
    state: &dyn Reads,
    caller: Caller,
    file: FileId,
) -> Answer<Option<File>> {
    let found = files::find(state, file)?;
    Ok(found.filter(|file| file.owner == caller.user && file.used == FileUse::Unattached))
}

/// What a message may carry: the ids, of which none is given twice.
pub(super) fn attachments(typed: &[String]) -> Answer<Vec<FileId>> {
    if typed.len() > ATTACHMENTS_MAX {
        return Err(ServiceError::TooLong {
            field: "attachments",
            limit: ATTACHMENTS_MAX as u64,
        });
    }
    let mut ids = Vec::with_capacity(typed.len());
    for text in typed {
        let id = text.parse().map_err(|_| not_attachable())?;
        if ids.contains(&id) {
            return Err(not_attachable());
        }
        ids.push(id);
    }
    Ok(ids)
}

/// What kind of message one with these files is. Each must be the caller's own and held by
/// nothing; what is wrong with one that isn't is not told.
pub(super) fn kind_with(
    state: &dyn Reads,
    caller: Caller,
    attachments: &[FileId],
) -> Answer<MessageKind> {
    let mut pictures = 0;
    for id in attachments {
        let file = require_loose(state, caller, *id)?.ok_or_else(not_attachable)?;
        pictures += usize::from(file.class == FileClass::Image);
    }
    Ok(match attachments.len() {
        0 => MessageKind::Text,
        all if all == pictures => MessageKind::Image,
        _ => MessageKind::File,
    })
}

fn not_attachable() -> ServiceError {
    ServiceError::InvalidField {
        field: "attachments",
        message: "Please give each of your own finished uploads once, in one message only.",
    }
}
