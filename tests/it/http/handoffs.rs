//! Hand-offs: a further device of one's own is signed in by a link.

use std::time::Duration;

use http::Method;
use inkspot::config::LimitProfile;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Reply, TestServer};
use crate::realtime::socket::Socket;

const OWN: &str = "/api/auth/handoff";

/// Makes a link, after the password was given again.
async fn made(person: &Client) -> Value {
    person.confirm("handoff").await;
    person.post(OWN, json!({})).await.gives(201)
}

fn path_of(made: &Value) -> String {
    let link = made["link"].as_str().unwrap();
    let (_, code) = link.rsplit_once("/handoff/").unwrap();
    format!("/api/handoffs/{code}")
}

/// Goes on with a link, on a device that says that it is a phone.
async fn accept(visitor: &Client, path: &str) -> Reply {
    let request = visitor.request(Method::POST, path);
    Reply::to(request.header("user-agent", "A phone")).await
}

async fn sessions(person: &Client) -> Vec<(String, bool)> {
    let list = person.get("/api/auth/sessions").await.gives(200);
    let all = list["sessions"].as_array().unwrap().iter();
    let session = |it: &Value| {
        let said = it["userAgent"].as_str().unwrap().to_owned();
        (said, it["current"].as_bool().unwrap())
    };
    all.map(session).collect()
}

#[tokio::test]
async fn a_device_is_signed_in_by_a_link_once_and_the_others_hear_of_it() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let mut socket = Socket::enter(&ada).await.unwrap();
    let mut of_bob = Socket::enter(&bob).await.unwrap();
    let link = made(&ada).await;
    assert!(link["qrSvg"].as_str().unwrap().contains("<svg"));
    assert_eq!(link["expiresInSeconds"], 300);
    assert!(link["trustLink"].as_str().unwrap().ends_with("/trust"));
    let (path, visitor) = (path_of(&link), server.visitor());

    let state = visitor.get(&path).await.gives(200);
    assert_eq!(
        (&state["username"], &state["expiresAt"]),
        (&json!("ada"), &link["expiresAt"])
    );
    let reply = accept(&visitor, &path).await;
    let cookies = reply.headers.get_all("set-cookie").iter();
    assert_eq!(cookies.count(), 2, "the session, and the device's mark");
    let entered = reply.gives(200);
    assert_eq!(entered["user"]["id"], ada.user["id"]);
    let phone = visitor.signed_in(&entered);
    let started = socket.expect("session-started").await;
    assert_eq!(started["userAgent"], "A phone");

    let all = sessions(&ada).await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.contains(&("A phone".to_owned(), false)), "{all:?}");
    for again in [visitor.get(&path).await, accept(&visitor, &path).await] {
        again.refuses(410, "handoff_invalid");
    }
    let ended = format!(
        "/api/auth/sessions/{}",
        started["sessionId"].as_str().unwrap()
    );
    ada.delete(&ended).await.gives(204);
    phone.get("/api/auth/me").await.refuses(401, "unauthorized");

    // Nobody else heard of it.
    let heard = of_bob.heard_by_now().await;
    assert!(heard.iter().all(|said| said.name != "session-started"));
}

#[tokio::test]
async fn a_link_asks_for_the_password_and_only_the_newest_of_a_session_works() {
    let server = TestServer::start().await;
    let (ada, visitor) = (server.person("ada").await, server.visitor());
    visitor
        .post(OWN, json!({}))
        .await
        .refuses(401, "unauthorized");
    ada.post(OWN, json!({})).await.refuses(403, "forbidden");
    let wrong = json!({"password": "not hers", "purpose": "handoff"});
    ada.post("/api/auth/confirm", wrong)
        .await
        .refuses(401, "invalid_credentials");
    ada.post(OWN, json!({})).await.refuses(403, "forbidden");
    // What was given for something else opens nothing here, and what was given for this, once.
    ada.confirm("backups").await;
    ada.post(OWN, json!({})).await.refuses(403, "forbidden");
    made(&ada).await;
    ada.post(OWN, json!({})).await.refuses(403, "forbidden");

    let (first, second) = (path_of(&made(&ada).await), path_of(&made(&ada).await));
    visitor.get(&first).await.refuses(410, "handoff_invalid");
    visitor.get(&second).await.gives(200);
    // Another session of hers has a link of its own.
    let other = visitor.sign_in("ada", PASSWORD).await;
    let third = path_of(&made(&other).await);
    visitor.get(&second).await.gives(200);
    ada.delete(OWN).await.gives(204);
    accept(&visitor, &second)
        .await
        .refuses(410, "handoff_invalid");
    accept(&visitor, &third).await.gives(200);

    let mut guessed = path_of(&made(&ada).await);
    let last = guessed.pop().unwrap();
    guessed.push(if last == 'a' { 'b' } else { 'a' });
    for wrong in [&guessed, "/api/handoffs/x", "/api/handoffs/%C3%A9"] {
        visitor.get(wrong).await.refuses(410, "handoff_invalid");
        accept(&visitor, wrong)
            .await
            .refuses(410, "handoff_invalid");
    }
}

#[tokio::test]
async fn a_link_ends_with_its_minutes_its_session_the_password_and_the_account() {
    let server = TestServer::start().await;
    let (root, ada) = (server.admin("root").await, server.person("ada").await);
    let visitor = server.visitor();
    let dead = |path: String| {
        let visitor = visitor.clone();
        async move {
            visitor.get(&path).await.refuses(410, "handoff_invalid");
            accept(&visitor, &path)
                .await
                .refuses(410, "handoff_invalid");
        }
    };
    let path = path_of(&made(&ada).await);
    server.wait(Duration::from_mins(5) - Duration::from_millis(1));
    visitor.get(&path).await.gives(200);
    server.wait(Duration::from_millis(1));
    dead(path).await;
    ada.post(OWN, json!({})).await.refuses(403, "forbidden");

    let other = visitor.sign_in("ada", PASSWORD).await;
    let path = path_of(&made(&other).await);
    other.post("/api/auth/logout", json!({})).await.gives(204);
    dead(path).await;

    // A new password ends all sessions but the one that sets it, and all links.
    let other = visitor.sign_in("ada", PASSWORD).await;
    let (of_other, own) = (path_of(&made(&other).await), path_of(&made(&ada).await));
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another one"});
    ada.post("/api/auth/password", change).await.gives(204);
    dead(of_other).await;
    dead(own).await;

    let made = async || {
        let confirm = json!({"password": "another one", "purpose": "handoff"});
        ada.post("/api/auth/confirm", confirm).await.gives(204);
        path_of(&ada.post(OWN, json!({})).await.gives(201))
    };
    let own = made().await;
    ada.delete("/api/auth/sessions").await.gives(204);
    dead(own).await;

    let own = made().await;
    let account = format!("/api/users/{}", ada.id());
    root.patch(&account, json!({"disabled": true}))
        .await
        .gives(200);
    dead(own.clone()).await;
    root.patch(&account, json!({"disabled": false}))
        .await
        .gives(200);
    dead(own).await;
}

#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_comes_in() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let (path, visitor) = (path_of(&made(&ada).await), server.visitor());
    let tries = (0..8).map(|_| accept(&visitor, &path));
    let replies = futures_util::future::join_all(tries).await;
    let came_in = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(came_in, 1);
    assert!(replies.iter().all(|it| [200, 410].contains(&it.status)));
    assert_eq!(sessions(&ada).await.len(), 2);
}

#[tokio::test]
async fn links_to_hand_over_are_tried_at_a_rate_by_network() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    let visitor = server.visitor();
    let path = format!("/api/handoffs/{}", "x".repeat(43));
    for _ in 0..5 {
        visitor.get(&path).await.refuses(410, "handoff_invalid");
        accept(&visitor, &path)
            .await
            .refuses(410, "handoff_invalid");
    }
    accept(&visitor, &path).await.refuses(429, "rate_limited");
}

#[tokio::test]
async fn a_browser_has_one_session_and_a_program_as_many_as_it_likes() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let visitor = server.visitor();
    // Bob's browser goes on as Ada: his session there ends, and its tabs hear of it.
    let of_bob = server.visitor().sign_in("bob", PASSWORD).await;
    let mut tab = Socket::enter(&of_bob).await.unwrap();
    let path = path_of(&made(&ada).await);
    let cookie = format!("__Host-inkspot={}", of_bob.token.as_ref().unwrap());
    let request = visitor
        .request(Method::POST, &path)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin");
    let entered = Reply::to(request).await.gives(200);
    assert_eq!(entered["user"]["username"], "ada");
    assert_eq!(tab.expect("session-ended").await["code"], "signed_out");
    of_bob
        .get("/api/auth/me")
        .await
        .refuses(401, "unauthorized");
    bob.get("/api/auth/me").await.gives(200);

    // The same by a password; and what comes from elsewhere ends nothing.
    let login = json!({"username": "bob", "password": PASSWORD});
    let token = entered["token"].as_str().unwrap();
    let phone = visitor.with_token(token);
    let sign_in = |site: &'static str| {
        let request = visitor.request(Method::POST, "/api/auth/login");
        let cookie = format!("__Host-inkspot={token}");
        let request = request.header("cookie", cookie).json(&login);
        Reply::to(request.header("sec-fetch-site", site))
    };
    sign_in("cross-site").await.refuses(403, "origin_refused");
    phone.get("/api/auth/me").await.gives(200);
    sign_in("same-origin").await.gives(200);
    phone.get("/api/auth/me").await.refuses(401, "unauthorized");

    // A program that has a token keeps its session.
    let path = path_of(&made(&ada).await);
    accept(&bob, &path).await.gives(200);
    bob.get("/api/auth/me").await.gives(200);
}
