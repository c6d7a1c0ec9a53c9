//! Logs: one event, one line, readable alone, to standard error.
//!
//! Callers put units into field names (`duration_ms`) and never log message text, tokens or
//! passwords. What came from outside can't break a line or drive a terminal: control and
//! direction-changing characters are escaped here, for every event.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;

/// The target of realtime packets: they are logged while somebody looks at them closely.
pub const PACKETS: &str = "inkspot::packets";

/// How many failures were logged by this process.
static ERRORS: AtomicU64 = AtomicU64::new(0);

/// How many failures were logged since the process began.
pub fn errors() -> u64 {
    ERRORS.load(Ordering::Relaxed)
}

/// Counts failures.
struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            ERRORS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Only what failed for good.
    Error,
    /// Also what somebody should look at.
    Warn,
    /// Also what happens seldom: start, stop, certificates.
    #[default]
    Info,
    /// Also what helps to find a fault.
    Debug,
    /// Everything.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// What is logged, and how it looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// How a line looks.
    pub format: LogFormat,
    /// How much is logged.
    pub level: LogLevel,
    /// Whether [`PACKETS`] are logged, whatever the level.
    pub packets: bool,
}

type Settle = dyn Fn(Logging) + Send + Sync;

/// Changes the logging of this process.
static SETTLE: OnceLock<Box<Settle>> = OnceLock::new();

/// Sends this process's events to standard error from now on, panics included. Only the first
/// call in a process counts.
pub fn init(logging: Logging) {
    let (subscriber, settle) = subscriber(logging, io::stderr);
    if subscriber.try_init().is_ok() {
        // Nobody else sets it: who comes first does all of this.
        let _ = SETTLE.set(settle);
        std::panic::set_hook(Box::new(|panic| {
            // Where, not what: the words of a panic may quote what somebody wrote.
            let place = panic.location().map(ToString::to_string);
            tracing::error!(place, "a task failed by panic");
        }));
    }
}

/// From now on this is logged, and looks so. Does nothing before [`init`].
pub fn settle(logging: Logging) {
    if let Some(settle) = SETTLE.get() {
        settle(logging);
    }
}

/// Logs by `logging`, and the way to change that.
fn subscriber<W>(logging: Logging, out: W) -> (Box<dyn Subscriber + Send + Sync>, Box<Settle>)
where
    W: for<'w> MakeWriter<'w> + Clone + Send + Sync + 'static,
{
    let (filter, new_filter) = reload::Layer::new(filter(logging));
    let (lines, new_lines) = reload::Layer::new(lines(logging.format, out.clone()));
    let settle = move |logging: Logging| {
        // It fails only when the subscriber is gone.
        let _ = new_filter.reload(self::filter(logging));
        let _ = new_lines.reload(self::lines(logging.format, out.clone()));
    };
    let subscriber = tracing_subscriber::registry()
        .with(filter)
        .with(Counting)
        .with(lines);
    (Box::new(subscriber), Box::new(settle))
}

/// Inkspot's own events from the level on; those of libraries only from warnings on.
fn filter(logging: Logging) -> Targets {
    let level = LevelFilter::from(logging.level);
    let packets = if logging.packets {
        level.max(LevelFilter::DEBUG)
    } else {
        LevelFilter::OFF
    };
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("inkspot", level)
        .with_target(PACKETS, packets)
}

fn lines<S, W>(format: LogFormat, out: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(Escaping(out));
    match format {
        LogFormat::Text => lines.with_ansi(false).with_target(false).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .boxed(),
    }
}

/// Makes writers that escape what must not reach a terminal.
struct Escaping<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Escaping<W> {
    type Writer = EscapingWriter<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        EscapingWriter(self.0.make_writer())
    }
}

/// The formatter writes each event with one call, its line feed last.
struct EscapingWriter<W>(W);

impl<W: io::Write> io::Write for EscapingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(event);
        self.0
            .write_all(escape(line.trim_end_matches('\n')).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One line, its line feed included, in which `\u00XX` stands for what must not be raw. The form
/// is the one of JSON, so that a JSON line stays valid.
fn escape(line: &str) -> String {
    use std::fmt::Write;

    let mut out = String::with_capacity(line.len() + 1);
    for c in line.chars() {
        if c.is_control() || changes_direction(c) {
            // Writing to a string can't fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

/// Marks that reorder or hide the text after them, and the two separators that some viewers break
/// lines at.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: LogLevel, events: impl FnOnce()) -> String {
        let memory = Memory::default();
        let out = memory.clone();
        let logging = Logging {
            format,
            level,
            packets: false,
        };
        let (subscriber, _) = subscriber(logging, move || out.clone());
        tracing::subscriber::with_default(subscriber, events);
        let bytes = memory.0.lock().clone();
        String::from_utf8(bytes).unwrap()
    }

    const NASTY: &str = "a\nb\u{1b}[31m\u{202e}c";

    #[test]
    fn outside_text_can_neither_break_a_line_nor_drive_a_terminal() {
        let text = logged(LogFormat::Text, LogLevel::Info, || {
            tracing::info!(name = NASTY, shown = %NASTY, "hello {NASTY}");
        });
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        assert!(text.ends_with('\n'));
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        assert!(text.contains("hello a\\u000ab"), "{text}");
    }

    #[test]
    fn a_json_line_is_valid_json_and_says_the_same() {
        let text = logged(LogFormat::Json, LogLevel::Info, || {
            tracing::info!(shown = %NASTY, duration_ms = 5, "hello");
        });
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        let event: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(event["message"], "hello");
        assert_eq!(event["shown"], NASTY);
        assert_eq!(event["duration_ms"], 5);
    }

    #[test]
    fn failures_are_counted_and_warnings_are_not() {
        let before = errors();
        let text = logged(LogFormat::Json, LogLevel::Info, || {
            tracing::error!("it failed");
            tracing::warn!("it might");
        });
        assert_eq!(text.lines().count(), 2);
        // Other tests of this process may fail things meanwhile.
        assert!(errors() > before);
    }

    #[test]
    fn libraries_speak_only_of_warnings_and_nobody_below_the_level() {
        let text = logged(LogFormat::Text, LogLevel::Debug, || {
            tracing::debug!("own debug");
            tracing::trace!("own trace");
            tracing::info!(target: "hyper", "library info");
            tracing::warn!(target: "hyper", "library warning");
        });
        assert!(
            text.contains("own debug") && text.contains("library warning"),
            "{text}"
        );
        assert!(
            !text.contains("own trace") && !text.contains("library info"),
            "{text}"
        );
        let text = logged(LogFormat::Text, LogLevel::Error, || {
            tracing::warn!(target: "hyper", "library warning");
        });
        assert_eq!(text, "");
    }

    #[test]
    fn level_form_and_packets_change_while_it_runs() {
        let memory = Memory::default();
        let out = memory.clone();
        let before = Logging::default();
        let (subscriber, settle) = subscriber(before, move || out.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("too fine");
            tracing::debug!(target: PACKETS, "a packet unseen");
            settle(Logging {
                packets: true,
                ..before
            });
            tracing::debug!(target: PACKETS, "a packet seen");
            settle(Logging {
                format: LogFormat::Json,
                level: LogLevel::Warn,
                packets: false,
            });
            tracing::info!("not any more");
            tracing::warn!("as json");
        });
        let text = String::from_utf8(memory.0.lock().clone()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains("a packet seen"), "{text}");
        let json: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
        assert_eq!(json["message"], "as json");
    }
}
