//! Token and lease end, read together without a lock.

use super::sys;
use crate::core::{Basis, Lease, Time};
use std::sync::Arc;
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
/// writer, and retries only while a write of a few words is under way.
#[derive(Debug)]
struct SeqLock<const WORDS: usize> {
    version: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl<const WORDS: usize> SeqLock<WORDS> {
    fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }

    fn store(&self, words: [u64; WORDS]) {
        let version = self.version.load(Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        for (place, word) in self.words.iter().zip(words) {
            place.store(word, Ordering::Relaxed);
        }
        self.version
            .store(version.wrapping_add(2), Ordering::Release);
    }

    /// What `read` makes of the words. What it reads of other locks meanwhile is as old as they are: if
    /// these words have changed by then, it reads again.
    fn load<T>(&self, read: impl Fn([u64; WORDS]) -> T) -> T {
        loop {
            let before = self.version.load(Ordering::Acquire);
            let words = std::array::from_fn(|at| self.words[at].load(Ordering::Relaxed));
            let result = before.is_multiple_of(2).then(|| read(words));
            fence(Ordering::Acquire);
            if let Some(result) = result
                && self.version.load(Ordering::Relaxed) == before
            {
                return result;
            }
            std::hint::spin_loop();
        }
    }
}

/// The ends of the leases that all leaderships of a client share: one store renews all of them.
#[derive(Debug)]
pub(crate) struct Renewals([SeqLock<2>; Basis::ALL.len()]);

impl Default for Renewals {
    fn default() -> Self {
        Self(std::array::from_fn(|_| SeqLock::new()))
    }
}

impl Renewals {
    /// Publishes the end of all leases of this basis. Only the I/O thread may call it.
    pub(crate) fn store(&self, basis: Basis, end: Time) {
        let Held { lease, raw_end } = Held::from_now(Lease { token: 0, end });
        self.0[basis as usize].store([lease.end.as_nanos(), raw_end]);
    }
}

/// The lease of one contender: it has an end of its own, or that of all which its client renews.
#[derive(Debug)]
pub(crate) struct LeaseCell {
    /// The token, 1 + the number of the basis or 0, the end or 0 for no lease, the end on the other
    /// clock.
    own: SeqLock<4>,
    renewals: Arc<Renewals>,
}

impl LeaseCell {
    pub(crate) fn new(renewals: Arc<Renewals>) -> Self {
        Self {
            own: SeqLock::new(),
            renewals,
        }
    }

    /// What the client of this contender renews.
    pub(crate) fn renewals(&self) -> &Arc<Renewals> {
        &self.renewals
    }

    /// Publishes a lease whose end moves with `renewed_by`, or takes it back. Only the I/O thread may
    /// call it.
    pub(crate) fn store(&self, held: Option<Held>, renewed_by: Option<Basis>) {
        let basis = renewed_by.map_or(0, |basis| 1 + basis as u64);
        self.own
            .store(held.map_or([0; 4], |Held { lease, raw_end }| {
                [lease.token, basis, lease.end.as_nanos(), raw_end]
            }));
    }

    /// The basis whose renewals move the end, if there are any.
    pub(crate) fn renewed_by(&self) -> Option<Basis> {
        self.own.load(|[_, basis, end, _]| match (end, basis) {
            (0, _) => None,
            (_, basis) => Basis::ALL.into_iter().find(|b| *b as u64 + 1 == basis),
        })
    }

    /// The lease that was published last. An end that is shared is read while the own words stand: a leadership
    /// that is over has no part in a renewal that came later.
    pub(crate) fn load(&self) -> Option<Held> {
        self.own.load(|[token, basis, end, raw_end]| {
            if end == 0 {
                return None;
            }
            let shared = usize::try_from(basis).ok().and_then(|n| n.checked_sub(1));
            let shared = shared.and_then(|at| self.renewals.0.get(at));
            let [end, raw_end] = shared.map_or([end, raw_end], |lock| lock.load(|words| words));
            Some(Held {
                lease: Lease {
                    token,
                    end: Time::from_nanos(end),
                },
                raw_end,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    fn held(token: u64, end: u64, raw_end: u64) -> Held {
        Held {
            lease: Lease {
                token,
                end: Time::from_nanos(end),
            },
            raw_end,
        }
    }

    /// Reads all the time while `write` goes on.
    fn beside(cell: &LeaseCell, check: impl Fn(Held) + Sync, write: impl FnOnce()) {
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        if let Some(held) = cell.load() {
                            check(held);
                        }
                    }
                });
            }
            write();
            stop.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn token_and_end_always_belong_together() {
        let cell = LeaseCell::new(Arc::default());
        let check = |Held { lease, raw_end }: Held| {
            assert_eq!(lease.token * 3, lease.end.as_nanos());
            assert_eq!(lease.token * 5, raw_end);
        };
        beside(&cell, check, || {
            for n in 1..200_000 {
                cell.store((n % 5 != 0).then(|| held(n, 3 * n, 5 * n)), None);
            }
        });
    }

    #[test]
    fn a_leadership_that_is_over_has_no_part_in_a_later_renewal() {
        let renewals = Arc::new(Renewals::default());
        let cell = LeaseCell::new(Arc::clone(&renewals));
        // Each candidacy is renewed up to its own token, and the shared end goes on without it.
        let check = |Held { lease, raw_end }: Held| {
            assert!(lease.end.as_nanos() <= lease.token, "{lease:?}");
            assert_eq!(lease.end.as_nanos(), raw_end);
        };
        let renew = |end: u64| renewals.0[0].store([end, end]);
        beside(&cell, check, || {
            for n in 1..100_000_u64 {
                renew(8 * n);
                cell.store(Some(held(8 * n + 4, 8 * n, 8 * n)), Some(Basis::Proofs));
                renew(8 * n + 4);
                cell.store(None, None);
                renew(8 * n + 6);
            }
        });
    }

    #[test]
    fn one_renewal_moves_the_ends_of_all_that_share_it_and_of_no_other() {
        let renewals = Arc::new(Renewals::default());
        let cells = [(); 3].map(|()| LeaseCell::new(Arc::clone(&renewals)));
        cells[0].store(Some(held(1, 10, 10)), Some(Basis::Proofs));
        cells[1].store(Some(held(2, 20, 20)), Some(Basis::Answers));
        cells[2].store(Some(held(3, 30, 30)), None);
        for (basis, end) in [(Basis::Proofs, 100), (Basis::Answers, 200)] {
            renewals.0[basis as usize].store([end, end]);
        }
        let ends = cells
            .each_ref()
            .map(|cell| cell.load().map(|held| held.raw_end));
        assert_eq!(ends, [Some(100), Some(200), Some(30)]);
        assert_eq!(
            cells.each_ref().map(LeaseCell::renewed_by),
            [Some(Basis::Proofs), Some(Basis::Answers), None]
        );
        cells[0].store(None, None);
        assert_eq!((cells[0].load(), cells[0].renewed_by()), (None, None));
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
