//! A server's log of transactions.

use super::txn::Record;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many applied transactions are kept for servers that return (`commitLogCount`); a server that
/// is further behind gets a snapshot.
const KEPT_MAX: usize = 500;

/// The newest transactions: the applied ones, then those that are logged and not known to be
/// committed.
#[derive(Debug)]
pub(super) struct Log {
    records: VecDeque<Arc<Record>>,
    /// How many of them are applied.
    applied: usize,
    /// The transaction before the first.
    base: i64,
    keeps: usize,
}

impl Log {
    /// The log of one server among `servers`; a single server has no other to bring up to date.
    pub(super) fn new(servers: usize) -> Self {
        Self {
            records: VecDeque::new(),
            applied: 0,
            base: 0,
            keeps: if servers > 1 { KEPT_MAX } else { 0 },
        }
    }

    /// The newest transaction in it, applied or not.
    pub(super) fn last_zxid(&self) -> i64 {
        self.records.back().map_or(self.base, |record| record.zxid)
    }

    pub(super) fn applied_zxid(&self) -> i64 {
        match self.applied.checked_sub(1) {
            Some(last) => self.records.get(last).map_or(self.base, |r| r.zxid),
            None => self.base,
        }
    }

    pub(super) fn append(&mut self, record: Arc<Record>) {
        self.records.push_back(record);
    }

    /// A transaction that is not applied yet.
    pub(super) fn find(&self, zxid: i64) -> Option<Arc<Record>> {
        let behind = self.records.range(self.applied..);
        let mut found = behind.skip_while(|record| record.zxid < zxid);
        found.next().filter(|r| r.zxid == zxid).map(Arc::clone)
    }

    /// The next transaction to apply; it counts as applied from now on.
    pub(super) fn apply_next(&mut self, up_to: i64) -> Option<Arc<Record>> {
        let next = self.records.get(self.applied)?;
        if next.zxid > up_to {
            return None;
        }
        let next = Arc::clone(next);
        self.applied += 1;
        while self.applied > self.keeps {
            if let Some(old) = self.records.pop_front() {
                self.base = old.zxid;
            }
            self.applied -= 1;
        }
        Some(next)
    }

    /// The newest transaction that this log shares with a server whose newest transaction is
    /// `zxid`, or `None` if this log does not reach that far back.
    pub(super) fn common(&self, zxid: i64) -> Option<i64> {
        if zxid < self.base {
            return None;
        }
        let behind = self.records.partition_point(|record| record.zxid <= zxid);
        let last = behind.checked_sub(1).and_then(|at| self.records.get(at));
        Some(last.map_or(self.base, |record| record.zxid))
    }

    /// All transactions after `zxid` and up to `up_to`.
    pub(super) fn between(&self, zxid: i64, up_to: i64) -> Vec<Arc<Record>> {
        let from = self.records.partition_point(|record| record.zxid <= zxid);
        let newer = self.records.range(from..);
        newer
            .take_while(|record| record.zxid <= up_to)
            .map(Arc::clone)
            .collect()
    }

    /// Drops all transactions after `zxid`. None of them may be applied.
    pub(super) fn truncate(&mut self, zxid: i64) {
        let keep = self.records.partition_point(|record| record.zxid <= zxid);
        self.records.truncate(keep.max(self.applied));
    }

    /// Starts again from a snapshot.
    pub(super) fn reset(&mut self, zxid: i64) {
        self.records.clear();
        self.applied = 0;
        self.base = zxid;
    }
}
