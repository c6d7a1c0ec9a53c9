//! Limits: bytes that many connections share, and how fast one may send. No policy here: who
//! asks decides what happens when there is nothing left.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::base::clock::Timestamp;

/// Bytes that all connections together may hold.
#[derive(Debug)]
pub(super) struct Budget {
    used: AtomicUsize,
    cap: usize,
}

impl Budget {
    pub fn new(cap: usize) -> Self {
        Self {
            used: AtomicUsize::new(0),
            cap,
        }
    }

    /// Changes what one connection holds, `held`, to `bytes`. False: together they now hold more
    /// than they may.
    pub fn adjust(&self, held: &mut usize, bytes: usize) -> bool {
        let before = std::mem::replace(held, bytes);
        if bytes == before {
            return true;
        }
        if bytes < before {
            self.used.fetch_sub(before - bytes, Ordering::Relaxed);
            return true;
        }
        let more = bytes - before;
        self.used.fetch_add(more, Ordering::Relaxed) + more <= self.cap
    }

    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// How fast something may come: a token bucket, kept as the moment at which it is full again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    /// Microseconds since the epoch.
    full_at: u64,
}

impl Bucket {
    /// Takes `amount` out of a bucket that holds `burst` and gains `rate` a second; it may go
    /// below empty. Returns how long to wait until it is no longer.
    pub fn take(&mut self, now: Timestamp, amount: usize, rate: u32, burst: u32) -> Duration {
        let now = now.0.saturating_mul(1_000);
        let rate = u64::from(rate.max(1));
        let micros = |amount: u64| amount.saturating_mul(1_000_000) / rate;
        let cost = micros(amount as u64);
        self.full_at = self.full_at.max(now).saturating_add(cost);
        let empty_at = now.saturating_add(micros(u64::from(burst)));
        Duration::from_micros(self.full_at.saturating_sub(empty_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_counts_what_is_held_and_says_when_it_is_exceeded() {
        let budget = Budget::new(10);
        let (mut one, mut other) = (0, 0);
        assert!(budget.adjust(&mut one, 10));
        assert!(!budget.adjust(&mut other, 1));
        assert_eq!((one, other, budget.used()), (10, 1, 11));
        assert!(budget.adjust(&mut one, 2));
        assert!(budget.adjust(&mut other, 8));
        assert_eq!(budget.used(), 10);
    }

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let mut bucket = Bucket::default();
        let mut take = |millis: u64, amount| bucket.take(Timestamp(millis), amount, 10, 5);
        for _ in 0..5 {
            assert_eq!(take(1_000, 1), Duration::ZERO);
        }
        assert_eq!(take(1_000, 1), Duration::from_millis(100));
        assert_eq!(take(1_200, 1), Duration::ZERO);
        assert_eq!(take(1_200, 1), Duration::from_millis(100));
        // A long pause gives no more than the burst.
        assert_eq!(take(100_000, 5), Duration::ZERO);
        assert_eq!(take(100_000, 10), Duration::from_secs(1));
    }
}
