//! Settings change while the server runs.

use std::process::Stdio;

use inkspot::app::LIVE;
use serde_json::json;

use super::Watched;
use crate::harness::PASSWORD;
use crate::process::{add_user, inkspot};

#[tokio::test]
async fn a_reload_changes_what_can_change_and_names_the_rest() {
    let server = Watched::start("[server]\nname = \"Before\"\n").await;
    add_user(&server.data(), "anna");
    let anna = server.process.visitor().sign_in("anna", PASSWORD).await;
    let called = async || anna.get("/api/auth/me").await.gives(200)["serverName"].clone();
    assert_eq!(called().await, "Before");
    // A device that is to trust this server reads what the authority is for.
    let trust = async || anna.get("/trust").await.text;
    assert!(trust().await.contains("\u{2068}Before"));

    server.reload(
        "[server]\nname = \"After\"\nhostnames = [\"chat.example\"]\n\
         [files]\nmax_file_mib = 1\nquota_mib = 3\n[memory]\nbudget_mib = 99\n\
         [log]\nlevel = \"debug\"\n",
    );
    let line = server.line(1, "read the settings again").await;
    assert_eq!(
        line["changed"],
        "server.name, files.max_file_mib, files.quota_mib, log.level"
    );
    assert_eq!(line["needs_restart"], "server.hostnames, memory.budget_mib");
    assert_eq!(called().await, "After");
    let page = trust().await;
    assert!(
        page.contains("\u{2068}After") && !page.contains("\u{2068}Before"),
        "{page}"
    );
    let usage = anna.get("/api/auth/usage").await.gives(200);
    assert_eq!(usage["quota"], json!(3 << 20), "{usage}");
    let long = anna.request(reqwest::Method::POST, "/api/uploads");
    let long = long
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", ((1 << 20) + 1).to_string())
        .header("Upload-Metadata", "filename YQ==");
    crate::harness::Reply::to(long)
        .await
        .refuses(413, "file_too_large");
    // The new level shows what the old one didn't.
    anna.get("/api/nothing").await.refuses(404, "not_found");
    server
        .lines(1, |line| {
            line["level"] == "DEBUG" && line["code"] == "not_found"
        })
        .await;

    // The same again changes nothing, but still tells what waits for a restart.
    server.process.signal(rustix::process::Signal::HUP);
    let line = server.line(2, "read the settings again").await;
    assert_eq!(line["changed"], "nothing");
    assert_eq!(line["needs_restart"], "server.hostnames, memory.budget_mib");
}

#[tokio::test]
async fn the_doctor_goes_by_the_settings_of_the_moment() {
    let server = Watched::start("[backups]\npassphrase_file = \"/nowhere/it/is\"\n").await;
    let backups = |count: usize| {
        let mut command = inkspot();
        command
            .args(["doctor", "--json", "--data"])
            .arg(server.data());
        let asked = command.stdout(Stdio::piped()).output().unwrap();
        let checks: Vec<serde_json::Value> = serde_json::from_slice(&asked.stdout).unwrap();
        let mut found = checks.into_iter().filter(|it| it["id"] == "backups");
        let found = found.next().unwrap();
        assert_eq!(found["state"] == "fail", count == 0, "{found}");
    };
    backups(0);
    server.reload("[backups]\nevery_hours = 12\n");
    server.line(1, "read the settings again").await;
    backups(1);
}

#[tokio::test]
async fn a_mistake_in_the_file_changes_nothing_and_is_named_with_its_place() {
    let server = Watched::start("[server]\nname = \"Before\"\n").await;
    add_user(&server.data(), "anna");
    let anna = server.process.visitor().sign_in("anna", PASSWORD).await;
    for (count, (file, says)) in [
        (
            "[server]\nname = \"After\"\n[files]\nquota = 3\n",
            "config.toml:4:1: unknown setting \"quota\"; did you mean \"quota_mib\"?",
        ),
        (
            "[server]\nname = \"After\"\n[sessions]\nidle_days = 0\n",
            "the setting sessions.idle_days must be a number from 1 to 3650",
        ),
        ("[server\n", "config.toml:1:8: "),
    ]
    .into_iter()
    .enumerate()
    {
        server.reload(file);
        let line = server
            .line(count + 1, "the settings stay as they are")
            .await;
        let message = line["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
        let me = anna.get("/api/auth/me").await.gives(200);
        assert_eq!(me["serverName"], "Before");
    }
}

#[test]
fn the_page_names_all_that_changes_at_once() {
    let page = include_str!("../../../docs/OPERATIONS.md");
    let (_, table) = page
        .split_once("| setting | what it means for what goes on |")
        .unwrap();
    let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
    let mut named: Vec<_> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|key| key.trim().trim_matches('`'))
        .collect();
    let mut live = LIVE.to_vec();
    named.sort_unstable();
    live.sort_unstable();
    assert_eq!(named, live);
}
