//! A timer wheel: who must be looked at when, in ticks. One entry per connection instead of one
//! timer. It knows no clock: the heartbeat tells it how many ticks have passed.

/// Slots hold those who are due at a tick, modulo the number of slots.
pub(super) struct Wheel<T> {
    slots: Vec<Vec<T>>,
    now: u64,
}

impl<T> Wheel<T> {
    /// A wheel that can look `slots` ticks ahead.
    pub fn new(slots: usize) -> Self {
        let slots = (0..slots.max(2)).map(|_| Vec::new()).collect();
        Self { slots, now: 0 }
    }

    /// The current tick.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Has `entry` come out at tick `due`; at the next one if that has passed, and earlier if it
    /// is further away than the wheel can look.
    pub fn schedule(&mut self, due: u64, entry: T) {
        let ahead = due
            .saturating_sub(self.now)
            .clamp(1, self.slots.len() as u64 - 1);
        let slot = self.slot(self.now + ahead);
        self.slots[slot].push(entry);
    }

    /// Moves on by `ticks` and returns whom has come out.
    pub fn advance(&mut self, ticks: u64) -> Vec<T> {
        let mut due = Vec::new();
        for ahead in 1..=ticks.min(self.slots.len() as u64) {
            let slot = self.slot(self.now + ahead);
            due.append(&mut self.slots[slot]);
            self.slots[slot] = Vec::new();
        }
        self.now += ticks;
        due
    }

    fn slot(&self, tick: u64) -> usize {
        // The remainder is less than the number of slots.
        usize::try_from(tick % self.slots.len() as u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_at_their_tick() {
        let mut wheel = Wheel::new(8);
        for due in [1, 3, 3, 7] {
            wheel.schedule(due, due);
        }
        let out: Vec<Vec<u64>> = (0..8).map(|_| wheel.advance(1)).collect();
        let expected: [&[u64]; 8] = [&[1], &[], &[3, 3], &[], &[], &[], &[7], &[]];
        assert_eq!(out, expected);
    }

    #[test]
    fn the_past_comes_next_and_the_far_future_early() {
        let mut wheel = Wheel::new(4);
        wheel.advance(10);
        wheel.schedule(2, "past");
        wheel.schedule(1_000, "far");
        assert_eq!(wheel.advance(1), ["past"]);
        assert_eq!(wheel.advance(2), ["far"]);
    }

    #[test]
    fn a_long_pause_lets_everybody_out_once() {
        let mut wheel = Wheel::new(4);
        for due in 0..4 {
            wheel.schedule(due, due);
        }
        assert_eq!(wheel.advance(1_000_000).len(), 4);
        assert!(wheel.advance(4).is_empty());
        assert_eq!(wheel.now(), 1_000_004);
    }
}
