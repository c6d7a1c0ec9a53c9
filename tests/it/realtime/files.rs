//! Messages with files, and faces, through the realtime door.

use serde_json::{Value, json};

use super::socket::Socket;
use crate::harness::{Reply, TestServer};
use crate::tus::png;

#[tokio::test]
async fn a_message_with_files_brings_them_in_full_live_and_on_resume() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut hers = Socket::enter(&ada).await.unwrap();
    let mut his = Socket::enter(&bob).await.unwrap();
    his.join(&room).await;
    let (line, _) = his.cut().await;
    let mut other = Socket::enter(&bob).await.unwrap();
    other.join(&room).await;

    let picture = ada.upload("a.png", &png(400, 300)).await;
    let text = ada.upload("b.txt", b"b").await;
    let arg = json!({
        "conversationId": room,
        "messageType": "image",
        "attachments": [picture["id"], text["id"]],
    });
    let sent = hers.ask("send-message", arg.clone()).await;
    assert_eq!(sent["attachments"], json!([picture, text]), "{sent}");
    assert_eq!(
        (&sent["content"], &sent["messageType"]),
        (&json!(""), &json!("file"))
    );
    assert_eq!(other.expect("new-message").await, sent);
    // That the group was made may be told just now.
    let mut update = other.expect("conversation-updated").await;
    while update["lastMessage"].is_null() {
        update = other.expect("conversation-updated").await;
    }
    assert_eq!(update["lastMessage"]["attachments"], sent["attachments"]);
    let mut back = Socket::resume(&bob, &line).await;
    assert_eq!(back.expect("new-message").await, sent);
    assert_eq!(bob.open(&picture["url"]).await.status, 200);

    let again = hers.ask("send-message", arg).await;
    assert_eq!(
        (&again["code"], &again["field"]),
        (&json!("invalid_field"), &json!("attachments"))
    );
    for odd in [
        json!("x"),
        json!({}),
        json!([1]),
        json!([null]),
        json!([["x"]]),
    ] {
        let arg = json!({"conversationId": room, "content": "x", "attachments": odd});
        let refused = hers.ask("send-message", arg).await;
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!("invalid_field"), &json!("attachments")),
            "{odd}"
        );
    }
    let arg = json!({"conversationId": room, "content": "x", "attachments": null});
    assert_eq!(hers.ask("send-message", arg).await["messageType"], "text");
}

#[tokio::test]
async fn a_new_face_is_told_to_those_who_know_it() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut his = Socket::enter(&bob).await.unwrap();
    let put = async |path: &str, file: &Value| {
        let request = ada.request(reqwest::Method::PUT, path);
        let request = request.json(&json!({"fileId": file["id"]}));
        Reply::to(request).await.gives(200)
    };
    let face = ada.upload("a.png", &png(5, 5)).await;
    let set = put("/api/auth/me/avatar", &face).await;
    let told = his.expect("user-updated").await;
    assert_eq!(told["avatarUrl"], set["user"]["avatarUrl"]);
    let face = ada.upload("b.png", &png(6, 6)).await;
    let set = put(&format!("/api/conversations/{room}/avatar"), &face).await;
    let url = &set["avatarUrl"];
    while &his.expect("conversation-updated").await["avatarUrl"] != url {
        assert!(url.is_string());
    }
}
