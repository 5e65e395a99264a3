//! Token and lease end, read together without a lock.

use crate::core::{Lease, Time};
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// A sequence lock with one writer, the I/O thread; see Boehm, "Can seqlocks get along with
/// programming language memory models?" (MSPC 2012) for the fences. A reader never blocks the
/// writer, and retries only while a write of two words is under way.
#[derive(Debug, Default)]
pub(crate) struct LeaseCell {
    version: AtomicU64,
    token: AtomicU64,
    /// 0: no lease.
    end: AtomicU64,
}

impl LeaseCell {
    /// Publishes a lease, or takes it back. Only the I/O thread may call it.
    pub(crate) fn store(&self, lease: Option<Lease>) {
        let version = self.version.load(Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        let (token, end) = lease.map_or((0, 0), |lease| (lease.token, lease.end.as_nanos()));
        self.token.store(token, Ordering::Relaxed);
        self.end.store(end, Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(2), Ordering::Release);
    }

    /// What was last published.
    pub(crate) fn load(&self) -> Option<Lease> {
        loop {
            let before = self.version.load(Ordering::Acquire);
            let token = self.token.load(Ordering::Relaxed);
            let end = self.end.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == before {
                return (end != 0).then_some(Lease {
                    token,
                    end: Time::from_nanos(end),
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
                        if let Some(lease) = cell.load() {
                            assert_eq!(lease.token * 3, lease.end.as_nanos());
                        }
                    }
                });
            }
            for n in 1..200_000 {
                let lease = Lease {
                    token: n,
                    end: Time::from_nanos(3 * n),
                };
                cell.store((n % 5 != 0).then_some(lease));
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}
