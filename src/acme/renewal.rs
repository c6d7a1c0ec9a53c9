//! When to ask for the next certificate.

use std::time::Duration;

use crate::base::clock::Timestamp;

/// Certificates that live longer are renewed when a third of their life is left, others when half is.
const LONG_LIFE: Duration = Duration::from_hours(24 * 10);

/// When to ask where the authority has no advice: before the last third of the certificate's life,
/// of a short one before its last half. `chance` moves it up to a tenth of what is left earlier, so
/// that not all servers ask in the same minute.
pub fn due(from: Timestamp, until: Timestamp, chance: u64) -> Timestamp {
    let life = until.since(from);
    let left = if life > LONG_LIFE { life / 3 } else { life / 2 };
    until.minus(left).minus(part(left / 10, chance))
}

/// A moment of the window that the authority proposes (RFC 9773), chosen by `chance`.
pub fn moment_within(start: Timestamp, end: Timestamp, chance: u64) -> Timestamp {
    start.plus(part(end.since(start), chance))
}

/// An even choice from nothing to all of `whole`.
fn part(whole: Duration, chance: u64) -> Duration {
    let share = (u128::from(chance) * whole.as_millis()) >> 64;
    Duration::from_millis(u64::try_from(share).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn a_third_of_a_long_life_and_half_of_a_short_one_is_left() {
        let from = Timestamp(1_800_000_000_000);
        for (life, latest, earliest) in [(90, 60 * 24, 57 * 24), (6, 3 * 24, 64)] {
            let until = from.plus(DAY * life);
            let hours = |chance| due(from, until, chance).since(from).as_secs() / 3600;
            assert_eq!(hours(0), latest);
            assert!((earliest..latest).contains(&hours(u64::MAX)), "{life}");
        }
    }

    #[test]
    fn the_moment_lies_within_the_window() {
        let (start, end) = (Timestamp(1000), Timestamp(2000));
        assert_eq!(moment_within(start, end, 0), start);
        assert_eq!(moment_within(start, end, 1 << 63), Timestamp(1500));
        assert_eq!(moment_within(start, end, u64::MAX), Timestamp(1999));
        // A window that is none.
        assert_eq!(moment_within(end, start, u64::MAX), end);
    }
}
