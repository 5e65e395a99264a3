//! A server's record of each of its learners (`LearnerHandler`).

use super::packet::Stream;
use super::server::Setup;

pub(super) struct Learner {
    pub(super) stream: Stream,
    pub(super) votes: bool,
    pub(super) accepted_epoch: i64,
    pub(super) progress: Progress,
    pub(super) last_received: u64,
    pub(super) deadline_tick: u64,
    pub(super) unacked: Unacked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    Connected,
    /// It has received the epoch.
    Informed,
    /// It agrees, and its log ends here.
    Agreed(i64),
    /// It has received the transactions that it lacked, and gets everything new.
    Syncing,
    Synced,
}

/// The two oldest proposals that a learner has not acknowledged (`SyncLimitCheck`).
#[derive(Debug, Default)]
pub(super) struct Unacked {
    pub(super) current: Option<(i64, u64)>,
    pub(super) next: Option<(i64, u64)>,
}

impl Unacked {
    pub(super) fn proposed(&mut self, zxid: i64, now: u64) {
        if self.current.is_none() {
            self.current = Some((zxid, now));
        } else {
            self.next = Some((zxid, now));
        }
    }

    pub(super) fn acked(&mut self, zxid: i64) {
        if self.current.is_some_and(|(oldest, _)| oldest == zxid) {
            self.current = self.next.take();
        } else if self.next.is_some_and(|(next, _)| next == zxid) {
            self.next = None;
        }
    }

    pub(super) fn is_late(&self, now: u64, limit: u64) -> bool {
        self.current
            .is_some_and(|(_, since)| now.saturating_sub(since) >= limit)
    }
}

impl Learner {
    pub(super) fn new(
        stream: Stream,
        votes: bool,
        accepted_epoch: i64,
        setup: &Setup,
        now: u64,
        tick: u64,
    ) -> Self {
        Self {
            stream,
            votes,
            accepted_epoch,
            progress: Progress::Connected,
            last_received: now,
            deadline_tick: tick + setup.init_limit_ticks + setup.sync_limit_ticks,
            unacked: Unacked::default(),
        }
    }

    pub(super) fn received(&mut self, now: u64) {
        self.last_received = now;
    }

    /// When it has been silent for too long.
    pub(super) fn silent_at(&self, setup: &Setup) -> u64 {
        let limit = if self.progress == Progress::Synced {
            setup.sync_limit
        } else {
            setup.init_limit
        };
        self.last_received.saturating_add(limit)
    }
}
