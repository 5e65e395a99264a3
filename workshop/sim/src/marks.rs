//! The marks that a run must hit at least once; otherwise it has proved less than it seems to.

use std::collections::BTreeMap;

/// Every mark, named after the event at which the simulation hits it.
pub(crate) const ALL: &[&str] = &[
    "address-moved",
    "admin-deletes-member",
    "admin-deletes-path",
    "admin-expires-session",
    "admin-writes-member",
    "asked-into-a-stall",
    "attached-into-silence",
    "bulk-reads",
    "client-closed",
    "client-killed",
    "client-paused-past-lease",
    "client-paused-while-leading",
    "contended",
    "counter-wrapped",
    "create-reply-lost",
    "crowd",
    "cut-after-proof",
    "dead-address",
    "delete-reply-lost",
    "deposed-leader-wakes",
    "doomed-session-reattached",
    "ensemble-down",
    "evicted",
    "follower-cut-off-while-leading",
    "follower-kept-answering-past-lease",
    "granted-less-and-more",
    "group-emptied",
    "handshake-answered-late",
    "handshake-reply-lost",
    "huge-listing",
    "idle-while-zookeeper-stalls",
    "jeopardy-then-leading",
    "leader-reattached-elsewhere",
    "late-reply",
    "leader-deleted",
    "lease-lapsed",
    "led-where-the-path-came-back",
    "left-while-waiting",
    "look-up-slower-than-an-attempt",
    "mark-lost",
    "name-looked-up",
    "numbered-alike",
    "observer-attached",
    "observer-of-follower-attached",
    "old-server",
    "one-way-cut-between-servers",
    "path-came-back",
    "proofs-all-the-time",
    "readers-locked-out",
    "refused-for-now",
    "request-dropped",
    "reset",
    "resolver-hangs",
    "server-crashed",
    "server-crashed-without-a-word",
    "server-paused",
    "server-shut-down",
    "server-slow",
    "session-expired-by-server",
    "session-expired-locally",
    "slow-listing",
    "stall-of-r",
    "stranger-in-line",
    "strict-lapse",
    "syn-black-hole",
    "touch-lost",
    "wall-clock-stepped",
    "withdrew-while-leading",
    "written-in-a-pair",
    "written-together",
    "zookeeper-elected",
    "zookeeper-leader-paused-during-proof",
    "zookeeper-leader-wakes-and-pings-late",
];

#[derive(Debug, Default, Clone)]
pub(crate) struct Marks(BTreeMap<&'static str, u64>);

impl Marks {
    pub(crate) fn hit(&mut self, mark: &'static str) {
        debug_assert!(ALL.contains(&mark), "{mark} is not in the list");
        *self.0.entry(mark).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (mark, times) in &other.0 {
            *self.0.entry(mark).or_default() += times;
        }
    }

    pub(crate) fn times(&self, mark: &str) -> u64 {
        self.0.get(mark).copied().unwrap_or(0)
    }

    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let missed = |mark: &&&str| self.times(mark) == 0;
        ALL.iter().filter(missed).copied().collect()
    }
}
