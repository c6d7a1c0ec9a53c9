//! What all connections share: the table of sessions, the flusher's lists, the wheel, the
//! budgets, the counters; and the tasks that drive them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::app::{App, DisconnectReason, Owner, Stats};
use super::budget::Budget;
use super::config::EngineConfig;
use super::event::Event;
use super::outbox::Pushed;
use super::rooms::Rooms;
use super::session::{Session, Sid};
use super::socket::Socket;
use super::stream::Stream;
use super::wheel::Wheel;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;

pub(super) struct Hub<A: App> {
    pub config: EngineConfig,
    pub ticks: Ticks,
    pub app: A,
    pub clock: Clock,
    pub rng: Rng,
    pub rooms: Rooms<A>,
    /// What slow connections have waiting.
    pub output: Budget,
    /// What incomplete messages hold.
    pub input: Budget,
    pub counters: Counters,
    /// Whether the configured rates hold.
    pub limited: AtomicBool,
    /// Begun: nobody new. Working: a WebSocket's task.
    pub ending: Shutdown,
    pub ping: Event,
    sessions: Mutex<HashMap<Sid, Arc<Session<A>>>>,
    lanes: Box<[Lane<A>]>,
    wheel: Mutex<Wheel<Weak<Session<A>>>>,
    now: AtomicU64,
    /// Sockets that are gone, of which the program hasn't heard yet.
    leavers: Mutex<Vec<(Socket<A>, DisconnectReason)>>,
    left: Notify,
}

/// Sessions that have something to be written.
struct Lane<A: App> {
    list: Mutex<Vec<Arc<Session<A>>>>,
    filled: Notify,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub sockets: AtomicUsize,
    pub websockets: AtomicUsize,
    pub events_out: AtomicU64,
    pub events_in: AtomicU64,
    pub opened: AtomicU64,
    pub closed_slow: AtomicU64,
    pub closed_protocol: AtomicU64,
    pub closed_timeout: AtomicU64,
}

/// The configured times in ticks of the wheel.
#[derive(Debug)]
pub(super) struct Ticks {
    length: Duration,
    pub ping_interval: u64,
    pub ping_timeout: u64,
    pub connect_timeout: u64,
}

impl Ticks {
    fn new(config: &EngineConfig) -> Self {
        let shortest = config.ping_timeout.min(config.ping_interval);
        let length = (shortest / 20).clamp(Duration::from_millis(5), Duration::from_millis(250));
        let count = |time: Duration| {
            let ticks = time.as_millis().div_ceil(length.as_millis());
            u64::try_from(ticks).unwrap_or(u64::MAX / 4).max(1)
        };
        Self {
            length,
            // A tick early hurts nobody; late, all that follows would be.
            ping_interval: (count(config.ping_interval) - 1).max(1),
            ping_timeout: count(config.ping_timeout),
            connect_timeout: config.connect_timeout.map_or(u64::MAX / 4, count),
        }
    }
}

/// The slots of the wheel: enough for the default times at the default tick.
const SLOTS: usize = 256;

impl<A: App> Hub<A> {
    pub fn new(config: EngineConfig, app: A, clock: Clock, rng: Rng) -> Arc<Self> {
        let lanes = (0..config.flushers.max(1)).map(|_| Lane {
            list: Mutex::new(Vec::new()),
            filled: Notify::new(),
        });
        Arc::new(Self {
            ticks: Ticks::new(&config),
            app,
            clock,
            rng,
            rooms: Rooms::new(),
            output: Budget::new(config.queue_bytes_in_all),
            input: Budget::new(config.input_bytes_in_all),
            counters: Counters::default(),
            limited: AtomicBool::new(true),
            ending: Shutdown::new(),
            ping: Event::packet("2"),
            sessions: Mutex::default(),
            lanes: lanes.collect(),
            wheel: Mutex::new(Wheel::new(SLOTS)),
            now: AtomicU64::new(0),
            leavers: Mutex::default(),
            left: Notify::new(),
            config,
        })
    }

    /// The wheel's tick.
    pub fn tick(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    pub fn is_full(&self) -> bool {
        self.sessions.lock().len() >= self.config.max_connections
    }

    /// Opens a session, over `stream` or polling.
    pub fn open(
        self: &Arc<Self>,
        owner: Owner,
        handshake: A::Handshake,
        stream: Option<Stream>,
    ) -> Arc<Session<A>> {
        let sid = Sid(self.rng.bytes());
        let session = Session::new(Arc::clone(self), sid, owner, handshake, stream);
        self.sessions.lock().insert(sid, Arc::clone(&session));
        self.counters.opened.fetch_add(1, Ordering::Relaxed);
        let ticks = &self.ticks;
        let due = self.tick() + ticks.ping_interval.min(ticks.connect_timeout);
        self.wheel.lock().schedule(due, Arc::downgrade(&session));
        if self.ending.is_begun() {
            // It came between the check and the end.
            session.close(DisconnectReason::Shutdown);
        }
        session
    }

    pub fn find(&self, sid: Sid) -> Option<Arc<Session<A>>> {
        self.sessions.lock().get(&sid).cloned()
    }

    /// Takes a closed session out of the table.
    pub fn forget(&self, sid: Sid) {
        let session = self.sessions.lock().remove(&sid);
        // Not dropped under the lock: the program's data may be dropped with it.
        drop(session);
    }

    /// Counts the end of a session.
    pub fn count_end(&self, reason: DisconnectReason) {
        let counter = match reason {
            DisconnectReason::TooSlow => &self.counters.closed_slow,
            DisconnectReason::Protocol | DisconnectReason::TooLarge => {
                &self.counters.closed_protocol
            }
            DisconnectReason::PingTimeout | DisconnectReason::ConnectTimeout => {
                &self.counters.closed_timeout
            }
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Has the program told that a socket is gone, from the engine's own task: whoever caused it
    /// may hold locks of the program.
    pub fn report(&self, socket: Socket<A>, reason: DisconnectReason) {
        self.leavers.lock().push((socket, reason));
        self.left.notify_one();
    }

    /// Gives sessions to the flusher.
    pub fn list(&self, sessions: impl Iterator<Item = Arc<Session<A>>>) {
        if let [lane] = &*self.lanes {
            lane.list.lock().extend(sessions);
            lane.filled.notify_one();
            return;
        }
        for session in sessions {
            let lane = &self.lanes[usize::from(session.sid.0[0]) % self.lanes.len()];
            lane.list.lock().push(session);
            lane.filled.notify_one();
        }
    }

    /// Acts on what [`Session::push`] said about each of many.
    pub fn settle(&self, pushed: impl Iterator<Item = (Arc<Session<A>>, Pushed)>) {
        let mut listed = Vec::new();
        for (session, pushed) in pushed {
            match pushed {
                Pushed::List => listed.push(session),
                Pushed::Wake => session.wake.notify_waiters(),
                Pushed::TooMuch => session.close(DisconnectReason::TooSlow),
                Pushed::Waits | Pushed::Gone => {}
            }
        }
        if !listed.is_empty() {
            self.list(listed.into_iter());
        }
    }

    pub fn stats(&self) -> Stats {
        let counters = &self.counters;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            connections: self.sessions.lock().len(),
            websockets: counters.websockets.load(Ordering::Relaxed),
            sockets: counters.sockets.load(Ordering::Relaxed),
            rooms: self.rooms.len(),
            bytes_waiting: self.output.used(),
            input_bytes: self.input.used(),
            events_out: count(&counters.events_out),
            events_in: count(&counters.events_in),
            opened: count(&counters.opened),
            closed_slow: count(&counters.closed_slow),
            closed_protocol: count(&counters.closed_protocol),
            closed_timeout: count(&counters.closed_timeout),
        }
    }

    /// Runs the tasks until the engine has shut down.
    pub async fn run(self: &Arc<Self>) {
        let mut tasks = tokio::task::JoinSet::new();
        for lane in 0..self.lanes.len() {
            tasks.spawn(Arc::clone(self).write_lane(lane));
        }
        tasks.spawn(Arc::clone(self).turn_wheel());
        tasks.spawn(Arc::clone(self).report_leavers());
        self.ending.begun().await;
        self.ending.drained().await;
        tasks.shutdown().await;
        self.tell_leavers();
        // They hold this hub, which would hold them for ever.
        let sessions = std::mem::take(&mut *self.sessions.lock());
        drop(sessions);
        for lane in &self.lanes {
            let listed = std::mem::take(&mut *lane.list.lock());
            drop(listed);
        }
    }

    /// Closes everybody.
    pub fn close_all(&self, code: u16) {
        let sessions: Vec<_> = self.sessions.lock().values().cloned().collect();
        for session in sessions {
            session.close_with(DisconnectReason::Shutdown, code);
        }
    }

    async fn write_lane(self: Arc<Self>, lane: usize) {
        let lane = &self.lanes[lane];
        let mut sessions = Vec::new();
        loop {
            lane.filled.notified().await;
            // Let everybody who is ready now have his turn first: more goes into one write.
            tokio::task::yield_now().await;
            std::mem::swap(&mut sessions, &mut *lane.list.lock());
            for session in sessions.drain(..) {
                session.flush_listed();
            }
        }
    }

    async fn turn_wheel(self: Arc<Self>) {
        let length = u64::try_from(self.ticks.length.as_millis()).unwrap_or(1);
        let mut turned = self.clock.now();
        loop {
            self.clock.sleep(self.ticks.length).await;
            let ticks = self.clock.now().0.saturating_sub(turned.0) / length;
            turned.0 += ticks * length;
            let (now, due) = {
                let mut wheel = self.wheel.lock();
                let due = wheel.advance(ticks);
                self.now.store(wheel.now(), Ordering::Relaxed);
                (wheel.now(), due)
            };
            for session in due {
                if let Some(alive) = session.upgrade()
                    && let Some(due) = alive.beat(now)
                {
                    self.wheel.lock().schedule(due, session);
                }
            }
        }
    }

    async fn report_leavers(self: Arc<Self>) {
        loop {
            self.left.notified().await;
            self.tell_leavers();
        }
    }

    fn tell_leavers(&self) {
        let leavers = std::mem::take(&mut *self.leavers.lock());
        for (socket, reason) in leavers {
            self.app.disconnected(&socket, reason);
        }
    }
}
