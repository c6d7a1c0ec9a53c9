//! Uploads and files by the rules: who comes first at a quota, what goes away and when, and that
//! messages can still be sent when no more files can.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use inkspot::model::view::FileView;
use inkspot::model::{ConversationId, EventBody};
use inkspot::service::{
    Answer, Caller, FilePart, FileSettings, LimitedAction, NewMessage, Piece, Settings,
};

use crate::service_house::{House, message, refused, settings};
use crate::tus::noise;

fn body(bytes: &[u8]) -> impl futures_util::Stream<Item = Option<Bytes>> + Send + use<> {
    stream::iter([Some(Bytes::copy_from_slice(bytes))])
}

fn with_files(files: FileSettings) -> Settings {
    Settings {
        files,
        ..settings()
    }
}

async fn upload(house: &House, who: Caller, bytes: &[u8]) -> Answer<FileView> {
    house.service.take_file(who, "a.bin", body(bytes)).await
}

fn content(house: &House, who: Caller, file: &FileView) -> Answer<Bytes> {
    let content = house.service.open_file(who, file.id, FilePart::Whole)?;
    house.service.read_content(&content, 0, 1 << 20)
}

fn message_with(to: ConversationId, file: &FileView) -> NewMessage {
    NewMessage {
        content: String::new(),
        attachments: vec![file.id.to_string()],
        ..message(to, "")
    }
}

#[tokio::test]
async fn case_42_a_quota_is_never_passed_however_many_finish_at_once() {
    let files = FileSettings {
        quota_bytes: Some(100_000),
        ..FileSettings::default()
    };
    let house = House::open_with(with_files(files));
    let (anna, bert, _) = house.people().await;
    let mut all = Vec::new();
    for n in 0..7 {
        let (service, bytes) = (house.service.clone(), noise(n, 30_000));
        all.push(tokio::spawn(async move {
            service.take_file(anna, "a.bin", body(&bytes)).await
        }));
    }
    let mut taken = 0;
    for one in all {
        match one.await.unwrap() {
            Ok(_) => taken += 1,
            Err(error) => assert_eq!(
                (error.code(), error.limit()),
                ("quota_exceeded", Some(100_000))
            ),
        }
    }
    assert!((1..=3).contains(&taken), "{taken}");
    let usage = house.service.storage_usage(anna).unwrap();
    assert_eq!(usage.used, taken * 30_000);
    // What is begun counts as well, and is given back when it is given up.
    let begun = house.service.begin_upload(bert, "b", 60_000).await.unwrap();
    let over = house.service.begin_upload(bert, "c", 60_000).await;
    assert_eq!(refused(over).0, "quota_exceeded");
    let over = upload(&house, bert, &noise(9, 60_000)).await;
    assert_eq!(refused(over).0, "quota_exceeded");
    house.service.discard_upload(bert, begun.id).await.unwrap();
    upload(&house, bert, &noise(9, 60_000)).await.unwrap();
}

#[tokio::test]
async fn equal_contents_are_counted_for_each_and_kept_for_the_last() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let bytes = noise(1, 50_000);
    let one = upload(&house, anna, &bytes).await.unwrap();
    let other = upload(&house, bert, &bytes).await.unwrap();
    for who in [anna, bert] {
        assert_eq!(house.service.storage_usage(who).unwrap().used, 50_000);
    }
    assert_eq!(refused(content(&house, anna, &other)).0, "not_found");
    house.service.delete_file(anna, one.id).await.unwrap();
    house.service.reap().await.unwrap();
    assert_eq!(content(&house, bert, &other).unwrap(), bytes);
    let hash = house
        .service
        .open_file(bert, other.id, FilePart::Whole)
        .unwrap();
    house.service.delete_file(bert, other.id).await.unwrap();
    assert!(
        house.service.read_content(&hash, 0, 10).is_ok(),
        "not looked yet"
    );
    house.service.reap().await.unwrap();
    let gone = house.service.read_content(&hash, 0, 10);
    assert_eq!(refused(gone).0, "internal", "the content is gone");
}

#[tokio::test]
async fn what_is_reaped_is_never_what_somebody_just_sent() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let to = house.group(anna, &[]).await;
    // The same content comes and goes while the reaper looks again and again.
    let bytes = noise(2, 20_000);
    let reaping = {
        let service = house.service.clone();
        tokio::spawn(async move {
            loop {
                service.reap().await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    for _ in 0..30 {
        let file = upload(&house, anna, &bytes).await.unwrap();
        assert_eq!(content(&house, anna, &file).unwrap(), bytes);
        house.service.delete_file(anna, file.id).await.unwrap();
    }
    let file = upload(&house, anna, &bytes).await.unwrap();
    let new = message_with(to, &file);
    house.service.send(anna, new).await.unwrap();
    reaping.abort();
    // That it was ended is no news.
    let _ = reaping.await;
    house.service.reap().await.unwrap();
    assert_eq!(content(&house, anna, &file).unwrap(), bytes);
}

#[tokio::test]
async fn what_is_not_sent_within_a_day_goes_away() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let to = house.group(anna, &[]).await;
    let sent = upload(&house, anna, b"sent").await.unwrap();
    let unsent = upload(&house, anna, b"unsent").await.unwrap();
    let new = message_with(to, &sent);
    house.service.send(anna, new).await.unwrap();
    house.clock.advance(Duration::from_hours(25));
    let late = upload(&house, anna, b"late").await.unwrap();
    house.service.reap().await.unwrap();
    assert_eq!(refused(content(&house, anna, &unsent)).0, "not_found");
    assert_eq!(content(&house, anna, &sent).unwrap(), "sent");
    assert_eq!(content(&house, anna, &late).unwrap(), "late");
    let removed = house
        .published
        .count(|event| matches!(event, EventBody::FileRemoved { .. }));
    assert_eq!(removed, 1);
}

#[tokio::test]
async fn case_44_uploads_stop_before_the_database_does() {
    let files = FileSettings {
        reserve_bytes: Some(u64::MAX),
        ..FileSettings::default()
    };
    let house = House::open();
    let (anna, ..) = house.people().await;
    let to = house.group(anna, &[]).await;
    let file = upload(&house, anna, b"before").await.unwrap();
    let begun = house.service.begin_upload(anna, "a", 10).await.unwrap();
    let house = house.restart(with_files(files)).await;
    let full = house.service.begin_upload(anna, "b", 1).await;
    assert_eq!(refused(full).0, "storage_full");
    assert_eq!(refused(upload(&house, anna, b"x").await).0, "storage_full");
    let piece = Piece::default();
    let full = house
        .service
        .write_upload(anna, begun.id, piece, body(b"0123456789"));
    assert_eq!(refused(full.await).0, "storage_full");
    // Everything else goes on.
    let new = message_with(to, &file);
    house.service.send(anna, new).await.unwrap();
    house.send(anna, to, "still here").await.unwrap();
    assert_eq!(content(&house, anna, &file).unwrap(), "before");
    // And with room again, so does the upload.
    let house = house.restart(settings()).await;
    let piece = Piece::default();
    let done = house
        .service
        .write_upload(anna, begun.id, piece, body(b"0123456789"));
    assert!(done.await.unwrap().file.is_some());
}

#[tokio::test]
async fn nobody_begins_more_than_they_finish() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    for n in 0..100 {
        house
            .service
            .begin_upload(anna, &n.to_string(), 1)
            .await
            .unwrap();
    }
    let more = house.service.begin_upload(anna, "one more", 1).await;
    assert_eq!(refused(more).0, "conflict");
    house
        .service
        .begin_upload(bert, "his own", 1)
        .await
        .unwrap();
    let house = house.restart(settings()).await;
    let more = house.service.begin_upload(anna, "one more", 1).await;
    assert_eq!(refused(more).0, "conflict", "they came back");
}

#[tokio::test]
async fn uploads_are_limited_in_rate_and_say_when_to_go_on() {
    let settings = Settings {
        limited: true,
        ..settings()
    };
    let house = House::open_with(settings);
    let (anna, bert, _) = house.people().await;
    let (burst, _) = LimitedAction::Upload.rate();
    for _ in 0..burst {
        house.service.begin_upload(anna, "a", 0).await.unwrap();
    }
    let error = house.service.begin_upload(anna, "a", 0).await.unwrap_err();
    assert_eq!(
        (error.code(), error.retry_after()),
        ("rate_limited", Some(1))
    );
    let begun = house.service.begin_upload(bert, "a", 1).await.unwrap();
    // Who asks where to go on is never told to begin again.
    let (burst, _) = LimitedAction::Transfer.rate();
    for _ in 0..=burst {
        house.service.settle_upload(bert, begun.id).await.unwrap();
    }
}

/// A body that comes as the test sends it, a piece at a time.
fn slow_body() -> (
    tokio::sync::mpsc::Sender<Option<Bytes>>,
    impl futures_util::Stream<Item = Option<Bytes>> + Send + use<>,
) {
    let (send, receive) = tokio::sync::mpsc::channel(1);
    let body = stream::unfold(receive, async |mut receive| {
        Some((receive.recv().await?, receive))
    });
    (send, body)
}

/// Takes every place: four people send eight files each, and a first byte of each has arrived.
async fn crowd(house: &House) -> Vec<tokio::sync::mpsc::Sender<Option<Bytes>>> {
    let mut senders = Vec::new();
    for name in ["dora", "emil", "fred", "gina"] {
        let who = house.user(name).await;
        for _ in 0..8 {
            let begun = house.service.begin_upload(who, "a", 100).await.unwrap();
            let (send, body) = slow_body();
            let service = house.service.clone();
            tokio::spawn(async move {
                let piece = Piece::default();
                service.write_upload(who, begun.id, piece, body).await
            });
            senders.push(send);
        }
    }
    feed(&senders).await;
    senders
}

/// A byte for each who still sends; returns when it has arrived.
async fn feed(senders: &[tokio::sync::mpsc::Sender<Option<Bytes>>]) {
    for send in senders {
        let byte = Bytes::from_static(b"x");
        // Who was ended takes none.
        let _ = send.send(Some(byte)).await;
        while !send.is_closed() && send.capacity() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn who_finds_no_place_waits_for_one() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let mut senders = crowd(&house).await;
    let one_goes = async {
        tokio::task::yield_now().await;
        senders.truncate(31);
    };
    let (taken, ()) = tokio::join!(upload(&house, anna, b"x"), one_goes);
    taken.unwrap();
}

#[tokio::test]
async fn nobody_who_dawdles_keeps_a_place_from_others() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let senders = crowd(&house).await;
    house.clock.advance(Duration::from_secs(20));
    feed(&senders).await;
    house.clock.advance(Duration::from_secs(20));
    let waiting = upload(&house, anna, b"x");
    let (taken, ()) = tokio::join!(waiting, feed(&senders));
    taken.unwrap();
}

#[tokio::test]
async fn who_sends_nothing_for_long_is_ended_and_what_came_stays() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let begun = house.service.begin_upload(anna, "a", 20).await.unwrap();
    let (send, receive) = tokio::sync::mpsc::unbounded_channel::<Option<Bytes>>();
    let silent = stream::unfold(receive, async |mut receive| {
        Some((receive.recv().await?, receive))
    });
    send.send(Some(Bytes::from_static(b"0123456789"))).unwrap();
    let service = house.service.clone();
    let writing = tokio::spawn(async move {
        let piece = Piece::default();
        service.write_upload(anna, begun.id, piece, silent).await
    });
    let clock = house.clock.clone();
    let ended = async {
        while !writing.is_finished() {
            clock.advance(Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        writing.await.unwrap()
    };
    assert_eq!(refused(ended.await).0, "broken_off");
    let state = house.service.settle_upload(anna, begun.id).await.unwrap();
    assert_eq!(state.offset, 10);
    drop(send);
}
