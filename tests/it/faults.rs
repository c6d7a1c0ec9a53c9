//! What a machine does to a server: clocks that jump, processes that are stopped, descriptors and
//! disks that run out. Nothing acknowledged is lost, nothing spins, and it recovers.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use inkspot::app::App;
use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use rustix::process::{Resource, Rlimit, Signal, prlimit};
use serde_json::json;

use crate::harness::{Client, PASSWORD, TestServer};
use crate::process::{Process, add_user, inkspot};
use crate::realtime::socket::{Opening, Socket};

/// A folder with two people, and a server on it.
async fn furnished(dir: &Path) -> (Process, Client, Client, String) {
    let data = dir.join("data");
    add_user(&data, "ada");
    add_user(&data, "bob");
    let server = Process::start(&data).await;
    let ada = server.visitor().sign_in("ada", PASSWORD).await;
    let bob = server.visitor().sign_in("bob", PASSWORD).await;
    let room = ada.group("Room", &[&bob]).await;
    (server, ada, bob, room)
}

#[tokio::test]
async fn a_server_that_is_stopped_for_a_while_goes_on_and_no_message_comes_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (mut server, ada, bob, room) = furnished(dir.path()).await;
    let mut ear = Socket::enter(&bob).await.unwrap();
    ear.join(&room).await;
    let mut socket = Socket::enter(&ada).await.unwrap();
    socket.send(&room, "before").await;
    server.signal(Signal::STOP);
    let arg = json!({"conversationId": room, "content": "during", "clientId": "c1"});
    let asked = socket.ask_later("send-message", arg.clone()).await;
    // The client gives up and tries again on a new line, with the same clientId.
    let again = ada.clone();
    let retry = tokio::spawn(async move { again.post("/api/messages/realtime", arg).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal(Signal::CONT);
    let (ack, sent) = socket.answer().await.unwrap();
    let retried = retry.await.unwrap();
    assert_eq!(ack, asked);
    assert_eq!(sent["id"], retried.json["id"], "{}", retried.text);
    socket.send(&room, "after").await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(ear.expect("new-message").await["content"].clone());
    }
    assert_eq!(heard, ["before", "during", "after"]);
    assert!(
        !ear.heard_by_now()
            .await
            .iter()
            .any(|said| said.name == "new-message")
    );
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn out_of_descriptors_nothing_spins_and_everything_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let (mut server, ada, bob, room) = furnished(dir.path()).await;
    let mut ear = Socket::enter(&bob).await.unwrap();
    ear.join(&room).await;
    let mut socket = Socket::enter(&ada).await.unwrap();
    let few = Rlimit {
        current: Some(64),
        maximum: Some(64),
    };
    prlimit(Some(server.pid()), Resource::Nofile, few).unwrap();
    // More than there are descriptors: each of them waits, is refused, or got in before.
    let (host, _) = ada.place();
    let mut crowd = Vec::new();
    for _ in 0..200 {
        if let Ok(stream) = tokio::net::TcpStream::connect(&host).await {
            crowd.push(stream);
        }
    }
    let before = server.cpu_seconds();
    // Those who are in go on. A tenth of a second each, so that a loop would show.
    for n in 0..10 {
        socket.send(&room, &n.to_string()).await;
        assert_eq!(ear.expect("new-message").await["content"], n.to_string());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let used = server.cpu_seconds() - before;
    assert!(
        used < 0.7,
        "{used} s of processor time in a second of doing nearly nothing"
    );
    drop(crowd);
    let late = server.visitor().with_token(bob.token.as_ref().unwrap());
    late.get("/api/auth/me").await.gives(200);
    socket.send(&room, "after").await;
    assert_eq!(ear.expect("new-message").await["content"], "after");
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_does_not_notice() {
    let dir = tempfile::tempdir().unwrap();
    let (mut server, ada, _, room) = furnished(dir.path()).await;
    let second = inkspot()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(dir.path().join("data"))
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("in use by another inkspot process"), "{said}");
    ada.send(&room, "still here").await;
    assert_eq!(server.end(), Some(0));
}

/// A clock that was set back between two runs, by a year.
#[tokio::test]
async fn a_clock_that_jumps_backwards_harms_neither_order_nor_sessions() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let sent = ada.send(&room, "first").await;
    let now = server.clock.now();
    let server = server
        .restart_at(Clock::manual(Timestamp(now.0 - 365 * 24 * 3_600_000)))
        .await;
    let here = |client: &Client| server.visitor().with_token(client.token.as_ref().unwrap());
    let (ada, bob) = (here(&ada), here(&bob));
    let mut ear = Socket::enter(&bob).await.unwrap();
    ear.join(&room).await;
    let second = ada.send(&room, "second").await;
    assert_eq!((&sent["seq"], &second["seq"]), (&json!(1), &json!(2)));
    assert_eq!(ear.expect("new-message").await, second);
    let page = ada
        .get(&format!("/api/conversations/{room}/messages"))
        .await
        .gives(200);
    let contents: Vec<_> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["content"])
        .collect();
    assert_eq!(contents, ["first", "second"]);
    let list = ada.get("/api/conversations").await.gives(200);
    assert_eq!(list["conversations"][0]["lastMessage"]["content"], "second");
    // What hangs on time goes on from there.
    ear.emit("typing-start", json!({"conversationId": room}))
        .await;
    server.wait(Duration::from_mins(1));
    ear.heard_by_now().await;
}

/// A small disk of its own, if this machine lets us mount one.
pub struct Disk(tempfile::TempDir);

impl Disk {
    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A disk of this size; `None` where nothing can be mounted.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir.path())
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then(|| Self(dir))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// On a real small disk. (The floor alone is tested in the store's room.)
#[tokio::test]
async fn a_full_disk_refuses_in_words_loses_nothing_and_recovers_as_root() {
    let disk = Disk::mount(200).expect("a tmpfs can be mounted");
    let data = disk.path().join("data");
    add_user(&data, "ada");
    let mut server = Process::start(&data).await;
    let ada = server.visitor().sign_in("ada", PASSWORD).await;
    let room = ada.group("Room", &[]).await;
    let mut socket = Socket::enter(&ada).await.unwrap();
    socket.send(&room, "kept").await;
    let filler = disk.path().join("filler");
    let blocks = rustix::fs::statvfs(disk.path()).unwrap();
    let free = blocks.f_bavail * blocks.f_frsize;
    let file = std::fs::File::create(&filler).unwrap();
    let flags = rustix::fs::FallocateFlags::empty();
    rustix::fs::fallocate(&file, flags, 0, free - (8 << 20)).unwrap();
    drop(file);
    let arg = json!({"conversationId": room, "content": "no room", "clientId": "c1"});
    let refused = socket.ask("send-message", arg.clone()).await;
    assert_eq!(refused["code"], "storage_full", "{refused}");
    ada.post("/api/messages/realtime", arg.clone())
        .await
        .refuses(507, "storage_full");
    let full = json!({"writable": false, "reason": "storage_full"});
    assert_eq!(socket.expect("server-state").await, full);
    let health = async |of: &Client| of.get("/api/health").await.gives(200);
    assert_eq!(health(&ada).await["writable"], false);
    let page = format!("/api/conversations/{room}/messages");
    let messages = async |reader: &Client| {
        let page = reader.get(&page).await.gives(200);
        page["messages"].as_array().unwrap().len()
    };
    assert_eq!(messages(&ada).await, 1, "reading goes on");
    // Also when it is started on the full disk, after the worst of ends.
    server.kill();
    let mut server = Process::start(&data).await;
    let ada = server.visitor().with_token(ada.token.as_ref().unwrap());
    assert_eq!(messages(&ada).await, 1);
    ada.post("/api/messages/realtime", arg.clone())
        .await
        .refuses(507, "storage_full");
    // Who comes in hears it first of all, and then when it is over, without having asked.
    let mut socket = Socket::enter(&ada).await.unwrap();
    assert_eq!(socket.expect("server-state").await, full);
    std::fs::remove_file(&filler).unwrap();
    let writable = json!({"writable": true});
    assert_eq!(socket.expect("server-state").await, writable);
    assert_eq!(health(&ada).await["writable"], true);
    ada.post("/api/messages/realtime", arg).await.gives(201);
    assert_eq!(messages(&ada).await, 2);
    assert_eq!(server.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_in_order_tells_everybody_to_come_back_and_closes_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = inkspot::config::Config::default();
    config.server.data = dir.path().join("data");
    config.server.listen = Some(vec![([127, 0, 0, 1], 0).into()]);
    for _ in 0..3 {
        let app = App::start(&config, &Clock::system(), &Rng::system()).unwrap();
        let (links, shutdown) = (app.links().clone(), app.shutdown().clone());
        let running = tokio::spawn(app.run());
        let visitor = Client::nobody(&links.local, links.ca_file.as_deref(), "http/1.1");
        let mut open = Vec::new();
        for _ in 0..5 {
            open.push(Socket::open(&visitor, &Opening::default()).await.unwrap());
        }
        shutdown.begin();
        for mut socket in open {
            assert_eq!(socket.rest().await.1, Some(1012));
        }
        running.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_backup_takes_the_place_of_a_database_only_where_there_is_room_for_both_as_root() {
    let disk = Disk::mount(200).expect("a tmpfs can be mounted");
    let at = |name: &str| disk.path().join(name);
    add_user(&at("data"), "ada");
    let run = |words: &[&str]| {
        let mut command = inkspot();
        let piped = std::process::Stdio::piped;
        command.args(words).arg(at("backup")).arg("--data");
        command.arg(at("data")).stdout(piped()).stderr(piped());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    assert!(run(&["backup"]).0);
    let free = {
        let blocks = rustix::fs::statvfs(disk.path()).unwrap();
        blocks.f_bavail * blocks.f_frsize
    };
    let file = std::fs::File::create(at("filler")).unwrap();
    let flags = rustix::fs::FallocateFlags::empty();
    rustix::fs::fallocate(&file, flags, 0, free - (50 << 20)).unwrap();
    for words in [&["restore", "--replace"], &["restore", "--verify"]] {
        let (done, said) = run(words);
        assert!(!done && said.contains("free some space"), "{said}");
    }
    let database = at("data/db-0001");
    assert!(database.exists() && !at("data/db-0002.new").exists());
    file.set_len(0).unwrap();
    let (done, said) = run(&["restore", "--replace"]);
    assert!(done, "{said}");
    assert!(run(&["restore", "--verify"]).0);
}
