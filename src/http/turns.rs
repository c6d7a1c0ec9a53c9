//! Turns for work that blocks: it runs beside the requests, few at once, a bounded number waits,
//! and it is told to stop when its client goes away.
//!
//! Everybody has a share: who has fewest running comes first, and of one person only a few run or
//! wait. What else they ask for takes the place of what waited longest, which is what somebody
//! wants who goes on typing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::error::Failure;
use crate::base::work::blocking;
use crate::model::UserId;
use crate::service::ServiceError;

/// How much runs at once.
const RUNNING: usize = 4;
/// Of one person.
const OWN_RUNNING: usize = 2;
/// How much waits for its turn.
const WAITING: usize = 128;
/// Of one person.
const OWN_WAITING: usize = 4;

/// See the module.
#[derive(Default)]
pub(super) struct Turns(Arc<Mutex<Line>>);

/// Who runs, and who waits.
#[derive(Default)]
struct Line {
    /// Whose work runs; twice if two of it do.
    running: Vec<UserId>,
    /// In the order in which they came.
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    user: UserId,
    /// Dropped to turn it away.
    turn: oneshot::Sender<Turn>,
}

/// A turn, until it is dropped.
struct Turn {
    user: UserId,
    line: Arc<Mutex<Line>>,
}

impl Line {
    fn running(&self, user: UserId) -> usize {
        self.running.iter().filter(|one| **one == user).count()
    }

    /// Takes out the one whose turn it is, if it is anybody's: of those with the fewest running,
    /// who came first.
    fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|one| !one.turn.is_closed());
        if self.running.len() >= RUNNING {
            return None;
        }
        let waiting = self.waiting.iter().enumerate();
        let shares = waiting.map(|(at, one)| (self.running(one.user), at));
        let (_, at) = shares.filter(|(own, _)| *own < OWN_RUNNING).min()?;
        let next = self.waiting.remove(at)?;
        self.running.push(next.user);
        Some(next)
    }

    /// Puts somebody at the end. `None` if there is no room.
    fn join(&mut self, user: UserId) -> Option<oneshot::Receiver<Turn>> {
        self.waiting.retain(|one| !one.turn.is_closed());
        let own = |one: &Waiting| one.user == user;
        if self.waiting.iter().filter(|one| own(one)).count() >= OWN_WAITING {
            let oldest = self.waiting.iter().position(own)?;
            self.waiting.remove(oldest);
        }
        if self.waiting.len() >= WAITING {
            return None;
        }
        let (turn, granted) = oneshot::channel();
        self.waiting.push_back(Waiting { user, turn });
        Some(granted)
    }
}

impl Turns {
    /// Does `work` of this person when it is its turn. Dropping the future sets the flag that the
    /// work gets; its turn lasts until it has really ended. Errors: `server_busy`, also for what
    /// waited until newer work of the same person took its place, and those of the work.
    pub(super) async fn take<T: Send + 'static>(
        &self,
        user: UserId,
        work: impl FnOnce(&AtomicBool) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let busy = || Failure::from(ServiceError::ServerBusy);
        let granted = self.0.lock().join(user).ok_or_else(busy)?;
        go_on(&self.0);
        let turn = granted.await.map_err(|_| busy())?;
        let cancelled = Arc::new(AtomicBool::new(false));
        let _stop = StopOnDrop(Arc::clone(&cancelled));
        let work = blocking(move || {
            let _held = turn;
            work(&cancelled)
        });
        let broke = || Failure::internal("work in its turn broke off");
        work.await.ok_or_else(broke)?
    }
}

/// Gives turns to those who come next, as many as there are.
fn go_on(line: &Arc<Mutex<Line>>) {
    loop {
        let next = line.lock().next();
        let Some(Waiting { user, turn }) = next else {
            return;
        };
        let line = Arc::clone(line);
        // Whoever went away meanwhile gives it back at once.
        let _ = turn.send(Turn { user, line });
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut line = self.line.lock();
            if let Some(at) = line.running.iter().position(|one| *one == self.user) {
                line.running.swap_remove(at);
            }
        }
        go_on(&self.line);
    }
}

/// Sets the flag when nobody waits for the work any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use http::StatusCode;
    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    type Work = JoinHandle<Result<u64, Failure>>;

    /// Turns, and which work began and which ended. One thread runs all but the work itself.
    struct House {
        turns: Arc<Turns>,
        began: (mpsc::Sender<u64>, mpsc::Receiver<u64>),
        ended: (mpsc::Sender<u64>, mpsc::Receiver<u64>),
    }

    impl House {
        fn new() -> Self {
            Self {
                turns: Arc::default(),
                began: mpsc::channel(),
                ended: mpsc::channel(),
            }
        }

        /// Asks for work that goes on until it is told to stop.
        async fn ask(&self, user: u64, number: u64) -> Work {
            let (began, ended) = (self.began.0.clone(), self.ended.0.clone());
            let turns = Arc::clone(&self.turns);
            let work = tokio::spawn(async move {
                let work = move |cancelled: &AtomicBool| {
                    let _ = began.send(number);
                    while !cancelled.load(Ordering::Relaxed) {
                        std::thread::yield_now();
                    }
                    let _ = ended.send(number);
                    Ok(number)
                };
                turns.take(UserId(user), work).await
            });
            // It gets as far as it can.
            yield_now().await;
            work
        }

        /// Returns when these have begun, in any order.
        async fn have_begun(&self, numbers: &[u64]) {
            let mut begun = Vec::new();
            while begun.len() < numbers.len() {
                match self.began.1.try_recv() {
                    Ok(number) => begun.push(number),
                    Err(_) => yield_now().await,
                }
            }
            begun.sort_unstable();
            assert_eq!(begun, numbers);
        }

        /// Ends work that runs, and returns when it has.
        async fn end(&self, work: &Work) {
            work.abort();
            while self.ended.1.try_recv().is_err() {
                yield_now().await;
            }
        }
    }

    async fn status(work: Work) -> StatusCode {
        work.await.unwrap().unwrap_err().status()
    }

    #[tokio::test]
    async fn work_stops_when_nobody_waits_for_it_and_then_gives_its_turn_back() {
        let house = House::new();
        let mut all = Vec::new();
        for number in 0..4 {
            all.push(house.ask(number, number).await);
        }
        house.have_begun(&[0, 1, 2, 3]).await;
        let turns = Arc::clone(&house.turns);
        let next = tokio::spawn(async move { turns.take(UserId(9), |_| Ok(7)).await });
        yield_now().await;
        assert!(!next.is_finished() && house.ended.1.try_recv().is_err());
        house.end(&all[0]).await;
        assert_eq!(next.await.unwrap().unwrap(), 7);
        for one in &all[1..] {
            house.end(one).await;
        }
    }

    #[tokio::test]
    async fn nobody_takes_the_turns_of_others() {
        let house = House::new();
        // One person wants all that there is.
        let mut greedy = Vec::new();
        for number in 0..6 {
            greedy.push(house.ask(1, number).await);
        }
        house.have_begun(&[0, 1]).await;
        // Others come later and run at once.
        let second = house.ask(2, 10).await;
        let third = house.ask(3, 11).await;
        house.have_begun(&[10, 11]).await;
        let fourth = house.ask(4, 12).await;
        // Who has fewest running is next, though the greedy one has waited for longer.
        house.end(&greedy[0]).await;
        house.have_begun(&[12]).await;
        house.end(&second).await;
        house.have_begun(&[2]).await;
        for one in [&third, &fourth] {
            house.end(one).await;
        }
        house.end(&greedy[1]).await;
        house.have_begun(&[3]).await;
        house.end(&greedy[2]).await;
        house.have_begun(&[4]).await;
    }

    #[tokio::test]
    async fn newer_work_takes_the_place_of_what_waited_longest() {
        let house = House::new();
        let mut own = Vec::new();
        for number in 0..6 {
            own.push(house.ask(1, number).await);
        }
        let mut other = Vec::new();
        for number in 20..23 {
            other.push(house.ask(2, number).await);
        }
        house.have_begun(&[0, 1, 20, 21]).await;
        let newest = house.ask(1, 6).await;
        assert_eq!(status(own.remove(2)).await, StatusCode::SERVICE_UNAVAILABLE);
        // Who gives up makes room, without a turn being lost.
        own.remove(2).abort();
        let last = house.ask(1, 7).await;
        house.end(&other[0]).await;
        house.have_begun(&[22]).await;
        house.end(&own[0]).await;
        house.have_begun(&[4]).await;
        house.end(&own[1]).await;
        house.have_begun(&[5]).await;
        assert!(!newest.is_finished() && !last.is_finished());
    }

    #[tokio::test]
    async fn not_more_than_a_bounded_number_waits() {
        let house = House::new();
        let most = u64::try_from(RUNNING + WAITING).unwrap();
        let mut all = Vec::new();
        for number in 0..most {
            all.push(house.ask(number, number).await);
        }
        house.have_begun(&[0, 1, 2, 3]).await;
        let refused = house.ask(most, most).await;
        assert_eq!(status(refused).await, StatusCode::SERVICE_UNAVAILABLE);
        for one in all {
            one.abort();
        }
    }
}
