//! How far the boot-time clock has fallen behind the oscillator that it is made from.
//!
//! A daemon that sets the clock of a machine may have it run slower for a while, by up to a twelfth
//! (`chrony`, unless `maxslewrate` says otherwise), and a lease that is measured by it would last
//! longer than another machine grants. `CLOCK_MONOTONIC_RAW` is not touched by that, but stands still
//! while the machine sleeps. So the edge reads both: it shortens a lease by the time that the one lost
//! against the other since the oldest request that a lease can rest on, and the rest must not have
//! passed by either clock. A daemon may also have the clock run faster: then a wait for another machine's lease is
//! lengthened by the time that the one gained.

use crate::core::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// How often the clocks are compared at most.
const SPACING: Duration = Duration::from_millis(50);

/// How many comparisons are kept: those of a minute, which is longer than any request that a lease rests
/// on is old.
const SAMPLES_MAX: usize = 1200;

/// A difference of rates that leases have room for anyway: one part in so many.
const TOLERATED: u32 = 1000;

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Drift(VecDeque<(Time, i64)>);

impl Drift {
    /// Notes by how much the oscillator is ahead of the clock at `now`, in nanoseconds from any
    /// fixed start.
    pub(super) fn note(&mut self, now: Time, ahead: i64) {
        if self
            .0
            .back()
            .is_some_and(|(at, _)| now.since(*at) < SPACING)
        {
            return;
        }
        if self.0.len() >= SAMPLES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((now, ahead));
    }

    /// How much longer than `window` the last `window` by the clock may have lasted.
    pub(super) fn lost(&self, now: Time, ahead: i64, window: Duration) -> Duration {
        let least = self.within(now, window).fold(ahead, i64::min);
        tolerated(ahead.abs_diff(least), window)
    }

    /// How much shorter than `window` the last `window` by the clock may have been.
    pub(super) fn gained(&self, now: Time, ahead: i64, window: Duration) -> Duration {
        let most = self.within(now, window).fold(ahead, i64::max);
        tolerated(most.abs_diff(ahead), window)
    }

    /// The comparisons within the last `window`, and the last one before it: nothing is known of the time between.
    fn within(&self, now: Time, window: Duration) -> impl Iterator<Item = i64> {
        let mut is_before = false;
        let newest = self.0.iter().rev();
        newest
            .take_while(move |(at, _)| !std::mem::replace(&mut is_before, now.since(*at) >= window))
            .map(|(_, ahead)| *ahead)
    }
}

/// A difference that leases have room for is none.
fn tolerated(nanos: u64, window: Duration) -> Duration {
    let difference = Duration::from_nanos(nanos);
    match difference * TOLERATED <= window {
        true => Duration::ZERO,
        false => difference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Duration = Duration::from_secs(4);

    /// A clock that loses this many nanoseconds a second, looked at once in `every` for ten seconds.
    fn slewed(rate: i64, every: Duration) -> (Drift, Time, i64) {
        let mut drift = Drift::default();
        let (mut now, mut ahead) = (Time::from_nanos(7), -3);
        let end = now + Duration::from_secs(10);
        while now < end {
            drift.note(now, ahead);
            now = now + every;
            ahead += rate * i64::try_from(every.as_nanos()).unwrap() / 1_000_000_000;
        }
        (drift, now, ahead)
    }

    #[test]
    fn what_a_slow_clock_lost_is_found_whenever_it_was_looked_at() {
        for every in [1, 60, 700, 3_000] {
            let every = Duration::from_millis(every);
            let (drift, now, ahead) = slewed(83_340_000, every);
            let lost = drift.lost(now, ahead, T);
            assert!(lost >= T / 12, "{lost:?}");
            assert!(lost <= (T + every + SPACING) / 11, "{lost:?}");
        }
    }

    #[test]
    fn what_a_fast_clock_gained_is_found_whenever_it_was_looked_at() {
        for every in [1, 60, 700, 3_000] {
            let every = Duration::from_millis(every);
            let (drift, now, ahead) = slewed(-83_340_000, every);
            let gained = drift.gained(now, ahead, T);
            assert!(gained >= T / 12, "{gained:?}");
            assert!(gained <= (T + every + SPACING) / 11, "{gained:?}");
        }
        for rate in [0, 900_000, -900_000, 83_333_000] {
            let (drift, now, ahead) = slewed(rate, Duration::from_millis(60));
            assert_eq!(drift.gained(now, ahead, T), Duration::ZERO);
        }
    }

    #[test]
    fn what_is_ordinary_and_what_is_fast_takes_nothing_off() {
        for rate in [0, 900_000, -900_000, -83_333_000] {
            let (drift, now, ahead) = slewed(rate, Duration::from_millis(60));
            assert_eq!(drift.lost(now, ahead, T), Duration::ZERO);
        }
        // Time that was lost long before does not count.
        let (mut drift, mut now, ahead) = slewed(83_333_000, SPACING);
        for _ in 0..100 {
            now = now + SPACING;
            drift.note(now, ahead);
        }
        assert_eq!(drift.lost(now, ahead, T), Duration::ZERO);
    }

    #[test]
    fn a_slow_while_between_two_fast_ones_counts() {
        let mut drift = Drift::default();
        let at = |seconds: u64| Time::from_nanos(seconds * 1_000_000_000);
        for (second, ahead) in [(1, 50_000_000), (2, 0), (3, 80_000_000)] {
            drift.note(at(second), ahead);
        }
        let lost = drift.lost(at(4), 60_000_000, T);
        assert_eq!(lost, Duration::from_millis(60));
    }

    #[test]
    fn comparisons_are_kept_for_a_minute() {
        let mut drift = Drift::default();
        for n in 0..10_000 {
            drift.note(Time::from_nanos(n * 50_000_000), 0);
        }
        assert_eq!(drift.0.len(), SAMPLES_MAX);
    }
}
