//! Many worlds, on as many threads as there are cores: the result depends on the seeds alone.

use crate::marks::Marks;
use crate::story::{self, Verdict, Wanted};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The result of many worlds.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many worlds were made: all, or those up to the first that broke a promise.
    pub worlds: u64,
    /// Their total length, in simulated nanoseconds.
    pub lasted: u64,
    /// The longest time from the last fault to order.
    pub settled: u64,
    /// The seed of the first world that broke a promise, and that promise.
    pub violation: Option<(u64, String)>,
    /// All histories as one number.
    pub history: u64,
    pub(crate) marks: Marks,
}

impl Summary {
    /// The marks that were not hit.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.marks.missing()
    }

    /// How many times each mark was hit.
    #[must_use]
    pub fn marks(&self) -> BTreeMap<&'static str, u64> {
        let all = crate::marks::ALL.iter();
        all.map(|mark| (*mark, self.marks.times(mark))).collect()
    }
}

/// Runs worlds from `seed` on until one breaks a promise; calls `told` at intervals with the number
/// of finished worlds.
pub fn run(
    seed: u64,
    count: u64,
    threads: usize,
    wanted: Wanted,
    told: impl Fn(u64) + Sync,
) -> Summary {
    let next = AtomicU64::new(0);
    let first_bad = AtomicU64::new(count);
    let done: Mutex<BTreeMap<u64, Verdict>> = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            // A world after the first that failed does not change the result.
            if number >= first_bad.load(Ordering::Relaxed) {
                return;
            }
            let verdict = story::run(seed.wrapping_add(number), wanted);
            if verdict.violation.is_some() {
                first_bad.fetch_min(number, Ordering::Relaxed);
            }
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.insert(number, verdict);
            told(done.len() as u64);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut summary = Summary::default();
    for (number, verdict) in done {
        summary.worlds += 1;
        summary.lasted += verdict.lasted;
        summary.settled = summary.settled.max(verdict.settled);
        summary.history = summary.history.rotate_left(7) ^ verdict.history;
        summary.marks.add(&verdict.marks);
        if let Some(what) = verdict.violation {
            summary.violation = Some((seed.wrapping_add(number), what));
            break;
        }
    }
    summary
}
