//! The instruments: counters, and how long things took.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Seconds: from a write that no disk had to confirm to one that makes people wonder.
const COMMIT_SECONDS: [f64; 12] = [
    0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0,
];
/// Seconds: from an answer out of memory to the longest that one may take.
const REQUEST_SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];
/// Commands.
const GROUP: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0];

/// Why something was refused: one of the codes that programs go by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

/// Why a connection was not let in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: u16,
}

type Count = Counter<u64, AtomicU64>;
type Timed = Family<Route, Histogram, fn() -> Histogram>;

/// All instruments of one server. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Meters {
    group: Histogram,
    commit_seconds: Histogram,
    sync_seconds: Histogram,
    publish_seconds: Histogram,
    messages: Count,
    messages_refused: Family<Code, Count>,
    sign_ins: Count,
    sign_ins_refused: Family<Code, Count>,
    requests: Family<Answered, Count>,
    request_seconds: Timed,
    connections_refused: Family<Reason, Count>,
    handshakes_failed: Count,
    /// Backups that the server makes by itself.
    pub backups: Backups,
}

/// What became of the backups that the server makes by itself.
#[derive(Clone, Debug, Default)]
pub struct Backups {
    made_at: Gauge<f64, AtomicU64>,
    seconds: Gauge<f64, AtomicU64>,
    bytes: Gauge<f64, AtomicU64>,
    failed: Count,
}

impl Default for Meters {
    fn default() -> Self {
        let seconds = || Histogram::new(COMMIT_SECONDS);
        let meters = Self {
            group: Histogram::new(GROUP),
            commit_seconds: seconds(),
            sync_seconds: seconds(),
            publish_seconds: seconds(),
            messages: Count::default(),
            messages_refused: Family::default(),
            sign_ins: Count::default(),
            sign_ins_refused: Family::default(),
            requests: Family::default(),
            request_seconds: Timed::new_with_constructor(|| Histogram::new(REQUEST_SECONDS)),
            connections_refused: Family::default(),
            handshakes_failed: Count::default(),
            backups: Backups::default(),
        };
        // A series that begins with its first failure has no rate of it: those that alarms look at
        // are there from the beginning.
        for code in ["rate_limited", "server_busy", "storage_full", "internal"] {
            drop(meters.messages_refused.get_or_create(&Code { code }));
        }
        for code in ["invalid_credentials", "rate_limited"] {
            drop(meters.sign_ins_refused.get_or_create(&Code { code }));
        }
        for reason in ["total", "address", "handshakes"] {
            drop(meters.connections_refused.get_or_create(&Reason { reason }));
        }
        meters
    }
}

impl Meters {
    /// A group of commands was decided and stored; `sync` of that time was spent on writing it and on
    /// waiting for the disk.
    pub fn committed(&self, commands: usize, took: Duration, sync: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "a group has a few hundred")]
        self.group.observe(commands as f64);
        self.commit_seconds.observe(took.as_secs_f64());
        self.sync_seconds.observe(sync.as_secs_f64());
    }

    /// A group was told to all who follow, so long after it was stored.
    pub fn published(&self, after: Duration) {
        self.publish_seconds.observe(after.as_secs_f64());
    }

    /// A message was stored.
    pub fn message(&self) {
        self.messages.inc();
    }

    /// A message was refused.
    pub fn message_refused(&self, code: &'static str) {
        self.messages_refused.get_or_create(&Code { code }).inc();
    }

    /// Somebody signed in.
    pub fn sign_in(&self) {
        self.sign_ins.inc();
    }

    /// Somebody was not let in.
    pub fn sign_in_refused(&self, code: &'static str) {
        self.sign_ins_refused.get_or_create(&Code { code }).inc();
    }

    /// A request was answered. `route` is the name of its kind, out of a short list.
    pub fn request(&self, route: &'static str, status: u16, took: Duration) {
        let answered = Answered { route, status };
        self.requests.get_or_create(&answered).inc();
        let timed = self.request_seconds.get_or_create(&Route { route });
        timed.observe(took.as_secs_f64());
    }

    /// A connection was not let in.
    pub fn connection_refused(&self, reason: &'static str) {
        let reason = Reason { reason };
        self.connections_refused.get_or_create(&reason).inc();
    }

    /// A TLS handshake came to nothing.
    pub fn handshake_failed(&self) {
        self.handshakes_failed.inc();
    }

    /// Lists the instruments.
    pub(super) fn register(&self, page: &mut Registry) {
        let mut add = |name: &str, help: &str, metric: Histogram, unit: Option<Unit>| match unit {
            Some(unit) => page.register_with_unit(name, help, unit, metric),
            None => page.register(name, help, metric),
        };
        let second = || Some(Unit::Seconds);
        add(
            "commit_group_commands",
            "Commands that were stored by one write",
            self.group.clone(),
            None,
        );
        add(
            "commit",
            "Time to decide and store a group of commands",
            self.commit_seconds.clone(),
            second(),
        );
        add(
            "sync",
            "Time of it to write the group and to have the disk confirm it",
            self.sync_seconds.clone(),
            second(),
        );
        add(
            "publish",
            "Time from storing a group until everybody was told",
            self.publish_seconds.clone(),
            second(),
        );
        page.register("messages", "Messages stored", self.messages.clone());
        page.register(
            "messages_refused",
            "Messages refused, by code",
            self.messages_refused.clone(),
        );
        page.register("sign_ins", "Sign-ins", self.sign_ins.clone());
        page.register(
            "sign_ins_refused",
            "Sign-ins refused, by code",
            self.sign_ins_refused.clone(),
        );
        page.register(
            "http_requests",
            "Requests answered, by kind of address and by status",
            self.requests.clone(),
        );
        page.register_with_unit(
            "http_request",
            "Time until a request's answer began, by kind of address",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        page.register(
            "connections_refused",
            "Connections not let in, by what was full",
            self.connections_refused.clone(),
        );
        page.register(
            "tls_handshakes_failed",
            "TLS handshakes that came to nothing",
            self.handshakes_failed.clone(),
        );
        self.backups.register(page);
    }
}

impl Backups {
    /// One was made and checked, or found when the server started: at which Unix time in seconds, its
    /// bytes, and how long it took, if that is known.
    pub fn made(&self, at: f64, bytes: u64, took: Option<Duration>) {
        self.made_at.set(at);
        #[expect(
            clippy::cast_precision_loss,
            reason = "bytes of a file fit well enough"
        )]
        self.bytes.set(bytes as f64);
        if let Some(took) = took {
            self.seconds.set(took.as_secs_f64());
        }
    }

    /// One failed.
    pub fn failed(&self) {
        self.failed.inc();
    }

    fn register(&self, page: &mut Registry) {
        page.register_with_unit(
            "backup_last_success_timestamp",
            "When the newest backup was made, as Unix time; 0 while there is none",
            Unit::Seconds,
            self.made_at.clone(),
        );
        page.register_with_unit(
            "backup_last_duration",
            "How long it took to make and to check it",
            Unit::Seconds,
            self.seconds.clone(),
        );
        page.register_with_unit(
            "backup_last_size",
            "How large it is",
            Unit::Bytes,
            self.bytes.clone(),
        );
        page.register(
            "backups_failed",
            "Backups that failed since the start",
            self.failed.clone(),
        );
    }
}
