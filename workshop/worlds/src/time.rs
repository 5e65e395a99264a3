//! True time, which servers use, and the clocks of hosts: each has its own start and its own rate.

use std::time::Duration;
use tenure::core::Time;

/// The largest difference between the rates of a client's clock and of the servers', in parts of
/// 10⁹: `GUARANTEES.md` allows it.
pub const RATE_PPB_MAX: i64 = 1_000_000;

/// True time, in nanoseconds.
pub type Nanos = u64;

/// A millisecond.
pub const MS: Nanos = 1_000_000;
/// A second.
pub const SECOND: Nanos = 1_000_000_000;

/// True time as the ensemble uses it.
#[must_use]
pub fn span(now: Nanos) -> Duration {
    Duration::from_nanos(now)
}

/// The same, back; the end of time if it is later.
#[must_use]
pub fn nanos(span: Duration) -> Nanos {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// The clock of a host.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Its time when true time begins.
    pub offset: Nanos,
    /// By how much it is faster than true time, in parts of 10⁹.
    pub rate_ppb: i64,
}

impl Clock {
    /// A clock that shows true time.
    pub const TRUE: Self = Self {
        offset: 0,
        rate_ppb: 0,
    };

    /// Its time.
    #[must_use]
    pub fn shows(&self, now: Nanos) -> Time {
        let drift = i128::from(now) * i128::from(self.rate_ppb) / 1_000_000_000;
        let shown = i128::from(self.offset) + i128::from(now) + drift;
        Time::from_nanos(u64::try_from(shown).unwrap_or(0))
    }

    /// The first instant at which it shows `time` or later.
    #[must_use]
    pub fn reaches(&self, time: Time) -> Nanos {
        let shown = i128::from(time.as_nanos()) - i128::from(self.offset);
        let guess = shown * 1_000_000_000 / (1_000_000_000 + i128::from(self.rate_ppb));
        let mut at = u64::try_from(guess).unwrap_or(0).saturating_sub(2);
        while self.shows(at) < time {
            at += 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_reaches_what_it_shows_and_no_sooner() {
        for rate_ppb in [-RATE_PPB_MAX, -17, 0, 3, RATE_PPB_MAX] {
            let clock = Clock {
                offset: 123 * SECOND,
                rate_ppb,
            };
            for now in [SECOND, SECOND + 1, 77 * SECOND + 5, 9000 * SECOND + 999] {
                let at = clock.reaches(clock.shows(now));
                assert!(at <= now && now - at <= 1, "{at} {now}");
                assert!(clock.shows(at - 1) < clock.shows(now));
            }
        }
    }
}
