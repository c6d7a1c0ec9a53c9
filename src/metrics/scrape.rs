//! Asking for the page: one at a time, since it looks at the disk.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;

type Compose = dyn Fn() -> String + Send + Sync;

/// Composes the page when it is asked for. Cheap to clone.
#[derive(Clone)]
pub struct Scrape(Arc<Inner>);

struct Inner {
    compose: Box<Compose>,
    turn: Mutex<()>,
}

impl Scrape {
    /// `compose` makes the page; it may block.
    pub fn new(compose: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            compose: Box::new(compose),
            turn: Mutex::default(),
        }))
    }

    /// The page as it is now. `None` if making it broke off.
    pub async fn page(&self) -> Option<String> {
        let _turn = self.0.turn.lock().await;
        let inner = Arc::clone(&self.0);
        // The panic hook has logged it.
        tokio::task::spawn_blocking(move || (inner.compose)())
            .await
            .ok()
    }
}

impl fmt::Debug for Scrape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrape")
    }
}
