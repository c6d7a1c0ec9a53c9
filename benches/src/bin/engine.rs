//! The realtime engine with rooms and nothing else, to be driven by `sockets`.
//!
//! `join-conversation NAME` joins a room, `send-message {room, …}` sends `new-message` to it.
//! Prints the bound address.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use clap::Parser;
use http::request::Parts;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::engine::{
    App, Connecting, DisconnectReason, Engine, EngineConfig, Event, Incoming, Owner, Refusal,
    RoomId, Socket,
};
use inkspot::tls::TlsStream;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::OnceLock;
use tokio::net::{TcpListener, TcpStream};

#[derive(Parser)]
struct Options {
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    #[arg(long)]
    tls: bool,
    #[arg(long, default_value_t = 2)]
    workers: usize,
    #[arg(long, default_value_t = 1)]
    flushers: usize,
    #[arg(long, default_value_t = 0)]
    tickets: usize,
}

struct Rooms {
    engine: Arc<OnceLock<Engine<Self>>>,
    names: Mutex<HashMap<String, u64>>,
}

impl App for Rooms {
    type Handshake = ();
    type Data = ();

    fn allow_origin(&self, _: &Parts) -> bool {
        true
    }

    fn owner(&self, _: &Parts) -> Owner {
        Owner([0; 32])
    }

    fn open(&self, _: &Parts) -> Result<(), Refusal> {
        Ok(())
    }

    fn connect(&self, connecting: Connecting<Self>) {
        drop(connecting.accept((), None));
    }

    fn event(&self, socket: &Socket<Self>, incoming: Incoming<'_, Self>) {
        match incoming.name {
            "join-conversation" => {
                let name: String = incoming.args.get(0).unwrap_or_default();
                socket.join(self.room(name));
                if let Some(ack) = incoming.ack {
                    ack.send_args("[true]", &[]);
                }
            }
            "send-message" => {
                let Some(message) = incoming.args.raw(0) else {
                    return;
                };
                let room = message.split('"').nth(3).unwrap_or_default();
                let event = Event::named("new-message").json(message).build();
                if let Some(engine) = self.engine.get() {
                    engine.emit(self.room(room.to_owned()), &event, None);
                }
            }
            _ => {}
        }
    }

    fn disconnected(&self, _: &Socket<Self>, _: DisconnectReason) {}
}

impl Rooms {
    fn room(&self, name: String) -> RoomId {
        let mut names = self.names.lock().expect("no thread panics with it");
        let next = names.len() as u64;
        RoomId::new(0, *names.entry(name).or_insert(next))
    }
}

fn tls_config(tickets: usize) -> Arc<ServerConfig> {
    let names = vec!["localhost".to_owned()];
    let own = rcgen::generate_simple_self_signed(names).expect("a certificate can be made");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("the certificate fits the key");
    config.send_tls13_tickets = tickets;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

async fn serve(tcp: TcpStream, tls: Option<Arc<ServerConfig>>, engine: Engine<Rooms>) {
    let service = service_fn(move |request| {
        let engine = engine.clone();
        async move { Ok::<_, Infallible>(engine.serve(request).await) }
    });
    let builder = Builder::new(TokioExecutor::new());
    // What goes wrong on one connection is its client's affair.
    if let Some(tls) = tls {
        if let Ok(stream) = TlsStream::accept(tcp, tls).await {
            let io = TokioIo::new(stream);
            let _ = builder.serve_connection_with_upgrades(io, service).await;
        }
    } else {
        let io = TokioIo::new(tcp);
        let _ = builder.serve_connection_with_upgrades(io, service).await;
    }
}

fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.workers)
        .enable_all()
        .build()?;
    runtime.block_on(run(options))
}

async fn run(options: Options) -> std::io::Result<()> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(options.listen)?;
    let listener: TcpListener = socket.listen(4096)?;
    println!("{}", listener.local_addr()?);
    let cell = Arc::new(OnceLock::new());
    let app = Rooms {
        engine: Arc::clone(&cell),
        names: Mutex::default(),
    };
    let config = EngineConfig {
        packets_per_second: None,
        bytes_per_second: None,
        flushers: options.flushers,
        ..EngineConfig::default()
    };
    let engine = Engine::new(config, app, Clock::system(), Rng::system());
    let _ = cell.set(engine.clone());
    let background = engine.clone();
    tokio::spawn(async move { background.run().await });
    let tls = options.tls.then(|| tls_config(options.tickets));
    loop {
        let (tcp, _) = listener.accept().await?;
        tcp.set_nodelay(true)?;
        tokio::spawn(Box::pin(serve(tcp, tls.clone(), engine.clone())));
    }
}
