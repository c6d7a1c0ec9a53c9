//! Work that its caller waits for, but that doesn't end with its caller.
//!
//! The runtime brings its whole task once more for each kind of work, some kilobytes each. Here all
//! kinds are one, behind a pointer.

use std::pin::Pin;
use std::sync::Arc;

use parking_lot::Mutex;

/// Does something where it may block, and begins when it is first waited for. `None`: it panicked,
/// which the panic hook has logged.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = Arc::new(Mutex::new(None));
    let told = Arc::clone(&done);
    let work: Box<dyn FnOnce() + Send> = Box::new(move || {
        let result = work();
        *told.lock() = Some(result);
    });
    tokio::task::spawn_blocking(work).await.ok()?;
    done.lock().take()
}

/// Does something in a task of its own, and begins when it is first waited for. `None`: it panicked,
/// which the panic hook has logged.
pub async fn detached<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let done = Arc::new(Mutex::new(None));
    let told = Arc::clone(&done);
    let work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        let result = work.await;
        *told.lock() = Some(result);
    });
    tokio::spawn(work).await.ok()?;
    done.lock().take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_out_is_told_and_a_panic_is_not() {
        assert_eq!(blocking(|| 7).await, Some(7));
        assert_eq!(detached(async { "done" }).await, Some("done"));
        assert_eq!(blocking(|| -> u8 { panic!("broken") }).await, None);
        assert_eq!(detached(async { panic!("broken") }).await, None::<u8>);
    }

    #[tokio::test]
    async fn it_goes_on_when_nobody_waits_any_more() {
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go, may_go) = tokio::sync::oneshot::channel::<()>();
        let (ended, has_ended) = tokio::sync::oneshot::channel();
        let work = detached(async move {
            let _ = begun.send(());
            let _ = may_go.await;
            let _ = ended.send(());
        });
        tokio::select! {
            _ = work => panic!("it waits"),
            begun = has_begun => begun.unwrap(),
        }
        go.send(()).unwrap();
        has_ended.await.unwrap();
    }
}
