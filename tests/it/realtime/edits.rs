//! Messages that are changed and deleted, as those hear of it who are there, and who were not.

use std::time::Duration;

use serde_json::{Value, json};

use super::socket::{Said, Socket};
use super::{contents, id, mentions, never_goes_back};
use crate::harness::{Client, TestServer};

/// The messages that were changed, as they were told.
fn updated(heard: &[Said]) -> Vec<&Value> {
    let told = heard.iter().filter(|said| said.name == "message-updated");
    told.map(|said| &said.args[0]).collect()
}

/// What a person's list shows of a conversation, once it is told.
async fn list_shows(server: &TestServer, tab: &mut Socket, room: &str) -> Value {
    loop {
        let heard = tab.heard_by_now().await;
        let about = |said: &&Said| said.name == "conversation-updated" && mentions(said, room);
        if let Some(said) = heard.iter().rfind(about) {
            return said.args[0].clone();
        }
        server.wait(Duration::from_millis(200));
    }
}

async fn history(reader: &Client, message: &str) -> Value {
    let path = format!("/api/messages/{message}/history");
    reader.get(&path).await.gives(200)["versions"].clone()
}

#[tokio::test]
async fn who_is_there_hears_of_it_and_lists_follow_the_newest() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let (first, last) = (ada.send(&room, "one").await, ada.send(&room, "two").await);
    let (mut writer, mut there) = (
        Socket::enter(&ada).await.unwrap(),
        Socket::enter(&bob).await.unwrap(),
    );
    let mut sidebar = Socket::enter(&bob).await.unwrap();
    list_shows(&server, &mut sidebar, &room).await;
    there.join(&room).await;

    let edit = json!({"messageId": id(&first), "content": "eins"});
    let edited = writer.ask("edit-message", edit).await;
    assert_eq!(
        (&edited["content"], &edited["seq"]),
        (&json!("eins"), &json!(1))
    );
    assert!(edited["editedAt"].is_string() && edited.get("deletedAt").is_none());
    assert_eq!(there.expect("message-updated").await, edited);
    let path = format!("/api/messages/{}", id(&last));
    let edited = ada
        .patch(&path, json!({"content": "zwei"}))
        .await
        .gives(200);
    let heard = there.heard_by_now().await;
    assert_eq!(updated(&heard), [&edited]);
    let shown = list_shows(&server, &mut sidebar, &room).await;
    assert_eq!(
        (&shown["lastMessage"], &shown["reason"]),
        (&edited, &json!("message"))
    );
    assert_eq!(history(&bob, id(&last)).await[0]["content"], "two");
    assert_eq!(history(&bob, id(&last)).await[1]["content"], "zwei");

    let delete = json!({"messageId": id(&last)});
    assert_eq!(
        writer.ask("delete-message", delete).await,
        json!({"ok": true})
    );
    let deleted = there.expect("message-updated").await;
    assert_eq!(
        (&deleted["content"], &deleted["id"]),
        (&json!(""), &last["id"])
    );
    assert!(deleted["deletedAt"].is_string() && deleted.get("editedAt").is_none());
    let shown = list_shows(&server, &mut sidebar, &room).await;
    assert_eq!(shown["lastMessage"], deleted);
    assert_eq!(history(&bob, id(&last)).await, json!([]));
    ada.delete(&format!("/api/messages/{}", id(&first)))
        .await
        .gives(204);
    let older = there.expect("message-updated").await;
    assert_eq!((&older["content"], &older["seq"]), (&json!(""), &json!(1)));
    let heard = sidebar.heard_by_now().await;
    assert_eq!(updated(&heard), [&json!(null); 0], "it joined nothing");
}

#[tokio::test]
async fn who_was_away_is_told_what_there_is_now() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    let (old, older) = (ada.send(&room, "old").await, ada.send(&room, "older").await);
    assert_eq!(contents(&tab.heard_by_now().await), ["old", "older"]);
    let line = tab.line();
    drop(tab);
    let (new, newer) = (
        ada.send(&room, "new").await,
        ada.send(&room, "secret").await,
    );
    for (message, content) in [(&old, "changed"), (&new, "changed too")] {
        let path = format!("/api/messages/{}", id(message));
        ada.patch(&path, json!({"content": content}))
            .await
            .gives(200);
    }
    for message in [&older, &newer] {
        let path = format!("/api/messages/{}", id(message));
        ada.delete(&path).await.gives(204);
    }
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], true);
    let heard = tab.heard_by_now().await;
    never_goes_back(&heard);
    assert_eq!(contents(&heard), ["changed too", ""]);
    let told = updated(&heard);
    let told: Vec<_> = told
        .iter()
        .map(|m| (id(m), m["content"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (id(&old), "changed"),
            (id(&new), "changed too"),
            (id(&older), ""),
            (id(&newer), "")
        ]
    );
    assert!(
        !heard.iter().any(|said| mentions(said, "secret")),
        "{heard:?}"
    );
}

#[tokio::test]
async fn case_07_and_09_the_id_of_another_rooms_message_does_nothing_and_embeds_nothing() {
    let server = TestServer::start().await;
    let (ada, eve) = (server.person("ada").await, server.person("eve").await);
    let (room, own) = (ada.group("Room", &[]).await, eve.group("Own", &[]).await);
    let secret = ada.send(&room, "secret").await;
    let unknown = format!("0000000000001{}", &id(&secret)[13..]);
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    let mut attacker = Socket::enter(&eve).await.unwrap();
    for message in [id(&secret), unknown.as_str(), "x", ""] {
        for (name, arg) in [
            (
                "edit-message",
                json!({"messageId": message, "content": "mine"}),
            ),
            (
                "edit-message",
                json!({"messageId": message, "content": "mine", "conversationId": own}),
            ),
            ("delete-message", json!({"messageId": message})),
            (
                "delete-message",
                json!({"messageId": message, "conversationId": own}),
            ),
        ] {
            let answer = attacker.ask(name, arg).await;
            assert_eq!(answer["code"], "not_found", "{name} {message}");
        }
        let path = format!("/api/messages/{message}");
        if !message.is_empty() {
            let edit = json!({"content": "mine"});
            eve.patch(&path, edit).await.refuses(404, "not_found");
            eve.delete(&path).await.refuses(404, "not_found");
            let path = format!("{path}/history");
            eve.get(&path).await.refuses(404, "not_found");
        }
    }
    // Whatever names it in a new message, the new message has nothing of it.
    let arg = json!({
        "conversationId": own, "content": "look", "replyTo": id(&secret), "forwardOf": id(&secret),
        "quote": {"messageId": id(&secret)}, "id": id(&secret), "editedAt": "2000-01-01T00:00:00.000Z",
    });
    let sent = attacker.ask("send-message", arg.clone()).await;
    let posted = eve.post("/api/messages/realtime", arg).await.gives(201);
    for message in [sent, posted] {
        let text = message.to_string();
        assert!(
            !text.contains("secret") && !text.contains(id(&secret)),
            "{text}"
        );
        assert!(message.get("editedAt").is_none(), "{text}");
    }
    let heard = ear.heard_by_now().await;
    assert!(!heard.iter().any(|said| mentions(said, &room)), "{heard:?}");
    assert_eq!(
        history(&ada, id(&secret)).await.as_array().unwrap().len(),
        1
    );
}

/// Searching and files have this case in their own rooms.
#[tokio::test]
async fn case_10_a_deleted_message_is_gone_from_every_answer() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let arg = json!({"conversationId": room, "content": "a secret", "clientId": "once"});
    let sent = ada
        .post("/api/messages/realtime", arg.clone())
        .await
        .gives(201);
    let path = format!("/api/messages/{}", id(&sent));
    ada.patch(&path, json!({"content": "a secret again"}))
        .await
        .gives(200);
    ada.delete(&path).await.gives(204);
    ada.delete(&path).await.gives(204);
    ada.patch(&path, json!({"content": "back"}))
        .await
        .refuses(409, "conflict");
    let again = ada.post("/api/messages/realtime", arg).await.gives(200);
    assert_eq!((&again["id"], &again["content"]), (&sent["id"], &json!("")));
    let server = server.restart().await;
    let bob = server.visitor().with_token(bob.token.as_ref().unwrap());
    for path in [
        "/api/conversations".to_owned(),
        format!("/api/conversations/{room}"),
        format!("/api/conversations/{room}/messages"),
        format!("/api/conversations/{room}/messages?around=1"),
        format!("{path}/history"),
    ] {
        let reply = bob.get(&path).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.text.contains("secret"), "{path} {}", reply.text);
    }
}

#[tokio::test]
async fn case_12_whatever_else_is_sent_along_changes_nothing() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (room, other) = (
        ada.group("Room", &[&bob]).await,
        ada.group("Other", &[]).await,
    );
    let sent = ada.send(&room, "words").await;
    let mut tab = Socket::enter(&ada).await.unwrap();
    let extra = json!({
        "messageId": id(&sent), "content": "", "conversationId": other, "senderId": bob.id(), "seq": 7,
        "id": "x", "createdAt": "2000-01-01T00:00:00.000Z", "deletedAt": "2000-01-01T00:00:00.000Z",
        "messageType": "image", "attachments": ["x"], "clientId": "new", "sender": {"name": "Eve"},
    });
    for (n, socket) in [(1, true), (2, false)] {
        let mut arg = extra.clone();
        arg["content"] = json!(n.to_string());
        let edited = if socket {
            tab.ask("edit-message", arg).await
        } else {
            let path = format!("/api/messages/{}", id(&sent));
            ada.patch(&path, arg).await.gives(200)
        };
        let mut expected = sent.clone();
        expected["content"] = json!(n.to_string());
        expected["editedAt"].clone_from(&edited["editedAt"]);
        expected["updatedAt"].clone_from(&edited["editedAt"]);
        assert_eq!(edited, expected);
    }
}
