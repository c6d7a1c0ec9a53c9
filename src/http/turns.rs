//! Turns for work that blocks: it runs beside the requests, few at once, a bounded number waits,
//! and it is told to stop when its client goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

use super::error::Failure;
use crate::service::ServiceError;

/// How much runs at once.
const RUNNING: usize = 4;
/// How much runs or waits for its turn.
const WAITING: usize = 128;

/// See the module.
pub(super) struct Turns {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(RUNNING)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

/// Sets the flag when nobody waits for the work any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Turns {
    /// Does `work` when it is its turn. Dropping the future sets the flag that the work gets; its
    /// turn lasts until it has really ended. Errors: `server_busy`, and those of the work.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let waiting = Arc::clone(&self.waiting);
        let place = waiting.try_acquire_owned();
        let place = place.map_err(|_| Failure::from(ServiceError::ServerBusy))?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(|_| Failure::internal("there are no turns any more"))?;
        let cancelled = Arc::new(AtomicBool::new(false));
        let _stop = StopOnDrop(Arc::clone(&cancelled));
        let work = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work(&cancelled)
        });
        // The panic hook has logged it.
        let broke = |_| Failure::internal("work in its turn broke off");
        work.await.map_err(broke)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;
    use http::StatusCode;

    use super::*;

    /// Work that says that it began, goes on until it is told to stop, and says that it ended.
    fn endless(
        (began, ended): (mpsc::Sender<()>, mpsc::Sender<()>),
    ) -> impl FnOnce(&AtomicBool) -> Result<(), Failure> {
        move |cancelled| {
            began.send(()).unwrap();
            while !cancelled.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
            Ok(())
        }
    }

    #[tokio::test]
    async fn work_stops_when_nobody_waits_for_it_and_then_gives_its_turn_back() {
        let turns = Turns::default();
        let (began, has_begun) = mpsc::channel();
        let (ended, has_ended) = mpsc::channel();
        let mut all = Vec::new();
        for _ in 0..RUNNING {
            let mut one = Box::pin(turns.take(endless((began.clone(), ended.clone()))));
            assert!((&mut one).now_or_never().is_none());
            has_begun.recv().unwrap();
            all.push(one);
        }
        let mut next = Box::pin(turns.take(|_| Ok(7)));
        assert!((&mut next).now_or_never().is_none(), "it is not its turn");
        assert!(has_ended.try_recv().is_err());
        drop(all.pop());
        has_ended.recv().unwrap();
        assert_eq!(next.await.unwrap(), 7);
        drop(all);
        for _ in 1..RUNNING {
            has_ended.recv().unwrap();
        }
    }

    #[tokio::test]
    async fn not_more_than_a_bounded_number_waits() {
        let turns = Turns::default();
        let (began, has_begun) = mpsc::channel();
        let (ended, _has_ended) = mpsc::channel();
        let mut all = Vec::new();
        for number in 0..WAITING {
            let mut one = Box::pin(turns.take(endless((began.clone(), ended.clone()))));
            assert!((&mut one).now_or_never().is_none());
            if number < RUNNING {
                has_begun.recv().unwrap();
            }
            all.push(one);
        }
        let refused = turns.take(|_| Ok(())).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
