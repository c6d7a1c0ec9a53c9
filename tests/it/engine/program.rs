//! A program behind the engine that decides nothing: the test hears what it hears, and acts.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::engine::{
    Ack, AckId, App, Args, Connecting, Credit, DisconnectReason, Engine, EngineConfig, Hold,
    Incoming, Owner, Refusal, Socket,
};
use inkspot::tls::TlsStream;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// The page that the program serves.
pub const ORIGIN: &str = "https://here.example";
/// No step of a test takes that long, unless it hangs.
pub const HANG: Duration = Duration::from_mins(1);

/// What the engine told the program.
pub enum Heard {
    Connect(Connecting<Program>),
    Event(Event),
    Acked(AckId, Vec<String>, Vec<Bytes>),
    Disconnected(Socket<Program>, DisconnectReason),
}

pub struct Event {
    pub socket: Socket<Program>,
    pub name: String,
    pub args: Vec<String>,
    pub attachments: Vec<Bytes>,
    pub ack: Option<Ack<Program>>,
    pub credit: Credit<Program>,
}

pub struct Program {
    heard: UnboundedSender<Heard>,
    half_open: Arc<AtomicUsize>,
}

/// Counts the connections that belong to no namespace yet.
pub struct HalfOpen(Arc<AtomicUsize>);

impl Drop for HalfOpen {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl App for Program {
    type Handshake = HalfOpen;
    type Data = &'static str;

    fn allow_origin(&self, parts: &Parts) -> bool {
        parts
            .headers
            .get("origin")
            .is_some_and(|origin| origin == ORIGIN)
    }

    fn owner(&self, parts: &Parts) -> Owner {
        let mut owner = [0; 32];
        if let Some(cookie) = parts.headers.get("cookie") {
            owner[..cookie.len()].copy_from_slice(cookie.as_bytes());
        }
        Owner(owner)
    }

    fn open(&self, parts: &Parts) -> Result<HalfOpen, Refusal> {
        match parts
            .headers
            .get("x-refuse")
            .map(http::HeaderValue::as_bytes)
        {
            Some(b"forbidden") => return Err(Refusal::Forbidden),
            Some(b"many") => return Err(Refusal::TooMany(7)),
            Some(_) => return Err(Refusal::Busy(8)),
            None => {}
        }
        self.half_open.fetch_add(1, Ordering::SeqCst);
        Ok(HalfOpen(Arc::clone(&self.half_open)))
    }

    fn connect(&self, connecting: Connecting<Self>) {
        self.tell(Heard::Connect(connecting));
    }

    fn event(&self, socket: &Socket<Self>, incoming: Incoming<'_, Self>) {
        self.tell(Heard::Event(Event {
            socket: socket.clone(),
            name: incoming.name.to_owned(),
            args: incoming.args.iter().map(ToOwned::to_owned).collect(),
            attachments: incoming.attachments,
            ack: incoming.ack,
            credit: incoming.credit,
        }));
    }

    fn acked(&self, _: &Socket<Self>, ack: AckId, args: &Args<'_>, attachments: &[Bytes]) {
        let args = args.iter().map(ToOwned::to_owned).collect();
        self.tell(Heard::Acked(ack, args, attachments.to_vec()));
    }

    fn disconnected(&self, socket: &Socket<Self>, reason: DisconnectReason) {
        self.tell(Heard::Disconnected(socket.clone(), reason));
    }
}

impl Program {
    fn tell(&self, heard: Heard) {
        // The test may have heard enough.
        let _ = self.heard.send(heard);
    }
}

/// A running engine on a port of its own, on a clock that the test moves.
pub struct Server {
    pub address: SocketAddr,
    pub engine: Engine<Program>,
    pub clock: Clock,
    pub running: JoinHandle<()>,
    heard: Mutex<UnboundedReceiver<Heard>>,
    half_open: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(EngineConfig::default()).await
    }

    pub async fn with(config: EngineConfig) -> Self {
        Self::with_tls(config, None).await
    }

    pub async fn with_tls(config: EngineConfig, tls: Option<Arc<ServerConfig>>) -> Self {
        let (tell, heard) = unbounded_channel();
        let half_open = Arc::new(AtomicUsize::new(0));
        let program = Program {
            heard: tell,
            half_open: Arc::clone(&half_open),
        };
        let clock = Clock::manual(Timestamp(1_000_000));
        let engine = Engine::new(config, program, clock.clone(), Rng::system());
        let background = engine.clone();
        let running = tokio::spawn(async move { background.run().await });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, engine.clone(), tls));
        Self {
            address,
            engine,
            clock,
            running,
            heard: Mutex::new(heard),
            half_open,
        }
    }

    pub fn half_open(&self) -> usize {
        self.half_open.load(Ordering::SeqCst)
    }

    /// What the program hears next.
    pub async fn next(&self) -> Heard {
        let mut heard = self.heard.lock().await;
        let next = tokio::time::timeout(HANG, heard.recv()).await;
        next.expect("the program hears something").unwrap()
    }

    /// Whether the program has heard nothing that the test hasn't.
    pub async fn is_silent(&self) -> bool {
        self.heard.lock().await.is_empty()
    }

    pub async fn connecting(&self) -> Connecting<Program> {
        match self.next().await {
            Heard::Connect(connecting) => connecting,
            other => panic!("a CONNECT, not {}", other.name()),
        }
    }

    pub async fn event(&self) -> Event {
        match self.next().await {
            Heard::Event(event) => event,
            other => panic!("an event, not {}", other.name()),
        }
    }

    pub async fn disconnected(&self) -> (Socket<Program>, DisconnectReason) {
        match self.next().await {
            Heard::Disconnected(socket, reason) => (socket, reason),
            other => panic!("a disconnect, not {}", other.name()),
        }
    }

    /// Accepts the next CONNECT as `name`.
    pub async fn accept(&self, name: &'static str) -> Hold<Program> {
        let connecting = self.connecting().await;
        connecting.accept(name, None).expect("the client waits")
    }

    /// Moves the clock by `time`, in steps, so that whoever sleeps notices each.
    pub async fn pass(&self, time: Duration) {
        let step = Duration::from_millis(250);
        for _ in 0..time.as_millis().div_ceil(step.as_millis()) {
            self.clock.advance(step);
            // Everybody who woke has his turn.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Heard {
    fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "a CONNECT",
            Self::Event(_) => "an event",
            Self::Acked(..) => "an answer",
            Self::Disconnected(_, reason) => match reason {
                DisconnectReason::Protocol => "a disconnect for breaking the protocol",
                DisconnectReason::Broken => "a disconnect by a broken connection",
                _ => "a disconnect",
            },
        }
    }
}

async fn accept(listener: TcpListener, engine: Engine<Program>, tls: Option<Arc<ServerConfig>>) {
    loop {
        let (tcp, _) = listener.accept().await.unwrap();
        let (engine, tls) = (engine.clone(), tls.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let engine = engine.clone();
                async move { Ok::<_, Infallible>(engine.serve(request).await) }
            });
            let builder = Builder::new(TokioExecutor::new());
            // The clients here break what they can.
            if let Some(tls) = tls {
                if let Ok(stream) = TlsStream::accept(tcp, tls).await {
                    let io = TokioIo::new(stream);
                    let _ = builder.serve_connection_with_upgrades(io, service).await;
                }
            } else {
                let io = TokioIo::new(tcp);
                let _ = builder.serve_connection_with_upgrades(io, service).await;
            }
        });
    }
}
