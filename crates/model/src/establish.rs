//! The way of an elected server to its leadership: a majority agrees to its epoch and receives its
//! log (`Leader.lead`).

use super::bus::Bus;
use super::handler::{Learner, Progress};
use super::leader::{Leader, Phase};
use super::packet::Packet;
use super::server::{Role, Server};
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Server {
    /// This server is elected.
    pub(super) fn lead(&mut self, bus: &mut Bus) {
        let give_up = bus.now.saturating_add(self.setup.init_limit);
        self.role = Role::Leading(Box::new(Leader::new(&self.setup, give_up)));
        self.discover(bus);
    }

    /// As soon as a majority has connected, the new epoch is known: one more than all of them have
    /// seen.
    pub(super) fn discover(&mut self, bus: &mut Bus) {
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        if leader.phase != Phase::Discovery || !leader.majority(&self.setup, |_| true) {
            return;
        }
        let newest = leader.learners.values().map(|l| l.accepted_epoch).max();
        leader.epoch = newest.unwrap_or(0).max(self.accepted_epoch) + 1;
        leader.phase = Phase::Synchronization;
        self.accepted_epoch = leader.epoch;
        let to: Vec<usize> = leader.learners.keys().copied().collect();
        for learner in to {
            self.inform(learner, bus);
        }
        self.agree(bus);
    }

    pub(super) fn inform(&mut self, to: usize, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && let Some(learner) = leader.learners.get_mut(&to)
        {
            learner.progress = Progress::Informed;
            let epoch = leader.epoch;
            bus.send(self.id, to, learner.stream, Packet::LeaderInfo { epoch });
        }
    }

    /// As soon as a majority agrees to the epoch, it is the leader's own, and they get the
    /// transactions that they lack.
    pub(super) fn agree(&mut self, bus: &mut Bus) {
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        let agreed = |l: &Learner| l.progress >= Progress::Agreed(i64::MIN);
        if self.current_epoch != leader.epoch && !leader.majority(&self.setup, agreed) {
            return;
        }
        self.current_epoch = leader.epoch;
        let ready = leader
            .learners
            .iter()
            .filter_map(|(to, learner)| match learner.progress {
                Progress::Agreed(last_zxid) => Some((*to, last_zxid)),
                Progress::Connected | Progress::Informed | Progress::Syncing | Progress::Synced => {
                    None
                }
            });
        for (to, last_zxid) in ready.collect::<Vec<_>>() {
            self.synchronise(to, last_zxid, bus);
        }
        self.activate(bus);
    }

    fn synchronise(&mut self, to: usize, last_zxid: i64, bus: &mut Bus) {
        let update = self.update_for(last_zxid, i64::MAX);
        if let Role::Leading(leader) = &mut self.role
            && let Some(learner) = leader.learners.get_mut(&to)
        {
            learner.progress = Progress::Syncing;
            bus.send(self.id, to, learner.stream, update);
        }
    }

    /// The difference between this log and a server whose newest transaction is `last_zxid`.
    pub(super) fn update_for(&self, last_zxid: i64, up_to: i64) -> Packet {
        let common = self.log.common(last_zxid);
        let snapshot = common.is_none().then(|| self.snapshot());
        let truncate_to = common.unwrap_or_else(|| self.log.applied_zxid());
        Packet::NewLeader {
            epoch: self.current_epoch,
            snapshot,
            truncate_to,
            records: self.log.between(truncate_to, up_to),
        }
    }

    /// As soon as a majority has logged the leader's whole log, all of it is committed, and the
    /// leader serves. In ZooKeeper every session has a full timeout from now on; elsewhere those that
    /// are overdue in this server's queue end.
    pub(super) fn activate(&mut self, bus: &mut Bus) {
        let synced = |l: &Learner| l.progress == Progress::Synced;
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        if leader.phase != Phase::Synchronization
            || self.current_epoch != leader.epoch
            || !leader.majority(&self.setup, synced)
        {
            return;
        }
        leader.phase = Phase::Broadcast;
        leader.committed = self.log.last_zxid();
        leader.next_zxid = leader.epoch << 32;
        leader.checks.start(bus.now);
        leader.next_round = Some(self.setup.next_round(bus));
        let (committed, start) = (leader.committed, leader.next_zxid);
        self.apply_up_to(committed, bus);
        self.tree.begin_epoch(start);
        self.arm_all(bus);
        self.wait_for_round(bus);
        let Role::Leading(leader) = &self.role else {
            return;
        };
        for (to, learner) in &leader.learners {
            if learner.progress == Progress::Synced {
                let packet = Packet::UpToDate {
                    epoch: leader.epoch,
                    committed,
                };
                bus.send(self.id, *to, learner.stream, packet);
            }
        }
    }

    pub(super) fn arm_all(&mut self, bus: &Bus) {
        let now_ms = self.clock_ms(bus);
        if let Role::Leading(leader) = &mut self.role {
            for (session, timeout_ms) in &self.timeouts {
                leader.sessions.track(*session, *timeout_ms, now_ms);
            }
        }
    }
}
