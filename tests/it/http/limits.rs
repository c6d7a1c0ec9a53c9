//! Every limit: at it, under it, over it.

use std::time::Duration;

use inkspot::config::LimitProfile;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Reply, TestServer};

#[tokio::test]
async fn a_read_mark_names_a_position_that_a_message_can_have() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let path = format!("/api/conversations/{}/read", ada.group("Tea", &[]).await);
    for seq in [Value::Null, json!("1"), json!(-1), json!(1_u64 << 63)] {
        let reply = ada.post(&path, json!({"seq": seq})).await;
        assert_eq!(reply.refuses(400, "invalid_field")["field"], "seq");
    }
    let highest = json!({"seq": (1_u64 << 63) - 1});
    ada.post(&path, highest).await.gives(204);
}

#[tokio::test]
async fn every_field_has_a_limit_and_a_clear_error() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let room = admin.group("Room", &[]).await;
    let send = async |content: String| {
        let body = json!({"conversationId": room, "content": content});
        admin.post("/api/messages/realtime", body).await
    };
    send("x".repeat(8000)).await.gives(201);
    send("😀".repeat(8000)).await.gives(201);
    let error = send("x".repeat(8001)).await.refuses(400, "too_long");
    assert_eq!(
        (&error["field"], &error["limit"]),
        (&json!("content"), &json!(8000))
    );
    assert_eq!(send(" \n".into()).await.json["error"]["field"], "content");

    let check = async |path: &str, body: Value, field: &str| {
        let reply = admin.post(path, body).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert_eq!(reply.json["error"]["field"], field, "{}", reply.text);
    };
    let conversation = |title: &str| json!({"title": title, "isGroup": true, "members": []});
    admin
        .post("/api/conversations", conversation(&"t".repeat(100)))
        .await
        .gives(201);
    check(
        "/api/conversations",
        conversation(&"t".repeat(101)),
        "title",
    )
    .await;
    check("/api/conversations", conversation(""), "title").await;
    check(
        "/api/conversations",
        json!({"isGroup": "yes", "members": []}),
        "isGroup",
    )
    .await;
    check("/api/conversations", json!({"isGroup": true}), "members").await;
    let many = vec!["x"; 201];
    check(
        "/api/conversations",
        json!({"title": "t", "isGroup": true, "members": many}),
        "members",
    )
    .await;
    check(
        "/api/invites",
        json!({"expiresInHours": 0}),
        "expiresInHours",
    )
    .await;
    check(
        "/api/invites",
        json!({"expiresInHours": 721}),
        "expiresInHours",
    )
    .await;
    check("/api/invites", json!({"maxUses": 1001}), "maxUses").await;
    check("/api/invites", json!({"maxUses": -1}), "maxUses").await;
    check(
        "/api/messages/realtime",
        json!({"conversationId": room}),
        "content",
    )
    .await;
    let id = |text: &str| json!({"conversationId": room, "content": "x", "clientId": text});
    admin
        .post("/api/messages/realtime", id(&"i".repeat(64)))
        .await
        .gives(201);
    check("/api/messages/realtime", id(&"i".repeat(65)), "clientId").await;
    check("/api/messages/realtime", id(""), "clientId").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("before=x", "before"),
    ] {
        let path = format!("/api/conversations/{room}/messages?{query}");
        assert_eq!(
            admin.get(&path).await.refuses(400, "invalid_field")["field"],
            field
        );
    }
    let unnamed = admin
        .patch("/api/auth/me", json!({"displayName": " "}))
        .await;
    assert_eq!(unnamed.refuses(400, "too_short")["field"], "displayName");
    let accounts: [(&str, usize, usize); 3] = [
        ("username", 1, 32),
        ("displayName", 0, 64),
        ("password", 8, 256),
    ];
    for (field, least, most) in accounts {
        account_field(&admin, field, least, most).await;
    }
}

/// A field of a new account at and beyond its limits.
async fn account_field(admin: &Client, field: &str, least: usize, most: usize) {
    let invite = admin.post("/api/invites", json!({})).await.gives(201);
    let path = format!("/api/invites/{}/accept", invite["code"].as_str().unwrap());
    let under = least.checked_sub(1).map(|length| (length, false));
    let within = [(least, true), (most, true), (most + 1, false)];
    for (length, fits) in under.into_iter().chain(within) {
        let name = format!("{field}{length}").to_lowercase();
        let mut body = json!({"username": name, "displayName": "Somebody", "password": PASSWORD});
        body[field] = json!("a".repeat(length));
        let reply = admin.signed_out().post(&path, body).await;
        if fits {
            reply.gives(201);
        } else {
            assert_eq!(reply.status, 400, "{field} {length} {}", reply.text);
            assert_eq!(reply.json["error"]["field"], field);
        }
    }
}

#[tokio::test]
async fn case_62_a_limit_is_shared_over_all_sessions_of_a_person() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    let ada = server.person("ada").await;
    let other = ada.sign_in("ada", PASSWORD).await;
    let grace = server.person("grace").await;
    let room = ada.group("Room", &[&grace]).await;
    let send = async |client: &Client| {
        let body = json!({"conversationId": room, "content": "x"});
        client.post("/api/messages/realtime", body).await
    };
    let (mut count, mut wait) = (0, None);
    for n in 0..200 {
        let reply = send(if n % 2 == 0 { &ada } else { &other }).await;
        if reply.status == 429 {
            let seconds = reply.header("retry-after").unwrap().to_owned();
            assert_eq!(
                reply.refuses(429, "rate_limited")["retryAfter"].to_string(),
                seconds
            );
            wait = Some(seconds.parse().unwrap());
            break;
        }
        reply.gives(201);
        count += 1;
    }
    assert_eq!(count, inkspot::service::LimitedAction::Send.rate().0);
    send(&other).await.refuses(429, "rate_limited");
    send(&grace).await.gives(201);
    server.wait(std::time::Duration::from_secs(wait.unwrap()));
    send(&ada).await.gives(201);
}

const OPEN: &str = "/api/socketio/?EIO=4&transport=polling";

/// What a CONNECT over polling is answered with.
async fn connect(person: &Client) -> String {
    let opened = person.get(OPEN).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    let opened: Value = serde_json::from_str(&opened.text[1..]).unwrap();
    let address = format!("{OPEN}&sid={}", opened["sid"].as_str().unwrap());
    let post = person.request(Method::POST, &address).body("40");
    assert_eq!(Reply::to(post).await.text, "ok");
    person.get(&address).await.text
}

#[tokio::test]
async fn case_24_a_person_and_a_network_have_their_share_of_sockets() {
    let server = TestServer::start_with(|config| {
        config.limits.profile = LimitProfile::Default;
    })
    .await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    for _ in 0..100 {
        let answer = connect(&ada).await;
        assert!(answer.starts_with("40{"), "{answer}");
    }
    let answer = connect(&ada).await;
    assert!(
        answer.starts_with("44{") && answer.contains("server_busy"),
        "{answer}"
    );
    let answer = connect(&bob).await;
    assert!(answer.starts_with("40{"), "another one's share: {answer}");
    // The one that was refused still waits for its CONNECT.
    let visitor = server.visitor();
    for _ in 1..256 {
        assert_eq!(visitor.get(OPEN).await.status, 200);
    }
    let refused = visitor.get(OPEN).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("5"))
    );
    server.wait(Duration::from_secs(11));
    while visitor.get(OPEN).await.status == 429 {}
}
