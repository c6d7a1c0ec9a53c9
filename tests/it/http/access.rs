//! Membership and object access: what one may not see is as if it did not exist.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, TestServer};

/// Ids of the right form that name nothing.
const NO_ID: &str = "0000000000001";
const NO_LONG_ID: &str = "00000000000000000000000001";

#[tokio::test]
async fn case_1_a_foreign_id_answers_as_an_unknown_one_on_every_route() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Secret", &[]).await;
    let sent = ada.send(&room, "secret").await;
    let sent = sent["id"].as_str().unwrap();
    let session = ada.get("/api/auth/me").await.gives(200)["sessionId"].clone();
    let session = session.as_str().unwrap();
    let (get, post, change, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);

    // `{}` stands for the id in question: hers, one that nobody has, and what is no id at all.
    for (method, path, body) in [
        (&get, "/api/conversations/{}", Value::Null),
        (&change, "/api/conversations/{}", json!({"title": "mine"})),
        (&get, "/api/conversations/{}/members", Value::Null),
        (
            &post,
            "/api/conversations/{}/members",
            json!({"members": ["grace"]}),
        ),
        (
            &change,
            "/api/conversations/{}/members/ADA",
            json!({"role": "member"}),
        ),
        (&delete, "/api/conversations/{}/members/ADA", Value::Null),
        (&delete, "/api/conversations/{}/members/GRACE", Value::Null),
        (&get, "/api/conversations/{}/messages", Value::Null),
        (&get, "/api/conversations/{}/messages?after=0", Value::Null),
        (&get, "/api/conversations/{}/messages?around=1", Value::Null),
        (&post, "/api/conversations/{}/read", json!({"seq": 1})),
        (
            &post,
            "/api/conversations/{}/read",
            json!({"messageId": sent}),
        ),
        (
            &post,
            "/api/messages/realtime",
            json!({"conversationId": "{}", "content": "hi"}),
        ),
        (&post, "/api/invites", json!({"conversationId": "{}"})),
        (
            &change,
            "/api/conversations/{}/settings",
            json!({"muted": true}),
        ),
        (&post, "/api/conversations/{}/unread", json!({"seq": 1})),
        (
            &Method::PUT,
            "/api/conversations/{}/draft",
            json!({"content": "x"}),
        ),
        (&change, "/api/messages/{}", json!({"content": "mine"})),
        (&delete, "/api/messages/{}", Value::Null),
        (&get, "/api/messages/{}/history", Value::Null),
    ] {
        let path = path.replace("ADA", ada.id()).replace("GRACE", grace.id());
        let mut answers = Vec::new();
        for id in [room.as_str(), NO_ID, "no-id"] {
            let request = grace.request(method.clone(), &path.replace("{}", id));
            let body = body.to_string().replace("{}", id);
            let reply = Reply::to(
                request
                    .header("content-type", "application/json")
                    .body(body),
            );
            let reply = reply.await;
            answers.push((reply.status, reply.text));
        }
        assert_eq!(answers[0].0, 404, "{method} {path} {}", answers[0].1);
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{path} {answers:?}"
        );
    }
    for id in [session, NO_LONG_ID, "no-id"] {
        grace
            .delete(&format!("/api/auth/sessions/{id}"))
            .await
            .refuses(404, "not_found");
    }
    ada.get("/api/auth/me").await.gives(200);
}

#[tokio::test]
async fn case_1_nobody_who_is_not_signed_in_gets_anything() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let open = [
        "/api/health",
        "/api/openapi.json",
        "/api/setup",
        "/api/auth/login",
        "/api/auth/register",
        "/api/auth/session",
        "/api/invites/{code}/preview",
        "/api/invites/{code}/accept",
        "/api/resets/{code}",
        "/api/handoffs/{code}",
    ];
    for (method, pattern) in inkspot::http::addresses() {
        // What may be asked of an address is no secret: it is in the description of the API.
        if open.contains(&pattern) || method == Method::OPTIONS {
            continue;
        }
        let path = pattern.replace(['{', '}'], "");
        // Path before sign-in, sign-in before the body: nothing else is told to strangers.
        let bare = Reply::to(visitor.request(method.clone(), &path)).await;
        bare.refuses(401, "unauthorized");
        let forged = visitor.request(method, &path).bearer_auth("x".repeat(43));
        Reply::to(forged).await.refuses(401, "unauthorized");
    }
}

#[tokio::test]
async fn case_5_a_removed_member_reads_nothing_by_a_kept_cursor() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    for n in 0..3 {
        ada.send(&room, &n.to_string()).await;
    }
    let path = format!("/api/conversations/{room}/messages?limit=1");
    let cursor = grace.get(&path).await.gives(200)["before"].clone();
    ada.delete(&format!("/api/conversations/{room}/members/{}", grace.id()))
        .await
        .gives(204);
    let path = format!("{path}&before={}", cursor.as_str().unwrap());
    grace.get(&path).await.refuses(404, "not_found");
    let list = grace.get("/api/conversations").await.gives(200);
    assert!(!list.to_string().contains(&room));
}

#[tokio::test]
async fn case_6_a_lowered_role_counts_on_the_next_action() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[&grace]).await;
    let path = format!("/api/conversations/{room}");
    let hers = format!("{path}/members/{}", grace.id());
    ada.patch(&hers, json!({"role": "owner"})).await.gives(200);
    grace
        .patch(&path, json!({"title": "Hers"}))
        .await
        .gives(200);
    ada.patch(&hers, json!({"role": "member"})).await.gives(200);
    grace
        .patch(&path, json!({"title": "Hers again"}))
        .await
        .refuses(403, "forbidden");
    grace
        .delete(&format!("{path}/members/{}", ada.id()))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn case_7_and_8_a_message_of_another_room_marks_nothing_as_read() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.person("ada").await, server.person("grace").await);
    let (room, other) = (
        ada.group("Room", &[&grace]).await,
        ada.group("Other", &[]).await,
    );
    ada.send(&room, "in the room").await;
    let foreign = ada.send(&other, "elsewhere").await;
    let foreign = json!({"messageId": foreign["id"]});
    let read = |room: &str| format!("/api/conversations/{room}/read");

    grace
        .post(&read(&room), foreign.clone())
        .await
        .refuses(404, "not_found");
    grace
        .post(&read(&other), foreign.clone())
        .await
        .refuses(404, "not_found");
    ada.post(&read(&room), foreign)
        .await
        .refuses(404, "not_found");
    grace
        .post(&read(&room), json!({"messageId": "no-id"}))
        .await
        .refuses(404, "not_found");
    let seen = grace
        .get(&format!("/api/conversations/{room}"))
        .await
        .gives(200);
    assert_eq!(
        (&seen["lastReadSeq"], &seen["unread"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn case_11_one_unknown_name_among_good_ones_adds_nobody() {
    let server = TestServer::start().await;
    let (ada, _) = (server.person("ada").await, server.person("grace").await);
    let room = ada.group("Room", &[]).await;
    let names = json!({"members": ["grace", "nobody-of-this-name"]});
    let error = ada
        .post(&format!("/api/conversations/{room}/members"), names)
        .await;
    assert_eq!(error.refuses(400, "invalid_field")["field"], "members");
    let list = ada
        .get(&format!("/api/conversations/{room}/members"))
        .await
        .gives(200);
    assert_eq!(list["members"].as_array().unwrap().len(), 1);
    let asked = json!({"title": "New", "isGroup": true, "members": ["grace", "nobody-here"]});
    ada.post("/api/conversations", asked)
        .await
        .refuses(400, "invalid_field");
    let list = ada.get("/api/conversations").await.gives(200);
    assert!(!list.to_string().contains("New"));
}

#[tokio::test]
async fn case_12_mass_assignment_has_no_effect() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let grace = server.person("grace").await;
    let (room, other) = (ada.group("Room", &[]).await, ada.group("Other", &[]).await);
    let extra = |mut body: Value| {
        let more = json!({
            "id": NO_ID, "seq": 99, "senderId": admin.id(), "sender": admin.user, "role": "admin",
            "disabled": true, "createdBy": admin.id(), "createdAt": "2001-01-01T00:00:00.000Z",
            "updatedAt": "2001-01-01T00:00:00.000Z", "memberRole": "member", "everyone": true,
            "uses": -5, "code": "mine", "memberCount": 0, "lastSeq": 7, "unread": 7,
        });
        for (key, value) in more.as_object().unwrap() {
            body.as_object_mut()
                .unwrap()
                .entry(key)
                .or_insert(value.clone());
        }
        body
    };

    let sent = extra(json!({"conversationId": room, "content": "mine"}));
    let sent = ada.post("/api/messages/realtime", sent).await.gives(201);
    assert_eq!(
        (&sent["senderId"], &sent["seq"]),
        (&ada.user["id"], &json!(1))
    );
    assert!(!sent["createdAt"].as_str().unwrap().starts_with("2001"));

    let named = extra(json!({"displayName": "Ada", "username": "root"}));
    let user = ada.patch("/api/auth/me", named).await.gives(200)["user"].clone();
    assert_eq!(
        (&user["role"], &user["disabled"]),
        (&json!("member"), &json!(false))
    );
    assert_eq!(
        (&user["username"], &user["id"]),
        (&json!("ada"), &ada.user["id"])
    );

    let made = extra(json!({"title": "Mine", "isGroup": true, "members": []}));
    let made = ada.post("/api/conversations", made).await.gives(201);
    assert_eq!(
        (&made["memberRole"], &made["memberCount"]),
        (&json!("owner"), &json!(1))
    );
    assert_ne!(made["id"], NO_ID);

    let title = extra(json!({"title": "Renamed", "conversationId": other, "isGroup": false}));
    let renamed = ada
        .patch(&format!("/api/conversations/{room}"), title)
        .await
        .gives(200);
    assert_eq!(
        (&renamed["id"], &renamed["isGroup"]),
        (&json!(room), &json!(true))
    );
    let untouched = ada
        .get(&format!("/api/conversations/{other}"))
        .await
        .gives(200);
    assert_eq!(untouched["title"], "Other");

    let invite = extra(json!({"conversationId": room}));
    let invite = ada.post("/api/invites", invite).await.gives(201);
    assert_eq!(
        (&invite["createdBy"], &invite["uses"]),
        (&ada.user["id"], &json!(0))
    );
    assert_ne!(invite["code"], "mine");

    let added = extra(json!({"members": ["grace"]}));
    let path = format!("/api/conversations/{room}/members");
    let added = ada.post(&path, added).await.gives(200);
    assert_eq!(added["members"][0]["memberRole"], "member");
    let member = extra(json!({"role": "owner", "userId": admin.id()}));
    let member = ada
        .patch(&format!("{path}/{}", grace.id()), member)
        .await
        .gives(200);
    assert_eq!(
        (&member["id"], &member["role"]),
        (&grace.user["id"], &json!("member"))
    );

    let code = invite["code"].as_str().unwrap();
    let account = json!({"username": "eve", "password": crate::harness::PASSWORD});
    let mut account = extra(account);
    account["disabled"] = json!(false);
    let path = format!("/api/invites/{code}/accept");
    let eve = ada.signed_out().post(&path, account).await.gives(201)["user"].clone();
    assert_eq!(
        (&eve["role"], &eve["username"]),
        (&json!("member"), &json!("eve"))
    );
}

#[tokio::test]
async fn case_57_what_is_for_administrators_is_closed_to_members() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    admin.get("/api/auth/me").await.gives(200);
    let path = format!("/api/users/{}", admin.id());
    ada.patch(&path, json!({"disabled": true}))
        .await
        .refuses(403, "forbidden");
    ada.patch(&path, json!({"role": "member"}))
        .await
        .refuses(403, "forbidden");
    ada.post(
        &format!("{path}/password"),
        json!({"newPassword": "mine from now on"}),
    )
    .await
    .refuses(403, "forbidden");
    let invite = admin.post("/api/invites", json!({})).await.gives(201);
    let path = format!("/api/invites/{}", invite["id"].as_str().unwrap());
    ada.delete(&path).await.refuses(404, "not_found");
    let listed = ada.get("/api/invites").await.gives(200);
    assert_eq!(listed["invites"], json!([]));
    for path in [
        "/metrics",
        "/api/metrics",
        "/api/admin",
        "/debug",
        "/api/debug",
        "/server-status",
    ] {
        for client in [&admin, &ada, &server.visitor()] {
            client.get(path).await.refuses(404, "not_found");
        }
    }
}
