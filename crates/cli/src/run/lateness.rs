//! How late this process gets a processor: on a host that is starved of processor time, or under a
//! quota, a timer that ends in time is noticed late. What must be done by a deadline is begun earlier
//! by that.

/// How often it is measured, in nanoseconds.
pub(super) const PROBE: u64 = 200_000_000;

/// The worst lateness of late, in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Lateness(u64);

impl Lateness {
    /// It was noticed at `now` that a time has come, `due`. An old observation counts less and less:
    /// half after 9 s, for the worst ones are rare.
    pub(super) fn saw(&mut self, due: u64, now: u64) {
        let faded = self.0 - self.0 / 64;
        self.0 = now.saturating_sub(due).max(faded);
    }

    /// How much earlier to begin: one lateness until it begins, one until it is done, and one because a
    /// worse one may come.
    pub(super) fn margin(&self) -> u64 {
        self.0.saturating_mul(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_counts_at_once_and_fades() {
        let mut lateness = Lateness::default();
        lateness.saw(1_000, 1_100);
        assert_eq!(lateness.margin(), 300);
        lateness.saw(2_000, 1_900);
        assert!((290..300).contains(&lateness.margin()));
        for _ in 0..1_000 {
            lateness.saw(0, 0);
        }
        assert!(lateness.margin() < 200);
    }
}
