//! The dashboard, the alarms and the page about operations know the numbers that there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::metrics::Numbers;
use crate::harness::TestServer;

const RULES: &str = "packaging/prometheus/inkspot.rules.yml";
const DASHBOARD: &str = "packaging/grafana/inkspot.json";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// The names of numbers in a text.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| {
        (word.starts_with("inkspot_") || word.starts_with("process_")) && !word.ends_with('_')
    });
    ours.map(str::to_owned).collect()
}

async fn page() -> String {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    admin.get("/api/admin/metrics").await.text
}

#[tokio::test]
async fn every_number_that_is_asked_for_exists() {
    let numbers = Numbers::read(&page().await);
    let names: BTreeSet<_> = numbers.names().into_iter().collect();
    let families: BTreeSet<_> = numbers.families.keys().cloned().collect();
    for file in [RULES, DASHBOARD] {
        let asked = named(&read(file));
        assert!(asked.len() > 10, "{file}: {asked:?}");
        let unknown: Vec<_> = asked.difference(&names).collect();
        assert!(unknown.is_empty(), "{file} asks for {unknown:?}");
    }
    let told = named(&read("docs/OPERATIONS.md"));
    let known: BTreeSet<_> = names.union(&families).cloned().collect();
    let unknown: Vec<_> = told.difference(&known).collect();
    assert!(unknown.is_empty(), "docs/OPERATIONS.md tells {unknown:?}");
}

#[test]
fn each_alarm_says_what_to_do() {
    let rules = read(RULES);
    let alarms: Vec<_> = rules.split("- alert: ").skip(1).collect();
    assert!(alarms.len() > 12, "{}", alarms.len());
    for alarm in alarms {
        let name = alarm.lines().next().unwrap();
        for part in ["expr: ", "severity: ", "summary: ", "description: >-\n"] {
            assert_eq!(alarm.matches(part).count(), 1, "{name}: {part}");
        }
        let says = alarm.split("description: >-\n").nth(1).unwrap();
        assert!(says.split_whitespace().count() > 5, "{name}: {says}");
    }
}

#[test]
fn the_dashboard_has_a_query_in_each_panel() {
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()));
        if panel["type"] != "row" {
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{}", panel["title"]);
            assert!(targets.iter().all(|target| target["expr"].is_string()));
        }
    }
    assert!(panels.len() > 20);
}

/// Prometheus' own tool, of the Debian package `prometheus`, reads the rules and the numbers.
#[tokio::test]
async fn promtool_finds_nothing_wrong() {
    use std::io::Write;

    let checked = Command::new("promtool")
        .args(["check", "rules"])
        .arg(path(RULES))
        .output()
        .expect("promtool is there: apt-get install prometheus");
    let said = String::from_utf8_lossy(&checked.stdout).into_owned()
        + &String::from_utf8_lossy(&checked.stderr);
    assert!(
        checked.status.success() && said.contains("SUCCESS"),
        "{said}"
    );

    let page = page().await;
    let mut lint = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = lint.stdin.take().unwrap();
    input.write_all(page.as_bytes()).unwrap();
    drop(input);
    let linted = lint.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&linted.stderr);
    // It knows the older form of the text: what it lints is names and units, not the families of
    // counters, which lack `_total` in the newer one.
    let faults: Vec<_> = said
        .lines()
        .filter(|line| !line.contains("no help text") && !line.contains("\"_total\" suffix"))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A certificate for six days and one for ninety, which begin at zero and are never renewed.
const CERTIFICATES: &str = r#"
evaluation_interval: 1h
tests:
- interval: 1h
  input_series:
  - { series: 'inkspot_certificate_begin_timestamp_seconds{instance="six"}', values: '0+0x2200' }
  - { series: 'inkspot_certificate_expiry_timestamp_seconds{instance="six"}', values: '518400+0x2200' }
  - { series: 'inkspot_certificate_begin_timestamp_seconds{instance="ninety"}', values: '0+0x2200' }
  - { series: 'inkspot_certificate_expiry_timestamp_seconds{instance="ninety"}', values: '7776000+0x2200' }
  promql_expr_test:
  - { eval_time: 4d, expr: &firing 'sum by (instance) (ALERTS{alertname="InkspotCertificateEnds",alertstate="firing"})' }
  - { eval_time: 5d, expr: *firing, exp_samples: [{ labels: '{instance="six"}', value: 1 }] }
  - { eval_time: 82d, expr: *firing, exp_samples: [{ labels: '{instance="six"}', value: 1 }] }
  - eval_time: 84d
    expr: *firing
    exp_samples: [{ labels: '{instance="ninety"}', value: 1 }, { labels: '{instance="six"}', value: 1 }]
"#;

#[test]
fn a_certificate_is_told_before_its_end_however_long_it_lives() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tests.yml");
    let rules = format!("rule_files: [{}]", path(RULES).display());
    std::fs::write(&file, rules + CERTIFICATES).unwrap();
    let tried = Command::new("promtool")
        .args(["test", "rules"])
        .arg(&file)
        .output()
        .expect("promtool is there: apt-get install prometheus");
    assert!(
        tried.status.success(),
        "{}{}",
        String::from_utf8_lossy(&tried.stdout),
        String::from_utf8_lossy(&tried.stderr)
    );
}
