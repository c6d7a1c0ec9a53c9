//! The realtime engine alone, without chat: an echo server with the behaviour that the public
//! conformance suites of the Engine.IO v4 and Socket.IO v5 protocols expect of one.
//!
//! Prints the bound address on its standard output once it listens.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use clap::{Parser, ValueEnum};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming as Body;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::engine::{
    App, Connecting, Connection, DisconnectReason, Engine, EngineConfig, Event, Incoming, Owner,
    Refusal, Socket,
};
use inkspot::protocol::engineio::Message;
use inkspot::protocol::websocket::{self, Decoder, Opcode, close};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The suites wait for one message at a time: of two that come in the same read, the second is
/// lost to them. So the first event doesn't follow the answer at once.
const ALONE: Duration = Duration::from_millis(10);

#[derive(Clone, Debug, Parser)]
struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// The path of the requests, with or without a slash behind it. Default: by mode.
    #[arg(long)]
    path: Option<String>,
    /// Milliseconds between pings.
    #[arg(long, default_value_t = 300)]
    ping_interval: u64,
    /// Milliseconds that the answer to a ping may take.
    #[arg(long, default_value_t = 200)]
    ping_timeout: u64,
    /// What is echoed.
    #[arg(long, value_enum, default_value_t = Mode::Socket)]
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Engine.IO messages.
    Engine,
    /// Socket.IO events, in the namespaces `/` and `/custom`.
    Socket,
    /// WebSocket messages.
    Websocket,
}

impl Options {
    fn path(&self) -> &str {
        let by_mode = match self.mode {
            Mode::Engine => "/engine.io",
            Mode::Socket => "/socket.io",
            Mode::Websocket => "/",
        };
        let path = self.path.as_deref().unwrap_or(by_mode);
        path.trim_end_matches('/')
    }

    fn config(&self) -> EngineConfig {
        EngineConfig {
            ping_interval: Duration::from_millis(self.ping_interval),
            ping_timeout: Duration::from_millis(self.ping_timeout),
            connect_timeout: (self.mode == Mode::Socket).then_some(Duration::from_secs(1)),
            packets_per_second: None,
            packets_burst: 10_000,
            bytes_per_second: None,
            ..EngineConfig::default()
        }
    }
}

/// The program behind the engine: it sends back what it gets.
struct Echo {
    mode: Mode,
}

impl App for Echo {
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

    fn namespaces(&self) -> &[&'static str] {
        &["/", "/custom"]
    }

    fn connect(&self, connecting: Connecting<Self>) {
        let auth = connecting.auth().map_or("{}", |auth| auth.get());
        let auth = Event::in_namespace(connecting.namespace(), "auth").json(auth);
        if let Some(hold) = connecting.accept((), None) {
            let socket = hold.release();
            tokio::spawn(async move {
                tokio::time::sleep(ALONE).await;
                socket.emit(&auth.build());
            });
        }
    }

    fn event(&self, socket: &Socket<Self>, incoming: Incoming<'_, Self>) {
        match (incoming.name, incoming.ack) {
            ("message", _) => {
                let mut event = Event::in_namespace(socket.namespace(), "message-back");
                for arg in incoming.args.iter() {
                    event = event.json(arg);
                }
                for attachment in incoming.attachments {
                    event = event.attachment(attachment);
                }
                socket.emit(&event.build());
            }
            ("message-with-ack", Some(ack)) => {
                let args: Vec<&str> = incoming.args.iter().collect();
                ack.send_args(&format!("[{}]", args.join(",")), &incoming.attachments);
            }
            _ => {}
        }
    }

    fn disconnected(&self, _: &Socket<Self>, _: DisconnectReason) {}

    fn message(
        &self,
        connection: &Connection<Self>,
        message: Message<'_>,
    ) -> Result<(), DisconnectReason> {
        if self.mode == Mode::Socket {
            return connection.speak_socketio(message);
        }
        connection.send(&message);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(options.listen).await?;
    println!("{}", listener.local_addr()?);
    let app = Echo { mode: options.mode };
    let engine = Engine::new(options.config(), app, Clock::system(), Rng::system());
    let background = engine.clone();
    tokio::spawn(async move { background.run().await });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, options.clone(), engine.clone()));
    }
}

/// Serves one HTTP connection.
async fn serve(stream: TcpStream, options: Options, engine: Engine<Echo>) {
    let service = service_fn(move |request| {
        let (options, engine) = (options.clone(), engine.clone());
        async move { Ok::<_, Infallible>(respond(request, &options, &engine).await) }
    });
    // What goes wrong on one connection is its client's affair.
    let _ = Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .await;
}

async fn respond(
    request: Request<Body>,
    options: &Options,
    engine: &Engine<Echo>,
) -> Response<Full<Bytes>> {
    if request.uri().path().trim_end_matches('/') != options.path() {
        status(StatusCode::NOT_FOUND)
    } else if options.mode == Mode::Websocket {
        upgrade(request)
    } else {
        engine.serve(request).await
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// Makes the connection a bare WebSocket.
fn upgrade(mut request: Request<Body>) -> Response<Full<Bytes>> {
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let accept = websocket::accept_key(key.as_bytes());
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await {
            // An error means that the client is gone.
            let _ = echo_frames(TokioIo::new(upgraded)).await;
        }
    });
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, accept)
        .body(Full::default());
    response.unwrap_or_else(|_| status(StatusCode::BAD_REQUEST))
}

/// Echoes WebSocket messages until one side closes.
async fn echo_frames(mut stream: TokioIo<hyper::upgrade::Upgraded>) -> io::Result<()> {
    let mut decoder = Decoder::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut out = Vec::new();
    loop {
        let len = stream.read(&mut buffer).await?;
        if len == 0 {
            return Ok(());
        }
        let end = answer(&mut decoder, &mut buffer[..len], &mut out);
        if let Err(payload) = &end {
            websocket::push_frame(&mut out, Opcode::Close, payload);
        }
        stream.write_all(&out).await?;
        out.clear();
        if end.is_err() {
            return stream.shutdown().await;
        }
    }
}

/// The payload of the close frame that ends the connection.
type End = Vec<u8>;

fn answer(decoder: &mut Decoder, input: &mut [u8], out: &mut Vec<u8>) -> Result<(), End> {
    let code = |code: u16| code.to_be_bytes().to_vec();
    let mut used = 0;
    while used < input.len() {
        let (taken, message) = decoder
            .next(&mut input[used..], 32 * 1024 * 1024)
            .map_err(|error| code(error.close_code()))?;
        used += taken;
        let Some(message) = message else { break };
        match message.opcode {
            Opcode::Text if std::str::from_utf8(&message.payload).is_err() => {
                return Err(code(close::NOT_UTF8));
            }
            Opcode::Text | Opcode::Binary => {
                websocket::push_frame(out, message.opcode, &message.payload);
            }
            Opcode::Ping => websocket::push_frame(out, Opcode::Pong, &message.payload),
            Opcode::Pong => {}
            Opcode::Close => {
                return Err(match websocket::parse_close(&message.payload) {
                    Ok(_) => message.payload.into_owned(),
                    Err(wrong) => code(wrong),
                });
            }
        }
    }
    Ok(())
}
