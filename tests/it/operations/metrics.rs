//! The page of numbers.

#![expect(clippy::float_cmp, reason = "samples are counts, which are exact")]

use std::collections::BTreeMap;
use std::net::SocketAddr;

use inkspot::config::{Config, LimitProfile};
use serde_json::json;

use crate::harness::{Client, Reply, TestServer};
use crate::realtime::socket::Socket;

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A page as a monitoring system reads it.
pub struct Numbers {
    /// Each family's kind.
    pub families: BTreeMap<String, String>,
    samples: BTreeMap<String, f64>,
}

impl Numbers {
    /// Reads `OpenMetrics` text, strictly.
    pub fn read(text: &str) -> Self {
        let (mut families, mut samples) = (BTreeMap::new(), BTreeMap::new());
        let body = text.strip_suffix("# EOF\n").expect("it ends as it should");
        for line in body.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                let mut words = comment.splitn(3, ' ');
                let (what, name, rest) = (words.next(), words.next(), words.next());
                let (name, rest) = (name.unwrap(), rest.unwrap());
                match what.unwrap() {
                    "TYPE" => {
                        let twice = families.insert(name.to_owned(), rest.to_owned());
                        assert_eq!(twice, None, "{name} is there twice");
                    }
                    "HELP" => assert!(rest.len() > 8, "{line}"),
                    "UNIT" => assert!(name.ends_with(rest), "{line}"),
                    other => panic!("{other}"),
                }
                continue;
            }
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            let kind = families
                .iter()
                .find(|(family, kind)| {
                    let rest = name.strip_prefix(family.as_str());
                    rest.is_some_and(|rest| endings(kind).contains(&rest))
                })
                .map(|(_, kind)| kind.as_str());
            assert!(kind.is_some(), "{name} has no family before it");
            let value: f64 = value.parse().unwrap();
            assert!(value.is_finite() && value >= 0.0, "{line}");
            let twice = samples.insert(sample.to_owned(), value);
            assert_eq!(twice, None, "{sample} is there twice");
        }
        Self { families, samples }
    }

    /// A sample by its whole name, labels included.
    #[track_caller]
    pub fn of(&self, sample: &str) -> f64 {
        let found = self.samples.get(sample).copied();
        found.unwrap_or_else(|| panic!("no {sample} in {:#?}", self.samples))
    }

    /// The names that queries can use.
    pub fn names(&self) -> Vec<String> {
        let names = |(family, kind): (&String, &String)| {
            let family = family.clone();
            endings(kind)
                .iter()
                .map(move |ending| format!("{family}{ending}"))
                .collect::<Vec<_>>()
        };
        self.families.iter().flat_map(names).collect()
    }
}

fn endings(kind: &str) -> &'static [&'static str] {
    match kind {
        "gauge" => &[""],
        "counter" => &["_total"],
        "histogram" => &["_bucket", "_sum", "_count"],
        other => panic!("{other}"),
    }
}

/// Switches the listener on, with a token.
pub fn with_listener(config: &mut Config) {
    let file = config.server.data.with_extension("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    config.metrics.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    config.metrics.token_file = Some(file);
}

async fn ask(server: &TestServer, path: &str, token: Option<&str>) -> Reply {
    let url = format!("http://{}", server.metrics.unwrap());
    let nobody = Client::nobody(&url, server.links.ca_file.as_deref(), "http/1.1");
    match token {
        Some(token) => nobody.with_token(token).get(path).await,
        None => nobody.get(path).await,
    }
}

/// What `docs/OPERATIONS.md` says of a budget is what a server with it does.
#[tokio::test]
async fn the_memory_budget_bounds_the_connections_of_a_running_server() {
    for (budget, most) in [(64, 2048.0), (96, 3072.0)] {
        let server = TestServer::start_with(|config| {
            with_listener(config);
            config.limits.profile = LimitProfile::Default;
            config.memory.budget_mib = Some(budget);
        });
        let page = ask(&server.await, "/metrics", Some(TOKEN)).await;
        let numbers = Numbers::read(&page.text);
        assert_eq!(numbers.of("inkspot_connections_limit"), most, "{budget}");
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    let server = TestServer::start_with(with_listener).await;
    let anna = server.person("anna").await;
    let room = anna.group("Room", &[]).await;
    let mut socket = Socket::enter(&anna).await.unwrap();
    socket.join(&room).await;
    socket.send(&room, "one").await;
    anna.send(&room, "two").await;
    let empty = json!({"conversationId": room, "content": ""});
    let refused = anna.post("/api/messages/realtime", empty).await;
    refused.refuses(400, "too_short");
    let wrong = json!({"username": "anna", "password": "wrong horse battery"});
    for _ in 0..2 {
        let visitor = server.visitor();
        let refused = visitor.post("/api/auth/login", wrong.clone()).await;
        refused.refuses(401, "invalid_credentials");
    }

    let page = ask(&server, "/metrics", Some(TOKEN)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let kind = page.header("content-type").unwrap();
    assert!(
        kind.starts_with("application/openmetrics-text; version=1.0.0"),
        "{kind}"
    );
    let numbers = Numbers::read(&page.text);
    for (sample, value) in [
        ("inkspot_messages_total", 2.0),
        (r#"inkspot_messages_refused_total{code="too_short"}"#, 1.0),
        (r#"inkspot_messages_refused_total{code="internal"}"#, 0.0),
        ("inkspot_sign_ins_total", 1.0),
        (
            r#"inkspot_sign_ins_refused_total{code="invalid_credentials"}"#,
            2.0,
        ),
        (
            r#"inkspot_http_requests_total{route="messages",status="201"}"#,
            1.0,
        ),
        (
            r#"inkspot_http_requests_total{route="auth",status="401"}"#,
            2.0,
        ),
        (r#"inkspot_connections{transport="websocket"}"#, 1.0),
        (
            r#"inkspot_realtime_connections{transport="websocket"}"#,
            1.0,
        ),
        ("inkspot_realtime_sockets", 1.0),
        ("inkspot_people_online", 1.0),
        ("inkspot_accounts", 1.0),
        ("inkspot_uploads_active", 0.0),
        ("inkspot_queue_commands", 0.0),
        ("inkspot_publish_lag_events", 0.0),
        ("inkspot_backup_last_success_timestamp_seconds", 0.0),
    ] {
        assert_eq!(numbers.of(sample), value, "{sample}");
    }
    for sample in [
        "inkspot_commit_seconds_count",
        "inkspot_sync_seconds_count",
        "inkspot_publish_seconds_count",
        "inkspot_commit_group_commands_sum",
        r#"inkspot_http_request_seconds_count{route="messages"}"#,
        "inkspot_database_bytes",
        "inkspot_disk_free_bytes",
        "inkspot_disk_floor_bytes",
        "inkspot_certificate_expiry_timestamp_seconds",
        "inkspot_connections_limit",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_cpu_seconds_total",
        "process_start_time_seconds",
        &format!(
            r#"inkspot_build_info{{version="{}"}}"#,
            env!("CARGO_PKG_VERSION")
        ),
    ] {
        assert!(numbers.of(sample) > 0.0, "{sample}");
    }
    let all = numbers.of("inkspot_commit_seconds_count");
    let infinite = numbers.of(r#"inkspot_commit_seconds_bucket{le="+Inf"}"#);
    assert_eq!(all, infinite);
    // Nothing of anybody.
    for secret in ["anna", &room, anna.id(), "127.0.0.1"] {
        assert!(!page.text.contains(secret), "{secret}\n{}", page.text);
    }
}

#[tokio::test]
async fn a_closed_socket_is_counted_no_more() {
    let server = TestServer::start_with(with_listener).await;
    let anna = server.person("anna").await;
    let socket = Socket::enter(&anna).await.unwrap();
    socket.cut().await;
    // The server hears of it a moment later.
    for _ in 0..2000 {
        let page = ask(&server, "/metrics", Some(TOKEN)).await.text;
        let numbers = Numbers::read(&page);
        if numbers.of(r#"inkspot_connections{transport="websocket"}"#) == 0.0 {
            assert_eq!(numbers.of("inkspot_realtime_sockets"), 0.0);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it still counts");
}

#[tokio::test]
async fn only_who_knows_the_token_reads_them_and_administrators() {
    let server = TestServer::start_with(with_listener).await;
    for token in [None, Some("wrong"), Some(""), Some(&TOKEN[1..])] {
        let refused = ask(&server, "/metrics", token).await;
        assert_eq!(refused.status, 401, "{token:?}");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert!(!refused.text.contains("inkspot_"));
    }
    assert_eq!(ask(&server, "/", Some(TOKEN)).await.status, 200);
    assert_eq!(ask(&server, "/api/health", Some(TOKEN)).await.status, 404);

    let (admin, bert) = (server.admin("root").await, server.person("bert").await);
    let page = admin.get("/api/admin/metrics").await;
    assert_eq!(page.status, 200);
    assert!(Numbers::read(&page.text).of("inkspot_sign_ins_total") >= 2.0);
    bert.get("/api/admin/metrics")
        .await
        .refuses(403, "forbidden");
    let visitor = server.visitor();
    visitor
        .get("/api/admin/metrics")
        .await
        .refuses(401, "unauthorized");
    // The product's own address has no such page.
    assert!(!visitor.get("/metrics").await.text.contains("inkspot_"));
}

#[tokio::test]
async fn a_certificate_and_a_backup_have_their_moments() {
    let server = TestServer::start_with(|config| {
        with_listener(config);
        config.backups.every_hours = 1;
    })
    .await;
    let before = Numbers::read(&ask(&server, "/metrics", Some(TOKEN)).await.text);
    let now = |numbers: &Numbers| numbers.of("process_start_time_seconds");
    let ends = before.of("inkspot_certificate_expiry_timestamp_seconds");
    assert!(ends > now(&before) + 86_400.0, "{ends}");
    let begins = before.of("inkspot_certificate_begin_timestamp_seconds");
    assert!(
        begins > 0.0 && begins <= now(&before),
        "{begins} {}",
        now(&before)
    );
    for _ in 0..2000 {
        server.wait(std::time::Duration::from_mins(10));
        let numbers = Numbers::read(&ask(&server, "/metrics", Some(TOKEN)).await.text);
        if numbers.of("inkspot_backup_last_success_timestamp_seconds") > 0.0 {
            assert!(numbers.of("inkspot_backup_last_size_bytes") > 0.0);
            assert!(numbers.of("inkspot_backup_last_duration_seconds") > 0.0);
            assert_eq!(numbers.of("inkspot_backups_failed_total"), 0.0);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("no backup was made");
}
