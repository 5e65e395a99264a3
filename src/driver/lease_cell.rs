//! Token and lease end, read together without a lock.

use super::sys;
use crate::core::{Lease, Time};
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Duration;

/// A lease, and its end on the other clock: it is over when it is over by either of them, for the one
/// may be slowed down, and the other stands still while the machine sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) lease: Lease,
    /// On `CLOCK_MONOTONIC_RAW`, in nanoseconds.
    pub(crate) raw_end: u64,
}

impl Held {
    /// A lease that is held from now on.
    pub(crate) fn from_now(lease: Lease) -> Self {
        // In this order: a pause between the two makes the lease shorter.
        let raw = sys::raw();
        let left = lease.end.since(sys::now());
        let left = u64::try_from(left.as_nanos()).unwrap_or(u64::MAX);
        Self {
            lease,
            raw_end: raw.saturating_add(left),
        }
    }

    /// How much of the lease is left.
    pub(crate) fn left(&self) -> Duration {
        let left = self.lease.end.since(sys::now());
        left.min(Duration::from_nanos(
            self.raw_end.saturating_sub(sys::raw()),
        ))
    }
}

/// A sequence lock with one writer, the I/O thread; see Boehm, "Can seqlocks get along with
/// programming language memory models?" (MSPC 2012) for the fences. A reader never blocks the
/// writer, and retries only while a write of three words is under way.
#[derive(Debug, Default)]
pub(crate) struct LeaseCell {
    version: AtomicU64,
    token: AtomicU64,
    /// 0: no lease.
    end: AtomicU64,
    raw_end: AtomicU64,
}

impl LeaseCell {
    /// Publishes a lease, or its end. Only the I/O thread may call this.
    pub(crate) fn store(&self, held: Option<Held>) {
        let version = self.version.load(Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        let (token, end, raw_end) = held.map_or((0, 0, 0), |Held { lease, raw_end }| {
            (lease.token, lease.end.as_nanos(), raw_end)
        });
        self.token.store(token, Ordering::Relaxed);
        self.end.store(end, Ordering::Relaxed);
        self.raw_end.store(raw_end, Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(2), Ordering::Release);
    }

    /// The lease that was published last.
    pub(crate) fn load(&self) -> Option<Held> {
        loop {
            let before = self.version.load(Ordering::Acquire);
            let token = self.token.load(Ordering::Relaxed);
            let end = self.end.load(Ordering::Relaxed);
            let raw_end = self.raw_end.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == before {
                let end_at = Time::from_nanos(end);
                return (end != 0).then_some(Held {
                    lease: Lease { token, end: end_at },
                    raw_end,
                });
            }
            std::hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn token_and_end_always_belong_together() {
        let (cell, stop) = (LeaseCell::default(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        if let Some(Held { lease, raw_end }) = cell.load() {
                            assert_eq!(lease.token * 3, lease.end.as_nanos());
                            assert_eq!(lease.token * 5, raw_end);
                        }
                    }
                });
            }
            for n in 1..200_000 {
                let lease = Lease {
                    token: n,
                    end: Time::from_nanos(3 * n),
                };
                let raw_end = 5 * n;
                cell.store((n % 5 != 0).then_some(Held { lease, raw_end }));
            }
            stop.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_lease_is_over_when_it_is_over_by_either_clock() {
        let hour = Duration::from_secs(3600);
        let lease = |left| Lease {
            token: 1,
            end: sys::now() + left,
        };
        let held = Held::from_now(lease(hour));
        assert!(held.left() <= hour && held.left() > hour / 2);
        let slowed = Held {
            raw_end: sys::raw(),
            ..held
        };
        assert_eq!(slowed.left(), Duration::ZERO);
        let slept = Held {
            lease: lease(Duration::ZERO),
            ..held
        };
        assert_eq!(slept.left(), Duration::ZERO);
    }
}
