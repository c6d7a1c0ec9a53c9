//! The page of numbers: what was counted, and what is read off everybody when somebody asks.

use crate::base::clock::{Clock, Timestamp};
use crate::base::{logging, process};
use crate::engine::Stats;
use crate::metrics::{Meters, Page, Scrape};
use crate::realtime::Realtime;
use crate::search::Search;
use crate::server::Control;
use crate::service::{Readings, Service};

/// Whom it is read off.
pub(super) struct Sources {
    pub meters: Meters,
    pub service: Service,
    pub search: Search,
    pub realtime: Realtime,
    pub control: Control,
    /// When the certificate in use begins and ends.
    pub certificate_life: Box<dyn Fn() -> Option<(Timestamp, Timestamp)> + Send + Sync>,
    pub clock: Clock,
}

/// Composes the page whenever it is asked for.
pub(super) fn scrape(sources: Sources) -> Scrape {
    let started_at = sources.clock.now();
    Scrape::new(move || {
        let mut page = Page::new(&sources.meters);
        process_numbers(&mut page, started_at);
        realtime_numbers(&mut page, &sources);
        search_numbers(&mut page, &sources.search);
        page.gauge(
            "writable",
            "Whether anything can be stored; 0 on a full disk",
            u64::from(sources.service.is_writable()),
        );
        match sources.service.readings() {
            Ok(readings) => service_numbers(&mut page, &readings),
            Err(error) => tracing::warn!(%error, "some numbers can't be read"),
        }
        if let Some((begin, end)) = (sources.certificate_life)() {
            page.seconds(
                "certificate_begin_timestamp",
                "Since when the certificate in use is good, as Unix time",
                seconds(begin),
            );
            page.seconds(
                "certificate_expiry_timestamp",
                "When the certificate in use ends, as Unix time",
                seconds(end),
            );
        }
        page.text()
    })
}

fn process_numbers(page: &mut Page, started_at: Timestamp) {
    let version = env!("CARGO_PKG_VERSION");
    let help = "Which Inkspot this is";
    page.gauges("build_info", help, "version", &[(version, 1)]);
    page.counter("log_errors", "Failures that were logged", logging::errors());
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory fit")]
    let float = |value: u64| value as f64;
    if let Some(bytes) = process::resident_bytes() {
        let help = "Memory in use";
        page.process("resident_memory_bytes", help, float(bytes));
    }
    if let Some(files) = process::open_files() {
        page.process("open_fds", "Files and sockets that are open", float(files));
    }
    if let Some(files) = process::open_files_most() {
        page.process("max_fds", "How many of them may be", float(files));
    }
    let help = "Processor time used, in seconds";
    page.process_counter("cpu_seconds", help, process::cpu_seconds());
    let help = "When it was started, as Unix time";
    page.process("start_time_seconds", help, seconds(started_at));
}

fn realtime_numbers(page: &mut Page, sources: &Sources) {
    let (open, most) = sources.control.connections();
    let Stats {
        connections,
        websockets,
        sockets,
        rooms,
        bytes_waiting,
        input_bytes,
        events_out,
        events_in,
        opened,
        closed_slow,
        closed_protocol,
        closed_timeout,
    } = sources.realtime.stats();
    page.gauges(
        "connections",
        "Open network connections, by what they carry",
        "transport",
        &[
            ("websocket", whole(websockets)),
            ("http", whole(open.saturating_sub(websockets))),
        ],
    );
    page.gauge(
        "connections_limit",
        "How many network connections there may be",
        whole(most),
    );
    page.gauges(
        "realtime_connections",
        "Open realtime connections, by transport",
        "transport",
        &[
            ("websocket", whole(websockets)),
            ("polling", whole(connections.saturating_sub(websockets))),
        ],
    );
    page.gauge(
        "realtime_sockets",
        "Realtime connections of somebody who is signed in",
        whole(sockets),
    );
    page.gauge(
        "realtime_rooms",
        "Conversations and people that somebody listens to",
        whole(rooms),
    );
    page.bytes(
        "realtime_waiting",
        "What waits for clients that read slowly",
        whole(bytes_waiting),
    );
    page.bytes(
        "realtime_input",
        "Incomplete messages of clients",
        whole(input_bytes),
    );
    page.counter(
        "realtime_events_sent",
        "Events handed to realtime connections",
        events_out,
    );
    page.counter(
        "realtime_events_received",
        "Events that came from them",
        events_in,
    );
    page.counter(
        "realtime_connections_opened",
        "Realtime connections opened",
        opened,
    );
    for (name, help, count) in [
        (
            "realtime_closed_slow",
            "Realtime connections closed because they read too slowly",
            closed_slow,
        ),
        (
            "realtime_closed_protocol",
            "Realtime connections closed because they broke the protocol or a limit",
            closed_protocol,
        ),
        (
            "realtime_closed_timeout",
            "Realtime connections closed because they did not answer in time",
            closed_timeout,
        ),
    ] {
        page.counter(name, help, count);
    }
}

fn search_numbers(page: &mut Page, search: &Search) {
    page.gauge(
        "search_lag_events",
        "Events that the search index doesn't have yet",
        search.lag(),
    );
    page.seconds(
        "search_lag",
        "For how long the oldest of them has waited",
        search.behind().as_secs_f64(),
    );
    page.gauge(
        "search_building",
        "Whether the search index is still being built",
        u64::from(search.is_indexing()),
    );
    page.bytes(
        "search_index",
        "What the search index takes on the disk",
        search.disk_bytes(),
    );
}

fn service_numbers(page: &mut Page, readings: &Readings) {
    let Readings {
        commands_waiting,
        command_bytes_waiting,
        events,
        events_untold,
        accounts,
        sessions,
        people_online,
        sockets: _,
        password_hashes,
        uploads,
        uploads_writing,
        database_bytes,
        file_bytes,
        file_live_bytes,
        disk_free,
        disk_total,
        disk_reserve,
        disk_floor,
    } = *readings;
    for (name, help, value) in [
        (
            "queue_commands",
            "Commands that wait to be decided",
            whole(commands_waiting),
        ),
        (
            "publish_lag_events",
            "Events that are stored and not yet told",
            events_untold,
        ),
        ("accounts", "Accounts, disabled ones too", whole(accounts)),
        (
            "sessions_in_use",
            "Signed-in devices that were used since the start, 16384 at most",
            whole(sessions),
        ),
        ("people_online", "People who are here", whole(people_online)),
        ("uploads_unfinished", "Uploads not finished", whole(uploads)),
        (
            "uploads_active",
            "Uploads that are being written",
            whole(uploads_writing),
        ),
    ] {
        page.gauge(name, help, value);
    }
    for (name, help, value) in [
        (
            "queue",
            "What the commands that wait to be decided weigh",
            whole(command_bytes_waiting),
        ),
        (
            "database",
            "What the database takes on the disk",
            database_bytes,
        ),
        (
            "files_disk",
            "What the contents of files take on the disk",
            file_bytes,
        ),
        (
            "files_live",
            "Contents of files that can be read",
            file_live_bytes,
        ),
        ("disk_free", "Free on the disk of the data", disk_free),
        ("disk_total", "Size of the disk of the data", disk_total),
        (
            "disk_reserve",
            "Uploads stop while less is free",
            disk_reserve,
        ),
        (
            "disk_floor",
            "Nothing is stored while less is free",
            disk_floor,
        ),
    ] {
        page.bytes(name, help, value);
    }
    page.counter("events", "Events in the log", events);
    page.counter(
        "password_hashes",
        "Passwords hashed, to make a hash or to check one",
        password_hashes,
    );
}

fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn seconds(at: Timestamp) -> f64 {
    std::time::Duration::from_millis(at.0).as_secs_f64()
}
