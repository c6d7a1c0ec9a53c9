//! How the process ends: one signal that everybody hears, and a way to wait for those who still
//! work.
//!
//! No deadlines and no operating-system signals here: who asks for the end decides how long it
//! may take.

use std::sync::Arc;

use tokio::sync::watch;

/// The shared knowledge whether the process is ending. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Shutdown(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    begun: watch::Sender<bool>,
    /// Each [`Working`] is a receiver of this: it is closed when the last one is dropped.
    working: watch::Sender<()>,
}

/// Held by who must not be cut off. Dropping it says "I am done".
#[derive(Debug)]
pub struct Working(#[expect(dead_code, reason = "its drop is what counts")] watch::Receiver<()>);

impl Shutdown {
    /// A process that is not ending.
    #[expect(
        clippy::new_without_default,
        reason = "two defaults would be two different signals"
    )]
    pub fn new() -> Self {
        let (begun, _) = watch::channel(false);
        let (working, _) = watch::channel(());
        Self(Arc::new(Inner { begun, working }))
    }

    /// Starts the end. Doing it again changes nothing.
    pub fn begin(&self) {
        self.0.begun.send_replace(true);
    }

    /// Whether the end has begun.
    pub fn is_begun(&self) -> bool {
        *self.0.begun.borrow()
    }

    /// Returns once the end has begun, at once if it already has. Dropping the future cancels it.
    pub async fn begun(&self) {
        // The sender lives in `self`, which this future borrows: it can't be gone.
        let _ = self.0.begun.subscribe().wait_for(|begun| *begun).await;
    }

    /// Registers somebody that [`Shutdown::drained`] waits for.
    #[must_use = "dropping it says that the work is done"]
    pub fn working(&self) -> Working {
        Working(self.0.working.subscribe())
    }

    /// Returns once nobody is [`Working`]. It says nothing about those who register later.
    pub async fn drained(&self) {
        self.0.working.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn everybody_hears_the_end_and_it_waits_for_those_who_work() {
        let shutdown = Shutdown::new();
        let clone = shutdown.clone();
        let (one, other) = (shutdown.working(), clone.working());
        {
            let mut begun = Box::pin(clone.begun());
            assert!((&mut begun).now_or_never().is_none());
            assert!(!clone.is_begun());
            shutdown.begin();
            assert!((&mut begun).now_or_never().is_some());
        }
        assert!(clone.is_begun());
        clone.begun().await;

        let mut drained = Box::pin(shutdown.drained());
        assert!((&mut drained).now_or_never().is_none());
        drop(one);
        assert!((&mut drained).now_or_never().is_none());
        drop(other);
        drained.await;
    }
}
