//! A Socket.IO client for tests: real TLS, a WebSocket, text frames. Honest unless a test says
//! otherwise: it answers pings, and remembers like the stock client where it stands.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::ear::{Ear, Heard, Writer};
use crate::frames::frame;
use crate::harness::Client;

pub use super::ear::{Line, Said};

/// After this time something has gone wrong. No test waits for it to pass.
const HANG: Duration = Duration::from_mins(1);

/// The close code, if there was one.
#[derive(Clone, Copy)]
struct Ended(Option<u16>);

/// A connection to the socket path. Dropping it cuts the line.
pub struct Socket {
    writer: Writer,
    heard: mpsc::UnboundedReceiver<Heard>,
    /// Events that nobody has asked for yet.
    kept: VecDeque<Said>,
    line: Arc<Mutex<Line>>,
    reading: watch::Sender<bool>,
    reader: JoinHandle<()>,
    next_ack: u64,
    /// How the connection ended, once it has.
    closed: Option<Ended>,
    /// The engine's name of the connection.
    pub sid: String,
    /// The answer to CONNECT.
    pub welcome: Value,
    /// The `session` event that greeted it.
    pub session: Value,
}

/// How a socket is opened. The default is what a program with a token does.
#[derive(Clone, Default)]
pub struct Opening {
    /// Headers of the request, each with its line end.
    pub headers: String,
    /// A session of the engine to take over.
    pub sid: Option<String>,
}

impl Opening {
    /// With these headers.
    pub fn with(headers: &[(&'static str, String)]) -> Self {
        let mut opening = Self::default();
        for (name, value) in headers {
            opening.headers.extend([*name, ": ", value, "\r\n"]);
        }
        opening
    }
}

impl Socket {
    /// Asks for a WebSocket. `Err`: the status of the refusal.
    pub async fn open(client: &Client, opening: &Opening) -> Result<Self, u16> {
        let mut socket = Self::request(client, opening)
            .await
            .expect("the server is reachable");
        match socket.hear().await {
            Heard::Http(status) => Err(status),
            Heard::Open(hello) => {
                hello["sid"].as_str().unwrap().clone_into(&mut socket.sid);
                Ok(socket)
            }
            other => panic!("instead of a greeting: {other:?}"),
        }
    }

    /// The connection, before anything was answered.
    async fn request(client: &Client, opening: &Opening) -> io::Result<Self> {
        let (host, tls) = client.place();
        let tcp = TcpStream::connect(&host).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connector = TlsConnector::from(Arc::<ClientConfig>::clone(tls));
        let stream = tokio::time::timeout(HANG, connector.connect(name, tcp)).await??;
        let (reader, mut writer) = tokio::io::split(stream);
        let sid = opening.sid.as_ref().map(|sid| format!("&sid={sid}"));
        let request = format!(
            "GET /api/socketio?EIO=4&transport=websocket{} HTTP/1.1\r\nHost: {host}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            sid.unwrap_or_default(),
            opening.headers,
        );
        writer.write_all(request.as_bytes()).await?;
        let writer = Arc::new(AsyncMutex::new(writer));
        let line = Arc::<Mutex<Line>>::default();
        let (tell, heard) = mpsc::unbounded_channel();
        let (reading, may_read) = watch::channel(true);
        let ear = Ear {
            reader,
            writer: writer.clone(),
            tell,
            line: line.clone(),
            may_read,
            input: Vec::new(),
        };
        Ok(Self {
            writer,
            heard,
            kept: VecDeque::new(),
            line,
            reading,
            reader: tokio::spawn(ear.listen()),
            next_ack: 0,
            closed: None,
            sid: String::new(),
            welcome: Value::Null,
            session: Value::Null,
        })
    }

    /// Comes in with a token. `Err`: what CONNECT was refused with.
    pub async fn enter(client: &Client) -> Result<Self, Value> {
        let mut socket = Self::open(client, &Opening::default()).await.unwrap();
        socket.connect(json!({"token": client.token})).await?;
        Ok(socket)
    }

    /// Comes back after a cut. `session.recovered` says whether everything was told again.
    pub async fn resume(client: &Client, line: &Line) -> Self {
        let mut socket = Self::open(client, &Opening::default()).await.unwrap();
        let auth = json!({"token": client.token, "pid": line.pid, "offset": line.offset});
        *socket.line.lock() = line.clone();
        socket.connect(auth).await.unwrap();
        socket
    }

    /// The same against a server that may just be dying: an error says that the line was cut.
    pub async fn try_enter(client: &Client, line: Option<&Line>) -> io::Result<Self> {
        let cut = || io::Error::from(io::ErrorKind::ConnectionReset);
        let mut socket = Self::request(client, &Opening::default()).await?;
        if !matches!(socket.hear().await, Heard::Open(_)) {
            return Err(cut());
        }
        let mut auth = json!({"token": client.token});
        if let Some(line) = line {
            *socket.line.lock() = line.clone();
            auth["pid"] = json!(line.pid);
            auth["offset"] = json!(line.offset);
        }
        socket.write(format!("40{auth}").as_bytes()).await;
        loop {
            match socket.hear().await {
                Heard::Connected(Ok(welcome)) => socket.welcome = welcome,
                Heard::Event(said) if said.name == "session" => {
                    socket.session = said.args[0].clone();
                    return Ok(socket);
                }
                Heard::Event(said) => socket.kept.push_back(said),
                _ => return Err(cut()),
            }
        }
    }

    /// Asks for the namespace `/`, and waits for the greeting.
    pub async fn connect(&mut self, auth: Value) -> Result<(), Value> {
        self.write(format!("40{auth}").as_bytes()).await;
        match self.hear().await {
            Heard::Connected(answer) => self.welcome = answer?,
            other => panic!("instead of an answer to CONNECT: {other:?}"),
        }
        // What was missed comes first.
        let mut missed = VecDeque::new();
        loop {
            let said = self.next().await;
            if said.name == "session" {
                self.session = said.args[0].clone();
                self.kept.extend(missed);
                return Ok(());
            }
            missed.push_back(said);
        }
    }

    /// Asks for another namespace, and gives the refusal.
    pub async fn connect_to(&mut self, namespace: &str, auth: Value) -> Value {
        self.write(format!("40{namespace},{auth}").as_bytes()).await;
        match self.hear().await {
            Heard::Connected(Err(refusal)) => refusal,
            other => panic!("instead of a refusal: {other:?}"),
        }
    }

    /// Sends a text frame with this packet of Engine.IO.
    pub async fn write(&self, packet: &[u8]) {
        self.write_raw(&frame(0x81, packet)).await;
    }

    /// Sends a binary frame.
    pub async fn write_binary(&self, bytes: &[u8]) {
        self.write_raw(&frame(0x82, bytes)).await;
    }

    /// Sends whatever it is. The server may have closed already.
    pub async fn write_raw(&self, bytes: &[u8]) {
        let _ = self.writer.lock().await.write_all(bytes).await;
    }

    /// Sends an event and wants no answer.
    pub async fn emit(&self, name: &str, arg: Value) {
        self.write(format!("42{}", json!([name, arg])).as_bytes())
            .await;
    }

    /// Sends an event and wants an answer later: [`Socket::answer`].
    pub async fn ask_later(&mut self, name: &str, arg: Value) -> u64 {
        let id = self.next_ack;
        self.next_ack += 1;
        self.write(format!("42{id}{}", json!([name, arg])).as_bytes())
            .await;
        id
    }

    /// The next answer, whichever it is. `None`: the line was cut before.
    pub async fn answer(&mut self) -> Option<(u64, Value)> {
        loop {
            match self.hear().await {
                Heard::Ack(id, value) => return Some((id, value)),
                Heard::Event(said) => self.kept.push_back(said),
                Heard::Closed(_) => return None,
                Heard::Disconnected => {}
                other => panic!("instead of an answer: {other:?}"),
            }
        }
    }

    /// Sends an event and gives its answer; an answer of `null` when the line was cut before.
    pub async fn ask(&mut self, name: &str, arg: Value) -> Value {
        let wanted = self.ask_later(name, arg).await;
        while let Some((id, value)) = self.answer().await {
            if id == wanted {
                return value;
            }
        }
        Value::Null
    }

    /// Hears a conversation from now on.
    pub async fn join(&mut self, room: &str) {
        let answer = self.ask("join-conversation", json!(room)).await;
        assert_eq!(answer, json!({"ok": true}));
    }

    /// Sends a message and gives it as stored.
    pub async fn send(&mut self, room: &str, content: &str) -> Value {
        let arg = json!({"conversationId": room, "content": content});
        let sent = self.ask("send-message", arg).await;
        assert_eq!(sent["content"], content, "{sent}");
        sent
    }

    /// The first argument of the next event of this name; what came before it is kept.
    pub async fn expect(&mut self, name: &str) -> Value {
        if let Some(index) = self.kept.iter().position(|said| said.name == name) {
            return self.kept.remove(index).unwrap().args.swap_remove(0);
        }
        loop {
            match self.hear().await {
                Heard::Event(mut said) if said.name == name => return said.args.swap_remove(0),
                Heard::Event(said) => self.kept.push_back(said),
                Heard::Ack(..) | Heard::Disconnected => {}
                other => panic!("instead of {name}: {other:?}"),
            }
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> Said {
        if let Some(said) = self.kept.pop_front() {
            return said;
        }
        match self.hear().await {
            Heard::Event(said) => said,
            other => panic!("instead of an event: {other:?}"),
        }
    }

    /// Everything that the server said up to now and nobody has asked for. What it has said by
    /// now comes before the answer to a question.
    pub async fn heard_by_now(&mut self) -> Vec<Said> {
        let answer = self.ask("leave-conversation", json!("no-room")).await;
        assert_eq!(answer, json!({"ok": true}), "the line is open");
        self.kept.drain(..).collect()
    }

    /// Everything that arrived up to the end of the connection, and its close code.
    pub async fn rest(&mut self) -> (Vec<Said>, Option<u16>) {
        loop {
            match self.hear().await {
                Heard::Event(said) => self.kept.push_back(said),
                Heard::Closed(code) => return (self.kept.drain(..).collect(), code),
                Heard::Ack(..) | Heard::Disconnected | Heard::Connected(_) => {}
                other => panic!("instead of the end: {other:?}"),
            }
        }
    }

    /// Where it stands now.
    pub fn line(&self) -> Line {
        self.line.lock().clone()
    }

    /// Cuts the line. Gives where it stood, and what had arrived that nobody has asked for yet.
    pub async fn cut(mut self) -> (Line, Vec<Said>) {
        self.reader.abort();
        let _ = (&mut self.reader).await;
        while let Ok(heard) = self.heard.try_recv() {
            if let Heard::Event(said) = heard {
                self.kept.push_back(said);
            }
        }
        (self.line(), self.kept.drain(..).collect())
    }

    /// Stops reading, as a client that hangs does, or goes on.
    pub fn read(&self, on: bool) {
        self.reading.send_replace(on);
    }

    async fn hear(&mut self) -> Heard {
        if let Some(Ended(code)) = self.closed {
            return Heard::Closed(code);
        }
        let heard = tokio::time::timeout(HANG, self.heard.recv()).await;
        let heard = heard.expect("the server says something");
        let heard = heard.unwrap_or(Heard::Closed(None));
        if let Heard::Closed(code) = heard {
            self.closed = Some(Ended(code));
        }
        heard
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
