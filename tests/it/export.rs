//! The export: everything is in it, readable without us, and nothing that people wrote does anything in it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::model::{EventBody, GroupState, Seq};
use inkspot::store::{self, StoreOptions, groups, members, messages};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::faults::Disk;
use crate::harness::{Client, Reply};
use crate::process::{Process, inkspot, two_people, until};
use crate::tus::{noise, png};

const HOSTILE: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> & javascript:alert(1)";

struct House {
    folder: TempDir,
    server: Process,
    ada: Client,
    bob: Client,
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let (server, ada, bob) = two_people(&data).await;
        Self {
            folder,
            server,
            ada,
            bob,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn export(&self, name: &str, words: &[&str]) -> Output {
        let mut command = inkspot();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.arg("export").arg(self.path(name)).args(words);
        command.arg("--data").arg(self.path("data"));
        command.output().unwrap()
    }
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
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

async fn post(person: &Client, room: &str, content: &str, more: Value) -> Value {
    let mut body = json!({"conversationId": room, "content": content});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    person.post("/api/messages/realtime", body).await.gives(201)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(path: &Path) -> Vec<Value> {
    let lines = text(path);
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// All files below a folder.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(all_below(&path));
        }
        all.push(path);
    }
    all
}

/// The pages hold no element and no attribute but those that we write, so nothing of anybody's runs.
fn require_harmless(page: &Path) {
    const TAGS: [&str; 26] = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "div", "header", "h1", "h2",
        "p", "nav", "main", "article", "b", "time", "a", "img", "span", "bdi", "ul", "li",
        "footer", "details", "summary",
    ];
    let text = text(page);
    for piece in text.split('<').skip(1) {
        let name = piece.trim_start_matches('/');
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '!'));
        let name = &name[..end.unwrap_or(name.len())];
        assert!(TAGS.contains(&name), "{}: <{name}", page.display());
        let tag = piece.split('>').next().unwrap();
        for (n, part) in tag.split('"').enumerate() {
            // Outside of quotes stand names of attributes only.
            let inside = n % 2 == 1;
            assert!(inside || !part.contains(" on"), "{}: {tag}", page.display());
            let bad = ["javascript:", "data:", "//"]
                .iter()
                .any(|it| part.starts_with(it));
            assert!(!(inside && bad), "{}: {tag}", page.display());
        }
        assert!(
            !tag.starts_with("img") || tag.contains("src=\"../../files/"),
            "{tag}"
        );
    }
    assert!(text.contains("default-src 'none'"));
}

/// What was written, as the server has answered.
struct Written {
    room: String,
    direct: String,
    secret: Value,
    hostile: Value,
    picture: Value,
    active: Value,
    plain: Value,
    bytes: Vec<u8>,
    carrying: Value,
    edited: Value,
    gone: Value,
}

impl Written {
    async fn by(House { ada, bob, .. }: &House) -> Self {
        let name = json!({"displayName": "<b>Ada</b> & \"co\""});
        ada.patch("/api/auth/me", name).await.gives(200);
        let room = ada.group("<i>Room</i>", &[bob]).await;
        let direct = json!({"isGroup": false, "members": ["bob"]});
        let direct = ada.post("/api/conversations", direct).await.gives(201);
        let direct = direct["id"].as_str().unwrap().to_owned();
        let secret = post(bob, &direct, "between us", json!({})).await;
        let hostile = post(ada, &room, HOSTILE, json!({})).await;
        let link = "see https://example.org/?a=1&b=2, then";
        post(bob, &room, link, json!({})).await;
        let picture = upload(ada, "pic\u{202e}ture <1>.png", &png(3, 2)).await;
        let active = upload(ada, "<script>.html", b"<script>alert(1)</script>").await;
        let bytes = noise(4, 300_000);
        let plain = upload(ada, "notes 50%.bin", &bytes).await;
        let files = [&picture, &active, &plain].map(|file| &file["id"]);
        let carrying = post(ada, &room, "", json!({"attachments": files})).await;
        let edited = post(ada, &room, "first words", json!({})).await;
        let path = |message: &Value| format!("/api/messages/{}", message["id"].as_str().unwrap());
        let words = json!({"content": "second words"});
        ada.patch(&path(&edited), words).await.gives(200);
        let gone = post(ada, &room, "unwritten", json!({})).await;
        ada.delete(&path(&gone)).await.gives(204);
        for n in 0..450 {
            post(bob, &room, &format!("line {n}"), json!({})).await;
        }
        Self {
            room,
            direct,
            secret,
            hostile,
            picture,
            active,
            plain,
            bytes,
            carrying,
            edited,
            gone,
        }
    }
}

/// It is for nobody else, and nothing of the way there is left.
fn require_private(out: &Path) {
    for path in all_below(out).iter().chain([&out.to_owned()]) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}", path.display());
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(!name.starts_with('.') && !name.contains('<'), "{name}");
    }
}

/// What programs find; gives the messages of the room.
fn require_lines(out: &Path, written: &Written) -> Vec<Value> {
    let people = lines(&out.join("people.jsonl"));
    let names = people.iter().map(|it| it["username"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["ada", "bob"]);
    assert!(!text(&out.join("people.jsonl")).contains("argon2"));
    let conversations = lines(&out.join("conversations.jsonl"));
    let room = written.room.as_str();
    let of_room = conversations.iter().find(|it| it["id"] == room).unwrap();
    assert_eq!(of_room["title"], "<i>Room</i>");
    assert_eq!(of_room["members"].as_array().unwrap().len(), 2);
    let messages = lines(&out.join(format!("messages/{room}.jsonl")));
    let seqs = messages.iter().map(|it| it["seq"].as_u64().unwrap());
    let gapless = 1..=messages.len() as u64;
    assert!(seqs.eq(gapless));
    let find = |sent: &Value| messages.iter().find(|it| it["id"] == sent["id"]).unwrap();
    assert_eq!(find(&written.hostile)["content"], HOSTILE);
    let edited = find(&written.edited);
    assert_eq!(edited["content"], "second words");
    assert_eq!(edited["versions"][0]["content"], "first words");
    let gone = find(&written.gone);
    assert!(gone["content"] == "" && gone["deletedAt"].is_string());
    let carried = &find(&written.carrying)["files"];
    assert_eq!(
        *carried,
        json!([
            written.picture["id"],
            written.active["id"],
            written.plain["id"]
        ])
    );
    let directs = lines(&out.join(format!("messages/{}.jsonl", written.direct)));
    assert_eq!(directs[0]["id"], written.secret["id"]);

    let files = lines(&out.join("files.jsonl"));
    assert_eq!(files.len(), 3);
    let file = |of: &Value| {
        let row = files.iter().find(|it| it["id"] == of["id"]).unwrap();
        let path = row["path"].as_str().unwrap().to_owned();
        (fs::read(out.join(&path)).unwrap(), path)
    };
    let (bytes, path) = file(&written.plain);
    assert!(
        bytes == written.bytes && path.ends_with("-3-notes 50_.bin"),
        "{path}"
    );
    let (_, path) = file(&written.active);
    assert!(path.ends_with(".html.download"), "{path}");
    assert!(file(&written.picture).0.starts_with(b"\x89PNG"));
    messages
}

/// What people find.
fn require_pages(out: &Path, room: &str) {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|it| it == "html");
    for page in all_below(out).into_iter().filter(is_page) {
        require_harmless(&page);
    }
    assert!(text(&out.join("index.html")).contains("&lt;i&gt;Room&lt;/i&gt;"));
    let path = |number: u32| out.join(format!("conversations/{room}/{number}.html"));
    let first = text(&path(1));
    for held in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&lt;b&gt;Ada&lt;/b&gt; &amp; &quot;co&quot;",
        "href=\"https://example.org/?a=1&amp;b=2\"",
        "second words",
        "first words",
        "This message was deleted.",
        "<img loading=\"lazy\" src=\"../../files/",
        "href=\"2.html\"",
    ] {
        assert!(first.contains(held), "{held}");
    }
    assert!(!first.contains("unwritten"));
    assert!(text(&path(2)).contains("href=\"3.html\""));
    assert!(text(&path(3)).contains("line 449") && !path(4).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_in_it_and_nothing_that_was_written_does_anything() {
    let mut house = House::new().await;
    let written = Written::by(&house).await;
    let said = succeeds(&house.export("out", &[]));
    for held in ["Exported 2 people, ", "direct ones too"] {
        assert!(said.contains(held), "{said}");
    }
    let out = house.path("out");
    let manifest: Value = serde_json::from_str(&text(&out.join("export.json"))).unwrap();
    let has = |key: &str, value: Value| assert_eq!(manifest[key], value, "{manifest}");
    has("format", json!("inkspot-export"));
    has("version", json!(1));
    has("people", json!(2));
    has("missing", json!(0));
    require_private(&out);
    let messages = require_lines(&out, &written);
    require_pages(&out, &written.room);

    // A stopped server and an encrypted backup give the same.
    let name = format!("messages/{}.jsonl", written.room);
    fs::write(house.path("passphrase"), "one long enough passphrase").unwrap();
    let [passphrase, backup] =
        ["passphrase", "backup"].map(|name| house.path(name).display().to_string());
    let mut command = inkspot();
    command.args(["backup", &backup, "--passphrase-file", &passphrase]);
    command.arg("--data").arg(house.path("data"));
    succeeds(&command.stdout(Stdio::piped()).output().unwrap());
    let words = ["--from", &backup, "--passphrase-file", &passphrase];
    succeeds(&house.export("of-backup", &words));
    assert_eq!(lines(&house.path("of-backup").join(&name)), messages);
    // A pipe can be read once.
    let mut cat = Command::new("cat")
        .arg(&backup)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut command = inkspot();
    command.arg("export").arg(house.path("of-pipe"));
    command.args(["--from", "/dev/stdin", "--passphrase-file", &passphrase]);
    command.arg("--data").arg(house.path("data"));
    command
        .stdin(cat.stdout.take().unwrap())
        .stderr(Stdio::piped());
    succeeds(&command.output().unwrap());
    assert!(cat.wait().unwrap().success());
    assert_eq!(lines(&house.path("of-pipe").join(&name)), messages);
    assert_eq!(house.server.end(), Some(0));
    succeeds(&house.export("of-stopped", &[]));
    assert_eq!(lines(&house.path("of-stopped").join(&name)), messages);
}

#[tokio::test]
async fn what_is_there_stays_and_what_can_not_be_is_said() {
    let mut house = House::new().await;
    assert_eq!(house.server.end(), Some(0));
    let fails = |output: &Output, saying: &str| {
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains(saying), "{error}");
    };
    let full = house.path("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "mine").unwrap();
    fails(&house.export("full", &[]), "is not empty");
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
    fails(&house.export("full/mine", &[]), "cannot write");
    fails(&house.export("out", &["--from", "/nowhere"]), "cannot open");
    assert!(!house.path("out").exists());

    fs::write(house.path("broken"), b"INKSPOT-BACKUP1\nand then nothing").unwrap();
    let broken = house.path("broken").display().to_string();
    fails(
        &house.export("out", &["--from", &broken]),
        "damaged or not whole",
    );
    assert!(!house.path("out").exists());

    // An empty one is taken, and is for nobody else then.
    let empty = house.path("empty");
    fs::create_dir(&empty).unwrap();
    fs::set_permissions(&empty, fs::Permissions::from_mode(0o755)).unwrap();
    succeeds(&house.export("empty", &[]));
    assert_eq!(
        empty.metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert!(empty.join("export.json").exists());
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// An export of a backup that comes through a pipe and never ends: it is unpacking when this returns.
struct Endless {
    child: Child,
    /// Where the rest would come from.
    pipe: fs::File,
}

impl Endless {
    async fn begin(house: &House, out: &str) -> Self {
        let (path, unpacked) = (house.path("pipe"), house.path(out).join(".unpacked"));
        if !path.exists() {
            let made = Command::new("mkfifo").arg(&path).status().unwrap();
            assert!(made.success());
        }
        // Open for both, so that nobody waits for another to open it.
        let mut pipe = fs::File::options();
        let mut pipe = pipe.read(true).write(true).open(&path).unwrap();
        let mut command = inkspot();
        command.arg("export").arg(house.path(out)).arg("--from");
        command.arg(&path).arg("--data").arg(house.path("data"));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // It fits into the pipe, whether anybody reads it or not.
        let whole = fs::read(house.path("backup")).unwrap();
        pipe.write_all(&whole[..whole.len().min(4096) / 2]).unwrap();
        // Until it has read that: before, it may not have opened the pipe, and would wait for ever once it is closed.
        let is_read = || rustix::io::ioctl_fionread(&pipe).unwrap() == 0;
        until(&mut child, "it unpacks", || unpacked.exists() && is_read()).await;
        Self { child, pipe }
    }
}

#[tokio::test]
async fn an_export_that_is_interrupted_leaves_nothing_and_one_that_was_killed_is_put_away_by_the_next()
 {
    let mut house = House::new().await;
    house.ada.group("Room", &[&house.bob]).await;
    assert_eq!(house.server.end(), Some(0));
    let mut command = inkspot();
    command.arg("backup").arg(house.path("backup"));
    command.arg("--data").arg(house.path("data"));
    succeeds(&command.stdout(Stdio::piped()).output().unwrap());

    for signal in ["-INT", "-TERM"] {
        let Endless { mut child, pipe } = Endless::begin(&house, "out").await;
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert!(line.starts_with("Stopping: "), "{line}");
        drop(pipe);
        said.read_to_string(&mut line).unwrap();
        assert!(line.contains("it was interrupted"), "{line}");
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(names(&house.path("out")), [""; 0]);
    }

    let Endless { mut child, pipe } = Endless::begin(&house, "out").await;
    // Nobody else takes the folder meanwhile.
    let other = house.export("out", &[]);
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(said.contains("another export is being written"), "{said}");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(pipe);
    assert!(house.path("out/.unpacked").exists());
    succeeds(&house.export("out", &[]));
    assert!(house.path("out/export.json").exists());
    assert!(!house.path("out/.unpacked").exists());
}

#[tokio::test]
async fn a_disk_without_room_is_told_before_anything_is_written_as_root() {
    let mut house = House::new().await;
    assert_eq!(house.server.end(), Some(0));
    let disk = Disk::mount(16).expect("a tmpfs can be mounted");
    let out = disk.path().join("out");
    let mut command = inkspot();
    command
        .arg("export")
        .arg(&out)
        .arg("--data")
        .arg(house.path("data"));
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("free some space"), "{said}");
    assert_eq!(names(&out), [""; 0]);
}

#[tokio::test]
async fn a_deleted_group_of_which_a_part_is_left_is_in_no_export() {
    let mut house = House::new().await;
    let (ada, bob) = (&house.ada, &house.bob);
    let stays = ada.group("Stays", &[bob]).await;
    post(ada, &stays, "these words stay", json!({})).await;
    let gone = ada.group("Gone garden", &[bob]).await;
    let file = upload(ada, "gone plan.bin", &noise(7, 20_000)).await;
    post(ada, &gone, "", json!({"attachments": [file["id"]]})).await;
    for n in 0..150 {
        post(ada, &gone, &format!("gone words {n}"), json!({})).await;
    }
    assert_eq!(house.server.end(), Some(0));
    // As it is when the server ends once the first piece of it is erased.
    {
        let conversation = gone.parse().unwrap();
        let (store, mut writer) = store::open(
            &house.path("data"),
            &StoreOptions::default(),
            &Rng::system(),
            &Clock::system(),
        )
        .unwrap();
        let members = members::ids(&store.view(), conversation).unwrap();
        let mut events: Vec<_> = members
            .into_iter()
            .map(|user| EventBody::MemberRemoved {
                conversation,
                user,
                by: None,
            })
            .collect();
        events.push(EventBody::GroupDeleted {
            conversation,
            by: None,
        });
        events.push(EventBody::GroupErased { conversation });
        let mut txn = writer.begin();
        for body in events {
            txn.apply(Clock::system().now(), body).unwrap();
        }
        txn.commit().unwrap();
        let left = messages::after(&store.view(), conversation, Seq(0), 1000).unwrap();
        assert!(!left.is_empty() && left.len() < 151, "{}", left.len());
        let state = groups::state(&store.view(), conversation).unwrap();
        assert_eq!(state, GroupState::Deleted);
    }
    succeeds(&house.export("out", &[]));
    let out = house.path("out");
    for path in all_below(&out) {
        let shown = path.strip_prefix(&out).unwrap().display().to_string();
        assert!(
            !shown.contains(&gone) && !shown.contains("gone plan"),
            "{shown}"
        );
        if path.is_file() {
            let bytes = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            for lost in [gone.as_str(), "gone words", "Gone garden", "gone plan"] {
                assert!(!bytes.contains(lost), "{shown}: {lost}");
            }
        }
    }
    let conversations = lines(&out.join("conversations.jsonl"));
    assert!(conversations.iter().any(|it| it["id"] == stays.as_str()));
    let kept = lines(&out.join(format!("messages/{stays}.jsonl")));
    assert_eq!(kept[0]["content"], "these words stay");
    assert_eq!(lines(&out.join("files.jsonl")), Vec::<Value>::new());
}
