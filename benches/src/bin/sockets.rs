//! The load: many WebSocket clients of one thread, idle or in rooms. It measures a server from the
//! outside: CPU time from `/proc/PID/task/*/schedstat`, memory from `/proc/PID/status`.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use inkspot_benches::{cpu_ns, first_frame, push_masked, rss_kib};
use rustix::event::epoll;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

#[derive(Parser)]
struct Options {
    /// The server.
    #[arg(long, default_value = "127.0.0.1:3000")]
    server: SocketAddr,
    /// Its process.
    #[arg(long)]
    pid: u32,
    #[arg(long, value_enum, default_value_t = Mode::Rooms)]
    mode: Mode,
    /// Connections.
    #[arg(long, default_value_t = 1000)]
    clients: usize,
    /// Clients in one room.
    #[arg(long, default_value_t = 1000)]
    room: usize,
    /// Messages in flight per room.
    #[arg(long, default_value_t = 1)]
    window: usize,
    /// Characters of a message.
    #[arg(long, default_value_t = 120)]
    text: usize,
    /// Seconds that are measured, after one to warm up.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    #[arg(long)]
    tls: bool,
    /// Printed before the figures.
    #[arg(long, default_value = "")]
    name: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Connect and stay silent: memory per connection.
    Idle,
    /// As many messages as the room takes: CPU per delivery.
    Rooms,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<ClientConnection>, TcpStream),
}

struct Client {
    stream: Stream,
    input: Vec<u8>,
}

impl Client {
    fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(tcp) | Stream::Tls(_, tcp) => tcp,
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(buffer),
            Stream::Tls(tls, tcp) => loop {
                match tls.reader().read(buffer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    done => return done,
                }
                if tls.read_tls(tcp)? == 0 {
                    return Ok(0);
                }
                tls.process_new_packets().map_err(io::Error::other)?;
            },
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.write_all(bytes),
            Stream::Tls(tls, tcp) => {
                tls.writer().write_all(bytes)?;
                while tls.wants_write() {
                    tls.write_tls(tcp)?;
                }
                Ok(())
            }
        }
    }

    fn send(&mut self, packet: &str) -> io::Result<()> {
        let mut frame = Vec::with_capacity(packet.len() + 8);
        push_masked(&mut frame, packet.as_bytes());
        self.write(&frame)
    }

    /// Waits for the next packet (while the stream still blocks).
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 4096];
        loop {
            if let Some((len, payload)) = first_frame(&self.input) {
                let payload = payload.to_vec();
                self.input.drain(..len);
                return Ok(payload);
            }
            match self.read(&mut buffer)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                len => self.input.extend_from_slice(&buffer[..len]),
            }
        }
    }

    fn wait_for(&mut self, start: &[u8]) -> io::Result<()> {
        while !self.next()?.starts_with(start) {}
        Ok(())
    }
}

#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = rustls::crypto::ring::default_provider();
        provider.signature_verification_algorithms.supported_schemes()
    }
}

fn tls_config() -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    Arc::new(config)
}

fn connect(options: &Options, tls: Option<&Arc<ClientConfig>>, room: usize) -> io::Result<Client> {
    let mut tcp = TcpStream::connect(options.server)?;
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(Duration::from_secs(30)))?;
    let stream = match tls {
        None => Stream::Plain(tcp),
        Some(config) => {
            let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
            let mut tls = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
            while tls.is_handshaking() {
                tls.complete_io(&mut tcp)?;
            }
            Stream::Tls(Box::new(tls), tcp)
        }
    };
    let mut client = Client {
        stream,
        input: Vec::new(),
    };
    client.write(b"GET /api/socketio/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")?;
    let mut buffer = [0; 4096];
    let end = loop {
        let end = client.input.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        if let Some(end) = end {
            break end + 4;
        }
        match client.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            len => client.input.extend_from_slice(&buffer[..len]),
        }
    };
    client.input.drain(..end);
    client.wait_for(b"0")?;
    client.send("40")?;
    client.wait_for(b"40")?;
    if options.mode == Mode::Rooms {
        client.send(&format!("420[\"join-conversation\",\"r{room}\"]"))?;
        client.wait_for(b"430")?;
    }
    Ok(client)
}

fn connect_all(options: &Options) -> io::Result<Vec<Client>> {
    let tls = options.tls.then(tls_config);
    let next = AtomicUsize::new(0);
    let clients = Mutex::new(Vec::new());
    let failed = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= options.clients {
                        return;
                    }
                    match connect(options, tls.as_ref(), index / options.room) {
                        Ok(client) => clients.lock().expect("unpoisoned").push((index, client)),
                        Err(error) => *failed.lock().expect("unpoisoned") = Some(error),
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().expect("unpoisoned") {
        return Err(error);
    }
    let mut clients = clients.into_inner().expect("unpoisoned");
    clients.sort_by_key(|(index, _)| *index);
    Ok(clients.into_iter().map(|(_, client)| client).collect())
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let (rss, cpu) = (rss_kib(options.pid)?, cpu_ns(options.pid)?);
    let clients = connect_all(&options)?;
    let name = &options.name;
    if options.mode == Mode::Idle {
        thread::sleep(Duration::from_secs(3));
        let after = rss_kib(options.pid)?;
        let count = options.clients as u64;
        println!(
            "{name} idle clients={count} rss={after} KiB per_connection={} B handshake_cpu={} us",
            (after.saturating_sub(rss)) * 1024 / count,
            (cpu_ns(options.pid)? - cpu) / 1000 / count,
        );
        return Ok(());
    }
    Load::new(&options, clients)?.run()
}

struct Load<'o> {
    options: &'o Options,
    clients: Vec<Client>,
    /// Deliveries that each room still owes.
    owed: Vec<usize>,
    sent: usize,
    delivered: u64,
    poll: std::os::fd::OwnedFd,
}

impl<'o> Load<'o> {
    fn new(options: &'o Options, clients: Vec<Client>) -> io::Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (index, client) in clients.iter().enumerate() {
            client.tcp().set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&poll, client.tcp(), data, epoll::EventFlags::IN)?;
        }
        Ok(Self {
            owed: vec![0; clients.len().div_ceil(options.room)],
            options,
            clients,
            sent: 0,
            delivered: 0,
            poll,
        })
    }

    fn room_size(&self, room: usize) -> usize {
        let start = room * self.options.room;
        self.options.room.min(self.clients.len() - start)
    }

    fn send(&mut self, room: usize) -> io::Result<()> {
        let size = self.room_size(room);
        let sender = room * self.options.room + self.sent % size;
        self.sent += 1;
        self.owed[room] += size;
        let text = "x".repeat(self.options.text);
        self.clients[sender].send(&format!(
            "42[\"send-message\",{{\"room\":\"r{room}\",\"ts\":0,\"text\":\"{text}\"}}]"
        ))
    }

    /// Reads one client; returns how many messages it got.
    fn read(&mut self, index: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let client = &mut self.clients[index];
        let len = match client.read(buffer) {
            Ok(0) => return Err(io::Error::other("a client was disconnected")),
            Ok(len) => len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut input = std::mem::take(&mut client.input);
        input.extend_from_slice(&buffer[..len]);
        let (mut used, mut messages) = (0, 0);
        while let Some((len, payload)) = first_frame(&input[used..]) {
            used += len;
            if payload == b"2" {
                client.send("3")?;
            } else if payload.starts_with(b"42[\"new-message\"") {
                messages += 1;
            }
        }
        input.drain(..used);
        client.input = input;
        Ok(messages)
    }

    /// Reads whoever is ready, and keeps each room's window full.
    fn turn(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut events = Vec::with_capacity(4096);
        epoll::wait(&self.poll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in events {
            let index = event.data.u64() as usize;
            let messages = self.read(index, buffer)?;
            self.delivered += messages as u64;
            let room = index / self.options.room;
            let size = self.room_size(room);
            let before = self.owed[room].div_ceil(size);
            self.owed[room] = self.owed[room].saturating_sub(messages);
            for _ in self.owed[room].div_ceil(size)..before {
                self.send(room)?;
            }
        }
        Ok(())
    }

    fn run(mut self) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        for room in 0..self.owed.len() {
            for _ in 0..self.options.window {
                self.send(room)?;
            }
        }
        let until = |load: &mut Self, end: Instant, buffer: &mut [u8]| -> io::Result<()> {
            while Instant::now() < end {
                load.turn(buffer)?;
            }
            Ok(())
        };
        until(&mut self, Instant::now() + Duration::from_secs(1), &mut buffer)?;
        let (start, delivered) = (Instant::now(), self.delivered);
        let cpu = cpu_ns(self.options.pid)?;
        let end = start + Duration::from_secs(self.options.seconds);
        until(&mut self, end, &mut buffer)?;
        let cpu = cpu_ns(self.options.pid)? - cpu;
        let delivered = self.delivered - delivered;
        println!(
            "{} rooms of {} clients={} window={} deliveries_per_s={:.0} cpu_s_per_1M={:.3} rss={} KiB",
            self.options.name,
            self.options.room,
            self.options.clients,
            self.options.window,
            delivered as f64 / start.elapsed().as_secs_f64(),
            cpu as f64 / 1e3 / delivered as f64,
            rss_kib(self.options.pid)?,
        );
        Ok(())
    }
}
