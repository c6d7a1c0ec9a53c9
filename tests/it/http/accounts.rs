//! One's own account and devices, and what administrators do with accounts.

use serde_json::json;

use crate::harness::{PASSWORD, TestServer};

#[tokio::test]
async fn devices_are_listed_and_ended() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let (phone, tablet) = (
        ada.sign_in("ada", PASSWORD).await,
        ada.sign_in("ADA", PASSWORD).await,
    );
    let sessions = ada.get("/api/auth/sessions").await.gives(200);
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(
        sessions
            .iter()
            .filter(|session| session["current"] == true)
            .count(),
        1
    );

    let me = phone.get("/api/auth/me").await.gives(200);
    let path = format!("/api/auth/sessions/{}", me["sessionId"].as_str().unwrap());
    ada.delete(&path).await.gives(204);
    phone.get("/api/auth/me").await.refuses(401, "unauthorized");
    ada.delete(&path).await.refuses(404, "not_found");
    ada.delete("/api/auth/sessions").await.gives(204);
    tablet
        .get("/api/auth/me")
        .await
        .refuses(401, "unauthorized");
    ada.post("/api/auth/logout", json!({})).await.gives(204);
    ada.get("/api/auth/me").await.refuses(401, "unauthorized");
}

#[tokio::test]
async fn a_page_that_starts_is_told_who_is_signed_in_or_that_nobody_is() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let me = ada.get("/api/auth/me").await.gives(200);
    assert_eq!(ada.get("/api/auth/session").await.gives(200)["me"], me);
    ada.post("/api/auth/logout", json!({})).await.gives(204);
    for nobody in [&ada, &server.visitor()] {
        let here = nobody.get("/api/auth/session").await.gives(200);
        assert_eq!(here, json!({ "me": null, "registration": "invite" }));
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let other = ada.sign_in("ada", PASSWORD).await;
    let change = |current: &str| json!({"currentPassword": current, "newPassword": "another one"});
    let wrong = ada
        .post("/api/auth/password", change("wrong password"))
        .await;
    wrong.refuses(401, "invalid_credentials");
    ada.post("/api/auth/password", change(PASSWORD))
        .await
        .gives(204);
    ada.get("/api/auth/me").await.gives(200);
    other.get("/api/auth/me").await.refuses(401, "unauthorized");
    ada.sign_in("ada", "another one").await;
}

#[tokio::test]
async fn an_administrator_manages_people_and_nobody_else_does() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let path = format!("/api/users/{}", ada.id());
    ada.patch(&path, json!({"role": "admin"}))
        .await
        .refuses(403, "forbidden");
    ada.post(
        &format!("{path}/password"),
        json!({"newPassword": "another one"}),
    )
    .await
    .refuses(403, "forbidden");

    let changed = admin
        .patch(&path, json!({"disabled": true}))
        .await
        .gives(200);
    assert_eq!(changed["user"]["disabled"], true);
    ada.get("/api/auth/me").await.refuses(401, "unauthorized");
    admin
        .patch(&path, json!({"disabled": false}))
        .await
        .gives(200);
    admin
        .post(
            &format!("{path}/password"),
            json!({"newPassword": "another one"}),
        )
        .await
        .gives(204);
    ada.sign_in("ada", "another one").await;
    let own = format!("/api/users/{}", admin.id());
    let last = admin.patch(&own, json!({"role": "member"})).await;
    assert_eq!(last.refuses(409, "conflict")["field"], "admins");
}
