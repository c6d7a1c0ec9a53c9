//! Cookies, and who may make a browser send them.

use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::json;

use super::sign_in::{cookies, login};
use crate::harness::{Client, PASSWORD, Reply, TestServer};

#[tokio::test]
async fn case_31_cookies_have_their_flags_and_tokens_stay_out_of_addresses() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let reply = login(&server.visitor(), "ada", PASSWORD).await;
    let set: Vec<_> = reply
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|v| v.to_str().unwrap())
        .collect();
    assert_eq!(set.len(), 2, "{set:?}");
    for cookie in &set {
        let flags: Vec<_> = cookie.split("; ").skip(1).collect();
        for flag in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(flags.contains(&flag), "{flag} {cookie}");
        }
        assert!(cookie.starts_with("__Host-inkspot") && !cookie.contains("Domain"));
    }
    let token = reply.json["token"].as_str().unwrap();
    let by_address = server.visitor();
    for path in ["token", "access_token", "session"] {
        let path = format!("/api/auth/me?{path}={token}");
        by_address.get(&path).await.refuses(401, "unauthorized");
    }
    let jar = cookies(&reply);
    let request = by_address
        .request(Method::GET, "/api/auth/me")
        .header("cookie", &jar);
    assert_eq!(
        Reply::to(request).await.gives(200)["user"]["id"],
        ada.user["id"]
    );
    let out = by_address
        .request(Method::POST, "/api/auth/logout")
        .header("cookie", &jar);
    let out = Reply::to(out.header("sec-fetch-site", "same-origin")).await;
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    let request = by_address
        .request(Method::GET, "/api/auth/me")
        .header("cookie", &jar);
    Reply::to(request).await.refuses(401, "unauthorized");
    // A cookie without a session is taken away too, but not because another site says so.
    for (site, status) in [("same-origin", 401), ("cross-site", 403)] {
        let out = by_address
            .request(Method::POST, "/api/auth/logout")
            .header("cookie", &jar);
        let out = Reply::to(out.header("sec-fetch-site", site)).await;
        assert_eq!(out.status, status);
        let cleared = out
            .header("set-cookie")
            .is_some_and(|it| it.contains("Max-Age=0"));
        assert_eq!(cleared, status == 401);
    }
}

#[tokio::test]
async fn case_32_other_sites_change_nothing_on_any_route() {
    let server = TestServer::start().await;
    server.admin("root").await;
    // The two protocols name the host in two ways.
    for visitor in [server.visitor(), server.old_visitor()] {
        nothing_changes_from_elsewhere(&visitor, &server.links.local).await;
    }
}

async fn nothing_changes_from_elsewhere(visitor: &Client, own: &str) {
    let jar = cookies(&login(visitor, "root", PASSWORD).await);
    for (method, pattern) in inkspot::http::addresses() {
        if [Method::GET, Method::OPTIONS].contains(&method) {
            continue;
        }
        let path = pattern.replace(['{', '}'], "");
        let request = || {
            let request = visitor
                .request(method.clone(), &path)
                .header("cookie", &jar);
            request.json(&json!({}))
        };
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", &own.replace("https", "http")),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let reply = Reply::to(request().header(name, value)).await;
            assert_eq!(
                reply.status, 403,
                "{method} {path} {name} {value} {}",
                reply.text
            );
            reply.refuses(403, "origin_refused");
        }
        let both = request()
            .header("origin", own)
            .header("sec-fetch-site", "cross-site");
        Reply::to(both).await.refuses(403, "origin_refused");
    }
    forms_change_nothing(visitor, own, &jar).await;
}

async fn forms_change_nothing(visitor: &Client, own: &str, jar: &str) {
    // A form can't be made to look like JSON, wherever it comes from.
    let group = |title| json!({"title": title, "isGroup": true, "members": []}).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let form = visitor
            .request(Method::POST, "/api/conversations")
            .header("cookie", jar);
        let form = form
            .header("origin", own)
            .header("content-type", kind)
            .body(group("Forged"));
        Reply::to(form).await.refuses(415, "unsupported_media_type");
    }
    let list = visitor
        .request(Method::GET, "/api/conversations")
        .header("cookie", jar);
    let list = Reply::to(list).await.gives(200);
    assert!(!list.to_string().contains("Forged"));
    // A cookie alone says nothing about who made the browser send it; with our own page it does.
    let make = || {
        visitor
            .request(Method::POST, "/api/conversations")
            .header("cookie", jar)
    };
    let json = |request: reqwest::RequestBuilder| {
        request
            .header("content-type", "application/json")
            .body(group("Room"))
    };
    Reply::to(json(make())).await.refuses(403, "origin_refused");
    Reply::to(json(make().header("origin", own)))
        .await
        .gives(201);
}
