//! A backup that is made while people go on, with a ledger of what was acknowledged.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::{JoinSet, spawn_blocking};

use super::{House, messages, post, run, succeeds, upload};
use crate::harness::{Client, PASSWORD};
use crate::process::{Process, inkspot};
use crate::tus::noise;

/// How far something came. It only ever goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Said, or founded together with Bob.
    Made,
    /// Another text.
    Changed,
    /// Taken back, or Bob is no member any more.
    Gone,
}

/// What was acknowledged.
#[derive(Clone, Default)]
struct Ledger {
    /// By its place in the room: what a message said first, and how far it came.
    messages: BTreeMap<u64, (String, Stage)>,
    /// By their ids.
    groups: HashMap<String, Stage>,
    /// Up to where Bob has read the room.
    read: u64,
}

impl Ledger {
    fn count(&self, stage: Stage) -> usize {
        let messages = self.messages.values().map(|(_, stage)| stage);
        let met = messages.chain(self.groups.values());
        met.filter(|met| **met == stage).count()
    }

    /// Whether each kind of thing was acknowledged since.
    fn went_on(&self, since: &Self) -> bool {
        self.messages.len() > since.messages.len() + 20
            && self.groups.len() > since.groups.len()
            && self.count(Stage::Changed) > since.count(Stage::Changed)
            && self.count(Stage::Gone) > since.count(Stage::Gone)
            && self.read > since.read
    }
}

/// Six thousand characters that no packing makes smaller.
fn long(seed: u64) -> String {
    const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    let letters = noise(seed, 6_000);
    let letters = letters.iter().map(|byte| LETTERS[usize::from(byte & 63)]);
    letters.map(char::from).collect()
}

fn changed(first: &str) -> String {
    format!("changed: {}", &first[..100])
}

/// Everybody in the house, who go on until they are stopped.
struct Life {
    ledger: Arc<Mutex<Ledger>>,
    stop: Arc<AtomicBool>,
    people: JoinSet<()>,
}

impl Life {
    fn begin(house: &House) -> Self {
        let ledger = Arc::<Mutex<Ledger>>::default();
        let stop = Arc::new(AtomicBool::new(false));
        let mut people = JoinSet::new();
        let lot = || (house.ada.clone(), ledger.clone(), stop.clone());
        for writer in 0..4 {
            people.spawn(write(writer, house.room.clone(), lot()));
        }
        people.spawn(found(house.bob.id().to_owned(), lot()));
        let (_, ledger_of_bob, stop_of_bob) = lot();
        let bob = (house.bob.clone(), ledger_of_bob, stop_of_bob);
        people.spawn(read(house.room.clone(), bob));
        Self {
            ledger,
            stop,
            people,
        }
    }

    fn now(&self) -> Ledger {
        self.ledger.lock().clone()
    }

    /// Waits, far longer than any machine takes.
    async fn until(&mut self, done: impl Fn(&Ledger) -> bool) {
        for _ in 0..12_000 {
            if done(&self.ledger.lock()) {
                return;
            }
            if let Some(ended) = self.people.try_join_next() {
                ended.unwrap();
                panic!("somebody ended before they were told to");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!(
            "it never came so far: {:?}",
            self.ledger.lock().messages.len()
        );
    }

    async fn end(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        self.people.join_all().await;
        Arc::into_inner(self.ledger).unwrap().into_inner()
    }
}

type Lot = (Client, Arc<Mutex<Ledger>>, Arc<AtomicBool>);

/// Says things, changes every third and takes every fifth back.
async fn write(writer: u64, room: String, (ada, ledger, stop): Lot) {
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        let content = long(writer * 1_000_000 + n);
        let sent = post(&ada, &room, &content, &[]).await;
        let (seq, id) = (sent["seq"].as_u64().unwrap(), &sent["id"]);
        let path = format!("/api/messages/{}", id.as_str().unwrap());
        let note = |stage| ledger.lock().messages.insert(seq, (content.clone(), stage));
        note(Stage::Made);
        if n % 3 == 0 {
            let text = changed(&content);
            let body = json!({"content": text});
            ada.patch(&path, body).await.gives(200);
            note(Stage::Changed);
        }
        if n % 5 == 0 {
            ada.delete(&path).await.gives(204);
            note(Stage::Gone);
        }
        n += 1;
    }
}

/// Founds groups together with Bob, and takes him out of every second one.
async fn found(bob: String, (ada, ledger, stop): Lot) {
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        let body = json!({"title": format!("Group {n}"), "isGroup": true, "members": ["bob"]});
        let group = ada.post("/api/conversations", body).await.gives(201);
        let id = group["id"].as_str().unwrap();
        ledger.lock().groups.insert(id.to_owned(), Stage::Made);
        if n % 2 == 0 {
            let path = format!("/api/conversations/{id}/members/{bob}");
            ada.delete(&path).await.gives(204);
            ledger.lock().groups.insert(id.to_owned(), Stage::Gone);
        }
        n += 1;
    }
}

/// Reads what is there.
async fn read(room: String, (bob, ledger, stop): Lot) {
    let path = format!("/api/conversations/{room}/read");
    while !stop.load(Ordering::Relaxed) {
        let newest = ledger.lock().messages.keys().last().copied();
        if let Some(seq) = newest {
            bob.post(&path, json!({"seq": seq})).await.gives(204);
            ledger.lock().read = seq;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How far a message came, by what is stored of it.
fn stage_of(message: &Value, first: &str) -> Stage {
    let content = message["content"].as_str().unwrap();
    match (message["deletedAt"].is_null(), content) {
        (false, "") => Stage::Gone,
        (true, text) if text == first => Stage::Made,
        (true, text) if text == changed(first) => Stage::Changed,
        _ => panic!("nobody said this: {message}"),
    }
}

async fn members(person: &Client, group: &str) -> Option<Vec<Value>> {
    let path = format!("/api/conversations/{group}/members");
    let reply = person.get(&path).await;
    (reply.status == 200).then(|| reply.json["members"].as_array().unwrap().clone())
}

/// A backup through a pipe that nobody reads: what is written stands still once the pipe and what
/// leads to it are full. (The server waits a minute for a reader.)
struct Held(Child);

impl Held {
    fn begin(data: &Path) -> Self {
        let mut command = inkspot();
        command.args(["backup", "-", "--data"]).arg(data);
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Waits for the first of it.
    fn first(mut self) -> (Self, u8) {
        let mut byte = [0];
        self.0
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut byte)
            .unwrap();
        (self, byte[0])
    }

    /// Takes the rest.
    fn finish(mut self, mut file: File) {
        io::copy(self.0.stdout.as_mut().unwrap(), &mut file).unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_under_load_holds_what_was_acknowledged_before_its_cut() {
    let house = House::new().await;
    let (ada, room) = (&house.ada, &house.room);
    let picture = noise(7, 700_000);
    let kept = upload(ada, "kept.bin", &picture).await;
    let kept = post(ada, room, "with a file", &[&kept]).await;
    let gone = upload(ada, "gone.bin", &noise(8, 300_000)).await;
    let gone = post(ada, room, "goes while the backup is made", &[&gone]).await;

    // More rows than fit into the pipe: the cut is not over before somebody reads.
    let mut life = Life::begin(&house);
    life.until(|ledger| ledger.messages.len() >= 600).await;
    let backup = Held::begin(&house.path("data"));
    let (backup, first) = spawn_blocking(|| backup.first()).await.unwrap();
    let begun = life.now();
    life.until(|ledger| ledger.went_on(&begun)).await;
    let before = life.now();
    let file = house.path("one.backup");
    let mut out = File::create(&file).unwrap();
    out.write_all(&[first]).unwrap();
    let taking = spawn_blocking(|| backup.finish(out));
    let path = format!("/api/messages/{}", gone["id"].as_str().unwrap());
    ada.delete(&path).await.gives(204);
    taking.await.unwrap();
    let over = life.now();
    life.until(|ledger| ledger.went_on(&over)).await;
    let after = life.end().await;
    let everything = messages(ada, room).await;

    let verified = run(&["restore", "--verify"], &file, &house.path("data"));
    let said = succeeds(&verified);
    assert!(
        said.starts_with("The backup is whole: 2 accounts, "),
        "{said}"
    );
    succeeds(&house.restore("one.backup", "again"));
    let again = Process::start(&house.path("again")).await;

    // The same authority, nobody signed in, the same passwords.
    let authority = |data: &str| fs::read(house.path(data).join("tls/ca.crt")).unwrap();
    assert_eq!(authority("data"), authority("again"));
    let stranger = again.visitor().with_token(ada.token.as_deref().unwrap());
    stranger
        .get("/api/auth/me")
        .await
        .refuses(401, "unauthorized");
    let ada = again.visitor().sign_in("ada", PASSWORD).await;

    // What was acknowledged before is as it was or went on; nothing is there that came to nobody.
    let restored = messages(&ada, room).await;
    let seqs: Vec<_> = restored
        .iter()
        .map(|m| m["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    let at = |seq: u64| &restored[usize::try_from(seq).unwrap() - 1];
    for (seq, (content, stage)) in &before.messages {
        let found = stage_of(at(*seq), content);
        assert!(found >= *stage, "{seq}: {found:?}, and it was {stage:?}");
    }
    for (then, now) in restored.iter().zip(&everything) {
        assert_eq!(then["id"], now["id"]);
        if let Some((content, stage)) = after.messages.get(&then["seq"].as_u64().unwrap()) {
            let found = stage_of(then, content);
            assert!(found <= *stage, "{found:?}, and it became {stage:?}");
        }
    }
    assert!(restored.len() <= everything.len());
    for (id, last) in &after.groups {
        let found = members(&ada, id).await.map(|members| match members.len() {
            1 => Stage::Gone,
            _ => Stage::Made,
        });
        let least = before.groups.get(id).copied();
        assert!(found >= least, "{id}: {found:?}, and it was {least:?}");
        assert!(found <= Some(*last), "{id}: {found:?}, and became {last:?}");
    }
    let members = members(&ada, room).await.unwrap();
    let bob = members.iter().find(|member| member["username"] == "bob");
    let read = bob.unwrap()["lastReadSeq"].as_u64().unwrap();
    assert!((before.read..=after.read).contains(&read), "{read}");

    // What a message of it holds can be read, whatever became of it in the meantime.
    let kept = at(kept["seq"].as_u64().unwrap());
    assert!(ada.open(&kept["attachments"][0]["url"]).await.bytes == picture);
    let gone = at(gone["seq"].as_u64().unwrap());
    if gone["deletedAt"].is_null() {
        let bytes = ada.open(&gone["attachments"][0]["url"]).await.bytes;
        assert!(bytes == noise(8, 300_000));
    }
    assert_eq!(
        ada.send(room, "it goes on").await["seq"].as_u64(),
        Some(restored.len() as u64 + 1)
    );
}

/// The file of a backup is one's own, and has its name only once it is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_a_file_of_ones_own() {
    let house = House::new().await;
    let said = succeeds(&house.back_up("one.backup"));
    assert!(said.starts_with("Backed up "), "{said}");
    let about = fs::metadata(house.path("one.backup")).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert!(!house.path("one.backup.part").exists());
}
