//! Backups of a running server, and what becomes of them.

mod load;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Client, PASSWORD, Reply, TestServer};
use crate::process::{Process, add_user, inkspot, two_people};
use crate::tus::noise;

/// Runs the program on a data folder.
fn run(words: &[&str], file: &Path, data: &Path) -> Output {
    let mut command = inkspot();
    command.stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    command.args(words).arg(file).arg("--data").arg(data);
    command.output().unwrap()
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one sentence that it fails with.
#[track_caller]
fn fails(output: &Output) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

async fn upload(person: &Client, name: &str, content: &[u8]) -> Value {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n"
    );
    let form = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
    let request = person.request(Method::POST, "/api/attachments");
    let kind = "multipart/form-data; boundary=edge";
    let answer = Reply::to(request.header("Content-Type", kind).body(form)).await;
    answer.gives(201)["files"][0].clone()
}

async fn post(person: &Client, room: &str, content: &str, files: &[&Value]) -> Value {
    let files: Vec<_> = files.iter().map(|file| &file["id"]).collect();
    let body = json!({"conversationId": room, "content": content, "attachments": files});
    person.post("/api/messages/realtime", body).await.gives(201)
}

/// All messages of a conversation, the oldest first.
async fn messages(person: &Client, room: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = "0".to_owned();
    loop {
        let path = format!("/api/conversations/{room}/messages?limit=100&after={after}");
        let page = person.get(&path).await.gives(200);
        all.extend(page["messages"].as_array().unwrap().clone());
        match page["after"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return all,
        }
    }
}

/// A server with two people, a group, and a backup of it.
struct House {
    folder: TempDir,
    server: Process,
    ada: Client,
    bob: Client,
    room: String,
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let (server, ada, bob) = two_people(&data).await;
        let room = ada.group("Room", &[&bob]).await;
        Self {
            folder,
            server,
            ada,
            bob,
            room,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn back_up(&self, name: &str) -> Output {
        run(&["backup"], &self.path(name), &self.path("data"))
    }

    fn restore(&self, name: &str, data: &str) -> Output {
        run(&["restore"], &self.path(name), &self.path(data))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_stopped_server_goes_through_a_pipe() {
    let mut house = House::new().await;
    house.ada.send(&house.room, "kept").await;
    assert_eq!(house.server.end(), Some(0));
    let output = run(&["backup"], Path::new("-"), &house.path("data"));
    assert!(output.status.success());
    fs::write(house.path("piped"), &output.stdout).unwrap();
    succeeds(&house.restore("piped", "again"));
    let again = Process::start(&house.path("again")).await;
    let ada = again.visitor().sign_in("ada", PASSWORD).await;
    assert_eq!(messages(&ada, &house.room).await[0]["content"], "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_terminal_a_backup_says_how_far_it_is_and_elsewhere_nothing() {
    let mut house = House::new().await;
    let file = upload(&house.ada, "file.bin", &noise(5, 900_000)).await;
    post(&house.ada, &house.room, "a file", &[&file]).await;
    for name in ["running", "stopped"] {
        if name == "stopped" {
            assert_eq!(house.server.end(), Some(0));
        }
        let (file, data) = (house.path(name), house.path("data"));
        let program = env!("CARGO_BIN_EXE_inkspot");
        let line = format!(
            "'{program}' backup '{}' --data '{}'",
            file.display(),
            data.display()
        );
        // Gives the program a terminal of its own.
        let mut terminal = std::process::Command::new("script");
        terminal.args(["-q", "-e", "-c", &line, "/dev/null"]);
        terminal.env("INKSPOT_CONFIG", "/dev/null");
        let output = terminal
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let seen = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {seen}");
        assert!(seen.contains("Backing up"), "{name}: {seen}");
        assert!(seen.contains("Backed up"), "{name}: {seen}");
        let piped = run(&["backup"], Path::new("-"), &data);
        assert!(piped.status.success());
        assert!(piped.stdout.starts_with(b"INKSPOT-BACKUP1\n"));
        let said = String::from_utf8_lossy(&piped.stderr);
        assert!(said.starts_with("Backed up "), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_or_in_the_way_is_refused_in_words() {
    let house = House::new().await;
    let file = upload(&house.ada, "file.bin", &noise(9, 400_000)).await;
    post(&house.ada, &house.room, "a file", &[&file]).await;
    succeeds(&house.back_up("good"));
    let error = fails(&house.back_up("good"));
    assert!(error.contains("is there already"), "{error}");
    let error = fails(&house.restore("good", "data"));
    assert!(
        error.contains("in use by another") || error.contains("holds a database already"),
        "{error}"
    );
    let error = fails(&house.restore("absent", "again"));
    assert!(error.contains("cannot open"), "{error}");

    let good = fs::read(house.path("good")).unwrap();
    let tries = [
        0,
        5,
        20,
        good.len() / 3,
        good.len() / 2,
        good.len() - 40,
        good.len() - 1,
    ];
    for at in tries {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(house.path("bad"), &bad).unwrap();
        let error = fails(&house.restore("bad", &format!("flipped-{at}")));
        let told = ["damaged", "not a backup", "newer"];
        assert!(
            told.iter().any(|word| error.contains(word)),
            "{at}: {error}"
        );
        assert!(
            !house
                .path(&format!("flipped-{at}"))
                .join("CURRENT")
                .exists()
        );
        // Of the packing's own last four bytes nobody misses one.
        if at > good.len() - 4 {
            continue;
        }
        fs::write(house.path("bad"), &good[..at]).unwrap();
        let error = fails(&house.restore("bad", &format!("cut-{at}")));
        assert!(
            told.iter().any(|word| error.contains(word)),
            "{at}: {error}"
        );
        assert!(!house.path(&format!("cut-{at}")).join("CURRENT").exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_go_along_and_are_given_out_without_replacing_any() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let settings = "# ours\n[server]\nname = \"The Allotment\"\n";
    fs::write(at("config.toml"), settings).unwrap();
    add_user(&at("data"), "ada");
    let configured = || {
        let mut command = inkspot();
        command.env("INKSPOT_CONFIG", at("config.toml"));
        command
    };
    let mut server = Process::start_by(configured(), &at("data")).await;
    let told = succeeds(&run(&["backup"], &at("running"), &at("data")));
    assert!(told.contains("and the settings file"), "{told}");
    assert_eq!(server.end(), Some(0));

    // Given out at their place in the data folder, for nobody else to read.
    let told = succeeds(&run(&["restore"], &at("running"), &at("again")));
    let given = at("again").join("restored/config.toml");
    assert!(told.contains(&given.display().to_string()), "{told}");
    assert_eq!(fs::read_to_string(&given).unwrap(), settings);
    let mode = fs::metadata(&given).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told = succeeds(&run(&["restore", "--verify"], &at("running"), &at("again")));
    assert!(told.contains("The settings file is in it."), "{told}");

    // A stopped server's as well; what an earlier backup gave out makes way, what is in use never.
    let newer = settings.replace("Allotment", "Garden");
    fs::write(at("config.toml"), &newer).unwrap();
    let mut command = configured();
    command.arg("backup").arg(at("stopped"));
    command.arg("--data").arg(at("data"));
    assert!(command.status().unwrap().success());
    fs::write(at("config.toml"), "# another\n").unwrap();
    let words = ["restore", "--replace"];
    succeeds(&run(&words, &at("stopped"), &at("again")));
    assert_eq!(fs::read_to_string(&given).unwrap(), newer);
    let used = fs::read_to_string(at("config.toml")).unwrap();
    assert_eq!(used, "# another\n");

    // Without a file there is nothing to tell.
    succeeds(&run(&["backup"], &at("without"), &at("again")));
    let told = succeeds(&run(&["restore"], &at("without"), &at("third")));
    assert!(!told.contains("settings"), "{told}");
    assert!(!at("third").join("restored").exists());
}

/// The backups that a folder holds, the oldest first.
fn kept(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let whole = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "backup"));
    let mut names: Vec<_> = whole
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_is_made_each_day_and_the_newest_stay() {
    let server = TestServer::start_with(|config| config.backups.keep = 2).await;
    let folder = server.data().join("backups");
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let mut made = Vec::new();
    for day in 0..4 {
        ada.send(&room, &format!("day {day}")).await;
        server.wait(Duration::from_hours(24));
        while kept(&folder).last().is_none_or(|name| made.contains(name)) {
            // Whoever was busy looks again after this.
            server.wait(Duration::from_secs(10));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        made.push(kept(&folder).last().unwrap().clone());
    }
    // Those before went when the one after them was whole.
    while kept(&folder).len() > 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let newest = folder.join(made.last().unwrap());
    let again = server.data().with_extension("again");
    succeeds(&run(&["restore"], &newest, &again));
    let again = Process::start(&again).await;
    let ada = again.visitor().sign_in("ada", PASSWORD).await;
    let restored = messages(&ada, &room).await;
    assert_eq!(restored.last().unwrap()["content"], "day 3");
}
