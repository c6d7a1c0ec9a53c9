//! The whole product over TLS beside the origin's stack: senders with one message outstanding
//! each, every message durable before its acknowledgement, delivered to everybody in its room.
//!
//! `cargo run --release --bin product` (see `--help`)

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use inkspot_benches::client::{Address, Client};
use inkspot_benches::crowd::Crowd;
use inkspot_benches::installation::Installation;
use inkspot_benches::median;
use inkspot_benches::process::{Process, node, raise_file_limit};

#[derive(Parser)]
struct Options {
    /// The product's release binary; several are compared.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/inkspot"))]
    inkspot: Vec<PathBuf>,
    /// Where data is kept. It must be on a real disk.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/data"))]
    data: PathBuf,
    /// Rooms.
    #[arg(long, default_value_t = 5)]
    rooms: usize,
    /// Members of each room, all of whom send.
    #[arg(long, default_value_t = 10)]
    members: usize,
    /// Interleaved rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each that are measured, after one to warm up.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Characters of a message.
    #[arg(long, default_value_t = 120)]
    text: usize,
    /// Leave the Node peers out.
    #[arg(long)]
    alone: bool,
}

enum Peer {
    Inkspot(PathBuf),
    /// The origin's stack with `synchronous` so.
    Node(&'static str),
}

/// What one round of one peer gave.
struct Round {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Microseconds of the server's CPU for one message.
    cpu_us: f64,
    rss_mib: f64,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    raise_file_limit()?;
    std::fs::create_dir_all(&options.data)?;
    let people = options.rooms * options.members;
    let first = options.inkspot.first().expect("there is a default");
    let installation = Installation::with_people(first, &options.data, people)?;
    let mut peers: Vec<_> = options.inkspot.iter().cloned().map(Peer::Inkspot).collect();
    if !options.alone {
        peers.extend([Peer::Node("FULL"), Peer::Node("NORMAL")]);
    }
    let mut rounds: Vec<Vec<Round>> = peers.iter().map(|_| Vec::new()).collect();
    for number in 1..=options.rounds {
        for (peer, rounds) in peers.iter().zip(&mut rounds) {
            let round = peer.round(&options, &installation)?;
            eprintln!("round {number}: {:28} {}", peer.name(), round.line());
            rounds.push(round);
        }
    }
    report(&options, &peers, &rounds);
    Ok(())
}

fn report(options: &Options, peers: &[Peer], rounds: &[Vec<Round>]) {
    println!(
        "{} senders, one outstanding each, {} members a room, {} rounds of {} s, medians",
        options.rooms * options.members,
        options.members,
        options.rounds,
        options.seconds
    );
    for (peer, of_peer) in peers.iter().zip(rounds) {
        let middle = |figure: fn(&Round) -> f64| median(of_peer.iter().map(figure));
        let middle = Round {
            per_second: middle(|round| round.per_second),
            p50_ms: middle(|round| round.p50_ms),
            p99_ms: middle(|round| round.p99_ms),
            cpu_us: middle(|round| round.cpu_us),
            rss_mib: middle(|round| round.rss_mib),
        };
        println!("{:28} {}", peer.name(), middle.line());
    }
    // Each round with its own neighbours: what disturbs one disturbs all of it.
    for (peer, of_peer) in peers.iter().zip(rounds).skip(1) {
        let ratio = |figure: fn(&Round) -> f64| {
            let pairs = rounds[0].iter().zip(of_peer);
            median(pairs.map(|(first, other)| figure(first) / figure(other)))
        };
        println!(
            "first / {:20} messages {:.2}x  CPU per message {:.2}x",
            peer.name(),
            ratio(|round| round.per_second),
            ratio(|round| round.cpu_us),
        );
    }
}

impl Round {
    fn line(&self) -> String {
        format!(
            "{:6.0} msg/s  ack p50 {:6.2} ms p99 {:6.2} ms  CPU {:4.0} us/msg  RSS {:4.0} MiB",
            self.per_second, self.p50_ms, self.p99_ms, self.cpu_us, self.rss_mib
        )
    }
}

impl Peer {
    fn name(&self) -> String {
        match self {
            Self::Inkspot(path) => {
                let parts: Vec<_> = path.iter().rev().take(2).map(Path::new).collect();
                parts
                    .iter()
                    .rev()
                    .collect::<PathBuf>()
                    .display()
                    .to_string()
            }
            Self::Node(synchronous) => format!("Node, SQLite {synchronous}"),
        }
    }

    /// Starts it afresh and drives it.
    fn round(&self, options: &Options, installation: &Installation) -> io::Result<Round> {
        let members = options.members;
        match self {
            Self::Inkspot(inkspot) => {
                let (server, address) = installation.start(inkspot, true)?;
                let rooms = (0..options.rooms)
                    .map(|room| installation.group(&address, room * members..(room + 1) * members));
                let rooms = rooms.collect::<io::Result<Vec<_>>>()?;
                let crowd = Crowd::open(options.rooms * members, |person| {
                    open(
                        &address,
                        &installation.tokens[person],
                        &rooms[person / members],
                    )
                })?;
                Load::new(options, crowd, rooms).run(&server)
            }
            Self::Node(synchronous) => {
                let file = options.data.join("origin.sqlite");
                for end in ["sqlite", "sqlite-wal", "sqlite-shm"] {
                    let _ = std::fs::remove_file(file.with_extension(end));
                }
                let (rooms, many) = (options.rooms.to_string(), members.to_string());
                let file = file.to_string_lossy();
                let (server, port) = node("origin.mjs", &["0", &file, synchronous, &rooms, &many])?;
                let address = Address::plain(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
                let rooms: Vec<_> = (0..options.rooms)
                    .map(|room| format!("room-{room}"))
                    .collect();
                let crowd = Crowd::open(options.rooms * members, |person| {
                    let room = person / members;
                    open(
                        &address,
                        &format!("user-{room}-{}", person % members),
                        &rooms[room],
                    )
                })?;
                Load::new(options, crowd, rooms).run(&server)
            }
        }
    }
}

fn open(address: &Address, token: &str, room: &str) -> io::Result<Client> {
    let mut client = Client::open(address, token)?;
    client.join(room)?;
    Ok(client)
}

/// Everybody sends, and sends again when it was acknowledged.
struct Load<'o> {
    options: &'o Options,
    crowd: Crowd,
    rooms: Vec<String>,
    text: String,
    /// When each one's message was sent.
    sent: Vec<Instant>,
    sends: usize,
    acknowledged: usize,
    delivered: usize,
    waits: Vec<f64>,
}

impl<'o> Load<'o> {
    fn new(options: &'o Options, crowd: Crowd, rooms: Vec<String>) -> Self {
        Self {
            options,
            sent: vec![Instant::now(); crowd.len()],
            crowd,
            rooms,
            text: "x".repeat(options.text),
            sends: 0,
            acknowledged: 0,
            delivered: 0,
            waits: Vec::new(),
        }
    }

    fn send(&mut self, person: usize) -> io::Result<()> {
        let (room, text, number) = (
            &self.rooms[person / self.options.members],
            &self.text,
            self.sends,
        );
        self.sends += 1;
        self.sent[person] = Instant::now();
        let packet = format!(
            "421[\"send-message\",{{\"conversationId\":\"{room}\",\"content\":\"{text}\",\
             \"messageType\":\"text\",\"clientId\":\"c0ffee00-0000-4000-8000-{number:012}\"}}]"
        );
        self.crowd.send(person, &packet)
    }

    /// Reads for some time; with `again` each one who was acknowledged sends again.
    fn go_on(&mut self, time: Duration, again: bool) -> io::Result<()> {
        let mut ready = VecDeque::new();
        let end = Instant::now() + time;
        while Instant::now() < end {
            if !again && self.is_done() {
                return Ok(());
            }
            let (mut delivered, mut failed) = (0, None);
            self.crowd.turn(|person, packet| {
                if packet.starts_with(b"42[\"new-message\"") {
                    delivered += 1;
                } else if packet.starts_with(b"431[") {
                    ready.push_back(person);
                    if packet.windows(7).any(|part| part == b"\"error\"") {
                        failed = Some(String::from_utf8_lossy(packet).into_owned());
                    }
                }
            })?;
            if let Some(failure) = failed {
                return Err(io::Error::other(failure));
            }
            self.delivered += delivered;
            self.acknowledged += ready.len();
            for person in ready.drain(..) {
                self.waits
                    .push(self.sent[person].elapsed().as_secs_f64() * 1e3);
                if again {
                    self.send(person)?;
                }
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.acknowledged == self.sends && self.delivered == self.sends * self.options.members
    }

    fn run(mut self, server: &Process) -> io::Result<Round> {
        for person in 0..self.crowd.len() {
            self.send(person)?;
        }
        self.go_on(Duration::from_secs(1), true)?;
        self.waits.clear();
        let (begun, before, cpu) = (Instant::now(), self.acknowledged, server.cpu()?);
        self.go_on(Duration::from_secs(self.options.seconds), true)?;
        let (messages, elapsed) = ((self.acknowledged - before) as f64, begun.elapsed());
        let cpu = server.cpu()? - cpu;
        let rss_mib = server.rss_kib()? / 1024.0;
        let mut waits = std::mem::take(&mut self.waits);
        self.go_on(Duration::from_secs(10), false)?;
        if !self.is_done() {
            let (sends, delivered) = (self.sends, self.delivered);
            let lost = format!("of {sends} messages {delivered} deliveries arrived");
            return Err(io::Error::other(lost));
        }
        waits.sort_by(f64::total_cmp);
        let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize];
        Ok(Round {
            per_second: messages / elapsed.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            cpu_us: cpu * 1e6 / messages,
            rss_mib,
        })
    }
}
