//! How the bytes of an upload arrive: a piece at a time, in bounded memory, each written behind
//! the next one's back. What has arrived stays, however the sending ends.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::limits::{LimitKey, LimitedAction};
use super::pending::{Turn, Upload};
use super::uploads::UploadState;
use super::{Answer, Caller, Service, ServiceError};
use crate::base::clock::Timestamp;
use crate::blobs::{BlobError, Blobs, StageId};
use crate::model::File;
use crate::model::ids::FileId;
use crate::model::view::FileView;

/// Bytes that are written at once.
const PIECE: usize = 256 * 1024;
/// Bytes after which what has arrived is made to survive a loss of power.
const SYNCED_EVERY: u64 = 8 << 20;
/// How long the next bytes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the sender says the bytes of one request add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, 20 bytes.
    Sha1(Vec<u8>),
    /// SHA-256, 32 bytes.
    Sha256(Vec<u8>),
}

impl Checksum {
    /// Whether it is that of these bytes of a stage.
    fn holds(&self, blobs: &dyn Blobs, stage: StageId, len: u64) -> Result<bool, BlobError> {
        Ok(match self {
            Self::Sha1(sum) => hash::<Sha1>(blobs, stage, len)?[..] == sum[..],
            Self::Sha256(sum) => hash::<Sha256>(blobs, stage, len)?[..] == sum[..],
        })
    }
}

fn hash<D: Digest>(
    blobs: &dyn Blobs,
    stage: StageId,
    len: u64,
) -> Result<sha2::digest::Output<D>, BlobError> {
    let mut hash = D::new();
    pieces(blobs, stage, len, |_, piece| {
        hash.update(piece);
        Ok(())
    })?;
    Ok(hash.finalize())
}

/// Visits a stage from its start to `len`, in pieces.
pub(super) fn pieces(
    blobs: &dyn Blobs,
    stage: StageId,
    len: u64,
    mut visit: impl FnMut(u64, &mut [u8]) -> Result<(), BlobError>,
) -> Result<(), BlobError> {
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    while at < len {
        let read = blobs.read_staged(stage, at, &mut piece)?;
        if read == 0 {
            return Err(BlobError::Offset { len: at });
        }
        visit(at, &mut piece[..read])?;
        at += read as u64;
    }
    Ok(())
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// As it should.
    Whole,
    /// The connection did, or nothing came for too long.
    Cut,
    /// There was more than fits.
    TooLong,
    /// Somebody else wants to write this upload.
    Wanted,
    /// The server stops, or others wait for who is too slow.
    Busy,
}

impl End {
    fn refusal(self, room: u64) -> Option<ServiceError> {
        match self {
            Self::Whole => None,
            Self::Cut => Some(ServiceError::BrokenOff),
            Self::TooLong => Some(ServiceError::BeyondLength { limit: room }),
            Self::Wanted => Some(ServiceError::UploadBusy),
            Self::Busy => Some(ServiceError::ServerBusy),
        }
    }
}

/// What is said of the bytes of one request before they come.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Where they belong, in bytes from the start.
    pub offset: u64,
    /// How many they are, if that was said.
    pub announced: Option<u64>,
    /// What they add up to, if that was said.
    pub checksum: Option<Checksum>,
}

impl Service {
    /// Appends a request's body to an upload at the piece's offset, and finishes it when that was the rest
    /// of it. `None` in the body stands for its breaking off. With a checksum nothing of the body
    /// counts unless all of it adds up to that. Whoever wrote before is made to let go.
    ///
    /// What arrived stays, also when the body breaks off (`broken_off`) or is too long
    /// (`payload_too_large`). To be run where nobody drops it. Errors: `not_found`, `conflict`
    /// (another offset), `checksum_mismatch`, `upload_busy`, `storage_full`, `server_busy`,
    /// `rate_limited`, those of [finishing](Self::settle_upload).
    pub async fn write_upload(
        &self,
        caller: Caller,
        id: FileId,
        piece: Piece,
        body: impl Stream<Item = Option<Bytes>> + Send,
    ) -> Answer<UploadState> {
        self.limit(LimitedAction::Transfer, LimitKey::user(caller.user))?;
        let uploads = &self.0.uploads;
        let _writing = uploads.writing(caller.user, &self.0.clock).await?;
        let Some((mut turn, begin)) = self.take_upload(caller.user, id).await? else {
            let offset = self.finished_lately(caller, id)?.offset;
            return Err(ServiceError::WrongOffset { offset });
        };
        let upload = Arc::clone(&turn.upload);
        if begin != piece.offset {
            return Err(ServiceError::WrongOffset { offset: begin });
        }
        let length = upload.length.unwrap_or(begin);
        let room = length.saturating_sub(begin);
        if piece.announced.is_some_and(|announced| announced > room) {
            return Err(ServiceError::BeyondLength { limit: room });
        }
        let written = match piece.checksum {
            None => {
                let stage = upload.stage();
                let (end, at) = self.receive(&mut turn, stage, begin, room, body).await?;
                end.refusal(room).map_or(Ok(at), Err)
            }
            Some(checksum) => {
                self.receive_checked(&mut turn, begin, room, checksum, body)
                    .await
            }
        }?;
        if written == length {
            let file = self.finish(caller, turn, written).await?;
            return Ok(self.finished(&file));
        }
        Ok(self.unfinished(&upload, written))
    }

    /// Takes a whole file whose length nobody said. Errors: `file_too_large`, and those of
    /// beginning, writing and finishing an upload; nothing of it stays then.
    pub async fn take_file(
        &self,
        caller: Caller,
        name: &str,
        body: impl Stream<Item = Option<Bytes>> + Send,
    ) -> Answer<FileView> {
        let uploads = &self.0.uploads;
        let _writing = uploads.writing(caller.user, &self.0.clock).await?;
        let upload = self.new_upload(caller, name, None).await?;
        let mut turn = upload.take(&self.0.clock).await?;
        let file = match self.take_whole(&mut turn, body).await {
            Ok(len) => self.finish(caller, turn, len).await,
            Err(error) => {
                self.drop_upload(&turn).await?;
                Err(error)
            }
        };
        file.map(|file: File| self.file_view(&file))
    }

    async fn take_whole(
        &self,
        turn: &mut Turn,
        body: impl Stream<Item = Option<Bytes>> + Send,
    ) -> Answer<u64> {
        let limit = self.settings().files.max_bytes;
        let stage = turn.upload.stage();
        let (end, len) = self.receive(turn, stage, 0, limit, body).await?;
        match end {
            End::TooLong => Err(ServiceError::FileTooLarge { limit }),
            end => end.refusal(limit).map_or(Ok(len), Err),
        }
    }

    /// Receives into a stage of its own, which counts only when the checksum holds.
    async fn receive_checked(
        &self,
        turn: &mut Turn,
        begin: u64,
        room: u64,
        checksum: Checksum,
        body: impl Stream<Item = Option<Bytes>> + Send,
    ) -> Answer<u64> {
        let (aside, stage) = (StageId(self.0.rng.u128()), turn.upload.stage());
        let now = self.0.clock.now();
        self.with_blobs(move |blobs| blobs.begin(aside, &[], now))
            .await?;
        let received = self.receive(turn, aside, 0, room, body).await;
        let moved = match received {
            Ok((End::Whole, len)) => self.add_checked(stage, begin, (aside, len), checksum).await,
            Ok((end, _)) => Err(end.refusal(room).unwrap_or(ServiceError::BrokenOff)),
            Err(error) => Err(error),
        };
        self.with_blobs(move |blobs| blobs.discard(aside)).await?;
        moved?.ok_or(ServiceError::ChecksumMismatch)
    }

    /// Appends what was received aside, if it adds up. Gives where the upload ends then.
    async fn add_checked(
        &self,
        stage: StageId,
        begin: u64,
        (aside, len): (StageId, u64),
        checksum: Checksum,
    ) -> Answer<Option<u64>> {
        self.require_disk(len)?;
        let now = self.0.clock.now();
        self.with_blobs(move |blobs| {
            if !checksum.holds(blobs, aside, len)? {
                return Ok(None);
            }
            pieces(blobs, aside, len, |at, piece| {
                blobs.append(stage, begin + at, piece, now).map(drop)
            })?;
            blobs.sync(stage)?;
            Ok(Some(begin + len))
        })
        .await
    }

    /// Receives at most `room` bytes of a body into a stage that ends at `begin`. Gives how it
    /// ended and where the stage ends then; all of it is synced.
    async fn receive(
        &self,
        turn: &mut Turn,
        stage: StageId,
        begin: u64,
        room: u64,
        body: impl Stream<Item = Option<Bytes>> + Send,
    ) -> Answer<(End, u64)> {
        let mut body = pin!(body);
        let mut ending = self.0.uploads.ending();
        let mut writer = Writer::new(self.clone(), Arc::clone(&turn.upload), stage, begin);
        let mut left = room;
        let started = self.0.clock.now();
        let end = loop {
            let next = self.0.clock.timeout(PATIENCE, body.next());
            let next = tokio::select! {
                biased;
                () = turn.wanted() => break End::Wanted,
                _ = ending.wait_for(|ending| *ending) => break End::Busy,
                next = next => next,
            };
            let mut bytes = match next {
                Some(Some(Some(bytes))) => bytes,
                Some(None) => break End::Whole,
                Some(Some(None)) | None => break End::Cut,
            };
            let fits = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            let beyond = fits < bytes.len();
            bytes.truncate(fits);
            left -= fits as u64;
            writer.add(&bytes).await?;
            if beyond {
                break End::TooLong;
            }
            let took = self.0.clock.now().since(started);
            if self.0.uploads.is_too_slow(room - left, took) {
                break End::Busy;
            }
        };
        let at = writer.end().await?;
        Ok((end, at))
    }
}

/// Gathers bytes into pieces and writes each while the next one gathers.
struct Writer {
    service: Service,
    upload: Arc<Upload>,
    stage: StageId,
    gathered: BytesMut,
    /// The piece that is being written; gives where the stage ends then.
    written: Option<JoinHandle<Result<u64, BlobError>>>,
    end: u64,
    unsynced: u64,
}

impl Writer {
    fn new(service: Service, upload: Arc<Upload>, stage: StageId, begin: u64) -> Self {
        Self {
            service,
            upload,
            stage,
            gathered: BytesMut::new(),
            written: None,
            end: begin,
            unsynced: 0,
        }
    }

    async fn add(&mut self, bytes: &[u8]) -> Answer<()> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.write().await?;
        }
        Ok(())
    }

    /// Waits for the piece before, then has what is gathered written.
    async fn write(&mut self) -> Answer<()> {
        self.wait().await?;
        let piece = self.gathered.split().freeze();
        self.service.require_disk(piece.len() as u64)?;
        if self.upload.length.is_none() {
            self.service.grow(&self.upload, piece.len() as u64)?;
        }
        let now = self.service.0.clock.now();
        self.upload.touch(now);
        self.unsynced += piece.len() as u64;
        let sync = self.unsynced >= SYNCED_EVERY;
        if sync {
            self.unsynced = 0;
        }
        let (stage, end) = (self.stage, self.end);
        let blobs = Arc::clone(&self.service.0.uploads.blobs);
        self.written = Some(tokio::task::spawn_blocking(move || {
            write(&*blobs, stage, end, &piece, now, sync)
        }));
        Ok(())
    }

    async fn wait(&mut self) -> Answer<()> {
        if let Some(written) = self.written.take() {
            let written = written.await;
            // The panic hook has logged it.
            let broke = |_| ServiceError::Internal("writing a file broke off".into());
            self.end = written.map_err(broke)??;
        }
        Ok(())
    }

    /// Writes and syncs the rest. Gives where the stage ends.
    async fn end(mut self) -> Answer<u64> {
        if !self.gathered.is_empty() {
            self.write().await?;
        }
        self.wait().await?;
        let stage = self.stage;
        if self.unsynced > 0 {
            let synced = self.service.with_blobs(move |blobs| blobs.sync(stage));
            synced.await?;
        }
        Ok(self.end)
    }
}

fn write(
    blobs: &dyn Blobs,
    stage: StageId,
    end: u64,
    piece: &[u8],
    now: Timestamp,
    sync: bool,
) -> Result<u64, BlobError> {
    let end = blobs.append(stage, end, piece, now)?;
    if sync {
        blobs.sync(stage)?;
    }
    Ok(end)
}
