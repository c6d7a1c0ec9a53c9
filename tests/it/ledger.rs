//! `kill -9` and ends in order under load, with a ledger of everything that was acknowledged.
//!
//! Writers over both doors send while the server is killed at random points and started again on
//! the same data. Some repeat what was not acknowledged under the same `clientId`, as an honest
//! client does. At the end every acknowledged message is there once, at the place that was
//! acknowledged, nothing is there that nobody sent, and positions have no gap. Readers who resume
//! hear every message once and in order.
//!
//! `INKSPOT_SEED` repeats a run, `INKSPOT_KILL_ROUNDS` asks for more than 20 rounds.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use inkspot::base::rng::Rng;
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::harness::{Client, PASSWORD};
use crate::process::{Process, add_user, inkspot};
use crate::realtime::socket::{Line, Said, Socket};
use crate::succession::{install_copy, install_script};

const PEOPLE: [&str; 4] = ["ada", "bob", "cleo", "dan"];

/// A number from the environment.
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

/// What was sent and what was acknowledged.
#[derive(Default)]
struct Ledger {
    /// By content, which is unique: who sent it, in which room.
    tried: Mutex<HashMap<String, (String, String)>>,
    /// By content: the message as it was acknowledged.
    acknowledged: Mutex<HashMap<String, Value>>,
    total: AtomicU64,
    /// Whether who could go on shall stop.
    over: AtomicBool,
    /// Whether the server stays where it is, so that who is cut goes on.
    stays: AtomicBool,
}

impl Ledger {
    fn acknowledge(&self, message: &Value) {
        let content = message["content"].as_str().unwrap().to_owned();
        let before = self.acknowledged.lock().insert(content, message.clone());
        // A repeated one is the same message.
        assert!(before.is_none_or(|before| before["id"] == message["id"]));
        self.total.fetch_add(1, Ordering::Relaxed);
    }
}

/// Somebody who sends until the server dies.
#[derive(Clone)]
struct Author {
    person: Client,
    rooms: Vec<String>,
    ledger: Arc<Ledger>,
    /// What is not acknowledged yet and will be repeated.
    pending: Vec<Value>,
    name: String,
    next: u64,
}

impl Author {
    fn write(&mut self) -> Value {
        let content = format!("{}-{}", self.name, self.next);
        let room = &self.rooms[usize::try_from(self.next).unwrap() % self.rooms.len()];
        self.next += 1;
        let mut tried = self.ledger.tried.lock();
        tried.insert(content.clone(), (self.person.id().to_owned(), room.clone()));
        json!({"conversationId": room, "content": content, "clientId": content})
    }

    async fn over_http(mut self) -> Self {
        while !self.ledger.over.load(Ordering::Relaxed) {
            let arg = self.pending.pop().unwrap_or_else(|| self.write());
            let request = self
                .person
                .request(reqwest::Method::POST, "/api/messages/realtime");
            let reply = async {
                let response = request.json(&arg).send().await.ok()?;
                let status = response.status().as_u16();
                Some((status, response.json::<Value>().await.ok()?))
            };
            match reply.await {
                Some((200 | 201, message)) => self.ledger.acknowledge(&message),
                Some((503, _)) | None => {
                    self.pending.push(arg);
                    // A connection may end before its next request comes: a client asks again.
                    if !self.ledger.stays.load(Ordering::Relaxed) {
                        return self;
                    }
                }
                Some(other) => panic!("{other:?}"),
            }
        }
        self
    }

    /// Several at once, so that the server dies with some under way.
    async fn over_a_socket(mut self) -> Self {
        let Ok(mut socket) = Socket::try_enter(&self.person, None).await else {
            return self;
        };
        let mut waiting = BTreeMap::new();
        loop {
            while waiting.len() < 4 {
                let arg = self.pending.pop().unwrap_or_else(|| self.write());
                let ack = socket.ask_later("send-message", arg.clone()).await;
                waiting.insert(ack, arg);
            }
            match socket.answer().await {
                Some((ack, message)) if message["id"].is_string() => {
                    waiting.remove(&ack);
                    self.ledger.acknowledge(&message);
                }
                Some((_, refusal)) if refusal["code"] != "server_busy" => panic!("{refusal}"),
                _ => break,
            }
        }
        self.pending.extend(waiting.into_values());
        self
    }
}

/// Somebody who listens, is cut, resumes, and never pages.
struct Reader {
    person: Client,
    rooms: Vec<String>,
    line: Option<Line>,
    /// By room: the position of the newest message heard.
    newest: HashMap<String, u64>,
}

impl Reader {
    async fn listen(mut self) -> Self {
        let Ok(mut socket) = Socket::try_enter(&self.person, self.line.as_ref()).await else {
            return self;
        };
        if self.line.is_none() {
            for room in &self.rooms {
                if socket.ask("join-conversation", json!(room)).await.is_null() {
                    return self;
                }
            }
        } else {
            assert_eq!(socket.session["recovered"], true);
        }
        let (heard, _) = socket.rest().await;
        self.note(&heard);
        self.line = Some(socket.line());
        self
    }

    fn note(&mut self, heard: &[Said]) {
        for said in heard.iter().filter(|said| said.name == "new-message") {
            let room = said.args[0]["conversationId"].as_str().unwrap();
            let seq = said.args[0]["seq"].as_u64().unwrap();
            let newest = self.newest.entry(room.to_owned()).or_insert(seq - 1);
            assert_eq!(seq, *newest + 1, "once, in order, without a gap");
            *newest = seq;
        }
    }
}

async fn history(person: &Client, room: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let page = person
            .get(&format!(
                "/api/conversations/{room}/messages?limit=100&after={}",
                all.len()
            ))
            .await
            .gives(200);
        let messages = page["messages"].as_array().unwrap();
        all.extend(messages.iter().cloned());
        if page["after"].is_null() {
            return all;
        }
    }
}

/// Somebody new at the door, who asks one thing and is answered.
async fn knock(host: &str, config: Arc<ClientConfig>) {
    let (_, port) = host.rsplit_once(':').unwrap();
    let addr = format!("127.0.0.1:{port}");
    let stream = TcpStream::connect(addr).await.expect("is let in");
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let shaken = TlsConnector::from(config).connect(name, stream).await;
    let mut stream = shaken.expect("shakes hands");
    let ask = "GET /up HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    stream.write_all(ask.as_bytes()).await.expect("asks");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("is answered");
    assert_eq!(&answer, b"HTTP/1.1 200");
}

/// A server under attack, and everybody around it.
struct Siege {
    rng: Rng,
    data: PathBuf,
    server: Process,
    people: Vec<Client>,
    rooms: Vec<String>,
    ledger: Arc<Ledger>,
    authors: Vec<Author>,
    readers: Vec<Reader>,
    /// Whether the database is copied into its next generation all the while.
    compacting: bool,
}

impl Siege {
    async fn lay(data: PathBuf, rng: Rng) -> Self {
        for name in PEOPLE {
            add_user(&data, name);
        }
        let server = Process::start(&data).await;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(server.visitor().sign_in(name, PASSWORD).await);
        }
        let others: Vec<_> = people.iter().skip(1).collect();
        let mut rooms = Vec::new();
        for title in ["One", "Two", "Three"] {
            rooms.push(people[0].group(title, &others).await);
        }
        let ledger = Arc::new(Ledger::default());
        let author = |n: usize| Author {
            person: people[n % 4].clone(),
            rooms: rooms.clone(),
            ledger: ledger.clone(),
            pending: Vec::new(),
            name: format!("author{n}"),
            next: 0,
        };
        let reader = |n: usize| Reader {
            person: people[n].clone(),
            rooms: rooms.clone(),
            line: None,
            newest: HashMap::new(),
        };
        Self {
            authors: (0..8).map(author).collect(),
            readers: (2..4).map(reader).collect(),
            compacting: false,
            rng,
            data,
            server,
            people,
            rooms,
            ledger,
        }
    }

    /// Everybody works until the server is killed, and it starts again.
    async fn round(&mut self) {
        if self.compacting {
            // It goes on meanwhile, wherever the end meets it.
            let mut ask = inkspot();
            ask.args(["check", "--compact", "--data"]).arg(&self.data);
            assert!(ask.status().unwrap().success());
        }
        let (writing, listening) = self.work().await;
        if self.rng.u64().is_multiple_of(4) {
            assert_eq!(self.server.end(), Some(0), "in order, for a change");
        } else {
            self.server.kill();
        }
        self.authors = writing.join_all().await;
        self.readers = listening.join_all().await;
        self.server = Process::start(&self.data).await;
        let authors = self.authors.iter_mut().map(|author| &mut author.person);
        let readers = self.readers.iter_mut().map(|reader| &mut reader.person);
        let visitor = self.server.visitor();
        for person in authors.chain(readers).chain(&mut self.people) {
            let user = person.user.clone();
            *person = visitor.with_token(person.token.as_ref().unwrap());
            person.user = user;
        }
    }

    /// Everybody works while the installed program takes over, and somebody knocks at the door all
    /// the time.
    async fn hand_over(&mut self) {
        self.ledger.stays.store(true, Ordering::Relaxed);
        let (writing, listening) = self.work().await;
        let (host, config) = self.people[0].place();
        let knocking = Arc::new(AtomicBool::new(true));
        let knocks = {
            let (knocking, config) = (knocking.clone(), config.clone());
            tokio::spawn(async move {
                while knocking.load(Ordering::Relaxed) {
                    knock(&host, config.clone()).await;
                }
            })
        };
        let data = self.data.clone();
        let done = tokio::task::spawn_blocking(move || {
            inkspot()
                .args(["restart", "--data"])
                .arg(data)
                .stdout(Stdio::piped())
                .output()
                .unwrap()
        });
        let done = done.await.unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success() && said.contains("has taken over"),
            "{done:?}"
        );
        knocking.store(false, Ordering::Relaxed);
        knocks.await.unwrap();
        // Some of the successor's own, over the connections that were made anew.
        self.works_on(1).await;
        self.ledger.over.store(true, Ordering::Relaxed);
        self.authors = writing.join_all().await;
        self.readers = listening.join_all().await;
        self.ledger.over.store(false, Ordering::Relaxed);
        self.ledger.stays.store(false, Ordering::Relaxed);
    }

    /// Returns once at least so many more were acknowledged.
    async fn works_on(&self, more: u64) {
        let enough = self.ledger.total.load(Ordering::Relaxed) + more;
        while self.ledger.total.load(Ordering::Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Everybody has begun to work, and something was acknowledged.
    async fn work(&mut self) -> (JoinSet<Author>, JoinSet<Reader>) {
        let (mut writing, mut listening) = (JoinSet::new(), JoinSet::new());
        for (n, author) in self.authors.drain(..).enumerate() {
            writing.spawn(async move {
                match n % 3 {
                    0 => author.over_http().await,
                    _ => author.over_a_socket().await,
                }
            });
        }
        for reader in self.readers.drain(..) {
            listening.spawn(reader.listen());
        }
        // At least something was acknowledged, then at any moment.
        let more = 1 + self.rng.u64() % 150;
        self.works_on(more).await;
        tokio::time::sleep(Duration::from_micros(self.rng.u64() % 5_000)).await;
        (writing, listening)
    }

    /// Compares what is stored with what was tried and what was acknowledged.
    async fn audit(&self) {
        let mut stored = HashMap::new();
        for room in &self.rooms {
            for (index, message) in history(&self.people[0], room).await.into_iter().enumerate() {
                assert_eq!(message["seq"], index + 1, "no gap");
                let content = message["content"].as_str().unwrap().to_owned();
                let tried = self.ledger.tried.lock().get(&content).cloned();
                let (sender, into) = tried.expect("somebody sent it");
                let from = message["senderId"].as_str().unwrap();
                assert_eq!((from, room), (sender.as_str(), &into));
                assert!(stored.insert(content, message).is_none(), "once");
            }
        }
        for (content, message) in &*self.ledger.acknowledged.lock() {
            assert_eq!(stored.get(content), Some(message), "acknowledged and there");
        }
    }

    /// Who repeats what was not acknowledged gets it stored once.
    async fn repeat(&mut self) {
        for author in &mut self.authors {
            for arg in author.pending.drain(..) {
                let reply = author.person.post("/api/messages/realtime", arg).await;
                assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
                self.ledger.acknowledge(&reply.json);
            }
        }
        let acknowledged = self.ledger.acknowledged.lock().len();
        assert_eq!(self.ledger.tried.lock().len(), acknowledged);
    }

    /// The readers resume once more, and have heard everything without ever paging.
    async fn hear_out(&mut self) {
        for reader in &mut self.readers {
            let line = reader.line.take().unwrap();
            let mut socket = Socket::resume(&reader.person, &line).await;
            assert_eq!(socket.session["recovered"], true);
            reader.note(&socket.heard_by_now().await);
            for room in &self.rooms {
                let all = history(&self.people[0], room).await.len();
                assert_eq!(reader.newest[room], all as u64);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let seed = number("INKSPOT_SEED").unwrap_or_else(|| Rng::system().u64());
    // Shown when the test fails.
    println!("INKSPOT_SEED={seed}");
    let dir = tempfile::tempdir().unwrap();
    let mut siege = Siege::lay(dir.path().join("data"), Rng::seeded(seed)).await;
    for _ in 0..number("INKSPOT_KILL_ROUNDS").unwrap_or(20) {
        siege.round().await;
    }
    siege.audit().await;
    siege.repeat().await;
    siege.audit().await;
    siege.hear_out().await;
    assert_eq!(siege.server.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_while_it_gives_space_back_loses_nothing() {
    let seed = number("INKSPOT_SEED").unwrap_or_else(|| Rng::system().u64());
    println!("INKSPOT_SEED={seed}");
    let dir = tempfile::tempdir().unwrap();
    let mut siege = Siege::lay(dir.path().join("data"), Rng::seeded(seed)).await;
    siege.compacting = true;
    for _ in 0..number("INKSPOT_KILL_ROUNDS").unwrap_or(12) {
        siege.round().await;
    }
    siege.audit().await;
    siege.repeat().await;
    siege.audit().await;
    siege.hear_out().await;
    assert_eq!(siege.server.end(), Some(0));
    let names = std::fs::read_dir(&siege.data).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let generations: Vec<_> = names.filter(|name| name.starts_with("db-")).collect();
    let current = std::fs::read_to_string(siege.data.join("CURRENT")).unwrap();
    assert_eq!(generations, [current.trim_end()], "the others are gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_takes_over_turns_nobody_away_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut siege = Siege::lay(dir.path().join("data"), Rng::system()).await;
    let pid = siege.server.pid();
    for _ in 0..3 {
        siege.hand_over().await;
    }
    siege.audit().await;
    siege.repeat().await;
    siege.audit().await;
    siege.hear_out().await;
    // The same process in the end, which can still end in order.
    assert_eq!(siege.server.pid(), pid);
    assert_eq!(siege.server.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_can_not_take_over_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("inkspot");
    install_copy(&program);
    let mut installed = std::process::Command::new(&program);
    installed.env("INKSPOT_CONFIG", "/dev/null");
    let log = dir.path().join("log");
    installed
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap());
    let data = dir.path().join("data");
    add_user(&data, "ada");
    let mut server = Process::start_by(installed, &data).await;
    install_script(&program, "echo it is broken >&2; exit 3");
    let asked = inkspot()
        .args(["restart", "--data"])
        .arg(&data)
        .stderr(Stdio::piped())
        .output();
    let asked = asked.unwrap();
    let said = String::from_utf8_lossy(&asked.stderr);
    assert_eq!(asked.status.code(), Some(1));
    assert!(said.contains("can't take over: it is broken"), "{said}");
    server.signal(rustix::process::Signal::USR2);
    while !fs::read_to_string(&log)
        .unwrap()
        .contains("SIGUSR2 changes nothing")
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.visitor().sign_in("ada", PASSWORD).await;
    assert_eq!(server.end(), Some(0));
}
