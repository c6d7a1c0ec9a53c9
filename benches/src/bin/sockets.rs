//! Memory of idle connections, and CPU per delivery, of the product beside the engine alone, the
//! same events on Node, and a raw epoll writer.
//!
//! `cargo run --release --bin sockets` (see `--help`)

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use inkspot_benches::client::{Address, Client};
use inkspot_benches::crowd::Crowd;
use inkspot_benches::installation::Installation;
use inkspot_benches::median;
use inkspot_benches::process::{Process, node, raise_file_limit, sibling};

/// People of the product; each has several connections when there are more of those.
const PEOPLE: usize = 1000;
/// How long a server may settle before its memory is read.
const SETTLE: Duration = Duration::from_secs(3);

#[derive(Parser)]
struct Options {
    /// The product's release binary.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/inkspot"))]
    inkspot: PathBuf,
    /// Where data is kept. It must be on a real disk.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/data"))]
    data: PathBuf,
    /// What is measured: idle, rooms. Default: both.
    #[arg(long)]
    only: Option<String>,
    /// Servers that are measured: raw, engine, product, node, origin. Default: all.
    #[arg(long)]
    peer: Vec<String>,
    /// Of the loads in rooms only those with so many messages in flight in each.
    #[arg(long)]
    window: Option<usize>,
    /// Idle connections without TLS.
    #[arg(long, default_value_t = 10_000)]
    plain: usize,
    /// Idle connections with TLS.
    #[arg(long, default_value_t = 5000)]
    tls: usize,
    /// Interleaved rounds of the rooms.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each that are measured, after one to warm up.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Characters of a message.
    #[arg(long, default_value_t = 120)]
    text: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    Raw,
    Engine,
    Product,
    Node,
    Origin,
}

const PEERS: [Peer; 5] = [
    Peer::Raw,
    Peer::Engine,
    Peer::Product,
    Peer::Node,
    Peer::Origin,
];

/// A load of 1000 clients in rooms.
#[derive(Clone, Copy)]
struct Shape {
    tls: bool,
    /// Members of a room.
    size: usize,
    /// Messages in flight in each room.
    window: usize,
}

const SHAPES: [Shape; 5] = [
    Shape {
        tls: false,
        size: 1000,
        window: 1,
    },
    Shape {
        tls: false,
        size: 1000,
        window: 32,
    },
    Shape {
        tls: false,
        size: 4,
        window: 1,
    },
    Shape {
        tls: true,
        size: 1000,
        window: 32,
    },
    Shape {
        tls: true,
        size: 4,
        window: 1,
    },
];

/// A server that runs, and how to come into it.
struct Server {
    process: Process,
    address: Address,
    people: People,
}

/// Whom a server knows.
enum People {
    /// Whoever comes.
    Nobody,
    /// The accounts of the product.
    Installed(Installation),
    /// The users that the origin's stack makes for its rooms.
    Origin,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    raise_file_limit()?;
    std::fs::create_dir_all(&options.data)?;
    let only = options.only.as_deref();
    if only != Some("rooms") {
        println!("idle: RSS of the process, and what each connection adds");
        for tls in [false, true] {
            for peer in options.peers().filter(|peer| peer.is_whole()) {
                idle(&options, peer, tls)?;
            }
        }
    }
    if only != Some("idle") {
        let wanted = |shape: &Shape| options.window.is_none_or(|window| window == shape.window);
        for shape in SHAPES.into_iter().filter(wanted) {
            rooms(&options, shape)?;
        }
    }
    Ok(())
}

impl Options {
    fn peers(&self) -> impl Iterator<Item = Peer> {
        let chosen =
            |peer: &Peer| self.peer.is_empty() || self.peer.iter().any(|name| name == peer.name());
        PEERS.into_iter().filter(chosen)
    }
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Engine => "engine",
            Self::Product => "product",
            Self::Node => "node",
            Self::Origin => "origin",
        }
    }

    /// Whether it has TLS, and stays open for clients that are idle.
    fn is_whole(self) -> bool {
        !matches!(self, Self::Raw | Self::Origin)
    }

    /// Starts it, with rooms of `size` if it must know them before.
    fn start(self, options: &Options, tls: bool, size: usize) -> io::Result<Server> {
        let at = |port: u16| {
            let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            if tls {
                Address::tls(socket)
            } else {
                Address::plain(socket)
            }
        };
        let (process, address, people) = match self {
            Self::Raw | Self::Engine => {
                let mut command = Command::new(sibling(self.name())?);
                command
                    .args(["--listen", "127.0.0.1:0"])
                    .args(tls.then_some("--tls"));
                let (process, line) = Process::start_talking(&mut command)?;
                let socket: SocketAddr = line.trim().parse().map_err(io::Error::other)?;
                (process, at(socket.port()), People::Nobody)
            }
            Self::Origin => {
                let file = options.data.join("origin.sqlite");
                for end in ["sqlite", "sqlite-wal", "sqlite-shm"] {
                    let _ = std::fs::remove_file(file.with_extension(end));
                }
                let (rooms, size) = ((PEOPLE / size).to_string(), size.to_string());
                let file = file.to_string_lossy();
                let (process, port) = node("origin.mjs", &["0", &file, "FULL", &rooms, &size])?;
                (process, at(port), People::Origin)
            }
            Self::Node => {
                let mut arguments = vec!["0".to_owned()];
                if tls {
                    arguments.push("--tls".to_owned());
                    arguments.extend(certificate(options)?);
                }
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                let (process, port) = node("rooms.mjs", &arguments)?;
                (process, at(port), People::Nobody)
            }
            Self::Product => {
                let installation =
                    Installation::with_people(&options.inkspot, &options.data, PEOPLE)?;
                let (process, address) = installation.start(&options.inkspot, tls)?;
                (process, address, People::Installed(installation))
            }
        };
        Ok(Server {
            process,
            address,
            people,
        })
    }
}

/// A key and a certificate for Node, as files: the kind that the product makes for itself.
fn certificate(options: &Options) -> io::Result<[String; 2]> {
    let names = vec!["localhost".to_owned()];
    let own = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    let files = ["key.pem", "cert.pem"].map(|name| options.data.join(name));
    std::fs::write(&files[0], own.signing_key.serialize_pem())?;
    std::fs::write(&files[1], own.cert.pem())?;
    Ok(files.map(|file| file.to_string_lossy().into_owned()))
}

impl Server {
    /// Names or makes the rooms that `count` clients join, `size` to each.
    fn rooms(&self, count: usize, size: usize) -> io::Result<Vec<String>> {
        let rooms = 0..count.div_ceil(size);
        match &self.people {
            People::Nobody => Ok(rooms.map(|room| format!("r{room}")).collect()),
            People::Origin => Ok(rooms.map(|room| format!("room-{room}")).collect()),
            People::Installed(installation) => rooms
                .map(|room| {
                    let people = (room * size..(room + 1) * size).map(|client| client % PEOPLE);
                    installation.group(&self.address, people)
                })
                .collect(),
        }
    }

    /// A client in its room of `size`.
    fn open(&self, client: usize, rooms: &[String], size: usize) -> io::Result<Client> {
        let (room, place) = (client % PEOPLE / size, client % size);
        let token = match &self.people {
            People::Nobody => String::new(),
            People::Origin => format!("user-{room}-{place}"),
            People::Installed(installation) => installation.tokens[client % PEOPLE].clone(),
        };
        let mut client = Client::open(&self.address, &token)?;
        client.join(&rooms[room])?;
        Ok(client)
    }
}

/// Everybody connects, joins a room of four and stays silent.
fn idle(options: &Options, peer: Peer, tls: bool) -> io::Result<()> {
    let count = if tls { options.tls } else { options.plain };
    let server = peer.start(options, tls, 4)?;
    let rooms = server.rooms(PEOPLE, 4)?;
    thread::sleep(SETTLE);
    let (before, cpu) = (server.process.rss_kib()?, server.process.cpu()?);
    let thousand = count.min(1000);
    let open = |client: usize| server.open(client, &rooms, 4);
    let first = Crowd::open(thousand, open)?;
    thread::sleep(SETTLE);
    let with_thousand = server.process.rss_kib()?;
    let rest = Crowd::open(count - thousand, |client| open(client + thousand))?;
    thread::sleep(SETTLE);
    let after = server.process.rss_kib()?;
    let cpu = server.process.cpu()? - cpu;
    println!(
        "{:8} {:5}  {:.1} MiB without, {:.1} MiB with 1000, {:.1} MiB with {count} connections: \
         {:5.2} KiB each; CPU to come in {:4.0} us each",
        peer.name(),
        kind(tls),
        before / 1024.0,
        with_thousand / 1024.0,
        after / 1024.0,
        (after - before) / count as f64,
        cpu * 1e6 / count as f64,
    );
    drop((first, rest));
    Ok(())
}

fn kind(tls: bool) -> &'static str {
    if tls { "TLS" } else { "plain" }
}

/// What one round of one peer gave.
struct Round {
    per_second: f64,
    /// CPU seconds of the server for a million deliveries.
    cpu: f64,
}

fn rooms(options: &Options, shape: Shape) -> io::Result<()> {
    println!(
        "{PEOPLE} connections, {}, rooms of {}, messages in flight in each: {}",
        kind(shape.tls),
        shape.size,
        shape.window
    );
    let fits = |peer: &Peer| !shape.tls || peer.is_whole();
    let peers: Vec<_> = options.peers().filter(fits).collect();
    let mut rounds: Vec<Vec<Round>> = peers.iter().map(|_| Vec::new()).collect();
    for _ in 0..options.rounds {
        for (peer, rounds) in peers.iter().zip(&mut rounds) {
            let server = peer.start(options, shape.tls, shape.size)?;
            rounds.push(Load::new(options, &server, shape)?.run(&server)?);
        }
    }
    let node = peers.iter().position(|peer| *peer == Peer::Node);
    for (peer, of_peer) in peers.iter().zip(&rounds) {
        let cpu = median(of_peer.iter().map(|round| round.cpu));
        let per_second = median(of_peer.iter().map(|round| round.per_second));
        let beside_node = node.map_or(f64::NAN, |node| {
            let pairs = rounds[node].iter().zip(of_peer);
            median(pairs.map(|(node, round)| node.cpu / round.cpu))
        });
        println!(
            "{:8} {per_second:9.0} deliveries/s  {cpu:6.2} CPU s per million  Node / it {beside_node:5.1}",
            peer.name(),
        );
    }
    Ok(())
}

/// Members of each room take turns in sending; when all have a message the next one is sent.
struct Load<'o> {
    options: &'o Options,
    crowd: Crowd,
    rooms: Vec<String>,
    shape: Shape,
    /// Deliveries that each room still owes.
    owed: Vec<usize>,
    sent: usize,
    delivered: usize,
}

impl<'o> Load<'o> {
    fn new(options: &'o Options, server: &Server, shape: Shape) -> io::Result<Self> {
        let rooms = server.rooms(PEOPLE, shape.size)?;
        let crowd = Crowd::open(PEOPLE, |client| server.open(client, &rooms, shape.size))?;
        let owed = vec![0; rooms.len()];
        Ok(Self {
            options,
            crowd,
            rooms,
            shape,
            owed,
            sent: 0,
            delivered: 0,
        })
    }

    fn send(&mut self, room: usize) -> io::Result<()> {
        let size = self.shape.size;
        let sender = room * size + self.sent % size;
        self.sent += 1;
        self.owed[room] += size;
        let (room, text) = (&self.rooms[room], "x".repeat(self.options.text));
        let packet = format!(
            "42[\"send-message\",{{\"conversationId\":\"{room}\",\"content\":\"{text}\",\"messageType\":\"text\"}}]"
        );
        self.crowd.send(sender, &packet)
    }

    fn go_on(&mut self, time: Duration) -> io::Result<()> {
        let end = Instant::now() + time;
        let size = self.shape.size;
        let (mut got, mut ready) = (Vec::new(), Vec::new());
        while Instant::now() < end {
            self.crowd.turn(|client, packet| {
                if packet.starts_with(b"42[\"new-message\"") {
                    got.push(client);
                }
            })?;
            self.delivered += got.len();
            for client in got.drain(..) {
                let room = client / size;
                self.owed[room] -= 1;
                if self.owed[room].is_multiple_of(size) {
                    ready.push(room);
                }
            }
            for room in ready.drain(..) {
                self.send(room)?;
            }
        }
        Ok(())
    }

    fn run(mut self, server: &Server) -> io::Result<Round> {
        for room in 0..self.rooms.len() {
            for _ in 0..self.shape.window {
                self.send(room)?;
            }
        }
        self.go_on(Duration::from_secs(1))?;
        let (begun, before) = (Instant::now(), self.delivered);
        let cpu = server.process.cpu()?;
        self.go_on(Duration::from_secs(self.options.seconds))?;
        let delivered = (self.delivered - before) as f64;
        let cpu = server.process.cpu()? - cpu;
        Ok(Round {
            per_second: delivered / begun.elapsed().as_secs_f64(),
            cpu: cpu * 1e6 / delivered,
        })
    }
}
