//! Sessions: their ids, passwords and timeouts, and when they expire.

use std::collections::{BTreeMap, BTreeSet};

/// All sessions of the server. The table of timeouts is what a restart keeps (it is in the log of
/// transactions); the buckets are one server's own and start anew.
#[derive(Debug)]
pub(super) struct Sessions {
    tick_ms: u64,
    secret: u64,
    next_id: i64,
    /// Session → the timeout it was created with: what a restart arms it with, even if a
    /// re-attach has negotiated another since (`sessionsWithTimeouts`).
    timeouts: BTreeMap<i64, i32>,
    /// Session → its bucket. Empty while the server is down.
    armed: BTreeMap<i64, u64>,
    /// Bucket (the instant in milliseconds at which it expires) → its sessions.
    buckets: BTreeMap<u64, BTreeSet<i64>>,
}

impl Sessions {
    pub(super) fn new(tick_ms: u64, seed: u64) -> Self {
        // As `SessionTrackerImpl` does: the server's number, 1, on top, then something that is
        // never the same twice, then a count from zero. So no id is 0.
        let start = (1 << 56) | ((mix(seed) >> 24) << 16);
        Self {
            tick_ms,
            secret: mix(seed ^ 0x5365_6372_6574),
            next_id: i64::try_from(start).unwrap_or(1 << 56),
            timeouts: BTreeMap::new(),
            armed: BTreeMap::new(),
            buckets: BTreeMap::new(),
        }
    }

    /// A new session, armed.
    pub(super) fn create(&mut self, timeout_ms: i32, now_ms: u64) -> i64 {
        let session = self.next_id;
        self.next_id += 1;
        self.timeouts.insert(session, timeout_ms);
        self.arm(session, timeout_ms, now_ms);
        session
    }

    /// The password of a session, which depends on its id alone: it can be told whether or not the
    /// session is alive.
    pub(super) fn password(&self, session: i64) -> Vec<u8> {
        let first = mix(self.secret ^ session.cast_unsigned());
        [first, mix(first)]
            .iter()
            .flat_map(|half| half.to_be_bytes())
            .collect()
    }

    pub(super) fn contains(&self, session: i64) -> bool {
        self.timeouts.contains_key(&session)
    }

    /// Moves the session to the bucket after `now` + `timeout`: strictly after it, for the last
    /// touch must be more than a timeout ago (`ExpiryQueue.roundToNextInterval`). It moves
    /// *backwards* too when a re-attach has got a shorter timeout.
    pub(super) fn arm(&mut self, session: i64, timeout_ms: i32, now_ms: u64) {
        self.disarm(session);
        let at = now_ms.saturating_add(u64::try_from(timeout_ms).unwrap_or(0));
        let bucket = (at / self.tick_ms)
            .saturating_add(1)
            .saturating_mul(self.tick_ms);
        self.armed.insert(session, bucket);
        self.buckets.entry(bucket).or_default().insert(session);
    }

    pub(super) fn remove(&mut self, session: i64) {
        self.timeouts.remove(&session);
        self.disarm(session);
    }

    /// When the next session expires, if none is touched until then.
    pub(super) fn deadline_ms(&self) -> Option<u64> {
        self.buckets.keys().next().copied()
    }

    /// A session that is due.
    pub(super) fn due(&self, now_ms: u64) -> Option<i64> {
        let (at, sessions) = self.buckets.first_key_value()?;
        sessions.first().filter(|_| *at <= now_ms).copied()
    }

    /// The server is down: nothing expires.
    pub(super) fn disarm_all(&mut self) {
        self.armed.clear();
        self.buckets.clear();
    }

    /// The server is up again: every session has a full timeout.
    pub(super) fn arm_all(&mut self, now_ms: u64) {
        for (session, timeout_ms) in self.timeouts.clone() {
            self.arm(session, timeout_ms, now_ms);
        }
    }

    pub(super) fn ids(&self) -> Vec<i64> {
        self.timeouts.keys().copied().collect()
    }

    fn disarm(&mut self, session: i64) {
        let Some(bucket) = self.armed.remove(&session) else {
            return;
        };
        if let Some(sessions) = self.buckets.get_mut(&bucket) {
            sessions.remove(&session);
            if sessions.is_empty() {
                self.buckets.remove(&bucket);
            }
        }
    }
}

/// One step of splitmix64: spreads a seed over all bits.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
