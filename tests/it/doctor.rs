//! What the doctor says of a real server, to its administrator, on the command line, and from outside.

use inkspot::base::clock::Clock;
use inkspot::config::Config;
use inkspot::doctor::{Check, Doctor, State, examine_from_outside};
use serde_json::Value;

use crate::harness::TestServer;

/// The state of one of them.
#[track_caller]
fn state(found: &[Check], id: &str) -> State {
    let check = found.iter().find(|check| check.id == id);
    check
        .unwrap_or_else(|| panic!("no {id} in {found:?}"))
        .state
}

#[tokio::test]
async fn an_administrator_sees_what_is_around_the_server() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let health = admin.get("/api/admin/health").await.gives(200);
    let checks = health["checks"].as_array().unwrap();
    let ids: Vec<&str> = checks.iter().filter_map(|it| it["id"].as_str()).collect();
    assert_eq!(
        ids,
        [
            "proxy",
            "names",
            "ports",
            "certificate",
            "local-name",
            "clock",
            "memory",
            "descriptors",
            "service",
            "data",
            "disk",
            "sync",
            "backups"
        ]
    );
    let known = inkspot::doctor::typescript().join("\n");
    for check in checks {
        for word in ["id", "code"] {
            let word = format!("\"{}\"", check[word].as_str().unwrap());
            assert!(known.contains(&word), "{word} is not in docs/protocol.d.ts");
        }
        let is_good = check["state"] == "ok";
        assert_eq!(check["remedy"] == Value::Null, is_good, "{check}");
        assert!(check["detail"].as_str().unwrap().ends_with('.'), "{check}");
    }
    let of = |id: &str| checks.iter().find(|check| check["id"] == id).unwrap();
    let version = format!(
        "Inkspot {} answers on 127.0.0.1:",
        env!("CARGO_PKG_VERSION")
    );
    assert!(
        of("ports")["detail"].as_str().unwrap().contains(&version),
        "{}",
        of("ports")
    );
    assert_eq!(of("ports")["code"], "ports-answered");
    let facts = &of("ports")["facts"];
    assert_eq!(facts["version"], env!("CARGO_PKG_VERSION"));
    let at = facts["addresses"][0].as_str().unwrap();
    assert!(at.starts_with("127.0.0.1:"), "{facts}");
    assert!(of("disk")["facts"]["freeBytes"].is_u64(), "{}", of("disk"));
    for id in [
        "proxy",
        "ports",
        "certificate",
        "local-name",
        "data",
        "backups",
    ] {
        assert_eq!(of(id)["state"], "ok", "{}", of(id));
    }
    let member = server.person("ann").await;
    member.get("/api/admin/health").await.gives(403);
}

#[tokio::test]
async fn a_proxy_that_nobody_named_is_told_to_the_administrator() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let request = admin.request(reqwest::Method::GET, "/api/admin/health");
    let request = request.header("x-forwarded-for", "203.0.113.7");
    let health = crate::harness::Reply::to(request).await.gives(200);
    assert_eq!(health["checks"][0]["id"], "proxy");
    assert_eq!(health["checks"][0]["state"], "warn");
    let remedy = health["checks"][0]["remedy"].as_str().unwrap();
    assert!(remedy.contains("server.trusted_proxies"), "{remedy}");
}

#[tokio::test]
async fn from_outside_each_step_of_a_browser_is_gone() {
    let server = TestServer::start_with(|config| {
        config.server.path_prefix = "/chat".to_owned();
        config.server.socket_path = "/live".to_owned();
    })
    .await;
    let mut config = Config::default();
    config.server.data = server.data();
    config.server.path_prefix = "/chat".to_owned();
    config.server.socket_path = "/live".to_owned();
    let now = Clock::system().now();
    let url = format!("{}/chat/", server.links.local);
    let found = examine_from_outside(&url, &config, now).await;
    let ids = [
        "name",
        "certificate",
        "answer",
        "headers",
        "path",
        "websocket",
    ];
    for id in ids {
        assert_eq!(state(&found, &format!("url-{id}")), State::Ok, "{found:?}");
    }
    assert_eq!(found.len(), ids.len());

    // At the root the page is made for elsewhere.
    let found = examine_from_outside(&server.links.local, &config, now).await;
    assert_eq!(state(&found, "url-path"), State::Fail, "{found:?}");
    // Nobody who lacks the server's own authority trusts its certificate.
    config.server.data = "/nonexistent".into();
    let found = examine_from_outside(&url, &config, now).await;
    assert_eq!(state(&found, "url-certificate"), State::Warn, "{found:?}");
    // The path that is set is another one than the one that is served.
    config.server.socket_path = "/other".to_owned();
    let found = examine_from_outside(&url, &config, now).await;
    assert_eq!(state(&found, "url-websocket"), State::Fail, "{found:?}");

    for (url, last) in [
        ("nonsense", "url-name"),
        ("ftp://127.0.0.1", "url-name"),
        ("https://no-such-host.invalid", "url-name"),
        ("https://127.0.0.1:1", "url-answer"),
    ] {
        let found = examine_from_outside(url, &config, now).await;
        let check = found.last().unwrap();
        assert_eq!(
            (check.id.as_str(), check.state),
            (last, State::Fail),
            "{url}"
        );
        assert!(check.remedy.is_some());
    }
}

#[tokio::test]
async fn a_port_that_somebody_else_has_is_told() {
    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = other.local_addr().unwrap();
    let silent = tokio::spawn(async move {
        while let Ok((stream, _)) = other.accept().await {
            drop(stream);
        }
    });
    let doctor = Doctor::new(Config::default(), Clock::system(), vec![at]);
    assert_eq!(state(&doctor.examine().await, "ports"), State::Fail);
    silent.abort();
    let _ = silent.await;
    assert_eq!(
        state(&doctor.examine().await, "ports"),
        State::Ok,
        "it is free again"
    );
}

#[tokio::test]
async fn a_plain_port_that_somebody_else_has_is_told_of_a_stopped_server() {
    let dir = tempfile::tempdir().unwrap();
    // An address that no other test takes a port of.
    let main = std::net::TcpListener::bind("127.77.0.1:0").unwrap();
    let other = std::net::TcpListener::bind("127.77.0.1:0").unwrap();
    let (at, plain) = (main.local_addr().unwrap(), other.local_addr().unwrap());
    drop(main);
    let mut config = Config::default();
    config.server.data = dir.path().join("data");
    config.server.listen = Some(vec![at]);
    config.server.plain_listen = Some(vec![plain]);
    let doctor = Doctor::of_stopped(config, Clock::system());
    let ports = async || {
        let found = doctor.examine().await;
        found.into_iter().find(|it| it.id == "ports").unwrap()
    };
    let told = ports().await;
    assert_eq!(told.code, "ports-taken", "{told:?}");
    assert_eq!(told.facts["address"], plain.to_string());
    let remedy = told.remedy.as_deref().unwrap();
    assert!(remedy.contains("server.plain_listen"), "{remedy}");
    drop(other);
    let told = ports().await;
    assert_eq!(told.code, "ports-free", "{told:?}");
    assert!(told.detail.contains(&plain.to_string()), "{told:?}");
}

#[tokio::test]
async fn certificate_files_that_do_not_fit_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let make = |names: &[&str], ends: (i32, u8, u8)| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        params.not_after = rcgen::date_time_ymd(ends.0, ends.1, ends.2);
        let key = rcgen::KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    };
    let mut config = Config::default();
    config.server.data = dir.path().join("data");
    config.server.hostnames = vec!["chat.example".to_owned()];
    config.tls.mode = inkspot::config::TlsMode::Files;
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    (config.tls.cert, config.tls.key) = (Some(cert.clone()), Some(key.clone()));
    let (good, secret) = make(&["chat.example"], (2040, 1, 1));
    let (_, other_secret) = make(&["chat.example"], (2040, 1, 1));
    for (pem, key_pem, state_is, words) in [
        ("rubbish", secret.as_str(), State::Fail, "can't be used"),
        (&good, &other_secret, State::Fail, "The key must belong"),
        (&good, &secret, State::Warn, "Nobody knows who made it"),
    ] {
        std::fs::write(&cert, pem).unwrap();
        disk_private(&key, key_pem);
        let doctor = Doctor::new(config.clone(), Clock::system(), Vec::new());
        let found = doctor.examine().await;
        let check = found
            .iter()
            .find(|check| check.id == "certificate")
            .unwrap();
        assert_eq!(check.state, state_is, "{check:?}");
        let all = format!(
            "{} {}",
            check.detail,
            check.remedy.clone().unwrap_or_default()
        );
        assert!(all.contains(words), "{check:?}");
    }
}

/// A file that is for its owner alone.
fn disk_private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
