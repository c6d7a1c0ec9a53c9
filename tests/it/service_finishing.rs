//! Making a file of an upload, when the disk fails in the middle, the sender leaves or the server
//! stops: nothing is lost, nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bytes::Bytes;
use futures_util::stream;
use inkspot::base::clock::Timestamp;
use inkspot::blobs::{BlobError, BlobHash, BlobUsage, Blobs, StageId, Staged, Tidied};
use inkspot::model::FileId;
use inkspot::model::view::FileView;
use inkspot::service::{Answer, Caller, FilePart, Piece, UploadState};
use parking_lot::Mutex;

use crate::service_house::{House, refused, settings};
use crate::tus::{noise, png};

/// What is called, of what can be made to fail or to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Append,
    ReadStaged,
    Seal,
    Discard,
}

type Before = Arc<dyn Fn(Called) -> Result<(), BlobError> + Send + Sync>;

/// Real blobs; before a call comes what the test wants.
struct Watched {
    inner: Arc<dyn Blobs>,
    before: Mutex<Option<Before>>,
}

impl Watched {
    fn before(&self, called: Called) -> Result<(), BlobError> {
        let before = self.before.lock().clone();
        before.map_or(Ok(()), |before| before(called))
    }

    fn set(&self, before: impl Fn(Called) -> Result<(), BlobError> + Send + Sync + 'static) {
        *self.before.lock() = Some(Arc::new(before));
    }

    /// Fails these calls from the `nth` on, which is 0 for the next one, until it is reset.
    fn fail(&self, what: Called, nth: usize) {
        let seen = std::sync::atomic::AtomicUsize::new(0);
        self.set(move |called| {
            if called != what || seen.fetch_add(1, Ordering::Relaxed) < nth {
                return Ok(());
            }
            Err(BlobError::Interrupted)
        });
    }

    fn reset(&self) {
        *self.before.lock() = None;
    }

    /// Makes sealing wait. Gives what tells that one waits, and what lets it go on.
    fn hold_sealing(&self) -> (Receiver<()>, SyncSender<()>) {
        let (arrived, waits) = sync_channel(1);
        let (go, gone_on) = sync_channel(1);
        let (gone_on, held) = (Mutex::new(gone_on), AtomicBool::new(false));
        self.set(move |called| {
            if called == Called::Seal && !held.swap(true, Ordering::Relaxed) {
                arrived.send(()).unwrap();
                gone_on.lock().recv().unwrap();
            }
            Ok(())
        });
        (waits, go)
    }
}

impl Blobs for Watched {
    fn begin(&self, stage: StageId, note: &[u8], now: Timestamp) -> Result<(), BlobError> {
        self.inner.begin(stage, note, now)
    }

    fn append(
        &self,
        stage: StageId,
        offset: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<u64, BlobError> {
        self.before(Called::Append)?;
        self.inner.append(stage, offset, bytes, now)
    }

    fn sync(&self, stage: StageId) -> Result<(), BlobError> {
        self.inner.sync(stage)
    }

    fn staged(&self, stage: StageId) -> Result<Option<Staged>, BlobError> {
        self.inner.staged(stage)
    }

    fn stages(&self) -> Result<Vec<(StageId, Staged)>, BlobError> {
        self.inner.stages()
    }

    fn read_staged(&self, stage: StageId, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        self.before(Called::ReadStaged)?;
        self.inner.read_staged(stage, offset, buf)
    }

    fn seal(&self, stage: StageId) -> Result<(BlobHash, u64), BlobError> {
        self.before(Called::Seal)?;
        self.inner.seal(stage)
    }

    fn discard(&self, stage: StageId) -> Result<(), BlobError> {
        self.before(Called::Discard)?;
        self.inner.discard(stage)
    }

    fn len(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        self.inner.len(hash)
    }

    fn read(&self, hash: &BlobHash, offset: u64, buf: &mut [u8]) -> Result<usize, BlobError> {
        self.inner.read(hash, offset, buf)
    }

    fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        self.inner.delete(hash)
    }

    fn hashes(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobHash>, BlobError> {
        self.inner.hashes(after, limit)
    }

    fn tidy(&self) -> Result<Tidied, BlobError> {
        self.inner.tidy()
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        self.inner.usage()
    }
}

/// A house, and its blobs.
fn watched() -> (House, Arc<Watched>) {
    let mut kept = None;
    let house = House::open_over(|inner| {
        let before = Mutex::new(None);
        let blobs = Arc::new(Watched { inner, before });
        kept = Some(Arc::clone(&blobs));
        blobs
    });
    (house, kept.unwrap())
}

async fn begin(house: &House, who: Caller, bytes: &[u8]) -> FileId {
    let len = bytes.len() as u64;
    let begun = house.service.begin_upload(who, "a", len).await;
    begun.unwrap().id
}

async fn send(house: &House, who: Caller, id: FileId, bytes: &[u8]) -> Answer<UploadState> {
    let body = stream::iter([Some(Bytes::copy_from_slice(bytes))]);
    let piece = Piece::default();
    house.service.write_upload(who, id, piece, body).await
}

/// An upload that has arrived whole and could not be sealed.
async fn arrived(house: &House, blobs: &Watched, who: Caller, bytes: &[u8]) -> FileId {
    let id = begin(house, who, bytes).await;
    blobs.fail(Called::Seal, 0);
    assert_eq!(refused(send(house, who, id, bytes).await).0, "internal");
    blobs.reset();
    id
}

fn content(house: &House, who: Caller, id: FileId) -> Bytes {
    let content = house.service.open_file(who, id, FilePart::Whole).unwrap();
    house.service.read_content(&content, 0, 1 << 20).unwrap()
}

async fn file(house: &House, who: Caller, id: FileId) -> FileView {
    let state = house.service.settle_upload(who, id).await.unwrap();
    state.file.unwrap()
}

fn movie_box(name: &str, content: &[u8]) -> Vec<u8> {
    let len = u32::try_from(content.len() + 8).unwrap();
    [&len.to_be_bytes(), name.as_bytes(), content].concat()
}

const SECRET: &[u8] = b"+52.5200+013.4050/";

fn film() -> Vec<u8> {
    let place = movie_box("udta", SECRET);
    [
        movie_box("ftyp", b"mp42\0\0\0\0mp42isom"),
        movie_box("moov", &place),
        movie_box("mdat", &noise(1, 100_000)),
    ]
    .concat()
}

#[tokio::test]
async fn a_file_is_made_although_its_sender_leaves_and_the_server_stops() {
    let (house, blobs) = watched();
    let (anna, ..) = house.people().await;
    let bytes = noise(1, 10_000);
    let id = arrived(&house, &blobs, anna, &bytes).await;
    let (arrives, go) = blobs.hold_sealing();
    let service = house.service.clone();
    let asking = tokio::spawn(async move { service.settle_upload(anna, id).await });
    let held = tokio::task::spawn_blocking(move || arrives.recv().unwrap());
    held.await.unwrap();
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    drop(blobs);
    let restarting = tokio::spawn(house.restart(settings()));
    go.send(()).unwrap();
    let house = restarting.await.unwrap();
    assert_eq!(content(&house, anna, id), bytes);
    house.service.reap().await.unwrap();
    assert_eq!(content(&house, anna, id), bytes);
}

#[tokio::test]
async fn who_waits_while_a_file_is_made_is_told_of_the_file() {
    let (house, blobs) = watched();
    let (anna, ..) = house.people().await;
    let bytes = noise(2, 10_000);
    let id = begin(&house, anna, &bytes).await;
    let (arrives, go) = blobs.hold_sealing();
    let first = send(&house, anna, id, &bytes);
    let others = async {
        let held = tokio::task::spawn_blocking(move || arrives.recv().unwrap());
        held.await.unwrap();
        let meanwhile = house.service.upload(anna, id).await.unwrap();
        assert_eq!((meanwhile.offset, meanwhile.file), (10_000, None));
        let asking = house.service.settle_upload(anna, id);
        let going = async { go.send(()).unwrap() };
        tokio::join!(biased; asking, going).0
    };
    let (first, asked) = tokio::join!(first, others);
    assert_eq!(asked.unwrap().file, first.unwrap().file);
    // It was all there already.
    let late = send(&house, anna, id, &bytes).await;
    assert_eq!(refused(late).0, "wrong_offset");
    house.service.discard_upload(anna, id).await.unwrap();
    let gone = house.service.settle_upload(anna, id).await;
    assert_eq!(refused(gone).0, "not_found");
}

#[tokio::test]
async fn what_fails_in_the_middle_leaves_nothing_and_can_be_tried_again() {
    let (house, blobs) = watched();
    let (anna, ..) = house.people().await;
    let picture = png(2000, 1000);
    // The first append is that of what arrives; the others are the copies.
    for (bytes, what, nth) in [
        (&picture, Called::Seal, 0),
        (&picture, Called::Seal, 1),
        (&picture, Called::Append, 2),
        (&film(), Called::Append, 1),
        (&film(), Called::Seal, 0),
    ] {
        let id = begin(&house, anna, bytes).await;
        blobs.fail(what, nth);
        assert_eq!(refused(send(&house, anna, id, bytes).await).0, "internal");
        blobs.reset();
        let left = blobs.stages().unwrap();
        let left: Vec<_> = left.iter().map(|(stage, _)| stage.0).collect();
        assert_eq!(left, [id.0]);
        let made = file(&house, anna, id).await;
        assert_eq!(made.thumbnails.is_empty(), bytes != &picture);
        assert!(blobs.stages().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_could_not_be_discarded_never_comes_back() {
    let (house, blobs) = watched();
    let (anna, ..) = house.people().await;
    let picture = png(600, 400);
    let id = begin(&house, anna, &picture).await;
    blobs.fail(Called::Discard, 0);
    let made = send(&house, anna, id, &picture).await;
    assert!(made.unwrap().file.is_some());
    assert_eq!(blobs.stages().unwrap().len(), 1);
    drop(blobs);
    let house = house.restart(settings()).await;
    house.service.delete_file(anna, id).await.unwrap();
    let gone = house.service.settle_upload(anna, id).await;
    assert_eq!(refused(gone).0, "not_found");
}

#[tokio::test]
async fn case_41_a_film_that_can_not_be_read_is_no_file_yet() {
    let (house, blobs) = watched();
    let (anna, ..) = house.people().await;
    let film = film();
    let id = begin(&house, anna, &film).await;
    // After that what it is was read.
    blobs.fail(Called::ReadStaged, 1);
    assert_eq!(refused(send(&house, anna, id, &film).await).0, "internal");
    blobs.reset();
    let made = file(&house, anna, id).await;
    assert_eq!(made.mime, "video/mp4");
    let content = content(&house, anna, id);
    assert_eq!(content.len(), film.len());
    let mut pieces = content.windows(SECRET.len());
    assert!(!pieces.any(|piece| piece == SECRET));
}

#[tokio::test]
async fn the_smaller_stills_of_a_picture_count_as_well() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let picture = png(2000, 1000);
    let id = begin(&house, anna, &picture).await;
    let made = send(&house, anna, id, &picture).await.unwrap();
    let made = made.file.unwrap();
    let part = |side| house.service.open_file(anna, id, FilePart::Thumbnail(side));
    let stills = part(320).unwrap().size + part(1280).unwrap().size;
    let used = house.service.storage_usage(anna).unwrap().used;
    assert_eq!(used, made.size + stills);
    house.service.delete_file(anna, id).await.unwrap();
    assert_eq!(house.service.storage_usage(anna).unwrap().used, 0);
}
