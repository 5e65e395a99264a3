//! The end of sessions without a touch in time, in the two steps of `SessionTrackerImpl.run` since
//! 3.5: the whole bucket leaves the expiry queue at once, and then its sessions are closed one
//! after the other.

use super::bus::Bus;
use super::rng::Rng;
use super::server::{Role, Server};
use super::txn::Write;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The sessions of the last bucket that left the queue, and when each is closed, in nanoseconds.
/// They are *doomed*: no request of theirs saves them from now on, and no reply shows it.
#[derive(Debug, Default)]
pub(super) struct Closings {
    queue: VecDeque<(u64, i64)>,
}

impl Closings {
    /// Whether all sessions of the bucket are closed: only then does the tracker look at the next
    /// bucket.
    pub(super) fn is_done(&self) -> bool {
        self.queue.is_empty()
    }

    /// A bucket has left the queue. The last of its sessions is closed at most `most` later; the
    /// order and the times are drawn, for a real server uses hash order. Nothing is drawn where
    /// `most` is 0.
    pub(super) fn take(&mut self, mut bucket: Vec<i64>, now: u64, most: u64, rng: &mut Rng) {
        if most == 0 {
            self.queue = bucket.into_iter().map(|session| (now, session)).collect();
            return;
        }
        let total = rng.between(0, most);
        let mut after: Vec<u64> = bucket.iter().map(|_| rng.between(0, total)).collect();
        after.sort_unstable();
        if let Some(last) = after.last_mut() {
            *last = total;
        }
        for after in after {
            let session = bucket.swap_remove(rng.index(bucket.len()));
            self.queue.push_back((now.saturating_add(after), session));
        }
    }

    /// When the next of them is closed.
    pub(super) fn next(&self) -> Option<u64> {
        self.queue.front().map(|(at, _)| *at)
    }

    /// When this session is closed, if it is one of them.
    pub(super) fn of(&self, session: i64) -> Option<u64> {
        let found = self.queue.iter().find(|(_, taken)| *taken == session);
        found.map(|(at, _)| *at)
    }

    /// The tracker was stopped for this long in the middle of its work.
    pub(super) fn stopped(&mut self, by: u64) {
        for (at, _) in &mut self.queue {
            *at = at.saturating_add(by);
        }
    }

    fn due(&mut self, now: u64) -> Option<i64> {
        self.queue.front().filter(|(at, _)| *at <= now)?;
        self.queue.pop_front().map(|(_, session)| session)
    }
}

impl Server {
    /// When its tracker acts next, in nanoseconds.
    pub(super) fn expiry_deadline(&self) -> Option<u64> {
        let Role::Leading(leader) = &self.role else {
            return None;
        };
        if !self.is_zookeeper() {
            return None;
        }
        leader.closings.next().or_else(|| {
            let due = leader.sessions.deadline_ms()?;
            Some(self.instant_of(due))
        })
    }

    /// Proposes the end of a session whose turn it is, even if it was touched meanwhile, or has
    /// ended. False if there is none.
    pub(super) fn expire_one(&mut self, bus: &mut Bus) -> bool {
        let now_ms = self.clock_ms(bus);
        if !self.is_zookeeper() {
            return false;
        }
        let Role::Leading(leader) = &mut self.role else {
            return false;
        };
        if leader.closings.is_done() {
            let Some(bucket) = leader.sessions.take_due(now_ms) else {
                return false;
            };
            let most = bus.closing_time;
            leader.closings.take(bucket, bus.now, most, &mut bus.rng);
        }
        match leader.closings.due(bus.now) {
            Some(session) => {
                self.propose(session, 0, None, &[], Write::CloseSession, bus);
                true
            }
            None => false,
        }
    }
}
