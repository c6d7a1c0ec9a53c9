//! What holds for every answer, whatever it says.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Reply, TestServer};

#[tokio::test]
async fn case_54_security_headers_are_on_every_answer() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let page = ada.get("/").await;
    let tag = page.header("etag").unwrap().to_owned();
    let unchanged = ada.request(Method::GET, "/").header("if-none-match", tag);
    for (status, reply) in [
        (200, page),
        (304, Reply::to(unchanged).await),
        (404, ada.get("/missing.js").await),
        (405, ada.post("/", json!({})).await),
        (200, ada.get("/api/health").await),
        (200, ada.get("/up").await),
        (200, ada.get("/api/conversations").await),
        (
            201,
            ada.post(
                "/api/conversations",
                json!({"title": "x", "isGroup": true, "members": []}),
            )
            .await,
        ),
        (400, ada.post("/api/conversations", json!([])).await),
        (401, ada.signed_out().get("/api/auth/me").await),
        (404, ada.get("/api").await),
        (404, ada.get("/api/").await),
        (404, ada.get("/api/missing").await),
        (405, ada.delete("/api/health").await),
        (
            200,
            Reply::to(ada.request(Method::HEAD, "/api/health")).await,
        ),
        (204, ada.post("/api/auth/logout", json!({})).await),
    ] {
        assert_eq!(reply.status, status, "{}", reply.text);
        let csp = reply.header("content-security-policy").unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"));
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(
            reply.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert!(
            reply
                .header("permissions-policy")
                .unwrap()
                .contains("camera=()")
        );
        assert!(
            reply.header("strict-transport-security").is_none(),
            "a private authority"
        );
        assert!(reply.header("server").is_none() && reply.header("x-powered-by").is_none());
        let kept = reply.header("cache-control").unwrap();
        assert!(
            kept == "no-store" || (status != 404 && kept == "no-cache"),
            "{status} {kept}"
        );
    }
}

#[tokio::test]
async fn case_55_no_other_site_may_read_anything() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    for origin in ["https://evil.example", "null", server.links.local.as_str()] {
        for path in ["/", "/api/health", "/api/auth/me", "/api/missing"] {
            let reply = ada.request(Method::GET, path).header("origin", origin);
            let reply = Reply::to(reply).await;
            let asks = ada.request(Method::OPTIONS, path).header("origin", origin);
            let asks = Reply::to(asks.header("access-control-request-method", "POST")).await;
            assert!(matches!(asks.status, 404 | 405), "{path} {}", asks.status);
            for reply in [reply, asks] {
                let names = reply
                    .headers
                    .keys()
                    .map(reqwest::header::HeaderName::as_str);
                let cors: Vec<_> = names.filter(|n| n.starts_with("access-control")).collect();
                assert!(cors.is_empty(), "{path} {cors:?}");
            }
        }
    }
}

#[tokio::test]
async fn case_56_the_api_is_never_answered_by_the_app() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let browse = |path: &str| {
        let request = visitor.request(Method::GET, path);
        Reply::to(request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
    };
    for path in [
        "/api",
        "/api/",
        "/api/missing",
        "/api/../index.html",
        "/api/index.html",
    ] {
        let reply = browse(path).await;
        if !path.contains("..") {
            reply.refuses(404, "not_found");
        }
    }
    for path in ["/", "/conversations/7", "/invite/abc", "/apiary"] {
        let reply = browse(path).await;
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert!(reply.text.contains("Inkspot"));
    }
    for path in [
        "/Cargo.toml",
        "/data/db",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/app.js.map",
    ] {
        visitor.get(path).await.refuses(404, "not_found");
    }
}

#[tokio::test]
async fn case_58_errors_tell_nothing_about_the_inside() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let request = |method, path: &str, kind: &'static str, body: &[u8]| {
        let request = ada.request(method, path).header("content-type", kind);
        Reply::to(request.body(body.to_vec()))
    };
    let json = "application/json";
    let deep = "[".repeat(60_000);
    let mut replies = Vec::new();
    for body in [
        "",
        "{",
        "[]",
        "\"x\"",
        "null",
        "{\"title\":1e999}",
        "{\"isGroup\":{\"a\":[]}}",
        &deep,
    ] {
        replies.push(request(Method::POST, "/api/conversations", json, body.as_bytes()).await);
    }
    replies.push(request(Method::POST, "/api/conversations", json, b"\xff\xfe").await);
    replies.push(request(Method::POST, "/api/conversations", "text/plain", b"{}").await);
    for path in [
        "/api/users/'%22%3Cscript%3E",
        "/api/users/%00",
        "/api/conversations/%ff",
    ] {
        replies.push(ada.get(path).await);
    }
    for path in [
        "/api/users?limit=%ff",
        "/api/users?q=a&q=b",
        "/api/conversations?cursor=%00%00",
    ] {
        replies.push(ada.get(path).await);
    }
    for reply in replies {
        assert!(
            (400..500).contains(&reply.status),
            "{} {}",
            reply.status,
            reply.text
        );
        assert!(reply.json["error"]["code"].is_string(), "{}", reply.text);
        let text = reply.text.to_lowercase();
        for inside in [
            "src/", ".rs", "panick", "stack", "sled", "serde", "warp", "/tmp", "rust",
        ] {
            assert!(!text.contains(inside), "{inside} {text}");
        }
        assert!(reply.text.len() < 1000, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_body_is_taken_up_to_its_limit_and_no_further() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let padded = |length: usize| {
        let body = r#"{"title":"x","isGroup":true,"members":[],"pad":"{}"}"#;
        let pad = length - (body.len() - 2);
        body.replace("{}", &"p".repeat(pad))
    };
    let send = |body: String| {
        let request = ada.request(Method::POST, "/api/conversations");
        Reply::to(
            request
                .header("content-type", "application/json")
                .body(body),
        )
    };
    send(padded(64 * 1024)).await.gives(201);
    let error = send(padded(64 * 1024 + 1))
        .await
        .refuses(413, "payload_too_large");
    assert_eq!(error["limit"], 64 * 1024);
    send(padded(1024 * 1024))
        .await
        .refuses(413, "payload_too_large");
}

#[tokio::test]
async fn the_head_of_an_answer_is_the_answer_without_its_body() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let old = server.old_visitor().with_token(ada.token.as_ref().unwrap());
    for path in [
        "/api/health",
        "/api/auth/me",
        "/api/openapi.json",
        "/",
        "/api/missing",
    ] {
        for client in [&ada, &old] {
            let whole = client.get(path).await;
            let head = Reply::to(client.request(Method::HEAD, path)).await;
            assert_eq!(
                (head.status, head.text.as_str()),
                (whole.status, ""),
                "{path}"
            );
            let length = head.header("content-length").map(str::to_owned);
            assert_eq!(length, Some(whole.text.len().to_string()), "{path}");
            assert_eq!(head.header("content-type"), whole.header("content-type"));
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (method, path, allowed) in [
        (Method::POST, "/api/health", "GET, HEAD"),
        (Method::GET, "/api/auth/login", "POST"),
        (Method::PUT, "/api/auth/me", "GET, HEAD, PATCH"),
        (Method::PUT, "/api/conversations/x", "GET, HEAD, PATCH"),
        (
            Method::GET,
            "/api/conversations/x/members/y",
            "PATCH, DELETE",
        ),
        (Method::OPTIONS, "/api/conversations", "GET, HEAD, POST"),
    ] {
        let reply = Reply::to(visitor.request(method, path)).await;
        assert_eq!(reply.header("allow"), Some(allowed), "{path}");
        reply.refuses(405, "method_not_allowed");
    }
}
