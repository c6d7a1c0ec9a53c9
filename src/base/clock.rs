//! Time: the one place that asks the machine what time it is.
//!
//! Everybody else holds a [`Clock`], so that a test can own time. No time zones, no calendars: a
//! moment is a [`Timestamp`], shown to the outside as ISO-8601 in UTC.

use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
///
/// Serialised as the bare number (for the disk); JSON views use [`iso`] or [`iso_option`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The last millisecond of the year 9999, the latest moment that ISO-8601 writes with four
    /// digits. Later ones are shown as it.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// Whole seconds since the Unix epoch.
    pub fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// The moment `duration` later, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(duration)))
    }

    /// The moment `duration` earlier, not before the Unix epoch.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(duration)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// For people: `2026-11-22 15:00 UTC`.
    pub fn to_minute(self) -> String {
        let text = self.to_string();
        let (day, time) = text.split_once('T').unwrap_or((&text, ""));
        format!("{day} {} UTC", time.get(..5).unwrap_or_default())
    }
}

impl fmt::Display for Timestamp {
    /// Writes `2026-11-22T15:00:00.123Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0.min(Self::MAX.0)) * 1_000_000;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

/// The text was not an ISO-8601 moment between 1970 and 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a moment in the form 2026-11-22T15:00:00.123Z")]
pub struct ParseTimestampError;

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Reads ISO-8601 with any offset (RFC 3339); finer parts than a millisecond are cut.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| ParseTimestampError)?;
        let millis = at.unix_timestamp_nanos().div_euclid(1_000_000);
        let millis = u64::try_from(millis).map_err(|_| ParseTimestampError)?;
        Ok(Self(millis))
    }
}

/// `#[serde(with = "base::clock::iso")]`: a [`Timestamp`] as an ISO-8601 string.
pub mod iso {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the moment as a string.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    /// Reads the moment from a string.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// `#[serde(with = "base::clock::iso_option")]`: a string or `null`.
pub mod iso_option {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the moment as a string, nothing as `null`.
    pub fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.collect_str(at),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a string or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

/// How long something takes on this machine, whatever time the house's clock shows: for what is
/// measured, never for what is decided.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Where time comes from. Cheap to clone; all clones show the same time.
///
/// The time shown never runs backwards within one process and never stands still: when the
/// machine's clock is set back, it goes on from where it was.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    /// The machine's clock.
    System(Pace),
    /// A test's clock, in milliseconds since the epoch.
    Manual { now: watch::Sender<u64> },
}

/// Time that passes evenly, and follows the machine's clock forward only.
#[derive(Debug)]
struct Pace {
    started: Instant,
    /// The largest lead that the machine's clock ever had over the time passed since `started`,
    /// in milliseconds.
    lead: AtomicU64,
}

impl Pace {
    fn start() -> Self {
        let (started, lead) = (Instant::now(), AtomicU64::new(0));
        Self { started, lead }
    }

    /// The moment to be shown when the machine's clock says `machine` and `passed` has passed.
    fn show(&self, machine: u64, passed: u64) -> Timestamp {
        let lead = machine.saturating_sub(passed);
        let before = self.lead.fetch_max(lead, Ordering::Relaxed);
        Timestamp(passed.saturating_add(lead.max(before)))
    }
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System(Pace::start())))
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        let (now, _) = watch::channel(start.0);
        Self(Arc::new(Source::Manual { now }))
    }

    /// The current moment.
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Source::System(pace) => {
                // The machine is asked first: a pause before the other question then makes its
                // lead smaller, which is forgotten, and not larger, which would be kept.
                let machine = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, whole_millis);
                pace.show(machine, whole_millis(pace.started.elapsed()))
            }
            Source::Manual { now } => Timestamp(*now.borrow()),
        }
    }

    /// Returns once `duration` has passed on this clock. Dropping the future cancels it.
    pub async fn sleep(&self, duration: Duration) {
        match &*self.0 {
            Source::System(_) => tokio::time::sleep(duration).await,
            Source::Manual { now } => {
                let mut now = now.subscribe();
                let until = now.borrow().saturating_add(whole_millis(duration));
                // The sender lives in `self`, which this future borrows: it can't be gone.
                let _ = now.wait_for(|now| *now >= until).await;
            }
        }
    }

    /// Returns once this clock shows `at` or later. Dropping the future cancels it.
    pub async fn sleep_until(&self, at: Timestamp) {
        match &*self.0 {
            Source::System(_) => self.sleep(at.since(self.now())).await,
            Source::Manual { now } => {
                // As above: the sender can't be gone.
                let _ = now.subscribe().wait_for(|now| *now >= at.0).await;
            }
        }
    }

    /// The result of `work`, or `None` when `limit` has passed on this clock before it came.
    pub async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.sleep(limit) => None,
        }
    }

    /// Moves a manual clock forward and wakes those who slept until then. The machine's clock
    /// can't be moved: on [`Clock::system`] this does nothing.
    pub fn advance(&self, duration: Duration) {
        if let Source::Manual { now } = &*self.0 {
            now.send_modify(|now| *now = now.saturating_add(whole_millis(duration)));
        }
    }
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn people_read_a_moment_to_the_minute() {
        let at = Timestamp(1_795_359_600_123);
        assert_eq!(at.to_minute(), "2026-11-22 15:00 UTC");
    }

    #[test]
    fn a_timestamp_reads_what_it_writes() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_359_600_123, "2026-11-22T15:00:00.123Z"),
            (Timestamp::MAX.0, "9999-12-31T23:59:59.999Z"),
        ] {
            let at = Timestamp(millis);
            assert_eq!(at.to_string(), text);
            assert_eq!(text.parse(), Ok(at));
        }
        assert_eq!(Timestamp(u64::MAX).to_string(), Timestamp::MAX.to_string());
    }

    #[test]
    fn a_machine_s_clock_is_followed_forward_and_time_goes_on_when_it_is_set_back() {
        let pace = Pace::start();
        let year = 31_536_000_000;
        for (machine, passed, shown) in [
            (1_000, 0, 1_000),
            (1_500, 500, 1_500),
            (1_600 + year, 600, 1_600 + year),
            // Set back: a second later it is a second later.
            (2_600, 1_600, 2_600 + year),
            (3_000 + year, 2_000, 3_000 + year),
            (0, 2_500, 3_500 + year),
        ] {
            assert_eq!(pace.show(machine, passed), Timestamp(shown));
        }
    }

    #[test]
    fn other_spellings_are_read_and_nonsense_is_refused() {
        let at = Timestamp(1_795_359_600_000);
        assert_eq!("2026-11-22T16:00:00.0009+01:00".parse(), Ok(at));
        for text in [
            "",
            "2026-11-22",
            "1969-12-31T23:59:59Z",
            "2026-02-30T00:00:00Z",
        ] {
            assert_eq!(
                text.parse::<Timestamp>(),
                Err(ParseTimestampError),
                "{text}"
            );
        }
    }

    #[test]
    fn json_views_show_iso_strings_and_the_disk_a_number() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct View {
            #[serde(with = "iso")]
            at: Timestamp,
            #[serde(with = "iso_option")]
            seen: Option<Timestamp>,
            #[serde(with = "iso_option")]
            left: Option<Timestamp>,
            stored: Timestamp,
        }
        let at = Timestamp(5);
        let view = View {
            at,
            seen: Some(at),
            left: None,
            stored: at,
        };
        let json = serde_json::to_string(&view).unwrap();
        let iso = "1970-01-01T00:00:00.005Z";
        assert_eq!(
            json,
            format!(r#"{{"at":"{iso}","seen":"{iso}","left":null,"stored":5}}"#)
        );
        assert_eq!(serde_json::from_str::<View>(&json).unwrap(), view);
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_exactly_when_their_time_has_come() {
        let clock = Clock::manual(Timestamp(1_000));
        let mut nap = Box::pin(clock.sleep(Duration::from_millis(10)));
        assert!((&mut nap).now_or_never().is_none());
        clock.advance(Duration::from_millis(9));
        assert!((&mut nap).now_or_never().is_none());
        clock.advance(Duration::from_millis(1));
        assert!((&mut nap).now_or_never().is_some());
        assert_eq!(clock.now(), Timestamp(1_010));
    }

    #[tokio::test]
    async fn a_moment_that_has_passed_before_one_sleeps_is_not_slept_for() {
        let clock = Clock::manual(Timestamp(1_000));
        let nap = clock.sleep_until(Timestamp(1_010));
        clock.advance(Duration::from_millis(9));
        let mut nap = Box::pin(nap);
        assert!((&mut nap).now_or_never().is_none());
        clock.advance(Duration::from_millis(1));
        assert!((&mut nap).now_or_never().is_some());
        assert!(clock.sleep_until(Timestamp(5)).now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_timeout_gives_the_result_or_nothing() {
        let clock = Clock::manual(Timestamp::default());
        let second = Duration::from_secs(1);
        assert_eq!(clock.timeout(second, async { 7 }).await, Some(7));
        let mut never = Box::pin(clock.timeout(second, std::future::pending::<()>()));
        assert!((&mut never).now_or_never().is_none());
        clock.advance(second);
        assert_eq!(never.await, None);
    }
}
