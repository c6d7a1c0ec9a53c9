//! Many clients of one thread.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustix::event::epoll;

use crate::client::Client;

/// Clients that connect at the same time.
const AT_ONCE: usize = 32;
/// How long [`Crowd::turn`] waits at most.
const TURN: Duration = Duration::from_millis(100);

/// Connected clients, and the one thread that reads them all.
pub struct Crowd {
    clients: Vec<Client>,
    poll: OwnedFd,
    buffer: Box<[u8]>,
}

impl Crowd {
    /// Opens `count` clients, each by `open` with its number.
    pub fn open(
        count: usize,
        open: impl Fn(usize) -> io::Result<Client> + Sync,
    ) -> io::Result<Self> {
        let next = AtomicUsize::new(0);
        let opened = Mutex::new(Vec::with_capacity(count));
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            return;
                        }
                        let client = open(index);
                        opened
                            .lock()
                            .expect("no thread panics with it")
                            .push((index, client));
                    }
                });
            }
        });
        let mut opened = opened.into_inner().expect("no thread panics with it");
        opened.sort_by_key(|(index, _)| *index);
        let clients = opened.into_iter().map(|(_, client)| client);
        let clients = clients.collect::<io::Result<Vec<_>>>()?;
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (index, client) in clients.iter().enumerate() {
            client.stop_blocking()?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&poll, client.tcp(), data, epoll::EventFlags::IN)?;
        }
        let buffer = vec![0; 256 * 1024].into_boxed_slice();
        Ok(Self {
            clients,
            poll,
            buffer,
        })
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.clients.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// Has a client send a packet.
    pub fn send(&mut self, client: usize, packet: &str) -> io::Result<()> {
        self.clients[client].send(packet)
    }

    /// Waits a moment for whoever is ready, and gives their packets to `visit`.
    pub fn turn(&mut self, mut visit: impl FnMut(usize, &[u8])) -> io::Result<()> {
        let mut events = Vec::with_capacity(4096);
        let wait = TURN.try_into().map_err(io::Error::other)?;
        let spare = rustix::buffer::spare_capacity(&mut events);
        epoll::wait(&self.poll, spare, Some(&wait))?;
        for event in events {
            let index = event.data.u64() as usize;
            self.clients[index].receive(&mut self.buffer, |packet| visit(index, packet))?;
        }
        Ok(())
    }
}
