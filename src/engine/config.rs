//! What the embedding program may set. No file or flag is read here.

use std::time::Duration;

/// The limits and rhythms of one engine. [`EngineConfig::default`] is fit for the open internet.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Time between the answer to a ping and the next ping; also before the first one.
    pub ping_interval: Duration,
    /// How long the answer to a ping may take before the connection is closed.
    pub ping_timeout: Duration,
    /// A connection that belongs to no namespace is closed after this time. `None`: never, for an
    /// [`App`](super::App) that takes the messages itself instead of speaking Socket.IO.
    pub connect_timeout: Option<Duration>,
    /// Bytes of one WebSocket message, of one polling request, and of one Socket.IO packet
    /// together with its attachments. Told to the clients as `maxPayload`.
    pub max_payload: usize,
    /// The same, as long as the connection belongs to no namespace.
    pub max_payload_before_connect: usize,
    /// Binary attachments of one packet.
    pub max_attachments: usize,
    /// Bytes that may wait for one connection before it is closed as too slow; of each event what
    /// it takes in memory.
    pub queue_bytes: usize,
    /// Bytes that may wait for all slow connections together. Above it, whoever is slow is closed.
    pub queue_bytes_in_all: usize,
    /// Bytes of incomplete messages of all connections together. Above it, whoever sends one more
    /// is closed.
    pub input_bytes_in_all: usize,
    /// Packets a second that a connection may send for long; `None`: any number.
    pub packets_per_second: Option<u32>,
    /// Packets that it may send at once after a pause, and in one polling request.
    pub packets_burst: u32,
    /// Bytes a second that a connection may send for long; `None`: any number.
    pub bytes_per_second: Option<u32>,
    /// Bytes that it may send at once after a pause. At least `max_payload` is allowed.
    pub bytes_burst: u32,
    /// A connection is not read while this many [`Credit`](super::Credit)s of its events live.
    pub events_waiting: u32,
    /// Events sent with a wish for an answer that one socket may owe.
    pub acks_waiting: usize,
    /// Connections at once; further handshakes are answered 503.
    pub max_connections: usize,
    /// Tasks that write to the sockets.
    pub flushers: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Some(Duration::from_secs(10)),
            max_payload: 1_000_000,
            max_payload_before_connect: 16 * 1024,
            max_attachments: 16,
            queue_bytes: 1024 * 1024,
            queue_bytes_in_all: 64 * 1024 * 1024,
            input_bytes_in_all: 64 * 1024 * 1024,
            packets_per_second: Some(50),
            packets_burst: 500,
            bytes_per_second: Some(512 * 1024),
            bytes_burst: 2 * 1024 * 1024,
            events_waiting: 8,
            acks_waiting: 64,
            max_connections: 100_000,
            flushers: 1,
        }
    }
}
