//! The limit of what a server of rooms can do: one thread, raw epoll, no TLS, no JSON, no
//! runtime, no limits; one write per socket and wake-up. To be driven by `sockets`.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use clap::Parser;
use rustix::event::epoll;

#[derive(Parser)]
struct Options {
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
}

struct Client {
    stream: TcpStream,
    open: bool,
    input: Vec<u8>,
    room: usize,
}

#[derive(Default)]
struct Room {
    members: Vec<usize>,
    pending: Vec<u8>,
}

#[derive(Default)]
struct Server {
    clients: Vec<Option<Client>>,
    rooms: Vec<Room>,
    names: HashMap<Vec<u8>, usize>,
    dirty: Vec<usize>,
}

const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const LISTENER: u64 = u64::MAX;

fn push_frame(out: &mut Vec<u8>, payload: &[u8]) {
    out.push(0x81);
    if payload.len() < 126 {
        out.push(payload.len() as u8);
    } else {
        out.push(126);
        out.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    }
    out.extend_from_slice(payload);
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(options.listen)?;
    rustix::net::listen(&listener, 4096)?;
    listener.set_nonblocking(true)?;
    println!("{}", listener.local_addr()?);
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let data = epoll::EventData::new_u64(LISTENER);
    epoll::add(&poll, &listener, data, epoll::EventFlags::IN)?;
    let mut server = Server::default();
    let mut events = Vec::with_capacity(1024);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in events.drain(..) {
            let index = event.data.u64();
            if index == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    let data = epoll::EventData::new_u64(server.clients.len() as u64);
                    epoll::add(&poll, &stream, data, epoll::EventFlags::IN)?;
                    server.clients.push(Some(Client {
                        stream,
                        open: false,
                        input: Vec::new(),
                        room: usize::MAX,
                    }));
                }
            } else {
                server.read(index as usize, &mut buffer);
            }
        }
        server.write();
    }
}

impl Server {
    fn read(&mut self, index: usize, buffer: &mut [u8]) {
        let Some(mut client) = self.clients[index].take() else {
            return;
        };
        let len = match client.stream.read(buffer) {
            Ok(0) | Err(_) => {
                if let Some(room) = self.rooms.get_mut(client.room) {
                    room.members.retain(|member| *member != index);
                }
                return;
            }
            Ok(len) => len,
        };
        client.input.extend_from_slice(&buffer[..len]);
        let mut out = Vec::new();
        if client.open {
            self.frames(index, &mut client, &mut out);
        } else if client.input.ends_with(b"\r\n\r\n") {
            client.input = Vec::new();
            client.open = true;
            out.extend_from_slice(ANSWER);
            push_frame(&mut out, b"0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
        }
        if !out.is_empty() {
            let _ = client.stream.write(&out);
        }
        self.clients[index] = Some(client);
    }

    fn frames(&mut self, index: usize, client: &mut Client, out: &mut Vec<u8>) {
        let mut used = 0;
        loop {
            let input = &mut client.input[used..];
            if input.len() < 6 {
                break;
            }
            let (header, len) = match input[1] & 127 {
                126 => (4, usize::from(u16::from_be_bytes([input[2], input[3]]))),
                len => (2, usize::from(len)),
            };
            let end = header + 4 + len;
            if input.len() < end {
                break;
            }
            let mask: [u8; 4] = input[header..header + 4].try_into().expect("four bytes");
            let payload = &mut input[header + 4..end];
            for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
                *byte ^= mask;
            }
            used += end;
            if payload == b"40" {
                push_frame(out, b"40{\"sid\":\"abcdef\"}");
            } else if payload.starts_with(b"420[\"join") {
                let name = payload[24..payload.len() - 2].to_vec();
                let next = self.rooms.len();
                client.room = *self.names.entry(name).or_insert(next);
                if client.room == next {
                    self.rooms.push(Room::default());
                }
                self.rooms[client.room].members.push(index);
                push_frame(out, b"430[true]");
            } else if let Some(message) = payload.strip_prefix(b"42[\"send-message\",") {
                let room = &mut self.rooms[client.room];
                if room.pending.is_empty() {
                    self.dirty.push(client.room);
                }
                let event = [b"42[\"new-message\",", message].concat();
                push_frame(&mut room.pending, &event);
            }
        }
        client.input.drain(..used);
        if client.input.is_empty() {
            client.input = Vec::new();
        }
    }

    fn write(&mut self) {
        for room in self.dirty.drain(..) {
            let room = &mut self.rooms[room];
            for member in &room.members {
                if let Some(client) = &mut self.clients[*member] {
                    let _ = client.stream.write(&room.pending);
                }
            }
            room.pending.clear();
        }
    }
}
