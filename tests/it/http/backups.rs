//! Backups over HTTP: who sees them, making one, fetching one.

use std::time::Duration;

use inkspot::backup;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, TestServer};

const BACKUPS: &str = "/api/admin/backups";

/// Asks for a backup and waits until it is made. Gives how things are then.
pub(super) async fn made(admin: &Client) -> Value {
    let begun = admin.post(BACKUPS, json!({})).await.gives(202);
    assert!(begun["doing"]["step"].is_string(), "{begun}");
    tokio::time::timeout(Duration::from_mins(1), async {
        loop {
            let state = admin.get(BACKUPS).await.gives(200);
            if state["doing"].is_null() {
                return state;
            }
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn an_administrator_makes_one_and_fetches_it_with_the_password() {
    let server = TestServer::start_with(|config| config.backups.download = true).await;
    let (root, eve) = (server.admin("root").await, server.person("eve").await);
    let none = root.get(BACKUPS).await.gives(200);
    assert_eq!(
        (&none["backups"], &none["keep"], &none["everyHours"]),
        (&json!([]), &json!(3), &json!(24))
    );
    let state = made(&root).await;
    assert!(state["failed"].is_null(), "{state}");
    let kept = &state["backups"][0];
    let path = format!("{BACKUPS}/{}", kept["name"].as_str().unwrap());

    // Not by the session alone, nor by a wrong password, nor by another session's.
    root.get(&path).await.refuses(403, "forbidden");
    let wrong = json!({"password": "wrong horse battery", "purpose": "backups"});
    let confirm = "/api/auth/confirm";
    root.post(confirm, wrong)
        .await
        .refuses(401, "invalid_credentials");
    root.get(&path).await.refuses(403, "forbidden");
    for (body, status, code) in [
        (json!({"password": PASSWORD}), 400, "invalid_field"),
        (
            json!({"password": PASSWORD, "purpose": "everything"}),
            400,
            "invalid_field",
        ),
        (
            json!({"password": PASSWORD, "purpose": "delete-group"}),
            204,
            "",
        ),
    ] {
        let reply = root.post(confirm, body.clone()).await;
        assert_eq!(reply.status, status, "{body} {}", reply.text);
        if status != 204 {
            assert_eq!(reply.refuses(status, code)["field"], "purpose");
        }
    }
    root.get(&path).await.refuses(403, "forbidden");
    let elsewhere = server.visitor().sign_in("root", PASSWORD).await;
    root.confirm("backups").await;
    elsewhere.get(&path).await.refuses(403, "forbidden");

    let answer = root.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let saved = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(saved.starts_with("attachment"), "{saved}");
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(json!(bytes.len()), kept["bytes"]);
    backup::check(&bytes[..]).unwrap();

    // It counts for five minutes.
    server.wait(Duration::from_mins(5));
    root.get(&path).await.refuses(403, "forbidden");

    // Nobody else, whatever they know.
    eve.confirm("backups").await;
    for path in [BACKUPS, &path] {
        eve.get(path).await.refuses(403, "forbidden");
    }
    eve.post(BACKUPS, json!({})).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn nothing_but_the_servers_own_backups_is_given_and_nothing_where_it_is_not_allowed() {
    let server = TestServer::start_with(|config| config.backups.download = true).await;
    let root = server.admin("root").await;
    root.confirm("backups").await;
    made(&root).await;
    std::fs::write(server.data().join("backups/other.backup"), "mine").unwrap();
    for name in ["other.backup", "..%2Fdb", "%2e%2e", "inkspot-.backup"] {
        let answer = root.get(&format!("{BACKUPS}/{name}")).await;
        answer.refuses(404, "not_found");
    }

    let server = TestServer::start().await;
    let root = server.admin("root").await;
    root.confirm("backups").await;
    let state = made(&root).await;
    assert_eq!(state["download"], false);
    let name = state["backups"][0]["name"].as_str().unwrap();
    let refused = root.get(&format!("{BACKUPS}/{name}")).await;
    let error = refused.refuses(403, "forbidden");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("backups.download")
    );
}

#[tokio::test]
async fn why_none_could_be_made_is_said_until_one_is() {
    let server = TestServer::start().await;
    let root = server.admin("root").await;
    // Where it would be written, something stands that is no file.
    let moment = server.clock.now().to_string().replace(':', "-");
    let part = format!("backups/inkspot-{moment}.backup.part");
    let part = server.data().join(part);
    std::fs::create_dir_all(&part).unwrap();
    let state = made(&root).await;
    assert_eq!(state["backups"], json!([]));
    let why = state["failed"]["message"].as_str().unwrap();
    assert!(why.contains("backups"), "{why}");
    std::fs::remove_dir(&part).unwrap();
    let state = made(&root).await;
    assert!(state["failed"].is_null(), "{state}");
    assert_eq!(state["backups"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn they_are_encrypted_where_the_settings_say_so_and_what_is_missing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    let name = file.clone();
    let server = TestServer::start_with(move |config| config.backups.passphrase_file = Some(name));
    let server = server.await;
    let root = server.admin("root").await;
    // It is told before one is due, too.
    let state = made(&root).await;
    let why = state["failed"]["message"].as_str().unwrap();
    assert!(why.contains("cannot read the passphrase"), "{why}");
    assert_eq!(state["backups"], json!([]));

    std::fs::write(&file, "one long enough passphrase\n").unwrap();
    let state = made(&root).await;
    assert!(state["failed"].is_null(), "{state}");
    let kept = &state["backups"][0];
    assert_eq!(kept["encrypted"], true);
    let name = kept["name"].as_str().unwrap();
    assert!(name.ends_with(".backup.age"), "{name}");
    let bytes = std::fs::read(server.data().join("backups").join(name)).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
}
