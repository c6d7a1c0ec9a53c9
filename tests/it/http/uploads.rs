//! Uploads that can be resumed, whatever happens to the line or the server meanwhile.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer};
use crate::tus::{BYTES, noise};

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
