//! The sessions that a learner has seen touched since its last report to its upstream
//! (`LearnerSessionTracker.touchTable`).

use super::rng::Rng;
use alloc::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(super) struct Touches {
    table: BTreeMap<i64, Touched>,
    /// The sessions whose newest touch got lost, until another is reported.
    lost: BTreeSet<i64>,
    /// The time of each session's last request, in milliseconds.
    last: BTreeMap<i64, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Touched {
    timeout_ms: i32,
    /// Whether the newest touch was a request of a client of this server, soon after another; and
    /// the content of the table before it.
    by_request: bool,
    before: Option<i32>,
}

impl Touches {
    /// A request of a client of this server. A request that comes an eighth of the timeout or more
    /// after the one before races with nothing.
    pub(super) fn request(&mut self, session: i64, timeout_ms: i32, now_ms: u64) {
        let apart = u64::try_from(timeout_ms).unwrap_or(0) / 8;
        let last = self.last.insert(session, now_ms);
        let is_close = last.is_some_and(|last| last + apart > now_ms);
        self.put(session, timeout_ms, is_close);
    }

    /// Anything else that counts as a touch.
    pub(super) fn other(&mut self, session: i64, timeout_ms: i32) {
        self.put(session, timeout_ms, false);
    }

    fn put(&mut self, session: i64, timeout_ms: i32, by_request: bool) {
        let before = self.table.get(&session).map(|old| old.timeout_ms);
        let touched = Touched {
            timeout_ms,
            by_request,
            before,
        };
        self.table.insert(session, touched);
    }

    pub(super) fn forget(&mut self, session: i64) {
        self.table.remove(&session);
        self.lost.remove(&session);
        self.last.remove(&session);
    }

    /// Takes the touches to report. Since 3.5 the table is swapped (`getAndSet`) without regard to
    /// a request that has fetched it and not yet written into it (`get().put(…)`): of 1000 such
    /// requests `loss` are lost, each the newest of its session, and never two in a row. An earlier
    /// one in the same table is reported instead.
    pub(super) fn take(&mut self, loss: u32, rng: &mut Rng) -> BTreeMap<i64, i32> {
        let mut reported = BTreeMap::new();
        for (session, touched) in core::mem::take(&mut self.table) {
            let spared = self.lost.remove(&session);
            let races = loss > 0 && touched.by_request && !spared;
            if races && rng.below(1000) < u64::from(loss) {
                self.lost.insert(session);
                if let Some(before) = touched.before {
                    reported.insert(session, before);
                }
            } else {
                reported.insert(session, touched.timeout_ms);
            }
        }
        reported
    }
}
