//! The leader: its knowledge, and its main loop (`Leader`).

use super::bus::Bus;
use super::closing::Closings;
use super::containers::Checks;
use super::handler::{Learner, Progress};
use super::packet::{Packet, Stream};
use super::pending::Pending;
use super::server::{Role, Server, Setup};
use super::sessions::Sessions;
use super::tree::Tree;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

pub(super) struct Leader {
    pub(super) phase: Phase,
    pub(super) epoch: i64,
    /// When it gives up, unless it serves by then.
    pub(super) give_up: u64,
    pub(super) learners: BTreeMap<usize, Learner>,
    /// Proposed and not committed, oldest first.
    pub(super) proposals: VecDeque<Proposal>,
    /// Transaction → the `sync` requests that wait for it.
    pub(super) syncs: BTreeMap<i64, Vec<Sync>>,
    pub(super) next_zxid: i64,
    pub(super) committed: i64,
    pub(super) sessions: Sessions,
    pub(super) closings: Closings,
    pub(super) pending: Pending,
    pub(super) checks: Checks,
    /// Rounds of the main loop, not time: a leader that was stopped has missed none.
    pub(super) ticks: u64,
    pub(super) half: bool,
    pub(super) next_round: Option<u64>,
    /// It continues after a stop, and its main loop is late.
    pub(super) overdue: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// A majority reports the epochs that it has seen.
    Discovery,
    /// It waits until a majority has its log.
    Synchronization,
    Broadcast,
}

pub(super) struct Proposal {
    pub(super) zxid: i64,
    /// A bit for each voter that has logged it.
    pub(super) acks: u64,
}

pub(super) struct Sync {
    pub(super) to: usize,
    pub(super) stream: Stream,
    pub(super) session: i64,
    pub(super) cxid: i32,
}
impl Leader {
    /// A server without others.
    pub(super) fn alone(setup: &Setup, tree: &Tree, now: u64) -> Self {
        let mut leader = Self::new(setup, u64::MAX);
        leader.checks.start(now);
        leader.phase = Phase::Broadcast;
        leader.next_zxid = tree.last_zxid();
        leader
    }

    pub(super) fn new(setup: &Setup, give_up: u64) -> Self {
        Self {
            phase: Phase::Discovery,
            epoch: 0,
            give_up,
            learners: BTreeMap::new(),
            proposals: VecDeque::new(),
            syncs: BTreeMap::new(),
            next_zxid: 0,
            committed: 0,
            sessions: Sessions::new(setup.options.tick_ms()),
            closings: Closings::default(),
            pending: Pending::default(),
            checks: Checks::new(setup.container_check),
            ticks: 0,
            half: true,
            next_round: None,
            overdue: false,
        }
    }

    pub(super) fn serves(&self) -> bool {
        self.phase == Phase::Broadcast
    }

    pub(super) fn next_ping(&self) -> Option<u64> {
        self.next_round
    }

    pub(super) fn owes_pings(&self) -> bool {
        self.overdue
    }

    /// It continues after a stop of this length: a round that was due meanwhile begins this much
    /// later, and the tracker of sessions continues at the same place.
    pub(super) fn wake(&mut self, now: u64, stopped: u64, late: u64) {
        self.closings.stopped(stopped);
        if late > 0 && self.next_round.is_some_and(|at| at <= now) {
            self.next_round = Some(now.saturating_add(late));
            self.overdue = true;
        }
    }

    pub(super) fn streams(&self) -> Vec<(usize, Stream)> {
        let learners = self.learners.iter();
        learners
            .map(|(to, learner)| (*to, learner.stream))
            .collect()
    }

    pub(super) fn deadline(&self, setup: &Setup) -> Option<u64> {
        let give_up = (self.phase != Phase::Broadcast).then_some(self.give_up);
        let silent = self.learners.values().map(|l| l.silent_at(setup)).min();
        [give_up, self.next_round, silent]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether these voters and the leader are a majority.
    pub(super) fn majority(&self, setup: &Setup, has: impl Fn(&Learner) -> bool) -> bool {
        let voters = self.learners.values().filter(|l| l.votes && has(l)).count();
        setup.is_majority(voters + 1)
    }
}

impl Server {
    /// Twice a tick: pings, and at every second round checks that a majority still answers.
    pub(super) fn lead_loop(&mut self, bus: &mut Bus) {
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        if leader.next_round.is_none_or(|at| at > bus.now) {
            return;
        }
        if !leader.half {
            leader.ticks += 1;
            let ticks = leader.ticks;
            if !leader.majority(&self.setup, |l| ticks <= l.deadline_tick) {
                return self.look(bus);
            }
        }
        leader.half = !leader.half;
        leader.next_round = Some(self.setup.next_round(bus));
        leader.overdue = false;
        let mut late = Vec::new();
        for (to, learner) in &leader.learners {
            if learner.progress < Progress::Syncing {
                continue;
            }
            if learner.unacked.is_late(bus.now, self.setup.sync_limit) {
                late.push(*to);
            } else {
                bus.send(self.id, *to, learner.stream, Packet::Ping);
            }
        }
        for learner in late {
            self.dismiss(learner, bus);
        }
    }

    /// Gives up learners that have been silent for too long, and its own leadership without a
    /// majority.
    pub(super) fn silence(&mut self, bus: &mut Bus) {
        match &self.role {
            Role::Looking { .. } => {}
            Role::Leading(leader) => {
                if leader.phase != Phase::Broadcast && leader.give_up <= bus.now {
                    return self.look(bus);
                }
                let learners = leader.learners.iter();
                let silent = learners.filter(|(_, l)| l.silent_at(&self.setup) <= bus.now);
                for learner in silent.map(|(id, _)| *id).collect::<Vec<_>>() {
                    self.dismiss(learner, bus);
                }
            }
            Role::Learning(_) => self.upstream_silence(bus),
        }
    }
}
