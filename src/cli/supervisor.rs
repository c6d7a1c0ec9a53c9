//! What systemd is told: that the server serves, that it is alive, that it stops.
//!
//! Without systemd (no `NOTIFY_SOCKET`) every call does nothing. See `sd_notify(3)`.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::task::JoinHandle;

use crate::base::clock::Clock;
use crate::base::process;
use crate::base::shutdown::Shutdown;
use crate::service::Service;

/// How long the server may be silent between two programs, in microseconds: connections end, the
/// database is closed, opened, and perhaps kept and raised to another format.
const BETWEEN: u32 = 600_000_000;

/// How much more time a start asks for, in microseconds, and how often.
const MORE: u32 = 60_000_000;
const ASK_EVERY: Duration = Duration::from_secs(10);
/// What a start has computed between two times at least if it works, in seconds of a processor.
/// Who waits for a slow disk does so much.
const WORK: f64 = 0.005;

/// The server begins. From now on more time than the unit allows is asked for again and again, as
/// long as something is computed: a database that is recovered, restored or raised to another format
/// takes as long as it takes, but a start that stands still is ended. It ends with the task.
pub(super) fn ask_for_time(clock: Clock) -> JoinHandle<()> {
    let more = [NotifyState::ExtendTimeoutUsec(MORE), NotifyState::Watchdog];
    tell(&more);
    tokio::spawn(while_it_works(clock, process::cpu_seconds, move || {
        tell(&more);
    }))
}

/// Asks for more as often as the work that `done` tells has gone on.
async fn while_it_works(clock: Clock, done: impl Fn() -> f64, mut ask: impl FnMut()) {
    let mut before = done();
    loop {
        clock.sleep(ASK_EVERY).await;
        let now = done();
        if now - before >= WORK {
            ask();
        }
        before = now;
    }
}

/// The server answers; `url` is shown by `systemctl status`.
pub(super) fn ready(url: &str) {
    let status = format!("Serving {url}");
    let mut state = vec![NotifyState::Ready, NotifyState::Status(&status)];
    let limit = sd_notify::watchdog_enabled().map(|limit| u32::try_from(limit.as_micros()));
    if let Some(Ok(limit)) = limit {
        state.push(NotifyState::WatchdogUsec(limit));
    }
    tell(&state);
}

/// The server makes way for another program in the same process.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[
            NotifyState::Reloading,
            now,
            NotifyState::WatchdogUsec(BETWEEN),
        ]),
        Err(error) => tracing::warn!(%error, "systemd can't be told that the server begins anew"),
    }
}

/// The server ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Feeds the watchdog until the shutdown begins, if there is one: only while commands go all the way
/// through the commit and the publish thread. A server that stands still is so started anew.
pub(super) async fn feed(service: Service, clock: Clock, shutdown: Shutdown) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let pause = (limit / 3).max(Duration::from_millis(100));
    let mut published = service.published();
    let feeding = async {
        loop {
            let passed = clock.timeout(pause, service.beat()).await;
            // A queue that is full moves as long as something comes out of it.
            let moves = published.has_changed().unwrap_or(false);
            published.mark_unchanged();
            if moves || matches!(passed, Some(Ok(()))) {
                tell(&[NotifyState::Watchdog]);
            } else {
                tracing::warn!("nothing could be stored for {} s", pause.as_secs());
            }
            clock.sleep(pause).await;
        }
    };
    tokio::select! {
        () = feeding => {}
        () = shutdown.begun() => {}
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd can't be told how the server does");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use futures_util::FutureExt;

    use super::*;
    use crate::base::clock::Timestamp;

    #[tokio::test]
    async fn a_start_that_works_gets_more_time_and_one_that_stands_still_does_not() {
        let clock = Clock::manual(Timestamp(0));
        let (milliseconds, asked) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let done = {
            let milliseconds = milliseconds.clone();
            move || f64::from(milliseconds.load(SeqCst)) / 1000.0
        };
        let ask = {
            let asked = asked.clone();
            move || {
                asked.fetch_add(1, SeqCst);
            }
        };
        let mut asking = Box::pin(while_it_works(clock.clone(), done, ask));
        assert!((&mut asking).now_or_never().is_none());
        let mut pass = |work: u32| {
            milliseconds.fetch_add(work, SeqCst);
            clock.advance(ASK_EVERY);
            assert!((&mut asking).now_or_never().is_none());
            asked.load(SeqCst)
        };
        assert_eq!([pass(900), pass(5), pass(30)], [1, 2, 3]);
        assert_eq!([pass(0), pass(1), pass(1)], [3, 3, 3], "it stands still");
        assert_eq!(pass(100), 4, "it goes on");
    }
}
