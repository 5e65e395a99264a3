//! The leader: it brings learners up to date, proposes, commits, and knows when sessions end
//! (`Leader`, `LearnerHandler`).

use super::acl::Identity;
use super::bus::Bus;
use super::packet::{Packet, Stream};
use super::pending::Pending;
use super::prep::{Asker, Prep};
use super::server::{Role, Server, Setup};
use super::sessions::{Owner, Sessions};
use super::tree::Tree;
use super::txn::{Record, Txn, Write};
use crate::proto::ServerError;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What a leader knows.
pub(super) struct Leader {
    stage: Stage,
    epoch: i64,
    /// When it gives up, if it does not serve by then.
    give_up: u64,
    learners: BTreeMap<usize, Learner>,
    /// Proposed and not committed, oldest first.
    proposals: VecDeque<Proposal>,
    /// What each `sync` waits for, and who asked.
    syncs: BTreeMap<i64, Vec<Sync>>,
    next_zxid: i64,
    committed: i64,
    pub(super) sessions: Sessions,
    pub(super) pending: Pending,
    /// Rounds of the main loop, not time: a leader that was stopped has missed none.
    ticks: u64,
    half: bool,
    next_round: Option<u64>,
    /// It was stopped and goes on, and its main loop is late.
    overdue: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It learns from a majority which epochs there were.
    Discovery,
    /// It waits until a majority has what it has.
    Synchronization,
    Broadcast,
}

struct Proposal {
    zxid: i64,
    /// A bit for each voter that has logged it.
    acks: u64,
}

struct Sync {
    to: usize,
    stream: Stream,
    session: i64,
    cxid: i32,
}

/// A server that learns from this one.
pub(super) struct Learner {
    pub(super) stream: Stream,
    votes: bool,
    accepted_epoch: i64,
    pub(super) progress: Progress,
    heard: u64,
    deadline_tick: u64,
    unacked: Unacked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    Connected,
    /// It was told the epoch.
    Informed,
    /// It agrees, and has this much.
    Agreed(i64),
    /// It was sent what it lacks, and gets everything new.
    Syncing,
    Synced,
}

/// The two oldest proposals that a learner has not acknowledged (`SyncLimitCheck`).
#[derive(Debug, Default)]
struct Unacked {
    current: Option<(i64, u64)>,
    next: Option<(i64, u64)>,
}

impl Unacked {
    fn proposed(&mut self, zxid: i64, now: u64) {
        if self.current.is_none() {
            self.current = Some((zxid, now));
        } else {
            self.next = Some((zxid, now));
        }
    }

    fn acked(&mut self, zxid: i64) {
        if self.current.is_some_and(|(oldest, _)| oldest == zxid) {
            self.current = self.next.take();
        } else if self.next.is_some_and(|(next, _)| next == zxid) {
            self.next = None;
        }
    }

    fn is_late(&self, now: u64, limit: u64) -> bool {
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
            heard: now,
            deadline_tick: tick + setup.init_limit_ticks + setup.sync_limit_ticks,
            unacked: Unacked::default(),
        }
    }

    pub(super) fn heard(&mut self, now: u64) {
        self.heard = now;
    }

    /// When its silence has lasted too long.
    pub(super) fn silent_at(&self, setup: &Setup) -> u64 {
        let limit = if self.progress == Progress::Synced {
            setup.sync_limit
        } else {
            setup.init_limit
        };
        self.heard.saturating_add(limit)
    }
}

impl Leader {
    /// A server that has no others.
    pub(super) fn alone(setup: &Setup, tree: &Tree) -> Self {
        let mut leader = Self::new(setup, u64::MAX);
        leader.stage = Stage::Broadcast;
        leader.next_zxid = tree.last_zxid();
        leader
    }

    fn new(setup: &Setup, give_up: u64) -> Self {
        Self {
            stage: Stage::Discovery,
            epoch: 0,
            give_up,
            learners: BTreeMap::new(),
            proposals: VecDeque::new(),
            syncs: BTreeMap::new(),
            next_zxid: 0,
            committed: 0,
            sessions: Sessions::new(setup.options.tick_ms()),
            pending: Pending::default(),
            ticks: 0,
            half: true,
            next_round: None,
            overdue: false,
        }
    }

    pub(super) fn serves(&self) -> bool {
        self.stage == Stage::Broadcast
    }

    pub(super) fn next_ping(&self) -> Option<u64> {
        self.next_round
    }

    pub(super) fn owes_pings(&self) -> bool {
        self.overdue
    }

    /// It goes on after it was stopped: a round that was due meanwhile begins this much later.
    pub(super) fn wake(&mut self, now: u64, late: u64) {
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
        let give_up = (self.stage != Stage::Broadcast).then_some(self.give_up);
        let silent = self.learners.values().map(|l| l.silent_at(setup)).min();
        [give_up, self.next_round, silent]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether these voters and the leader are most.
    fn majority(&self, setup: &Setup, has: impl Fn(&Learner) -> bool) -> bool {
        let voters = self.learners.values().filter(|l| l.votes && has(l)).count();
        setup.is_majority(voters + 1)
    }
}

/// Becoming one.
impl Server {
    /// It is elected.
    pub(super) fn lead(&mut self, bus: &mut Bus) {
        let give_up = bus.now.saturating_add(self.setup.init_limit);
        self.role = Role::Leading(Box::new(Leader::new(&self.setup, give_up)));
        self.discover(bus);
    }

    /// As soon as a majority is there the new epoch is known: one more than all of them have seen.
    fn discover(&mut self, bus: &mut Bus) {
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        if leader.stage != Stage::Discovery || !leader.majority(&self.setup, |_| true) {
            return;
        }
        let newest = leader.learners.values().map(|l| l.accepted_epoch).max();
        leader.epoch = newest.unwrap_or(0).max(self.accepted_epoch) + 1;
        leader.stage = Stage::Synchronization;
        self.accepted_epoch = leader.epoch;
        let to: Vec<usize> = leader.learners.keys().copied().collect();
        for learner in to {
            self.inform(learner, bus);
        }
        self.agree(bus);
    }

    fn inform(&mut self, to: usize, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && let Some(learner) = leader.learners.get_mut(&to)
        {
            learner.progress = Progress::Informed;
            let epoch = leader.epoch;
            bus.send(self.id, to, learner.stream, Packet::LeaderInfo { epoch });
        }
    }

    /// As soon as a majority agrees to the epoch it is the leader's own, and they get what they
    /// lack.
    fn agree(&mut self, bus: &mut Bus) {
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

    /// What a server lacks or has too much whose newest transaction is `last_zxid`.
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

    /// As soon as a majority has logged all that the leader has, all of it is committed, and the
    /// leader serves. Every session has a full timeout from now on.
    fn activate(&mut self, bus: &mut Bus) {
        let synced = |l: &Learner| l.progress == Progress::Synced;
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        if leader.stage != Stage::Synchronization
            || self.current_epoch != leader.epoch
            || !leader.majority(&self.setup, synced)
        {
            return;
        }
        leader.stage = Stage::Broadcast;
        leader.committed = self.log.last_zxid();
        leader.next_zxid = leader.epoch << 32;
        leader.next_round = Some(self.setup.next_round(bus));
        let (committed, start) = (leader.committed, leader.next_zxid);
        self.apply_up_to(committed, bus);
        self.tree.begin_epoch(start);
        self.arm_all(bus);
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

/// What learners say.
impl Server {
    /// Answers the packet if nobody listens to it.
    pub(super) fn hear_learner(
        &mut self,
        from: usize,
        stream: Stream,
        packet: Packet,
        bus: &mut Bus,
    ) -> Option<Packet> {
        if let Packet::LearnerInfo { accepted_epoch } = packet {
            self.meet(from, stream, accepted_epoch, bus);
            return None;
        }
        let Role::Leading(leader) = &mut self.role else {
            return Some(packet);
        };
        let broadcasts = leader.stage == Stage::Broadcast;
        let deadline_tick = leader.ticks + self.setup.sync_limit_ticks;
        let Some(learner) = leader
            .learners
            .get_mut(&from)
            .filter(|l| l.stream == stream)
        else {
            return Some(packet);
        };
        learner.heard(bus.now);
        if learner.progress == Progress::Synced && broadcasts {
            learner.deadline_tick = deadline_tick;
        }
        let now_ms = self.clock_ms(bus);
        let Role::Leading(leader) = &mut self.role else {
            return None;
        };
        match packet {
            Packet::AckEpoch {
                current_epoch,
                last_zxid,
            } => {
                let own = (self.current_epoch, self.log.last_zxid());
                // Only until the epoch is agreed: nobody can be ahead of a leader that serves.
                if self.current_epoch != leader.epoch && (current_epoch, last_zxid) > own {
                    self.dismiss(from, bus);
                } else if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.progress = Progress::Agreed(last_zxid);
                    self.agree(bus);
                }
            }
            Packet::AckNewLeader { last_zxid } => {
                if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.progress = Progress::Synced;
                }
                if broadcasts {
                    let (epoch, committed) = (leader.epoch, leader.committed);
                    bus.send(self.id, from, stream, Packet::UpToDate { epoch, committed });
                    self.acked(from, i64::MIN, last_zxid, bus);
                } else {
                    self.activate(bus);
                }
            }
            Packet::Ack { zxid } => {
                if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.unacked.acked(zxid);
                }
                self.acked(from, zxid, zxid, bus);
            }
            Packet::PingReply { touched } => {
                for (session, timeout_ms) in touched {
                    leader.sessions.touch(session, timeout_ms, now_ms);
                }
            }
            Packet::Revalidate {
                session,
                timeout_ms,
            } => {
                let valid = leader.sessions.touch(session, timeout_ms, now_ms);
                if valid {
                    leader.sessions.set_owner(session, Owner::Learner(stream));
                }
                let answer = Packet::Revalidated { session, valid };
                bus.send(self.id, from, stream, answer);
            }
            Packet::Request {
                session,
                cxid,
                ids,
                write,
            } => {
                let owner = Some(Owner::Learner(stream));
                self.propose(session, cxid, owner, &ids, write, bus);
            }
            Packet::Sync { session, cxid } => {
                if let Some(last) = leader.proposals.back() {
                    let sync = Sync {
                        to: from,
                        stream,
                        session,
                        cxid,
                    };
                    leader.syncs.entry(last.zxid).or_default().push(sync);
                } else {
                    bus.send(self.id, from, stream, Packet::Synced { session, cxid });
                }
            }
            Packet::Closed => {
                leader.learners.remove(&from);
            }
            Packet::LearnerInfo { .. }
            | Packet::LeaderInfo { .. }
            | Packet::NewLeader { .. }
            | Packet::UpToDate { .. }
            | Packet::Proposal(_)
            | Packet::Commit { .. }
            | Packet::Inform(_)
            | Packet::Synced { .. }
            | Packet::Ping
            | Packet::Revalidated { .. } => {}
        }
        None
    }

    fn meet(&mut self, from: usize, stream: Stream, accepted_epoch: i64, bus: &mut Bus) {
        self.dismiss(from, bus);
        let votes = self.setup.votes(from);
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        let learner = Learner::new(
            stream,
            votes,
            accepted_epoch,
            &self.setup,
            bus.now,
            leader.ticks,
        );
        leader.learners.insert(from, learner);
        if leader.stage == Stage::Discovery {
            self.discover(bus);
        } else {
            self.inform(from, bus);
        }
    }

    /// Closes the connection to a learner.
    fn dismiss(&mut self, learner: usize, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && let Some(gone) = leader.learners.remove(&learner)
        {
            bus.send(self.id, learner, gone.stream, Packet::Closed);
        }
    }
}

/// Proposals and commits.
impl Server {
    /// Makes a transaction of a request, and proposes it.
    pub(super) fn propose(
        &mut self,
        session: i64,
        cxid: i32,
        owner: Option<Owner>,
        ids: &[Identity],
        write: Write,
        bus: &mut Bus,
    ) -> Option<Arc<Record>> {
        let now_ms = self.clock_ms(bus);
        let Role::Leading(leader) = &mut self.role else {
            return None;
        };
        leader.next_zxid += 1;
        let zxid = leader.next_zxid;
        let asker = Asker {
            session,
            owner,
            ids,
        };
        let txn = Prep {
            tree: &self.tree,
            pending: &mut leader.pending,
            sessions: &mut leader.sessions,
            zxid,
            now_ms,
        }
        .prepare(&asker, write);
        let record = Arc::new(Record {
            zxid,
            time_ms: i64::try_from(bus.now_ms()).unwrap_or(i64::MAX),
            session,
            cxid,
            txn,
        });
        leader.proposals.push_back(Proposal {
            zxid,
            acks: 1 << self.id,
        });
        for (to, learner) in &mut leader.learners {
            if learner.votes && learner.progress >= Progress::Syncing {
                let proposal = Packet::Proposal(Arc::clone(&record));
                bus.send(self.id, *to, learner.stream, proposal);
                if learner.progress == Progress::Synced {
                    learner.unacked.proposed(zxid, bus.now);
                }
            }
        }
        self.log.append(Arc::clone(&record));
        self.commit(bus);
        Some(record)
    }

    /// Proposes a change that no client asks for. Answers the error if it is known already.
    pub(super) fn propose_outside(
        &mut self,
        ids: &[Identity],
        write: Write,
        bus: &mut Bus,
    ) -> Result<(), ServerError> {
        let proposed = self.propose(0, 0, None, ids, write, bus);
        match proposed.map(|record| match &record.txn {
            Txn::Error(error) => Some(*error),
            _ => None,
        }) {
            Some(Some(error)) => Err(error),
            Some(None) | None => Ok(()),
        }
    }

    /// A voter has logged these.
    fn acked(&mut self, from: usize, first: i64, last: i64, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && self.setup.votes(from)
        {
            let proposals = leader.proposals.iter_mut();
            let those = proposals.filter(|p| (first..=last).contains(&p.zxid));
            those.for_each(|p| p.acks |= 1 << from);
            self.commit(bus);
        }
    }

    /// Commits what a majority has logged, in order.
    fn commit(&mut self, bus: &mut Bus) {
        while let Role::Leading(leader) = &mut self.role {
            let logged = |p: &Proposal| self.setup.is_majority(p.acks.count_ones() as usize);
            if !leader.proposals.front().is_some_and(logged) {
                return;
            }
            let Some(Proposal { zxid, .. }) = leader.proposals.pop_front() else {
                return;
            };
            leader.committed = zxid;
            let informed = self.log.find(zxid);
            for (to, learner) in &leader.learners {
                if learner.progress < Progress::Syncing {
                    continue;
                }
                let packet = match &informed {
                    Some(record) if !learner.votes => Packet::Inform(Arc::clone(record)),
                    Some(_) | None => Packet::Commit { zxid },
                };
                bus.send(self.id, *to, learner.stream, packet);
            }
            for sync in leader.syncs.remove(&zxid).unwrap_or_default() {
                let (session, cxid) = (sync.session, sync.cxid);
                let packet = Packet::Synced { session, cxid };
                bus.send(self.id, sync.to, sync.stream, packet);
            }
            self.apply_up_to(zxid, bus);
        }
    }

    /// Proposes the end of a session that is due. False if there is none.
    pub(super) fn expire_one(&mut self, bus: &mut Bus) -> bool {
        let now_ms = self.clock_ms(bus);
        let Role::Leading(leader) = &self.role else {
            return false;
        };
        match leader.sessions.due(now_ms) {
            Some(session) => {
                self.propose(session, 0, None, &[], Write::CloseSession, bus);
                true
            }
            None => false,
        }
    }
}

/// The main loop.
impl Server {
    /// Twice a tick: pings, and every other time asks whether most are still there.
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

    /// Gives up who has been silent for too long, and itself if it does not get a majority.
    pub(super) fn silence(&mut self, bus: &mut Bus) {
        match &self.role {
            Role::Looking { .. } => {}
            Role::Leading(leader) => {
                if leader.stage != Stage::Broadcast && leader.give_up <= bus.now {
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
