//! Damage and upgrades: nothing is deleted, the newest backup takes the place of what can't be read, there is
//! a way back from an upgrade, and a check says what is wrong.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use inkspot::store::kv::{Kv, SledKv};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Client, PASSWORD};
use crate::process::{Process, inkspot};

/// The row that says which format a database has; see the catalog in `store::schema`.
const FORMAT: [u8; 2] = [0x01, 0x01];

/// A data folder with an administrator, a room and some messages in it.
struct House {
    folder: TempDir,
    room: String,
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut house = Self {
            folder,
            room: String::new(),
        };
        let mut child = inkspot()
            .args([
                "user",
                "add",
                "ada",
                "--admin",
                "--password-stdin",
                "--data",
            ])
            .arg(house.data())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        drop(input);
        assert!(child.wait().unwrap().success());
        let (mut server, ada) = house.start().await;
        house.room = ada.group("Room", &[]).await;
        for n in 0..20 {
            ada.send(&house.room, &format!("before {n}")).await;
        }
        assert_eq!(server.end(), Some(0));
        house
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn start(&self) -> (Process, Client) {
        let server = Process::start(&self.data()).await;
        let ada = server.visitor().sign_in("ada", PASSWORD).await;
        (server, ada)
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = inkspot();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.args(words).arg("--data").arg(self.data());
        command.output().unwrap()
    }

    /// The current generation, opened by itself.
    fn database(&self) -> SledKv {
        let current = fs::read_to_string(self.data().join("CURRENT")).unwrap();
        SledKv::open(&self.data().join(current.trim_end()), 8 << 20).unwrap()
    }

    async fn contents(&self, ada: &Client) -> Vec<String> {
        let path = format!("/api/conversations/{}/messages?limit=100", self.room);
        let page = ada.get(&path).await.gives(200);
        let content = |message: &Value| message["content"].as_str().unwrap().to_owned();
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(content)
            .collect()
    }

    /// What is set aside, as the administrator sees it.
    async fn set_aside(&self, ada: &Client) -> Vec<(String, String)> {
        let health = ada.get("/api/admin/health").await.gives(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = health["setAside"].as_array().unwrap().iter();
        all.map(|one| (text(&one["name"]), text(&one["why"])))
            .collect()
    }
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn with_value(kv: &SledKv, key: &[u8], value: &[u8]) {
    kv.change((key, Some(value))).unwrap();
    kv.sync().unwrap();
}

#[tokio::test]
async fn what_cant_be_read_is_kept_and_the_newest_whole_backup_takes_its_place() {
    let house = House::new().await;
    let backups = house.data().join("backups");
    fs::create_dir_all(&backups).unwrap();
    let backup = backups.join("inkspot-2026-11-22T10-00-00.000Z.backup");
    succeeds(&house.run(&["backup", backup.to_str().unwrap()]));
    // A newer one that is not whole.
    let newer = backups.join("inkspot-2026-11-22T11-00-00.000Z.backup");
    fs::write(&newer, &fs::read(&backup).unwrap()[..2_000]).unwrap();
    let (mut server, ada) = house.start().await;
    ada.send(&house.room, "after the backup").await;
    let authority = fs::read(house.data().join("tls/ca.crt")).unwrap();
    assert_eq!(server.end(), Some(0));
    let file = house.data().join("db-0001/db");
    let nonsense = vec![0xa5; usize::try_from(fs::metadata(&file).unwrap().len()).unwrap()];
    fs::write(&file, &nonsense).unwrap();

    let (mut server, ada) = house.start().await;
    let contents = house.contents(&ada).await;
    assert_eq!(contents.len(), 20);
    assert!(
        contents
            .iter()
            .all(|content| content.starts_with("before "))
    );
    let aside = house.set_aside(&ada).await;
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(aside[0].0, "damaged-db-0001-1");
    assert!(
        aside[0].1.contains("2026-11-22T10-00-00.000Z.backup"),
        "{aside:?}"
    );
    let kept = fs::read(house.data().join("damaged-db-0001-1/db")).unwrap();
    assert!(kept.starts_with(&nonsense[..1_000]), "it is as it was");
    assert_eq!(
        fs::read(house.data().join("tls/ca.crt")).unwrap(),
        authority
    );
    ada.send(&house.room, "and on").await;
    assert_eq!(server.end(), Some(0));
    let (mut server, ada) = house.start().await;
    assert_eq!(house.contents(&ada).await.len(), 21);
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn without_a_whole_backup_a_damaged_database_is_refused_and_stays() {
    let house = House::new().await;
    let file = house.data().join("db-0001/db");
    fs::write(&file, vec![0xa5; 600_000]).unwrap();
    let output = house.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("is damaged") && said.contains("restore --replace"),
        "{said}"
    );
    assert!(file.exists());
    let checked = house.run(&["check", "--json"]);
    assert_eq!(checked.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(report["whole"], false, "{report}");
}

#[tokio::test]
async fn an_upgrade_keeps_the_way_back() {
    let house = House::new().await;
    assert_eq!(
        house.run(&["restore", "--rollback"]).status.code(),
        Some(1),
        "nothing yet"
    );
    with_value(&house.database(), &FORMAT, &[0, 0, 0, 0]);

    // The first start makes a copy, and writes the newer format from then on.
    let (mut server, ada) = house.start().await;
    ada.send(&house.room, "after the upgrade").await;
    assert_eq!(server.end(), Some(0));
    assert_eq!(
        house.database().get(&FORMAT).unwrap(),
        Some(vec![0, 0, 0, 1])
    );
    let names = fs::read_dir(house.data().join("backups")).unwrap();
    let names: Vec<_> = names
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("before-upgrade-"), "{names:?}");
    assert!(names[0].ends_with("-0-to-1.backup"), "{names:?}");

    let said = succeeds(&house.run(&["restore", "--rollback"]));
    assert!(said.contains("20 messages"), "{said}");
    assert_eq!(
        house.database().get(&FORMAT).unwrap(),
        Some(vec![0, 0, 0, 0])
    );
    let (mut server, ada) = house.start().await;
    let contents = house.contents(&ada).await;
    assert_eq!(contents.len(), 20);
    assert!(!contents.contains(&"after the upgrade".to_owned()));
    let aside = house.set_aside(&ada).await;
    assert_eq!(aside[0].0, "replaced-db-0001-1", "{aside:?}");
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn a_check_lists_what_is_wrong_and_where() {
    let house = House::new().await;
    let report = |output: &Output| -> Value { serde_json::from_slice(&output.stdout).unwrap() };
    let checked = house.run(&["check", "--json", "--contents"]);
    let whole = report(&checked);
    assert_eq!(checked.status.code(), Some(0), "{whole}");
    assert_eq!(
        (&whole["whole"], &whole["counts"]["messages"]),
        (&true.into(), &20.into())
    );
    // What is not in the index yet, the server adds when it starts.
    let has = |what: &str| whole["search"][what].as_u64().unwrap();
    assert!(has("messages") + has("behind") >= 20, "{whole}");
    assert!(whole["rows"].as_u64().unwrap() > 60, "{whole}");
    let said = succeeds(&house.run(&["check"]));
    assert!(
        said.starts_with("The database is whole: 1 accounts, "),
        "{said}"
    );

    // A session of somebody's that is not there, a content, a table of a newer kind, and half a message.
    let lost = [&[0x1a][..], &[0; 24]].concat();
    let content = [&[0x3b][..], &[7; 32]].concat();
    let message = {
        let kv = house.database();
        with_value(&kv, &lost, &[]);
        with_value(&kv, &content, &[0, 0, 0, 0, 0, 0, 0, 1]);
        with_value(&kv, &[0x7f, 1], &[]);
        let mut found = Vec::new();
        kv.scan(
            &[0x30],
            &[0x31],
            inkspot::store::kv::Order::Forward,
            &mut |key, value| {
                found = vec![key.to_vec(), value[..value.len() / 2].to_vec()];
                Ok(std::ops::ControlFlow::Continue(()))
            },
        )
        .unwrap();
        with_value(&kv, &found[0], &found[1]);
        found.swap_remove(0)
    };
    let hex = |bytes: &[u8]| -> String {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap();
        bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect()
    };
    let checked = house.run(&["check", "--json"]);
    let damaged = report(&checked);
    assert_eq!(checked.status.code(), Some(3), "{damaged}");
    let problems = damaged["problems"].as_array().unwrap();
    let has = |place: &str, key: &str| {
        let is = |one: &&Value| one["place"] == place && one["key"] == key;
        assert_eq!(problems.iter().filter(is).count(), 1, "{place}: {damaged}");
    };
    has("UserSessions", &hex(&lost));
    has("contents", &hex(&[7; 32]));
    has("unknown table", "7f01");
    has("Messages", &hex(&message));
    let said = house.run(&["check"]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("The database is damaged"), "{said}");
    assert!(
        said.lines().any(|line| line.starts_with("contents 0707")),
        "{said}"
    );
}

#[tokio::test]
async fn a_check_of_a_running_server_says_to_stop_it_but_space_is_given_back() {
    let house = House::new().await;
    let (mut server, ada) = house.start().await;
    let refused = house.run(&["check"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("in use by another inkspot process"), "{said}");
    succeeds(&house.run(&["check", "--compact"]));
    let generation = |number: u32| house.data().join(format!("db-000{number}"));
    while generation(1).exists() {
        ada.send(&house.room, "meanwhile").await;
    }
    assert!(generation(2).exists());
    assert_eq!(server.end(), Some(0));
    let said = succeeds(&house.run(&["check", "--compact"]));
    assert!(said.starts_with("Compacted: "), "{said}");
    assert!(generation(3).exists() && !generation(2).exists());
}
