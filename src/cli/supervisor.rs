//! What systemd is told: that the server serves, that it is alive, that it stops.
//!
//! Without systemd (no `NOTIFY_SOCKET`) every call does nothing. See `sd_notify(3)`.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;
use crate::service::Service;

/// How long the server may be silent between two programs, in microseconds: connections end, the
/// database is closed, opened, and perhaps kept and raised to another format.
const BETWEEN: u32 = 600_000_000;

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
