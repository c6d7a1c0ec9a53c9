//! Each request has a name; what got no good answer is one line.

use serde_json::json;

use super::Watched;
use crate::harness::{PASSWORD, Reply, TestServer};
use crate::process::add_user;

fn name(reply: &Reply) -> &str {
    reply.header("x-request-id").unwrap()
}

#[tokio::test]
async fn each_answer_names_its_request() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let mut names = Vec::new();
    for path in ["/api/health", "/up", "/", "/api/nothing", "/api/health"] {
        let request = visitor.request(reqwest::Method::GET, path);
        let reply = Reply::to(request.header("X-Request-Id", "mine")).await;
        names.push(name(&reply).to_owned());
    }
    assert!(names.iter().all(|name| name.len() == 16), "{names:?}");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5, "{names:?}");

    let proxied = TestServer::start_with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let request = proxied.visitor().request(reqwest::Method::GET, "/up");
    let reply = Reply::to(request.header("X-Request-Id", "edge-7")).await;
    assert_eq!(name(&reply), "edge-7");
}

#[tokio::test]
async fn what_got_no_good_answer_is_one_line_without_secrets() {
    let server = Watched::start("[files]\ndisk_reserve_mib = 1073741824\n").await;
    add_user(&server.data(), "anna");
    let visitor = server.process.visitor();
    let wrong = json!({"username": "anna", "password": "a wrong secret"});
    let refused = visitor.post("/api/auth/login", wrong).await;
    let login = name(&refused).to_owned();
    let told = refused.refuses(401, "invalid_credentials");
    assert_eq!(told["requestId"], json!(null), "it is no fault of ours");
    let anna = visitor.sign_in("anna", PASSWORD).await;
    visitor.get("/api/invites/secret-code/preview").await;

    let upload = anna
        .request(reqwest::Method::POST, "/api/uploads?secret=query")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", "10")
        .header("Upload-Metadata", "filename YQ==");
    let full = Reply::to(upload).await;
    let named = name(&full).to_owned();
    let told = full.refuses(507, "storage_full");
    assert_eq!(told["requestId"], json!(named));

    let refusal = server.line(1, "a request was refused").await;
    for (field, value) in [
        ("level", json!("INFO")),
        ("request", json!(login)),
        ("method", json!("POST")),
        ("route", json!("auth")),
        ("status", json!(401)),
        ("code", json!("invalid_credentials")),
        ("address", json!("127.0.0.1")),
    ] {
        assert_eq!(refusal[field], value, "{field}: {refusal}");
    }
    let failure = server.line(1, "a request was turned away").await;
    for (field, value) in [
        ("level", json!("WARN")),
        ("request", json!(named)),
        ("route", json!("uploads")),
        ("status", json!(507)),
        ("code", json!("storage_full")),
        ("user", json!(anna.id())),
    ] {
        assert_eq!(failure[field], value, "{field}: {failure}");
    }
    assert!(failure["duration_ms"].is_u64(), "{failure}");

    let log = server.log();
    for line in ["a request was refused", "a request was turned away"] {
        assert_eq!(log.matches(line).count(), 1, "{log}");
    }
    let token = anna.token.clone().unwrap();
    for secret in ["a wrong secret", "secret", PASSWORD, &token] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
