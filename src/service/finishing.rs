//! What becomes of an upload that has arrived whole: what it is, without what it tells about its
//! sender, with smaller stills of a picture, and then a file.

use std::io;

use super::decision::Decision;
use super::pending::{Turn, Upload};
use super::receiving::pieces;
use super::rules::require_session;
use super::staged::Staged;
use super::{Answer, Caller, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::base::rng::Rng;
use crate::blobs::{BlobError, Blobs, StageId};
use crate::media::{self, Class, Kind, MediaError, Picture};
use crate::model::file::ContentHash;
use crate::model::{EventBody, File, FileClass, FileUse, Thumbnail};
use crate::store::{Reads, files};

/// What an upload turned out to be, in stages that are ready to be sealed.
struct Ready {
    kind: Kind,
    main: StageId,
    sides: Option<(u32, u32)>,
    placeholder: Vec<u8>,
    thumbnails: Vec<Small>,
}

/// A content that is stored: its hash, and its length in bytes.
type Sealed = (ContentHash, u64);

struct Small {
    stage: StageId,
    side: u32,
    width: u32,
    height: u32,
    mime: &'static str,
}

impl Ready {
    fn as_it_is(kind: Kind, main: StageId) -> Self {
        Self {
            kind,
            main,
            sides: None,
            placeholder: Vec::new(),
            thumbnails: Vec::new(),
        }
    }

    /// Seals all of it, the file first, and drops the stage of the upload. When that fails the
    /// copies go and the upload stays as it was.
    fn seal(self, blobs: &dyn Blobs, upload: StageId) -> Result<(Self, Vec<Sealed>), BlobError> {
        let smaller = self.thumbnails.iter().map(|small| small.stage);
        let mut stages: Vec<_> = std::iter::once(self.main).chain(smaller).collect();
        let sealed = stages.iter().map(|stage| blobs.seal(*stage));
        let sealed = sealed.map(|sealed| sealed.map(|(hash, len)| (hash.0, len)));
        match sealed.collect() {
            Ok(sealed) => {
                discard(blobs, &[upload]);
                Ok((self, sealed))
            }
            Err(error) => {
                stages.retain(|stage| *stage != upload);
                discard(blobs, &stages);
                Err(error)
            }
        }
    }
}

/// Why nothing became of it.
enum Failed {
    Refused(MediaError),
    Blobs(BlobError),
}

impl From<BlobError> for Failed {
    fn from(error: BlobError) -> Self {
        Self::Blobs(error)
    }
}

/// Works on the stages of one upload. Blocks.
struct Workshop<'a> {
    blobs: &'a dyn Blobs,
    rng: &'a Rng,
    now: Timestamp,
    /// The stages it began; they go with it unless somebody takes them.
    begun: Vec<StageId>,
}

impl Drop for Workshop<'_> {
    fn drop(&mut self) {
        discard(self.blobs, &self.begun);
    }
}

/// Discards what is of no use any more. What can't be goes when the server starts again.
fn discard(blobs: &dyn Blobs, stages: &[StageId]) {
    for stage in stages {
        if let Err(error) = blobs.discard(*stage) {
            tracing::warn!(%error, "a stage could not be discarded");
        }
    }
}

impl Workshop<'_> {
    fn prepare(&mut self, kind: Kind, stage: StageId, len: u64) -> Result<Ready, Failed> {
        match kind.class {
            Class::Image => self.picture(kind, stage, len),
            Class::Video | Class::Audio => Ok(self.movie(kind, stage, len)?),
            Class::Text | Class::Other => Ok(Ready::as_it_is(kind, stage)),
        }
    }

    fn picture(&mut self, kind: Kind, stage: StageId, len: u64) -> Result<Ready, Failed> {
        let limit = media::MAX_PICTURE;
        if len > limit {
            return Err(Failed::Refused(MediaError::TooLarge { limit }));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        pieces(self.blobs, stage, len, |_, piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        match media::picture(&kind, bytes) {
            Ok(picture) => Ok(self.keep(kind, &picture)?),
            // It is kept for downloading, never shown.
            Err(MediaError::Unreadable { bytes }) => {
                Ok(Ready::as_it_is(Kind::FILE, self.stage(&bytes)?))
            }
            Err(MediaError::Damaged) => Ok(Ready::as_it_is(Kind::FILE, stage)),
            Err(refused) => Err(Failed::Refused(refused)),
        }
    }

    fn keep(&mut self, kind: Kind, picture: &Picture) -> Result<Ready, BlobError> {
        let mut ready = Ready::as_it_is(kind, self.stage(&picture.bytes)?);
        ready.sides = Some((picture.width, picture.height));
        ready.placeholder.clone_from(&picture.placeholder);
        for (small, side) in picture.thumbnails.iter().zip(media::THUMBNAIL_SIDES) {
            ready.thumbnails.push(Small {
                stage: self.stage(&small.bytes)?,
                side,
                width: small.width,
                height: small.height,
                mime: small.mime,
            });
        }
        Ok(ready)
    }

    /// A film or a sound. What it tells about its sender is blanked in a copy.
    fn movie(&mut self, kind: Kind, stage: StageId, len: u64) -> Result<Ready, BlobError> {
        if !matches!(kind.mime, "video/mp4" | "video/quicktime" | "audio/mp4") {
            return Ok(Ready::as_it_is(kind, stage));
        }
        let secrets = match media::movie_secrets(Staged::new(self.blobs, stage, len)) {
            Ok(secrets) => secrets,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Ok(Ready::as_it_is(Kind::FILE, stage));
            }
            // Without an error of the stage's own, it has become shorter than it was.
            Err(error) => return Err(error.downcast().unwrap_or(BlobError::Interrupted)),
        };
        if secrets.is_empty() {
            return Ok(Ready::as_it_is(kind, stage));
        }
        let copy = self.stage(&[])?;
        let (blobs, now) = (self.blobs, self.now);
        pieces(blobs, stage, len, |at, piece| {
            secrets.blank(at, piece);
            blobs.append(copy, at, piece, now).map(drop)
        })?;
        Ok(Ready::as_it_is(kind, copy))
    }

    /// A new stage with these bytes.
    fn stage(&mut self, bytes: &[u8]) -> Result<StageId, BlobError> {
        let stage = StageId(self.rng.u128());
        self.blobs.begin(stage, &[], self.now)?;
        self.begun.push(stage);
        if !bytes.is_empty() {
            self.blobs.append(stage, 0, bytes, self.now)?;
        }
        Ok(stage)
    }
}

fn class_of(kind: Kind) -> FileClass {
    match kind.class {
        Class::Image => FileClass::Image,
        Class::Video => FileClass::Video,
        Class::Audio => FileClass::Audio,
        Class::Text | Class::Other => FileClass::File,
    }
}

impl Service {
    /// Makes a file of an upload of which all `len` bytes have arrived, also when whoever asked
    /// goes away meanwhile. It is no upload any more then; also when it is refused. Errors:
    /// `picture_refused`, `quota_exceeded`, `unauthorized`; `storage_full`, `server_busy` and
    /// failures of the server, after which it can be tried again unless the content was stored
    /// already.
    pub(super) async fn finish(&self, caller: Caller, turn: Turn, len: u64) -> Answer<File> {
        let finishing = self.0.uploads.finishing()?;
        let service = self.clone();
        let made = tokio::spawn(async move {
            let made = service.make_file(caller, &turn, len).await;
            if made.is_err() && turn.upload.length.is_none() {
                // Nobody can go on with it.
                service.drop_upload(&turn).await?;
            }
            drop(finishing);
            made
        });
        // The panic hook has logged it.
        let broke = |_| ServiceError::Internal("finishing an upload broke off".into());
        made.await.map_err(broke)?
    }

    async fn make_file(&self, caller: Caller, turn: &Turn, len: u64) -> Answer<File> {
        let upload = &turn.upload;
        let ready = match self.prepare(upload, len).await? {
            Ok(ready) => ready,
            Err(refused) => {
                self.drop_upload(turn).await?;
                return Err(ServiceError::PictureRefused(refused.to_string().into()));
            }
        };
        let added = self.seal_and_add(caller, upload, len, ready).await;
        if added.is_err() {
            self.0.reaper.notify_one();
        }
        added
    }

    async fn seal_and_add(
        &self,
        caller: Caller,
        upload: &Upload,
        len: u64,
        ready: Ready,
    ) -> Answer<File> {
        // Until a file says that it needs it nobody may delete what is sealed.
        let sealing = self.0.uploads.sealing.read().await;
        let stage = upload.stage();
        let sealed = self.with_blobs(move |blobs| ready.seal(blobs, stage));
        let (ready, sealed) = sealed.await?;
        let added = match file(upload, len, ready, &sealed) {
            Some(file) => self.add_file(caller, file).await,
            None => Err(ServiceError::Internal("a content was not sealed".into())),
        };
        drop(sealing);
        self.0.uploads.forget(upload.id);
        added
    }

    async fn prepare(&self, upload: &Upload, len: u64) -> Answer<Result<Ready, MediaError>> {
        let (stage, name) = (upload.stage(), upload.name.clone());
        let kind = self.with_blobs(move |blobs| {
            let mut head = vec![0; media::SNIFF_LEN];
            let read = blobs.read_staged(stage, 0, &mut head)?;
            Ok(media::sniff(&head[..read], &name))
        });
        let kind = kind.await?;
        let copied = match kind.class {
            Class::Image | Class::Video | Class::Audio => len,
            Class::Text | Class::Other => 0,
        };
        self.require_disk(copied)?;
        let _turn = match kind.class {
            Class::Image => Some(self.0.uploads.pictures.acquire().await),
            Class::Video | Class::Audio => Some(self.0.uploads.films.acquire().await),
            Class::Text | Class::Other => None,
        };
        let (rng, now) = (self.0.rng.clone(), self.0.clock.now());
        self.with_blobs(move |blobs| {
            let mut workshop = Workshop {
                blobs,
                rng: &rng,
                now,
                begun: Vec::new(),
            };
            match workshop.prepare(kind, stage, len) {
                Ok(ready) => {
                    workshop.begun.clear();
                    Ok(Ok(ready))
                }
                Err(Failed::Refused(refused)) => Ok(Err(refused)),
                Err(Failed::Blobs(error)) => Err(error),
            }
        })
        .await
    }

    /// The committer decides whether there is room for it in the owner's quota.
    async fn add_file(&self, caller: Caller, mut file: File) -> Answer<File> {
        let everybodys = self.settings().files.quota_bytes;
        self.decide(move |state: &dyn Reads, now| {
            require_session(state, caller)?;
            let own = files::quota(state, caller.user)?;
            let limit = own.or(everybodys).unwrap_or(u64::MAX);
            let used = files::usage(state, caller.user)?;
            if used.saturating_add(file.weight()) > limit {
                return Err(ServiceError::QuotaExceeded { limit });
            }
            file.created_at = now;
            let added = EventBody::FileAdded(file.clone());
            Ok(Decision::events(vec![added], file))
        })
        .await
    }
}

/// The file; its time is that of its commit. `None` if something was not sealed.
fn file(upload: &Upload, received: u64, ready: Ready, sealed: &[Sealed]) -> Option<File> {
    let (main, smaller) = sealed.split_first()?;
    let thumbnails = ready.thumbnails.iter().zip(smaller);
    let thumbnails = thumbnails.map(|(small, (hash, size))| Thumbnail {
        side: small.side,
        hash: *hash,
        width: small.width,
        height: small.height,
        mime: small.mime.to_owned(),
        size: *size,
    });
    Some(File {
        id: upload.id,
        owner: upload.owner,
        name: upload.name.clone(),
        mime: ready.kind.mime.to_owned(),
        class: class_of(ready.kind),
        inline: ready.kind.inline,
        hash: main.0,
        size: main.1,
        received,
        sides: ready.sides,
        placeholder: ready.placeholder,
        thumbnails: thumbnails.collect(),
        created_at: Timestamp(0),
        used: FileUse::Unattached,
    })
}
