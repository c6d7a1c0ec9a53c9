//! Uploads that can be resumed, whatever happens to the line or the server meanwhile.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::harness::{Client, PASSWORD, Reply, TestServer};
use crate::process::{Process, add_user};
use crate::tus::{BYTES, noise, slow_body};

#[tokio::test]
async fn a_file_arrives_in_pieces_and_is_sent_and_read() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    let bytes = noise(1, 700_000);
    let begun = ada.begin("Bericht für Ada.bin", bytes.len()).await;
    assert_eq!(begun.header("tus-resumable"), Some("1.0.0"));
    assert!(begun.header("upload-expires").unwrap().ends_with(" GMT"));
    let place = begun.header("location").unwrap().to_owned();
    begun.gives(201);
    let id = place.strip_prefix("/api/uploads/").unwrap();

    let first = ada.go_on(id, 0, &bytes[..300_000]).await;
    assert_eq!(first.header("upload-offset"), Some("300000"));
    first.gives(204);
    assert_eq!(ada.offset(id).await, Some(300_000));
    let state = ada.get(&place).await.gives(200);
    assert_eq!(
        (&state["offset"], &state["length"]),
        (&json!(300_000), &json!(700_000))
    );
    assert_eq!(state["file"], Value::Null);
    let last = ada.go_on(id, 300_000, &bytes[300_000..]).await;
    assert_eq!(last.header("inkspot-file"), Some(id));
    assert_eq!(last.header("upload-offset"), Some("700000"));
    last.gives(204);
    assert_eq!(ada.offset(id).await, Some(700_000), "also after the end");

    let file = ada.get(&place).await.gives(200)["file"].clone();
    assert_eq!(file["id"], id);
    assert_eq!(file["name"], "Bericht für Ada.bin");
    assert_eq!(
        (&file["size"], &file["kind"]),
        (&json!(700_000), &json!("file"))
    );
    assert_eq!(file["mime"], "application/octet-stream");
    assert_eq!(
        file["url"],
        format!("/api/files/{id}/Bericht%20f%C3%BCr%20Ada.bin")
    );
    let sent = ada.send_files(&room, "", &[&file]).await.gives(201);
    assert_eq!(sent["attachments"], json!([file]));
    assert_eq!(
        (&sent["content"], &sent["messageType"]),
        (&json!(""), &json!("file"))
    );

    let read = grace.open(&file["url"]).await;
    assert_eq!(read.status, 200);
    assert!(read.bytes == bytes);
    assert_eq!(
        read.header("content-disposition"),
        Some(
            "attachment; filename=\"Bericht f_r Ada.bin\"; filename*=UTF-8''Bericht%20f%C3%BCr%20Ada.bin"
        )
    );
    assert_eq!(read.header("content-length"), Some("700000"));
    assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
    let history = grace
        .get(&format!("/api/conversations/{room}/messages"))
        .await
        .gives(200);
    assert_eq!(history["messages"][0]["attachments"], json!([file]));
    let listed = grace
        .get(&format!("/api/conversations/{room}/files"))
        .await
        .gives(200);
    assert_eq!(listed["files"][0]["id"], id);
    assert_eq!(listed["files"][0]["message"]["id"], sent["id"]);
}

#[tokio::test]
async fn the_words_of_tus_are_kept() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let told = Reply::to(server.visitor().request(Method::OPTIONS, "/api/uploads")).await;
    assert_eq!(told.header("tus-version"), Some("1.0.0"));
    assert_eq!(
        told.header("tus-extension"),
        Some("creation,creation-with-upload,termination,checksum,expiration")
    );
    assert_eq!(told.header("tus-max-size"), Some("104857600"));
    assert_eq!(told.header("tus-checksum-algorithm"), Some("sha1,sha256"));
    told.gives(204);

    // with its first bytes
    let request = ada
        .tus(Method::POST, "/api/uploads")
        .header("Upload-Length", 10)
        .header("Upload-Metadata", "filename YS50eHQ=")
        .header("Content-Type", BYTES)
        .body("hello");
    let begun = Reply::to(request).await;
    assert_eq!(begun.header("upload-offset"), Some("5"));
    let place = begun.header("location").unwrap().to_owned();
    begun.gives(201);
    let id = place.rsplit('/').next().unwrap();

    // also when they count for nothing
    let request = ada
        .tus(Method::POST, "/api/uploads")
        .header("Upload-Length", 10)
        .header("Upload-Metadata", "filename YS50eHQ=")
        .header("Content-Type", BYTES)
        .header("Upload-Checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")
        .body("hello");
    let begun = Reply::to(request).await;
    assert_eq!(begun.header("upload-offset"), Some("0"));
    assert!(begun.header("location").is_some());
    begun.gives(201);

    // by POST alone
    let request = ada
        .tus(Method::POST, &place)
        .header("X-HTTP-Method-Override", "PATCH")
        .header("Upload-Offset", 5)
        .header("Content-Type", BYTES)
        .body("12");
    Reply::to(request).await.gives(204);
    assert_eq!(ada.offset(id).await, Some(7));
    let request = ada
        .tus(Method::POST, &place)
        .header("X-HTTP-Method-Override", "DELETE");
    Reply::to(request).await.gives(204);
    assert_eq!(ada.offset(id).await, None);

    // nothing is a file, too
    let empty = ada.begin("empty.txt", 0).await;
    assert!(empty.header("inkspot-file").is_some());
    let place = empty.header("location").unwrap().to_owned();
    empty.gives(201);
    let file = ada.get(&place).await.gives(200)["file"].clone();
    assert_eq!(file["size"], 0);
    assert!(ada.open(&file["url"]).await.bytes.is_empty());

    // another version, or none
    for version in [None, Some("0.2.2")] {
        let request = ada
            .request(Method::POST, "/api/uploads")
            .header("Upload-Length", 1);
        let request = match version {
            Some(version) => request.header("Tus-Resumable", version),
            None => request,
        };
        let refused = Reply::to(request).await;
        assert_eq!(refused.header("tus-version"), Some("1.0.0"));
        assert_eq!(refused.header("tus-resumable"), Some("1.0.0"));
        refused.refuses(412, "other_version");
    }
}

/// Sends the beginning of a piece, and returns when the server has it; the request goes on.
async fn half_sent(client: &Client, id: &str, offset: usize, bytes: &[u8]) -> Hanging {
    let (sender, body) = slow_body();
    let request = client.piece(id, offset, body);
    let sending = tokio::spawn(async move { Reply::to(request).await });
    // A piece is written as soon as there is enough of it.
    for part in bytes.chunks(16 * 1024) {
        sender.send(part.to_vec().into()).unwrap();
    }
    let enough = offset + bytes.len() / (256 * 1024) * (256 * 1024);
    while progress(client, id).await < enough {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Hanging { sender, sending }
}

struct Hanging {
    sender: tokio::sync::mpsc::UnboundedSender<bytes::Bytes>,
    sending: tokio::task::JoinHandle<Reply>,
}

/// How far an upload has come, while it goes on.
async fn progress(client: &Client, id: &str) -> usize {
    let state = client.get(&format!("/api/uploads/{id}")).await.gives(200);
    usize::try_from(state["offset"].as_u64().unwrap()).unwrap()
}

#[tokio::test]
async fn what_arrived_before_a_cut_is_kept_over_either_protocol() {
    let server = TestServer::start().await;
    let new = server.person("ada").await;
    let old = server.old_visitor().sign_in("ada", PASSWORD).await;
    let bytes = noise(2, 1_000_000);
    for client in [&new, &old] {
        let id = client.upload_id("a.bin", bytes.len()).await;
        let Hanging { sender, sending } = half_sent(client, &id, 0, &bytes[..600_000]).await;
        sending.abort();
        assert!(sending.await.unwrap_err().is_cancelled());
        drop(sender);
        let offset = new.offset(&id).await.unwrap();
        assert!((524_288..=600_000).contains(&offset), "{offset}");
        new.go_on(&id, offset, &bytes[offset..]).await.gives(204);
        let state = new.get(&format!("/api/uploads/{id}")).await.gives(200);
        assert!(new.open(&state["file"]["url"]).await.bytes == bytes);
    }
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let bytes = noise(3, 900_000);
    let id = ada.upload_id("a.bin", bytes.len()).await;
    ada.go_on(&id, 0, &bytes[..100_000]).await.gives(204);
    // One that goes on while the server ends is kept, too.
    let cut = ada.upload_id("b.bin", bytes.len()).await;
    let hanging = half_sent(&ada, &cut, 0, &bytes[..300_000]).await;
    let server = server.restart().await;
    drop(hanging.sender);
    let ada = server.visitor().sign_in("ada", PASSWORD).await;
    assert_eq!(ada.offset(&id).await, Some(100_000));
    let offset = ada.offset(&cut).await.unwrap();
    assert!((262_144..=300_000).contains(&offset), "{offset}");
    for (id, offset) in [(id, 100_000), (cut, offset)] {
        ada.go_on(&id, offset, &bytes[offset..]).await.gives(204);
        let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
        assert!(ada.open(&state["file"]["url"]).await.bytes == bytes);
    }
}

#[tokio::test]
async fn an_upload_goes_on_after_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut process = Process::start(&data).await;
    add_user(&data, "ada");
    let ada = process.visitor().sign_in("ada", PASSWORD).await;
    let bytes = noise(4, 3_000_000);
    let id = ada.upload_id("a.bin", bytes.len()).await;
    let done = ada.upload("done.bin", &bytes[..5000]).await;
    ada.go_on(&id, 0, &bytes[..1_000_000]).await.gives(204);
    let hanging = half_sent(&ada, &id, 1_000_000, &bytes[1_000_000..2_000_000]).await;
    process.kill();
    drop(hanging);
    let process = Process::start(&data).await;
    let ada = process.visitor().sign_in("ada", PASSWORD).await;
    let offset = ada.offset(&id).await.unwrap();
    assert!((1_000_000..=2_000_000).contains(&offset), "{offset}");
    ada.go_on(&id, offset, &bytes[offset..]).await.gives(204);
    let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
    assert!(ada.open(&state["file"]["url"]).await.bytes == bytes);
    assert!(ada.open(&done["url"]).await.bytes == bytes[..5000]);
}

#[tokio::test]
async fn case_42_who_comes_later_goes_on_and_who_sent_before_lets_go() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let bytes = noise(5, 800_000);
    let id = ada.upload_id("a.bin", bytes.len()).await;
    let older = half_sent(&ada, &id, 0, &bytes[..300_000]).await;
    let offset = ada.offset(&id).await.unwrap();
    assert_eq!(offset, 300_000, "all that was sent is kept");
    older.sending.await.unwrap().refuses(423, "upload_busy");

    // Two at the same place: no byte counts twice, and who asks where it stands can go on.
    let rest = &bytes[offset..];
    let (one, other) = tokio::join!(ada.go_on(&id, offset, rest), ada.go_on(&id, offset, rest));
    let refused = |reply: &Reply| matches!(reply.status, 409 | 423);
    assert!(refused(&one) || refused(&other), "{one:?} {other:?}");
    let offset = ada.offset(&id).await.unwrap();
    if offset < bytes.len() {
        ada.go_on(&id, offset, &bytes[offset..]).await.gives(204);
    }
    let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
    assert!(ada.open(&state["file"]["url"]).await.bytes == bytes);
}

#[tokio::test]
async fn case_42_another_ones_upload_does_not_exist() {
    let server = TestServer::start().await;
    let (ada, eve) = (server.person("ada").await, server.person("eve").await);
    let id = ada.upload_id("a.bin", 10).await;
    let unknown = "0".repeat(26);
    for id in [id.as_str(), &unknown, "x"] {
        let path = format!("/api/uploads/{id}");
        assert_eq!(eve.offset(id).await, None);
        eve.get(&path).await.refuses(404, "not_found");
        eve.go_on(id, 0, b"evil").await.refuses(404, "not_found");
        let gone = Reply::to(eve.tus(Method::DELETE, &path)).await;
        gone.refuses(404, "not_found");
        let request = eve.tus(Method::POST, &path);
        let request = request.header("X-HTTP-Method-Override", "DELETE");
        Reply::to(request).await.refuses(404, "not_found");
    }
    assert_eq!(ada.offset(&id).await, Some(0), "untouched");
    let nobody = ada.signed_out();
    nobody.begin("a", 1).await.refuses(401, "unauthorized");
    nobody
        .go_on(&id, 0, b"x")
        .await
        .refuses(401, "unauthorized");
}

#[tokio::test]
async fn case_42_lies_about_sizes_and_offsets_are_refused() {
    let server = TestServer::start_with(|config| config.files.max_file_mib = 1).await;
    let ada = server.person("ada").await;
    let refused = ada.begin("a", (1 << 20) + 1).await;
    let error = refused.refuses(413, "file_too_large");
    assert_eq!(error["limit"], 1 << 20);
    assert!(error["message"].as_str().unwrap().contains("1 MiB"));
    let id = ada.upload_id("a.txt", 10).await;
    ada.go_on(&id, 0, b"hello").await.gives(204);
    for offset in [0, 4, 6, 10, usize::MAX] {
        let refused = ada.go_on(&id, offset, b"x").await;
        refused.refuses(409, "wrong_offset");
    }
    // More than is missing, announced or not.
    let refused = ada.go_on(&id, 5, b"123456").await;
    assert_eq!(refused.refuses(413, "payload_too_large")["limit"], 5);
    assert_eq!(ada.offset(&id).await, Some(5));
    let (sender, body) = slow_body();
    sender.send("12".into()).unwrap();
    sender.send("345678".into()).unwrap();
    drop(sender);
    let refused = Reply::to(ada.piece(&id, 5, body)).await;
    refused.refuses(413, "payload_too_large");
    let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
    assert_eq!(state["offset"], 10, "what fits has arrived");
    assert_eq!(ada.offset(&id).await, Some(10));
    let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
    assert_eq!(ada.open(&state["file"]["url"]).await.bytes, b"hello12345");

    for (header, value) in [
        ("Upload-Length", "-1"),
        ("Upload-Length", "1e3"),
        ("Upload-Length", "99999999999999999999"),
        ("Upload-Defer-Length", "1"),
    ] {
        let request = ada.tus(Method::POST, "/api/uploads").header(header, value);
        let request = request.header("Upload-Metadata", "filename YQ==");
        Reply::to(request).await.refuses(400, "invalid_field");
    }
    let request = ada
        .tus(Method::POST, "/api/uploads")
        .header("Upload-Length", 1);
    let refused = Reply::to(request).await.refuses(400, "invalid_field");
    assert_eq!(refused["field"], "Upload-Metadata");
    let path = format!("/api/uploads/{id}");
    let other_kind = ada.tus(Method::PATCH, &path).header("Upload-Offset", 0);
    let refused = Reply::to(other_kind.json(&json!({}))).await;
    refused.refuses(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_checksum_is_looked_at_before_the_bytes_count() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let bytes = noise(7, 700_000);
    let id = ada.upload_id("a.bin", bytes.len()).await;
    let sha1 = |bytes: &[u8]| format!("sha1 {}", STANDARD.encode(Sha1::digest(bytes)));
    let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let (first, rest) = bytes.split_at(300_000);
    let send = async |offset, piece: &[u8], sum: String| {
        let request = ada.piece(&id, offset, piece.to_vec());
        Reply::to(request.header("Upload-Checksum", sum)).await
    };
    let refused = send(0, first, sha1(rest)).await;
    refused.refuses(460, "checksum_mismatch");
    assert_eq!(ada.offset(&id).await, Some(0));
    send(0, first, "md5 AAAA".into())
        .await
        .refuses(400, "invalid_field");
    send(0, first, sha1(first)).await.gives(204);
    let refused = send(300_000, rest, sha256(first)).await;
    refused.refuses(460, "checksum_mismatch");
    assert_eq!(ada.offset(&id).await, Some(300_000));
    send(300_000, rest, sha256(rest)).await.gives(204);
    let state = ada.get(&format!("/api/uploads/{id}")).await.gives(200);
    assert!(ada.open(&state["file"]["url"]).await.bytes == bytes);
}

#[tokio::test]
async fn case_42_what_is_never_finished_goes_away() {
    let server = TestServer::start_with(|config| config.files.quota_mib = 1).await;
    let ada = server.person("ada").await;
    let id = ada.upload_id("a.bin", 1 << 20).await;
    ada.go_on(&id, 0, &noise(8, 1000)).await.gives(204);
    let refused = ada.begin("b.bin", 1).await;
    assert_eq!(refused.refuses(507, "quota_exceeded")["limit"], 1 << 20);
    server.wait(Duration::from_hours(23));
    ada.go_on(&id, 1000, b"x").await.gives(204);
    server.wait(Duration::from_hours(23));
    assert_eq!(
        ada.offset(&id).await,
        Some(1001),
        "as long as something comes"
    );
    server.wait(Duration::from_hours(1));
    assert_eq!(ada.offset(&id).await, None);
    ada.upload_id("b.bin", 1 << 20).await;
    server.wait(Duration::from_hours(25));
    server.service.reap().await.unwrap();
    ada.upload_id("c.bin", 1 << 20).await;
}

#[tokio::test]
async fn case_42_an_upload_is_of_no_use_to_who_was_removed_meanwhile() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let id = bob.upload_id("a.txt", 5).await;
    bob.go_on(&id, 0, b"he").await.gives(204);
    let path = format!("/api/conversations/{room}/members/{}", bob.id());
    ada.delete(&path).await.gives(204);
    bob.go_on(&id, 2, b"llo").await.gives(204);
    let sent = bob.send_files(&room, "", &[&json!({"id": id})]).await;
    sent.refuses(404, "not_found");
    // It is still his own, for somewhere else.
    let own = bob.group("Own", &[]).await;
    bob.send_files(&own, "", &[&json!({"id": id})])
        .await
        .gives(201);
}
