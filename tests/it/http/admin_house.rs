//! What administrators settle: who may make an account, how long sessions stand, who may keep how much.

use std::time::Duration;

use inkspot::config::LimitProfile;
use inkspot::model::Registration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Reply, TestServer};
use crate::tus::noise;

const HOUSE: &str = "/api/admin/house";

fn grace() -> Value {
    json!({"username": "grace", "displayName": "Grace", "password": PASSWORD})
}

async fn register(server: &TestServer, who: Value) -> Reply {
    server.visitor().post("/api/auth/register", who).await
}

async fn registration(server: &TestServer) -> Value {
    let here = server.visitor().get("/api/auth/session").await.gives(200);
    here["registration"].clone()
}

async fn settle(admin: &Client, body: Value) -> Value {
    admin.patch(HOUSE, body).await.gives(200)
}

async fn quota(admin: &Client, user: &Client, bytes: u64) -> Reply {
    let path = format!("/api/admin/people/{}/quota", user.id());
    let body = json!({"bytes": bytes});
    Reply::to(admin.request(Method::PUT, &path).json(&body)).await
}

#[tokio::test]
async fn who_may_come_in_is_settled_in_the_browser_and_stays_so() {
    let server = TestServer::start().await;
    let root = server.admin("root").await;
    assert_eq!(registration(&server).await, "invite");
    register(&server, grace())
        .await
        .refuses(403, "registration_closed");

    let house = settle(&root, json!({"registration": "open"})).await;
    assert_eq!(
        house,
        json!({"registration": "open", "sessionIdleDays": 90})
    );
    assert_eq!(registration(&server).await, "open");
    let came = register(&server, grace()).await.gives(201);
    assert_eq!(came["user"]["role"], "member");
    assert_eq!(came["conversation"]["title"], "Everyone");
    let grace_in = server.visitor().signed_in(&came);
    grace_in.get("/api/auth/me").await.gives(200);
    register(&server, grace())
        .await
        .refuses(409, "username_taken");
    let short = json!({"username": "mary", "password": "short"});
    let refused = register(&server, short).await.refuses(400, "too_short");
    assert_eq!(refused["field"], "password");

    let invite = root.post("/api/invites", json!({})).await.gives(201);
    let code = invite["code"].as_str().unwrap();
    let accept = format!("/api/invites/{code}/accept");
    settle(&root, json!({"registration": "closed"})).await;
    let mary = json!({"username": "mary", "password": PASSWORD});
    register(&server, mary.clone())
        .await
        .refuses(403, "registration_closed");
    let refused = server.visitor().post(&accept, mary.clone()).await;
    refused.refuses(403, "registration_closed");
    let join = format!("/api/invites/{code}/join");
    grace_in.post(&join, json!({})).await.gives(200);

    let server = server.restart().await;
    assert_eq!(registration(&server).await, "closed");
    let root = server.visitor().sign_in("root", PASSWORD).await;
    settle(&root, json!({"registration": "invite"})).await;
    let path = format!("/api/invites/{code}/accept");
    server.visitor().post(&path, mary).await.gives(201);
}

#[tokio::test]
async fn the_settings_begin_a_house_and_nothing_is_open_before_it_is_set_up() {
    let server = TestServer::start_with(|config| {
        config.accounts.registration = Registration::Open;
    })
    .await;
    assert_eq!(registration(&server).await, "open");
    register(&server, grace())
        .await
        .refuses(403, "registration_closed");
    server.admin("root").await;
    register(&server, grace()).await.gives(201);
}

#[tokio::test]
async fn who_makes_very_many_accounts_has_to_wait() {
    let server = TestServer::start_with(|config| {
        config.accounts.registration = Registration::Open;
        config.limits.profile = LimitProfile::Default;
    })
    .await;
    let bad = json!({"username": "", "password": PASSWORD});
    for _ in 0..10 {
        assert_ne!(register(&server, bad.clone()).await.status, 429);
    }
    let refused = register(&server, bad).await.refuses(429, "rate_limited");
    assert_eq!(refused["retryAfter"], 120);
}

#[tokio::test]
async fn a_house_that_is_open_takes_so_many_in_an_hour_and_so_many_at_all() {
    let server = TestServer::start_with(|config| {
        config.accounts.registration = Registration::Open;
        config.accounts.open_per_hour = 2;
        config.accounts.open_most = 5;
        config.limits.profile = LimitProfile::Default;
    })
    .await;
    let root = server.admin("root").await;
    let who = |name: &str| json!({"username": name, "password": PASSWORD});
    register(&server, who("ada")).await.gives(201);
    // Who did not come in has taken nobody's place.
    for _ in 0..3 {
        register(&server, who("ada"))
            .await
            .refuses(409, "username_taken");
    }
    server.wait(Duration::from_mins(20));
    register(&server, who("bob")).await.gives(201);
    let busy = register(&server, who("cy")).await;
    let busy = busy.refuses(429, "registration_busy");
    assert_eq!(busy["retryAfter"], 40 * 60);
    let message = busy["message"].as_str().unwrap();
    assert!(message.contains("in 40 min"), "{message}");
    server.wait(Duration::from_mins(40));
    register(&server, who("cy")).await.gives(201);

    // The fifth account is an invited one: invites know neither end.
    let invite = root.post("/api/invites", json!({})).await.gives(201);
    let code = invite["code"].as_str().unwrap();
    let accept = format!("/api/invites/{code}/accept");
    let visitor = server.visitor();
    visitor.post(&accept, who("dan")).await.gives(201);
    server.wait(Duration::from_hours(1));
    let full = register(&server, who("eve")).await;
    assert_eq!(full.refuses(403, "house_full")["limit"], 5);
    visitor.post(&accept, who("eve")).await.gives(201);
    register(&server, who("fay"))
        .await
        .refuses(403, "house_full");
}

#[tokio::test]
async fn sessions_stand_as_long_as_was_settled() {
    let server = TestServer::start().await;
    let (root, ada) = (server.admin("root").await, server.person("ada").await);
    for (days, code) in [(0, "too_short"), (3651, "too_long")] {
        let bad = root.patch(HOUSE, json!({"sessionIdleDays": days})).await;
        assert_eq!(bad.refuses(400, code)["field"], "sessionIdleDays");
    }
    let house = settle(&root, json!({"sessionIdleDays": 2})).await;
    assert_eq!(house["sessionIdleDays"], 2);
    server.wait(Duration::from_hours(47));
    root.get("/api/auth/me").await.gives(200);
    server.wait(Duration::from_hours(2));
    ada.get("/api/auth/me").await.refuses(401, "unauthorized");
    root.get(HOUSE).await.gives(200);
    ada.sign_in("ada", PASSWORD).await;
}

#[tokio::test]
async fn an_administrator_signs_everybody_out_and_stays() {
    let server = TestServer::start().await;
    let (root, ada) = (server.admin("root").await, server.person("ada").await);
    let other = root.sign_in("root", PASSWORD).await;
    ada.delete("/api/admin/sessions")
        .await
        .refuses(403, "forbidden");
    root.delete("/api/admin/sessions").await.gives(204);
    root.get("/api/auth/me").await.gives(200);
    for gone in [&ada, &other] {
        gone.get("/api/auth/me").await.refuses(401, "unauthorized");
    }
}

#[tokio::test]
async fn somebody_may_keep_more_or_less_than_others() {
    let server = TestServer::start_with(|config| config.files.quota_mib = 1).await;
    let (root, ada) = (server.admin("root").await, server.person("ada").await);
    let used = async || ada.get("/api/auth/usage").await.gives(200);
    assert_eq!(used().await["quota"], 1 << 20);
    let large = noise(1, 1_500_000);
    let begun = ada.begin("large.bin", large.len()).await;
    assert_eq!(begun.refuses(507, "quota_exceeded")["limit"], 1 << 20);

    quota(&root, &ada, 2 << 20).await.gives(204);
    assert_eq!(used().await["quota"], 2 << 20);
    ada.upload("large.bin", &large).await;
    let people = root.get("/api/admin/people?q=ada").await.gives(200);
    let hers = &people["people"][0];
    assert_eq!(
        (&hers["quota"], &hers["ownQuota"]),
        (&json!(2 << 20), &json!(true))
    );
    let storage = root.get("/api/admin/storage").await.gives(200);
    let top = &storage["people"][0];
    assert_eq!(
        (&top["user"]["username"], &top["ownQuota"]),
        (&json!("ada"), &json!(true))
    );

    // What is there stays, and nothing more comes.
    let path = format!("/api/admin/people/{}/quota", ada.id());
    root.delete(&path).await.gives(204);
    assert_eq!(used().await["quota"], 1 << 20);
    let begun = ada.begin("more.bin", 1).await;
    assert_eq!(begun.refuses(507, "quota_exceeded")["limit"], 1 << 20);
    let people = root.get("/api/admin/people?q=root").await.gives(200);
    assert_eq!(people["people"][0]["ownQuota"], false);

    let most = (1_u64 << 50) + 1;
    assert_eq!(
        quota(&root, &ada, most).await.refuses(400, "too_long")["field"],
        "bytes"
    );
    quota(&ada, &ada, 5 << 20).await.refuses(403, "forbidden");
    let nobody = "/api/admin/people/0000000000001/quota";
    root.delete(nobody).await.refuses(404, "not_found");
}
