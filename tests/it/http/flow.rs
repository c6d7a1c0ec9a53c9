//! What people do, from the setup link to reading what they missed.

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::Full;
use inkspot::config::TlsMode;
use reqwest::Method;
use serde_json::{Value, json};
use tower_service::Service;

use crate::harness::{Client, PASSWORD, Reply, TestServer};

#[tokio::test]
async fn two_people_meet_by_setup_link_and_invite_and_chat() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let token = server.service.setup_token().unwrap();

    let state = visitor
        .get(&format!("/api/setup?token={token}"))
        .await
        .gives(200);
    assert_eq!(
        state,
        json!({"needed": true, "valid": true, "serverName": "Inkspot"})
    );
    let body =
        json!({"token": token, "username": "ada", "displayName": "Ada", "password": PASSWORD});
    let done = visitor.post("/api/setup", body).await.gives(201);
    let ada = visitor.signed_in(&done);
    assert_eq!(ada.user["role"], "admin");
    assert_eq!(done["conversation"]["title"], "Everyone");
    assert_eq!(done["conversation"]["memberRole"], "owner");

    let code = done["invite"]["code"].as_str().unwrap();
    assert!(
        done["invite"]["link"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/invite/{code}"))
    );
    let preview = visitor
        .get(&format!("/api/invites/{code}/preview"))
        .await
        .gives(200);
    assert_eq!(
        (&preview["invitedBy"], &preview["serverName"]),
        (&json!("Ada"), &json!("Inkspot"))
    );
    let body = json!({"username": "grace", "password": PASSWORD});
    let joined = visitor
        .post(&format!("/api/invites/{code}/accept"), body)
        .await
        .gives(201);
    let grace = visitor.signed_in(&joined);
    let everyone = joined["conversation"]["id"].as_str().unwrap();
    assert_eq!(joined["conversation"]["memberCount"], 2);

    let sent = grace.send(everyone, "Hello").await;
    assert_eq!(
        (&sent["seq"], &sent["senderId"]),
        (&json!(1), &grace.user["id"])
    );
    assert_eq!(sent["sender"]["name"], "grace");
    let list = ada.get("/api/conversations").await.gives(200);
    let first = &list["conversations"][0];
    assert_eq!(
        (&first["unread"], &first["lastMessage"]["content"]),
        (&json!(1), &json!("Hello"))
    );
    assert_eq!(list["next"], Value::Null);

    ada.post(
        &format!("/api/conversations/{everyone}/read"),
        json!({"messageId": sent["id"]}),
    )
    .await
    .gives(204);
    let seen = ada
        .get(&format!("/api/conversations/{everyone}"))
        .await
        .gives(200);
    assert_eq!(
        (&seen["unread"], &seen["lastReadSeq"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn a_history_is_read_in_pages_both_ways() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    for n in 1..=7 {
        ada.send(&room, &format!("message {n}")).await;
    }
    let page = async |query: &str| {
        let path = format!("/api/conversations/{room}/messages?limit=3{query}");
        let page = ada.get(&path).await.gives(200);
        let seqs = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["seq"].as_u64().unwrap());
        (
            seqs.collect::<Vec<_>>(),
            page["before"].clone(),
            page["after"].clone(),
        )
    };
    let cursor = |value: &Value| value.as_str().unwrap().to_owned();

    let (seqs, before, after) = page("").await;
    assert_eq!((seqs, after), (vec![5, 6, 7], Value::Null));
    let (seqs, before, after) = page(&format!("&before={}", cursor(&before))).await;
    assert_eq!(seqs, [2, 3, 4]);
    let (newer, ..) = page(&format!("&after={}", cursor(&after))).await;
    assert_eq!(newer, [5, 6, 7]);
    let (seqs, before, _) = page(&format!("&before={}", cursor(&before))).await;
    assert_eq!((seqs, before), (vec![1], Value::Null));

    assert_eq!(page("&after=0").await.0, [1, 2, 3]);
    assert_eq!(page("&before=3").await.0, [1, 2]);
    assert_eq!(page("&after=7").await, (vec![], json!("8"), Value::Null));
    assert_eq!(page("&around=4").await.0, [3, 4, 5]);
}

#[tokio::test]
async fn the_same_client_id_is_stored_once() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    let body = json!({"conversationId": room, "content": "once", "clientId": "a-1"});
    let first = ada
        .post("/api/messages/realtime", body.clone())
        .await
        .gives(201);
    assert_eq!(first["clientId"], "a-1");
    assert_eq!(
        ada.post("/api/messages/realtime", body.clone())
            .await
            .gives(200),
        first
    );
    let hers = grace.post("/api/messages/realtime", body).await.gives(201);
    assert_eq!(hers["seq"], 2, "another person's name for another message");
}

#[tokio::test]
async fn a_pair_has_one_conversation_that_nobody_leaves() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let with = |name: &str| json!({"isGroup": false, "members": [name]});
    let first = ada
        .post("/api/conversations", with("grace"))
        .await
        .gives(201);
    assert_eq!(
        (&first["isGroup"], &first["title"]),
        (&json!(false), &Value::Null)
    );
    let again = grace
        .post("/api/conversations", with("ADA"))
        .await
        .gives(200);
    assert_eq!(again["id"], first["id"]);
    let path = format!(
        "/api/conversations/{}/members/{}",
        first["id"].as_str().unwrap(),
        ada.id()
    );
    ada.delete(&path).await.refuses(409, "conflict");
}

#[tokio::test]
async fn a_group_is_named_joined_led_and_left() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[]).await;
    let path = format!("/api/conversations/{room}");
    let members = format!("{path}/members");

    let added = ada
        .post(&members, json!({"members": ["Grace", "ada"]}))
        .await
        .gives(200);
    assert_eq!(added["members"].as_array().unwrap().len(), 1);
    assert_eq!(added["members"][0]["id"], grace.user["id"]);
    grace
        .patch(&path, json!({"title": "Hers"}))
        .await
        .refuses(403, "forbidden");
    let renamed = ada.patch(&path, json!({"title": "Lab"})).await.gives(200);
    assert_eq!(renamed["title"], "Lab");

    let hers = format!("{members}/{}", grace.id());
    let member = ada.patch(&hers, json!({"role": "owner"})).await.gives(200);
    assert_eq!(member["memberRole"], "owner");
    grace
        .delete(&format!("{members}/{}", ada.id()))
        .await
        .gives(204);
    ada.get(&path).await.refuses(404, "not_found");
    let list = grace.get(&members).await.gives(200);
    assert_eq!(list["members"].as_array().unwrap().len(), 1);
    grace.delete(&hers).await.gives(204);
    grace.get(&path).await.refuses(404, "not_found");
}

#[tokio::test]
async fn the_last_owner_who_leaves_hands_the_group_on() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    let path = format!("/api/conversations/{room}");
    ada.delete(&format!("{path}/members/{}", ada.id()))
        .await
        .gives(204);
    assert_eq!(grace.get(&path).await.gives(200)["memberRole"], "owner");
}

#[tokio::test]
async fn lists_are_given_in_parts() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    for n in 0..5 {
        ada.group(&format!("Room {n}"), &[]).await;
        server.wait(std::time::Duration::from_secs(1));
    }
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada
            .get(&format!("/api/conversations?limit=2{cursor}"))
            .await
            .gives(200);
        for conversation in page["conversations"].as_array().unwrap() {
            titles.push(
                conversation["title"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(titles, ["Room 4", "Room 3", "Room 2", "Room 1", "Room 0"]);
    ada.get("/api/conversations?cursor=nonsense")
        .await
        .refuses(400, "invalid_field");
}

#[tokio::test]
async fn people_are_found_by_the_start_of_a_name() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    server.person("grace").await;
    ada.patch("/api/auth/me", json!({"displayName": "Ada Lovelace"}))
        .await
        .gives(200);
    let found = async |query: &str| {
        let found = ada.get(&format!("/api/users?q={query}")).await.gives(200);
        let users = found["users"].as_array().unwrap().clone();
        users
            .iter()
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("gr").await, ["grace"]);
    assert_eq!(found("LOVE").await, ["ada"]);
    assert_eq!(found("").await, ["ada", "grace"]);
    assert_eq!(found("xyz").await, [] as [&str; 0]);
}

#[tokio::test]
async fn an_invite_leads_into_a_group() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Lab", &[]).await;
    ada.post("/api/invites", json!({}))
        .await
        .refuses(403, "forbidden");
    let asked = json!({"conversationId": room, "expiresInHours": 1, "maxUses": 1});
    grace
        .post("/api/invites", asked.clone())
        .await
        .refuses(404, "not_found");
    let invite = ada.post("/api/invites", asked).await.gives(201);
    assert!(invite["qrSvg"].as_str().unwrap().contains("<svg"));
    assert!(invite["trustLink"].as_str().unwrap().ends_with("/trust"));
    let list = ada.get("/api/invites").await.gives(200);
    assert_eq!(list["trustLink"], invite["trustLink"]);
    assert_eq!(
        (&invite["uses"], &invite["maxUses"]),
        (&json!(0), &json!(1))
    );
    let code = invite["code"].as_str().unwrap();
    let preview = ada
        .signed_out()
        .get(&format!("/api/invites/{code}/preview"))
        .await
        .gives(200);
    assert_eq!(preview["conversationTitle"], "Lab");

    let joined = grace
        .post(&format!("/api/invites/{code}/join"), json!({}))
        .await
        .gives(200);
    assert_eq!(joined["conversation"]["id"], room);
    assert_eq!(joined["conversation"]["memberRole"], "member");
    let listed = ada.get("/api/invites").await.gives(200);
    assert!(
        listed["invites"]
            .as_array()
            .unwrap()
            .iter()
            .all(|i| i["code"] != code || i["uses"] == 1)
    );
}

/// Where a new invite leads that is asked for under this name, by a proxy that says so.
async fn invited(ada: &Client, proto: Option<&str>) -> String {
    let request = ada.request(Method::POST, "/api/invites");
    let mut request = request.header("host", "chat.example").json(&json!({}));
    if let Some(proto) = proto {
        request = request.header("x-forwarded-proto", proto);
    }
    let invite = Reply::to(request).await.gives(201);
    let (link, code) = (invite["link"].as_str(), invite["code"].as_str());
    link.unwrap().replace(code.unwrap(), "CODE")
}

#[tokio::test]
async fn a_link_begins_as_the_proxy_was_asked() {
    const HTTPS: &str = "https://chat.example/invite/CODE";
    const HTTP: &str = "http://chat.example/invite/CODE";
    let behind = TestServer::start_with(|config| {
        config.tls.mode = TlsMode::Off;
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    let behind = behind.await;
    let ada = behind.admin("ada").await;
    for (proto, link) in [(Some("https"), HTTPS), (Some("http"), HTTP), (None, HTTP)] {
        assert_eq!(invited(&ada, proto).await, link, "{proto:?}");
    }
    // Whoever is no proxy says nothing about it.
    let alone = TestServer::start_with(|config| config.tls.mode = TlsMode::Off);
    let alone = alone.await;
    let ada = alone.admin("ada").await;
    assert_eq!(invited(&ada, Some("https")).await, HTTP);
}

#[tokio::test]
async fn what_was_asked_is_done_even_if_nobody_waits_for_the_answer() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let body = json!({"conversationId": room, "content": "said, and gone"}).to_string();
    let request = http::Request::post("/api/messages/realtime")
        .header(
            "authorization",
            format!("Bearer {}", ada.token.as_ref().unwrap()),
        )
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    // One look at the request is enough to ask for it; then the client is gone. (It waits for the disk, which may
    // have been faster.)
    let _ = warp::service(server.routes()).call(request).now_or_never();

    let next = ada.send(&room, "and then").await;
    assert_eq!(next["seq"], 2);
    let page = ada
        .get(&format!("/api/conversations/{room}/messages"))
        .await
        .gives(200);
    assert_eq!(page["messages"][0]["content"], "said, and gone");
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    let sent = ada.send(&room, "still here").await;
    let server = server.restart().await;
    let ada = server.visitor().with_token(ada.token.as_ref().unwrap());
    let page = ada
        .get(&format!("/api/conversations/{room}/messages"))
        .await
        .gives(200);
    assert_eq!(page["messages"], json!([sent]));
    assert_eq!(ada.send(&room, "and on").await["seq"], 2);
}
