//! Setup, invites, signing in: who comes in, and who does not.

use std::time::Duration;

use inkspot::config::LimitProfile;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Reply, TestServer};

pub async fn login(client: &Client, username: &str, password: &str) -> Reply {
    let body = json!({"username": username, "password": password});
    client.post("/api/auth/login", body).await
}

/// The cookies of an answer, as a browser would send them back.
pub fn cookies(reply: &Reply) -> String {
    let set = reply
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|value| value.to_str().unwrap());
    let pairs: Vec<_> = set.map(|value| value.split(';').next().unwrap()).collect();
    pairs.join("; ")
}

#[tokio::test]
async fn case_28_unknown_wrong_and_disabled_answer_the_same() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    server.person("grace").await;
    admin
        .patch(
            &format!("/api/users/{}", ada.id()),
            json!({"disabled": true}),
        )
        .await
        .gives(200);
    let visitor = server.visitor();
    // Each costs one hash: what takes the time is the same for all.
    let asked = async |name: &str, password: &str| {
        let before = server.service.password_hashes();
        let reply = login(&visitor, name, password).await;
        assert_eq!(server.service.password_hashes() - before, 1, "{name}");
        reply
    };
    asked("grace", PASSWORD).await.gives(200);
    let disabled = asked("ada", PASSWORD).await;
    let wrong = asked("grace", "wrong password").await;
    let unknown = asked("nobody", PASSWORD).await;
    let malformed = asked("no such\u{0} name!", PASSWORD).await;
    for other in [&wrong, &unknown, &malformed] {
        assert_eq!(
            (other.status, &other.text),
            (disabled.status, &disabled.text)
        );
        assert!(other.headers.get(SET_COOKIE).is_none());
    }
    disabled.refuses(401, "invalid_credentials");
}

#[tokio::test]
async fn case_29_guessing_is_throttled_without_locking_the_known_device_out() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    server.person("ada").await;
    let visitor = server.visitor();
    let known = login(&visitor, "ada", PASSWORD).await;
    let known = cookies(&known);
    assert!(known.contains("__Host-inkspot-device="));

    let mut refused = None;
    for _ in 0..40 {
        let reply = login(&visitor, "ada", "wrong password").await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
        reply.refuses(401, "invalid_credentials");
    }
    let refused = refused.expect("guessing meets its limit");
    let seconds = refused
        .header("retry-after")
        .unwrap()
        .parse::<u64>()
        .unwrap();
    let error = refused.refuses(429, "rate_limited");
    assert_eq!(error["retryAfter"], seconds);
    login(&visitor, "ada", PASSWORD)
        .await
        .refuses(429, "rate_limited");

    let body = json!({"username": "ada", "password": PASSWORD});
    let device = known
        .split("; ")
        .find(|cookie| cookie.contains("device"))
        .unwrap();
    let at_home = visitor
        .request(Method::POST, "/api/auth/login")
        .header("cookie", device);
    Reply::to(at_home.json(&body)).await.gives(200);

    server.wait(Duration::from_secs(seconds));
    login(&visitor, "ada", PASSWORD).await.gives(200);
}

#[tokio::test]
async fn case_30_passwords_of_any_kind_are_taken_or_refused_in_words() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let invite = admin
        .post("/api/invites", json!({"maxUses": 50}))
        .await
        .gives(201);
    let path = format!("/api/invites/{}/accept", invite["code"].as_str().unwrap());
    let visitor = server.visitor();
    let huge = json!({"username": "huge", "password": "x".repeat(1_000_000)});
    visitor
        .post(&path, huge.clone())
        .await
        .refuses(413, "payload_too_large");
    visitor
        .post("/api/auth/login", huge)
        .await
        .refuses(413, "payload_too_large");
    let long = login(&visitor, "root", &"x".repeat(60_000)).await;
    assert!(matches!(long.status, 400 | 401), "{}", long.text);

    // The same word typed on two keyboards: one composed, one not.
    let (composed, decomposed) = ("pässwörd with é", "pa\u{308}sswo\u{308}rd with e\u{301}");
    let body = json!({"username": "anna", "password": composed});
    visitor.post(&path, body).await.gives(201);
    login(&visitor, "anna", decomposed).await.gives(200);
    let nul = json!({"username": "nul", "password": "with a \u{0} inside"});
    let reply = visitor.post(&path, nul).await;
    if reply.status == 201 {
        login(&visitor, "nul", "with a ")
            .await
            .refuses(401, "invalid_credentials");
    } else {
        assert_eq!(reply.refuses(400, "invalid_field")["field"], "password");
    }
}

#[tokio::test]
async fn case_33_setup_works_once_and_by_its_link_only() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let token = server.service.setup_token().unwrap();
    let body =
        |token: &str, name: &str| json!({"token": token, "username": name, "password": PASSWORD});
    for wrong in ["", "x", &token[1..], &token.to_lowercase()] {
        visitor
            .post("/api/setup", body(wrong, "eve"))
            .await
            .refuses(410, "setup_done");
        let state = visitor
            .get(&format!("/api/setup?token={wrong}"))
            .await
            .gives(200);
        assert_eq!(
            (&state["needed"], &state["valid"]),
            (&json!(true), &json!(false))
        );
    }
    // Two who open the link at once: one of them comes in.
    let (one, two) = tokio::join!(
        visitor.post("/api/setup", body(&token, "ada")),
        visitor.post("/api/setup", body(&token, "eve")),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 410]);
    visitor
        .post("/api/setup", body(&token, "late"))
        .await
        .refuses(410, "setup_done");
    let state = visitor
        .get(&format!("/api/setup?token={token}"))
        .await
        .gives(200);
    assert_eq!(
        (&state["needed"], &state["valid"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(server.service.setup_token(), None);
}

#[tokio::test]
async fn who_has_no_link_learns_nothing_of_the_fields() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let token = server.service.setup_token().unwrap();
    let bad_fields = [
        (json!({}), "username"),
        (json!({"username": "ada"}), "password"),
        (json!({"username": 5, "password": PASSWORD}), "username"),
        (json!({"username": "", "password": PASSWORD}), "username"),
        (json!({"username": "ada", "password": "x"}), "password"),
    ];
    for (fields, at_fault) in &bad_fields {
        let with_token = |token: &str| {
            let mut body = fields.clone();
            body["token"] = json!(token);
            visitor.post("/api/setup", body)
        };
        with_token("x").await.refuses(410, "setup_done");
        let reply = with_token(&token).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json["error"]["field"], *at_fault);
    }
    let admin = server.admin("root").await;
    let invite = admin.post("/api/invites", json!({})).await.gives(201);
    let code = invite["code"].as_str().unwrap();
    for (fields, at_fault) in bad_fields {
        let accept = |code: &str| {
            let path = format!("/api/invites/{code}/accept");
            let (visitor, fields) = (visitor.clone(), fields.clone());
            async move { visitor.post(&path, fields).await }
        };
        accept(&code[1..]).await.refuses(410, "invite_invalid");
        let reply = accept(code).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json["error"]["field"], *at_fault);
    }
}

#[tokio::test]
async fn case_34_an_invite_ends_by_time_by_use_and_by_its_maker() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let visitor = server.visitor();
    let invite = async |body: Value| {
        let invite = admin.post("/api/invites", body).await.gives(201);
        (
            invite["id"].as_str().unwrap().to_owned(),
            invite["code"].as_str().unwrap().to_owned(),
        )
    };
    let accept = async |code: &str, name: &str| {
        let body = json!({"username": name, "password": PASSWORD});
        visitor
            .post(&format!("/api/invites/{code}/accept"), body)
            .await
    };
    let (_, code) = invite(json!({"maxUses": 1})).await;
    let longer = format!("{code}0");
    for wrong in ["x", &code[1..], &longer] {
        accept(wrong, "eve").await.refuses(410, "invite_invalid");
        let preview = visitor.get(&format!("/api/invites/{wrong}/preview")).await;
        preview.refuses(410, "invite_invalid");
    }
    // Two at the last place: one of them comes in, the other is told plainly.
    let (one, two) = tokio::join!(accept(&code, "ada"), accept(&code, "grace"));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 410]);
    accept(&code, "late").await.refuses(410, "invite_invalid");

    let (_, code) = invite(json!({"expiresInHours": 1})).await;
    server.wait(Duration::from_secs(3599));
    visitor
        .get(&format!("/api/invites/{code}/preview"))
        .await
        .gives(200);
    server.wait(Duration::from_secs(1));
    visitor
        .get(&format!("/api/invites/{code}/preview"))
        .await
        .refuses(410, "invite_invalid");
    accept(&code, "late").await.refuses(410, "invite_invalid");

    let (id, code) = invite(json!({})).await;
    admin.delete(&format!("/api/invites/{id}")).await.gives(204);
    accept(&code, "late").await.refuses(410, "invite_invalid");
    login(&visitor, "late", PASSWORD)
        .await
        .refuses(401, "invalid_credentials");
}

#[tokio::test]
async fn case_35_forwarded_headers_of_strangers_are_ignored() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let request = ada.signed_out().request(Method::POST, "/api/auth/login");
    let request = request
        .header("x-forwarded-for", "203.0.113.7")
        .header("x-real-ip", "203.0.113.7")
        .header("forwarded", "for=203.0.113.7;proto=http;host=evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "http");
    Reply::to(request.json(&body)).await.gives(200);
    let sessions = ada.get("/api/auth/sessions").await.gives(200);
    for session in sessions["sessions"].as_array().unwrap() {
        assert_eq!(session["address"], "127.0.0.1");
    }
}

#[tokio::test]
async fn case_36_without_an_invite_no_path_makes_an_account() {
    let server = TestServer::start().await;
    server.admin("root").await;
    let visitor = server.visitor();
    let account = json!({
        "token": "", "code": "", "username": "eve", "displayName": "Eve", "password": PASSWORD,
        "members": ["eve"], "isGroup": true, "title": "Eve",
    });
    for (method, pattern) in inkspot::http::addresses() {
        let path = pattern.replace(['{', '}'], "");
        let request = visitor.request(method, &path).json(&account);
        let reply = Reply::to(request).await;
        assert!(reply.status != 201, "{path} {}", reply.text);
    }
    for path in [
        "/api/users",
        "/api/auth/register",
        "/api/auth/signup",
        "/api/register",
    ] {
        let reply = visitor.post(path, account.clone()).await;
        assert!(
            matches!(reply.status, 401 | 403 | 404 | 405),
            "{path} {}",
            reply.text
        );
    }
    login(&visitor, "eve", PASSWORD)
        .await
        .refuses(401, "invalid_credentials");
}
